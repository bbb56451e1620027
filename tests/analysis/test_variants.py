from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.rates import TOO_FEW
from journeyflow.analysis.variants import RARER, Variants, variants
from journeyflow.errors import SettingsError
from tests.support.published import BEGIN, DAY, HOUR, LEDGER, SCHEMA, Journey, fill_ledger, visit


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        for table in LEDGER:
            con.execute(f"create table {table} ({SCHEMA[table]})")
        yield con


def count(con: duckdb.DuckDBPyConnection, told: Sequence[Journey], **options: Any) -> Variants:
    fill_ledger(con, told)
    return variants(con, **options)


def several(times: int, prefix: str, *path: str, **options: Any) -> list[Journey]:
    return [visit(f"{prefix}{n}", *path, **options) for n in range(times)]


def test_counts_by_hand(con: duckdb.DuckDBPyConnection) -> None:
    told = [
        *several(12, "a", "Home", "Call", outcome="converted"),
        *several(8, "b", "Home", "Call", outcome="lost", pace=3 * HOUR),
        *several(5, "c", "Home", outcome="lost"),
        # One person's two journeys and three of others: four persons, which are too few.
        *several(4, "d", "Call"),
        visit("d0", "Call", number=2, began=BEGIN + DAY),
        *several(2, "e", "Call", "Home"),
        visit("f", "Home", "Home"),
    ]
    found = count(con, told)
    table = found.table
    assert table["rank"].tolist()[:2] == [1, 2]
    assert table["rank"].isna().tolist() == [False, False, True]
    assert table["path"].tolist() == [["Home", "Call"], ["Home"], [RARER]]
    assert table["journeys"].tolist() == [20, 5, 8]
    assert table["persons"].tolist() == [20, 5, 7]
    assert table[["converted", "lost", "open"]].to_numpy().tolist() == [
        [12, 8, 0], [0, 5, 0], [0, 0, 8]]  # fmt: skip
    assert table["share"].tolist() == [20 / 33, 5 / 33, 8 / 33]
    assert table["coverage"].tolist() == [20 / 33, 25 / 33, 1]
    # 12 of 20: Wilson's centre is (0.6 + 1.92073 / 20) / (1 + 3.84146 / 20) = 0.58389 and its half
    # width 1.95996 sqrt(0.24 / 20 + 3.84146 / 1600) / 1.19207 = 0.19731.
    assert table["rate"].tolist()[0] == 0.6
    assert table["rate_low"].tolist()[0] == pytest.approx(0.38658, abs=1e-5)
    assert table["rate_high"].tolist()[0] == pytest.approx(0.78119, abs=1e-5)
    assert table[["rate", "rate_low", "rate_high"]].isna().all(axis=1).tolist() == [
        False, True, True]  # fmt: skip
    assert table["rate_reason"].tolist() == [None, TOO_FEW, TOO_FEW]
    # Twelve lasted one hour, eight three; the open have no end, so the last row has no median.
    assert table["median_duration_s"].tolist()[:2] == [3600, 0]
    assert math.isnan(table["median_duration_s"].tolist()[2])
    # 33 journeys in variants of 20, 5, 5, 2, 1: 20 are more than half, 25 less than 26.4.
    assert (found.journeys, found.variants) == (33, 5)
    assert (found.covering_half, found.covering_80) == (1, 3)
    assert found.met_once == 1 / 33
    shares = [n / 33 for n in (20, 5, 5, 2, 1)]
    assert found.effective == pytest.approx(math.prod(s**-s for s in shares))


def test_a_path_ends_with_the_conversion_or_with_the_journey(
    con: duckdb.DuckDBPyConnection,
) -> None:
    told = several(5, "a", "Home", "Order", "Call", outcome="converted", converted_in=2)
    short = count(con, told).table
    assert short["path"].tolist() == [["Home", "Order"]]
    assert short["median_duration_s"].tolist() == [3600]
    whole = count(con, told, until="end").table
    assert whole["path"].tolist() == [["Home", "Order", "Call"]]
    assert whole["median_duration_s"].tolist() == [7200]


def test_a_rest_of_too_few_persons_takes_the_last_variant_with_it(
    con: duckdb.DuckDBPyConnection,
) -> None:
    told = [*several(9, "a", "Home"), *several(6, "b", "Call"), *several(4, "c", "Order")]
    assert count(con, told).table["journeys"].tolist() == [9, 10]
    assert count(con, told, k=4).table["journeys"].tolist() == [9, 6, 4]
    assert count(con, told, top=1, k=4).table["journeys"].tolist() == [9, 10]
    # Eleven journeys of one person are no variant of many.
    alone = [visit("a", "Home", number=n, began=BEGIN + n * DAY) for n in range(1, 12)]
    assert count(con, alone).table["path"].tolist() == [[RARER]]


def test_equal_ones_stand_by_path_and_equally_frequent_ones_are_as_many_as_they_are(
    con: duckdb.DuckDBPyConnection,
) -> None:
    told = [j for name in ("Ж", "b", "B", "a") for j in several(6, name, name, "Z")]
    found = count(con, told)
    assert found.table["path"].tolist() == [["B", "Z"], ["a", "Z"], ["b", "Z"], ["Ж", "Z"]]
    assert found.effective == pytest.approx(4)
    assert (found.covering_half, found.covering_80) == (2, 4)


def test_no_journeys_have_no_figures(con: duckdb.DuckDBPyConnection) -> None:
    found = count(con, [])
    assert found.table.empty
    assert found.table.columns.tolist()[:3] == ["rank", "path", "journeys"]
    assert (found.journeys, found.variants) == (0, 0)
    assert (found.covering_half, found.covering_80) == (None, None)
    assert (found.effective, found.met_once) == (None, None)


@pytest.mark.parametrize("wrong", [{"top": 0}, {"k": 0}, {"until": "never"}])
def test_what_does_not_exist_is_refused(
    con: duckdb.DuckDBPyConnection, wrong: dict[str, Any]
) -> None:
    with pytest.raises(SettingsError):
        count(con, [], **wrong)


@st.composite
def stories(draw: st.DrawFn) -> list[Journey]:
    paths = draw(st.lists(st.lists(st.sampled_from("ABC"), min_size=1, max_size=3), max_size=40))
    return [
        Journey(
            f"p{n % 25}",
            tuple(path),
            draw(st.sampled_from(["converted", "lost", "open"])),
            converted_in=draw(st.integers(1, len(path))),
            number=n // 25 + 1,
            pace=draw(st.integers(1, 3)) * timedelta(minutes=7),
        )
        for n, path in enumerate(paths)
    ]


@given(stories(), st.integers(1, 6), st.integers(1, 4), st.sampled_from(["conversion", "end"]))
def test_all_journeys_are_counted_once_and_nobody_is_shown_alone(
    con: duckdb.DuckDBPyConnection, told: list[Journey], top: int, k: int, until: str
) -> None:
    found = count(con, told, top=top, until=until, k=k)
    table = found.table
    ends = [j.converts_at if until == "conversion" else None for j in told]
    paths = Counter(j.path[:end] for j, end in zip(told, ends, strict=True))
    assert table["journeys"].sum() == len(told) == found.journeys
    assert table[["converted", "lost", "open"]].sum(axis=1).tolist() == table["journeys"].tolist()
    assert not told or table["coverage"].tolist()[-1] == 1
    listed = table[table["rank"].notna()]
    assert (listed["persons"] >= k).all()
    assert len(listed) <= top
    for row in listed.itertuples():
        assert paths[tuple(row.path)] == row.journeys
    persons = len({j.person for j in told})
    assert (table["persons"] >= min(k, persons)).all()
    assert found.variants == len(paths)
    counts = sorted(paths.values(), reverse=True)
    for tenths, covering in ((5, found.covering_half), (8, found.covering_80)):
        if covering is not None:
            assert sum(counts[:covering]) * 10 >= len(told) * tenths
            assert sum(counts[: covering - 1]) * 10 < len(told) * tenths
