"""What a Metrica export of visits gets wrong: what is set apart, and what counts all the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.metrica import Raw, Row, visit, visits
from tests.support.reading import Desk, Read, bench, identifiers

AT = "2025-10-01 12:01:00"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    keys: dict[str, Any] = {"goals": {"11": "Form sent"}, "attributes": {"plan": "Plan"}}
    keys |= {"format": "metrica_visits", "timezone": "Europe/Moscow"}
    more = "[checks]\nmax_reject_share = 1"
    with bench(tmp_path_factory.mktemp("faults"), more=more, currency="RUB", **keys) as desk:
        yield desk


def read(desk: Desk, *rows: Row) -> Read:
    return desk.read("visits.tsv", visits(rows))


@pytest.mark.parametrize("nobody", ["0", "", "00000000000000000000"])
def test_no_client_is_nobody(desk: Desk, nobody: str) -> None:
    found = read(desk, visit(clientID=nobody))
    assert set(identifiers(found.rows[0])) == {"visit_id"}


def test_ids_of_twenty_digits_keep_them_all(desk: Desk) -> None:
    ids = ["18446744073709551615", "18446744073709551614", "1763547719182326239"]
    found = read(desk, *(visit(visitID=each, clientID=each) for each in ids))
    assert [row["event_id"] for row in found.rows] == [f"2025/{each}" for each in ids]
    assert [identifiers(row)["ym_client_id"] for row in found.rows] == [
        desk.key("ym_client_id", each) for each in ids
    ]


def test_visits_without_an_id_are_not_one_visit(desk: Desk) -> None:
    found = read(desk, visit(1, visitID="0"), visit(2, visitID="0"), visit(3, visitID=""))
    assert [row["event_id"] for row in found.rows] == [None] * 3


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"visitID": "abc"}, "visitID", "not a whole number"),
        ({"visitID": "-5"}, "visitID", "not a whole number"),
        ({"dateTime": "2025-10-01"}, "dateTime", "not a time"),
        ({"dateTime": ""}, "occurred_at", "missing"),
        ({"dateTime": "infinity"}, "dateTime", "not a time"),
        ({"visitDuration": 2**63 - 1}, "duration_s", "a number of more than 14 digits"),
        ({"visitDuration": "long"}, "duration_s", "not a number written with the decimal ."),
    ],
)
def test_with_a_bad_visit_goes_all_that_it_tells(
    desk: Desk, cells: Row, column: str, reason: str
) -> None:
    goals = {"goalsID": [11], "goalsDateTime": [AT]}
    found = read(desk, visit(**goals), visit(1, **cells, **goals))
    assert {row["line"] for row in found.rows} == {1}
    ((line, named, _, why),) = found.rejects
    assert (line, named, why) == (2, column, reason)


GROUP = [
    ({"goalsID": [11, 12]}, "goals"),
    ({"goalsID": []}, "goals"),
    ({"goalsPrice": Raw("")}, "goals"),
    ({"goalsCurrency": ["RUB", "RUB"]}, "goals"),
    ({"purchaseID": ["A", "B"]}, "purchases"),
    ({"purchaseID": []}, "purchases"),
    ({"purchaseRevenue": []}, "purchases"),
    ({"purchasedProductName": ["x", "y"]}, "purchases"),
    ({"offlineCallMissed": [], "offlineCallTalkDuration": [1]}, "offlineCall"),
    ({"parsedParamsKey2": ["x", "y"]}, "parsedParamsKey"),
]
WHOLE = {
    "goalsID": [11],
    "goalsDateTime": [AT],
    "goalsPrice": [1000],
    "goalsCurrency": ["RUB"],
    "purchaseID": ["A"],
    "purchaseDateTime": [AT],
    "purchaseRevenue": [10],
    "purchasedProductPurchaseID": ["A"],
    "purchasedProductName": ["Bed"],
    "offlineCallMissed": [0],
    "offlineCallTalkDuration": [9],
    "parsedParamsKey1": ["Plan"],
    "parsedParamsKey2": ["gold"],
}


@pytest.mark.parametrize(("cells", "group"), GROUP)
def test_of_a_group_of_unequal_arrays_nothing_counts_and_all_else_does(
    desk: Desk, cells: Row, group: str
) -> None:
    found = read(desk, visit(**WHOLE | cells))
    kinds = {"goals": "Form sent", "purchases": "purchase", "offlineCall": "call"}
    left = ["visit", "Form sent", "purchase", "call"]
    assert [row["kind"] for row in found.rows] == [
        kind for kind in left if kind != kinds.get(group)
    ]
    assert found.rejects == [(1, group, None, "arrays of different lengths")]
    plan = {} if group == "parsedParamsKey" else {"plan": "gold"}
    assert {row["attributes"].get("plan") for row in found.rows} == {plan.get("plan")}


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"goalsID": Raw("[1")}, "goals", "not an array"),
        ({"goalsID": Raw("[x]")}, "goals", "not the numbers of goals"),
        ({"goalsID": Raw("[,]"), "goalsDateTime": [AT] * 2}, "goals", ""),
        ({"goalsDateTime": ["2025-10-01"]}, "goalsDateTime", "not a time"),
        ({"goalsDateTime": [""]}, "goalsDateTime", "not a time"),
        ({"goalsPrice": Raw("[dear]")}, "value", "not a number written with the decimal ."),
        ({"goalsCurrency": ["XYZ"]}, "currency", "no rate in [currency.rates]"),
    ],
)
def test_a_goal_that_cannot_be_read_is_told(
    desk: Desk, cells: Row, column: str, reason: str
) -> None:
    goal = {key: value for key, value in WHOLE.items() if key.startswith("goals")}
    found = read(desk, visit(**goal | cells))
    assert [row["kind"] for row in found.rows] == ["visit"]
    assert {named for _, named, _, _ in found.rejects} == {column}
    assert reason in found.rejects[0][3]
