"""A source that fell silent is told, or stops the run; so is one that brought far too little."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from journeyflow.errors import DataError, SettingsError
from journeyflow.project import load_project
from journeyflow.status import status
from tests.support.projects import (
    Project,
    Row,
    assert_same_tables,
    published,
    row,
    settings,
    source,
    toml,
)

STOP = {"max_age": "3d", "late": "stop"}


def test_a_late_source_stops_the_run_and_the_next_one_goes_on(tmp_path: Path) -> None:
    first = {"site": [row("a", "03-01 10:00:00")], "crm": [row("a", "03-01 09:00:00", "call")]}
    project = published(tmp_path, first, source("site"), source("crm", **STOP))
    (old,) = (tmp_path / "published").iterdir()
    project.write("exports/site/2.csv", [row("b", "03-20 10:00:00")])
    with pytest.raises(DataError) as fault:
        project.run()
    assert fault.value.message == (
        '1 source is late, and late = "stop": nothing is published\n'
        "  - source crm: its latest row is of 2025-03-01 09:00 UTC, and its max_age is 3 days"
    )
    assert "a longer max_age in [[sources]]" in str(fault.value.hint)
    assert [*(tmp_path / "published").iterdir()] == [old]
    # What was read is read, and no table was touched: the next night is a night like any other.
    assert status(tmp_path).pending == ()
    assert status(tmp_path).unpublished == ("exports/site/2.csv",)
    project.write("exports/crm/2.csv", [row("b", "03-19 10:00:00", "call")])
    assert project.run().mode == "incremental"
    assert [each["events"] for each in project.rows("persons")] == [2, 2]
    nightly = project.tables()
    project.run(full_refresh=True)
    assert_same_tables(nightly, project.tables())

    project.write("exports/site/3.csv", [row("b", "04-20 10:00:00")])
    project.set(settings(source("site"), source("crm", max_age="3d")))
    assert project.run().mode == "incremental"
    assert any(each.startswith("source crm is late") for each in project.warnings())


def test_a_source_that_never_came_stops_the_run_too(tmp_path: Path) -> None:
    project = Project(tmp_path, settings(source("site"), source("crm", **STOP)))
    project.write("exports/site/1.csv", [row("a", "03-01 10:00:00")])
    project.write("exports/crm/1.csv", [])
    with pytest.raises(DataError, match="source crm: no row yet"):
        project.run()


def test_only_the_source_that_journeys_are_judged_at_says_so(tmp_path: Path) -> None:
    rows = {
        "site": [row("a", "03-20 10:00:00")],
        "crm": [row("a", "03-05 10:00:00")],
        "calls": [row("a", "03-02 10:00:00")],
    }
    ages = (source("crm", max_age="3d"), source("calls", max_age="3d"))
    project = published(tmp_path, rows, source("site"), *ages)
    late = "is late: its latest row is of 2025-03"
    assert sorted(project.warnings()) == [
        f"source calls {late}-02 10:00 UTC; journeys are judged at that moment",
        f"source crm {late}-05 10:00 UTC",
    ]
    assert project.rows("project")[0]["observed_until"].day == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"late": "stop"}, "[[sources]] site late: without a max_age no source is late"),
        ({"late": "never", "max_age": "3d"}, "[[sources]] 1 (site) late: "),
        ({"min_rows_vs_usual": 0}, "[[sources]] 1 (site) min_rows_vs_usual: "),
        ({"min_rows_vs_usual": 50}, "[[sources]] 1 (site) min_rows_vs_usual: "),
    ],
)
def test_what_the_settings_may_not_say(tmp_path: Path, options: Row, said: str) -> None:
    project = Project(tmp_path, toml(settings(source(**options))))
    project.write("exports/site/1.csv", [row("a", "03-01 10:00:00")])
    with pytest.raises(SettingsError) as fault:
        load_project(tmp_path)
    assert said in fault.value.message


JUDGED = date(2025, 3, 31)  # a Monday


def on(day: date, rows: int) -> list[Row]:
    return [row(f"p{n}", f"{day:%m-%d} 10:00:00", id=f"{day}-{n}") for n in range(rows)]


def mondays(*counts: int, after: bool = True) -> list[Row]:
    """Rows on as many Mondays, the last of them the one to judge, and on the day after it."""
    days = [JUDGED - timedelta(weeks=back) for back in range(len(counts))][::-1]
    rows = [each for day, n in zip(days, counts, strict=True) for each in on(day, n)]
    return rows + (on(JUDGED + timedelta(days=1), 1) if after else [])


ADVERTS = {
    "name": "adverts", "format": "costs", "files": ["exports/adverts/*.csv"],
    "columns": {"day": "day", "source": "source", "cost": "cost"}, "min_rows_vs_usual": 0.5,
}  # fmt: skip


def costs(*counts: int) -> str:
    """As `mondays`, of costs."""
    days = [JUDGED - timedelta(weeks=back) for back in range(len(counts))][::-1]
    lines = [f"{day},s{n},1" for day, many in zip(days, counts, strict=True) for n in range(many)]
    return "\n".join(["day,source,cost", *lines, f"{JUDGED + timedelta(days=1)},s,1"])


def test_a_day_is_compared_with_the_weeks_before(tmp_path: Path) -> None:
    # One in the morning in Moscow is still the day before in UTC.
    moscow = [each | {"ts": f"{each['ts'][:10]} 01:00:00"} for each in mondays(6, 6, 6, 1)]
    cases: dict[str, tuple[list[Row], tuple[int, int, int] | None]] = {
        "thin": (mondays(8, 2, 6, 2), (2, 6, 3)),  # the median of 8, 2 and 6 is 6; a half is 3
        "half": (mondays(8, 2, 6, 3), None),  # not fewer than a half
        "young": (mondays(8, 6, 2), None),  # too few weeks to know what is usual
        "silent": (mondays(8, 6, 0, 6, 0), (0, 6, 4)),  # a day without rows is one of the weeks
        "old": (mondays(1, 1, 9, 1, 9, 9, 1, 9, 1, 9, 4), (4, 9, 8)),  # by ten weeks it would be 5
        "moscow": (moscow, (1, 6, 3)),
        "adverts": ([], (2, 5, 3)),
        "early": (mondays(8, 8, 8, 1, after=False), None),  # that day may not have ended
    }
    zones = {"moscow": {"timezone": "Europe/Moscow"}}
    sources = [
        source(each, min_rows_vs_usual=0.5, **zones.get(each, {})) for each in cases
        if each != "adverts"
    ]  # fmt: skip
    project = Project(tmp_path, settings(*sources, ADVERTS))
    for name, (rows, _) in cases.items():
        project.write(f"exports/{name}/1.csv", rows or costs(5, 5, 5, 2))
    project.run()
    expected = {
        f"source '{name}' brought {said[0]} rows for 2025-03-31, less than 0.5 of the {said[1]} "
        f"that are usual on that weekday, by the {said[2]} weeks before"
        for name, (_, said) in cases.items()
        if said
    }
    assert {each for each in project.warnings() if "brought" in each} == expected


def test_rows_that_count_are_counted_night_by_night_as_in_one_go(tmp_path: Path) -> None:
    thin = [*mondays(6, 6, 6, 1)]
    again = on(JUDGED, 1) * 3  # the same row, three times
    project = published(tmp_path, [*thin, *again], source(min_rows_vs_usual=0.5))
    assert len(project.warnings()) == 1
    project.write("exports/site/2.csv", on(JUDGED, 3))
    assert project.run().mode == "incremental"
    assert project.warnings() == []
    project.write("exports/site/3.csv", on(JUDGED + timedelta(days=8), 1))
    assert project.run().mode == "incremental"
    (said,) = project.warnings()
    assert "brought 0 rows for 2025-04-07, less than 0.5 of the 6" in said
    nightly = project.tables()
    project.run(full_refresh=True)
    assert_same_tables(nightly, project.tables())
