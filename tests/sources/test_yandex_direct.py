"""Reports of Yandex Direct: a title, a header, rows in millionths, and the number of rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from journeyflow.check import FileReport, check_files
from journeyflow.errors import DataError, SettingsError
from tests.support.projects import Project, settings
from tests.support.reading import Desk, Row, bench

TITLE = '"spring, all (2026-03-01 - 2026-03-03)"'
HEADER = "Date\tCampaignId\tCampaignName\tAdId\tImpressions\tClicks\tCost"
ROWS = (
    "2026-03-01\t100000001\t brand_msk\t--\t13\t2\t25400000",
    "2026-03-01\t100000001\t brand_msk\t--\t13\t2\t25400000",
    "2026-03-02\t100000002\t--\t--\t7\t0\t0",
)
REPORT = [TITLE, HEADER, *ROWS, "Total rows: 3"]


@contextmanager
def desk(folder: Path, **keys: Any) -> Iterator[Desk]:
    with bench(folder, currency="RUB", format="yandex_direct", **keys) as made:
        yield made


def text(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def told(rows: list[Row]) -> list[tuple[Any, ...]]:
    names = ("local_day", "source_name", "medium", "campaign", "impressions", "clicks", "cost")
    return [tuple(row[name] for name in names) for row in rows]


def test_a_report_is_read_as_it_comes(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        read = made.read("report.tsv", text(*REPORT))
    first = (date(2026, 3, 1), "yandex", "cpc", "brand_msk", 13, 2, Decimal("25.40"))
    assert told(read.rows) == [
        first,
        first,  # another device, say: it adds up
        (date(2026, 3, 2), "yandex", "cpc", "100000002", 7, 0, Decimal(0)),
    ]
    assert (read.landing.records.read, read.skips, read.rejects) == (4, {"totals row": 1}, [])
    assert {row["currency"] for row in read.rows} == {"RUB"}


@pytest.mark.parametrize("lines", [REPORT[1:], REPORT[:-1], REPORT[1:-1], ["", "", *REPORT]])
def test_title_and_number_of_rows_may_be_left_out(tmp_path: Path, lines: list[str]) -> None:
    with desk(tmp_path) as made:
        assert len(made.read("report.tsv", text(*lines)).rows) == 3


def test_a_report_that_was_cut_is_refused(tmp_path: Path) -> None:
    with (
        desk(tmp_path) as made,
        pytest.raises(DataError, match="rows: 2 in all rows, and the totals row 3 says 3"),
    ):
        made.read("report.tsv", text(TITLE, HEADER, *ROWS[:2], "Total rows: 3"))


def test_without_days_the_title_tells_which_are_covered(tmp_path: Path) -> None:
    lines = [line.split("\t", 1)[1] for line in (HEADER, *ROWS)]
    with desk(tmp_path) as made:
        read = made.read("report.tsv", text(TITLE, *lines, "Total rows: 3"))
        ends = (date(2026, 3, 1), date(2026, 3, 3))
        assert {(row["local_day"], row["last_day"]) for row in read.rows} == {ends}
        assert read.skips == {"totals row": 1}
        for above in ([], ['"spring (all time)"'], ['"spring (2026-13-01 - 2026-03-03)"']):
            with pytest.raises(DataError, match="no Date in the header, and no line above"):
                made.read("report.tsv", text(*above, *lines))


def test_months_are_no_days(tmp_path: Path) -> None:
    with (
        desk(tmp_path) as made,
        pytest.raises(DataError, match="no Date in the header, and rows tell a Month"),
    ):
        made.read("report.tsv", text(TITLE, HEADER.replace("Date", "Month"), *ROWS))


@pytest.mark.parametrize(
    ("costs", "micros", "found"),
    [
        (["25.40", "0.00"], None, ["25.4", "0"]),  # returnMoneyInMicros: false
        (["25400000", "0"], None, ["25.4", "0"]),
        (["25", "0"], None, None),  # whole rubles by chance? a click for 13 millionths?
        (["25", "0"], False, ["25", "0"]),
        (["25", "0"], True, ["0", "0"]),
        (["0", "0"], None, ["0", "0"]),
    ],
)
def test_money_is_in_millionths_unless_it_cannot_be(
    tmp_path: Path, costs: list[str], micros: bool | None, found: list[str] | None
) -> None:
    rows = [f"2026-03-01\t1\ta\t--\t9\t2\t{cost}" for cost in costs]
    with desk(tmp_path, **{} if micros is None else {"micros": micros}) as made:
        if found is None:
            with pytest.raises(DataError, match="the median click costs 12: is that the currency"):
                made.read("report.tsv", text(HEADER, *rows))
        else:
            read = made.read("report.tsv", text(HEADER, *rows))
            assert [row["cost"] for row in read.rows] == [Decimal(each) for each in found]


def test_impressions_alone_do_not_say_what_money_is(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        with pytest.raises(DataError, match="the largest is 300: is that the currency"):
            made.read("report.tsv", text(HEADER, "2026-03-01\t1\ta\t--\t9\t0\t300"))
        read = made.read("report.tsv", text(HEADER, "2026-03-01\t1\ta\t--\t9\t0\t300000000"))
    assert [row["cost"] for row in read.rows] == [Decimal(300)]


def test_the_settings_may_name_what_the_campaign_parameters_say(tmp_path: Path) -> None:
    columns = {
        "source": {"value": "ya"}, "medium": {"value": "search"}, "campaign": "CampaignId",
        "currency": {"value": "RUB"},
    }  # fmt: skip
    with desk(tmp_path, columns=columns) as made:
        read = made.read("report.tsv", text(*REPORT))
        assert [each[1:4] for each in told(read.rows)][1:] == [
            ("ya", "search", "100000001"), ("ya", "search", "100000002"),
        ]  # fmt: skip
        with pytest.raises(DataError, match="no CampaignId in the header"):
            made.read("report.tsv", text(HEADER.replace("CampaignId", "Id"), *ROWS))


def test_settings_that_a_report_cannot_serve(tmp_path: Path) -> None:
    direct = {"name": "direct", "format": "yandex_direct", "files": "exports/*"}
    direct |= {"columns": {"campaign": "Campaign", "day": "Date", "source": ["Date", "Cost"]}}
    made = Project(tmp_path, settings(direct | {"time_format": "%d.%m.%Y"}))
    made.write("exports/a.tsv", text(*REPORT))
    with pytest.raises(SettingsError) as caught:
        made.run()
    for said in (
        "columns.campaign: format yandex_direct has no field 'Campaign'; expected one of Date,",
        "columns.day: unknown",
        "columns.source: format yandex_direct has no field ['Date', 'Cost']",
        "time_format: format yandex_direct knows its own",
    ):
        assert said in caught.value.message


def look(folder: Path, *lines: str) -> FileReport:
    path = folder / "direct.tsv"
    path.write_text(text(*lines), encoding="utf-8")
    (report,) = check_files([path], folder, timezone="Europe/Moscow", currency="RUB")
    return report


def test_check_recognises_a_report_and_names_what_it_cannot_know(tmp_path: Path) -> None:
    report = look(tmp_path, *REPORT)
    assert (report.fault, report.questions) == (None, [])
    assert (report.format, report.rows, report.used) == ("yandex_direct", 4, 3)
    assert "skip_rows" not in report.settings_block
    assert '# vat = "included"' in report.settings_block
    assert any("names no currency" in note for note in report.notes)


def test_check_asks_for_the_unit(tmp_path: Path) -> None:
    report = look(tmp_path, HEADER, *(row.replace("00000", "") for row in ROWS))
    assert [each.about for each in report.questions] == ["micros"]


def test_a_plain_table_of_costs_is_no_report(tmp_path: Path) -> None:
    lines = [
        line.replace("CampaignId", "Group").replace("CampaignName", "Campaign") for line in REPORT
    ]
    assert look(tmp_path, *lines[1:-1]).format == "costs"
