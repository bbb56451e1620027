"""Values that stand for somebody: e-mails, phones, ids, and names, which identify nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from journeyflow.check.names import name_score
from journeyflow.check.profile import Column
from journeyflow.identity.normalise import Normalised, normalise_cell

EMAIL = re.compile(r"(?:mailto:|.*<)?[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+>?")
UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
PERSON_NAME = re.compile(r"[^\W\d_][^\W\d_'’.-]+(?: [^\W\d_][^\W\d_'’.-]*\.?){1,3}")
TOKEN = re.compile(r"[#\w.:@+/=-]{1,128}")
ORDER_MARK = re.compile(r"#\d+")
DIGITS = re.compile(r"\D")
COMMON_REGIONS = ("RU", "US", "GB", "DE", "FR", "ES", "IT", "PL", "UA", "TR", "BR", "IN", "AU")
NAMED, SHAPED = 2.0, 0.9
MAYBE = 0.5


def is_email(value: str) -> bool:
    """The shape of an address; whose it is matters later."""
    return EMAIL.fullmatch(value) is not None


def is_person_name(value: str) -> bool:
    """Two to four words of letters."""
    return PERSON_NAME.fullmatch(value) is not None


def phone_share(column: Column, region: str | None) -> float:
    """Share of the sampled values in which the numbering plan knows a number."""
    sample = column.sample[:200]
    valid = sum(
        any(isinstance(each, Normalised) for each in normalise_cell("phone", value, region))
        for value in sample
    )
    return valid / len(sample) if sample else 0.0


def looks_like_phones(column: Column) -> bool:
    """Digits of a number's length, written as people write numbers, or named as one."""
    if column.share(lambda v: 7 <= len(DIGITS.sub("", v)) <= 15 and len(v) <= 30) < SHAPED:  # noqa: PLR2004
        return column.share(lambda v: 7 <= len(DIGITS.sub("", v))) >= MAYBE and named(column, "phone")  # noqa: PLR2004
    written = column.share(lambda v: v.lstrip("'").startswith("+") or bool(re.search(r"\d[ ()-]+\d", v)))
    dated = column.share(lambda v: bool(re.search(r"[:/]|\d{4}-\d\d-", v)))
    return named(column, "phone") or (written >= SHAPED and dated < 1 - SHAPED)


def named(column: Column, type: str) -> bool:
    """The column's name says this identifier type."""
    return name_score(f"id:{type}", column.name) >= NAMED


def find_region(columns: Iterable[Column], zone: str | None) -> tuple[str | None, dict[str, float]]:
    """The region whose numbering plan knows the numbers that have no country code.

    Out: the region, None where several countries fit; and the share of values that each
    candidate makes valid. Candidates: the countries of the project's zone, then common ones.
    """
    import phonenumbers

    candidates = dict.fromkeys((*_regions_of(zone), *COMMON_REGIONS))
    shares: dict[str, float] = {}
    columns = list(columns)
    for region in candidates:
        found = [phone_share(column, region) for column in columns]
        if found and min(found) >= SHAPED:
            shares[region] = min(found)
    codes = {phonenumbers.country_code_for_region(region) for region in shares}
    return (next(iter(shares)) if len(codes) == 1 else None), shares


@lru_cache(maxsize=8)
def _regions_of(zone: str | None) -> tuple[str, ...]:
    """Countries that use the zone, the main one first (tzdata's zone1970.tab)."""
    table = (files("tzdata") / "zoneinfo" / "zone1970.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        cells = line.split("\t")
        if not line.startswith("#") and len(cells) > 2 and cells[2] == zone:  # noqa: PLR2004
            return tuple(cells[0].split(","))
    return ()
