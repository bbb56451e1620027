"""Answers of VK Ads: one record a campaign, with a row for each day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from journeyflow.check import check_files
from journeyflow.errors import DataError, SettingsError
from tests.support.projects import Project, settings
from tests.support.reading import Desk, Read, bench


def day(number: int, spent: object, shows: object = 10, clicks: object = 1) -> dict[str, Any]:
    base = {"shows": shows, "clicks": clicks, "spent": spent, "cpc": "0", "vk": {"goals": 3}}
    return {"date": f"2026-03-{number:02}", "base": base, "video": {"started": 7}}


def campaign(id: int, *days: dict[str, Any]) -> dict[str, Any]:
    return {"id": id, "rows": list(days), "total": {"base": {"shows": 99, "spent": "99.00"}}}


def answer(*campaigns: dict[str, Any], indent: int | None = 4) -> str:
    sums = {"base": {"shows": 999, "spent": "999.00"}}
    return json.dumps({"items": campaigns, "total": sums}, indent=indent)


@contextmanager
def desk(folder: Path, **keys: Any) -> Iterator[Desk]:
    more = "[checks]\nmax_reject_share = 1"
    with bench(folder, more=more, currency="RUB", format="vk_ads", **keys) as made:
        yield made


def told(read: Read) -> list[tuple[Any, ...]]:
    return [
        (row["line"], row["local_day"].day, row["campaign"], row["impressions"], row["cost"])
        for row in read.rows
    ]


TWO = (campaign(7, day(1, "1200.50", 5000), day(2, 300)), campaign(8, day(1, "0", 0, 0)))


@pytest.mark.parametrize("indent", [None, 4])
def test_a_campaign_is_a_cost_on_each_of_its_days(tmp_path: Path, indent: int | None) -> None:
    with desk(tmp_path) as made:
        read = made.read("vk.json", answer(*TWO, campaign(9), indent=indent))
    assert told(read) == [
        (1, 1, "7", 5000, Decimal("1200.50")), (1, 2, "7", 10, Decimal(300)), (2, 1, "8", 0, 0),
    ]  # fmt: skip
    assert {(row["source_name"], row["medium"], row["currency"]) for row in read.rows} == {
        ("vk", "cpc", "RUB")
    }
    # The sums beside the rows are nobody's rows; a campaign without any is counted.
    assert (read.landing.records.read, read.skips, read.rejects) == (3, {"without days": 1}, [])


def test_a_bad_day_is_told_and_a_bad_first_day_takes_its_campaign_along(tmp_path: Path) -> None:
    bad = (campaign(7, day(1, "1"), day(2, None)), campaign(8, day(32, "1"), day(2, "1")))
    with desk(tmp_path) as made:
        read = made.read("vk.json", answer(*bad))
    assert told(read) == [(1, 1, "7", 10, Decimal(1))]
    assert [(line, column, reason) for line, column, _, reason in read.rejects] == [
        (1, "cost", "missing"), (2, "day", "not a day"),
    ]  # fmt: skip


def test_a_year_of_days_fits_and_more_than_a_row_may_tell_is_refused(tmp_path: Path) -> None:
    def days(count: int) -> list[dict[str, Any]]:
        dates = (date(2025, 3, 1) + timedelta(n) for n in range(count))
        return [day(1, "1") | {"date": each.isoformat()} for each in dates]

    with desk(tmp_path) as made:
        read = made.read("vk.json", answer(campaign(7, *days(366)), campaign(8, *days(513))))
    assert len(read.rows) == 366
    assert [(line, reason) for line, *_, reason in read.rejects] == [(2, "not a day")]


def test_rows_count_once_and_days_add_up_when_published(tmp_path: Path) -> None:
    vk = {"name": "vk", "format": "vk_ads", "files": "exports/*.json"}
    vk |= {"vat": "included", "vat_rate": 0.2, "columns": {"source": {"value": "vk_new"}}}
    made = Project(tmp_path, settings(vk))
    bad = campaign(9, day(1, "12.00"), day(2, "?"))
    made.write("exports/2026-03_part0.json", answer(*TWO))
    made.write("exports/2026-03_part1.json", answer(bad, campaign(10, day(2, "0.60"))))
    made.run()
    found = [(row["day"].day, row["campaign"], row["cost"]) for row in made.rows("costs")]
    assert found == [
        (1, "7", Decimal("1000.42")), (1, "8", Decimal(0)), (1, "9", Decimal(10)),
        (2, "10", Decimal("0.50")), (2, "7", Decimal(250)),
    ]  # fmt: skip
    files = made.query("select rows_read, rows_used, events, rejects from files order by file")
    assert [list(each.values()) for each in files] == [[2, 2, 3, 0], [2, 2, 2, 0]]
    assert {row["source"] for row in made.rows("costs")} == {"vk_new"}
    assert len(made.rows("rejects")) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"error": {"message": "m"}}', "does not look like vk_ads: no record has 'id'"),
        ('{\n"error": {"message": "m"}}', "expected a list under 'items'"),
        ('{"items": [{"id": 1, "total": {}}]}', "no record has 'rows'"),
        ('{"items": [{"id": 1, "rows": [', "not a whole JSON document"),
    ],
)
def test_other_answers_are_refused(tmp_path: Path, content: str, said: str) -> None:
    with desk(tmp_path) as made, pytest.raises(DataError, match=said):
        made.read("vk.json", content)


def test_settings_name_no_fields(tmp_path: Path) -> None:
    vk = {"name": "vk", "format": "vk_ads", "files": "exports/*.json"}
    made = Project(tmp_path, settings(vk | {"columns": {"source": "id"}, "micros": True}))
    made.write("exports/1.json", answer(*TWO))
    with pytest.raises(SettingsError) as caught:
        made.run()
    assert "has no field 'id'; expected { value = " in caught.value.message
    assert "micros: format vk_ads has none" in caught.value.message


@pytest.mark.parametrize("indent", [None, 4])
def test_check_recognises_an_answer(tmp_path: Path, indent: int | None) -> None:
    path = tmp_path / "vk.json"
    path.write_text(answer(*TWO, indent=indent), encoding="utf-8")
    (report,) = check_files([path], tmp_path, timezone="Europe/Moscow", currency="RUB")
    assert (report.fault, report.questions) == (None, [])
    assert (report.format, report.rows, report.used, report.landed) == ("vk_ads", 2, 2, 3)
    assert any("names no currency" in note for note in report.notes)
    assert '# vat = "included"' in report.settings_block
