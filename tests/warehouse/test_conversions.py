"""Conversions, the touches before them, paths and credit, counted by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from journeyflow.check import check_project
from journeyflow.warehouse.warnings import NO_CONVERSIONS
from tests.support.projects import Project, published, row, settings, source

BUYS: dict[str, Any] = {"conversions": ["purchase"], "lost_after": "14d"}


def paths(project: Project) -> dict[str, Any]:
    rows = project.rows("conversion_paths")
    return {" > ".join(r["path"]): (r["conversions"], r["nulls"], r["value"]) for r in rows}


def credit(project: Project, model: str) -> dict[str, Any]:
    rows = project.query(f"from channel_credit where model = '{model}'")
    return {each["channel"]: (each["conversions"], each["value"]) for each in rows}


def touch(who: str, when: str, channel: str | None = None, **cells: Any) -> dict[str, Any]:
    """A visit of its own."""
    return row(who, when, channel=channel, **cells)


#: One who buys in each spelling of what counts, and how the site and the CRM call it. What is
#: named first is trusted most: its value and hour stand.
SPELLINGS: dict[str, tuple[str, str, list[str], int, int]] = {
    "anna": ("purchase", "deal", ["crm:deal", "purchase"], 90, 12),
    "boris": ("buy", "won", ["buy", "crm:won"], 100, 10),
    "vera": ("pay", "paid", ["pay", "paid"], 100, 10),
}


def test_one_order_reported_twice_is_one_conversion(tmp_path: Path) -> None:
    rows: dict[str, list[dict[str, Any]]] = {"site": [], "crm": []}
    for who, (bought, won, *_) in SPELLINGS.items():
        one, other = f"{who}-7", f"{who}-8"
        rows["site"].append(
            row(who, "03-01 10:00:00", bought, id=f"{who}1", order_id=one, value=100)
        )
        rows["crm"] += [
            row(who, "03-01 12:00:00", won, id=f"{who}2", order_id=one, value=90),
            row(who, "03-01 13:00:00", won, id=f"{who}3", order_id=other, value=5),
        ]
    counted = [each for _, _, trust, *_ in SPELLINGS.values() for each in trust]
    project = published(tmp_path, rows, journeys={"conversions": counted})
    for who, (_, _, _, value, hour) in SPELLINGS.items():
        event = f"{who}1"
        first, second = project.of(event, "conversions", "occurred_at")
        assert (first["value"], first["occurred_at"].hour, second["value"]) == (value, hour, 5)
        events = project.of(event, "events", "occurred_at")
        standing = [each for each in events if each["conversion_id"] == first["conversion_id"]]
        other_told = [each for each in events if each["same_conversion_as"]]
        assert [each["occurred_at"].hour for each in standing] == [hour]
        assert [each["same_conversion_as"] for each in other_told] == [first["conversion_id"]]
        assert len(events) == 3
        assert project.of(event, "journeys")[0]["conversions"] == 2


ORDERS = [
    row("anna", "03-01 10:00:00", "purchase", order_id="N-7", value=100),
    row("anna", "03-02 10:00:00", "purchase", order_id="N-8", value=5),
    row("boris", "03-01 10:00:00", "purchase", order_id="N-9", value=7),
]
CANCELLED = [
    row("anna", "03-03 10:00:00", "order cancelled", order_id="N-7"),
    row("boris", "03-03 10:00:00", "delivery", order_id="N-9"),
]


def test_an_order_that_is_cancelled_is_nobodys_conversion(tmp_path: Path) -> None:
    """Whoever cancels it, and whether that comes later or with all the rest."""
    judged = BUYS | {"cancellations": ["order cancelled"]}
    project = published(tmp_path, ORDERS, journeys=judged)
    assert sum(each["value"] for each in project.rows("conversions")) == 112
    project.write("exports/site/2.csv", CANCELLED)
    assert project.run().mode == "incremental"
    assert sorted(each["value"] for each in project.rows("conversions")) == [5, 7]
    assert all(each["holds"] for each in project.rows("reconciliation"))
    whole = project.tables()
    project.run(full_refresh=True)
    assert project.tables() == whole


def test_a_cancellation_that_no_rule_names_is_told_and_cancels_nothing(tmp_path: Path) -> None:
    """An order number of two persons is two conversions."""
    both = [row(who, "03-01 12:00:00", "purchase", order_id="N-1") for who in ("vera", "gleb")]
    project = published(tmp_path, [*ORDERS, *CANCELLED, *both], journeys=BUYS)
    (told,) = [each["warning"] for each in project.rows("warnings") if "void" in each["warning"]]
    assert told == (
        "1 events of the kind 'order cancelled' carry the number of an order that counts as a "
        "conversion; where they make it void, name the kind in [journeys] cancellations"
    )
    assert len(project.rows("conversions")) == len(ORDERS) + 2


def test_a_cancellation_that_makes_nothing_void_is_told(tmp_path: Path) -> None:
    """One knows no order, one an order that nobody bought; one does what it is there for."""
    rows = [
        *ORDERS,
        CANCELLED[0],
        row("anna", "03-04 10:00:00", "order cancelled"),
        row("boris", "03-04 10:00:00", "order cancelled", order_id="N-70"),
    ]
    judged = BUYS | {"cancellations": ["order cancelled"]}
    project = published(tmp_path, rows, journeys=judged)
    told = [each["warning"] for each in project.rows("warnings") if "void" in each["warning"]]
    expected = (
        "2 events of the kind 'order cancelled' make no order void: they carry no order number "
        "(order_id), or one that no conversion of the same person carries; what they cancelled "
        "still counts"
    )
    assert told == [expected]
    assert len(project.rows("conversions")) == 2


def test_a_conversion_without_a_value_is_told_where_most_have_one(tmp_path: Path) -> None:
    rows = [*ORDERS, row("vera", "03-01 10:00:00", "purchase", order_id="N-1")]
    project = published(tmp_path, rows, journeys=BUYS)
    (told,) = [each["warning"] for each in project.rows("warnings") if "value" in each["warning"]]
    assert told == (
        "1 of 4 conversions 'purchase' of source 'site' have no value and count as 0 in every sum"
    )


DIRECT = [
    touch("anna", "03-01 10:00:00", "Email"),
    touch("anna", "03-02 10:00:00"),
    touch("anna", "03-02 10:01:00", kind="purchase", value=30),
    touch("boris", "03-02 10:00:00", kind="purchase", value=10),
]


@pytest.mark.parametrize(
    ("policy", "expected", "last"),
    [
        ("last_resort", {"Email": (1, 0, 30), "Direct": (1, 0, 10)},
         {"Email": (1, 30), "Direct": (1, 10)}),
        ("keep", {"Email > Direct": (1, 0, 30), "Direct": (1, 0, 10)},
         {"Direct": (2, 40), "Email": (0, 0)}),
        ("drop", {"Email": (1, 0, 30), "": (1, 0, 10)}, {"Email": (1, 30), "(no touch)": (1, 10)}),
    ],
)  # fmt: skip
def test_what_direct_is_worth(
    tmp_path: Path, policy: str, expected: dict[str, Any], last: dict[str, Any]
) -> None:
    project = published(tmp_path, DIRECT, journeys=BUYS, attribution={"direct": policy})
    assert paths(project) == expected
    assert credit(project, "last") == last


def test_first_last_and_linear_credit(tmp_path: Path) -> None:
    rows = [
        touch("anna", "03-01 10:00:00", "Email"),
        touch("anna", "03-02 10:00:00", "Paid Search"),
        touch("anna", "03-03 10:00:00", "Email"),
        touch("anna", "03-03 10:00:01", "Email", kind="purchase", value=90),
    ]
    project = published(tmp_path, rows, journeys=BUYS)
    assert paths(project) == {"Email > Paid Search > Email": (1, 0, 90)}
    assert credit(project, "first") == {"Email": (1, 90), "Paid Search": (0, 0)}
    third = pytest.approx(1 / 3)
    assert credit(project, "linear") == {
        "Email": (pytest.approx(2 / 3), 60),
        "Paid Search": (third, 30),
    }


def test_the_look_back_reaches_as_far_as_it_says_and_across_journeys(tmp_path: Path) -> None:
    rows = [
        touch("anna", "03-01 10:00:00", "Email"),
        touch("anna", "03-31 10:00:00", kind="purchase"),
        touch("boris", "03-01 09:59:59.999999", "Email"),
        touch("boris", "03-31 10:00:00", kind="purchase"),
    ]
    project = published(tmp_path, rows, journeys=BUYS, attribution={"lookback": "30d"})
    assert len(project.rows("journeys")) == 4
    # Anna's e-mail of a lost journey led to the conversion; Boris's is too old and a null.
    assert paths(project) == {"Email": (1, 1, 0), "Direct": (1, 0, 0)}


def test_a_path_is_cut_at_the_conversion_before_it(tmp_path: Path) -> None:
    """A session that goes on after a purchase touches the next one at its first event there."""
    rows = [
        touch("anna", "03-01 10:00:00", "Email"),
        touch("anna", "03-01 10:05:00", kind="purchase"),
        touch("anna", "03-01 10:10:00"),
        touch("anna", "03-01 10:15:00", kind="contract"),
    ]
    project = published(tmp_path, rows, journeys=BUYS | {"conversions": ["purchase", "contract"]})
    touches = project.query("from conversion_touches order by touched_at")
    assert [(t["channel"], t["position"], t["touched_at"].minute) for t in touches] == [
        ("Email", 1, 0), ("Email", 1, 10),
    ]  # fmt: skip
    assert len(project.rows("sessions")) == 1


def test_a_conversion_of_its_own_channel_and_one_without_touches(tmp_path: Path) -> None:
    crm = [
        row("anna", "03-01 10:00:00", "purchase", channel="Outdoor", value=7),
        row("boris", "03-01 10:00:00", "purchase", value=8),
    ]
    project = published(tmp_path, {"crm": crm}, journeys=BUYS)
    assert paths(project) == {"Outdoor": (1, 0, 7), "": (1, 0, 8)}
    assert credit(project, "linear") == {"Outdoor": (1, 7), "(no touch)": (1, 8)}


def test_lost_journeys_are_nulls_less_what_a_later_conversion_took(tmp_path: Path) -> None:
    rows = [
        touch("lost", "01-01 10:00:00", "Email"),
        touch("lost", "01-02 10:00:00", "Outdoor"),
        touch("lost", "01-03 10:00:00"),
        # Silent from 1 January to 1 February, then back and buying: the touch is taken.
        touch("returns", "01-01 10:00:00", "Email"),
        touch("returns", "01-01 12:00:00"),
        touch("returns", "02-01 10:00:00", "Paid Search", kind="purchase", value=1),
        touch("open", "02-01 10:00:00", "Paid Social"),
    ]
    project = published(tmp_path, rows, journeys=BUYS)
    assert paths(project) == {"Email > Outdoor": (0, 1, 0), "Email > Paid Search": (1, 0, 1)}


def test_what_the_company_sends_touches_only_where_a_channel_is_mapped(tmp_path: Path) -> None:
    rows = {
        "crm": [
            row("anna", "03-01 09:00:00", "call"),
            row("anna", "03-01 10:00:00", "email_sent"),
            row("anna", "03-01 11:00:00", "email_sent", channel="Email"),
            row("anna", "03-01 12:00:00", "purchase"),
        ]
    }
    tables = BUYS | {"company_kinds": ["email_sent"]}
    assert paths(published(tmp_path, rows, journeys=tables)) == {"Email": (1, 0, 0)}


def test_named_goals_first_only_and_those_that_earn_no_credit(tmp_path: Path) -> None:
    rows = [
        row("anna", "03-01 10:00:00", "call"),
        row("anna", "03-01 11:00:00", "call"),
        row("anna", "03-01 12:00:00", "purchase", value=5),
    ]
    goals = [
        {"name": "first call", "when": {"kind": "call", "first": True}, "primary": False},
        {"name": "sale", "when": {"kind": "purch*"}},
    ]
    project = published(tmp_path, rows, conversions=goals)
    assert [each["name"] for each in project.query("from conversions order by occurred_at")] == [
        "first call", "sale",
    ]  # fmt: skip
    assert paths(project) == {"Direct > Direct > Direct": (1, 0, 5)}
    assert project.rows("journeys")[0]["converted_at"].hour == 10


def test_costs_without_conversions_and_conversions_without_costs_keep_their_rows(
    tmp_path: Path,
) -> None:
    spend = {
        "name": "spend", "format": "costs", "files": "exports/spend/*.csv",
        "columns": {"day": "d", "source": "s", "medium": "m", "cost": "c"},
    }  # fmt: skip
    project = Project(tmp_path, settings(source(), spend, journeys=BUYS))
    project.write("exports/site/1.csv", [row("anna", "03-01 10:00:00", "purchase", value=10)])
    project.write(
        "exports/spend/1.csv", "d,s,m,c\n2025-03-01,news,email,2.50\n2025-03-02,news,email,1\n"
    )
    project.run()
    rows = project.query("from channel_credit where model = 'last' order by channel")
    assert [(r["channel"], r["conversions"], r["cost"], r["roas"]) for r in rows] == [
        ("Direct", 1, None, None), ("Email", 0, 3.5, 0),
    ]  # fmt: skip


def test_that_no_rule_says_what_a_conversion_is_is_told_once(tmp_path: Path) -> None:
    project = Project(tmp_path, settings(journeys={"conversions": []}))
    project.write("exports/site/1.csv", [])
    assert NO_CONVERSIONS not in project.run().warnings  # there are no events yet
    project.write("exports/site/2.csv", [touch("ann", "03-01 10:00:00")])
    assert project.run().warnings.count(NO_CONVERSIONS) == 1
    assert check_project(tmp_path).warnings.count(NO_CONVERSIONS) == 1
