"""The siblings in schema `monthly`: the same SQL over one month's journeys after another.

Views of the same names narrow the inputs to a month of the project's zone: journeys by the month in
which they began, conversions and costs by their own. An incremental run makes the months anew of
which a journey, a conversion or a cost is another.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from journeyflow.warehouse.models import (
    Model,
    create_temp,
    in_order,
    left_out,
    load_model,
    over_everyone,
)
from journeyflow.warehouse.narrowing import homes, shown
from journeyflow.warehouse.summing import OF_A_MONTH, create_sums, in_month

if TYPE_CHECKING:
    from journeyflow.warehouse.run import Run

REMADE = "select month, bool_and(paths_only) from all_remade_months group by month order by month"


def build_monthly(run: Run) -> None:
    """Make the monthly tables."""
    con = run.con
    gone = left_out(run.project.analyses.tables)
    models = in_order([each for each in over_everyone() if each.monthly and each.name not in gone])
    if run.mode == "full":
        con.execute("create schema if not exists private.monthly")
        for model in models:
            con.execute(
                f"create or replace table {_home(model)} as "
                f"select null::date as month, * from {model.home}.{model.name} limit 0"
            )
        months = dict.fromkeys(_months(run), models)
    else:
        note_remade_months(run)
        months = _remade(run, models)
    told = set(_months(run))
    for month, to_make in months.items():
        if month in told:
            _make(run, month, to_make)
        for model in to_make:
            con.execute(f"delete from {_home(model)} where month = $month", {"month": month})
            if month in told:
                con.execute(
                    f"insert into {_home(model)} by name "
                    f"select $month::date as month, * from temp.main.{model.name}",
                    {"month": month},
                )
                con.execute(f"drop table temp.main.{model.name}")
    con.execute("create or replace table private.work.coverage_seen as from stage_coverage")


def _remade(run: Run, models: list[Model]) -> dict[date, list[Model]]:
    """Which models to make anew of which months."""
    for_paths = _made_from(["conversion_paths"], models)
    # Who is still on the way has waited longer by now.
    waits = [each.name for each in models if "observed_until" in each.parameters]
    for_waits = _made_from(waits, models)
    query = load_model("nightly", "waiting_months").sql
    asked = {month: for_waits for (month,) in run.con.execute(query).fetchall()}
    for month, only_paths in run.con.execute(REMADE).fetchall():
        wanted = [*for_paths, *asked.get(month, [])] if only_paths else models
        asked[month] = [each for each in models if each in wanted]
    return dict(sorted(asked.items()))


def _make(run: Run, month: date, models: list[Model]) -> None:
    """Make this month's tables, temporary ones of the models' names."""
    sums = [each for each in models if each.is_summed and run.mode != "full"]
    for model in sums:
        kept = f"select * exclude (month) from {_home(model)} where month = date '{month}'"
        create_sums(run, model, f"temp table {model.name}", kept, month)
    parts = {name: f"from {homes()[name]}.{name} {in_month(name, month)}" for name in OF_A_MONTH}
    parts["landed_costs"] = (
        f"from private.landed_costs where date_trunc('month', local_day) = date '{month}'"
    )
    gone = left_out(run.project.analyses.tables)
    beside = [
        each
        for each in over_everyone()
        if each.monthly and each not in models and each.name not in gone
    ]
    parts |= {
        each.name: f"select * exclude (month) from {_home(each)} where month = date '{month}'"
        for each in beside
    }
    with shown(run.con, parts):
        create_temp(run.con, [each for each in models if each not in sums], run.values)


def _home(model: Model) -> str:
    return f"{'private' if model.internal else 'warehouse'}.monthly.{model.name}"


def _made_from(names: Collection[str], models: list[Model]) -> list[Model]:
    """The models `names` and, of models in order, all that read them."""
    found: list[Model] = []
    for each in models:
        if each.name in names or each.inputs & {one.name for one in found}:
            found.append(each)
    return found


def note_remade_months(run: Run) -> None:
    """Of the touched persons, add the months of which something is, or was, made anew."""
    con = run.con
    con.execute(
        "create temp table if not exists all_remade_months (month date, paths_only boolean)"
    )
    create_temp(con, [load_model("nightly", "remade_months")], run.values)
    con.execute("insert into all_remade_months from remade_months")


def _months(run: Run) -> list[date]:
    found = run.con.execute(
        "select month from warehouse.main.journeys union "
        "select month from warehouse.main.conversions union "
        "select date_trunc('month', day)::date from warehouse.main.costs order by all"
    ).fetchall()
    return [month for (month,) in found]
