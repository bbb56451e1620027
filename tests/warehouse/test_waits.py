"""Waits in a store: which steps they lie between, and that nights and months know them too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from journeyflow.errors import SettingsError
from journeyflow.project import load_project
from journeyflow.store import open_store
from tests.support.projects import (
    Project,
    Row,
    assert_same_tables,
    having,
    published,
    row,
    settings,
    source,
)

BEGIN = datetime(2025, 1, 6, 10, tzinfo=UTC)  # a Monday
HOUR, DAY = 3600, 86_400


def act(who: str, hours: float, touchpoint: str, kind: str = "act", **cells: object) -> Row:
    """Something at a touchpoint, so many hours after the beginning."""
    when = BEGIN + timedelta(hours=hours)
    return row(who, f"{when:%m-%d %H:%M:%S}", kind, touchpoint=touchpoint, **cells)


def test_waits_lie_between_neighbouring_steps_up_to_the_first_conversion(tmp_path: Path) -> None:
    rows = [
        # Two events are one step, which is left at the second; what follows the order is not told.
        act("a", 0, "Form"), act("a", 1, "Form"), act("a", 4, "Offer"),
        act("a", 9, "Order", "purchase"), act("a", 10, "Visit"),
        act("b", 0, "Form"), act("b", 5, "Offer"), act("b", 6, "Offer", "refused"),
        act("c", 0, "Form"), act("c", 0, "Offer"),  # silent since, and lost after ten days
        act("d", 0, "Form"), act("d", 900, "Form"),  # came back too late: lost, and open
        act("e", 910, "Offer"),
        # The desk notes that nobody wants the offer any more: no way to go, and no wait for it.
        act("f", 0, "Brief"), act("f", 20, "Desk", "refused"),
    ]  # fmt: skip
    project = published(
        tmp_path, rows,
        journeys={"conversions": ["purchase"], "losses": ["refused"], "lost_after": "10d"},
        **having("waits"),
    )  # fmt: skip
    found = {
        (r["from_touchpoint"], r["to_touchpoint"]): r for r in project.rows("transition_waits")
    }
    assert found.keys() == {("Form", "Offer"), ("Offer", "Order")}
    form = found["Form", "Offer"]
    assert (form["transitions"], form["lost"], form["running"]) == (3, 1, 1)
    assert form["wait_median_s"] == 3 * HOUR
    # Three, five and no hours; five more from offer to order.
    assert form["wait_share"] == pytest.approx(8 / 13)
    offer = found["Offer", "Order"]
    assert (offer["transitions"], offer["lost"], offer["running"]) == (1, 2, 1)
    at = {r["touchpoint"]: r for r in project.rows("touchpoint_waits")}
    # Nobody waits at the order: it is what they came for.
    assert at.keys() == {"Form", "Offer", "Brief"}
    assert (at["Brief"]["lost"], at["Brief"]["reason"]) == (1, "nobody_went_on")
    assert at["Form"]["waits"] == 5
    # Of four one refuses at once and one was seen for no time; of the other two one goes on.
    assert at["Offer"]["within_1d"] == at["Offer"]["within_30d"] == pytest.approx(3 / 4 * 1 / 2)
    with open_store(project.folder) as store:
        second = store.only({"returning": True})
        assert second.query("from touchpoint_waits")["running"].tolist() == [1]
        first = store.only({"returning": False}).query("from transition_waits order by all")
        assert first["transitions"].tolist() == [3, 1]


def test_a_wait_grows_while_nothing_happens_in_its_month(tmp_path: Path) -> None:
    # No stages: nothing but the open journeys tells that January is not over.
    project = Project(
        tmp_path, settings(source(), journeys={"lost_after": "60d"}, **having("waits"))
    )
    project.write(
        "exports/site/1.csv", [act("a", 0, "Form"), act("b", 1, "Form"), act("b", 2, "Call")]
    )
    project.run()
    january = (
        "from monthly.touchpoint_waits where month = date '2025-01-01' and touchpoint = 'Form'"
    )
    (before,) = project.query(january)
    assert (before["running"], before["within_1d"]) == (1, None)
    project.write("exports/site/2.csv", [act("c", 31 * 24, "Call")])
    assert project.run().mode == "incremental"
    (after,) = project.query(january)
    # b went on; a did not, and was watched for a month by now.
    assert (after["within_1d"], after["within_30d"]) == (0.5, 0.5)
    nightly = project.tables()
    project.run(full_refresh=True)
    assert_same_tables(nightly, project.tables())


def test_working_time_is_that_of_whoever_is_waited_for(tmp_path: Path) -> None:
    touchpoints = [
        {"name": name, "owner": owner, "when": {"touchpoint": name}}
        for name, owner in (("Offer", "Sales"), ("Visit", "Fitters"), ("Letter", "Clerk"))
    ]
    calendars = [
        # London is UTC in January; 13 January is a Monday.
        {"name": "office", "owners": ["Sales"], "timezone": "Europe/London",
         "hours": {"mon-fri": "09:00-13:00, 14:00-18:00"}, "holidays": ["2025-01-13"]},
        {"name": "round the clock", "owners": ["Fitters"], "hours": {"mon-sun": "00:00-24:00"}},
    ]  # fmt: skip
    rows = [
        # Monday 10:00 to Tuesday 10:00: three and four hours on Monday, one on Tuesday.
        act("a", 0, "Form"), act("a", 24, "Offer"),
        # Friday 17:00 to Tuesday 11:00, for Monday is free: one hour and two.
        act("b", 4 * 24 + 7, "Form"), act("b", 8 * 24 + 1, "Offer"), act("b", 8 * 24 + 4, "Visit"),
        act("c", 0, "Form"), act("c", 3, "Letter"),  # nobody says when the clerk works
        act("d", 0, "Form"), act("e", 8 * 24 + 8, "Form"),
    ]  # fmt: skip
    project = published(
        tmp_path, rows, touchpoints=touchpoints, calendars=calendars,
        journeys={"lost_after": "60d"}, **having("waits"),
    )  # fmt: skip
    found = {
        (r["from_touchpoint"], r["to_touchpoint"]): r for r in project.rows("transition_waits")
    }
    offer, visit = found["Form", "Offer"], found["Offer", "Visit"]
    assert (offer["wait_median_s"], offer["working_median_s"]) == (
        pytest.approx((24 + 90) / 2 * HOUR), 5.5 * HOUR,
    )  # fmt: skip
    assert (visit["wait_median_s"], visit["working_median_s"]) == (3 * HOUR, 3 * HOUR)
    # 8, 3 and 3 hours of working time; of all time 24, 90, 3 and 3.
    assert [offer["working_share"], visit["working_share"]] == pytest.approx([11 / 14, 3 / 14])
    assert offer["wait_share"] == pytest.approx(114 / 120)
    assert found["Form", "Letter"]["working_median_s"] is None
    at = {r["touchpoint"]: r for r in project.rows("touchpoint_waits")}
    assert at["Form"]["working_median_s"] is None  # since some of them waited for the clerk
    assert at["Offer"]["working_median_s"] == 3 * HOUR
    owners = {r["owner"]: r for r in project.rows("owner_waits")}
    assert owners.keys() == {"Sales", "Fitters", "Clerk", "(no owner)"}
    assert owners["Sales"]["working_median_s"] == offer["working_median_s"]
    assert [owners["(no owner)"][each] for each in ("transitions", "running")] == [0, 2]
    over = {(r["from_owner"], r["to_owner"]): r for r in project.rows("handovers")}
    assert over["Sales", "Fitters"]["working_share"] == visit["working_share"]
    with open_store(project.folder) as store:
        sums = store.query("select sum(working_share) as s from transition_waits")
        some = store.only({"returning": False}).query("from transition_waits order by all")
        assert sums["s"][0] == pytest.approx(1)
        assert some.equals(store.query("from transition_waits order by all"))


def test_calendars_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    hours = {"mon": "09:00-18:00"}
    document = settings(
        source(),
        touchpoints=[{"name": "Offer", "owner": "Sales", "when": {"kind": "offer"}}],
        calendars=[
            {"name": "a", "hours": hours, "owners": ["Sales"]},
            {"name": "b", "hours": hours, "owners": ["Sales", "Sale"]},
            {"name": "c", "hours": {"mon": "18:00-09:00"}}, {"name": "c", "hours": hours},
            {"name": "d", "hours": {}, "holidays": ["2025-02-30"], "timezone": "London"},
        ],
    )  # fmt: skip
    project = Project(tmp_path, document)
    project.write("exports/site/1.csv", [act("a", 0, "Form")])
    with pytest.raises(SettingsError) as fault:
        load_project(tmp_path)
    for place, told in (
        ("[[calendars]] 2 (b) owners: 'a' holds for 'Sales' too", "expected one calendar"),
        ("[[calendars]] 2 (b) owners: no touchpoint has the owner 'Sale'", "did you mean Sales?"),
        ("[[calendars]]: the name 'c' stands 2 times", ""),
        ("[[calendars]] 4 (c) owners: 'c' holds for all whom no other names too", ""),
        ("[[calendars]] 3 (c) hours: mon: expected hours that end after", "'18:00-09:00'"),
        ("[[calendars]] 5 (d) hours", ""),
        ("[[calendars]] 5 (d) holidays", ""),
        ("[[calendars]] 5 (d) timezone", "'London'"),
    ):
        (line,) = [each for each in fault.value.message.splitlines() if place in each]
        assert told in line
