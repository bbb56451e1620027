"""One asset per step of the plan."""

from __future__ import annotations

from typing import Any

import dagster as dg

from journeyflow.errors import PassingFault
from journeyflow.machine import machine_fault
from journeyflow.warehouse.plan import Step, let_go, made_from
from journeyflow_pipelines.checks import check_results, check_specs
from journeyflow_pipelines.metadata import describe
from journeyflow_pipelines.resources import Warehouse

WAIT_S = 60
EXIT_CODE = "exit_code"  # what a failure says of itself, for a command line to end with


def step_asset(plan: list[Step], place: int) -> dg.AssetsDefinition:
    """Make the asset that does the step at `place` in the plan, from 0.

    The steps of a run share its state, and a store is published whole. So where only some assets
    are launched, each first has done what it is made from, and the last of them all the rest.
    """
    step = plan[place]

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
        context = dg.AssetExecutionContext.get()
        try:
            for each in made_from(plan, step):
                _do_beside(each, plan, context, warehouse)
            made = _do(step, plan, warehouse)
            if not _broken(made) and _is_last(context, warehouse):
                for each in plan:
                    _do_beside(each, plan, context, warehouse)
            return made
        except dg.Failure:
            raise
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


def _do(step: Step, plan: list[Step], warehouse: Warehouse) -> dg.MaterializeResult[Any]:
    with warehouse.watch.step(step.name):
        run = warehouse.run()
        step.run(run)
        warehouse.done.add(step.name)
        made: dg.MaterializeResult[Any] = dg.MaterializeResult(
            metadata=describe(step, run), check_results=check_results(step, run)
        )
        let_go(run, plan, warehouse.done, step)
    for check in _broken(made):
        warehouse.watch.check_failed(step.name, check)
    return made


def _broken(made: dg.MaterializeResult[Any]) -> list[str]:
    """The checks that do not hold."""
    return [str(each.check_name) for each in made.check_results or () if not each.passed]


def _do_beside(
    step: Step, plan: list[Step], context: dg.AssetExecutionContext, warehouse: Warehouse
) -> None:
    """Do a step that was not launched, unless it is done; its checks hold or nothing goes on."""
    if step.name in warehouse.done:
        return
    made = _do(step, plan, warehouse)
    warehouse.beside.add(step.name)
    if _broken(made):
        failed = ", ".join(_broken(made))
        raise dg.Failure(f"{step.name}: {failed} failed", allow_retries=False)
    context.log_event(
        dg.AssetMaterialization(dg.AssetKey([step.name]), metadata=made.metadata or {})
    )


def _is_last(context: dg.AssetExecutionContext, warehouse: Warehouse) -> bool:
    """Whether all that was launched is done."""
    launched = context.run.step_keys_to_execute or context.job_def.graph.node_dict
    return len(warehouse.done - warehouse.beside) == len(launched)


def _description(step: Step) -> str | None:
    if step.model is None:
        # The function behind the step, or the one that `partial` has bound, says what it does.
        return getattr(step.run, "func", step.run).__doc__
    header = step.model.header
    return f"{header['purpose']}\n\nGrain: {header['grain']}.\n\n{header['note']}"
