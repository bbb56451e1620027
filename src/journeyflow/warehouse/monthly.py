"""The siblings in schema `monthly`: the same SQL over one month's journeys after another.

Temporary tables of the same names narrow the inputs to a month of the project's zone: journeys
by the month in which they began, conversions and costs by their own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from journeyflow.warehouse.models import create_temp, in_order, load_models

if TYPE_CHECKING:
    from journeyflow.warehouse.run import Run

NARROWED = {
    # Its paths are lists, dear to copy, and no monthly table reads them.
    "journeys": "select * exclude (path, channel_path, attributes) "
    "from warehouse.main.journeys where month_of(started_at) = $month",
    "steps": "from warehouse.main.steps semi join journeys using (journey_id)",
    "conversions": "from warehouse.main.conversions where month_of(occurred_at) = $month",
    "landed_costs": "from private.main.landed_costs where date_trunc('month', local_day) = $month",
}


def build_monthly(run: Run, make_touchpoints: Callable[[Run, str], None]) -> None:
    """Make every monthly table anew; `make_touchpoints` does for `touchpoints`, which is no SQL."""
    con = run.con
    con.execute("set variable zone = $zone", {"zone": run.project.project.timezone})
    con.execute(
        "create or replace temp macro month_of(x) as "
        "date_trunc('month', timezone(getvariable('zone'), x))::date"
    )
    models = in_order([each for each in load_models("everyone") if each.monthly])
    made = [*(each.name for each in models), "touchpoints"]
    kept = [*(each.name for each in models if not each.internal), "touchpoints"]
    for name in kept:
        con.execute(
            f"create or replace table warehouse.monthly.{name} as "
            f"select null::date as month, * from warehouse.main.{name} limit 0"
        )
    for month in _months(run):
        for name, narrowed in NARROWED.items():
            # A table and no view: several models read each of them.
            bound = {"month": month} if "$month" in narrowed else {}
            con.execute(f"create or replace temp table {name} as {narrowed}", bound)
        create_temp(con, models, run.values)
        make_touchpoints(run, "temp table touchpoints")
        for name in kept:
            con.execute(
                f"insert into warehouse.monthly.{name} by name "
                f"select $month::date as month, * from temp.main.{name}",
                {"month": month},
            )
        for name in (*made, *NARROWED):
            con.execute(f"drop table temp.main.{name}")


def _months(run: Run) -> list[date]:
    found = run.con.execute(
        "select month_of(started_at) from warehouse.main.journeys union "
        "select month_of(occurred_at) from warehouse.main.conversions union "
        "select date_trunc('month', day)::date from warehouse.main.costs order by all"
    ).fetchall()
    return [month for (month,) in found]
