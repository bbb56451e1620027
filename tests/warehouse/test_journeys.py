"""Journeys, steps, moves and stages, counted by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.projects import Project, published, row

OUTCOMES = ("journey_number", "outcome", "closed", "ended_by")


def told(project: Project, *columns: str) -> list[tuple[Any, ...]]:
    rows = project.query("from journeys order by started_at, journey_number")
    return [tuple(each[column] for column in columns) for each in rows]


def visits(who: str, *times: str, kind: str = "page_view") -> list[dict[str, Any]]:
    return [row(who, when, kind) for when in times]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """One person of each test that asks for it; all are judged at the latest letter to Vera."""
    tables = {
        "lost_after": "14d", "company_kinds": ["email_sent"], "kind_order": ["page_view"],
        "losses": ["deal_lost"],
    }  # fmt: skip
    rows = [*SILENT, *JOINED, *LETTERS, *REFUSED]
    return published(tmp_path_factory.mktemp("project"), rows, journeys=tables)


def told_of(project: Project, event_id: str, *columns: str) -> list[tuple[Any, ...]]:
    """As `told`, of the person of this event."""
    rows = project.of(event_id, "journeys", "started_at")
    return [tuple(each[column] for column in columns) for each in rows]


SILENT = visits("anna", "03-01 10:00:00", "03-15 10:00:00", "03-29 10:00:00.000001")
SILENT[0]["id"] = "silent"


def test_a_silence_of_lost_after_keeps_the_journey_and_a_longer_one_ends_it(
    project: Project,
) -> None:
    assert told_of(project, "silent", *OUTCOMES, "steps") == [
        (1, "lost", True, "silence", 1), (2, "open", False, None, 1),
    ]  # fmt: skip


DAYS = ("03-01 10:00:00", "03-05 10:00:00", "03-18 10:00:00", "03-18 10:00:01", "03-25 10:00:00")
JOINED = [
    *visits("boris", *DAYS, kind="email_sent"),
    *visits("boris", "03-04 10:00:00", "03-25 10:00:00"),
]
JOINED[0]["id"] = "joined"


def test_the_company_joins_a_running_journey_and_starts_none(project: Project) -> None:
    # The letters of 5 and 18 March reach the first journey; that of 25 March follows the return.
    assert told_of(project, "joined", "path", "ended_by") == [
        (["page_view", "email_sent"], "silence"), (["page_view", "email_sent"], None),
    ]  # fmt: skip
    ended_at = told_of(project, "joined", "ended_at")[0][0]
    assert ended_at.isoformat() == "2025-03-04T10:00:00+00:00"
    events = project.of("joined", "events", "occurred_at")
    homeless = [each for each in events if each["journey_id"] is None]
    assert [each["occurred_at"].day for each in homeless] == [1, 18]
    assert all(each["participates"] and each["person_id"] for each in homeless)


LETTERS = visits("vera", "03-01 10:00:00")
LETTERS += visits("vera", *(f"03-{day:02} 10:00:00" for day in range(2, 31)), kind="email_sent")
LETTERS[0]["id"] = "letters"


def test_letters_keep_no_journey_alive(project: Project) -> None:
    assert told_of(project, "letters", *OUTCOMES) == [(1, "lost", True, "silence")]


REFUSED = [
    row("gleb", "03-28 10:00:00", id="refused"),
    row("gleb", "03-28 11:00:00", "deal_lost"),
    row("gleb", "03-28 12:00:00"),
]


def test_a_recorded_loss_ends_the_journey_at_once(project: Project) -> None:
    assert told_of(project, "refused", *OUTCOMES, "path") == [
        (1, "lost", True, "loss", ["page_view", "deal_lost"]),
        (2, "open", False, None, ["page_view"]),
    ]  # fmt: skip
    assert told_of(project, "refused", "ended_at")[0][0].hour == 11


def test_open_lost_and_converted_at_the_end_of_observation(tmp_path: Path) -> None:
    rows = [
        row("waits", "03-17 10:00:00"),
        row("silent", "03-17 09:59:59"),
        row("bought", "03-30 10:00:00", "purchase"),
        row("bought-long-ago", "03-01 10:00:00", "purchase"),
        row("later", "04-01 10:00:00"),
    ]
    tables = {
        "lost_after": "14d", "conversions": ["purchase"],
        "observed_until": "2025-03-31T12:00:00+02:00",
    }  # fmt: skip
    project = published(tmp_path, rows, journeys=tables)
    assert told(project, "outcome", "closed") == [
        ("converted", True), ("lost", True), ("open", False), ("converted", False),
    ]  # fmt: skip
    assert len(project.rows("events")) == 5
    assert len(project.query("from events where participates")) == 4


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("keep_open", ["open", "lost", "open"]), ("ignore", ["lost", "lost", "open"])],
)
def test_a_deal_still_open_keeps_its_journey_open(
    tmp_path: Path, policy: str, expected: list[str]
) -> None:
    rows = [
        row("anna", "03-01 10:00:00", "offer", deal_id="D-1"),
        row("boris", "03-01 11:00:00", "offer", deal_id="D-2"),
        row("boris", "03-01 12:00:00", "deal_lost", deal_id="D-2"),
        row("vera", "04-01 10:00:00"),
    ]
    tables = {"lost_after": "14d", "open_deals": policy, "losses": ["deal_lost"]}
    assert told(published(tmp_path, rows, journeys=tables), "outcome") == [(e,) for e in expected]


SHOPPING = [
    row("anna", "03-01 10:00:00", touchpoint="A", id="shopping"),
    row("anna", "03-01 10:01:00", touchpoint="A"),
    row("anna", "03-01 10:03:00", "purchase", touchpoint="B"),
    row("anna", "03-01 10:03:10", touchpoint="B"),
    row("anna", "03-01 10:13:10", touchpoint="A"),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Project:
    rows = [
        *SHOPPING,
        row("boris", "03-01 10:00:00", touchpoint="A"),
        row("boris", "03-01 10:00:30", touchpoint="B"),
        row("vera", "02-01 10:00:00", touchpoint="A"),
    ]
    tables = {"conversions": ["purchase"], "lost_after": "14d"}
    return published(tmp_path_factory.mktemp("shop"), rows, journeys=tables)


def steps_of_shopping(project: Project) -> list[tuple[Any, ...]]:
    columns = ("touchpoint", "events", "wait_s", "after_conversion")
    steps = project.of("shopping", "steps", "step_number")
    told = [tuple(each[c] for c in columns) for each in steps]
    path, length = [each[0] for each in told], len(told)
    assert told_of(project, "shopping", "path", "steps") == [(path, length)]
    return told


def test_steps_their_waits_and_what_follows_the_conversion(shop: Project) -> None:
    assert steps_of_shopping(shop) == [
        ("A", 2, None, False), ("B", 2, 120.0, False), ("A", 1, 600.0, True)
    ]  # fmt: skip


def test_steps_that_repeats_are_not_collapsed_into(tmp_path: Path) -> None:
    tables = {"conversions": ["purchase"], "collapse_repeats": False}
    assert steps_of_shopping(published(tmp_path, SHOPPING, journeys=tables)) == [
        ("A", 1, None, False), ("A", 1, 60.0, False), ("B", 1, 120.0, False),
        ("B", 1, 10.0, True), ("A", 1, 600.0, True),
    ]  # fmt: skip


def test_moves_with_starts_ends_and_what_follows_the_first_conversion(shop: Project) -> None:
    columns = (
        "from_touchpoint", "to_touchpoint", "transitions", "share", "wait_median_s", "wait_p90_s",
    )  # fmt: skip
    moves = [tuple(each[c] for c in columns) for each in shop.rows("transitions")]
    assert moves == [
        ("(start)", "A", 3, 1.0, None, None),
        ("A", "(lost)", 1, pytest.approx(1 / 3), None, None),
        ("A", "B", 2, pytest.approx(2 / 3), 75.0, 111.0),
        ("B", "(converted)", 1, 0.5, None, None),
        ("B", "(open)", 1, 0.5, None, None),
    ]
    after = [tuple(each[c] for c in columns[:5]) for each in shop.rows("transitions_after")]
    assert after == [("(converted)", "A", 1, 1.0, 600.0), ("A", "(end)", 1, 1.0, None)]
    monthly = shop.query(
        "select month, sum(transitions) as n from monthly.transitions group by month order by month"
    )
    assert [(each["month"].month, each["n"]) for each in monthly] == [(2, 2), (3, 6)]


def test_stage_counts(tmp_path: Path) -> None:
    """Anna: look, order. Boris: look, order, look. Vera: look, gone. Gleb: look, still here.
    Dina: order at once."""
    told_in: dict[str, list[tuple[str, str | None]]] = {
        "anna": [("03-20 10:00:00", "look"), ("03-20 10:01:00", "order")],
        "boris": [
            ("03-20 10:00:00", "look"), ("03-20 10:03:00", "order"), ("03-20 10:04:00", "look"),
        ],
        "vera": [("02-01 10:00:00", "look")],
        "gleb": [("03-20 10:00:00", "look")],
        "dina": [("03-20 10:00:00", "order")],
        "nina": [("03-20 10:00:00", None)],
    }  # fmt: skip
    rows = [
        row(who, when, stage=stage, touchpoint=stage)
        for who, stays in told_in.items()
        for when, stage in stays
    ]
    stages = [{"name": "look"}, {"name": "order"}]
    project = published(tmp_path, rows, journeys={"lost_after": "14d"}, stages=stages)
    columns = (
        "entered", "started_here", "advanced", "lost", "open", "rate", "rate_so_far",
        "rate_of_closed", "reason", "wait_median_s", "exit_touchpoint",
    )  # fmt: skip
    rows = project.query("from stage_conversion order by position")
    assert [tuple(each[c] for c in columns) for each in rows] == [
        # Two of four go on within three minutes, while all four are known.
        (4, 4, 2, 1, 1, 0.5, 0.5, 2 / 3, None, 120.0, "look"),
        (3, 1, None, None, None, None, None, None, "last_stage", None, None),
    ]
    unplaced = project.query("select count(*) as n from steps where stage is null")
    assert unplaced[0]["n"] == 1
    staged = told(project, "started_stage", "furthest_stage")
    assert staged.count((None, None)) == 1
