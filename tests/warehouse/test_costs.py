"""What advertising cost, from export files to the published table."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from journeyflow.errors import DataError, SettingsError
from tests.support.projects import (
    Project,
    Row,
    assert_same_tables,
    csv_text,
    settings,
    source,
)

COLUMNS = {
    name: name
    for name in ("day", "source", "medium", "campaign", "impressions", "clicks", "cost", "currency")
}


def project(folder: Path, rates: dict[str, float] | None = None, **keys: Any) -> Project:
    """A project of one source of costs."""
    spend = {"name": "spend", "format": "costs", "files": "exports/spend/*.csv"}
    spend |= {"columns": COLUMNS} | keys
    rated = {"currency": {"rates": rates}} if rates else {}
    return Project(folder, settings(spend, source(), **rated))


def published(made: Project, *files: list[Row] | str) -> list[tuple[date, str | None, Decimal]]:
    """(day, campaign, cost) as published once the files have arrived, in one run each."""
    made.write("exports/site/1.csv", [{"cookie": "c", "ts": "2026-03-01T10:00:00Z", "kind": "v"}])
    for number, rows in enumerate(files):
        text = rows if isinstance(rows, str) else csv_text(rows, COLUMNS)
        made.write(f"exports/spend/{number}.csv", text)
        made.run()
    return [(row["day"], row["campaign"], row["cost"]) for row in made.rows("costs")]


def spent(day: str, cost: str, campaign: str = "brand", **cells: Any) -> Row:
    return {"day": day, "source": "google", "campaign": campaign, "cost": cost, **cells}


def test_money_is_summed_before_it_is_rounded(tmp_path: Path) -> None:
    rows = [spent("2026-03-01", "0.004"), spent("2026-03-01", "0.0035", impressions="1")]
    rows += [spent("2026-03-01", "1.01", currency="USD", impressions=n) for n in ("2", "3", "4")]
    # 0.0075 of ours, and 3.03 at a third: 1.0099999697.
    found = published(project(tmp_path, {"USD": 0.33333332}), rows)
    assert found == [(date(2026, 3, 1), "brand", Decimal("1.02"))]


RANGE = "2026-03-01/2026-03-03"


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Sources of costs in one project, each of which delivers something anew in the second run."""
    sources: dict[str, dict[str, str]] = {"day": {}, "range": {}, "content": {"replaces": "row"}}
    spend = [
        {"name": name, "format": "costs", "files": f"exports/{name}/*.csv", "columns": COLUMNS}
        | keys
        for name, keys in sources.items()
    ]
    made = Project(tmp_path_factory.mktemp("delivered"), settings(*spend, source()))
    made.write("exports/site/1.csv", [{"cookie": "c", "ts": "2026-03-01T10:00:00Z", "kind": "v"}])
    nights = {"day": ANEW_DAY, "range": ANEW_RANGE, "content": ANEW_ROWS}
    for number in (0, 1):
        for name, files in nights.items():
            made.write(f"exports/{name}/{number}.csv", csv_text(files[number], COLUMNS))
        made.run()
    return made


def files_of(made: Project, name: str) -> list[tuple[int, ...]]:
    """Rows read and used, days made of them, and duplicates of the two files of a source."""
    told = made.query(
        "select rows_read, rows_used, events, duplicates from files "
        f"where source = '{name}' order by file"
    )
    return [tuple(each.values()) for each in told]


def costs_of(made: Project, *campaigns: str) -> list[tuple[date, str | None, Decimal]]:
    found = [(row["day"], row["campaign"], row["cost"]) for row in made.rows("costs")]
    return [each for each in found if each[1] in campaigns]


ANEW_DAY = [[spent(RANGE, "100.00", "one")], [spent("2026-03-02", "40.00", "other")]]


def test_a_day_delivered_anew_replaces_that_of_a_range(delivered: Project) -> None:
    assert costs_of(delivered, "one", "other") == [
        (date(2026, 3, 1), "one", Decimal("33.34")),
        (date(2026, 3, 2), "other", Decimal("40.00")),
        (date(2026, 3, 3), "one", Decimal("33.33")),
    ]
    assert files_of(delivered, "day") == [(1, 1, 2, 0), (1, 1, 1, 0)]


ANEW_RANGE = [[spent("2026-03-02", "40.00", "whole")], [spent(RANGE, "90.00", "whole")]]


def test_a_range_delivered_anew_replaces_all_its_days(delivered: Project) -> None:
    assert costs_of(delivered, "whole") == [
        (date(2026, 3, day), "whole", Decimal("30.00")) for day in (1, 2, 3)
    ]
    told = [(used, duplicates) for _, used, _, duplicates in files_of(delivered, "range")]
    assert told == [(0, 1), (1, 0)]


# Three rows of one click share three days; which row has which day depends on their order.
CLICKS = [spent(RANGE, cost, "clicks", clicks="1") for cost in ("0.01", "0.02", "0.04")]
ANEW_ROWS = [CLICKS, CLICKS[::-1]]


def test_rows_known_by_content_keep_their_ranges_however_the_file_is_ordered(
    delivered: Project,
) -> None:
    found = delivered.query("from costs where campaign = 'clicks' order by all")
    assert sum(row["cost"] for row in found) == Decimal("0.07")
    assert [row["clicks"] for row in found] == [1, 1, 1]


def test_nights_with_ranges_equal_a_rebuild_from_nothing(tmp_path: Path) -> None:
    made = project(tmp_path)
    nights = [
        [spent(RANGE, "100.00", clicks="10"), spent(RANGE, "0.05", "other", clicks="1")],
        [spent("2026-03-02/2026-03-05", "9.99"), spent("2026-03-06", "1.00", "other")],
        [spent("2026-03-03", "2.00"), spent("2026-03-03", "2.00")],
    ]
    found = published(made, *nights)
    # Each day is that of the file that told it last: 9.99 are four times 2.49, and 3 cents.
    assert found == [
        (date(2026, 3, 1), "brand", Decimal("33.34")), (date(2026, 3, 1), "other", Decimal("0.02")),
        (date(2026, 3, 2), "brand", Decimal("2.50")), (date(2026, 3, 3), "brand", Decimal("4.00")),
        (date(2026, 3, 4), "brand", Decimal("2.50")), (date(2026, 3, 5), "brand", Decimal("2.49")),
        (date(2026, 3, 6), "other", Decimal("1.00")),
    ]  # fmt: skip
    before = made.tables()
    made.run(full_refresh=True)
    assert_same_tables(before, made.tables())


def test_currencies_without_a_rate_are_refused(tmp_path: Path) -> None:
    made = project(tmp_path)
    rows = [spent(f"2026-03-0{day}", "1.00", currency="USD") for day in range(1, 5)]
    with pytest.raises(DataError, match=r"currency: no rate in \[currency.rates\]: 4 rows"):
        published(made, [spent("2026-03-01", "1.00"), *rows])


def test_a_change_of_tax_or_unit_reads_the_files_again(tmp_path: Path) -> None:
    made = project(tmp_path)
    rows = [spent("2026-03-01", "12.00")]
    assert [cost for *_, cost in published(made, rows)] == [Decimal("12.00")]
    for keys, cost in (
        ({"vat": "included", "vat_rate": 0.2}, "10.00"),
        ({"vat": "excluded", "micros": True}, "0.00"),
        ({"micros": False}, "12.00"),
    ):
        project(tmp_path, **keys)
        made.run()
        assert [row["cost"] for row in made.rows("costs")] == [Decimal(cost)]


def test_settings_of_costs_that_cannot_be(tmp_path: Path) -> None:
    columns = {"source": "source", "cost": "cost"}
    spend = {"format": "costs", "files": "exports/spend/*.csv"}
    sources = [
        spend | {"name": "a", "columns": columns},
        spend | {"name": "b", "columns": columns | {"date_from": "day"}},
        spend | {"name": "c", "columns": columns | {"day": "day", "date_to": "day"}},
        spend | {"name": "d", "columns": COLUMNS, "vat": "included"},
        spend | {"name": "e", "columns": COLUMNS, "vat": "excluded", "vat_rate": 0.2},
        spend | {"name": "f", "columns": COLUMNS, "vat": "included", "vat_rate": 20},
        source(micros=False, vat="included"),
    ]
    made = Project(tmp_path, settings(*sources))
    made.write("exports/spend/1.csv", csv_text([spent("2026-03-01", "1")], COLUMNS))
    made.write("exports/site/1.csv", [])
    with pytest.raises(SettingsError) as caught:
        made.run()
    for said in (
        "(a) columns: expected day or date_from; one of them is required",
        "(b) columns.date_to: missing; it belongs to date_from",
        "(c) columns.date_from: missing; it belongs to date_to",
        "d vat_rate: expected with vat",
        "e vat_rate: expected with vat",
        "f",
        "(site) micros: format table has none; costs",
        "(site) vat: format table has none; costs",
    ):
        assert said in caught.value.message
