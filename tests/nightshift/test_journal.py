"""Each step of a run has its line in the log, and the log stays small."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from journeyflow.nightshift import journal
from journeyflow.project import load_project
from journeyflow.warehouse.plan import make_plan
from journeyflow.warehouse.warnings import NO_CONVERSIONS
from tests.support.commands import command
from tests.support.projects import Project, row, settings


def lines(folder: Path) -> list[dict[str, Any]]:
    text = (folder / "warehouse" / "logs" / "run.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_every_step_has_a_line_and_the_run_its_own(tmp_path: Path) -> None:
    project = Project(tmp_path, settings(schedule={"before": "true"}))
    project.write("exports/site/1.csv", [row("ann", "03-01 10:00:00")])
    result = project.run()
    told = lines(tmp_path)
    steps = [step.name for step in make_plan(load_project(tmp_path))]
    assert [each["step"] for each in told] == ["run", "before", "start", *steps, "run"]
    assert told[0]["outcome"] == "begun"
    assert {each["outcome"] for each in told[1:-1]} == {"done"}
    assert all(each["seconds"] >= 0 for each in told[1:-1])
    assert all(a["at"] <= b["at"] for a, b in pairwise(told))
    last = told[-1]
    assert (last["outcome"], last["run_id"], last["mode"]) == ("published", result.run_id, "full")
    assert (last["rows_read"], last["touched_persons"]) == (1, 1)

    project.write("exports/site/2.csv", b"")
    command("run", tmp_path, "-q", "--no-before")
    *_, step, run = lines(tmp_path)
    assert (step["step"], step["outcome"], run["outcome"]) == ("read_site", "failed", "failed")
    assert run["message"] == step["message"] == "exports/site/2.csv: the file has no bytes"
    assert (bool(run["hint"]), run["exit_code"]) == (True, 1)


def test_a_folder_without_settings_gets_no_log(tmp_path: Path) -> None:
    assert command("run", tmp_path).code == 2
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "journeyflow.toml").write_text("[project]\n")
    assert command("run", tmp_path).code == 2
    assert [(each["step"], each["outcome"]) for each in lines(tmp_path)] == [
        ("start", "failed"), ("run", "failed")
    ]  # fmt: skip


def test_the_log_is_rotated_by_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "journeyflow.toml").write_text("")
    monkeypatch.setattr(journal, "LARGEST", 1000)
    kept = journal.Journal(tmp_path)
    for number in range(100):
        kept.tell(step=f"step {number:03} of 100 % é", outcome="done", nothing=None)
    kept.close()
    files = sorted((tmp_path / "warehouse" / "logs").iterdir())
    assert [each.name for each in files] == ["run.jsonl", *(f"run.jsonl.{n}" for n in range(1, 5))]
    assert all(each.stat().st_size <= 1000 for each in files)
    told = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    assert {"step 099 of 100 % é", "step 080 of 100 % é"} <= {each["step"] for each in told}
    assert "step 000 of 100 % é" not in {each["step"] for each in told}
    assert set(told[0]) == {"at", "step", "outcome"}


def test_a_log_that_cannot_be_written_stops_no_run(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("exports/site/1.csv", [row("ann", "03-01 10:00:00")])
    (tmp_path / "warehouse" / "logs" / "run.jsonl").mkdir(parents=True)
    code, _, error = command("run", tmp_path, "-q")
    assert (code, error) == (0, f"warning: {NO_CONVERSIONS}\n")
