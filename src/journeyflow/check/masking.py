"""What of a value may be shown: enough to recognise a column, too little to reach a person."""

from __future__ import annotations

import re

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
PHONE = re.compile(r"'?\+?[\d(][\d\s()./\u00a0-]{8,}\d")
# Within a sentence: dates, run ids and parts of names and paths are none.
PHONE_WITHIN = re.compile(
    r"(?<![\w./-])(?!\d{4}-\d\d-\d\d|\d{6}-\d{8}T)\+?\(?\d(?:[ ()\u00a0-]{0,2}\d){9,14}(?!\w)"
)
ADDRESS = re.compile(r"(?<![\w./-])\d{1,3}(?:\.\d{1,3}){3}(?![\w/-])")
PERSONAL = re.compile(r"[^\W\d_]{2,}|\d{6,}")
#: Place in the settings -> how its values are masked; those of other places are shown.
ROLES = {
    **dict.fromkeys(
        ("occurred_at", "responded_at", "linked_at", "ordered_at", "cancelled_at"), "time"
    ),
    **dict.fromkeys(("day", "date_from", "date_to", "local_day"), "time"),
    **dict.fromkeys(("url", "referrer"), "url"),
    **dict.fromkeys(("event_id", "feedback_id", "link_id", "gclid", "yclid"), "id"),
    "owner": "name",
}
HIDDEN = "•"
LONGEST = 40


def plain(text: object, longest: int = 0) -> str:
    """Text in one line without control and direction characters, cut to `longest` if given."""
    text = CONTROL.sub(" ", str(text))
    return text if not longest or len(text) <= longest else text[: longest - 1] + "…"


def role_of(place: str) -> str:
    """How to mask what stands in a place of the settings, such as `identifiers.phone`."""
    table, _, type = place.partition(".")
    if table == "identifiers":
        return type if type in ("email", "phone") else "id"
    return ROLES.get(place, "")


def mask(value: str, role: str = "") -> str:
    """Show a value under its role; personal parts become dots.

    E-mails and phones are masked by their shape whatever the column is taken for; `name` and
    `text` hide every word, identifiers keep their ends, a url its query.
    """
    value = plain(value).strip()
    if role == "url":
        value = re.split(r"[?#]", value, maxsplit=1)[0]
    if EMAIL.search(value):
        return EMAIL.sub(lambda match: _email(match[0]), plain(value, 2 * LONGEST))
    if role in ("phone", "email") or (role != "time" and PHONE.fullmatch(value)):
        return _ends(value, 2, 2)
    if role in ("name", "text"):
        return plain(
            PERSONAL.sub(lambda m: m[0][0] + HIDDEN * min(len(m[0]) - 1, 5), value), LONGEST
        )
    if role == "id":
        return _ends(value, min(len(value) // 3, 4), min(len(value) // 4, 2))
    return plain(value, LONGEST)


def mask_text(text: str) -> str:
    """Sentences with e-mails, phones and network addresses masked wherever they stand."""
    text = EMAIL.sub(lambda match: _email(match[0]), text)
    text = ADDRESS.sub(lambda match: _ends(match[0], 0, 0), text)
    return PHONE_WITHIN.sub(lambda match: _ends(match[0], 2, 2), text)


def _email(address: str) -> str:
    _, _, ending = address.rpartition(".")
    return f"{address[0]}{HIDDEN * 3}@{HIDDEN * 3}.{ending}"


def _ends(text: str, first: int, last: int) -> str:
    hidden = max(3, min(len(text) - first - last, 7))
    return f"{text[:first]}{HIDDEN * hidden}{text[len(text) - last :]}"
