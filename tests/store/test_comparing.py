"""The bridge from another tool's number to ours."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from journeyflow.comparing import Bridge, compare
from journeyflow.errors import DataError
from tests.support.commands import command
from tests.support.projects import Project, settings

COLUMNS = {
    "event_id": "id", "occurred_at": "ts", "kind": "kind", "value": "value", "user_agent": "agent",
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A counter whose day holds 9 visits: 6 of three persons, 1 of nobody, 2 of a robot.

    Two of Ann's visits are ten minutes apart, one session by our rule. Bob buys; his thank-you
    page, loaded again, tells the same order once more.
    """
    project = Project(
        tmp_path_factory.mktemp("compared"),
        settings(
            {
                "name": "site",
                "format": "table",
                "files": "exports/site/*.csv",
                "sessions": True,
                "columns": COLUMNS,
                "identifiers": {"cookie": "cookie", "order_id": "order_id"},
            },
            journeys={"conversions": ["purchase"], "exclude_kinds": ["heartbeat"]},
            bots={"max_events_per_minute": 60},
        ),
    )
    visits = [("ann", 9, 0), ("ann", 9, 10), ("ann", 15, 0), ("bob", 10, 0), ("bob", 20, 0),
              ("eve", 12, 0), ("", 13, 0), ("bot", 1, 0), ("bot", 2, 0)]  # fmt: skip
    rows = [
        {
            "id": f"v{number}", "ts": f"2026-10-01T{hour:02d}:{minute:02d}:00Z", "kind": "visit",
            "cookie": who, "agent": "Googlebot/2.1" if who == "bot" else "",
        }
        for number, (who, hour, minute) in enumerate(visits)
    ]  # fmt: skip
    rows += [
        {
            "id": f"p{number}", "ts": f"2026-10-01T10:0{number}:00Z", "kind": "purchase",
            "cookie": "bob", "order_id": "A-1", "value": "99.50",
        }
        for number in (1, 2)
    ]  # fmt: skip
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = [",".join(columns), *(",".join(row.get(c, "") for c in columns) for row in rows)]
    project.write("exports/site/1.csv", "\n".join(lines) + "\n")
    project.run()
    return project


def bridge(shop: Project, *rows: str) -> Bridge:
    totals = shop.folder / "totals.csv"
    totals.write_text("\n".join(["day,metric,value", *rows]) + "\n", encoding="utf-8")
    (found,) = compare(totals, shop.folder)
    assert found.theirs + sum(amount for _, amount in found.lines) == found.ours
    return found


def test_visits_line_by_line(shop: Project) -> None:
    found = bridge(shop, "2026-10-01,Визиты,12")
    assert (found.metric, found.theirs, found.ours) == ("visits", 12, 5)
    assert [amount for _, amount in found.lines] == [-3, -2, -1, -1]
    assert [label.split(",")[0].split(":")[0] for label, _ in found.lines] == [
        "not in the exports", "of bots", "without a person", "session rule",
    ]  # fmt: skip


def test_purchases_and_revenue_count_an_order_once(shop: Project) -> None:
    found = bridge(shop, "2026-10-01,purchases,2")
    assert (found.ours, found.lines[-1]) == (1, ("the same order told again", Decimal(-1)))
    found = bridge(shop, "2026-10-01,Revenue,199")
    assert (found.ours, found.lines[-1][1]) == (Decimal("99.50"), Decimal("-99.50"))


def test_persons_of_a_day(shop: Project) -> None:
    found = bridge(shop, "2026-10-01,users,5", "2026-10-02,users,1")
    assert (found.theirs, found.ours) == (6, 3)
    assert [each[1:] for each in found.days] == [(5, 3), (1, 0)]


def test_days_that_the_file_does_not_name(shop: Project) -> None:
    totals = ["2026-09-30,visits,0", "2026-10-03,visits,0", "2026-10-01,purchases,2"]
    (shop.folder / "gaps.csv").write_text("\n".join(["day,metric,value", *totals]), "utf-8")
    code, out, _ = command("compare", shop.folder / "gaps.csv", shop.folder)
    assert code == 0
    purchases, visits = out.split("\n\n")
    assert "days compared" not in purchases
    assert visits.splitlines()[:3] == [
        "visits, 2026-09-30 to 2026-10-03",
        "  2 of 4 days compared; 5 of ours lie on days that the file does not name",
        "               0  theirs",
    ]
    told = json.loads(command("compare", shop.folder / "gaps.csv", shop.folder, "--json")[1])
    assert [(each["days_compared"], each["days_in_range"]) for each in told] == [(1, 1), (2, 4)]
    assert [(float(each["ours_elsewhere"]), float(each["ours"])) for each in told] == [
        (0, 1), (5, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["01.10.2026,visits,1"], r"row 1: day '01\.10\.2026'"),
        (["2026-10-01,visits,many"], "value 'many'"),
        (["2026-10-01,visits,1", "2026-10-01,sessions,2"], "row 2: sessions of 2026-10-01 stands"),
        (["2026-10-01,bounce rate,1"], "no metric and no kind of event 'bounce rate'"),
        ([], "no rows"),
    ],
)
def test_totals_that_cannot_be_compared(shop: Project, rows: list[str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        bridge(shop, *rows)


def test_the_command_tells_the_bridge(shop: Project) -> None:
    totals = shop.folder / "totals.csv"
    totals.write_text("day;metric;value;source\n2026-10-01;visits;1 200;site\n", encoding="utf-8")
    code, out, _ = command("compare", totals, shop.folder)
    assert code == 0
    assert out.splitlines()[:2] == [
        "visits of site, 2026-10-01 to 2026-10-01", "           1,200  theirs",
    ]  # fmt: skip
    (told,) = json.loads(command("compare", totals, shop.folder, "--json")[1])
    assert (told["theirs"], told["ours"]) == ("1200", "5")
    assert command("compare", shop.folder / "gone.csv", shop.folder)[0] == 2


def test_purchases_are_conversions_where_no_event_is_called_so(tmp_path: Path) -> None:
    project = Project(tmp_path, settings(journeys={"conversions": ["Zakup karnetu"]}))
    rows = [
        {"id": str(n), "ts": "2026-10-01T10:00:00Z", "kind": kind, "cookie": f"c{n}", "value": "50"}
        for n, kind in enumerate(["Zakup karnetu", "Zakup karnetu", "Cennik"])
    ]
    project.write("exports/site/1.csv", rows)
    project.run()
    for metric, ours in (("purchases", 2), ("conversions", 2), ("revenue", 100)):
        assert bridge(project, f"2026-10-01,{metric},{ours}").lines == [
            ("not in the exports, or counted otherwise there", 0)
        ]
