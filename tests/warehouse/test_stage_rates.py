"""What a rate says of journeys whose fate is unknown, and from when on it can be known at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.projects import Project, Row, published, row, settings, source

STAGES = [{"name": "lead"}, {"name": "offer"}, {"name": "order"}]
BEGIN = datetime(2025, 1, 1, 10, tzinfo=UTC)


def at(day: float) -> str:
    return f"{BEGIN + timedelta(days=day):%m-%d %H:%M:%S}"


def step(who: str, day: float, stage: str) -> Row:
    return row(who, at(day), "act", stage=stage, touchpoint=stage)


def rate(project: Project, stage: str = "lead") -> Row:
    (found,) = project.query(f"from stage_conversion where stage = '{stage}'")
    return found


def test_young_leads_are_neither_lost_nor_won(tmp_path: Path) -> None:
    # Every old lead goes on after twenty days; twenty more came in during the last ten days.
    old = [
        event
        for n in range(20)
        for event in (step(f"old{n}", n, "lead"), step(f"old{n}", n + 20, "offer"))
    ]
    young = [step(f"young{n}", 50 + n / 4, "lead") for n in range(40)]
    project = published(tmp_path, [*old, *young], stages=STAGES, journeys={"lost_after": "30d"})
    found = rate(project)
    assert (found["advanced"], found["lost"], found["open"]) == (20, 0, 40)
    assert found["rate_so_far"] == pytest.approx(1 / 3)
    assert found["rate"] == pytest.approx(1)
    # 60 were at risk at first; of the young nobody was seen for twenty days.
    day_19 = project.query("from stage_curves where stage = 'lead' and day = 19")[0]
    assert (day_19["p_advanced"], day_19["at_risk"]) == (0, 20)


def crm_from(day: int) -> list[Row]:
    """A lead each day for 120 days, of whom each second goes on after a day; the CRM knows it only
    from `day` on."""
    site = [step(f"p{n}", n, "lead") for n in range(120)]
    crm = [step(f"p{n}", n + 1, "offer") for n in range(0, 120, 2) if n + 1 >= day]
    return [*site, *(each | {"source": "crm"} for each in crm)]


def run(folder: Path, rows: list[Row], **crm: object) -> Project:
    told = {
        name: [
            {k: v for k, v in each.items() if k != "source"}
            for each in rows
            if each.get("source", "site") == name
        ]
        for name in ("site", "crm")
    }
    tables = (source("site"), source("crm", **crm))
    return published(folder, told, *tables, stages=STAGES, journeys={"lost_after": "10d"})


def test_a_source_that_begins_in_the_middle_takes_no_lead_for_lost(tmp_path: Path) -> None:
    project = run(tmp_path, crm_from(60))
    found = rate(project)
    # 120 leads, 30 of them seen to go on; half of those since the CRM begins on day 61 do.
    assert (found["entered"], found["advanced"], found["covered"]) == (120, 30, 59)
    assert found["rate_of_closed"] < 0.3
    assert found["rate"] == pytest.approx(0.5, abs=0.02)
    (january,) = project.query(
        "from monthly.stage_conversion where stage = 'lead' and month = date '2025-01-01'"
    )
    assert (january["rate"], january["reason"]) == (None, "begins_before_a_source")
    assert january["lost"] == 31
    (warning,) = [each for each in project.warnings() if "'crm'" in each]
    assert "begins on 2025-03-03" in warning
    assert "covers_from" in warning


def test_what_the_settings_say_of_a_source_counts(tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", crm_from(60), covers_from="2024-12-01")
    assert rate(whole)["covered"] == 120
    assert not [each for each in whole.warnings() if "covers_from" in each]
    later = run(tmp_path / "later", crm_from(0), covers_from="2025-01-11")
    assert rate(later)["covered"] == 110


def test_a_source_that_is_seldom_heard_does_not_begin_late(tmp_path: Path) -> None:
    # Its first event comes after twelve days, and it is silent for twelve days all the time.
    seldom = [step(f"p{n}", n, "offer") | {"source": "crm"} for n in range(12, 120, 12)]
    rows = [step(f"p{n}", n, "lead") for n in range(120)]
    assert rate(run(tmp_path, [*rows, *seldom]))["covered"] == 120


def test_auto_measures_the_silence_anew_and_rebuilds_all_when_it_moved(tmp_path: Path) -> None:
    # 250 persons return after three days; then nobody stirs for long.
    quick = [row(f"q{n}", at(day), "visit") for n in range(250) for day in (n % 10, n % 10 + 3)]
    end = [row("last", at(60), "visit")]
    project = Project(tmp_path, settings(source(), journeys={"lost_after": "auto"}))
    project.write("exports/site/1.csv", [*quick, *end])
    project.run()
    silence = project.query("select lost_after_s / 86400 as days from project")[0]["days"]
    assert silence == 7
    # Then two hundred come back after thirty days, no longer: 7 days were too short.
    late = [row(f"q{n}", at(n % 10 + 33), "visit") for n in range(200)]
    project.write("exports/site/2.csv", [*late, row("last", at(200), "visit")])
    result = project.run()
    assert "all journeys anew" in str(result.reason)
    nightly = project.tables()
    assert project.query("select lost_after_s / 86400 as days from project")[0]["days"] == 30
    journeys = project.query("select journeys, count(*) as n from persons group by all order by 1")
    assert [tuple(each.values()) for each in journeys] == [(1, 250), (2, 1)]
    project.run(full_refresh=True)
    assert project.tables() == nightly


def test_where_the_silence_cannot_be_told_a_warning_says_so(tmp_path: Path) -> None:
    rows = [row("anna", "03-01 10:00:00"), row("anna", "03-05 10:00:00")]
    project = published(tmp_path, rows, journeys={"lost_after": "auto"})
    assert project.query("select lost_after_s / 86400 as days from project")[0]["days"] == 45
    assert any("the data does not tell" in each for each in project.warnings())
