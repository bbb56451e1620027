"""Visits and hits of Metrica through whole runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from journeyflow import RunResult
from journeyflow.errors import DataError
from tests.support.metrica import Row, source, visit, visits
from tests.support.projects import Project, settings

LOOSE = {"max_reject_share": 1}
AT = "2025-10-01 12:0{}:00"
GOAL = {"goalsID": [11], "goalsDateTime": [AT.format(1)]}
SAID = {"goals": {"11": "Form"}}


def project(folder: Path, *tables: Row, **others: Any) -> Project:
    return Project(folder, settings(*(tables or [source("visits", **SAID)]), **others))


def files(project: Project) -> list[tuple[int, ...]]:
    keys = ("rows_read", "rows_used", "duplicates", "rejects", "skipped", "events")
    rows = project.query("from files order by file")
    for row in rows:
        assert row["rows_read"] == sum(row[key] for key in keys[1:5])
    assert project.query("from reconciliation where not holds") == []
    return [tuple(row[key] for key in keys) for row in rows]


def kinds(project: Project) -> list[str]:
    return [each["kind"] for each in project.query("select kind from events order by kind")]


@pytest.fixture(scope="module")
def loose(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, RunResult]:
    """A project that ran over all that may be wrong with a row."""
    shop = project(tmp_path_factory.mktemp("loose"), checks=LOOSE)
    rows = [
        visit(1, **GOAL),
        visit(2, **GOAL | {"goalsID": [11, 12]}),  # the visit without its goals
        visit(3, **GOAL, dateTime="soon"),  # nothing of it
        visit(4, **GOAL | {"goalsDateTime": ["soon"]}),
        visit(4, **GOAL),  # the same visit once more: its goal was not read before
        visit(5, goalsID=[], goalsDateTime=[AT.format(1)]),
    ]
    shop.write("exports/visits/a.tsv", visits(rows) + visits([], rows[0]) + "torn\n")
    return shop, shop.run()


def test_the_row_rule_holds_whatever_is_wrong_with_a_row(loose: tuple[Project, RunResult]) -> None:
    shop, result = loose
    assert files(shop) == [(8, 4, 1, 2, 1, 6)]
    assert result.counts["rejects"] == 2
    assert kinds(shop) == ["Form"] * 2 + ["visit"] * 4
    told = shop.query('select line, "column", reason from rejects order by line')
    assert [tuple(each.values()) for each in told] == [
        (2, "goals", "arrays of different lengths"),
        (3, "dateTime", "not a time"),
        (4, "goalsDateTime", "not a time"),
        (6, "goals", "arrays of different lengths"),
        (8, None, "1 columns, expected 8"),
    ]


def test_nothing_is_kept_of_a_visit_that_was_rejected(loose: tuple[Project, RunResult]) -> None:
    shop, _ = loose
    private = str(shop.folder / "warehouse/private.duckdb")
    with duckdb.connect(private, read_only=True) as con:
        kept = "select count(*) from landed_identifiers anti join landed_events using (ref)"
        assert con.execute(kept).fetchall() == [(0,)]
        # Visit and client of 1, 2, 4 and 5; none of 3.
        assert con.execute("select count(distinct key) from landed_identifiers").fetchall() == [
            (2 * 4,)
        ]


def test_too_many_bad_visits_fail_the_file(tmp_path: Path) -> None:
    shop = project(tmp_path)
    bad = [visit(n, **GOAL | {"goalsID": []}) for n in range(4)]
    shop.write("exports/visits/a.tsv", visits([visit(9), *bad]))
    with pytest.raises(DataError, match=r"(?s)a\.tsv: 4 of 5 rows are bad.*goals: arrays of diff"):
        shop.run()


def test_a_visit_that_comes_again_with_more_goals_replaces_its_day(tmp_path: Path) -> None:
    shop = project(tmp_path, journeys={"conversions": ["Form"]})
    other_day = {"dateTime": "2025-10-02 12:00:00", "date": "2025-10-02"}
    early = [visit(1, date="2025-10-01", **GOAL), visit(2, date="2025-10-01", **GOAL),
             visit(3, **other_day)]  # fmt: skip
    shop.write("exports/visits/1.tsv", visits(early))
    shop.run()
    two = {"goalsID": [11, 11], "goalsDateTime": [AT.format(1), AT.format(2)]}
    shop.write("exports/visits/2.tsv", visits([visit(1, date="2025-10-01", **two)]))
    result = shop.run()
    assert [row[:4] for row in files(shop)] == [(3, 2, 1, 0), (1, 0, 1, 0)]
    assert kinds(shop) == ["Form"] * 2 + ["visit"] * 2
    assert len(shop.rows("conversions")) == 2
    assert result.counts["touched_persons"] == 2
    nights = shop.tables()
    shop.run(full_refresh=True)
    assert shop.tables() == nights


def test_parts_of_one_export_are_one_delivery(tmp_path: Path) -> None:
    shop = project(tmp_path)
    for part in (0, 1):
        shop.write(f"exports/visits/october_part{part}.tsv", visits([visit(part)]))
    shop.run()
    assert kinds(shop) == ["visit"] * 2
    shop.write("exports/visits/october_part1.tsv", visits([visit(1, visitDuration=9)]))
    result = shop.run()  # part 1 comes again, and part 0 with it as it was
    assert kinds(shop) == ["visit"] * 2
    assert not any("gave way" in each for each in result.warnings)


def test_parts_that_bear_other_names_are_told(tmp_path: Path) -> None:
    shop = project(tmp_path)
    shop.write("exports/visits/1.tsv", visits([visit(1)]))
    shop.write("exports/visits/2.tsv", visits([visit(2)]))
    result = shop.run()
    assert any("1 rows of exports/visits/1.tsv for" in each for each in result.warnings)
    shop.write("exports/visits/3.tsv", visits([visit(2, visitDuration=9)]))
    assert not any("rows of exports/visits/3.tsv for" in each for each in shop.run().warnings)


def test_robots_are_bots_and_offline_goals_make_no_session(tmp_path: Path) -> None:
    late = {"goalsID": [11], "goalsDateTime": ["2025-10-09 10:00:00"]}
    calls = {"offlineCallMissed": [0], "offlineCallTalkDuration": [60]}
    shop = project(tmp_path, journeys={"conversions": ["Form"]})
    rows = [visit(1, **GOAL, isRobotPro=1), visit(2, **late), visit(3, **calls), visit(4, **GOAL)]
    shop.write("exports/visits/a.tsv", visits(rows))
    shop.run()
    assert files(shop) == [(4, 4, 0, 0, 0, 8)]
    bots = shop.query("select kind, person_id is null as nobodys from events where is_bot")
    assert sorted(tuple(each.values()) for each in bots) == [("Form", True), ("visit", True)]
    found = shop.query(
        "select kind, session_id is not null as inside, day(occurred_at) as day from events "
        "where not is_bot order by occurred_at, kind"
    )
    assert [tuple(each.values()) for each in found] == [
        ("call", False, 1), ("visit", True, 1), ("visit", True, 1), ("visit", True, 1),
        ("Form", True, 1), ("Form", False, 9),
    ]  # fmt: skip
    assert sorted(each["events"] for each in shop.rows("sessions")) == [1, 1, 2]
    assert len(shop.rows("conversions")) == 2


def test_an_order_that_two_visits_report_is_one_conversion(tmp_path: Path) -> None:
    shop = project(tmp_path, journeys={"conversions": ["purchase"]})
    order = {"purchaseID": ["A-1"], "purchaseRevenue": [99.5]}
    later = {"clientID": visit(1)["clientID"], "dateTime": "2025-10-01 15:00:00"}
    rows = [
        visit(1, **order, purchaseDateTime=[AT.format(1)]),
        visit(2, **order, purchaseDateTime=["2025-10-01 15:00:30"], **later),
    ]
    shop.write("exports/visits/a.tsv", visits(rows))
    shop.run()
    (sold,) = shop.rows("conversions")
    assert (float(sold["value"]), sold["occurred_at"].hour) == (99.5, 9)
