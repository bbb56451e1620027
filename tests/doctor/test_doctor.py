"""Each check on a project small enough to count by hand: sound, and with the fault."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from journeyflow.doctor import Finding, examine, exit_code
from journeyflow.doctor.environment import PYTHON, SERIES
from journeyflow.errors import EnvironmentFault
from tests.support.commands import command
from tests.support.crashes import runs_killed
from tests.support.projects import SECRET, Project, hidden_secret, published, row, source
from tests.support.traces import traces, writing

ROOT = Path(__file__).parents[2]
NOW = datetime(2025, 3, 2, tzinfo=UTC)


def examined(
    folder: Path, secret: str | None = SECRET, now: datetime = NOW
) -> dict[tuple[str, str], Finding]:
    with hidden_secret(secret):
        found = examine(folder, now)
    told = {(each.check, each.about): each for each in found}
    assert len(told) == len(found)
    return told


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Project:
    rows = [row("ann", "03-01 10:00:00"), row("ann", "03-02 10:00:00")]
    return published(tmp_path_factory.mktemp("ran"), rows)


@pytest.fixture
def project(ran: Project, tmp_path: Path) -> Project:
    """A sound one, to damage."""
    return ran.copied(tmp_path)


@pytest.mark.usefixtures("project")
def test_a_sound_project_is_fine_throughout(tmp_path: Path) -> None:
    found = examined(tmp_path)
    assert {each.verdict for each in found.values()} == {"fine"}
    assert found["unique", "events (source, event_id)"].found == "2 rows"
    assert found["unique", "persons (person_id)"].found == "1 rows"
    code, out, error = command("doctor", tmp_path, "--json")
    assert (code, error, len(json.loads(out))) == (0, "", len(found))


def test_versions_are_those_of_the_package() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f'"duckdb>={SERIES["duckdb"]},' in text
    assert f'"dagster=={SERIES["dagster"]}.*"' in text
    assert f'requires-python = ">={PYTHON[0]}.{PYTHON[1]}"' in text


def test_two_of_ten_rows_are_duplicates(tmp_path: Path) -> None:
    rows = [row("ann", f"03-01 10:00:0{n}", id=f"e{n}") for n in range(8)]
    published(tmp_path, [*rows, *rows[:2]])
    told = examined(tmp_path)["duplicates", "site"]
    assert (told.verdict, told.found) == ("look", "2 of 10 rows read are duplicates (20.0%)")


def test_a_gap_counts_where_the_pace_by_weekday_makes_it_improbable(tmp_path: Path) -> None:
    """Over 35 days less than ln(0.001 / 35) = -10.5 is improbable, and each person a day is -1."""

    def days(persons: int, silent: tuple[int, ...], weekdays: int = 7) -> list[dict[str, object]]:
        first = date(2025, 3, 3)  # a Monday
        return [
            row(f"p{n}", "", ts=f"{first + timedelta(day)}T10:00:00Z")
            for day in range(35)
            if day not in silent and day % 7 < weekdays
            for n in range(persons)
        ]

    published(tmp_path, {
        "site": days(12, (9,)),
        "calls": days(10, (9,)),
        "shop": days(4, (9, 10, 11)),
        "crm": days(12, (), weekdays=5),
        "desk": days(4, (9, 20, 30)),
    })  # fmt: skip
    found = examined(tmp_path)
    told = {about: each for (check, about), each in found.items() if check == "days"}
    assert {name: each.verdict for name, each in told.items()} == {
        "site": "look",  # -12
        "calls": "fine",  # -10
        "shop": "look",  # three days of -4 each
        "crm": "fine",  # Saturdays and Sundays are always silent
        "desk": "fine",  # the same three days, but one by one
    }  # fmt: skip
    site = told["site"].found
    assert site.startswith("1 of 35 days have no event; 1 of them in gaps ")
    assert site.endswith(", first 2025-03-12")
    assert told["shop"].found.startswith("3 of 35 days have no event; 3 of them in gaps ")
    assert told["crm"].found == "8 of 33 days have no event"


def test_ids_that_a_spreadsheet_rounded(tmp_path: Path) -> None:
    ids = {
        "site": ["123456789012000", "123456789013000", "123456789014000", "123456789015001"],
        "calls": ["1.23457E+18", "1000", "2000", "3000"],  # the first is rejected when it is read
        "crm": ["123456789012345", "123456789013000", "order000", "1e18"],
    }
    published(tmp_path, {
        name: [row("ann", f"03-01 10:00:0{n}", id=each) for n, each in enumerate(values)]
        for name, values in ids.items()
    })  # fmt: skip
    found = examined(tmp_path)
    told = {name: (found["ids", name].verdict, found["ids", name].found) for name in ids}
    words = "0 of {} event ids are written like 1.23E+18, and {} of {} long numbers end in 000"
    assert told == {
        "site": ("look", words.format(4, 3, 4)),
        "calls": ("fine", words.format(3, 0, 0)),
        "crm": ("fine", words.format(4, 1, 2)),
    }
    assert "123456789" not in command("doctor", tmp_path).out


def test_persons_that_other_sources_know(tmp_path: Path) -> None:
    published(tmp_path, {
        "site": [row("ann", "03-01 10:00:00"), row("bob", "03-01 11:00:00")],
        "calls": [row("ann", "03-01 12:00:00")],
        "crm": [row("eve", "03-01 13:00:00")],
    })  # fmt: skip
    found = examined(tmp_path)
    told = found["persons", "site"]
    assert told.verdict == "fine"
    assert told.found.endswith("its 2 persons other sources know 1 (50%) in calls, 0 (0%) in crm")
    assert found["persons", "calls"].found.endswith("know 1 (100%) in site, 0 (0%) in crm")
    assert found["persons", "crm"].verdict == "look"


@pytest.mark.usefixtures("project")
def test_what_does_not_hold_in_the_tables_is_wrong(tmp_path: Path) -> None:
    (store,) = (tmp_path / "published").glob("*.duckdb")
    with duckdb.connect(str(store)) as con:
        con.execute("insert into events from events limit 1")
        con.execute("update reconciliation set holds = false where rule = 'journeys = ends'")
    found = examined(tmp_path)
    wrong = {key: each.found for key, each in found.items() if each.verdict == "wrong"}
    rules = found["tables", "reconciliation"].found
    assert rules.startswith("1 of ")
    assert rules.endswith(" rules do not hold: journeys = ends")
    assert wrong == {
        ("tables", "reconciliation"): rules,
        ("unique", "events (source, event_id)"): "3 rows with 2 keys",
    }
    assert command("doctor", tmp_path).code == 1


def test_files_gone_are_said_and_files_beside_are_looked_at(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.set(project.settings | {"sources": [source(files=["exports/site/day*.csv"])]})
    for name in ("day1", "day2"):
        project.write(f"exports/site/{name}.csv", [row("ann", f"03-0{name[-1]} 10:00:00")])
    project.run()
    (tmp_path / "exports/site/day1.csv").unlink()
    project.write("exports/site/Day3.csv", [row("ann", "03-03 10:00:00")])
    found = examined(tmp_path)
    gone, beside = found["files", "ledger"], found["files", "folder"]
    assert (gone.verdict, beside.verdict) == ("fine", "look")
    assert gone.found.startswith("1 of 2 files that were read are gone from the disk")
    assert gone.found.endswith(": exports/site/day1.csv")
    assert "exports/site/Day3.csv" in beside.found
    assert beside.mend.startswith("Widen files in [[sources]]")


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of two sources one has stopped; times are told in Kathmandu."""
    rows = {"site": [row("ann", "03-20 22:00:00")], "crm": [row("ann", "03-01 10:00:00")]}
    about = {"name": "Kitchens", "timezone": "Asia/Kathmandu", "currency": "EUR"}
    folder = tmp_path_factory.mktemp("late")
    return published(folder, rows, source(), source("crm", max_age="3d"), project=about).folder


def test_a_late_source_is_doubtful_and_no_fault(late: Path) -> None:
    found = examined(late)
    assert (found["fresh", "site"].verdict, found["fresh", "crm"].verdict) == ("fine", "look")
    assert found["fresh", "crm"].expected.startswith("at most 3 days")
    assert command("doctor", late).code == 0


def test_exports_that_stopped_coming_are_doubtful_and_no_fault(late: Path) -> None:
    newest = datetime(2025, 3, 20, 22, tzinfo=UTC)
    told = examined(late, now=newest + timedelta(days=7))["fresh", "all sources"]
    assert (told.verdict, told.found) == ("fine", "newest row 2025-03-21 03:45 Asia/Kathmandu")
    later = newest + timedelta(days=7, seconds=1)
    told = examined(late, now=later)["fresh", "all sources"]
    assert (told.verdict, told.found) == (
        "look", "nothing newer than 2025-03-21 03:45 Asia/Kathmandu: are exports still coming?"
    )  # fmt: skip
    code, out, _ = command("doctor", late)  # the clock of today
    assert (code, told.found in out) == (0, True)


def test_files_to_be_read_again_are_told_apart_from_new_ones(tmp_path: Path) -> None:
    project = published(tmp_path, {"site": [row("ann", "03-01 10:00:00")], "crm": []})
    project.write("exports/site/1.csv", [row("ann", "03-01 10:00:01")])
    project.write("exports/site/2.csv", [row("ann", "03-02 10:00:00")])
    told = examined(tmp_path)["files", "pending"]
    assert told.verdict == "fine"
    assert told.found.startswith("1 new files to be read by the next run, and 1 that were read")
    assert told.found.endswith(": exports/site/1.csv")
    with duckdb.connect(str(tmp_path / "warehouse/private.duckdb"), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        ((moment,),) = con.execute(
            "select max(arrived_at) from ledger where source = 'site'"
        ).fetchall()
    arrived = f"latest file arrived {moment:%Y-%m-%d %H:%M} UTC"
    assert examined(tmp_path)["arrived", "site"].found == arrived
    assert f", last file came {moment:%Y-%m-%d %H:%M}" in command("status", tmp_path).out


def test_what_the_next_run_would_refuse_is_wrong_before_it(
    project: Project, tmp_path: Path
) -> None:
    project.set(project.settings | {"sources": [source(timezone="Europe/Moscow")]})
    (tmp_path / "exports/site/1.csv").unlink()
    told = examined(tmp_path)["files", "pending"]
    assert (told.verdict, command("doctor", tmp_path).code) == ("wrong", 1)
    assert told.found.endswith("these are gone:\n  - exports/site/1.csv (source 'site')")


def test_a_warehouse_of_another_layout_is_wrong_as_a_run_refuses_it(
    project: Project, tmp_path: Path
) -> None:
    with duckdb.connect(str(tmp_path / "warehouse/private.duckdb")) as con:
        con.execute("update facts set value = 'abcdef0123' where name = 'layout'")
        # As another version may have had it: nothing of it can be copied.
        con.execute("alter table seen_files add column inode bigint")
    with pytest.raises(EnvironmentFault) as refused:
        project.run()
    told = examined(tmp_path)["files", "ledger"]
    assert (told.verdict, told.found, told.mend) == (
        "wrong", refused.value.message, refused.value.hint
    )  # fmt: skip
    assert "another version of journeyflow: its layout abcdef01 is not known" in told.found
    assert command("doctor", tmp_path).code == 3
    assert "pending     unknown: the warehouse was laid out by" in command("status", tmp_path).out


def test_a_store_of_another_version_is_told_with_what_differs(
    project: Project, tmp_path: Path
) -> None:
    project.set(project.settings | {"stages": [{"name": "buying"}]})  # settings may change
    assert examined(tmp_path)["version", "published store"].verdict == "fine"
    (store,) = (tmp_path / "published").glob("*.duckdb")
    with duckdb.connect(str(store)) as con:
        con.execute("update project set version = '0.0.9'")
        ((text,),) = con.execute(
            "select value from state.facts where name = 'fingerprint'"
        ).fetchall()
        pieces = json.loads(text) | {"journeyflow": "other", "sql/person/steps.sql": "other"}
        con.execute(
            "update state.facts set value = $new where name = 'fingerprint'",
            {"new": json.dumps(pieces)},
        )
    told = examined(tmp_path)["version", "published store"]
    assert told.verdict == "look"
    assert told.found.startswith("made by journeyflow 0.0.9, and not by this version: ")
    assert told.found.endswith(" is journeyflow, sql/person/steps.sql")
    assert told.mend.startswith("journeyflow run ")
    with duckdb.connect(str(store)) as con:
        con.execute("alter table events drop column is_bot")  # and now it cannot be examined
    found = examined(tmp_path)
    assert found["version", "published store"].verdict == "wrong"
    assert exit_code(found.values()) == 3
    assert project.run().mode == "full"
    assert examined(tmp_path)["version", "published store"].verdict == "fine"


@pytest.mark.parametrize("bytes_made", [0, 4096, 12288])
def test_a_first_run_that_was_killed_at_once_is_pending_work(
    tmp_path: Path, bytes_made: int
) -> None:
    """Killed while DuckDB made the file: nothing, a part of its head, or no table in it yet."""
    project = Project(tmp_path)
    project.write("exports/site/1.csv", [row("ann", "03-01 10:00:00")])
    for name in ("warehouse", "private"):
        file = tmp_path / "warehouse" / f"{name}.duckdb"
        file.parent.mkdir(exist_ok=True)
        duckdb.connect(str(file)).close()
        file.write_bytes(file.read_bytes()[:bytes_made])
    found = examined(tmp_path)
    assert {each.verdict for each in found.values()} == {"fine", "look"}
    told = found["tables", "published store"]
    assert told.found == "nothing is published yet: the first run has not ended"
    assert told.mend.endswith(": it goes on with what was read")
    assert found["files", "pending"].found == "1 new files to be read by the next run"
    assert command("doctor", tmp_path).code == 0
    assert project.run().mode == "full"
    assert len(project.rows("events")) == 1


def test_a_first_run_that_was_killed_later_is_pending_work(tmp_path: Path) -> None:
    steps = {tmp_path / str(number): number for number in (0, 1, 5)}
    for folder in steps:
        Project(folder).write("exports/site/1.csv", [row("ann", "03-01 10:00:00")])
    assert runs_killed(steps, SECRET) == [-9, -9, -9]
    for folder in steps:
        found = examined(folder)
        ended = found.pop(("last run", "run.jsonl"))
        assert (ended.verdict, ended.fault) == ("wrong", "environment"), folder
        assert ended.found.startswith("never ended "), folder
        assert {each.verdict for each in found.values()} == {"fine", "look"}, folder
        told = found["tables", "published store"]
        assert told.mend.endswith(": it goes on with what was read"), folder


@pytest.mark.usefixtures("project")
def test_a_lock_that_cannot_be_opened_is_wrong(tmp_path: Path) -> None:
    lock = tmp_path / "warehouse" / "lock"
    lock.unlink()
    lock.mkdir()
    told = examined(tmp_path)["lock", "warehouse"]
    assert (told.verdict, told.fault) == ("wrong", "environment")
    assert told.found == f"{lock}: Is a directory"
    assert told.mend == "a file is expected there: move the folder away"
    assert "unknown: " in command("status", tmp_path).out
    lock.rmdir()
    lock.touch(0o000)
    told = examined(tmp_path)["lock", "warehouse"]
    if os.access(lock, os.W_OK):  # of the user root, whom no right stops
        assert told.verdict == "fine"
    else:
        assert (told.verdict, told.fault) == ("wrong", "environment")
        assert told.mend == "give this user the right to read and write it"


def test_the_key_is_there_closed_and_the_warehouses(tmp_path: Path) -> None:
    project = Project(tmp_path, secret="")
    project.write("exports/site/1.csv", [row("ann", "03-01 10:00:00")])
    project.run()
    key = tmp_path / "warehouse" / "secret.key"
    found = examined(tmp_path, None)
    assert {found["key", each].verdict for each in ("rights", "match")} == {"fine"}
    key.chmod(0o644)
    before = traces(tmp_path)
    found = examined(tmp_path, None)
    assert (found["key", "rights"].verdict, found["key", "rights"].found) == ("wrong", "mode 0644")
    assert exit_code(found.values()) == 3
    assert traces(tmp_path) == before
    text = key.read_text("ascii")
    key.write_text("another key altogether", "ascii")
    found = examined(tmp_path, None)
    assert (found["key", "match"].verdict, exit_code(found.values())) == ("wrong", 3)
    key.unlink()
    found = examined(tmp_path, None)
    assert "secret.key is missing" in found["key", "match"].found
    assert not key.exists()
    assert text.strip() not in str(found)


@pytest.mark.usefixtures("project")
def test_while_a_run_goes_on_the_ledger_is_unknown(tmp_path: Path) -> None:
    with writing(tmp_path) as number:
        before = traces(tmp_path)
        found = examined(tmp_path)
        assert traces(tmp_path) == before
    look = {key for key, each in found.items() if each.verdict == "look"}
    assert look == {("lock", "warehouse"), ("files", "ledger"), ("key", "match")}
    assert found["lock", "warehouse"].found.startswith(f"held by process {number} on ")
    assert found["unique", "events (source, event_id)"].verdict == "fine"
    assert exit_code(found.values()) == 0


@pytest.mark.usefixtures("project")
def test_a_damaged_database_does_not_hide_the_rest(tmp_path: Path) -> None:
    (tmp_path / "warehouse" / "private.duckdb").write_bytes(b"no database" * 1000)
    found = examined(tmp_path)
    assert found["files", "ledger"].verdict == "wrong"
    assert "from a backup" in found["files", "ledger"].mend
    assert found["tables", "reconciliation"].verdict == "fine"
    assert command("doctor", tmp_path).code == 3
    assert "pending     unknown: " in command("status", tmp_path).out
