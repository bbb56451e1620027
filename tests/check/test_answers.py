"""What a file leaves open is answered once, by an option or in the settings."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

import journeyflow as jf
from journeyflow.check import FileReport, check_files, render
from journeyflow.cli import app
from journeyflow.errors import SettingsError
from journeyflow.project import SETTINGS_FILE, load_project
from tests.support.projects import lean

PROJECT = '[project]\nname = "Shop"\ntimezone = "Europe/Madrid"\ncurrency = "EUR"\n'
LOG = (
    "date,event,user_id,amount\n"
    '03/04/2024 10:00,visit,u1,"1,234"\n05/04/2024 10:00,purchase,u1,"5,678"\n'
)
BY_HAND = """
[[sources]]
name = "mine"
format = "table"
files = ["log.csv"]
timezone = "UTC"
{answers}
[sources.columns]
occurred_at = "date"
kind = "event"
value = "amount"
[sources.identifiers]
customer_id = "user_id"
"""
BOTH = 'time_format = "%m/%d/%Y %H:%M"\ndecimal = ","'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / SETTINGS_FILE).write_text(PROJECT, encoding="utf-8")
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    return tmp_path


def append(folder: Path, text: str) -> None:
    settings = folder / SETTINGS_FILE
    settings.write_text(settings.read_text(encoding="utf-8") + text, encoding="utf-8")


def check(folder: Path, *options: str, name: str = "log.csv") -> tuple[int, str]:
    """Exit code, and all that an analyst sees."""
    command = ["check", str(folder / name), "--project", str(folder), *options]
    result = CliRunner().invoke(app, command)
    if isinstance(result.exception, SettingsError):
        return 2, f"{result.exception.message}\n{result.exception.hint}"
    return result.exit_code, result.output


def test_what_the_settings_answer_is_not_asked_again(folder: Path) -> None:
    append(folder, BY_HAND.format(answers=BOTH))
    (report,) = check_files([folder / "log.csv"], folder)
    assert report.sound
    assert report.questions == []
    said = " ".join(render(report).split())
    assert "journeyflow.toml already reads it as 'mine'; open questions: none" in said
    # The rows are shown as that source reads them, not as a new one would.
    assert report.first_rows[0]["occurred_at"] == "2024-03-04 10:00:00 +0000"
    assert report.first_rows[0]["value"] == "1.23"
    assert {each.name: each.becomes for each in report.columns}["user_id"] == (
        "identifiers.customer_id"
    )
    assert "[[sources]]" not in report.settings_block
    assert check(folder, "--write")[0] == 2


def test_what_the_settings_leave_open_is_still_asked(folder: Path) -> None:
    append(folder, BY_HAND.format(answers='time_format = "%d/%m/%Y %H:%M"'))
    (report,) = check_files([folder / "log.csv"], folder)
    assert [each.about for each in report.questions] == ["decimal"]
    said = " ".join(render(report).split())
    assert "open questions: 1" in said
    assert "answer the question in journeyflow.toml, in the source 'mine'" in said


def test_an_amount_that_may_be_two_is_asked_for_whatever_its_column_is_called(folder: Path) -> None:
    (folder / "log.csv").write_text(LOG.replace("amount", "amt"), encoding="utf-8")
    block = BY_HAND.format(answers='time_format = "%d/%m/%Y %H:%M"')
    append(folder, block.replace('"amount"', '"amt"'))
    (report,) = check_files([folder / "log.csv"], folder, answers=['decimal = ","'])
    assert [each.about for each in report.questions] == ["decimal"]
    assert "the answers given are not used: those of the settings hold" in report.notes


def test_a_column_that_the_settings_do_not_read_is_told_with_what_it_may_be(folder: Path) -> None:
    append(folder, BY_HAND.format(answers=BOTH).replace('value = "amount"\n', ""))
    (report,) = check_files([folder / "log.csv"], folder)
    (amount,) = [each for each in report.columns if each.name == "amount"]
    assert amount.becomes is None
    assert amount.why.startswith("not read by 'mine'; it may be value")


def test_who_is_who_by_the_settings_is_enough(folder: Path) -> None:
    text = "date,event,who\n2024-03-01 10:00,visit,a\n2024-03-02 10:00,visit,b\n"
    (folder / "log.csv").write_text(text, encoding="utf-8")
    (alone,) = check_files([folder / "log.csv"], folder)
    assert "no column of this file was recognised as telling people apart" in (alone.fault or "")
    block = BY_HAND.format(answers="").replace('value = "amount"\n', "")
    append(folder, block.replace('"user_id"', '["who"]'))
    (report,) = check_files([folder / "log.csv"], folder)
    assert (report.fault, report.persons) == (None, 2)


def test_a_path_into_a_record_is_known_however_it_is_spelled(folder: Path) -> None:
    line = '{"date": "2024-03-01T10:00:00Z", "event": "a", "user": {"id": "u1"}}\n'
    (folder / "log.ndjson").write_text(line, encoding="utf-8")
    block = BY_HAND.format(answers="").replace('value = "amount"\n', "")
    append(folder, block.replace("log.csv", "log.ndjson").replace('"user_id"', "'$.\"user\".id'"))
    (report,) = check_files([folder / "log.ndjson"], folder)
    assert (report.fault, report.persons) == (None, 1)
    assert [each.becomes for each in report.columns] == [
        "occurred_at", "kind", "identifiers.customer_id",
    ]  # fmt: skip
    assert report.first_rows[0]["identifiers.customer_id"] != "(read)"


def test_a_source_that_a_run_would_refuse_is_told_as_the_run_tells_it(folder: Path) -> None:
    append(folder, BY_HAND.format(answers="").replace('timezone = "UTC"', 'encoding = "klingon"'))
    (report,) = check_files([folder / "log.csv"], folder)
    assert "klingon" in (report.fault or "")


def test_a_refusal_to_write_says_what_answers_each_question_and_that_is_enough(
    folder: Path,
) -> None:
    code, told = check(folder, "--write")
    assert code == 2
    assert "2 open questions" in told
    assert "--answer 'time_format = \"%d/%m/%Y %H:%M\"'" in told
    assert "--answer 'decimal = \",\"'" in told
    options = [word for line in BOTH.splitlines() for word in ("--answer", line)]
    code, told = check(folder, "--write", *options)
    assert code == 0
    assert "added the source log" in told
    jf.run(lean(folder))
    with jf.open_store(folder) as store:
        found = store.query(
            "select min(occurred_at)::date::text as day, max(value) as v from events"
        )
    assert (found["day"][0], str(found["v"][0])) == ("2024-03-04", "5.68")


def test_a_zone_is_answered_by_its_option(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("ts,event,user_id\n2024-03-01 10:00,a,u1\n", encoding="utf-8")
    code, told = check(tmp_path, "--write", "--currency", "EUR")
    assert code == 2
    assert "answer with --timezone Area/City" in told


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        (
            "day,campaign,clicks,spend\n2024-03-01,brand,15,12.50\n2024-03-02,brand,10,8\n",
            ['source = { value = "google" }'],
            {"source": {"value": "google"}},
        ),
        (
            "Date,Score,Phone\n2024-03-01,5,+79161234567\n2024-03-14,2,+79037654321\n",
            ['scale_min = { value = "1" }', 'scale_max = { value = "5" }'],
            {"scale_min": {"value": "1"}, "scale_max": {"value": "5"}},
        ),
        (
            "created_date,call_time,event,user_id\n01.10.2026,10:01,a,u1\n13.10.2026,11:02,b,u2\n",
            ['occurred_at = ["created_date", "call_time"]'],
            {"occurred_at": ["created_date", "call_time"], "kind": "event"},
        ),
        (
            "ts,event,ref_key\n2024-03-01 10:00,visit,k1\n2024-03-01 11:00,visit,k2\n",
            ['user_id = "ref_key"'],
            {"occurred_at": "ts", "kind": "event"},
        ),
        (
            "ts,customer,store\n2024-03-01 10:00,c1,A\n2024-03-01 11:00,c2,B\n",
            ['kind = "store"'],
            {"occurred_at": "ts", "kind": "store"},
        ),
    ],
)
def test_every_kind_of_question_has_an_answer(
    folder: Path, text: str, options: list[str], expected: dict[str, object]
) -> None:
    (folder / "log.csv").write_text(text, encoding="utf-8")
    code, told = check(folder, "--write", *(f"--answer={each}" for each in options))
    assert code == 0, told
    (source,) = tomllib.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8"))["sources"]
    assert source["columns"].items() >= expected.items()
    if "created_date" in text:
        assert source["time_format"] == "%d.%m.%Y %H:%M"
    load_project(folder)


def test_an_answer_may_belong_to_another_table(folder: Path) -> None:
    rows = "".join(f"2024-03-0{n} 10:00,visit,7911 123-45-6{n}\n" for n in range(1, 6))
    (folder / "log.csv").write_text(f"ts,event,phone\n{rows}", encoding="utf-8")
    code, told = check(folder, "--write")
    assert code == 2
    assert """--answer '[identity] region = "XX"'""" in told
    assert check(folder, "--write", '--answer=[identity] region = "RU"')[0] == 0
    assert load_project(folder).identity.region == "RU"


def test_an_answer_to_a_table_that_stands_is_written_there_by_hand(folder: Path) -> None:
    append(folder, "\n[identity]\nown_numbers = []\n")
    rows = "".join(f"2024-03-0{n} 10:00,visit,7911 123-45-6{n}\n" for n in range(1, 6))
    (folder / "log.csv").write_text(f"ts,event,phone\n{rows}", encoding="utf-8")
    code, told = check(folder, "--write")
    assert code == 2
    assert 'answer under [identity] in journeyflow.toml: region = "XX"' in told
    code, told = check(folder, '--answer=[identity] region = "RU"')
    assert code == 2
    assert "[identity] belongs to a table that stands" in told


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("decimal", "no answer to a question of check"),
        ("[journeys] losses = []", "no answer to a question of check"),
        ('decimal = "x"', "decimal"),
        ('user_id = "nowhere"', "the file has no column 'nowhere'"),
        ('occurred_at = "event"', "holds no moments"),
    ],
)
def test_what_is_no_answer_is_refused_by_name(folder: Path, line: str, said: str) -> None:
    code, told = check(folder, f"--answer={line}")
    assert code != 0
    assert said in told


def test_a_pasted_block_is_refused_while_a_question_in_it_is_open(folder: Path) -> None:
    (report,) = check_files([folder / "log.csv"], folder)
    append(folder, "\n" + report.settings_block)
    with pytest.raises(SettingsError) as fault:
        jf.run(folder)
    assert "2 faults" in fault.value.message
    assert "open question: is the sign in 'amount', as in '1,234'" in fault.value.message
    settings = folder / SETTINGS_FILE
    text = settings.read_text(encoding="utf-8")
    for line in BOTH.splitlines():
        text = text.replace(f"# {line}", line)
    settings.write_text(text, encoding="utf-8")
    load_project(folder)


def test_proposed_touchpoints_still_hold_once_a_column_says_what_happened(folder: Path) -> None:
    rows = "".join(
        f"2024-03-01 1{n}:00,v{n % 2},https://shop.example/{page},{what}\n"
        for n, (page, what) in enumerate(
            [("catalog/1", "ver"), ("catalog/2", "ver"), ("cart", "comprar"), ("cart", "ver")]
        )
    )
    (folder / "log.csv").write_text(f"ts,visitor_id,url,Toiminto\n{rows}", encoding="utf-8")
    (report,) = check_files([folder / "log.csv"], folder)
    block = report.settings_block.replace("# [[t", "[[t").replace("# name", "name")
    block = block.replace("# when = { source = ", "when = { source = ")
    constant = next(line for line in block.splitlines() if line.startswith("kind = {"))
    append(folder, "\n" + block.replace(constant, 'kind = "Toiminto"'))
    assert not [each for each in jf.run(lean(folder)).warnings if "touchpoint rules" in each]
    with jf.open_store(folder) as store:
        found = store.query("select distinct touchpoint from events order by all")
    assert list(found["touchpoint"]) == ["cart", "catalog"]


def test_a_rule_that_places_nothing_is_told_with_the_kinds_that_there_are(folder: Path) -> None:
    rules = "".join(
        f'\n[[touchpoints]]\nname = "{name}"\nwhen = {{ {when} }}\n'
        for name, when in (
            ("Catalogue", 'kind = "page_view", path = "/catalog*"'),
            ("Visit", 'kind = "vis*"'),
            ("Search", 'kind = "visit", path = "/search*"'),
        )
    )
    append(folder, BY_HAND.format(answers=BOTH) + rules)
    said = "\n".join(jf.run(lean(folder)).warnings)
    assert (
        "1 of 3 touchpoint rules place no event, since none is of the kind that they name: "
        "Catalogue (page_view). Kinds seen: "
    ) in said
    assert "1 of 3 touchpoint rules place no event, since none meets them or an earlier" in said


def test_a_code_page_that_the_bytes_do_not_prove_is_answered_by_an_option(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    rows = "".join(f"2026-10-0{n} 10:00;wizyta;u{n};Łódź\n" for n in range(1, 4))
    path.write_bytes(f"ts;event;user_id;miasto\n{rows}".encode("cp1250"))

    def look(encoding: str | None) -> FileReport:
        (report,) = check_files(
            [path], tmp_path, timezone="Europe/Warsaw", currency="PLN", encoding=encoding
        )
        return report

    said = look("cp1250")
    assert said.sound
    assert 'encoding = "cp1250"' in said.settings_block
    assert said.described.endswith("cp1250, as told")
    assert said.first_rows[0]["region"] == "Łódź"
    assert look("utf-8").fault is not None
    with pytest.raises(SettingsError, match="klingon"):
        look("klingon")
