"""Published figures that moved: by how much, why, and in which reports they stand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import journeyflow as jf
from journeyflow.report import keep_report
from tests.support.projects import Project, Row, settings, source

COSTS = {
    "name": "adverts",
    "format": "costs",
    "files": "exports/adverts/*.csv",
    "columns": {"day": "day", "source": "source", "cost": "cost"},
}


def bought(id: str, day: int, value: str, kind: str = "purchase", **more: str) -> Row:
    return {"id": id, "ts": f"2025-03-{day:02}T10:00:00Z", "kind": kind, "value": value} | more


def costs(day: int, cost: str) -> str:
    return f"day,source,cost\n2025-03-{day:02},yandex,{cost}\n"


def moves(project: Project) -> list[tuple[object, ...]]:
    """What the newest run restated: day of March, figure, reason, published before, moved."""
    return [
        (row["day"].day, row["figure"], row["reason"], row["published"], row["moved"])
        for row in project.query(
            "from restatements where run_id = (select run_id from project) order by all"
        )
    ]


def test_what_moved_by_how_much_and_why(tmp_path: Path) -> None:
    document = settings(source(), COSTS, journeys={"conversions": ["purchase"]})
    project = Project(tmp_path, document)
    project.write(
        "exports/site/1.csv",
        [
            bought("a", 1, "10.00", cookie="anna", order_id="o1"),
            bought("b", 1, "10.00", cookie="ben", order_id="o1"),
            bought("c", 2, "30.00", cookie="carl"),
            bought("d", 2, "40.00", kind="contract", cookie="dora"),
            bought("e", 4, "50.00", cookie="emma"),
        ],
    )
    project.write("exports/adverts/1.csv", costs(1, "100.00"))
    project.run()
    assert project.rows("restatements") == []
    with jf.open_store(tmp_path) as store:
        keep_report(store, tmp_path)
    (report,) = (each.name for each in (tmp_path / "reports").iterdir() if each.name != "latest")

    # The fourth was still running: what comes to it is no restatement.
    project.write(
        "exports/site/2.csv",
        [bought("f", 4, "60.00", cookie="fred"), bought("g", 1, "5.00", cookie="gina")],
    )
    project.run()
    assert moves(project) == [
        (1, "conversions", "late rows", Decimal(2), Decimal(1)),
        (1, "value", "late rows", Decimal("20.00"), Decimal("5.00")),
    ]
    assert {tuple(row["reports"]) for row in project.rows("restatements")} == {(report,)}

    project.write(
        "exports/site/3.csv",
        [bought("c", 2, "33.00", cookie="carl"), bought("g", 1, "5.00", kind="x", cookie="gina")],
    )
    project.write("exports/adverts/2.csv", costs(1, "90.00"))
    project.run()
    assert moves(project) == [
        (1, "conversions", "corrections", Decimal(3), Decimal(-1)),
        (1, "cost", "corrections", Decimal("100.00"), Decimal("-10.00")),
        (1, "value", "corrections", Decimal("25.00"), Decimal("-5.00")),
        (2, "value", "corrections", Decimal("30.00"), Decimal("3.00")),
    ]

    # Anna and Ben turn out to be one, who ordered once.
    project.write(
        "exports/site/4.csv",
        [
            bought("h", 5, "", kind="login", cookie="anna", user_id="u"),
            bought("i", 5, "", kind="login", cookie="ben", user_id="u"),
        ],
    )
    project.run()
    assert moves(project) == [
        (1, "conversions", "identity", Decimal(2), Decimal(-1)),
        (1, "value", "identity", Decimal("20.00"), Decimal("-10.00")),
    ]

    project.set(document | {"journeys": {"conversions": ["purchase", "contract"]}})
    assert project.run().mode == "full"
    assert moves(project) == [
        (2, "conversions", "settings", Decimal(1), Decimal(1)),
        (2, "value", "settings", Decimal("33.00"), Decimal("40.00")),
    ]
    project.run()
    assert moves(project) == []
    assert len(project.rows("restatements")) == 10
