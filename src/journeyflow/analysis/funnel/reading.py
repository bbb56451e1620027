"""The items of a funnel, read from a published store."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from journeyflow.analysis.funnel.items import NONE, Flags, Ints, Items
from journeyflow.analysis.funnel.switches import Switches, nearest
from journeyflow.errors import SettingsError
from journeyflow.warehouse.models import load_model

OF_STEPS = ("channel", "stage")
OF_EVENTS = ("page", "device", "region", "product", "utm_source", "utm_medium", "utm_campaign")
# Nothing that tells how the journey ended: it would be known from its end, not from its item.
OF_JOURNEYS = ("first_channel", "started_stage", "journey_number", "month")
ATTRIBUTES = "attributes."
_TOTALS = {
    "journey": "select count(*) from journeys",
    "person": "select count(distinct person_id) from journeys",
    "session": "select count(*) from sessions",
}


def count_units(con: duckdb.DuckDBPyConnection, unit: str) -> int:
    """How many units were chosen, whatever they met."""
    ((total,),) = con.execute(_TOTALS[unit]).fetchall()
    return int(total)


def check_by(con: duckdb.DuckDBPyConnection, by: str) -> None:
    """Raises SettingsError if nothing can be broken down by `by`."""
    columns = (*OF_STEPS, *OF_EVENTS, *OF_JOURNEYS)
    if by in columns:
        return
    query = "select distinct unnest(map_keys(attributes)) from journeys"
    keys = [ATTRIBUTES + key for (key,) in con.execute(query).fetchall()]
    if by not in keys:
        raise SettingsError(
            f"A funnel cannot be broken down by {by!r}.", hint=nearest(by, [*columns, *keys])
        )


def read_items(
    con: duckdb.DuckDBPyConnection, switches: Switches
) -> tuple[Items, Flags, pa.ChunkedArray | None]:
    """The items at the touchpoints that a funnel names or excludes, in their order.

    Out: the items; per item, whether its unit can still go on; per item, what `by` says of it
    (None without `by`; NULL at other touchpoints than that of step `by_step`).
    """
    query, binding = _query(switches)
    table = con.sql(query, params=binding).to_arrow_table()

    def whole(column: str) -> Ints:
        return np.asarray(table.column(column).to_numpy(), dtype=np.int64)

    unit, number, name, left = (whole(each) for each in ("unit", "number", "name", "left_us"))
    rows: Ints = np.arange(len(unit))
    if switches.unit == "session":
        rows, number, ends = _runs(unit, name)
        left = left[ends]
    items = Items(
        unit=unit[rows],
        number=number,
        name=name[rows],
        entered=whole("entered_us")[rows],
        left=left,
        is_last=whole("is_last")[rows] > 0,
        excluded=np.cumsum(name[rows] >= len(set(switches.steps))),
    )
    goes_on = whole("goes_on")[rows] > 0
    return items, goes_on, table.column("segment").take(rows) if switches.by is not None else None


def _runs(unit: Ints, name: Ints) -> tuple[Ints, Ints, Ints]:
    """The runs of one name in a unit: their first rows, their numbers, their last rows.

    Rows without a name (NONE) are told from each other no further: they part the runs around
    them, which is why those are then no neighbours, and are left out.
    """
    changes = (np.diff(unit, prepend=-1) != 0) | (np.diff(name, prepend=NONE) != 0)
    begins = np.flatnonzero(changes)
    ends = np.append(begins, len(unit))[1:] - 1
    numbers = np.flatnonzero(name[begins] != NONE)
    return begins[numbers], numbers, ends[numbers]


def _query(switches: Switches) -> tuple[str, dict[str, Any]]:
    """What reads the items; every part is a file in sql/paths."""
    binding: dict[str, Any] = {"named": switches.named, "until": switches.until}
    files = {"items": "funnel_sessions"}
    told_by_items: tuple[str, ...] = (*OF_STEPS, *OF_EVENTS)
    if switches.unit != "session":
        files = {"units": f"funnel_{switches.unit}s", "items": "funnel_steps"}
        told_by_items = OF_STEPS
    segment = ""
    if (by := switches.by) is not None:
        binding["by_name"] = switches.named.index(switches.steps[switches.by_step - 1])
        # A name of a column is one of the lists above; a key is bound.
        column = by
        if by.startswith(ATTRIBUTES):
            column, binding["by_key"] = "attributes[$by_key]", by.removeprefix(ATTRIBUTES)
        if by in told_by_items:
            segment = f", case when items.name = $by_name then items.{column} end as segment"
        else:
            files["told"] = "funnel_step_events" if by in OF_EVENTS else "funnel_item_journeys"
            segment = f", told.{column}::text as segment"
    parts = [f"{name} as ({load_model('paths', file).sql})" for name, file in files.items()]
    told = "left join told using (unit, number)" if "told" in files else ""
    return (
        f"with {', '.join(parts)} "
        "select unit, number, items.name, items.entered_us, items.left_us, items.is_last, "
        f"items.goes_on{segment} "
        f"from items {told} order by unit, number"
    ), binding
