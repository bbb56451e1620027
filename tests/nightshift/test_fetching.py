"""The analyst's own fetching comes first, and stops the run where it fails or hangs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

import journeyflow as jf
from journeyflow.errors import EnvironmentFault
from journeyflow.nightshift import shell
from journeyflow.project import load_project
from journeyflow.warehouse.lock import writer_lock
from journeyflow.warehouse.plan import make_plan
from tests.nightshift.test_journal import lines as logged
from tests.pipelines.shop import make_shop, run_nightly
from tests.support.commands import command
from tests.support.projects import Project, lean, row, settings

FETCH = """
import shutil
shutil.copy("incoming/1.csv", "exports/site/1.csv")
with open("fetched", "a") as log:
    log.write("once ")
"""


def fetching(folder: Path, before: str, **schedule: Any) -> Project:
    """A project with one file and a command that is run before."""
    project = Project(folder, settings(schedule={"before": before, **schedule}))
    project.write("exports/site/0.csv", [row("bob", "03-01 09:00:00")])
    return project


def test_what_it_brings_is_read_by_the_same_run(tmp_path: Path) -> None:
    project = fetching(tmp_path, 'python "fetch it.py" && echo "$HOME % done" > said; test -s said')
    project.write("incoming/1.csv", [row("ann", "03-01 10:00:00")])
    (tmp_path / "fetch it.py").write_text(FETCH)
    code, out, error = command("run", tmp_path)
    assert (code, "before\n" in error) == (0, True), error
    assert "2 new rows" in out
    assert (tmp_path / "said").read_text() == f"{os.environ.get('HOME', '')} % done\n"
    assert command("run", tmp_path, "-q", "--no-before").code == 0
    project.run(before=False)
    assert (tmp_path / "fetched").read_text() == "once "
    project.run()
    assert (tmp_path / "fetched").read_text() == "once once "


def test_a_short_path_finds_the_python_that_journeyflow_runs_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetching(tmp_path, f"{Path(sys.executable).name} -c 'import journeyflow'; echo $? > code")
    monkeypatch.setenv("PATH", "/bin")
    assert command("run", tmp_path, "-q").code == 0
    assert (tmp_path / "code").read_text() == "0\n"


def test_a_failure_stops_the_run_and_tells_what_it_said(tmp_path: Path) -> None:
    said = "; ".join(f"echo line {n}" for n in range(20))
    fetching(tmp_path, f"{said}; echo 'no answer for anna@mail.de, +7 916 123-45-67' >&2; exit 7")
    code, _, error = command("run", tmp_path)
    assert code == 3
    assert "[schedule] before: `echo line 0;" in error
    told = error.partition("exit code 7; its last words:\n")[2]
    assert told.splitlines()[:9] == [f"  line {n}" for n in range(11, 20)]
    assert "no answer for a•••@•••.de, +7" in told
    assert "123" not in told
    assert "hint: mend it, or run without it: journeyflow run --no-before" in told
    assert not (tmp_path / "published").exists()
    told = json.loads(command("run", tmp_path, "--json").out)
    assert "exit code 7" in told["message"]


def test_a_program_that_is_not_there_is_told_apart(tmp_path: Path) -> None:
    fetching(tmp_path, "no-such-program --now")
    code, _, error = command("run", tmp_path)
    assert (code, "exit code 127" in error, "the program's full path" in error) == (3, True, True)


def ends(number: int) -> bool:
    """Whether a process is gone, or will be within ten seconds."""
    for _ in range(1000):
        try:
            os.kill(number, 0)
            if "zombie" in Path(f"/proc/{number}/status").read_text():
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.01)
    return False


def test_when_time_is_up_all_that_it_started_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell, "GRACE_S", 0.2)
    (tmp_path / "deaf.sh").write_text("trap '' TERM; echo $$ > number; while :; do sleep 1; done")
    project = fetching(tmp_path, "echo began; sh deaf.sh & sleep 1000", before_timeout="2s")
    with pytest.raises(EnvironmentFault, match=r"did not end within 0:00:02; .*\n  began") as fault:
        project.run()
    assert "before_timeout" in str(fault.value.hint)
    assert ends(int((tmp_path / "number").read_text()))
    assert not (tmp_path / "published").exists()
    assert command("run", tmp_path, "-q", "--no-before").code == 0


def test_who_interrupts_the_run_ends_the_command_too(tmp_path: Path) -> None:
    # Not at once: whoever interrupts this process before it knows its child leaves that running.
    fetching(tmp_path, "sleep 1; echo $$ > number; exec sleep 1000")
    # What runs in the background of a shell ignores SIGINT, and so would this one.
    script = "import signal, sys, journeyflow as jf\n"
    script += "signal.signal(signal.SIGINT, signal.default_int_handler)\njf.run(sys.argv[1])"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    arguments = [sys.executable, "-c", script, str(tmp_path)]
    number = tmp_path / "number"
    with subprocess.Popen(arguments, env=environment, stderr=subprocess.DEVNULL) as process:
        while not (number.exists() and number.read_text().strip()):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(2)
        process.wait()
    assert ends(int(number.read_text()))


def test_what_it_leaves_running_keeps_no_run_waiting(tmp_path: Path) -> None:
    fetching(tmp_path, "sleep 1000 & echo $! > number")
    assert command("run", tmp_path, "-q").code == 0
    number = int((tmp_path / "number").read_text())
    os.kill(number, 9)
    assert ends(number)


def test_it_is_run_under_the_lock_and_by_nobody_who_waits_for_it(tmp_path: Path) -> None:
    fetching(tmp_path, "echo once >> fetched")
    with writer_lock(tmp_path / "warehouse"):
        assert command("run", tmp_path, "-q").code == 3
    assert not (tmp_path / "fetched").exists()


@pytest.fixture
def night(tmp_path: Path) -> Callable[..., tuple[Path, dg.ExecuteInProcessResult]]:
    """The shop's night in Dagster after a `before`."""

    def run(command: str) -> tuple[Path, dg.ExecuteInProcessResult]:
        shop = lean(make_shop(tmp_path / "shop"))
        text = (shop / "journeyflow.toml").read_text()
        (shop / "journeyflow.toml").write_text(text + f"\n[schedule]\nbefore = '{command}'\n")
        with dg.DagsterInstance.ephemeral() as instance:
            return shop, run_nightly(shop, instance)

    return run


def test_dagster_fetches_first_and_once(
    night: Callable[..., tuple[Path, dg.ExecuteInProcessResult]],
) -> None:
    late = "exports/till3.csv"
    shop, result = night(f"sed s/r1/r9/ exports/till.csv > {late}; echo once >> fetched")
    assert result.success
    assert (shop / "fetched").read_text() == "once\n"
    # The log has the same lines as that of the other driver: tests/nightshift/test_journal.py.
    told = [(each["step"], each["outcome"]) for each in logged(shop)]
    steps = [(step.name, "done") for step in make_plan(load_project(shop))]
    begun = [("run", "begun"), ("before", "done"), ("start", "done")]
    assert told == [*begun, *steps, ("run", "published")]
    with jf.open_store(shop) as store:
        assert late in set(store.query("select file from files")["file"])


def test_dagster_fails_where_fetching_fails_and_fetches_no_second_time(
    night: Callable[..., tuple[Path, dg.ExecuteInProcessResult]],
) -> None:
    shop, result = night("echo once >> fetched; exit 3")
    assert not result.success
    failures = result.filter_events(lambda event: event.is_step_failure)
    assert {each.step_key for each in failures} == {"read_web", "read_till_2", "read_adverts"}
    assert all("exit code 3" in str(each.step_failure_data.error) for each in failures)
    assert (shop / "fetched").read_text() == "once\n"
