"""Holds the published tables of a project against the oracle's, table by table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest

from journeyflow.report.context import records
from journeyflow.store import open_store
from tests.support import oracle_tables as counted
from tests.support.oracle import EventKey, Journey, World
from tests.support.projects import Project, Row

ORACLE_MODELS = ("first", "last", "linear")


def assert_as_defined(project: Project, world: World) -> None:
    """Every table that the definitions of docs/data_model.md decide."""
    names = _persons(project, world)
    _sessions(project, world, names)
    journeys = _journeys(project, world, names)
    _steps(project, world, names, journeys)
    _conversions(project, world, journeys)
    _overlap(project, world)
    _everyone(project, world, None)
    months = {
        *(counted.month_of(j.started_at, world.rules.zone) for j in world.journeys),
        *(counted.month_of(c.event.at, world.rules.zone) for c in world.conversions),
    }
    for month in sorted(months):
        _everyone(project, world, month)
    for returning in (False, True):
        _segment(project, world, returning=returning)
    _lifecycles(project)
    tied = project.query("select tied_events from runs order by run_number desc limit 1")
    assert tied[0]["tied_events"] == world.tied


def _persons(project: Project, world: World) -> dict[int, str]:
    """The published name of each person, once it is sure that the groups are the same."""
    published = {(e["source"], e["event_id"]): e for e in project.rows("events")}
    told = {key: row["person_id"] for key, row in published.items() if row["person_id"]}
    assert told.keys() == world.person_of.keys()
    pairs = {(world.person_of[key], name) for key, name in told.items()}
    names = dict(pairs)
    assert len(pairs) == len(names) == len(set(names.values()))
    taking_part = {event.key for person in world.persons.values() for event in person.events}
    assert {key for key, row in published.items() if row["participates"]} == taking_part
    rows = {row["person_id"]: row for row in project.rows("persons")}
    assert rows.keys() == {names[number] for number in world.persons}
    for number, person in world.persons.items():
        row = rows[names[number]]
        assert row["first_seen_at"] == person.events[0].at
        assert row["last_seen_at"] == person.events[-1].at
        assert row["events"] == len(person.events)
        assert row["sessions"] == len(person.sessions)
        assert row["journeys"] == len(person.journeys)
        assert row["conversions"] == len(person.conversions)
        assert row["value"] == sum(each.value for each in person.conversions)
    return names


def _sessions(project: Project, world: World, names: dict[int, str]) -> None:
    session_of = _name_of(project, "session_id")
    rows = {row["session_id"]: row for row in project.rows("sessions")}
    expected = [(n, s) for n, person in world.persons.items() for s in person.sessions]
    assert len(rows) == len(expected)
    for number, session in expected:
        ids = {session_of.get(event.key) for event in session.events}
        assert len(ids) == 1
        row = rows[ids.pop() or ""]
        assert row["person_id"] == names[number]
        assert row["started_at"] == session.events[0].at
        assert row["ended_at"] == session.events[-1].at
        assert row["events"] == len(session.events)
        assert row["channel"] == session.channel


def _name_of(project: Project, column: str) -> dict[EventKey, str]:
    rows = project.query(f"select source, event_id, {column} as name from events")
    return {(row["source"], row["event_id"]): row["name"] for row in rows}


def _journeys(project: Project, world: World, names: dict[int, str]) -> dict[tuple[int, int], str]:
    journey_of = _name_of(project, "journey_id")
    rows = {row["journey_id"]: row for row in project.rows("journeys")}
    assert len(rows) == len(world.journeys)
    ids: dict[tuple[int, int], str] = {}
    order = world.rules.stages.index
    for journey in world.journeys:
        found = {journey_of[event.key] for event in journey.events}
        assert len(found) == 1
        row = rows[ids.setdefault((journey.person, journey.number), found.pop())]
        stages = [step.stage for step in journey.steps if step.stage]
        assert row["person_id"] == names[journey.person]
        expected: Row = {
            "journey_number": journey.number,
            "started_at": journey.started_at,
            "ended_at": journey.ended_at,
            "outcome": journey.outcome,
            "closed": journey.ended_by is not None,
            "ended_by": journey.ended_by,
            "converted_at": min((c.event.at for c in journey.conversions), default=None),
            "conversions": len(journey.conversions),
            "value": sum(c.value for c in journey.conversions),
            "steps": len(journey.steps),
            "path": list(journey.path),
            "channel_path": [channel for _, channel in journey.touches],
            "first_channel": journey.touches[0][1] if journey.touches else None,
            "started_stage": stages[0] if stages else None,
            "furthest_stage": max(stages, key=order) if stages else None,
        }
        assert {name: row[name] for name in expected} == expected
    inside = {event.key for journey in world.journeys for event in journey.events}
    assert {key for key, name in journey_of.items() if name} == inside
    return ids


def _steps(
    project: Project, world: World, names: dict[int, str], journeys: dict[tuple[int, int], str]
) -> None:
    rows = {(row["journey_id"], row["step_number"]): row for row in project.rows("steps")}
    assert len(rows) == sum(len(journey.steps) for journey in world.journeys)
    for journey in world.journeys:
        name = journeys[journey.person, journey.number]
        for number, step in enumerate(journey.steps, start=1):
            expected: Row = {
                "person_id": names[journey.person],
                "touchpoint": step.touchpoint,
                "stage": step.stage,
                "channel": step.channel,
                "entered_at": step.entered_at,
                "left_at": step.left_at,
                "events": len(step.events),
                "wait_s": step.wait_s,
                "after_conversion": step.after_conversion,
            }
            row = rows[name, number]
            assert {each: row[each] for each in expected} == expected


def _conversions(project: Project, world: World, journeys: dict[tuple[int, int], str]) -> None:
    claims = {(r["source"], r["event_id"]): r for r in project.rows("events")}
    rows = {row["conversion_id"]: row for row in project.rows("conversions")}
    touches: dict[str, list[Row]] = {}
    for row in project.query("from conversion_touches order by conversion_id, position"):
        touches.setdefault(row["conversion_id"], []).append(row)
    assert len(rows) == len(world.conversions)
    standing = set()
    for conversion in world.conversions:
        name = claims[conversion.event.key]["conversion_id"]
        standing.add(conversion.event.key)
        row = rows[name]
        home = conversion.journey
        assert row["name"] == conversion.name
        assert row["occurred_at"] == conversion.event.at
        assert row["value"] == conversion.event.value
        assert row["source"] == conversion.event.source
        assert row["journey_id"] == (journeys[home.person, home.number] if home else None)
        for other in conversion.claims:
            if other is not conversion.event:
                assert claims[other.key]["conversion_id"] is None
                assert claims[other.key]["same_conversion_as"] == name
        led = [
            (number, channel, event.at, event.source, event.event_id)
            for number, (event, channel) in enumerate(conversion.touches, start=1)
        ]
        columns = ("position", "channel", "touched_at", "source", "event_id")
        assert [tuple(t[c] for c in columns) for t in touches.get(name, [])] == led
    assert {key for key, row in claims.items() if row["conversion_id"]} == standing


def _overlap(project: Project, world: World) -> None:
    rows = project.rows("source_overlap")
    told = {(row["source"], row["other_source"]): row["shared_persons"] for row in rows}
    assert told == counted.sources_shared(world)


def _everyone(project: Project, world: World, month: date | None) -> None:
    """The over-everyone tables, of all time or of one month."""
    zone = world.rules.zone
    journeys, conversions = world.journeys, world.conversions
    if month:
        journeys = [j for j in journeys if counted.month_of(j.started_at, zone) == month]
        conversions = [c for c in conversions if counted.month_of(c.event.at, zone) == month]
    where = f"monthly.{{}} where month = date '{month}'" if month else "{}"
    rows = partial(_rows, lambda table: project.query(f"select * from {where.format(table)}"))
    _of_journeys(project, world, journeys, rows)
    _close(
        rows("conversion_paths", "path", "|", "conversions", "nulls", "value"),
        counted.path_rows(conversions, journeys, world),
    )
    credit = rows("channel_credit", "model", "channel", "|", "conversions", "value")
    _close(
        {key: value for key, value in credit.items() if key[0] in ORACLE_MODELS},
        counted.credit_rows(conversions),
    )


def _lifecycles(project: Project) -> None:
    """What the store says of each person, and what it says when asked about any day."""
    with open_store(project.folder) as store:
        asked = store.loyalty.lifecycle().persons
    told = {row["person_id"]: row["lifecycle"] for row in project.rows("persons")}
    assert dict(zip(asked["person_id"], asked["lifecycle"], strict=True)) == told


def _segment(project: Project, world: World, *, returning: bool) -> None:
    """The tables of some journeys: of those that are, or are not, a person's first."""
    journeys = [j for j in world.journeys if (j.number > 1) == returning]
    with open_store(project.folder) as store:
        chosen = store.only({"returning": returning})
        rows = partial(_rows, lambda table: list(records(chosen.query(f"from {table}"))))
        _of_journeys(project, world, journeys, rows)


def _rows(
    ask: Callable[[str], list[dict[str, Any]]], table: str, *columns: str
) -> dict[Any, tuple[Any, ...]]:
    found = ask(table)
    keys = columns[: columns.index("|")]
    rest = columns[columns.index("|") + 1 :]
    told = {
        tuple(map(_hashable, (row[k] for k in keys))): tuple(row[c] for c in rest) for row in found
    }
    assert len(told) == len(found)
    return {key[0] if len(key) == 1 else key: value for key, value in told.items()}


def _of_journeys(
    project: Project, world: World, journeys: list[Journey], rows: Callable[..., dict[Any, Any]]
) -> None:
    covered = {row["stage"]: row["covered_from"] for row in project.query("from stage_coverage")}
    measures = ("|", "transitions", "journeys", "persons", "share", "wait_median_s")
    ends = ("from_touchpoint", "to_touchpoint")
    for table, moves in (
        ("transitions", counted.transitions(journeys)),
        ("transitions_after", counted.transitions_after(journeys)),
    ):
        _close(rows(table, *ends, *measures), counted.move_rows(moves))
    _close(
        rows("stage_conversion", "stage", "|", "entered", "started_here", "advanced", "lost",
             "open", "rate", "wait_median_s", "exit_touchpoint"),
        counted.stage_rows(journeys, world, covered),
    )  # fmt: skip
    points = rows("critical_points", "level", "point", "|", "journeys", "visits", "returns",
                  "ping_pongs", "exits")  # fmt: skip
    _close(
        {key: row for key, row in points.items() if key[0] != "owner"},
        counted.critical_rows(journeys),
    )
    _close(
        rows("touchpoints", "touchpoint", "|", "journeys", "persons", "steps", "exits"),
        _touchpoints(journeys),
    )


def _touchpoints(journeys: list[Journey]) -> dict[str, tuple[int, ...]]:
    names = {step.touchpoint for journey in journeys for step in journey.steps}
    found: dict[str, tuple[int, ...]] = {}
    for name in names:
        met = [journey for journey in journeys if name in journey.path]
        lost = [journey for journey in met if journey.outcome == "lost"]
        found[name] = (
            len(met),
            len({journey.person for journey in met}),
            sum(journey.path.count(name) for journey in met),
            sum(journey.path[-1] == name for journey in lost),
        )
    return found


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _close(told: dict[Any, tuple[Any, ...]], expected: dict[Any, tuple[Any, ...]]) -> None:
    assert told.keys() == expected.keys()
    for key, row in expected.items():
        for one, other in zip(told[key], row, strict=True):
            same = pytest.approx(other, rel=1e-9) if isinstance(other, float) else other
            assert one == same, (key, told[key], row)
