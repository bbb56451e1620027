"""A form's export is proposed as responses to a survey, and what only its makers know is asked."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

import journeyflow as jf
from journeyflow.check import FileReport, check_files
from journeyflow.cli import app
from journeyflow.project import SETTINGS_FILE

PROJECT = '[project]\nname = "Shop"\ntimezone = "Europe/Madrid"\ncurrency = "EUR"\n'
RECOMMEND, EASY = "Would you recommend us? (0-10)", "How easy was it to order?"
ROWS = [
    ("R1", "2024-03-01T10:00:00Z", "ann@shop.example", "10", "4", "fast", "Customer"),
    ("R2", "2024-03-02T10:00:00Z", "bob@shop.example", "3", "2", "slow", "Customer"),
    ("R3", "2024-03-03T10:00:00Z", "eve@shop.example", "9", "", "fast", "Employee"),
]
HEADER = ("Response ID", "Submitted at", "E-mail", RECOMMEND, EASY, "What was it like?", "Role")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / SETTINGS_FILE).write_text(PROJECT, encoding="utf-8")
    return tmp_path


def form(folder: Path, without: tuple[str, ...] = ()) -> Path:
    """The form's export, with or without some of its columns."""
    kept = [place for place, name in enumerate(HEADER) if name not in without]
    lines = [",".join(row[place] for place in kept) for row in (HEADER, *ROWS)]
    path = folder / "form.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def look(folder: Path, path: Path) -> FileReport:
    (report,) = check_files([path], folder)
    return report


def test_scores_are_told_from_words_and_staff_from_customers(folder: Path) -> None:
    report = look(folder, form(folder))
    assert report.format == "surveys"
    becomes = {each.name: each.becomes for each in report.columns}
    assert becomes == {
        "Response ID": "response_id", "Submitted at": "responded_at",
        "E-mail": "identifiers.email", RECOMMEND: "questions", EASY: "questions",
        "What was it like?": None, "Role": "respondent",
    }  # fmt: skip
    (question,) = report.questions
    assert question.about == "questions"
    proposed = tomllib.loads(question.choices[0])["questions"]
    assert proposed == [
        {"column": RECOMMEND, "kind": "nps", "scale": [0, 10]},
        # 2 to 4 were answered: of the scales in use the narrowest that holds them.
        {"column": EASY, "kind": "ces", "scale": [1, 5], "higher_is_better": True},
    ]
    assert any("answered in words: What was it like?" in note for note in report.notes)


def test_the_answers_make_a_source_that_runs(folder: Path) -> None:
    report = look(folder, form(folder))
    command = ["check", str(folder / "form.csv"), "--project", str(folder), "--write"]
    written = CliRunner().invoke(app, [*command, "--answer", report.questions[0].choices[0]])
    assert written.exit_code == 0, written.output
    events = "occurred_at,kind,email\n2024-02-28T10:00:00Z,visit,ann@shop.example\n"
    (folder / "site.csv").write_text(events, encoding="utf-8")
    site = (
        '[[sources]]\nname = "site"\nformat = "table"\nfiles = "site.csv"\n[sources.columns]\n'
        'occurred_at = "occurred_at"\nkind = "kind"\n[sources.identifiers]\nemail = "email"\n'
    )
    settings = folder / SETTINGS_FILE
    settings.write_text(settings.read_text(encoding="utf-8") + site, encoding="utf-8")
    jf.run(folder)
    with jf.open_store(folder) as store:
        found = store.query(
            "select question, respondent, score from survey_scores where scope = 'all' order by all"
        )
        known = store.query("select count(person_id) as n from feedback").n[0]
    assert found.to_numpy().tolist() == [
        [EASY, "customer", 3], [RECOMMEND, "customer", 0], [RECOMMEND, "staff", 100],
    ]  # fmt: skip
    assert known == 2
    assert look(folder, folder / "form.csv").questions == []


def test_who_answered_is_asked_where_no_column_says_it(folder: Path) -> None:
    report = look(folder, form(folder, without=("Role", EASY)))
    assert [each.about for each in report.questions] == ["respondent"]
    assert report.questions[0].choices == (
        'respondent = { value = "customer" }', 'respondent = { value = "staff" }',
    )  # fmt: skip


def test_a_form_that_asks_for_facts_is_a_log_of_requests(folder: Path) -> None:
    text = (
        "Date,E-mail,How many rooms do you have?\n"
        "2024-03-01T10:00:00Z,ann@shop.example,3\n2024-03-02T10:00:00Z,bob@shop.example,2\n"
    )
    path = folder / "requests.csv"
    path.write_text(text, encoding="utf-8")
    assert look(folder, path).format == "table"
