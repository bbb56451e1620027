"""Values that stand for somebody: e-mails, phones, ids, and names, which identify nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from journeyflow.check.names import name_score
from journeyflow.check.profile import Column
from journeyflow.identity.normalise import Normalised, normalise_cell
from journeyflow.identity.types import IdClass

EMAIL = re.compile(r"(?:mailto:|.*<)?[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+>?")
UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
PERSON_NAME = re.compile(r"[^\W\d_][^\W\d_'’.-]+(?: [^\W\d_][^\W\d_'’.-]*\.?){1,3}")
TOKEN = re.compile(r"[#\w.:@+/=-]{1,128}")
ORDER_MARK = re.compile(r"#\d+")
NUMBERS = re.compile(r"(?:[\d\s'+().,;/|:*#\u00a0-]|tel|sip|ext|доб|[xх]){7,80}", re.IGNORECASE)
COMMON_REGIONS = ("RU", "US", "GB", "DE", "FR", "ES", "IT", "PL", "UA", "TR", "BR", "IN", "AU")
PHONE = re.compile(r"'?\+?[\d(][\d\s().\u00a0-]{8,18}\d")
GROUPED = re.compile(r"\d[ ()-]+\d")
SHORTEST = 7
NAMED, SHAPED = 2.0, 0.9
MAYBE = 0.5


def is_email(value: str) -> bool:
    """The shape of an address; whose it is matters later."""
    return EMAIL.fullmatch(value) is not None


def is_person_name(value: str) -> bool:
    """Two to four words of letters."""
    return PERSON_NAME.fullmatch(value) is not None


def phone_share(column: Column, region: str | None, mobile: bool = False) -> float:
    """Share of the sampled values in which the numbering plan knows a number (or a mobile)."""
    sample = column.sample[:200]
    valid = sum(
        any(
            isinstance(each, Normalised) and (not mobile or each.effective_class is IdClass.MERGE)
            for each in normalise_cell("phone", value, region)
        )
        for value in sample
    )
    return valid / len(sample) if sample else 0.0


def looks_like_phones(column: Column, region: str | None) -> bool:
    """Named as phones and with enough digits, or phones beyond doubt whatever the name."""
    if named(column, "phone"):
        return (
            column.share(lambda v: bool(NUMBERS.fullmatch(v)) and _digits(v) >= SHORTEST) >= MAYBE
        )
    if column.share(PHONE.fullmatch) < SHAPED:
        return False
    written = column.share(lambda v: v.lstrip("'").startswith("+") or bool(GROUPED.search(v)))
    return written >= SHAPED and phone_share(column, region) >= SHAPED


def _digits(value: str) -> int:
    return sum(map(str.isdigit, value))


def named(column: Column, type: str) -> bool:
    """The column's name says this identifier type."""
    return name_score(f"id:{type}", column.name) >= NAMED


def find_region(columns: Iterable[Column], zone: str | None) -> tuple[str | None, dict[str, float]]:
    """The region whose numbering plan knows the numbers that have no country code.

    Out: the region, None unless a country of the project's zone fits; and the share of values
    that each of its countries, and of some large ones, makes valid mobiles.
    """
    columns = list(columns)
    at_home = _regions_of(zone)
    shares = {
        region: share
        for region in dict.fromkeys((*at_home, *COMMON_REGIONS))
        # Some plans know nearly any digits as a landline; customers leave mobiles.
        if (share := min((phone_share(each, region, mobile=True) for each in columns), default=0))
        >= MAYBE
    }
    return next((region for region in at_home if region in shares), None), shares


@lru_cache(maxsize=8)
def _regions_of(zone: str | None) -> tuple[str, ...]:
    """Countries that use the zone, the main one first (tzdata's zone1970.tab)."""
    table = (files("tzdata") / "zoneinfo" / "zone1970.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        cells = line.split("\t")
        if not line.startswith("#") and len(cells) > 2 and cells[2] == zone:
            return tuple(cells[0].split(","))
    return ()
