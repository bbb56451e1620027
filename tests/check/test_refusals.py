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


def test_counts_per_day_hold_nobody(tmp_path: Path) -> None:
    text = "# ----\n# Pages and screens\n# ----\nDate,Page,Users,Sessions,Bounce rate\n"
    rows = "2024-03-01,/,12,15,0.4\n2024-03-02,/cart,3,4,0.5\n"
    report = look(tmp_path, "ga4_screen.csv", (text + rows).encode())
    assert report.fault
    assert "no column that tells people apart" in report.fault


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
