"""Names and values written by strangers: escaped in text, exact in TOML, unable to break out."""

from __future__ import annotations

import csv
import io
import tomllib
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeyflow.check import check_files, render, write_settings
from journeyflow.check.masking import plain
from journeyflow.project import load_project
from journeyflow.spelling import toml, toml_key

SIGNS = st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\r\n")
NAMES = st.text(SIGNS, min_size=1, max_size=30).map(str.strip).filter(bool)


@given(st.text(st.characters(blacklist_categories=("Cs",))))
def test_any_text_survives_toml(text: str) -> None:
    assert tomllib.loads(f"a = {toml(text)}") == {"a": text}
    assert tomllib.loads(f"{toml_key(text)} = 1") == {text: 1}


@given(st.text())
def test_plain_text_is_one_line_without_controls(text: str) -> None:
    shown = plain(text)
    assert len(shown.splitlines()) <= 1
    assert not any(sign in shown for sign in "\x1b\r\n\x07\u202e\u2066")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8)
@given(name=NAMES, value=st.text(SIGNS, min_size=1, max_size=40))
def test_a_hostile_column_stays_a_column(tmp_path: Path, name: str, value: str) -> None:
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["ts", "event", "user_id", f"x {name}"])
    for n in range(4):
        writer.writerow([f"2024-03-01T1{n}:00:00Z", "visit", f"u{n % 2}", value if n % 2 else "b"])
    path = tmp_path / "log.csv"
    path.write_text(table.getvalue(), encoding="utf-8")
    (report,) = check_files([path], tmp_path, timezone="UTC", currency="EUR")
    assert report.fault is None
    shown = render(report)
    assert not any(sign in shown for sign in "\x1b\x07\x9b\u202e\u2066")
    columns = tomllib.loads(report.settings_block)["sources"][0]
    assert columns["columns"]["occurred_at"] == "ts"
    assert columns["identifiers"] == {"user_id": "user_id"}


def test_signs_that_would_end_a_comment_or_a_table(tmp_path: Path) -> None:
    kind = 'buy"]\\n[project]\x1b[31m'
    path = tmp_path / "log [1].csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ts", "event", "user_id", 'a"]\n[sources'.replace("\n", " ")])
        for n in range(6):
            writer.writerow([f"2024-03-01T1{n}:00:00Z", kind, f"u{n}", f"free text of row {n}"])
    (report,) = check_files([path], tmp_path, timezone="UTC", currency="EUR")
    write_settings(tmp_path, report.settings_block, timezone="UTC", currency="EUR")
    (source,) = load_project(tmp_path).sources
    assert source.columns["kind"] == "event"
    assert "\x1b" not in render(report)
