"""A night that failed is told before all that is well, until a run has published again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from journeyflow.doctor import Finding, examine, exit_code
from journeyflow.nightshift import journal
from journeyflow.nightshift.journal import failed_run
from tests.support.commands import command
from tests.support.crashes import run_killed
from tests.support.projects import SECRET, Project, hidden_secret, published, row, settings
from tests.support.traces import writing

ZONE = "Asia/Kathmandu"
ABOUT = {"name": "Kitchens", "timezone": ZONE, "currency": "EUR"}
ROWS = [row("ann", "03-01 10:00:00")]


def last_run(folder: Path) -> tuple[Finding, int]:
    """What the doctor finds of the last run, and the exit code of all its findings."""
    with hidden_secret(SECRET):
        found = examine(folder)
    (told,) = (each for each in found if each.check == "last run")
    return told, exit_code(found)


def begun(folder: Path) -> str:
    """When the last run began, in the project's zone."""
    text = (folder / "warehouse" / "logs" / "run.jsonl").read_text("utf-8")
    at = [each["at"] for each in map(json.loads, text.splitlines()) if each["outcome"] == "begun"]
    return f"{datetime.fromisoformat(at[-1]).astimezone(ZoneInfo(ZONE)):%Y-%m-%d %H:%M}"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return published(tmp_path_factory.mktemp("ran"), ROWS, project=ABOUT)


def test_a_file_with_another_header_is_told_until_a_run_is_good(
    ran: Project, tmp_path: Path
) -> None:
    project = ran.copied(tmp_path)
    assert last_run(tmp_path)[0].verdict == "fine"
    file = project.write("exports/site/2.csv", "date;visits\n2025-03-02;7\n")
    assert [command("run", tmp_path, "-q").code for _ in range(2)] == [1, 1]

    out = command("status", tmp_path).out
    first, *others = out.splitlines()
    assert first.startswith(f"failed      {begun(tmp_path)} at read_site: exports/site/2.csv: ")
    above = others[: others.index(f"project     Kitchens, times of {ZONE}")]
    assert above[-1] == "            2 runs since the last good one have published nothing"
    told = json.loads(command("status", tmp_path, "--json").out)["failed"]
    assert (told["outcome"], told["step"], told["exit_code"], told["in_a_row"]) == (
        "failed", "read_site", 1, 2
    )  # fmt: skip
    assert told["message"].splitlines()[0] in first
    assert f"            hint: {told['hint']}" in above

    found, code = last_run(tmp_path)
    assert (found.verdict, found.fault, found.mend, code) == ("wrong", "data", told["hint"], 1)
    message = told["message"]
    assert found.found.startswith(f"failed {begun(tmp_path)} at read_site ({ZONE}): {message}")
    assert found.found.endswith("it is the last of 2 that published nothing")

    file.unlink()
    project.run()
    assert command("status", tmp_path).out.startswith("project     ")
    found, code = last_run(tmp_path)
    finished = project.rows("runs")[-1]["finished_at"].astimezone(ZoneInfo(ZONE))
    assert (found.verdict, code) == ("fine", 0)
    assert found.found == f"published {finished:%Y-%m-%d %H:%M} {ZONE}"


def test_a_fetching_that_failed_is_the_machines_fault(tmp_path: Path) -> None:
    before = "echo no route to the host; exit 7"
    project = Project(tmp_path, settings(schedule={"before": before}, project=ABOUT))
    project.write("exports/site/1.csv", ROWS)
    found, code = last_run(tmp_path)
    assert (found.verdict, found.found, code) == ("fine", "none has been published yet", 0)
    assert command("run", tmp_path, "-q").code == 3
    first, second, *_ = command("status", tmp_path).out.splitlines()
    assert first.startswith(f"failed      {begun(tmp_path)} at before: ")
    assert "exit code 7" in first
    assert second.strip() == "no route to the host"
    found, code = last_run(tmp_path)
    assert (found.verdict, found.fault, code) == ("wrong", "environment", 3)
    assert "no route to the host" in found.found


def test_runs_that_were_ended_are_told_while_nobody_holds_the_lock(
    ran: Project, tmp_path: Path
) -> None:
    project = ran.copied(tmp_path)
    project.write("exports/site/2.csv", [row("ann", "03-02 10:00:00")])

    def stopped(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        project.run(progress=stopped)
    assert command("status", tmp_path).out.startswith(
        f"interrupted {begun(tmp_path)} after start\n            hint: journeyflow run goes on"
    )
    found, code = last_run(tmp_path)
    assert (found.verdict, code) == ("look", 0)

    assert run_killed(tmp_path, SECRET, 2) == -9
    out = command("status", tmp_path).out
    assert out.startswith(f"never ended {begun(tmp_path)} after ")
    assert "            2 runs since the last good one have published nothing\n" in out
    found, code = last_run(tmp_path)
    assert (found.verdict, found.fault, code) == ("wrong", "environment", 3)
    with writing(tmp_path):  # which may be that very run
        assert command("status", tmp_path).out.startswith("interrupted ")
    project.run()
    assert last_run(tmp_path)[0].verdict == "fine"


def logged(folder: Path, *lines: Any, file: str = "run.jsonl") -> None:
    """Write a log: each line a second later; text is written as it is."""
    path = folder / "warehouse" / "logs" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    at = datetime(2025, 3, 1, tzinfo=UTC)
    path.write_text(
        "".join(
            each
            if isinstance(each, str)
            else json.dumps({"at": str(at + timedelta(seconds=n))} | each) + "\n"
            for n, each in enumerate(lines)
        )
    )


def line(step: str, outcome: str, run_id: str | None = None, **more: Any) -> dict[str, Any]:
    return {"step": step, "outcome": outcome} | ({"run_id": run_id} if run_id else {}) | more


TIMELESS, SOON = line("run", "published", at=None), line("run", "failed", at="soon")
ODD = line("run", "failed", message=["x"], hint=3, exit_code="y")
BEGUN, PUBLISHED = line("run", "begun"), line("run", "published", "1")
START, READ = line("start", "done", "1"), line("read_a", "done", "1")
#: Another run, which found the lock held.
BUSY = line("start", "failed"), line("run", "failed", message="busy", exit_code=3)


@pytest.mark.parametrize(
    ("lines", "outcome", "step", "in_a_row"),
    [
        ((), None, None, 0),
        ((BEGUN, START, READ, PUBLISHED), None, None, 0),
        ((BEGUN,), "never ended", None, 1),
        ((BEGUN, START, READ), "never ended", "read_a", 1),
        ((START, READ), "never ended", "read_a", 1),  # of a version that wrote no "begun"
        ((BEGUN, START, READ, BEGUN), "never ended", None, 2),
        ((BEGUN, START, *BUSY, READ, PUBLISHED), None, None, 0),
        ((BEGUN, START, READ, PUBLISHED, *BUSY), "failed", "start", 1),
        # In Dagster one that finds the lock held waits and tries again.
        ((BEGUN, START, BUSY[0], PUBLISHED), None, None, 0),
        ((BEGUN, START, BUSY[0], PUBLISHED, BEGUN), "never ended", None, 1),
        # Repeated with success, as Dagster does, is not failed; and an alert is no step.
        (
            (
                START, line("a", "failed", "1"), line("b", "failed", "1"), line("a", "done", "1"),
                line("run", "failed", "1"), line("alert", "failed", "1"),
            ),
            "failed", "b", 1,
        ),
        # Torn, or of other shapes.
        ((PUBLISHED, *BUSY, '{"at": "2025-03-01T00:0'), "failed", "start", 1),
        ((PUBLISHED, *BUSY, '[1]\n7\nnull\n"run"\n{}\n{"at": 5}\n\n\x00\n'), "failed", "start", 1),
        ((PUBLISHED, ODD), "failed", None, 1),
        ((PUBLISHED, *BUSY, TIMELESS), "failed", "start", 1),
        ((PUBLISHED, SOON), None, None, 0),
    ],
)  # fmt: skip
def test_what_the_log_tells(
    tmp_path: Path, lines: tuple[Any, ...], outcome: str | None, step: str | None, in_a_row: int
) -> None:
    logged(tmp_path, *lines)
    told = failed_run(tmp_path)
    found = (told.outcome, told.step, told.in_a_row) if told else (None, None, 0)
    assert found == (outcome, step, in_a_row)


def test_a_run_that_the_store_knows_better_is_no_failure(tmp_path: Path) -> None:
    """Its log could not be written any more, or it was killed when it had published."""
    logged(tmp_path, BEGUN, START, READ)
    second = datetime(2025, 3, 1, 0, 0, 1, tzinfo=UTC)
    assert failed_run(tmp_path, "0", second) is not None
    assert failed_run(tmp_path, "0", second + timedelta(seconds=1)) is None
    assert failed_run(tmp_path, "1", second) is None


def test_rotated_files_are_read_too(tmp_path: Path) -> None:
    assert failed_run(tmp_path) is None
    logged(tmp_path, PUBLISHED, *BUSY, *BUSY, file=f"run.jsonl.{journal.OLDER}")
    logged(tmp_path, BEGUN, START, file="run.jsonl.1")
    logged(tmp_path, READ, line("run", "failed", "1", message="at last"))
    told = failed_run(tmp_path)
    assert told is not None
    assert (told.message, told.at.second, told.in_a_row) == ("at last", 0, 3)
    (tmp_path / "warehouse" / "logs" / "run.jsonl").unlink()
    (tmp_path / "warehouse" / "logs" / "run.jsonl").mkdir()
    told = failed_run(tmp_path)
    assert told is not None
    assert told.outcome == "never ended"
