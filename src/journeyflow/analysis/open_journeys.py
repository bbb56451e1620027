"""The journeys that are open now, each with the outlook of the state in which it is.

There may be a million of them, and all in one state share one outlook. So nothing is kept of them:
the table `outlook` has a row per state, and this question joins it to the journeys asked for.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pandas as pd

from journeyflow.analysis.choosing import condition
from journeyflow.errors import SettingsError
from journeyflow.warehouse.models import load_model


def open_journeys(
    con: duckdb.DuckDBPyConnection, where: Mapping[str, object] | None, top: int | None
) -> pd.DataFrame:
    """The open journeys that meet `where`, those most likely to convert first.

    con: a cursor of a published store, in which a temporary table is made. where: {column of
    journeys: value or list of values}, see `choosing.condition`; top: how many rows, None: all.

    Out: journey_id, person_id, touchpoint (the last), stage (that of most steps
    there), silent_s, steps, expected (the chance to convert within 30 days) with low and high
    (95 %), next_touchpoint and next_p, n and reason: those of the state in `outlook`.
    Raises SettingsError for a column that does not exist, a value that does not fit it, and a
    `top` below 1.
    """
    if top is not None and top < 1:
        raise SettingsError(f"top is {top}; expected 1 or more, or None for all.")
    chosen, values = condition(con, where or {}, (None, None))
    try:
        con.execute(
            "create temp table asked_open as "
            "select journey_id, person_id, last_touchpoint, steps, ended_at from journeys as j "
            f"where outcome = 'open' and {chosen}",
            values,
        )
    except duckdb.ConversionException as fault:
        raise SettingsError(
            "A value in `where` does not fit the type of its column in journeys.",
            hint=f"Filters given on: {', '.join(sorted(where or {}))}.",
        ) from fault
    model = load_model("outlook", "open_journeys")
    table: pd.DataFrame = con.sql(model.sql, params={"top": top}).to_arrow_table().to_pandas()
    return table
