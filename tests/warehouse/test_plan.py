"""The plan: any order in which each step follows its inputs ends in the same tables."""

from __future__ import annotations

import random
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from journeyflow.warehouse.plan import Step, let_go, make_plan
from journeyflow.warehouse.run import open_run
from tests.support.projects import Project, hidden_secret, published, row


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
