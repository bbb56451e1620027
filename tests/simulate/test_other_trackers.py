"""One company, three call trackers: the exports differ, its customers do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import journeyflow as jf
from journeyflow.errors import SettingsError
from journeyflow.simulate import simulate
from journeyflow.simulate.agreement import agreement
from journeyflow.simulate.clock import SECOND, Period
from journeyflow.simulate.faults import PLANTED
from journeyflow.simulate.run import LAST_DAY
from journeyflow.simulate.world import live
from tests.support.projects import Project, Row, lean

JOURNEYS = (
    "select started_at, ended_at, outcome, converted_at, value, path, channel_path, started_stage, "
    "furthest_stage, device, loss_reason from journeys order by all"
)
CHANNELS = {
    "yandex": "Organic Search",
    "google": "Organic Search",
    "search_ads": "Paid Search",
    "brand_ads": "Paid Search",
    "vk": "Paid Social",
    "telegram": "Messenger",
    "referral": "Referral",
    "email": "Email",
}
MISSED = "select called_at, is_repeat, attempts, talked_at, ended_by from missed_calls order by all"


def journeys_of(folder: Path, calls: str) -> tuple[list[Row], list[Row]]:
    simulate(folder, persons=200, faults=False, calls=calls)
    project = Project(folder, (lean(folder) / "journeyflow.toml").read_text("utf-8"))
    project.run()
    return project.query(JOURNEYS), project.query(MISSED)


def test_the_same_company_has_the_same_journeys_whoever_tracks_its_calls(tmp_path: Path) -> None:
    calltouch, uis = (journeys_of(tmp_path / each, each) for each in ("calltouch", "uis"))
    assert uis == calltouch
    assert min(map(len, uis)) > 0


def test_the_answers_are_those_of_the_vendor(tmp_path: Path) -> None:
    simulate(tmp_path, persons=200, calls="uis")
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


CALLS = """
select e.kind, epoch(e.occurred_at)::bigint, e.answered, e.channel,
    t.act, t.person, t.note, e.person_id
from events as e inner join read_parquet($truth) as t using (source, file, line)
where e.source = 'calls' order by t.act
"""


@pytest.fixture(scope="module")
def callrail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("callrail")
    simulate(folder, persons=400, seed=5, calls="callrail")
    jf.run(lean(folder))
    return folder


def test_each_call_that_callrail_tells_is_one_event_of_its_caller(callrail: Path) -> None:
    company = live(5, 400, Period.ending(LAST_DAY, 90), PLANTED)
    true = {act.number: act for act in company.acts if act.kind == "call"}
    with jf.open_store(callrail) as store:
        told = store.query(CALLS, {"truth": str(callrail / "truth" / "events.parquet")})
    assert sorted(told.act) == sorted(true)
    people: dict[int, set[str]] = {}
    for row in told.itertuples(index=False):
        kind, at, answered, channel, act, person, note, person_id = row
        call = true[act]
        assert (kind, at) == ("call", call.at // SECOND)
        # Also where a machine took the call, which CallRail tells as answered.
        assert answered == call.facts["answered"]
        people.setdefault(person, set()).add(person_id)
        # The campaign is that of the visit which showed the number, and not of the first one.
        visit = call.facts["from_visit"]
        if visit is not None and visit.channel_key in CHANNELS and note != "wrong_visitor":
            assert channel == CHANNELS[visit.channel_key], visit.channel_key
    assert set(told.note) >= {"voicemail", "corrected"}
    # A caller is one person, however often and from whichever phone screen they call.
    assert all(len(ids) == 1 for ids in people.values())
    assert len(set.union(*people.values())) == len(people)


def test_who_calls_is_found_as_well_as_with_another_tracker(callrail: Path, tmp_path: Path) -> None:
    """But for browsers whose only id is one that CallRail does not export."""
    simulate(tmp_path, persons=400, seed=5)
    other = jf.run(lean(tmp_path))
    with jf.open_store(callrail) as store:
        found = agreement(callrail, store.path)
    known = agreement(tmp_path, other.store)
    assert found.precision >= 0.98
    assert known.recall - 0.02 <= found.recall
    assert found.share >= 0.97


def test_another_tracker_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="expected calltouch, uis or callrail"):
        simulate(tmp_path, calls="mango")
