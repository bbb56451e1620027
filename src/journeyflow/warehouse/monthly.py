"""The siblings in schema `monthly`: the same SQL over one month's journeys after another.

Temporary tables of the same names narrow the inputs to a month of the project's zone: journeys
by the month in which they began, conversions and costs by their own. An incremental run makes the
months anew of which a journey, a conversion or a cost is another.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from journeyflow.warehouse.models import Model, create_temp, in_order, load_model, load_models

if TYPE_CHECKING:
    from journeyflow.warehouse.run import Run

NARROWED = {
    # Its paths are lists, dear to copy, and no monthly table reads them.
    "journeys": "select * exclude (path, channel_path, attributes) "
    "from warehouse.main.journeys where month_of(started_at) = $month",
    "stage_entries": "from private.work.stage_entries semi join journeys using (journey_id)",
    "steps": "from warehouse.main.steps semi join journeys using (journey_id)",
    "conversions": "from warehouse.main.conversions where month_of(occurred_at) = $month",
    "landed_costs": "from private.main.landed_costs where date_trunc('month', local_day) = $month",
}


REMADE = "select month, bool_and(paths_only) from all_remade_months group by month order by month"


def build_monthly(run: Run, make_touchpoints: Callable[[Run, str], None]) -> None:
    """Make the monthly tables; `make_touchpoints` does for `touchpoints`, which is no SQL."""
    con = run.con
    models = in_order([each for each in load_models("everyone") if each.monthly])
    if run.mode == "full":
        for name in _kept(models):
            con.execute(
                f"create or replace table warehouse.monthly.{name} as "
                f"select null::date as month, * from warehouse.main.{name} limit 0"
            )
        months = dict.fromkeys(_months(run), models)
    else:
        note_remade_months(run)
        remade = dict(con.execute(REMADE).fetchall())
        for_paths = _made_from("conversion_paths", models)
        months = {month: for_paths if only else models for month, only in remade.items()}
    told = set(_months(run))
    for month, to_make in months.items():
        for name in _kept(to_make):
            con.execute(
                f"delete from warehouse.monthly.{name} where month = $month", {"month": month}
            )
        if month not in told:
            continue
        for name, narrowed in NARROWED.items():
            # A table and no view: several models read each of them.
            bound = {"month": month} if "$month" in narrowed else {}
            con.execute(f"create or replace temp table {name} as {narrowed}", bound)
        create_temp(con, to_make, run.values)
        if "touchpoints" in _kept(to_make):
            make_touchpoints(run, "temp table touchpoints")
        for name in _kept(to_make):
            con.execute(
                f"insert into warehouse.monthly.{name} by name "
                f"select $month::date as month, * from temp.main.{name}",
                {"month": month},
            )
        for name in {*NARROWED} | {each.name for each in to_make} | {"touchpoints"}:
            con.execute(f"drop table if exists temp.main.{name}")


def _kept(models: list[Model]) -> list[str]:
    """Names of the tables that are published of these models, and what Python makes of them."""
    names = [each.name for each in models if not each.internal]
    return [*names, "touchpoints"] if "transitions" in names else names


def _made_from(name: str, models: list[Model]) -> list[Model]:
    """The model `name` and, of models in order, all that read it."""
    found: list[Model] = []
    for each in models:
        if each.name == name or each.inputs & {one.name for one in found}:
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
        "select month_of(started_at) from warehouse.main.journeys union "
        "select month_of(occurred_at) from warehouse.main.conversions union "
        "select date_trunc('month', day)::date from warehouse.main.costs order by all"
    ).fetchall()
    return [month for (month,) in found]
