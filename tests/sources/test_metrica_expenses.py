"""Costs in the file that Yandex Metrica takes them in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from journeyflow.check import check_files
from journeyflow.errors import DataError, SettingsError
from tests.support.projects import Project, settings
from tests.support.reading import bench

HEADER = "Date,UTMSource,UTMMedium,UTMCampaign,UTMTerm,Expenses,Currency,Clicks\n"
FILE = HEADER + (
    "2026-03-01/2026-03-07,instagram,cpc,new,red,50000.00,RUB,100\n"
    "2026-03-01,instagram,cpc,new,blue,12.5,,\n"
    "2026-03-01,instagram,cpc,new,green,12.5,,\n"
    "2026-03-02,,cpc,new,,1,RUB,\n"
)


def test_a_file_for_metrica_is_read_as_it_is(tmp_path: Path) -> None:
    more = "[checks]\nmax_reject_share = 1"
    with bench(tmp_path, more=more, currency="RUB", format="metrica_expenses") as desk:
        read = desk.read("expenses.csv", FILE)
    names = ("local_day", "last_day", "source_name", "medium", "campaign", "cost", "clicks")
    day = date(2026, 3, 1)
    assert [tuple(row[name] for name in names) for row in read.rows] == [
        (day, date(2026, 3, 7), "instagram", "cpc", "new", Decimal(50000), 100),
        (day, day, "instagram", "cpc", "new", Decimal("12.5"), None),
        (day, day, "instagram", "cpc", "new", Decimal("12.5"), None),  # of another phrase
    ]
    assert read.rejects == [(4, "source", None, "missing")]


@pytest.mark.parametrize("name", ["Date", "UTMSource", "Expenses"])
def test_names_are_spelled_as_metrica_spells_them(tmp_path: Path, name: str) -> None:
    with (
        bench(tmp_path, currency="RUB", format="metrica_expenses") as desk,
        pytest.raises(DataError, match=f"no {name} in the header"),
    ):
        desk.read("expenses.csv", FILE.replace(name, name.lower(), 1))


def test_the_file_is_published_on_its_days(tmp_path: Path) -> None:
    spend = {"name": "spend", "format": "metrica_expenses", "files": "exports/*.csv"}
    made = Project(tmp_path, settings(spend))
    made.write("exports/1.csv", FILE.replace("RUB", "EUR").replace("2026-03-02,,", "2026-03-02,a,"))
    made.run()
    # 50,000 a week are 7,142.85 a day, and 5 cents over; 25 more on the first.
    found = [(row["day"].day, row["cost"]) for row in made.rows("costs") if row["source"] != "a"]
    assert found == [
        (1, Decimal("7167.86")), (2, Decimal("7142.86")), (3, Decimal("7142.86")),
        (4, Decimal("7142.86")), (5, Decimal("7142.86")), (6, Decimal("7142.85")),
        (7, Decimal("7142.85")),
    ]  # fmt: skip


def test_it_knows_no_other_columns_and_no_millionths(tmp_path: Path) -> None:
    spend = {"name": "spend", "format": "metrica_expenses", "files": "exports/*.csv"}
    made = Project(tmp_path, settings(spend | {"micros": True, "columns": {"source": "UTMSource"}}))
    made.write("exports/1.csv", FILE)
    with pytest.raises(SettingsError) as caught:
        made.run()
    assert "micros: format metrica_expenses has none" in caught.value.message
    assert "columns: format metrica_expenses knows its own" in caught.value.message


def test_check_recognises_it_and_has_nothing_to_ask(tmp_path: Path) -> None:
    path = tmp_path / "expenses.csv"
    path.write_text(FILE.replace("2026-03-02,,", "2026-03-02,vk,"), encoding="utf-8")
    (report,) = check_files([path], tmp_path, timezone="Europe/Moscow", currency="RUB")
    assert report.sound
    assert (report.format, report.rows, report.used) == ("metrica_expenses", 4, 4)
    assert report.landed == 7 + 3
    assert report.last_at == "2026-03-07"
    assert "vat" not in report.settings_block
    assert report.notes == ["not read: UTMTerm"]
