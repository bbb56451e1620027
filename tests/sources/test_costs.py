"""Costs as files tell them: ranges of days, totals rows, taxes and millionths."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.errors import DataError
from journeyflow.warehouse.models import load_model
from tests.support.projects import few
from tests.support.reading import Desk, Row, bench

COLUMNS: dict[str, Any] = {
    "day": "Day", "campaign": "Campaign", "impressions": "Shows", "clicks": "Clicks",
    "cost": "Cost", "source": {"value": "google"},
}  # fmt: skip
RANGES = COLUMNS | {"date_from": "From", "date_to": "To"}
HEADER = "Day,Campaign,Shows,Clicks,Cost\n"
LOOSE = "[checks]\nmax_reject_share = 1"


@contextmanager
def desk(folder: Path, **keys: Any) -> Iterator[Desk]:
    with bench(folder, more=LOOSE, **({"format": "costs", "columns": COLUMNS} | keys)) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("shared"), micros=False) as made:
        yield made


@pytest.fixture(scope="module")
def undeclared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Where nobody said what an amount is."""
    with desk(tmp_path_factory.mktemp("undeclared")) as made:
        yield made


@pytest.fixture(scope="module")
def millionths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("millionths"), micros=True) as made:
        yield made


def landed(made: Desk, text: str, name: str = "costs.csv") -> list[Row]:
    """The days on which the costs of a file are kept."""
    assert not made.read(name, text).rejects
    made.con.execute("create or replace temp table ledger_ids as select 0 as place, 1 as file_id")
    return made.query(f"select * from ({load_model('landing', 'landed_costs').sql}) order by ref")


def test_a_range_is_spread_over_its_days_and_leftovers_go_to_the_first(shared: Desk) -> None:
    rows = landed(shared, HEADER + "2026-03-01/2026-03-07,brand,10,3,100.00\n")
    # 10,000 cents are seven times 1,428 and 4; 10 is 7 and 3.
    assert [(row["local_day"].day, row["cost"]) for row in rows] == [
        (day, Decimal("14.29" if day <= 4 else "14.28")) for day in range(1, 8)
    ]
    assert [row["impressions"] for row in rows] == [2, 2, 2, 1, 1, 1, 1]
    assert [row["clicks"] for row in rows] == [1, 1, 1, 0, 0, 0, 0]
    assert {row["line"] for row in rows} == {1}
    assert len({row["row_id"] for row in rows} | {row["ref"] for row in rows}) == 14


def test_rows_of_one_campaign_are_spread_as_their_sum(shared: Desk) -> None:
    text = HEADER + "2026-03-01/2026-03-07,brand,,1,0.03\n" * 7 + "2026-03-01/2026-03-07,a,,1,1\n"
    rows = landed(shared, text)
    brand = [row for row in rows if row["campaign"] == "brand"]
    days = defaultdict[int, list[Row]](list)
    for row in brand:
        days[row["local_day"].day].append(row)
    clicks = {day: sum(row["clicks"] for row in found) for day, found in days.items()}
    assert clicks == dict.fromkeys(range(1, 8), 1)
    assert {sum(row["cost"] for row in found) for found in days.values()} == {Decimal("0.03")}
    assert {row["impressions"] for row in brand} == {None}
    assert len({row["row_id"] for row in rows}) == 8 * 7


def test_a_range_in_two_columns_and_what_is_none(tmp_path: Path) -> None:
    text = (
        "From,To,Day,Campaign,Shows,Clicks,Cost\n"
        "01.03.2026,02.03.2026,,brand,,,1\n"
        "01.03.2026,01.03.2026,,brand,,,1\n"
        "01.03.2026,02.03.2026,05.03.2026,brand,,,1\n"
        ",,01.03.2026 - 02.03.2026,brand,,,1\n"
        "02.03.2026,01.03.2026,,brand,,,1\n"
        "01.03.2026,,,brand,,,1\n"
        "01.03.2025,02.03.2026,,brand,,,1\n"
        "01.03.1989,02.03.1989,,brand,,,1\n"
        ",,31.02.2026/01.03.2026,brand,,,1\n"
        ",,,brand,,,1\n"
        ",,,other,,,1\n"
    )
    with desk(tmp_path, columns=RANGES, time_format="%d.%m.%Y") as made:
        read = made.read("costs.csv", text)
    first, second = date(2026, 3, 1), date(2026, 3, 2)
    assert [(row["local_day"], row["last_day"]) for row in read.rows] == [
        (first, second), (first, first), (date(2026, 3, 5), date(2026, 3, 5)), (first, second),
    ]  # fmt: skip
    assert [(line, column, reason) for line, column, _, reason in read.rejects] == [
        (5, "day", "a range that ends before it begins"),
        (6, "date_to", "missing"),
        (7, "day", "a range of more than 366 days"),
        (8, "date_from", "outside 1990 to a year ahead"),
        (8, "date_to", "outside 1990 to a year ahead"),
        (9, "day", "not a day"),
        (10, "day", "missing"),
        (11, "day", "missing"),
    ]


def test_a_range_has_no_id(tmp_path: Path) -> None:
    # Under an id a later range of fewer days would leave some of this one's.
    text = "Id," + HEADER + "1,2026-03-01/2026-03-02,a,,,1\n2,2026-03-01,a,,,1\n"
    with desk(tmp_path, columns=COLUMNS | {"cost_id": "Id"}) as made:
        read = made.read("costs.csv", text)
    assert [reason for *_, reason in read.rejects] == ["a range of days cannot have an id"]
    assert len(read.rows) == 1


days = st.integers(0, 300).map(lambda n: date(2026, 1, 1) + timedelta(n))
lengths = st.integers(1, 366)
amounts = st.decimals(-1000, 10**9, places=2) | st.decimals(0, 10, places=4)
counts = st.none() | st.integers(0, 10**6)
spans = st.tuples(days, lengths)
costs = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 1), amounts, counts), min_size=1, max_size=8
)


@given(spans=st.lists(spans, min_size=2, max_size=2), rows=costs)
@few(6)
def test_whatever_is_spread_adds_up_on_every_day(
    shared: Desk, spans: list[tuple[date, int]], rows: list[tuple[str, int, Decimal, int | None]]
) -> None:
    told = [(name, *spans[which], cost, clicks) for name, which, cost, clicks in rows]
    text = HEADER + "".join(
        f"{first}/{first + timedelta(length - 1)},{name},,"
        f"{'' if clicks is None else clicks},{cost}\n"
        for name, first, length, cost, clicks in told
    )
    kept = defaultdict[int, list[Row]](list)
    for row in landed(shared, text):
        kept[row["line"]].append(row)
    for line, (_, first, length, cost, clicks) in enumerate(told, start=1):
        assert [row["local_day"] for row in kept[line]] == [
            first + timedelta(n) for n in range(length)
        ]
        assert sum(row["cost"] for row in kept[line]) == cost
        found = [row["clicks"] for row in kept[line]]
        assert found == [None] * length if clicks is None else sum(found) == clicks
    # Of each campaign and range no day has over a cent, or a click, more than another; and the
    # rest of a cent of each row stands on one day.
    for key in {each[:3] for each in told}:
        lines = [line for line, each in enumerate(told, start=1) if each[:3] == key]
        per_day = list(zip(*(kept[line] for line in lines), strict=True))
        spent = [sum((row["cost"] for row in day), Decimal()) for day in per_day]
        clicked = [sum(row["clicks"] or 0 for row in day) for day in per_day]
        assert max(spent) - min(spent) < Decimal("0.01") * (1 + len(lines))
        assert max(clicked) - min(clicked) <= 1


@pytest.mark.parametrize(
    "total",
    ["Total,,2000,25,20.50", "ИТОГО:,,2000,25,20.50", "Gesamt,,2000,25,20.50",
     "Всего за март,,,,20.5", "Grand total", ",Total,2000,25,20.50", ",,2000,25,20.50",
     "2026-03-01,,2000,25,20.50", "2026-03-01,,,,20.50", "Total rows: 2", "Total,,,,"],
)  # fmt: skip
@pytest.mark.parametrize("above", [False, True])
def test_a_totals_row_is_passed_over_wherever_it_stands(
    shared: Desk, total: str, above: bool
) -> None:
    rows = ["2026-03-01,brand,1000,20,12.50", "2026-03-02,other,1000,5,8.00"]
    rows.insert(0 if above else 2, total)
    read = shared.read("costs.csv", HEADER + "\n".join(rows) + "\n")
    assert (read.skips, read.rejects) == ({"totals row": 1}, [])
    assert [row["cost"] for row in read.rows] == [Decimal("12.50"), Decimal("8.00")]
    assert read.landing.records.read == 3


@pytest.mark.parametrize(
    ("total", "said"),
    [
        ("Total,,2000,24,20.51", "cost: 20.5 in all rows, and the totals row 3 says 20.51"),
        ("Total,,2000,25,", "clicks: 24 in all rows, and the totals row 3 says 25"),
        ("Total,,1234567,,", "impressions: 2,000 in all rows, and the totals row 3 says 1,234,567"),
        ("Total rows: 12", "rows: 2 in all rows, and the totals row 3 says 12"),
        # The largest of several is that of the whole.
        ("Total: some,,,,12.5\nTotal: all,,,,99", "the totals row 4 says 99"),
    ],
)
def test_a_totals_row_that_says_something_else_refuses_the_file(
    shared: Desk, total: str, said: str
) -> None:
    rows = f"2026-03-01,brand,1000,20,12.50\n2026-03-02,other,1000,4,8.00\n{total}\n"
    with pytest.raises(DataError, match=said) as caught:
        shared.read("costs.csv", HEADER + rows)
    assert "costs.csv" in caught.value.message
    assert "leave the totals out" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "last",
    [
        "2026-03-02,,1000,20,8.00",  # spent on no campaign; the sum of the others is another
        "2026-03-02,,1000,4,12.50",
        "2026-03-02,,999,20,12.50",
        "2026-03-02,Total care,1000,4,12.50",  # a campaign on a day of its own
        "2026-03-02,Total,1000,4,12.50",
    ],
)
def test_what_is_not_surely_a_totals_row_stays(shared: Desk, last: str) -> None:
    read = shared.read("costs.csv", HEADER + f"2026-03-01,brand,1000,20,12.50\n{last}\n")
    assert (len(read.rows), read.skips, read.rejects) == (2, {}, [])


def test_two_rows_without_a_campaign_are_no_totals(shared: Desk) -> None:
    text = HEADER + "2026-03-01,brand,,,5.00\n2026-03-01,,,,5.00\n2026-03-02,,,,5.00\n"
    assert len(shared.read("costs.csv", text).rows) == 3


def test_a_row_of_another_source_is_no_totals_row(tmp_path: Path) -> None:
    text = "Day,Source,Campaign,Cost\n2026-03-01,vk,brand,5.00\n2026-03-01,outdoor,,5.00\n"
    columns = {"day": "Day", "source": "Source", "campaign": "Campaign", "cost": "Cost"}
    with desk(tmp_path, columns=columns) as made:
        assert len(made.read("costs.csv", text).rows) == 2


@given(
    rows=st.lists(
        st.tuples(st.decimals(0, 10**6, places=2), st.integers(0, 9999), st.integers(0, 99)),
        max_size=6,
    ),
    off=st.decimals(-5, 5, places=2),
    place=st.integers(0, 6),
)
@few(6)
def test_any_table_and_its_total_agree_and_no_other_total_does(
    shared: Desk, rows: list[tuple[Decimal, int, int]], off: Decimal, place: int
) -> None:
    cost, shows, clicks = (sum(each) for each in zip(*rows, strict=True)) if rows else (0, 0, 0)
    lines = [f"2026-03-{n + 1:02},c{n},{s},{k},{c}" for n, (c, s, k) in enumerate(rows)]

    def with_total(total: object) -> str:
        table = [*lines]
        table.insert(place, f"Total,,{shows},{clicks},{total}")
        return HEADER + "\n".join(table) + "\n"

    right, other = shared.read_together(
        {"right.csv": with_total(cost), "other.csv": with_total(cost + off)}
    )
    assert (len(right.rows), right.skips, right.rejects) == (len(rows), {"totals row": 1}, [])
    assert right.landing.fault is None
    said = other.landing.fault and other.landing.fault.message
    assert ("in all rows, and the totals row" in (said or "")) == bool(off)


def test_tax_is_taken_out_only_where_it_is_declared(tmp_path: Path) -> None:
    text = HEADER + "2026-03-01,brand,,,120.00\n2026-03-02,brand,,,-0.01\nTotal,,,,119.99\n"
    for number, (keys, first, second) in enumerate(
        [({}, "120", "-0.01"), ({"vat": "excluded"}, "120", "-0.01"),
         ({"vat": "included", "vat_rate": 0.20}, "100", "-0.0083"),
         ({"vat": "included", "vat_rate": 0.055}, "113.7441", "-0.0095")]  # 113.74407…, 0.009478…
    ):  # fmt: skip
        with desk(tmp_path / str(number), **keys) as made:
            rows = made.read("costs.csv", text).rows
        assert [row["cost"] for row in rows] == [Decimal(first), Decimal(second)]


def test_a_range_loses_its_tax_before_it_is_spread(tmp_path: Path) -> None:
    text = HEADER + "2026-03-01/2026-03-03,brand,,,100.00\n"
    with desk(tmp_path, vat="included", vat_rate=0.2) as made:
        rows = landed(made, text)
    # 83.3333: 27.78, 27.78, 27.77 and the rest of a cent on the first day.
    assert [row["cost"] for row in rows] == [Decimal(n) for n in ("27.7833", "27.78", "27.77")]


@pytest.mark.parametrize(
    ("costs", "micros", "found"),
    [
        (("25400000", "0"), None, None),
        (("25400000", "0"), True, ["25.4", "0"]),
        (("25400000", "0"), False, ["25400000", "0"]),
        # Millionths are whole: such a sum is an expensive click.
        (("25400000.50", "0"), None, ["25400000.5", "0"]),
        (("20000", "20000"), None, ["20000", "20000"]),  # exactly 10,000 a click
        (("20002", "20002"), None, None),
        (("20836694", "1"), True, ["20.8367", "0"]),  # kept are ten-thousandths
    ],
)
def test_millionths_are_read_as_declared_and_refused_where_nobody_said(
    undeclared: Desk,
    millionths: Desk,
    shared: Desk,
    costs: tuple[str, str],
    micros: bool | None,
    found: list[str] | None,
) -> None:
    text = HEADER + "".join(f"2026-03-01,c{n},,2,{cost}\n" for n, cost in enumerate(costs))
    made = {None: undeclared, True: millionths, False: shared}[micros]
    if found is None:
        with pytest.raises(DataError, match="is that the currency, or millionths") as caught:
            made.read("costs.csv", text)
        assert "micros = true" in (caught.value.hint or "")
    else:
        rows = made.read("costs.csv", text).rows
        assert [row["cost"] for row in rows] == [Decimal(each) for each in found]


def test_files_of_one_batch_are_judged_each_on_its_own(undeclared: Desk) -> None:
    rows = "2026-03-01,brand,,1,5.00\n2026-03-01,other,,1,5.00\n"
    read = undeclared.read_together(
        {
            "a.csv": HEADER + rows,
            "b.csv": HEADER + rows + "Total,,,,9\n",
            "c.csv": HEADER + rows.replace(".00", "00000"),
            "d.csv": HEADER + rows + "Total,,,,10\n",
        }
    )
    faults = [each.landing.fault and each.landing.fault.message for each in read]
    assert [fault and fault.split(": ")[0].rpartition("/")[2] for fault in faults] == [
        None, "b.csv", "c.csv", None,
    ]  # fmt: skip
    assert [len(each.rows) for each in read] == [2, 2, 2, 2]
