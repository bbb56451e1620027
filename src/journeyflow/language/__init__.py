"""What people read, in their language: texts, counts, shares, durations, dates.

All texts are in `en.toml` and `ru.toml` beside this file, with the same keys in both. What the
store itself says is English; `ru.toml` has its Russian under `stored`.
"""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

LANGUAGES = ("en", "ru")
SMALLEST_SHARE_BASE = 20
NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class Language:
    """Texts and number formats of one language (`code`: "en" or "ru")."""

    code: str
    texts: dict[str, Any]

    def text(self, key: str, **values: object) -> str:
        """The text at a dotted key, its `{names}` filled in. Raises KeyError if absent."""
        found = self._find(key)
        return str(found).format(**values) if values else str(found)

    def count(self, key: str, n: int) -> str:
        """A number with its noun: `count("journeys", 3)` is "3 journeys"."""
        forms = self._find(f"counts.{key}")
        return str(forms[self._plural(n)]).format(n=self.number(n))

    def number(self, value: float | None, digits: int = 0) -> str:
        """A number with the language's separators; a dash for nothing."""
        if value is None or not math.isfinite(value):
            return "–"
        plain = f"{value:,.{digits}f}"
        if float(plain.replace(",", "")) == 0:
            plain = plain.lstrip("-")
        if self.code == "ru":
            plain = plain.replace(",", NO_BREAK).replace(".", ",")
        return plain.replace("-", "−")

    def percent(self, share: float, *, fine: bool = False) -> str:
        """A share (0–1) in whole per cent; never 0 or 100 per cent by rounding alone.

        fine: one decimal below ten per cent, where whole numbers would hide an interval.
        """
        rounded = f"{share:.0%}".rstrip("%")
        if fine and 0.0005 <= share < 0.0995:
            rounded = self.number(share * 100, 1)
        elif 0 < share < 0.005:
            rounded = "<1"
        elif 0.995 <= share < 1:
            rounded = ">99"
        return f"{rounded}{NO_BREAK}%" if self.code == "ru" else f"{rounded}%"

    def share(self, part: float, whole: float) -> str:
        """`part` of `whole` in per cent, or "x of n" where n is too small for a percentage."""
        if whole >= SMALLEST_SHARE_BASE:
            return self.percent(part / whole)
        if whole <= 0:
            return "–"
        return self.text("x_of_n", x=self.number(part), n=self.number(whole))

    def money(self, value: float | None, currency: str) -> str:
        """Whole units of a currency, its code after the number."""
        shown = self.number(value)
        return shown if shown == "–" else f"{shown}{NO_BREAK}{_SIGNS.get(currency, currency)}"

    def duration(self, seconds: float | None) -> str:
        """The two largest units of a duration: "2 d 6 h", "45 min"."""
        if seconds is None or not math.isfinite(seconds):
            return "–"
        left = round(seconds)
        parts: list[tuple[int, str]] = []
        for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
            amount, left = divmod(left, size)
            if amount or parts:
                parts.append((amount, self.text(f"units.{unit}")))
            if len(parts) == 2:
                break
        named = [f"{self.number(n)}{NO_BREAK}{unit}" for n, unit in parts if n]
        return NO_BREAK.join(named) or f"0{NO_BREAK}{self.text('units.second')}"

    def day(self, value: date) -> str:
        """A calendar day: "4 Nov 2026"."""
        month = self._find("months")[value.month - 1]
        return f"{value.day}{NO_BREAK}{month}{NO_BREAK}{value.year}"

    def month(self, value: date) -> str:
        """A calendar month: "11.2026"."""
        return f"{value:%m.%Y}"

    def moment(self, value: datetime, zone: str) -> str:
        """A moment in the project's zone, to the minute."""
        local = value.astimezone(ZoneInfo(zone))
        return f"{self.day(local.date())}, {local:%H:%M}"

    def model(self, name: str) -> str:
        """The name of a credit model; its own name where there is no word for it."""
        return str(self._find("models").get(name, name))

    def stored(self, sentence: str) -> str:
        """What the store says, in this language; as it stands where the language has no text."""
        for english, own in self.texts.get("stored", {}).items():
            pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(english))
            found = re.fullmatch(pattern, sentence, re.DOTALL)
            if found:
                return str(own).format(**found.groupdict())
        return sentence

    def _find(self, key: str) -> Any:
        found: Any = self.texts
        for part in key.split("."):
            found = found[part]
        return found

    def _plural(self, n: int) -> int:
        if self.code != "ru":
            return 0 if n == 1 else 1
        if n % 10 == 1 and n % 100 != 11:
            return 0
        return 1 if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else 2


_SIGNS = {"RUB": "₽", "EUR": "€", "USD": "$", "GBP": "£"}


@cache
def words_in(code: str) -> Language:
    """The texts of "en" or "ru"; English for any other code."""
    known = code if code in LANGUAGES else "en"
    text = files(__package__).joinpath(f"{known}.toml").read_text(encoding="utf-8")
    return Language(known, tomllib.loads(text))
