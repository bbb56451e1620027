"""Runs that die, fail or meet: the published store stays, and the next run makes up for it."""

from __future__ import annotations

import random
import shutil
import signal
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Self

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

import journeyflow as jf
from journeyflow.errors import DataError, SettingsError, WarehouseBusyError
from journeyflow.warehouse import publishing
from journeyflow.warehouse.lock import writer_lock
from tests.support.crashes import PowerCut, run_until, runs_killed
from tests.support.projects import (
    SECRET,
    Project,
    Row,
    assert_same_tables,
    few,
    hidden_secret,
    row,
    settings,
    source,
)

TABLES = settings(source("site"), source("crm"),
                  journeys={"conversions": ["purchase"], "lost_after": "14d"},
                  stages=[{"name": "look"}, {"name": "purchase"}])  # fmt: skip

RUNS = "select run_number, rows_read, new_events from runs order by run_number"


def night(number: int) -> dict[str, list[Row]]:
    """Each night brings new events, a correction, a link of two persons and an order told twice."""
    day = f"03-{number * 9:02}"
    return {
        "site": [
            row("anna", f"{day} 10:00:00", id=f"a{number}", stage="look", channel="Email"),
            row(f"cookie{number}", f"{day} 11:00:00", id=f"b{number}", email="boris@mail.de"),
            row("anna", "03-09 12:00:00", f"form{number}", id="corrected"),
        ],
        "crm": [
            row(
                "anna", f"{day} 13:00:00", "purchase", id=f"p{number}", order_id="N-1", value=number
            ),
            row("vera", f"{day} 14:00:00", "call", id=f"c{number}", email="vera@mail.de"),
        ],
    }


#: A project before its second night, and the tables that an undisturbed second night gives.
Nights = tuple[Path, dict[str, list[Row]]]


def bring(project: Project, *nights: int) -> None:
    for number in nights:
        for name, rows in night(number).items():
            project.write(f"exports/{name}/{number}.csv", rows)


@pytest.fixture(scope="module")
def two_nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    folder = tmp_path_factory.mktemp("nights")
    project = Project(folder / "before", TABLES)
    bring(project, 1)
    project.run()
    bring(project, 2)
    undisturbed = Project(copy(project.folder, folder / "undisturbed"), TABLES)
    undisturbed.run()
    return project.folder, undisturbed.tables()


def copy(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to)
    return to


def snapshot(folder: Path) -> dict[str, bytes]:
    """What readers see."""
    files = [*(folder / "published").glob("journeys-*.duckdb"), folder / "journeys.duckdb"]
    return {path.name: path.read_bytes() for path in files if path.exists()}


def test_a_run_that_dies_at_any_statement_leaves_the_store_and_the_next_makes_up_for_it(
    two_nights: Nights,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, expected = two_nights
    undisturbed = Project(before.with_name("undisturbed"), TABLES)
    expected_runs = undisturbed.query(RUNS)

    @few(6)
    @given(st.integers(0, 670))  # of some 670
    def dies_after(statements: int) -> None:
        folder = copy(before, tmp_path_factory.mktemp("crash") / "project")
        project = Project(folder, TABLES)
        seen = snapshot(folder)
        if run_until(project, statements, monkeypatch) is None and snapshot(folder) == seen:
            project.run()
        # Only the note that it was published comes after the new names.
        assert (folder / "journeys.duckdb").samefile(max((folder / "published").iterdir()))
        assert project.query(RUNS) == expected_runs
        assert_same_tables(project.tables("main.files"), without_files(expected))
        files = project.query("select file, rows_used, duplicates from files order by file")
        wanted = [
            {k: r[k] for k in ("file", "rows_used", "duplicates")} for r in expected["main.files"]
        ]
        assert files == sorted(wanted, key=lambda each: str(each["file"]))
        shutil.rmtree(folder)

    dies_after()


def without_files(tables: dict[str, list[Row]]) -> dict[str, list[Row]]:
    return {name: rows for name, rows in tables.items() if name != "main.files"}


def test_a_clock_that_jumps_back_changes_nothing(
    two_nights: Nights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Earlier(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls(2001, 1, 1, tzinfo=tz)

    before, expected = two_nights
    project = Project(copy(before, tmp_path / "project"), TABLES)
    for module in ("run", "pending", "lock", "publishing"):
        monkeypatch.setattr(f"journeyflow.warehouse.{module}.datetime", Earlier)
    result = project.run()
    assert result.store == max((tmp_path / "project" / "published").glob("*.duckdb"))
    assert_same_tables(project.tables(), expected)


def test_a_killed_process_leaves_the_store_and_the_next_run_makes_up_for_it(
    two_nights: Nights, tmp_path: Path
) -> None:
    before, expected = two_nights
    seen = snapshot(before)
    steps = {  # one in each third of some 80 lines of progress
        copy(before, tmp_path / str(part)): part * 26 + random.randrange(26) for part in range(3)
    }
    assert runs_killed(steps, SECRET) == [-signal.SIGKILL] * 3, steps
    for folder in steps:
        assert snapshot(folder) == seen
        project = Project(folder, TABLES)
        project.run()
        assert_same_tables(project.tables(), expected)


def test_a_run_that_dies_while_it_publishes_leaves_nothing_half_done(
    two_nights: Nights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, expected = two_nights
    project = Project(copy(before, tmp_path / "project"), TABLES)
    seen = snapshot(project.folder)

    def cut(path: Path) -> None:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "_sync", cut)
        with pytest.raises(PowerCut):
            project.run()
    assert snapshot(project.folder) == seen
    assert len(list((project.folder / "published").iterdir())) == 2
    project.run()
    assert_same_tables(project.tables(), expected)
    assert {each.suffix for each in (project.folder / "published").iterdir()} == {".duckdb"}


def test_what_a_killed_run_had_unpacked_does_not_stay(two_nights: Nights, tmp_path: Path) -> None:
    project = Project(copy(two_nights[0], tmp_path / "project"), TABLES)
    left = project.folder / "warehouse" / "scratch" / "tmp123.csv"
    left.parent.mkdir(exist_ok=True)
    left.write_text("email\nanna@mail.de\n")
    project.run()
    assert not left.exists()


def test_a_second_run_says_who_holds_the_warehouse(two_nights: Nights, tmp_path: Path) -> None:
    folder = copy(two_nights[0], tmp_path / "project")
    project = Project(folder, TABLES)
    seen = snapshot(folder)
    with writer_lock(folder / "warehouse"), pytest.raises(WarehouseBusyError) as fault:
        project.run()
    assert fault.value.exit_code == 3
    assert "process " in fault.value.message
    assert "since 20" in fault.value.message
    assert snapshot(folder) == seen
    project.run()


def test_another_secret_is_refused(two_nights: Nights, tmp_path: Path) -> None:
    folder = copy(two_nights[0], tmp_path / "project")
    project = Project(folder, TABLES)
    seen = snapshot(folder)
    with hidden_secret("another text of sixteen"), pytest.raises(SettingsError) as fault:
        jf.run(folder)
    assert fault.value.exit_code == 2
    with hidden_secret("too short"), pytest.raises(SettingsError, match="16"):
        jf.run(folder)
    assert snapshot(folder) == seen
    assert project.run().mode == "incremental"


def test_a_key_of_its_own_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("exports/site/1.csv", [row("anna", "03-01 10:00:00")])
    for _ in range(2):
        with hidden_secret(None):
            jf.run(tmp_path)
    key = tmp_path / "warehouse" / "secret.key"
    assert key.stat().st_mode & 0o777 == 0o600


def test_a_failing_file_publishes_nothing_and_is_taken_up_once_mended(
    two_nights: Nights, tmp_path: Path
) -> None:
    before, expected = two_nights
    folder = copy(before, tmp_path / "project")
    project = Project(folder, TABLES)
    seen = snapshot(folder)
    whole = (folder / "exports/crm/2.csv").read_bytes()
    project.write("exports/crm/2.csv", b"id,ts\n1,2025-03-01T10:00:00Z\n")
    for _ in range(2):
        with pytest.raises(DataError, match=r"exports/crm/2\.csv") as fault:
            project.run()
        assert fault.value.exit_code == 1
        assert snapshot(folder) == seen
    project.write("exports/crm/2.csv", whole)
    project.run()
    assert_same_tables(project.tables(), expected)


def test_a_reader_keeps_the_old_store_and_the_next_one_sees_the_new(
    two_nights: Nights, tmp_path: Path
) -> None:
    folder = copy(two_nights[0], tmp_path / "project")
    project = Project(folder, TABLES)
    count = "select count(*) as n from events"
    with (
        jf.open_store(folder) as old,
        duckdb.connect(str(folder / "journeys.duckdb"), read_only=True) as other_tool,
    ):
        found = [old.query(count)["n"][0]]
        for number in (2, 3):
            bring(project, number)
            result = project.run()
            with jf.open_store(folder) as new:
                assert new.path == result.store
                found.append(new.query(count)["n"][0])
        assert old.query(count)["n"][0] == found[0]
        assert other_tool.execute(count).fetchall() == [(found[0],)]
    assert found == [5, 9, 13]
    assert len(list((folder / "published").iterdir())) == 2


def test_a_warehouse_brought_back_from_a_backup_is_noticed(
    two_nights: Nights, tmp_path: Path
) -> None:
    """Every night a correction of one row: the count of runs must not turn back either."""
    before, expected = two_nights
    folder = copy(before.with_name("undisturbed"), tmp_path / "project")
    project = Project(folder, TABLES)
    shutil.copy(before / "warehouse" / "warehouse.duckdb", folder / "warehouse")
    result = project.run()
    assert result.mode == "full"
    assert_same_tables(project.tables(), expected)
    (folder / "warehouse" / "warehouse.duckdb").unlink()
    project.write("exports/site/0.csv", [row("anna", "03-09 12:00:00", "latest", id="corrected")])
    result = project.run()
    kinds = project.query("select kind from events where event_id = 'corrected'")
    assert kinds == [{"kind": "latest"}]
    with jf.open_store(folder) as store:
        assert store.path == result.store


def test_a_warehouse_begun_anew_publishes_after_the_old_one(
    two_nights: Nights, tmp_path: Path
) -> None:
    folder = copy(two_nights[0].with_name("undisturbed"), tmp_path / "project")
    project = Project(folder, TABLES)
    bring(project, 3)
    project.run()
    shutil.rmtree(folder / "warehouse")
    result = project.run()
    with jf.open_store(folder) as store:
        assert store.path == result.store
