"""Counts over everyone that are sums over persons, brought up to date for the touched alone.

What the touched persons added to each count before is taken away, and what they add now is added.
Both come from the model's own SQL over their rows; persons have nothing in common, so even numbers
of distinct journeys and persons are such sums.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from journeyflow.warehouse.models import Model, create, load_models
from journeyflow.warehouse.narrowing import NUMBERED, WHOLE, before_that, fresh_rows, homes, shown

if TYPE_CHECKING:
    from journeyflow.warehouse.run import Run

# Tables whose rows belong to a month.
OF_A_MONTH = ("journeys", "steps", "stage_entries", "conversions")


def in_month(name: str, month: date | None) -> str:
    """The condition that narrows the table to a month."""
    return f"where month = date '{month}'" if month and name in OF_A_MONTH else ""


def keep_before(run: Run) -> None:
    """Keep for this run what the touched persons' rows were, before they are replaced."""
    for name in sorted({name for each in load_models("everyone") for name in _inputs(each)}):
        _keep(run, name, "before")


def _keep(run: Run, name: str, moment: str) -> None:
    rows = f"from {homes()[name]}.{name} semi join touched_persons using (person_id)"
    if moment == "after" and name in NUMBERED and name not in WHOLE:
        rows = f"{before_that(name, f'{name}_before')} union all by name {fresh_rows(name)}"
    run.con.execute(f"create temp table if not exists {name}_{moment} as {rows}")


def replace_sums(model: Model, run: Run) -> None:
    """Bring a table of sums up to date."""
    kept = f"{model.home}.{model.name}"
    create_sums(run, model, f"table {kept}", f"from {kept}")


def create_sums(run: Run, model: Model, target: str, kept: str, month: date | None = None) -> None:
    """Make `target` ("temp table x") from the sums `kept` (a query) and the touched persons."""
    con, names = run.con, _inputs(model)
    for moment, table in (("before", "taken_away"), ("after", "added")):
        for name in names:
            _keep(run, name, moment)
        parts = {name: f"from {name}_{moment} {in_month(name, month)}" for name in names}
        with shown(con, parts):
            create(con, model, f"temp table {table}", run.values)
    types = {name: str(type) for name, type, *_ in con.execute("describe added").fetchall()}
    sums = [name for name, type in types.items() if type.startswith(("BIGINT", "DECIMAL"))]
    keys = ", ".join(name for name in types if name not in sums)
    added = ", ".join(f"sum({name})::{types[name]} as {name}" for name in sums)
    taken = ", ".join(f"-{name} as {name}" for name in sums)
    con.execute(
        f"create or replace {target} as select {keys}, {added} from ({kept} "
        f"union all by name select {keys}, {taken} from taken_away "
        f"union all by name from added) group by {keys} "
        f"having {' or '.join(f'sum({name}) <> 0' for name in sums)}"
    )


def _inputs(model: Model) -> list[str]:
    """The per-person tables that a model of sums reads."""
    if not model.is_summed:
        return []
    return sorted(model.inputs & {each.name for each in load_models("person")})
