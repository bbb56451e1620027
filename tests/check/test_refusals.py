"""What no journeys can be made of is said plainly, with the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeyflow.check import FileReport, check_files, render, write_settings
from journeyflow.errors import SettingsError

WEB_LOG = "ts,event,user_id\n2024-03-01T10:00:00Z,visit,u1\n"


def look(folder: Path, name: str, content: bytes) -> FileReport:
    path = folder / name
    path.write_bytes(content)
    (report,) = check_files([path], folder, timezone="UTC", currency="EUR")
    return report


@pytest.mark.parametrize(
    ("name", "content", "found", "way_out"),
    [
        ("book.xlsx", b"PK\x03\x04rest", "workbook", "CSV"),
        ("book.csv", b"\xd0\xcf\x11\xe0rest", "workbook", "CSV"),
        ("page.xls", b"<html><table><tr><td>1", "web page", "CSV"),
        ("log.dat", WEB_LOG.encode(), "delimited text", ".csv"),
        ("log.csv", b'{"ts": "2024-03-01", "user_id": "u1"}', "JSON", ".ndjson"),
        ("one.csv", b"just\nsome\nlines\n", "one column", "somebody"),
        ("empty.csv", b"", "no bytes", "export it again"),
        ("quiet.csv", b"ts,event,user_id\n", "no rows", "quiet night"),
        ("cut.csv.gz", b"\x1f\x8b\x08\x00cut", "not a whole gzip", "export the file again"),
        ("timeless.csv", b"event,user_id\nvisit,u1\nvisit,u2\n", "no column", "know when"),
        ("nobody.csv", b"day,colour\n2024-03-01,red\n2024-03-02,blue\n", "recognised", "phone"),
        ("tree.json", b'{\n "a": {"b": []}\n}', "list of records", "list of records"),
    ],
)
def test_a_file_that_cannot_be_used(
    tmp_path: Path, name: str, content: bytes, found: str, way_out: str
) -> None:
    report = look(tmp_path, name, content)
    assert report.fault
    assert found in report.fault
    assert way_out in f"{report.fault} {report.hint}"
    assert report.settings_block == ""
    assert not report.sound
    assert "cannot use" in render(report)
    with pytest.raises(SettingsError, match="nothing to write"):
        write_settings(tmp_path, report.settings_block, timezone="UTC", currency="EUR")


#: What Google Analytics writes above a report, and above an exploration.
REPORT = (
    "# ----------------------------------------\n# Events: Event name\n# Account: Shop, Ltd.\n"
    "# ----------------------------------------\n#\n# All Users\n# Start date: 20260901\n\n"
)
EXPLORED = (
    "# ----------------------------------------\n# Shop\n# Free form-Free form 1\n"
    "# 20260901-20260930\n# ----------------------------------------\n\n"
)
GA4, METRICA = ("Google Analytics", "format ga4"), ("Yandex Metrica", "metrica_visits")


@pytest.mark.parametrize(
    ("text", "counter", "by"),
    [
        (REPORT + "Event name,Event count,Total users\npage_view,9,4\nscroll,3,2\n",
         GA4, "Event name"),
        # Several tables in one file, each of another width.
        (REPORT + "City,Active users\nMainz,9\nBonn,7\n\nNth day,New users,Sessions\n0,1,1\n",
         GA4, "City"),
        (EXPLORED + "Date,Page path,Event count,Views\n,,9,9,Grand total\n20260902,/,9,9\n",
         GA4, "Date, Page path"),
        # An id that was counted by tells nobody's doings either.
        (EXPLORED + "Effective user ID,Date,Sessions\nu1,20260902,9\nu2,20260903,1\n",
         GA4, "Effective user ID, Date"),
        (EXPLORED + "Название события,Количество событий,Всего пользователей\nscroll,9,4\n",
         GA4, "Название события"),
        ("Session default channel group,Sessions,Total users\nDirect,9,4\nEmail,3,2\n",
         GA4, "Session default channel group"),
        ("Audience name,Total users\nAll,9\nBuyers,3\n", GA4, "Audience name"),
        ("Группа каналов по умолчанию для сеанса,Сеансы,Активные пользователи\nDirect,9,4\n",
         GA4, "Группа каналов по умолчанию для сеанса"),
        ("sessionSource,sessions,totalUsers,eventCount\nvk,9,4,12\n", GA4, "sessionSource"),
        ("Источник трафика;Визиты;Посетители;Просмотры\nИтого и средние;9;4;12\nПоиск;9;4;12\n",
         METRICA, "Источник трафика"),
        ('"Дата визита","Визиты","Целевые визиты (Заявка)"\n"2026-09-01","9","1"\n',
         METRICA, "Дата визита"),
        ("Traffic source,Sessions,Users,Bounce rate,Page depth,Time on site\nAds,9,4,0.2,2,00:01\n",
         METRICA, "Traffic source"),
    ],
)  # fmt: skip
def test_a_table_of_a_counters_screens_is_an_aggregate_with_a_way_out(
    tmp_path: Path, text: str, counter: tuple[str, str], by: str
) -> None:
    report = look(tmp_path, "report.csv", text.encode())
    name, format = counter
    assert report.fault
    assert f"one row for each {by}, as the reports of {name} show them" in report.fault
    assert "an aggregate" in report.fault
    assert "no journeys" in report.fault
    assert format in (report.hint or "")
    assert not report.settings_block


def test_counts_of_two_counters_names_have_both_ways_out(tmp_path: Path) -> None:
    report = look(tmp_path, "report.csv", b"Page,Sessions,Users\n/,9,4\n/cart,3,2\n")
    assert all(format in (report.hint or "") for _, format in (GA4, METRICA))


def test_counts_of_another_system_hold_nobody(tmp_path: Path) -> None:
    text = "Day,Ad group,Impressions,Clicks\n2024-03-01,a,12,15\n2024-03-02,b,3,4\n"
    report = look(tmp_path, "ads.csv", text.encode())
    assert "no column that tells people apart" in (report.fault or "")


def test_a_log_below_a_ruled_comment_is_no_screen(tmp_path: Path) -> None:
    report = look(tmp_path, "log.csv", f"# ------\n# web log, raw\n{WEB_LOG}".encode())
    assert report.fault is None
    assert "skip_rows = 2" in report.settings_block


def test_customers_with_counts_of_their_own_are_no_screen(tmp_path: Path) -> None:
    text = "ts,event,user_id,sessions,views\n2024-03-01T10:00:00Z,visit,u1,3,9\n"
    assert look(tmp_path, "log.csv", text.encode()).fault is None


def test_one_bad_file_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / "log.csv").write_text(WEB_LOG, encoding="utf-8")
    paths = [tmp_path / "a.xlsx", tmp_path / "log.csv", tmp_path / "gone.csv"]
    bad, good, gone = check_files(paths, tmp_path, timezone="UTC", currency="EUR")
    assert bad.fault
    assert good.sound
    assert gone.fault
    assert "gone.csv" in gone.fault


def test_a_file_outside_the_project_is_to_be_copied_first(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "log.csv").write_text(WEB_LOG, encoding="utf-8")
    (report,) = check_files([tmp_path / "log.csv"], project, timezone="UTC", currency="EUR")
    assert [each.about for each in report.questions] == ["files"]
    assert 'files = ["exports/log.csv"]' in report.settings_block


@pytest.mark.parametrize(("zone", "currency"), [("Mars/Base", "EUR"), ("UTC", "roubles")])
def test_an_unknown_zone_or_currency_is_refused(tmp_path: Path, zone: str, currency: str) -> None:
    with pytest.raises(SettingsError):
        check_files([], tmp_path, timezone=zone, currency=currency)
