"""One asset per step of the plan."""

from __future__ import annotations

from typing import Any

import dagster as dg

from journeyflow.errors import PassingFault
from journeyflow.machine import machine_fault
from journeyflow.warehouse.plan import Step
from journeyflow_pipelines.checks import check_results, check_specs
from journeyflow_pipelines.metadata import describe
from journeyflow_pipelines.resources import Warehouse

WAIT_S = 60
EXIT_CODE = "exit_code"  # what a failure says of itself, for a command line to end with


def step_asset(step: Step, place: int) -> dg.AssetsDefinition:
    """Make the asset that does `step`; `place` is the step's in the plan, from 0."""

    @dg.asset(
        key=step.name,
        deps=sorted(step.inputs),
        group_name=step.group,
        description=_description(step),
        kinds={"duckdb", "sql"} if step.model else {"duckdb", "python"},
        check_specs=check_specs(step),
        # Of the steps that are ready Dagster takes the one that the plan has first.
        op_tags={"dagster/priority": str(-place)},
    )
    def make(warehouse: Warehouse) -> dg.MaterializeResult:  # type: ignore[type-arg]
        # Dagster knows its result only without the argument that the type checker asks for.
        missing = step.inputs - warehouse.done
        if missing:
            raise dg.Failure(
                f"{step.name} is made from {', '.join(sorted(missing))}, not made in this run; "
                "the steps of a run share its state: launch the job `nightly`",
                allow_retries=False,
            )
        try:
            with warehouse.watch.step(step.name):
                run = warehouse.run()
                step.run(run)
                warehouse.done.add(step.name)
                made: dg.MaterializeResult[Any] = dg.MaterializeResult(
                    metadata=describe(step, run), check_results=check_results(step, run)
                )
            for each in made.check_results or ():
                if not each.passed:
                    warehouse.watch.check_failed(step.name, str(each.check_name))
            return made
        except Exception as fault:
            told = machine_fault(fault)
            if told is None:
                raise
            failure = dg.Failure(str(told), {EXIT_CODE: told.exit_code}, allow_retries=False)
            if isinstance(told, PassingFault):
                warehouse.stop()
                raise dg.RetryRequested(warehouse.retries, WAIT_S) from failure
            raise failure from None  # DuckDB's own message may quote customers' values

    return make


def _description(step: Step) -> str | None:
    if step.model is None:
        # The function behind the step, or the one that `partial` has bound, says what it does.
        return getattr(step.run, "func", step.run).__doc__
    header = step.model.header
    return f"{header['purpose']}\n\nGrain: {header['grain']}.\n\n{header['note']}"
