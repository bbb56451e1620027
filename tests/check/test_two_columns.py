"""A date in one column and its time of day in another: one moment, where they belong together."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

import journeyflow as jf
from journeyflow.check import FileReport, check_files, write_settings
from journeyflow.project import load_project


def look(folder: Path, text: str, codec: str = "utf-8") -> FileReport:
    path = folder / "log.csv"
    path.write_bytes(text.encode(codec))
    (report,) = check_files([path], folder, timezone="Europe/Moscow", currency="RUB")
    return report


def source(report: FileReport) -> dict[str, Any]:
    (found,) = tomllib.loads(report.settings_block)["sources"]
    return dict(found)


def log(header: str, *moments: str) -> str:
    """A log with the given columns before those that say what and who."""
    rows = (f"{each},visit,u{n % 2}" for n, each in enumerate(moments))
    return "\n".join([f"{header},event,user_id", *rows]) + "\n"


def test_from_the_file_to_the_store(tmp_path: Path) -> None:
    text = "Дата;Время;Событие;Клиент\n01.10.2026;14:05;визит;к1\n13.10.2026;9:20;заказ;к1\n"
    report = look(tmp_path, text, "cp1251")
    assert report.sound
    assert source(report)["columns"]["occurred_at"] == ["Дата", "Время"]
    assert source(report)["time_format"] == "%d.%m.%Y %H:%M"
    assert [row["occurred_at"] for row in report.first_rows] == [
        "2026-10-01 14:05:00 +0300",
        "2026-10-13 09:20:00 +0300",
    ]
    assert [each.becomes for each in report.columns[:2]] == ["occurred_at", "occurred_at"]
    write_settings(tmp_path, report.settings_block, timezone="Europe/Moscow", currency="RUB")
    assert load_project(tmp_path).sources[0].columns["occurred_at"] == ("Дата", "Время")
    jf.run(tmp_path)
    with jf.open_store(tmp_path) as store:
        found = store.query("select occurred_at::text as t from events order by occurred_at")
    assert list(found["t"]) == ["2026-10-01 11:05:00+00", "2026-10-13 06:20:00+00"]


@pytest.mark.parametrize(
    ("header", "moments", "format"),
    [
        ("date,time", ("2026-10-01,14:05:09", "2026-10-02,09:20:00"), None),
        ("date,time", ("2026-10-01,14:05", "2026-10-02,9:20:30"), None),
        ("Call Date,Call Time", ("10/13/2026,2:05 PM", "10/14/2026,9:20 AM"), "%m/%d/%Y %I:%M %p"),
        ("madeDate,madeTime", ("01.10.26,14:05:00", "02.10.26,09:20:00"), "%d.%m.%y %H:%M:%S"),
        ("date,time (UTC)", ("2026-10-01,14:05:09+00:00", "2026-10-02,09:20:00Z"), None),
    ],
)  # fmt: skip
def test_the_format_is_that_of_the_joined_text(
    tmp_path: Path, header: str, moments: tuple[str, ...], format: str | None
) -> None:
    report = look(tmp_path, log(header, *moments))
    assert report.sound
    assert (report.used, report.rejected) == (2, 0)
    assert source(report)["columns"]["occurred_at"] == header.split(",")
    assert source(report).get("time_format") == format


@pytest.mark.parametrize(
    ("header", "rows", "moment"),
    [
        # A duration is no time of day.
        ("created_date,call_duration", ("2026-10-01,00:01:35", "2026-10-02,00:02:10"),
         "created_date"),
        ("Дата,Время ожидания", ("2026-10-01,00:01:35", "2026-10-02,00:02:10"), "Дата"),
        # The end of something is not when it happened.
        ("date,start_time,end_time", ("2026-10-01,10:00,10:05", "2026-10-02,11:00,11:15"),
         ["date", "start_time"]),
        ("date,end_time", ("2026-10-01,10:05", "2026-10-02,11:15"), "date"),
        # A full timestamp is better than two columns, unless it is some other moment.
        ("date,time,created_at", ("2026-10-01,10:00,2026-10-01T10:00:05",
                                  "2026-10-02,11:00,2026-10-02T11:00:05"), "created_at"),
        ("date,time,updated_at", ("2026-10-01,10:00,2026-10-03T12:00:00",
                                  "2026-10-02,11:00,2026-10-03T12:00:00"), ["date", "time"]),
        # Times of day that are written in two ways need two formats.
        ("Дата,Время", ("01.10.2026,14:05", "02.10.2026,9:20:11"), "Дата"),
    ],
)  # fmt: skip
def test_what_belongs_together(
    tmp_path: Path, header: str, rows: tuple[str, ...], moment: str | list[str]
) -> None:
    report = look(tmp_path, log(header, *rows))
    assert report.sound
    assert source(report)["columns"]["occurred_at"] == moment
    assert report.rejected == 0


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("created_date,call_time", ("01.10.2026,10:01", "02.10.2026,11:02")),
        ("date,opening time,time of visit", ("01.10.2026,10:01,12:00", "02.10.2026,11:02,13:00")),
        ("date,time", ("01.10.2026,10:01", "02.10.2026,")),
    ],
)
def test_what_is_not_certain_is_asked(tmp_path: Path, header: str, rows: tuple[str, ...]) -> None:
    report = look(tmp_path, log(header, *rows))
    day, clock, *_ = header.split(",")
    (question,) = report.questions
    assert question.about == "occurred_at"
    pair = f'occurred_at = ["{day}", "{clock}"]    # and time_format = "%d.%m.%Y %H:%M"'
    assert question.choices[0] == pair
    assert question.choices[-1] == f'occurred_at = "{day}"'
    assert "occurred_at" not in source(report)["columns"]
    answered = report.settings_block.replace(f"# {pair}", pair)
    assert tomllib.loads(answered)["sources"][0]["columns"]["occurred_at"] == [day, clock]


def test_answers_of_a_survey_have_moments_too(tmp_path: Path) -> None:
    text = (
        "Дата;Время;Оценка;Телефон;Создано\n"
        "01.03.2024;10:15;5;+79161234567;2024-03-05\n14.03.2024;9:20;2;+79037654321;2024-03-15\n"
    )
    report = look(tmp_path, text)
    assert report.format == "feedback"
    assert source(report)["columns"]["responded_at"] == ["Дата", "Время"]
