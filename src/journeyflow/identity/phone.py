"""Phone numbers in E.164, through Google's phone number metadata (package phonenumbers)."""

from __future__ import annotations

import re
import unicodedata

from journeyflow.identity.blocked import WITHHELD_NUMBERS, typed_at_random
from journeyflow.identity.types import IdClass, Normalised, Rejected, weaker

_SCHEME = re.compile(r"(?:sips?|tel|callto):", re.IGNORECASE)
_DOUBLE_ZERO = re.compile(r"\A[\s(]*0[\s-]*0[\s()-]*")
_SUBSCRIBER_DIGITS = 7


def normalise_phone(text: str, region: str | None, kind: IdClass) -> Normalised | Rejected:
    """One number as `+` and digits, accepted only where the numbering plan knows it.

    `region` (ISO 3166, such as "RU") reads numbers without a country code. An extension is cut
    off. Only numbers that can be a mobile keep their class: a landline, a toll-free or an
    internet number stands for a household or an office, so it attaches and never merges.
    """
    import phonenumbers as lib  # its tables are large, and most commands need none

    text, is_sip = _SCHEME.subn("", text, count=1)
    if is_sip:
        text = text.split("@", 1)[0]
    digits = "".join(str(unicodedata.digit(sign)) for sign in text if sign.isdigit())
    if digits in WITHHELD_NUMBERS:
        return Rejected("withheld number")
    # The prefix of a foreign call differs by country; 00 is what people write in all of them.
    text = _DOUBLE_ZERO.sub("+", text)
    if region is None and "+" not in text and "＋" not in text:
        return Rejected("phone number without country code, and no region is set")
    try:
        number = lib.parse(text, region)
    except lib.NumberParseException:
        return Rejected("not a phone number")
    # A number may be possible by its length and still not exist: one digit dropped from a Russian
    # mobile leaves the length of a Kazakh one.
    if not lib.is_valid_number(number):
        return Rejected("not a valid phone number")
    national = lib.national_significant_number(number)
    if str(number.national_number) not in digits:
        return Rejected("letters in a phone number")
    if typed_at_random(national) or typed_at_random(national[-_SUBSCRIBER_DIGITS:]):
        return Rejected("digits typed at random")
    if lib.number_type(number) not in (
        lib.PhoneNumberType.MOBILE,
        lib.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    ):
        kind = weaker(kind, IdClass.ATTACH)
    return Normalised(lib.format_number(number, lib.PhoneNumberFormat.E164), kind)
