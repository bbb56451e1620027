"""One company, two call trackers: the exports differ, what they tell of its customers does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from journeyflow.errors import SettingsError
from journeyflow.simulate import simulate
from tests.support.projects import Project, Row

JOURNEYS = (
    "select started_at, ended_at, outcome, converted_at, value, path, channel_path, started_stage, "
    "furthest_stage, device, loss_reason from journeys order by all"
)
MISSED = "select called_at, is_repeat, attempts, talked_at, ended_by from missed_calls order by all"


def journeys_of(folder: Path, calls: str) -> tuple[list[Row], list[Row]]:
    simulate(folder, persons=300, faults=False, calls=calls)
    project = Project(folder, (folder / "journeyflow.toml").read_text("utf-8"))
    project.run()
    return project.query(JOURNEYS), project.query(MISSED)


def test_the_same_company_has_the_same_journeys_whoever_tracks_its_calls(tmp_path: Path) -> None:
    calltouch, uis = (journeys_of(tmp_path / each, each) for each in ("calltouch", "uis"))
    assert uis == calltouch
    assert min(map(len, uis)) > 0


def test_the_answers_are_those_of_the_vendor(tmp_path: Path) -> None:
    simulate(tmp_path, persons=400, calls="uis")
    calls: list[Any] = []
    for path in sorted(tmp_path.glob("exports/calls/*.json")):
        answer = json.loads(path.read_text("utf-8"))
        assert answer["result"]["metadata"]["total_items"] == len(answer["result"]["data"])
        calls += answer["result"]["data"]
    assert {call["is_lost"] for call in calls} == {True, False}
    assert {call["source"] for call in calls} == {"dynamic_call_tracking", "call_tracking"}
    assert all((call["wait_duration"] is None) is call["is_lost"] for call in calls)
    planted = {
        each["id"] for each in json.loads((tmp_path / "truth/planted.json").read_text())["planted"]
    }
    assert "recycled_pool_numbers" in planted
    assert not planted & {"twelve_hour_clock", "callback_chains"}


def test_another_tracker_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="expected calltouch or uis"):
        simulate(tmp_path, calls="callrail")
