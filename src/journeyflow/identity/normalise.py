"""Identifiers as exports spell them, brought to the one spelling that their keys are made from."""

from __future__ import annotations

import re
import unicodedata

from journeyflow.identity.address import normalise_email
from journeyflow.identity.blocked import blocked, typed_at_random
from journeyflow.identity.phone import normalise_phone
from journeyflow.identity.types import IdClass, Normalised, Rejected, class_of

__all__ = ["Normalised", "Rejected", "normalise", "normalise_cell"]

_MAX_LENGTH = 1024
#: Direction marks and zero-width signs come along when a number is copied from a web page.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_TEXT_MARK = re.compile(r"\A'+(?=[+\d])")  # how a spreadsheet keeps a number as text
_SEPARATORS = {"phone": re.compile(r"[,;|\n]"), "email": re.compile(r"[,;|\n]")}
_MIN_PHONE_DIGITS = 5
_MOST_SLASHED = 4  # parts of one number between slashes

_GA_COOKIE = re.compile(r"GA\d+\.\d+(?:-\d+)?\.(\d+\.\d+)", re.IGNORECASE)
_GA_SESSION_COOKIE = re.compile(r"GS\d+\.\d+\..*", re.IGNORECASE)
_METRICA = re.compile(r"\d{10,20}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def normalise(
    type: str, raw: str, region: str | None = None, kind: IdClass | None = None
) -> Normalised | Rejected:
    """One identifier's canonical spelling, or why the text identifies nobody.

    In: its type, the text as it stands in the export, the region for phone numbers without a
    country code, and its class where the settings changed it (`types.classes`). Normalising a
    normalised value changes nothing. Costs about 50 µs for a phone, 5 µs otherwise: call it on
    distinct values. A cell that may hold several values goes to `normalise_cell`.
    """
    kind = kind or class_of(type)
    text = _trim(raw)
    if type == "ga_client_id" and (cookie := _GA_COOKIE.fullmatch(text)):
        text = cookie[1]  # the cookie `_ga` is a version, a depth and the client id
    reason = blocked(text)
    if reason:
        return Rejected(reason)
    if type == "phone":
        return normalise_phone(text, region, kind)
    if type == "email":
        return normalise_email(text, kind)
    if len(text) > _MAX_LENGTH or not text.isprintable():
        return Rejected("not an identifier")
    if type == "ga_client_id" and _GA_SESSION_COOKIE.fullmatch(text):
        return Rejected("session cookie, not a client id")
    if type == "ym_client_id" and not _METRICA.fullmatch(text):
        return Rejected("not a Metrica client id")
    # Order and deal numbers are counted up and do pass 7777777.
    if kind is IdClass.MERGE and text.isascii() and typed_at_random(text):
        return Rejected("digits typed at random")
    return Normalised(text.lower() if _UUID.fullmatch(text) else text, kind)


def normalise_cell(
    type: str, raw: str, region: str | None = None, kind: IdClass | None = None
) -> tuple[Normalised | Rejected, ...]:
    """Every identifier of one cell: phones and e-mails may stand several in one.

    At least one result, no value twice. Beside a phone, a fragment of fewer than 5 digits is its
    extension or its alternative ending, not a number, and passes silently.
    """
    separators = _SEPARATORS.get(type)
    if not separators:
        return (normalise(type, raw, region, kind),)
    parts = [part for part in separators.split(raw) if part.strip()]
    if type == "phone":
        parts = [number for part in parts for number in _slashed(part, region, kind)]
        numbers = [part for part in parts if sum(map(str.isdigit, part)) >= _MIN_PHONE_DIGITS]
        parts = numbers or parts
    found = dict.fromkeys(normalise(type, part, region, kind) for part in parts or [""])
    return tuple(found)


def _slashed(text: str, region: str | None, kind: IdClass | None) -> list[str]:
    """The numbers in a text between whose slashes there are numbers or parts of one.

    A slash parts 0664/8794785 as a hyphen does, and +7 916 123-45-67/68 are two endings of one
    number: what stands before it decides, for an area code alone is no number.
    """
    pieces, found = [piece for piece in text.split("/") if piece.strip()], []
    if len(pieces) < 2:
        return pieces  # most have no slash, and to look twice at a number costs as much again
    while pieces:
        lengths = (1, *range(min(len(pieces), _MOST_SLASHED), 1, -1))
        taken = next(
            (
                length
                for length in lengths
                if isinstance(
                    normalise("phone", " ".join(pieces[:length]), region, kind), Normalised
                )
            ),
            1,
        )
        found.append(" ".join(pieces[:taken]))
        pieces = pieces[taken:]
    return found


def _trim(raw: str) -> str:
    # ASCII has no invisible signs and is composed already.
    seen = raw if raw.isascii() else unicodedata.normalize("NFC", _INVISIBLE.sub("", raw))
    return _TEXT_MARK.sub("", seen.strip())
