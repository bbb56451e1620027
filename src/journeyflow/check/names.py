"""What columns are called in the exports of several languages: half of the evidence.

The names are in `column_names`, one file a language: lower-case words, of which earlier ones say
more. `main_word` is where the word stands that says what a thing is: last in "order date", first
in "date de commande".
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

LANGUAGES = ("en", "ru", "de", "pl", "pt", "es", "fr", "it")
#: A name that scores this says the role by its main word.
NAMED = 2.0
#: What a quantity or a time is counted in; it says nothing of what it is.
UNITS = "usd eur gbp rub руб р rur kzt uah pln brl zł sec seconds сек utc gmt msk мск"
ACCENTS = re.compile("(?<=[a-z])[\u0300-\u036f]+")


class Phrase(NamedTuple):
    """A name of a role: its words, how much better than later ones, where the main word stands."""

    text: str
    better: float
    is_main_first: bool


def bare(text: str) -> str:
    """Lower-case letters without the accents that some exports keep and others drop."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("ё", "е").replace("ł", "l"))
    return unicodedata.normalize("NFC", ACCENTS.sub("", plain))


def words(name: str) -> str:
    """A column's name as lower-case words, from `customerPhone` as from `$.customer.phone`."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name.replace("№", " номер "))
    found = re.findall(r"[^\W_]+", bare(name))
    return " ".join([each for each in found if each not in UNITS.split()] or found)


def _read() -> Iterator[dict[str, Any]]:
    folder = files("journeyflow.check") / "column_names"
    for code in LANGUAGES:
        yield tomllib.loads((folder / f"{code}.toml").read_text(encoding="utf-8"))


def _phrases(tables: list[dict[str, Any]]) -> dict[str, tuple[Phrase, ...]]:
    """The names of each role; identifiers are roles called `id:` and their type.

    Of a word that two languages share, as "total", the first one says where it must stand.
    """
    found: dict[str, dict[str, Phrase]] = {}
    for table in tables:
        for group, prefix in (("columns", ""), ("identifiers", "id:"), ("others", "")):
            for role, names in table[group].items():
                for place, name in enumerate(names):
                    better = 0.4 * (1 - place / len(names))
                    phrase = Phrase(bare(name), better, table["main_word"] == "first")
                    found.setdefault(prefix + role, {}).setdefault(phrase.text, phrase)
    return {role: tuple(each.values()) for role, each in found.items()}


def _words_of(tables: list[dict[str, Any]], group: str) -> dict[str, frozenset[str]]:
    keys = dict.fromkeys(key for table in tables for key in table[group])
    return {
        key: frozenset(bare(each) for table in tables for each in table[group].get(key, ()))
        for key in keys
    }


_TABLES = [*_read()]
PHRASES = _phrases(_TABLES)
#: A name with one of these words is some other moment, amount or number than the role's.
OTHER_WORDS = _words_of(_TABLES, "another")
#: Words that say of a name that it is an `id`'s, a `day`'s, or a `clock`'s: a time of day.
TELLING = _words_of(_TABLES, "words")


@lru_cache(maxsize=20_000)
def name_score(role: str, name: str) -> float:
    """How well a column's name says a role: 3 and more in so many words, 2 by its main word.

    Less than 2 where the role is only mentioned: `user_type` is no user. Of equally good names
    the earlier is better.
    """
    said = words(name)
    if said.startswith(("is ", "has ")) and role != "answered":
        return 0.0  # a yes or no about it
    best = 0.0
    for phrase, better, is_main_first in PHRASES[role]:
        if said == phrase or said.replace(" ", "") == phrase.replace(" ", ""):
            best = max(best, 3 + better)
        elif f" {phrase} " in f" {said} ":
            is_main = said.startswith(phrase) if is_main_first else said.endswith(phrase)
            best = max(best, (2 if is_main else 0.8) + 0.5 * len(phrase) / len(said) + better)
    if best and OTHER_WORDS.get(role.removeprefix("id:"), frozenset()) & set(said.split()):
        best -= 2.5
    return max(best, 0.0)
