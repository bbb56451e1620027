"""Personas of a project: fitted by full builds, told of every journey."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

from journeyflow.store import open_store
from tests.support.projects import Project, Row, row, settings, source

ROUND = ("Blog", "Guide", "Price", "Call")


def journeys(number: int, first: int = 0) -> list[Row]:
    """Persons who go the round one way and the other way, in turns; a third orders in the end."""
    dice = random.Random(first)
    rows = []
    for n in range(first, first + number):
        way, place = 1 if n % 2 else -1, dice.randrange(4)
        steps = []
        for _ in range(9):
            steps.append(ROUND[place])
            # Now and then somebody turns round, or the two would be one chain of two halves.
            place = (place + way * (1 if dice.random() < 0.9 else -1)) % 4
        steps += ["Order"] * (n % 3 == 0)
        rows += [
            row(f"p{n}", f"01-{1 + n % 25:02d} 10:{m:02d}:00", "order" if t == "Order" else "view",
                touchpoint=t)
            for m, t in enumerate(steps)
        ]  # fmt: skip
    return rows


def goes_on(path: list[str]) -> bool:
    places = [ROUND.index(each) for each in path]
    onward = [(place + 1) % 4 == after for place, after in pairwise(places)]
    return sum(onward) > len(onward) / 2


def test_groups_are_found_by_full_builds_and_told_of_new_journeys(tmp_path: Path) -> None:
    rules = {"conversions": ["order"], "lost_after": "10d"}
    project = Project(tmp_path, settings(source(), journeys=rules))
    silence = [row("last", "03-01 10:00:00", "view", touchpoint="Blog")]
    project.write("exports/site/1.csv", [*journeys(400), *silence])
    project.run()
    groups = project.query("from personas order by persona")
    assert sum(each["journeys"] for each in groups) == 400
    assert [each["journeys"] // 10 for each in groups] == [20, 20]
    onward = [goes_on(each["medoid"]) for each in groups]
    assert sorted(onward) == [False, True]
    # The medoid is a journey that somebody made, without the order at its end.
    for each in groups:
        (found,) = project.query(
            f"select path from journeys where journey_id = '{each['medoid_journey_ids'][0]}'"
        )
        assert [name for name in found["path"] if name != "Order"] == each["medoid"]
    fitted = project.query("select persona_fitted_at from project")[0]["persona_fitted_at"]
    assert fitted == groups[0]["fitted_at"]
    with open_store(tmp_path) as store:
        some = store.only({"persona": groups[onward.index(True)]["persona"]})
        moves = some.query("select * from transitions where from_touchpoint = 'Guide'")
        on, back = (moves.set_index("to_touchpoint")["share"][each] for each in ("Price", "Blog"))
        assert on > 4 * back
    project.write("exports/site/2.csv", journeys(10, first=400))
    assert project.run().mode == "incremental"
    told = project.query(
        "select persona, count(*) as n from journey_personas group by all order by n"
    )
    assert sum(each["n"] for each in told) == 411
    assert project.query("select persona_fitted_at from project")[0]["persona_fitted_at"] == fitted


def test_none_are_looked_for_where_the_settings_say_so(tmp_path: Path) -> None:
    rules = {"conversions": ["order"], "lost_after": "10d"}
    project = Project(tmp_path, settings(source(), journeys=rules, personas={"most": 1}))
    project.write("exports/site/1.csv", journeys(400))
    project.run()
    assert project.rows("personas") == project.rows("journey_personas") == []
    assert project.query("select persona_fitted_at as at from project") == [{"at": None}]
