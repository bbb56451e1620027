"""What must hold before a run is published: blocking checks of the assets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import dagster as dg

from journeyflow.sources.landing import TOLERATED
from journeyflow.warehouse.keys import KEYS
from journeyflow.warehouse.plan import Step
from journeyflow.warehouse.run import Run
from journeyflow_pipelines.metadata import count, listing

Broken = tuple[tuple[str, ...], list[Any]]  # the columns, and the rows that should not be there

# The columns that tell the rows of a published table apart. `rejects`, `skipped` and the rules
# of `reconciliation` have none: a file that grew is read again whole, and stands there twice.


def check_specs(step: Step) -> list[dg.AssetCheckSpec]:
    """The checks of the asset that does `step`."""
    return [
        dg.AssetCheckSpec(name, asset=step.name, description=_CHECKS[name][0], blocking=True)
        for name in _names(step)
    ]


def check_results(step: Step, run: Run) -> list[dg.AssetCheckResult]:
    """Whether they hold, now that the step is done; what breaks them is listed."""
    results = []
    for name in _names(step):
        columns, broken = _CHECKS[name][1](step, run)
        told = {"broken": listing(columns, broken)} if broken else {}
        results.append(dg.AssetCheckResult(passed=not broken, check_name=name, metadata=told))
    return results


def _names(step: Step) -> Iterator[str]:
    if step.group == "sources":
        yield "rejects_within_limit"
    if step.name in KEYS or step.name == "monthly":
        yield "one_row_per_key"
    if step.name == "reconciliation":
        yield "every_rule_holds"


def _rules(_: Step, run: Run) -> Broken:
    rows = run.con.execute(
        "select rule, left_value, right_value from reconciliation where not holds order by rule"
    ).fetchall()
    return ("rule", "left", "right"), rows


def _grain(step: Step, run: Run) -> Broken:
    tables = [(f"main.{step.name}", KEYS.get(step.name, ()))]
    if step.name == "monthly":
        made = run.con.execute(
            "select table_name from duckdb_tables() where database_name = 'warehouse' "
            "and schema_name = 'monthly' order by all"
        ).fetchall()
        tables = [(f"monthly.{name}", ("month", *KEYS[name])) for (name,) in made]
    repeats = []
    for table, columns in tables:
        key = ", ".join(columns)
        twice = f"from (from warehouse.{table} select 1 group by {key} having count(*) > 1)"
        repeats.append((table, key, count(run, twice)))
    return ("table", "key", "keys that repeat"), [each for each in repeats if each[2]]


def _rejects(step: Step, run: Run) -> Broken:
    read = [each.content_hash for each in run.pending if f"read_{each.source.name}" == step.name]
    rows = run.con.execute(
        "select file, rows_read, count(distinct line) as bad "
        "from ledger inner join rejected_rows using (file_id) "
        "where 'read_' || source = $step and list_contains($read::text[], content_hash) "
        "group by file_id, file, rows_read "
        "having bad > $tolerated and bad > $limit * rows_read order by all",
        {
            "step": step.name,
            "read": read,
            "tolerated": TOLERATED,
            "limit": run.project.checks.max_reject_share,
        },
    ).fetchall()
    return ("file", "rows", "bad rows"), rows


_CHECKS: dict[str, tuple[str, Callable[[Step, Run], Broken]]] = {
    "every_rule_holds": ("Figures that are computed in two ways agree.", _rules),
    "one_row_per_key": ("No two rows stand for the same thing.", _grain),
    "rejects_within_limit": (
        "No file read by this run has more bad rows than [checks] max_reject_share allows.",
        _rejects,
    ),
}
