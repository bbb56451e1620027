from __future__ import annotations

import re
import string
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from journeyflow.language import words_in
from journeyflow.sources.mapping import REPEATED_HEADER
from journeyflow.warehouse import doubts
from journeyflow.warehouse.incremental import UNTOLD_HORIZON
from journeyflow.warehouse.warnings import NO_CONVERSIONS

SQL = Path(__file__).parents[2] / "sql"
EN, RU = words_in("en"), words_in("ru")


def leaves(node: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from leaves(value, f"{key}.{name}")
    else:
        yield key, node


def fields(text: object) -> set[str]:
    parts = text if isinstance(text, list) else [text]
    return {name for part in parts for _, name, _, _ in string.Formatter().parse(part) if name}


def test_both_languages_say_the_same_things() -> None:
    translated = {name: texts for name, texts in RU.texts.items() if name != "stored"}
    english, russian = dict(leaves(EN.texts)), dict(leaves(translated))
    assert english.keys() == russian.keys()
    assert {k: fields(v) for k, v in english.items()} == {k: fields(v) for k, v in russian.items()}


@pytest.mark.parametrize(
    ("n", "said"),
    [(0, "0 путей"), (1, "1 путь"), (2, "2 пути"), (5, "5 путей"), (11, "11 путей"),
     (12, "12 путей"), (21, "21 путь"), (22, "22 пути"), (111, "111 путей"),
     (1234, "1\u00a0234 пути")],
)  # fmt: skip
def test_russian_nouns_follow_their_number(n: int, said: str) -> None:
    assert RU.count("journeys", n) == said


def test_numbers() -> None:
    assert EN.number(1234567.891, 2) == "1,234,567.89"
    assert RU.number(1234567.891, 2) == "1\u00a0234\u00a0567,89"
    assert EN.number(-0.2) == "0"
    assert EN.number(-1234) == "−1,234"
    assert EN.number(None) == EN.number(float("nan")) == "–"
    assert EN.money(1200, "RUB") == "1,200\u00a0₽"
    assert RU.money(None, "RUB") == "–"


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(3, 7, "3 of 7"), (19, 19, "19 of 19"), (5, 20, "25%"), (0, 50, "0%"), (1, 1000, "<1%"),
     (999, 1000, ">99%"), (50, 50, "100%"), (0, 0, "–")],
)  # fmt: skip
def test_small_groups_are_counts_and_rounding_never_claims_all_or_none(
    part: int, whole: int, said: str
) -> None:
    assert EN.share(part, whole) == said


def test_fine_percentages() -> None:
    assert EN.percent(0.0764, fine=True) == "7.6%"
    assert RU.percent(0.0764, fine=True) == "7,6\u00a0%"
    assert EN.percent(0.0997, fine=True) == "10%"
    assert EN.percent(0.0002, fine=True) == "<1%"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3661, "1 h 1 min"), (194400, "2 d 6 h"),
     (86400, "1 d"), (86460, "1 d"), (None, "–")],
)  # fmt: skip
def test_durations_have_their_two_largest_units(seconds: float | None, said: str) -> None:
    assert EN.duration(seconds).replace("\u00a0", " ") == said


def test_moments_are_told_in_the_projects_zone() -> None:
    late = datetime(2026, 10, 31, 22, 30, tzinfo=UTC)
    assert EN.moment(late, "Europe/Moscow").replace("\u00a0", " ") == "1 Nov 2026, 01:30"
    assert RU.day(date(2026, 3, 8)).replace("\u00a0", " ") == "8 марта 2026"
    assert EN.month(date(2026, 3, 1)) == "03.2026"


def test_other_languages_fall_back_to_english() -> None:
    assert words_in("xx").code == "en"


def said_by_the_store() -> Iterator[str]:
    """What SQL and Python may write into the store for people to read, with parts filled in."""
    sql = "\n".join(path.read_text(encoding="utf-8") for path in sorted(SQL.rglob("*.sql")))
    sql = sql.replace("' || getvariable('decimal')", ",'")
    for call in re.finditer(r"\bfault(?:_shown)?\(((?:[^()]|\([^()]*\))*)\)", sql):
        yield from re.findall(r"'([^']*)'", call[1])[-1:]  # the reason; none in the definition
    yield from re.findall(r"then '([^']*)'\s+end\s+\)? ?as skip_reason", sql)
    for path in (SQL / "private").glob("metrica_*.sql"):
        for fault in re.findall(r"macro \w+_fault\(.*?;", path.read_text("utf-8"), re.DOTALL):
            yield from re.findall(r"then '([^']+)'(?! \|\|)", fault)
    yield "more than 64 in one row"
    rules = (SQL / "everyone" / "reconciliation.sql").read_text(encoding="utf-8")
    for model, rule in re.findall(r"select\n +(model \|\| )?'([^']* = [^']*)',", rules):
        yield f"linear{rule}" if model else rule
    yield "rows of site, exports/site.csv, run 3"
    yield REPEATED_HEADER
    yield NO_CONVERSIONS
    yield UNTOLD_HORIZON.format(45)
    for each in (*doubts.FILES, *doubts.FIGURES):
        yield each.sentence.format("one", 2, datetime(2026, 11, 4, tzinfo=UTC), 0.5, 10.0, 4)


def test_what_the_store_says_has_a_russian_wording() -> None:
    found = list(said_by_the_store())
    assert len(found) > 45
    assert [sentence for sentence in found if RU.stored(sentence) == sentence] == []
    assert [EN.stored(sentence) for sentence in found] == found


def test_a_stored_sentence_keeps_its_parts() -> None:
    assert RU.stored("3 columns, expected 8") == "столбцов: 3, а должно быть 8"
    # Names come from strangers: braces and line ends in them are theirs.
    assert RU.stored("source {0}\n{moment} has delivered no row yet") == (
        "источник {0}\n{moment} ещё не дал ни одной строки"
    )
    assert RU.stored("something new") == "something new"
