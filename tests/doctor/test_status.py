"""How a project stands is told from what was published, the ledger and the folder, and no guess."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from journeyflow.errors import DataError
from journeyflow.status import status
from tests.support.commands import command
from tests.support.projects import Project, published, row, settings, source
from tests.support.traces import traces, writing


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Project:
    rows = [row("ann", "03-01 10:00:00"), row("bob", "03-01 11:00:00")]
    return published(tmp_path_factory.mktemp("ran"), rows)


@pytest.fixture
def project(ran: Project, tmp_path: Path) -> Project:
    return ran.copied(tmp_path)


def test_files_that_are_not_in_the_ledger_are_pending(project: Project, tmp_path: Path) -> None:
    assert status(tmp_path).pending == ()
    project.write("exports/site/2.csv", [row("ann", "03-02 10:00:00")])
    assert status(tmp_path).pending == ("exports/site/2.csv",)
    project.run()
    told = status(tmp_path)
    assert told.pending == ()
    assert [
        (each["mode"], each["reason"], each["rows_read"], each["touched_persons"])
        for each in told.runs
    ] == [("incremental", None, 1, 1), ("full", "first run", 2, 2)]
    project.write("exports/site/1.csv", [row("ann", "03-01 10:00:01")])
    project.write("exports/site/3.csv", [row("ann", "03-03 10:00:00")])
    told = status(tmp_path)
    assert told.pending == ("exports/site/1.csv", "exports/site/3.csv")
    assert told.again == ("exports/site/1.csv",)
    out = command("status", tmp_path).out
    assert "pending     1 files to be read by the next run\n            exports/site/3.csv\n" in out
    assert "again       1 files read before that are read again: " in out
    assert out.endswith("\n            exports/site/1.csv\n")


def test_files_whose_reading_settings_changed_are_pending_again(
    project: Project, tmp_path: Path
) -> None:
    project.set(settings(source(timezone="Europe/Moscow")))
    assert status(tmp_path).pending == ("exports/site/1.csv",)
    (tmp_path / "exports/site/1.csv").unlink()
    told = status(tmp_path)
    assert told.pending is None
    assert "these are gone:\n  - exports/site/1.csv" in str(told.unknown)


def test_what_a_failed_run_read_is_not_pending_and_not_published(tmp_path: Path) -> None:
    rows = [row("ann", "03-01 10:00:00")]
    project = published(tmp_path, {"site": rows, "crm": rows})
    project.write("exports/site/1.csv", [row("ann", "03-01 10:00:01")])
    project.write("exports/crm/2.csv", b"")
    with pytest.raises(DataError, match=r"crm/2\.csv: the file has no bytes"):
        project.run()
    told = status(tmp_path)
    assert (told.pending, told.unpublished) == (("exports/crm/2.csv",), ("exports/site/1.csv",))
    assert "unpublished 1 files read by a run that ended before" in command("status", tmp_path).out


def test_a_source_is_late_beyond_its_max_age(tmp_path: Path) -> None:
    rows = {
        "site": [row("ann", "03-20 10:00:00")],
        "calls": [row("ann", "03-01 10:00:00")],
        "crm": [row("ann", "03-01 09:59:59")],
        "shop": [row("ann", "02-01 10:00:00")],
    }
    ages = {"calls": {"max_age": "19d"}, "crm": {"max_age": "19d"}}
    published(tmp_path, rows, *(source(name, **ages.get(name, {})) for name in rows))
    told = {each.source: (str(each.latest), each.late) for each in status(tmp_path).sources}
    assert told == {
        "site": ("2025-03-20 10:00:00+00:00", None),
        "calls": ("2025-03-01 10:00:00+00:00", False),
        "crm": ("2025-03-01 09:59:59+00:00", True),
        "shop": ("2025-02-01 10:00:00+00:00", None),
    }
    out = command("status", tmp_path).out
    assert "source      crm: latest 2025-03-01 09:59, LATE, last file came " in out
    assert "source      calls: latest 2025-03-01 10:00, not late, last file came " in out


def test_a_run_that_is_going_on_is_named_and_what_it_hides_is_unknown(
    project: Project, tmp_path: Path
) -> None:
    project.write("exports/site/2.csv", [row("ann", "03-02 10:00:00")])
    with writing(tmp_path) as number:
        before = traces(tmp_path)
        code, out, error = command("status", tmp_path)
        told = json.loads(command("status", tmp_path, "--json").out)
        assert traces(tmp_path) == before
    assert (code, error) == (0, "")
    assert f"running     process {number} on " in out
    assert "pending     unknown as long as that run goes on\n" in out
    assert "unpublished 1 files of the folder are not in the last store\n" in out
    assert out.endswith(" exports/site/2.csv\n")
    assert (told["pending"], told["unpublished"]) == (None, ["exports/site/2.csv"])
    assert [each["rows_read"] for each in told["runs"]] == [2]
    assert status(tmp_path).running is None


def test_looking_leaves_no_trace(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("exports/site/1.csv", [row("ann", "03-01 10:00:00", email="ann@mail.de")])
    asked = [(name, *json_too) for name in ("status", "doctor") for json_too in ((), ("--json",))]
    for run_first in (False, True):
        if run_first:
            project.run()
            project.write("exports/site/2.csv", [row("bob", "03-02 10:00:00")])
        before = traces(tmp_path)
        for name, *options in asked:
            code, out, error = command(name, tmp_path, *options)
            assert (code, error) == (0, ""), (name, out)
            assert "ann" not in out
        assert traces(tmp_path) == before


def test_a_project_without_a_run_has_everything_before_it(tmp_path: Path) -> None:
    Project(tmp_path).write("exports/site/1.csv", [row("ann", "03-01 10:00:00")])
    out = command("status", tmp_path).out
    assert "run         none has been published yet\nsource      site: latest no row yet" in out
    assert out.endswith("1 files to be read by the next run\n            exports/site/1.csv\n")


def test_what_a_killed_run_left_behind_is_read_and_left(project: Project, tmp_path: Path) -> None:
    """Its last rows stand in the write-ahead log alone."""
    project.write("exports/site/2.csv", [row("ann", "03-02 10:00:00")])
    file = tmp_path / "warehouse" / "private.duckdb"
    killed = (
        "import duckdb, os, sys; con = duckdb.connect(sys.argv[1]); "
        'con.execute("delete from ledger"); os._exit(9)'
    )
    subprocess.run([sys.executable, "-c", killed, str(file)], check=False)
    assert file.with_name("private.duckdb.wal").stat().st_size
    before = traces(tmp_path)
    assert status(tmp_path).pending == ("exports/site/1.csv", "exports/site/2.csv")
    assert traces(tmp_path) == before
