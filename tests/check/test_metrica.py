"""Exports of Yandex Metrica, as `check` sees them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from journeyflow.check import FileReport, check_files

VISITS = [
    "visitID", "clientID", "dateTime", "dateTimeUTC", "startURL", "referer", "goalsID",
    "goalsDateTime",
]  # fmt: skip
HITS = ["watchID", "clientID", "dateTime", "URL", "referer", "isPageView", "goalsID"]


def look(
    folder: Path, names: list[str], rows: list[list[str]], zone: str | None, prefix: str = "ym:s:"
) -> FileReport:
    header = "\t".join(prefix + name for name in names)
    path = folder / "export_2026-10_part0.tsv"
    path.write_text("\n".join([header, *map("\t".join, rows)]) + "\n", encoding="utf-8")
    (report,) = check_files([path], folder, timezone=zone, currency="RUB")
    return report


def visit(number: int, goals: str = "[]", times: str = "[]", local: int = 14) -> list[str]:
    """One visit of its own visitor at 12:00 by `dateTimeUTC`."""
    day = f"2026-10-{number + 1:02d}"
    return [
        f"91556349123009249{number:02d}", f"17635477191823262{number:02d}", f"{day} {local}:00:00",
        f"{day} 12:00:00", "https://shop.example/catalog/", "https://ya.ru/", goals, times,
    ]  # fmt: skip


GOAL = visit(1, "[101,202]", r"[\'2026-10-02 12:05:00\',\'2026-10-02 12:06:00\']")


def test_visits_are_recognised_and_read_as_the_block_says(tmp_path: Path) -> None:
    report = look(tmp_path, VISITS, [visit(0), GOAL], "Asia/Yekaterinburg")
    assert (report.fault, report.questions) == (None, [])
    assert (report.format, report.rows, report.used, report.landed) == ("metrica_visits", 2, 2, 4)
    assert dict(report.kinds) == {"visit": 2, "goal 101": 1, "goal 202": 1}
    assert (report.persons, report.events_with_person) == (2, 4)
    (source,) = tomllib.loads(report.settings_block)["sources"]
    assert source["format"] == "metrica_visits"
    assert source["timezone"] == "Asia/Yekaterinburg"
    assert any("101 (1), 202 (1)" in note for note in report.notes)
    assert '# goals = { 101 = "…", 202 = "…" }' in report.settings_block


def test_the_zone_is_proposed_from_the_two_times_of_a_visit(tmp_path: Path) -> None:
    report = look(tmp_path, VISITS, [visit(0), GOAL], None)
    (question,) = report.questions
    # Two hours ahead of UTC+3, or of UTC.
    assert question.choices == (
        'timezone = "Asia/Yekaterinburg"', 'timezone = "Europe/Kaliningrad"',
    )  # fmt: skip
    assert report.zone_assumed


def test_a_zone_that_contradicts_them_is_refused_with_both_readings(tmp_path: Path) -> None:
    report = look(tmp_path, VISITS, [visit(0), GOAL], "Asia/Tokyo")
    assert report.fault is not None
    assert all(told in report.fault for told in ("+2 h", "+6 h", "+9 h"))
    assert all(told in (report.hint or "") for told in ("UTC+5 h", "UTC+2 h"))


def test_what_an_export_lacks_is_told_with_the_way_out(tmp_path: Path) -> None:
    kept = [place for place, name in enumerate(VISITS) if name not in ("referer", "goalsDateTime")]
    names = [VISITS[place] for place in kept]
    report = look(tmp_path, names, [[row[p] for p in kept] for row in (visit(0), GOAL)], "UTC")
    assert report.fault is not None
    assert "no ym:s:referer or ym:s:lastTrafficSource" in report.fault
    assert "no ym:s:goalsDateTime, which belongs to ym:s:goalsID" in report.fault
    assert "journeyflow fields metrica_visits" in (report.hint or "")


def test_goals_of_hits_are_listed_and_read_only_by_name(tmp_path: Path) -> None:
    rows = [
        ["1", "1763547719182326201", "2026-10-01 12:00:00", "https://shop.example/", "", "1", "[]"],
        ["2", "1763547719182326201", "2026-10-01 12:01:00", "", "", "0", "[101]"],
    ]
    report = look(tmp_path, HITS, rows, "Europe/Moscow", "ym:pv:")
    assert (report.format, dict(report.kinds)) == ("metrica_hits", {"page_view": 1, "event": 1})
    assert any("101 (1)" in note and "reads the visits too" in note for note in report.notes)


@pytest.mark.parametrize("prefix", ["", "YM:S:"])
def test_names_are_known_without_their_prefix_and_in_any_case(tmp_path: Path, prefix: str) -> None:
    names = [name[0].upper() + name[1:] for name in VISITS]
    report = look(tmp_path, names, [visit(0), GOAL], "Asia/Yekaterinburg", prefix)
    assert (report.format, report.used) == ("metrica_visits", 2)
