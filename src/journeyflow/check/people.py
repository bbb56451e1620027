"""Values that stand for somebody: e-mails, phones, ids, and names, which identify nobody."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from journeyflow.check.masking import PHONE
from journeyflow.check.names import NAMED, name_score
from journeyflow.check.profile import Column
from journeyflow.identity.normalise import Normalised, normalise_cell
from journeyflow.identity.types import IdClass

EMAIL = re.compile(r"(?:mailto:|.*<)?[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+>?")
UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
PERSON_NAME = re.compile(r"[^\W\d_][^\W\d_'’.-]+(?: [^\W\d_][^\W\d_'’.-]*\.?){1,3}")
TOKEN = re.compile(r"[#\w.:@+/=-]{1,128}")
ORDER_MARK = re.compile(r"#\d+")
#: At least seven digits, and what people write between and around them.
NUMBERS = re.compile(
    r"(?=(?:\D*\d){7})(?:[\d\s'+().,;/|:*#\u00a0-]|tel|sip|ext|доб|[xх]){7,80}", re.IGNORECASE
)
GROUPED = re.compile(r"^'*\+|\d[ ()-]+\d")  # written as nobody writes a plain number
SHAPED = 0.9
MAYBE = 0.5


def is_email(value: str) -> bool:
    """The shape of an address; whose it is matters later."""
    return EMAIL.fullmatch(value) is not None


def is_person_name(value: str) -> bool:
    """Two to four words of letters."""
    return PERSON_NAME.fullmatch(value) is not None


def phone_share(column: Column, region: str | None, mobile: bool = False) -> float:
    """Share of the sampled values in which the numbering plan knows a number (or a mobile)."""

    def is_known(value: str) -> bool:
        found = normalise_cell("phone", value, region)
        numbers = [each for each in found if isinstance(each, Normalised)]
        return any(not mobile or each.effective_class is IdClass.MERGE for each in numbers)

    return column.share(is_known, at_most=200)


def looks_like_phones(column: Column, region: str | None) -> bool:
    """Named as phones and with enough digits, or phones beyond doubt whatever the name."""
    if name_score("id:phone", column.name) >= NAMED:
        return column.share(NUMBERS.fullmatch) >= MAYBE
    return (
        column.share(PHONE.fullmatch) >= SHAPED
        and column.share(GROUPED.search) >= SHAPED
        and phone_share(column, region) >= SHAPED
    )


def find_region(column: Column, zone: str | None) -> str | None:
    """The country of the zone whose plan knows the numbers without a country code."""
    # Some plans know nearly any digits as a landline; customers leave mobiles.
    fitting = (
        each for each in _regions_of(zone) if phone_share(column, each, mobile=True) >= MAYBE
    )
    return next(fitting, None)


@lru_cache(maxsize=8)
def _regions_of(zone: str | None) -> tuple[str, ...]:
    """Countries that use the zone, the main one first (tzdata's zone1970.tab)."""
    table = (files("tzdata") / "zoneinfo" / "zone1970.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        cells = line.split("\t")
        if not line.startswith("#") and len(cells) > 2 and cells[2] == zone:
            return tuple(cells[0].split(","))
    return ()
