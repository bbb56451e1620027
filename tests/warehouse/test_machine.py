"""What the machine refuses is one message with exit code 3; nothing is published, nothing lost."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from journeyflow.errors import DataError, EnvironmentFault, SettingsError
from journeyflow.machine import machine_fault
from tests.support.commands import command
from tests.support.projects import SECRET, Project, assert_same_tables, published, row

ROWS = [row("anna", "03-01 10:00:00"), row("boris", "03-02 10:00:00")]
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.argv = ["journeyflow", "run", sys.argv[2]]
from journeyflow.cli import main
main()
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return published(tmp_path_factory.mktemp("ran"), ROWS)


@pytest.fixture
def project(ran: Project, tmp_path: Path) -> Project:
    return ran.copied(tmp_path)


@pytest.mark.parametrize("name", ["warehouse", "private"])
def test_a_damaged_database_is_told_with_the_way_out(
    project: Project, tmp_path: Path, name: str
) -> None:
    expected = project.tables("main.files", "main.reconciliation")
    path = tmp_path / "warehouse" / f"{name}.duckdb"
    path.write_bytes(path.read_bytes()[:200_000])
    with pytest.raises(EnvironmentFault, match=rf"{name}\.duckdb: damaged") as fault:
        project.run()
    assert fault.value.exit_code == 3
    assert f"{name}.duckdb" in str(fault.value.hint)
    path.unlink()
    project.run()
    assert_same_tables(project.tables("main.files", "main.reconciliation"), expected)


@pytest.mark.parametrize(
    ("file", "name"),
    [("warehouse", "run"), ("published", "run"), ("reports", "report"), ("new", "init")],
)
def test_a_file_where_a_folder_is_expected(
    project: Project, tmp_path: Path, file: str, name: str
) -> None:
    (tmp_path / file).exists() and (tmp_path / file).rename(tmp_path / "before")
    if name == "report":
        (tmp_path / file).mkdir()
        (tmp_path / file / "latest").write_text("a file")
    else:
        (tmp_path / file).write_text("a file")
    folder = tmp_path / file / "x" if name == "init" else project.folder
    ended = command(name, folder)
    assert ended.code == 3
    error, hint = ended.err.splitlines()[-2:]
    assert error.startswith(f"error: {tmp_path / file}")
    assert "move the file away" in hint


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.ENOSPC])
def test_what_the_system_says_names_the_file_and_a_way_out(code: int) -> None:
    fault = machine_fault(OSError(code, os.strerror(code), "exports/site/1.csv"))
    assert isinstance(fault, EnvironmentFault)
    assert fault.message == f"exports/site/1.csv: {os.strerror(code)}"
    assert fault.hint
    assert machine_fault(ValueError("no fault of the machine")) is None


def test_no_row_is_quoted_from_a_message_of_duckdb() -> None:
    with duckdb.connect() as con, pytest.raises(duckdb.Error) as raised:
        con.execute("""select 'file "anna@mail.de": Corrupt'::integer""")
    assert "anna@mail.de" in str(raised.value)
    fault = machine_fault(raised.value)
    assert isinstance(fault, DataError)
    assert "ConversionException" in fault.message
    assert "anna" not in str(fault)


def test_what_comes_of_a_fault_of_the_machine_does_not_hide_it(tmp_path: Path) -> None:
    def attached_or_rolled_back() -> None:
        try:
            con.execute(f"attach '{tmp_path}/absent/x.duckdb'")
        except duckdb.Error:
            con.execute("rollback")

    with duckdb.connect() as con, pytest.raises(duckdb.TransactionException) as raised:
        attached_or_rolled_back()
    fault = machine_fault(raised.value)
    assert isinstance(fault, EnvironmentFault)
    assert fault.message == f"{tmp_path}/absent/x.duckdb: {os.strerror(errno.ENOENT)}"


def test_a_full_disk_publishes_nothing_and_the_next_run_makes_up_for_it(
    project: Project, tmp_path: Path
) -> None:
    """A limit on the size of files is as real to DuckDB as a full disk."""
    before = sorted(tmp_path.glob("published/*"))
    project.write(
        "exports/site/2.csv",
        [row(f"c{n}", "03-03 10:00:00", touchpoint=f"{n % 10:0900}") for n in range(4000)],
    )
    largest = max(path.stat().st_size for path in (tmp_path / "warehouse").iterdir())
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED, str(largest + 100_000), str(tmp_path)],
        env=os.environ | {"JOURNEYFLOW_SECRET": SECRET, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 3, ended.stderr
    assert "Traceback" not in ended.stderr
    assert f".duckdb.wal: {os.strerror(errno.EFBIG)}" in ended.stderr
    assert sorted(tmp_path.glob("published/*")) == before
    assert project.run().counts["new_events"] == 4000


def test_a_publication_that_fails_leaves_both_names_and_keeps_what_was_new(
    project: Project, tmp_path: Path
) -> None:
    seen = sorted(tmp_path.glob("published/*"))
    fixed = tmp_path / "journeys.duckdb"
    fixed.unlink()
    (fixed / "in the way").mkdir(parents=True)
    project.write("exports/site/2.csv", [row("vera", "03-03 10:00:00")])
    for _ in range(2):
        with pytest.raises(OSError, match=os.strerror(errno.EISDIR)):
            project.run()
        assert sorted(tmp_path.glob("published/*")) == seen
        assert not list(tmp_path.glob("*.draft"))
    (fixed / "in the way").rmdir()
    fixed.rmdir()
    result = project.run()
    assert result.run_id.startswith("000002-")
    assert (result.counts["rows_read"], result.counts["new_events"]) == (1, 1)
    assert fixed.read_bytes() == result.store.read_bytes()
    assert project.run().run_id.startswith("000003-")


def test_a_first_publication_that_fails_is_the_first_run_still(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("exports/site/1.csv", ROWS)
    (tmp_path / "published").write_text("a file")
    with pytest.raises(FileExistsError):
        project.run()
    (tmp_path / "published").unlink()
    result = project.run()
    assert result.run_id.startswith("000001-")
    assert result.counts["new_events"] == 2


def test_a_count_of_runs_outlives_any_one_place_that_knows_it(
    project: Project, tmp_path: Path
) -> None:
    for number, lost in enumerate(["published", "warehouse.duckdb", "private.duckdb"], start=2):
        for path in tmp_path.glob(f"warehouse/{lost}"):
            path.unlink()
        for path in tmp_path.glob(f"{lost}/*"):
            path.unlink()
        assert project.run().run_id.startswith(f"{number:06}-"), lost


@pytest.mark.parametrize("made_with_environment", [True, False])
def test_a_missing_key_is_said_and_none_is_written(
    ran: Project, tmp_path: Path, *, made_with_environment: bool
) -> None:
    if made_with_environment:
        project = ran.copied(tmp_path)
    else:
        project = Project(tmp_path, secret=None)  # type: ignore[arg-type]
        project.write("exports/site/1.csv", ROWS)
        project.run()
    key = tmp_path / "warehouse" / "secret.key"
    key.unlink(missing_ok=True)
    project.secret = None  # type: ignore[assignment]
    with pytest.raises(SettingsError, match=r"secret\.key is missing"):
        project.run()
    assert not key.exists()


def test_events_told_in_slices_are_those_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven rows of two persons and two orders, of two sources: in eight, three and two slices."""
    rows = {
        name: [row(who, f"03-0{day} 1{day}:00:00", order_id=f"o{day % 2}") for day in days]
        for name, who, days in (("site", "anna", range(1, 5)), ("shop", "boris", range(5, 8)))
    }
    project = published(tmp_path, rows)
    expected = project.tables()
    assert len(project.rows("events")) == 7
    for most in (1, 3, 7):
        monkeypatch.setattr("journeyflow.warehouse.steps.SLICE", most)
        project.run(full_refresh=True)
        assert_same_tables(project.tables(), expected)


def test_memory_can_be_limited_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that may take next to nothing does what it can, and says what would let it do more."""
    monkeypatch.setenv("JOURNEYFLOW_MEMORY_LIMIT", "3GB, please")
    with pytest.raises(SettingsError, match="expected a size such as 2GB, found '3GB, please'"):
        published(tmp_path, ROWS)
    monkeypatch.setenv("JOURNEYFLOW_MEMORY_LIMIT", "1MB")
    told = command("run", tmp_path)
    assert (told.code, "JOURNEYFLOW_MEMORY_LIMIT=4GB" in told.err) == (3, True)
    monkeypatch.setenv("JOURNEYFLOW_MEMORY_LIMIT", "300MB")
    assert len(published(tmp_path, ROWS).rows("events")) == 2
