"""Orders of a shop: what each comes to, once refunds and cancellations are taken off."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.projects import Project, csv_text, settings, source
from tests.support.reading import Desk, bench

COLUMNS = {
    each: each
    for each in ("order_id", "ordered_at", "status", "total", "refunded", "is_test", "cancelled_at")
}
Row = dict[str, Any]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    keys = {
        "format": "orders",
        "timezone": "UTC",
        "decimal": ",",
        "columns": COLUMNS,
        "identifiers": {"email": "email"},
        "statuses": {"Отгружен": "paid"},
    }
    loose = "[checks]\nmax_reject_share = 1"
    with bench(tmp_path_factory.mktemp("orders"), more=loose, **keys) as desk:
        yield desk


def order(**more: str) -> Row:
    return {
        "order_id": "A-1", "ordered_at": "2026-10-01 12:00:00", "status": "paid", "total": "100,50",
        "refunded": "", "is_test": "", "cancelled_at": "", "email": "a@example.com",
    } | more  # fmt: skip


@pytest.mark.parametrize(
    ("row", "kind", "value"),
    [
        (order(), "purchase", "100.50"),
        (order(status="Отгружен"), "purchase", "100.50"),
        (order(status="COMPLETED", refunded="20,25"), "purchase", "80.25"),
        (order(refunded="100,50"), "order_refunded", "0"),
        (order(refunded="1 000,00", total="1 500,00"), "purchase", "500.00"),
        (order(status="refunded"), "order_refunded", "100.50"),
        (order(status="pending"), "order_placed", "100.50"),
        (order(status="отменён"), "order_cancelled", "100.50"),
        (order(cancelled_at="2026-10-02"), "order_cancelled", "100.50"),
    ],
)
def test_what_an_order_comes_to(desk: Desk, row: Row, kind: str, value: str) -> None:
    (found,) = desk.read("orders.csv", csv_text([row])).rows
    assert (found["kind"], found["value"]) == (kind, Decimal(value))
    assert found["identifiers"]["order_id"] == desk.key("order_id", "A-1")
    void = kind in ("order_refunded", "order_cancelled")
    assert found["attributes"] == ({"order_void": "true"} if void else {})


def test_test_orders_are_skipped_and_counted(desk: Desk) -> None:
    read = desk.read("orders.csv", csv_text([order(is_test="yes"), order(status="test"), order()]))
    assert (len(read.rows), read.skips) == (1, {"test order": 2})


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (order(status="в пути"), "status", "not among statuses: в пути"),
        (order(status=""), "status", "missing"),
        (order(total=""), "total", "missing"),
        (order(order_id=""), "order_id", "missing"),
        (order(refunded="half"), "refunded", "not a number"),
    ],
)
def test_what_is_not_understood_is_rejected(desk: Desk, row: Row, column: str, reason: str) -> None:
    read = desk.read("orders.csv", csv_text([row]))
    assert [(each[1], each[3]) for each in read.rejects] == [(column, reason)]


def shop(folder: Path, *orders: Row) -> Project:
    """A counter that saw two purchases, and the shop that knows what became of them."""
    project = Project(
        folder,
        settings(
            source(),
            {
                "name": "shop",
                "format": "orders",
                "files": "exports/shop/*.csv",
                "timezone": "UTC",
                "columns": COLUMNS,
                "identifiers": {"email": "email"},
            },
            journeys={"conversions": ["shop:purchase", "site:purchase"]},
        ),
    )
    seen = [
        {
            "id": f"s{number}", "ts": f"2026-10-0{number}T12:00:00Z", "kind": "purchase",
            "email": f"{number}@example.com", "order_id": f"A-{number}", "value": "100",
        }
        for number in (1, 2)
    ]  # fmt: skip
    project.write("exports/site/1.csv", seen)
    project.write("exports/shop/1.csv", csv_text(orders))
    return project


def placed(number: int, **more: str) -> Row:
    about = {"order_id": f"A-{number}", "email": f"{number}@example.com", "total": "90"}
    return order(**(about | {"ordered_at": f"2026-10-0{number} 12:00:05"} | more))


def test_a_cancelled_order_is_nobodys_conversion(tmp_path: Path) -> None:
    project = shop(tmp_path, placed(1), placed(2, status="cancelled"))
    project.run()
    (only,) = project.rows("conversions")
    # The shop's amount, and not the counter's.
    assert (only["value"], only["source"]) == (Decimal(90), "shop")


def test_what_is_cancelled_later_is_taken_back(tmp_path: Path) -> None:
    project = shop(tmp_path, placed(1), placed(2))
    project.run()
    assert len(project.rows("conversions")) == 2
    project.write("exports/shop/2.csv", csv_text([placed(2, cancelled_at="2026-10-05")]))
    assert project.run().mode == "incremental"
    assert [each["value"] for each in project.rows("conversions")] == [Decimal(90)]
    outcomes = sorted(each["outcome"] for each in project.rows("journeys"))
    assert outcomes == ["converted", "open"]
