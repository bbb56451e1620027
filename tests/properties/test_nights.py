"""Exports split over nights: what the last night leaves equals a rebuild, and the definitions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.against_oracle import assert_as_defined
from tests.support.oracle import Event, Rules, current, live
from tests.support.projects import Project, Row, assert_same_tables, few, having
from tests.support.scenarios import (
    BEGIN,
    KINDS,
    LINKS,
    Scenario,
    by_file,
    company,
    document,
    into_files,
    placed,
    rules,
    scenarios,
)

Night = list[Event]


def corrected(event: Event, dice: random.Random) -> Event:
    """The same row, told otherwise by a later export."""
    if event.source == LINKS:
        flipped = "same" if event.kind == "different" else "different"
        kept, user = min(event.identifiers), ("user_id", f"u{dice.randrange(5)}")
        # A link of one identifier would be skipped, and correct nothing.
        others = frozenset({kept, user}) if kept != user else event.identifiers
        return replace(event, **dice.choice([{"kind": flipped}, {"identifiers": others}]))
    changes: list[dict[str, Any]] = [
        {"kind": dice.choice(KINDS)},
        {"at": event.at + timedelta(seconds=dice.choice([-86400, -1, 1, 1800, 14 * 86400]))},
        {"identifiers": frozenset({("email", f"p{dice.randrange(8)}@mail.de")})},
        {"identifiers": other_user(event, f"u{dice.randrange(8)}")},
        {"identifiers": frozenset()},
        {"channel": dice.choice(["Referral", None])},
        {"value": Decimal("12.34")},
    ]
    return Event(**(vars(event) | dice.choice(changes)))


def other_user(event: Event, user: str) -> frozenset[tuple[str, str]]:
    others = {mark for mark in event.identifiers if mark[0] != "user_id"}
    return frozenset(others | {("user_id", user)})


def nights_of(scenario: Scenario, nights: int) -> Iterator[Night]:
    """Rows over the nights, some come again, as they were or corrected.

    In half of the cases they come as they happen, but for a few that are late; else in any order.
    """
    dice = random.Random(scenario.seed)
    waiting = list(scenario.events)
    dice.shuffle(waiting)
    if dice.random() < 0.5:
        waiting.sort(key=lambda event: event.at + (dice.random() < 0.1) * timedelta(days=40))
    sent: list[Event] = []
    for night in range(nights):
        last = night == nights - 1
        fresh = waiting if last else waiting[: dice.randint(0, len(waiting))]
        waiting = waiting[len(fresh) :]
        again = dice.sample(sent, min(len(sent), dice.randint(0, 6)))
        rows = fresh + [corrected(each, dice) if dice.random() < 0.6 else each for each in again]
        sent += fresh
        dealt: dict[str, list[Event]] = {}
        for event in rows:
            # Names that do not sort by night: the run decides, and the path within one run.
            part = f"{dice.randrange(3)}-{night}.csv"
            dealt.setdefault(f"exports/{event.source}/{part}", []).append(event)
        yield [event for file, found in dealt.items() for event in placed(found, file)]


@few(3)
@given(
    scenarios(persons=5),
    st.integers(2, 3),
    st.sampled_from([frozenset[str](), frozenset({"site"}), frozenset({"crm", LINKS})]),
    st.one_of(st.none(), rules()),
)
def test_any_nights_equal_a_full_refresh(
    scenario: Scenario, nights: int, day_sources: frozenset[str], other: Rules | None
) -> None:
    told = replace(scenario.rules, day_sources=day_sources)
    # For a night the settings may have been others; what reads files stays as it is.
    before = other and replace(other, sources=told.sources, day_sources=day_sources, zone=told.zone)
    deliveries = list(nights_of(scenario, nights))
    with TemporaryDirectory() as folder:
        project = company(Path(folder), told)
        for night, rows in enumerate(deliveries):
            project.set(document(before if before and night == 0 else told))
            for file, content in by_file(rows).items():
                project.write(file, content)
            result = project.run()
            assert result.mode == "full" or night > 0
        nightly, places = project.tables(), project.places()
        assert_as_defined(project, live(current(deliveries, told), told))
        assert project.run(full_refresh=True).mode == "full"
        assert_same_tables(nightly, project.tables())
        assert places == project.places()


@few(2)
@given(scenarios(persons=5), st.integers(2, 3))
def test_where_no_rows_conflict_any_nights_equal_one_fresh_run(
    scenario: Scenario, nights: int
) -> None:
    events = into_files(scenario.events, scenario.seed, each=4)
    files = by_file(events)
    dice = random.Random(scenario.seed)
    with TemporaryDirectory() as folder:
        fresh, nightly = (
            company(Path(folder) / name, scenario.rules) for name in ("fresh", "nightly")
        )
        for project in (fresh, nightly):
            project.set(document(scenario.rules) | having())
        arriving: list[list[str]] = [[] for _ in range(nights)]
        for file in files:
            arriving[dice.randrange(nights)].append(file)
        for night in arriving:
            for file in night:
                nightly.write(file, files[file])
            nightly.run()
        for file, rows in files.items():
            fresh.write(file, rows)
        fresh.run()
        assert_same_tables(without_runs(nightly), without_runs(fresh))


def without_runs(project: Project) -> dict[str, list[Row]]:
    """All tables; of the files not the run that they came with."""
    tables = project.tables()
    for row in tables["main.files"]:
        del row["run_number"]
    for row in tables["main.reconciliation"]:
        row["rule"] = row["rule"].partition(", run ")[0]
    return tables


def test_a_moved_end_of_observation_closes_and_reopens_journeys(tmp_path: Path) -> None:
    """One person, silent for 20 days by the last night and for 13 by the correction of it."""
    told = Rules(lost_after=timedelta(days=14))
    quiet = Event("site", "1", BEGIN, "page_view", frozenset({("cookie", "k1a")}))
    other = replace(quiet, event_id="2", identifiers=frozenset({("cookie", "k2a")}))
    project = Project(tmp_path, document(told) | having())
    outcomes = []
    for night, days in enumerate([0, 20, 13]):
        latest = replace(other, at=BEGIN + timedelta(days=days))
        rows = placed([quiet, latest], f"exports/site/{night}.csv")
        project.write(rows[0].file, by_file(rows)[rows[0].file])
        outcomes.append(
            (
                project.run().counts["touched_persons"],
                [row["outcome"] for row in project.query("from journeys order by started_at")],
            )
        )
    assert outcomes == [(2, ["open", "open"]), (2, ["lost", "open"]), (2, ["open", "open"])]
