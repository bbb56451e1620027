"""The plan: any order in which each step follows its inputs ends in the same tables."""

from __future__ import annotations

import random
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from journeyflow.project import load_project
from journeyflow.warehouse.plan import Step, let_go, make_plan
from journeyflow.warehouse.run import open_run
from tests.support.projects import (
    EVERYTHING,
    Project,
    hidden_secret,
    published,
    row,
    settings,
    source,
)


def in_any_order(plan: list[Step], seed: int) -> list[Step]:
    steps = {step.name: step for step in plan}
    sorter = TopologicalSorter({step.name: step.inputs for step in plan})
    sorter.prepare()
    dice, ready, ordered = random.Random(seed), [], []
    while sorter.is_active():
        ready += sorter.get_ready()
        name = ready.pop(dice.randrange(len(ready)))
        ordered.append(steps[name])
        sorter.done(name)
    return ordered


@pytest.mark.parametrize("seed", range(2))
def test_transient_tables_go_once_no_step_to_come_reads_them(tmp_path: Path, seed: int) -> None:
    kinds = ["page_view", "page_view", "purchase"]
    rows = [row("anna", f"03-01 10:0{n}:00", kind) for n, kind in enumerate(kinds)]
    project = published(tmp_path, rows)
    before = project.tables()
    with hidden_secret(project.secret), open_run(project.folder, full_refresh=True) as run:
        done: set[str] = set()
        plan = make_plan(run.project)
        transient = {step.name for step in plan if step.model and step.model.transient}
        for step in in_any_order(plan, seed):
            step.run(run)
            done.add(step.name)
            let_go(run, plan, done, step)
        temporary = run.con.execute(
            "select table_name from duckdb_tables() where database_name = 'temp'"
        ).fetchall()
        assert transient & {name for (name,) in temporary} == {"ordered_files"}
    assert Project(tmp_path, project.settings).tables() == before


def test_what_runs_leave_out_is_not_in_the_store_nor_what_it_alone_needs(tmp_path: Path) -> None:
    lean = settings(source(), journeys={"conversions": ["purchase"]})
    project = Project(tmp_path, lean)
    project.write("exports/site/1.csv", [row("anna", "03-01 10:00:00", "purchase")])
    asked = {"critical_points", "outlook", "touchpoint_waits", "key_figures", "weakest_links"}

    def made() -> set[str]:
        found = project.query("select distinct table_name as name from duckdb_tables()")
        return {each["name"] for each in found}

    project.run()
    assert not made() & asked
    project.set(lean | EVERYTHING)
    assert "[analyses]" in str(project.run().reason)
    assert made() >= asked
    project.set(lean)
    project.run()
    assert not made() & asked
    assert {"stage_conversion", "touchpoints", "reconciliation"} <= made()
    # Internal tables that only these read are not made either.
    names = {step.name for step in make_plan(load_project(tmp_path))}
    assert not names & {"landmarks", "wait_counts", "week_journeys", "follow_ups"}
