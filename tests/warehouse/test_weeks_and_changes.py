"""Weeks and declared changes of real runs, against definitions written down here."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import pytest

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

ZONE = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
BEGIN = datetime(2025, 2, 23, 23, 0, tzinfo=UTC)  # Monday, February 24, in Berlin
WEEKS = 10  # until May 5; clocks go forward on March 30
END = datetime(2025, 5, 4, 22, 0, tzinfo=UTC)
CHANGES = [
    {"date": "2025-03-30", "what": "summer time", "touchpoint": "Form", "author": "Ann"},
    {"date": "2025-04-20", "what": "a new price list"},
    {"date": "2025-05-01", "what": "too young", "touchpoint": "Forms"},
]


def at(moment: datetime) -> str:
    return f"{moment:%m-%d %H:%M:%S}"


def local(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def visitors() -> list[Row]:
    """Some begin each day, mostly around midnight; a fifth buys within five days, some twice."""
    dice = random.Random(5)
    rows = []
    for day in range(7 * WEEKS):
        for number in range(dice.randrange(2, 5)):
            who = f"p{day}-{number}"
            begun = BEGIN + day * DAY + timedelta(minutes=dice.choice([1, 30, 61, 700, 1379, 1438]))
            rows.append(row(who, at(begun), channel=dice.choice(["Email", "Referral"])))
            if dice.random() < 0.5:
                rows.append(
                    row(who, at(begun + timedelta(hours=2)), touchpoint="Form", kind="form")
                )
            if dice.random() < 0.4:
                bought = begun + timedelta(hours=dice.randrange(3, 24 * 5))
                for again in range(dice.choice([1, 1, 2])):
                    order = {"value": dice.randrange(100), "order_id": f"{who}-{again}"}
                    moment = bought + again * timedelta(hours=20)
                    rows.append(row(who, at(moment), "purchase", **order))
    rows.append(row("last", at(END - timedelta(minutes=30))))
    kept = f"2025-{at(END).replace(' ', 'T')}Z"
    return [each for each in rows if each["ts"] < kept]


def costs() -> str:
    days = [local(BEGIN) + n * DAY for n in range(7 * WEEKS)]
    return "\n".join(["day,source,medium,cost", *(f"{day},vk,cpc,{day.day}.10" for day in days)])


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Two runs: a full one, and a night for which changes were declared."""
    names = ("day", "source", "medium", "cost")
    ads = {"name": "ads", "format": "costs", "files": ["exports/ads.csv"]}
    ads |= {"columns": {name: name for name in names}}
    document = settings(
        source(),
        ads,
        project={"name": "Kitchens", "timezone": "Europe/Berlin", "currency": "EUR"},
        journeys={"conversions": ["purchase"], "lost_after": "12d"},
        **having("weekly"),
    )
    project = Project(tmp_path_factory.mktemp("weeks"), document)
    rows, split = visitors(), f"{BEGIN + 60 * DAY:%Y-%m-%d}"
    project.write("exports/site/1.csv", [each for each in rows if each["ts"] < split])
    project.write("exports/ads.csv", costs())
    project.run()
    project.write("exports/site/2.csv", [each for each in rows if each["ts"] >= split])
    project.set(document | {"changes": CHANGES})
    assert project.run().mode == "incremental"
    return project


def test_weeks_are_those_of_the_zone_whatever_its_clocks_do(company: Project) -> None:
    journeys, conversions = company.rows("journeys"), company.rows("conversions")
    begun, earned = defaultdict(list), defaultdict(Decimal)
    orders: defaultdict[str, set[date]] = defaultdict(set)
    for each in journeys:
        begun[monday(local(each["started_at"]))].append(each)
    for each in conversions:
        earned[monday(local(each["occurred_at"]))] += each["value"]
        orders[each["person_id"]].add(local(each["occurred_at"]))
    spent: defaultdict[date, Decimal] = defaultdict(Decimal)
    for each in company.rows("costs"):
        spent[monday(each["day"])] += each["cost"]
    rows = company.query("from key_figures order by week, figure")
    told = {(each["week"], each["figure"]): each for each in rows}
    weeks = [local(BEGIN) + n * 7 * DAY for n in range(WEEKS)]
    assert sorted({week for week, _ in told}) == weeks
    assert len(rows) == 5 * WEEKS
    for number, week in enumerate(weeks):
        own = {name: told[week, name] for _, name in told if _ == week}
        assert all(each["is_complete"] for each in own.values())
        assert own["new_journeys"]["value"] == len(begun[week]) > 0
        horizon = own["conversion"]["horizon_days"]
        assert horizon == 5  # a buyer takes up to five days, nearly all of them less
        waits = [
            (each["converted_at"] - each["started_at"]).total_seconds()
            for each in begun[week]
            if each["converted_at"] and each["converted_at"] - each["started_at"] <= horizon * DAY
        ]
        if number == WEEKS - 1:
            assert {own[name]["reason"] for name in ("conversion", "time_to_purchase_s")} == {
                "not_mature"
            }
        else:
            assert own["conversion"]["value"] == pytest.approx(len(waits) / len(begun[week]))
            assert own["time_to_purchase_s"]["value"] == pytest.approx(median(waits))
        assert own["repeat_rate"]["reason"] == "not_mature"
        assert own["repeat_rate"]["n"] == sum(monday(min(days)) == week for days in orders.values())
        money = own["total_value_by_total_cost"]
        assert (money["total_value"], money["total_cost"]) == (earned[week], spent[week])
        assert money["value"] == pytest.approx(float(earned[week] / spent[week]))


def test_windows_of_a_change_are_local_days_observed_alike(company: Project) -> None:
    found = company.query("from change_effects order by change_number, figure")
    rows = {(each["change_number"], each["figure"]): each for each in found}
    journeys = company.rows("journeys")
    horizon = rows[1, "conversion"]["follow_days"]
    for figure in ("journeys_per_day", "conversion"):
        # From March 30 on there are five weeks, of which four are the most.
        each = rows[1, figure]
        assert (each["days"], each["author"], each["what"]) == (28, "Ann", "summer time")
        assert (each["before_from"], each["after_to"]) == (date(2025, 3, 2), date(2025, 4, 26))
    for number, figure in ((1, "journeys_per_day"), (2, "journeys_per_day"), (2, "conversion")):
        each = rows[number, figure]
        change, days = each["day"], each["days"] * DAY
        for side, first in (("before", change - days), ("after", change)):
            inside = [j for j in journeys if first <= local(j["started_at"]) < first + days]
            assert each[f"n_{side}"] == len(inside) > 0
            converted = sum(
                j["converted_at"] is not None
                and j["converted_at"] - j["started_at"] <= horizon * DAY
                for j in inside
            )
            value = len(inside) / each["days"] if "day" in figure else converted / len(inside)
            assert each[side] == pytest.approx(value)
    # Fourteen days after April 20, and less than that if they must be observed for longer.
    assert (rows[2, "journeys_per_day"]["days"], rows[2, "conversion"]["days"]) == (14, 7)
    assert rows[3, "conversion"]["reason"] == "not_observed_yet"
    assert rows[3, "journeys_per_day"]["reason"] == "not_observed_yet"
    assert rows[1, "conversion"]["note"] == "another_change"
    # From April 6 to May 3 lies the change of May 1; from April 13 to 26 none does.
    assert rows[2, "journeys_per_day"]["note"] == "another_change"
    assert rows[2, "conversion"]["note"] is None


def test_the_touchpoint_of_a_change_is_counted_from_steps(company: Project) -> None:
    rows = company.query("from change_effects where touchpoint = 'Form'")
    told = {each["figure"]: each for each in rows}
    paths: defaultdict[str, list[Row]] = defaultdict(list)
    for step in company.query("from steps order by journey_id, step_number"):
        paths[step["journey_id"]].append(step)
    met = {
        name: next(place for place, step in enumerate(path) if step["touchpoint"] == "Form")
        for name, path in paths.items()
        if any(step["touchpoint"] == "Form" for step in path)
    }
    share, on, wait = (told[f"touchpoint_{name}"] for name in ("share", "going_on", "wait_s"))
    for side, days in (("before", (-share["days"], 0)), ("after", (0, share["days"]))):
        first, last = (share["day"] + n * DAY for n in days)
        inside = [path for path in paths.values() if first <= local(path[0]["entered_at"]) < last]
        counted = [
            path[met[path[0]["journey_id"]]]["entered_at"] - path[0]["entered_at"]
            for path in inside
            if path[0]["journey_id"] in met
        ]
        soon = sum(each <= share["follow_days"] * DAY for each in counted)
        assert share[side] == pytest.approx(soon / len(inside))
        assert 0 < soon < len(inside)
    for side, days in (("before", (-on["days"], 0)), ("after", (0, on["days"]))):
        first, last = (on["day"] + n * DAY for n in days)
        here = [
            paths[name][place : place + 2]
            for name, place in met.items()
            if first <= local(paths[name][place]["left_at"]) < last
        ]
        waits = [
            (pair[1]["entered_at"] - pair[0]["left_at"]).total_seconds()
            for pair in here
            if len(pair) == 2
            and pair[1]["entered_at"] - pair[0]["left_at"] <= on["follow_days"] * DAY
        ]
        assert on[side] == pytest.approx(len(waits) / len(here))
        assert (on[f"n_{side}"], wait[f"n_{side}"]) == (len(here), len(waits))
        assert wait[side] == pytest.approx(median(waits))
    (warning,) = [each for each in company.warnings() if "[[changes]]" in each]
    assert "no journey meets the touchpoint 'Forms'; did you mean 'Form'?" in warning


def test_a_night_tells_the_same_as_a_full_refresh(company: Project) -> None:
    nightly = company.tables()
    assert company.run(full_refresh=True).mode == "full"
    assert_same_tables(nightly, company.tables())


def test_a_source_that_begins_or_stops_is_no_change_of_the_customers(tmp_path: Path) -> None:
    # Twenty visits a day for ten weeks, and as many calls from the sixth week on, until three days
    # before the end.
    monday = datetime(2025, 3, 3, 12, tzinfo=UTC)
    visits = [row(f"v{d}-{n}", at(monday + d * DAY)) for d in range(70) for n in range(20)]
    calls = [
        row(f"c{d}-{n}", at(monday + d * DAY), "call") for d in range(35, 67) for n in range(20)
    ]
    visits.append(row("last", "05-11 23:30:00"))
    change = {"date": "2025-04-07", "what": "calls are exported", "touchpoint": "call"}
    later = {"date": "2025-04-21", "what": "nothing of the kind"}
    project = published(
        tmp_path,
        {"site": visits, "calls": calls},
        project={"name": "Kitchens", "timezone": "UTC", "currency": "EUR"},
        journeys={"conversions": ["purchase"], "lost_after": "5d"},
        changes=[change, later],
        **having("weekly"),
    )
    weeks = project.query("from key_figures where figure = 'new_journeys' order by week")
    reasons = [each["reason"] for each in weeks]
    assert reasons[5:] == ["source_changed", None, None, None, "source_changed"]
    assert [each["value"] for each in weeks[4:]] == [140, 280, 280, 280, 280, 221]
    effects = project.query("from change_effects where figure = 'journeys_per_day' order by day")
    assert [each["verdict"] for each in effects] == ["source_changed", "source_changed"]
    first = effects[0]
    assert (first["before"], first["after"], first["days"]) == (20, 40, 28)
    assert (first["changing_before"], first["changing_after"]) == (0, 0.5)


def test_one_visit_is_a_week_with_reasons(tmp_path: Path) -> None:
    change = {"date": "2025-03-05", "what": "nothing", "touchpoint": "page_view"}
    project = published(
        tmp_path, [row("anna", "03-05 10:00:00")], changes=[change], **having("weekly")
    )
    weeks = project.query("from key_figures order by figure")
    assert {each["figure"]: (each["value"], each["reason"]) for each in weeks} == {
        "new_journeys": (1, "incomplete_week"),
        "conversion": (None, "not_mature"),
        "time_to_purchase_s": (None, "not_mature"),
        "repeat_rate": (None, "not_mature"),
        "total_value_by_total_cost": (None, "no_costs"),
    }
    assert not any(each["is_complete"] for each in weeks)
    effects = project.query("from change_effects")
    assert len(effects) == 11
    assert {each["reason"] for each in effects} == {"nothing_before"}
