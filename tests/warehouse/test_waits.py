"""Waits in a store: which steps they lie between, and that nights and months know them too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from journeyflow.store import open_store
from tests.support.projects import (
    Project,
    Row,
    assert_same_tables,
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
    ]  # fmt: skip
    project = published(
        tmp_path, rows,
        journeys={"conversions": ["purchase"], "losses": ["refused"], "lost_after": "10d"},
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
    assert at.keys() == {"Form", "Offer"}
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
    project = Project(tmp_path, settings(source(), journeys={"lost_after": "60d"}))
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
