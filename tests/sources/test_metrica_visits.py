"""What one visit of a Metrica export becomes, derived by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.support.metrica import CLIENT, VISIT, Row, visit, visits
from tests.support.reading import Desk, Read, bench, identifiers

GOALS = {"11": "Form sent", "12": "Call"}
AT = "2025-10-01 12:0{}:00"  # of a visit that began at noon in Moscow, UTC+3


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    keys: dict[str, Any] = {
        "goals": GOALS,
        "call_goals": ["12"],
        "identifiers": {"user_id": "UserID"},
        "attributes": {"plan": "Plan"},
    }
    more = "[checks]\nmax_reject_share = 1"
    folder = tmp_path_factory.mktemp("visits")
    with bench(
        folder, more=more, currency="RUB", format="metrica_visits", timezone="Europe/Moscow", **keys
    ) as desk:
        yield desk


def read(desk: Desk, *rows: Row) -> Read:
    return desk.read("visits.tsv", visits(rows))


def shown(row: Row, *keys: str) -> tuple[Any, ...]:
    return tuple(row[key] for key in keys)


def moment(minute: int) -> datetime:
    return datetime(2025, 10, 1, 9, minute, tzinfo=UTC)


def test_a_visit(desk: Desk) -> None:
    (row,) = read(
        desk,
        visit(
            date="2025-10-01",
            startURL="https://shop.example/catalogue/sofas?utm_source=vk&utm_campaign=a&gclid=Q1",
            referer="https://vk.com/away",
            deviceCategory="2",
            regionCity="Kazan",
            watchIDs=[18446744073709551615, 7],
            parsedParamsKey1=["UserID", "Plan", "Other"],
            parsedParamsKey2=["u-1", "gold", "x"],
        ),
    ).rows
    expected = {
        "line": 1,
        "event_id": f"2025/{VISIT}",
        "occurred_at": moment(0),
        "time_flag": None,
        "local_day": date(2025, 10, 1),
        "kind": "visit",
        "host": "shop.example",
        "page": "/catalogue/sofas",
        "touchpoint": "/catalogue",
        "referrer_host": "vk.com",
        "utm_source": "vk",
        "utm_medium": None,
        "utm_campaign": "a",
        "click": "gclid",
        "duration_s": 120.0,
        "device": "mobile",
        "region": "Kazan",
        "value": None,
        "attributes": {"plan": "gold"},
    }
    assert {key: row[key] for key in expected} == expected
    watched = desk.query("select key from row_identifiers where type = 'watch_id'")
    assert {each["key"].hex for each in watched} == {
        desk.key("watch_id", each) for each in ("18446744073709551615", "7")
    }
    named = {"ym_client_id": CLIENT, "visit_id": VISIT, "user_id": "u-1", "gclid": "Q1"}
    found = identifiers(row)
    assert {type: found[type] for type in named} == {
        type: desk.key(type, value) for type, value in named.items()
    }


def test_goals_have_their_own_times_kinds_and_thousandths(desk: Desk) -> None:
    found = read(
        desk,
        visit(
            goalsID=[11, 99, 11, 11],
            goalsDateTime=[AT.format(1), AT.format(2), AT.format(2), AT.format(2)],
            goalsPrice=[1500, 0, 1, 123456789],
            goalsCurrency=["RUB", "", "RUB", "RUB"],
            goalsOrder=["A-1", "", "", "B'2"],
        ),
    )
    assert found.rejects == []
    assert [shown(row, "kind", "occurred_at", "value", "currency") for row in found.rows[1:]] == [
        ("Form sent", moment(1), Decimal("1.5"), "RUB"),
        ("goal 99", moment(2), None, None),
        ("Form sent", moment(2), Decimal("0.001"), "RUB"),
        ("Form sent", moment(2), Decimal("123456.789"), "RUB"),
    ]
    orders = [identifiers(row).get("order_id") for row in found.rows[1:]]
    assert orders == [desk.key("order_id", "A-1"), None, None, desk.key("order_id", "B'2")]
    assert len({row["event_id"] for row in found.rows}) == 5  # two reached in one second are two


@pytest.mark.parametrize(
    "line",
    [
        ("purchasedProductPurchaseID", "purchasedProductName"),
        ("productsPurchaseID", "productsName"),
    ],
)
def test_purchases_have_their_revenue_as_it_is_and_one_product(
    desk: Desk, line: tuple[str, str]
) -> None:
    product = 'Sofa 1/2"'
    bought = visit(
        purchaseID=["A-1", "A-2", "A-3"],
        purchaseDateTime=[AT.format(1), AT.format(1), AT.format(2)],
        purchaseRevenue=[19900.5, 0, 300],
        purchaseCurrency=["RUB", "RUB", "RUB"],
    )
    found = read(
        desk,
        bought | {line[0]: ["A-1", "A-2", "A-1", "A-2"], line[1]: [product, "Bed", product, "Oak"]},
    )
    assert found.rejects == []
    keys = ("kind", "occurred_at", "value", "currency", "product")
    assert [shown(row, *keys) for row in found.rows[1:]] == [
        ("purchase", moment(1), Decimal("19900.5"), "RUB", product),
        ("purchase", moment(1), Decimal(0), "RUB", None),  # of two products neither is the one
        ("purchase", moment(2), Decimal(300), "RUB", None),
    ]
    assert [identifiers(row)["order_id"] for row in found.rows[1:]] == [
        desk.key("order_id", each) for each in ("A-1", "A-2", "A-3")
    ]
    assert not any("A-1" in str(row["event_id"]) for row in found.rows)


def test_an_export_of_both_generations_tells_products_by_the_one_that_is_filled(desk: Desk) -> None:
    bought = visit(purchaseID=["A"], purchaseDateTime=[AT.format(1)])
    new = {"purchasedProductPurchaseID": [], "purchasedProductName": []}
    old = {"productsPurchaseID": ["A"], "productsName": ["Bed"]}
    assert read(desk, bought | new | old).rows[1]["product"] == "Bed"


def test_purchases_without_a_number_all_stay(desk: Desk) -> None:
    found = read(desk, visit(purchaseID=["", ""], purchaseDateTime=[AT.format(1)] * 2))
    assert [identifiers(row).get("order_id") for row in found.rows] == [None] * 3
    assert len({row["event_id"] for row in found.rows}) == 3


CALLS = {
    "offlineCallMissed": [0, 1],
    "offlineCallTalkDuration": [65, 0],
    "offlineCallHoldDuration": [5, 30],
    "offlineCallTag": ["sales", ""],
    "offlineCallFirstTimeCaller": [1, 0],
}


def test_calls_are_timed_by_their_goals_or_stand_at_the_start_of_their_visit(desk: Desk) -> None:
    goals = {"goalsID": [12, 11, 12], "goalsDateTime": [AT.format(n) for n in (1, 2, 3)]}
    timed, untimed = (read(desk, visit() | CALLS | each) for each in (goals, {}))
    keys = ("kind", "direction", "answered", "duration_s", "wait_s", "occurred_at", "attributes")
    first = {"offline": "true", "tag": "sales", "first_time": "true"}
    second = {"offline": "true", "first_time": "false"}
    assert [shown(row, *keys) for row in timed.rows if row["kind"] == "call"] == [
        ("call", "in", True, 65.0, 5.0, moment(1), first),
        ("call", "in", False, 0.0, 30.0, moment(3), second),
    ]
    assert [row["kind"] for row in timed.rows] == ["visit", "Form sent", "call", "call"]
    loose = {"time": "of its visit"}
    assert [shown(row, "occurred_at", "attributes") for row in untimed.rows[1:]] == [
        (moment(0), first | loose),
        (moment(0), second | loose),
    ]


def test_where_goals_do_not_fit_together_no_call_takes_its_time_from_them(desk: Desk) -> None:
    goals = {"goalsID": [11, 12, 12], "goalsDateTime": [AT.format(n) for n in (1, 2)]}
    found = read(desk, visit() | CALLS | goals)
    assert [row["occurred_at"] for row in found.rows if row["kind"] == "call"] == [moment(0)] * 2
    assert found.rejects == [(1, "goals", None, "arrays of different lengths")]


def test_a_robot_is_told_by_what_stands_for_its_user_agent(desk: Desk) -> None:
    goals = {"goalsID": [11], "goalsDateTime": [AT.format(1)]}
    found = read(desk, visit(isRobotPro=1, **goals), visit(1, isRobotPro=0, **goals))
    assert [row["user_agent"] for row in found.rows] == ["(robot)"] * 2 + [None] * 2


def test_of_a_parameter_within_a_parameter_the_name_is_no_value(desk: Desk) -> None:
    levels = {"parsedParamsKey1": ["UserID", "Plan"], "parsedParamsKey2": ["crm", "gold"]}
    nested, flat, empty = (
        visit(n, **levels, parsedParamsKey3=depths)
        for n, depths in enumerate((["u-1", ""], ["", ""], []))
    )
    found = read(desk, nested, flat, empty)
    key = desk.key("user_id", "crm")
    assert [identifiers(row).get("user_id") for row in found.rows] == [None, key, key]
    assert {row["attributes"]["plan"] for row in found.rows} == {"gold"}
