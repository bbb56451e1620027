"""Reports of Google Ads: from its screens, for Excel, from its API and from a warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from journeyflow.check import FileReport, check_files
from journeyflow.errors import DataError
from journeyflow.sources.formats.google_ads import key_of, line_range
from tests.support.reading import Desk, Row, bench

ABOVE = ["Campaign report", '"March 1, 2026 - March 2, 2026"']
HEADER = "Campaign status,Day,Campaign,Currency code,Cost,Impr.,Search impr. share,Clicks"
ROWS = [
    'Enabled,2026-03-01,brand,EUR,"1,234.56","12,034",< 10%,842',
    'Removed,2026-03-02,"a ""b"", c",EUR,600.00,--,--,10',
    "Paused,2026-03-02,none,EUR,--,0,--,0",
]
BELOW = [
    'Total: Campaigns,--,--,EUR,"1,234.56","12,034",--,842',
    'Total: Account,--,--,EUR,"1,834.56","12,034",11.2%,852',
]
REPORT = [*ABOVE, HEADER, *ROWS, *BELOW]


@contextmanager
def desk(folder: Path, **keys: Any) -> Iterator[Desk]:
    with bench(folder, format="google_ads", **keys) as made:
        yield made


def text(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def told(rows: list[Row]) -> list[tuple[Any, ...]]:
    names = ("local_day", "campaign", "impressions", "clicks", "cost")
    return [tuple(row[name] for name in names) for row in rows]


SPENT = [
    (date(2026, 3, 1), "brand", 12034, 842, Decimal("1234.56")),
    (date(2026, 3, 2), 'a "b", c', None, 10, Decimal(600)),
    (date(2026, 3, 2), "none", 0, 0, Decimal(0)),
]


def excel(*table: str) -> bytes:
    """The CSV for Excel: tabs, two bytes a letter, low ones first, and a mark."""
    lines = [*ABOVE, *(line.replace(",", "\t") for line in table)]
    return b"\xff\xfe" + "".join(f"{line}\r\n" for line in lines).encode("utf-16-le")


def test_a_report_of_the_screens_is_read_as_it_comes(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        read = made.read("report.csv", text(*REPORT))
    assert told(read.rows) == SPENT
    assert {(row["source_name"], row["medium"], row["currency"]) for row in read.rows} == {
        ("google", "cpc", "EUR")
    }
    assert (read.landing.records.read, read.skips, read.rejects) == (5, {"totals row": 2}, [])


def test_the_csv_for_excel_is_the_same(tmp_path: Path) -> None:
    row = "Enabled,2026-03-01,brand,EUR,1234.56,12034,< 10%,842"
    total = "Total: Account,--,--,EUR,1234.56,--,--,842"
    with desk(tmp_path) as made:
        read = made.read("report.csv", excel(HEADER, row, total))
    assert (told(read.rows), read.skips) == (SPENT[:1], {"totals row": 1})


@pytest.mark.parametrize(
    "label", ["Total: Account", "Total : compte", "Gesamt: Konto", "Итого: аккаунт"]
)
def test_totals_rows_are_known_in_other_languages_and_without_a_day(
    tmp_path: Path, label: str
) -> None:
    table = ["Campaign,Cost,Impr.", "brand,1.00,5", "Total care,2.00,5", f"{label},3.00,10"]
    with desk(tmp_path) as made:
        read = made.read("report.csv", text(*ABOVE, *table))
        assert [row["campaign"] for row in read.rows] == ["brand", "Total care"]
        assert {(row["local_day"], row["last_day"]) for row in read.rows} == {
            (date(2026, 3, 1), date(2026, 3, 2))
        }
        with pytest.raises(DataError, match="impressions: 10 in all rows, and the totals row 3"):
            made.read("report.csv", text(*ABOVE, *table[:3], f"{label},3.00,11"))


def test_what_a_filter_hides_is_missed_and_what_rounding_hides_is_not(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        # Four amounts that are shown in cents may be two cents off, and no more.
        for cost, is_fine in (("1,834.58", True), ("1,834.59", False), ("1,900.00", False)):
            lines = [line.replace("1,834.56", cost) for line in REPORT]
            if is_fine:
                assert told(made.read("report.csv", text(*lines)).rows) == SPENT
                continue
            with pytest.raises(DataError, match=r"cost: 1,834.56 in all rows") as caught:
                made.read("report.csv", text(*lines))
            assert "export every campaign" in (caught.value.hint or "")


API = (
    "segments.date,campaign.id,campaign.name,customer.currency_code,metrics.clicks,"
    "metrics.cost_micros"
)


@pytest.mark.parametrize(
    "header",
    [API, API.replace(".", "_"), "date,campaign_id,campaign_name,currency_code,clicks,cost_micros"],
)
def test_the_api_and_warehouses_tell_millionths(tmp_path: Path, header: str) -> None:
    rows = ["2026-03-01,12345678901,brand,USD,2,20836690", "2026-03-01,12345678902,,USD,,3"]
    more = "[currency.rates]\nUSD = 2"
    with bench(tmp_path, more=more, format="google_ads", micros=False) as made:
        read = made.read("stats.csv", text(header, *rows))
    # What the column is called is stronger than what the settings say of amounts.
    assert [(row["campaign"], row["cost"], row["currency"]) for row in read.rows] == [
        ("brand", Decimal("20.8367"), "USD"), ("12345678902", Decimal(0), "USD"),
    ]  # fmt: skip


def test_other_periods_and_no_period_are_refused(tmp_path: Path) -> None:
    table = ["Campaign,Cost,Impr.", "brand,1.00,5"]
    with desk(tmp_path) as made:
        for above in (["Campaign report", "All time"], ["Campaign report"], []):
            with pytest.raises(DataError, match="no Day in the header, and no line above"):
                made.read("report.csv", text(*above, *table))
        for period in ("Week", "Month", "segments.quarter", "Day of the week"):
            lines = [f"{period},{table[0]}", f"2026-03-01,{table[1]}"]
            with pytest.raises(DataError, match="no Day in the header, and rows tell a"):
                made.read("report.csv", text(*ABOVE, *lines))
        with pytest.raises(DataError, match=r"no Cost or metrics\.cost_micros in the header"):
            made.read("report.csv", text(*ABOVE, table[0].replace("Cost", "Coût"), table[1]))


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        ('"March 1, 2026 - March 2, 2026"', ("2026-03-01", "2026-03-02")),
        ("Mar 1, 2026 – Mar 31, 2026", ("2026-03-01", "2026-03-31")),
        ("1 March 2026 - 31 March 2026", ("2026-03-01", "2026-03-31")),
        ("2026-03-01 - 2026-03-31", ("2026-03-01", "2026-03-31")),
        ('"March 1, 2026"', ("2026-03-01", "2026-03-01")),
        ("March 1, 2026 - today", None),
        ("February 30, 2026 - March 1, 2026", None),
        ("1 марта 2026 г. - 2 марта 2026 г.", None),
        ("03/01/2026 - 03/02/2026", None),  # whose month stands first?
        ("Campaign report", None),
    ],
)
def test_the_line_above_the_header(line: str, ends: tuple[str, str] | None) -> None:
    found = line_range(["Campaign report", line])
    assert found == (ends and tuple(map(date.fromisoformat, ends)))


def test_names_that_only_look_alike() -> None:
    assert {key_of(each) for each in ("Impr.", "Impressions", "metrics.impressions")} == {"impr"}
    costs = {key_of(each) for each in ("Cost", "Cost / conv.", "Avg. cost", "metrics.cost_micros")}
    assert len(costs) == 4


def test_numbers_in_the_language_of_the_account(tmp_path: Path) -> None:
    rows = ['2026-03-01,brand,"1.234,56","12.034",5']
    with desk(tmp_path, decimal=",") as made:
        read = made.read("report.csv", text("Day,Campaign,Cost,Impr.,Clicks", *rows))
    assert told(read.rows) == [(date(2026, 3, 1), "brand", 12034, 5, Decimal("1234.56"))]


def look(folder: Path, content: str | bytes) -> FileReport:
    path = folder / "google.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (report,) = check_files([path], folder, timezone="Europe/Moscow", currency="EUR")
    return report


def test_check_recognises_reports_of_every_kind(tmp_path: Path) -> None:
    report = look(tmp_path, text(*REPORT))
    assert (report.fault, report.questions, report.used) == (None, [], 3)
    assert report.format == "google_ads"
    assert not any("names no currency" in note for note in report.notes)
    table = ["Campaign,Cost,Impr.,Clicks", "brand,1.00,5,1", "Total: Account,1.00,5,1"]
    report = look(tmp_path, excel(*table))
    assert (report.format, report.used, report.landed) == ("google_ads", 1, 2)
    assert {"skip_rows", "delimiter", "encoding"}.isdisjoint(report.settings_block.split())
    assert any("names no currency" in note for note in report.notes)
    wide = API + "".join(f",metrics.other_{n}" for n in range(20))
    row = "2026-03-01,12345678901,brand,EUR,2,20836690" + ",0" * 20
    report = look(tmp_path, text(wide, row))
    assert (report.format, report.used) == ("google_ads", 1)
    report = look(tmp_path, "Date,Campaign,Impressions,Clicks,Cost\n2026-03-01,brand,5,1,1.00\n")
    assert report.format == "costs"  # anybody's
