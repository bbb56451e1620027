"""What keeping customers would bring, asked of a store: a share of the lost, or as the best do."""

from __future__ import annotations

import duckdb
import pandas as pd

from journeyflow.analysis.chain import absorbing_chain, fold
from journeyflow.analysis.comparison import read, segment_journeys
from journeyflow.analysis.gains import segment_gains
from journeyflow.analysis.narrowed import make
from journeyflow.analysis.weakest import LIMIT, weakest_links
from journeyflow.errors import SettingsError
from journeyflow.warehouse.models import load_model

LEVELS = ("touchpoint", "stage", "owner")


def recovered_links(
    con: duckdb.DuckDBPyConnection, level: str, recover: float, draws: int
) -> pd.DataFrame:
    """Links of a level, ranked by what recovering a share of those lost there would bring.

    Out: the columns of `weakest.weakest_links`. Raises SettingsError for a level that does not
    exist and for options out of range.
    """
    if level not in LEVELS:
        raise SettingsError(f"level is {level!r}; expected one of {', '.join(LEVELS)}.")
    bags = _bags(con)
    groups = None
    if level != "touchpoint":
        known = bags.drop_duplicates("from_touchpoint").set_index("from_touchpoint")[level]
        groups = known.dropna().to_dict()
    return weakest_links(bags, groups, recover=recover, draws=draws)


def benchmarked_links(con: duckdb.DuckDBPyConnection, by: str, top: int) -> pd.DataFrame:
    """What it would bring if everybody were kept at each touchpoint as the best segment keeps its.

    by: what the segments are, as in `comparison.compare`. Out: the columns of
    `gains.segment_gains`, the largest gain first. Raises SettingsError for a column that does not
    exist.
    """
    segment_journeys(con, by, (), top)
    bags = _bags(con)
    ends = ["from_touchpoint", "to_touchpoint"]
    edges, folded = fold(bags.groupby(ends, as_index=False)["transitions"].sum(), LIMIT)
    exits = read(con, "segment_exits")
    table = segment_gains(absorbing_chain(edges), exits[~exits["touchpoint"].isin(folded)])
    return table.sort_values(["gain", "touchpoint"], ascending=[False, True], ignore_index=True)


def _bags(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    make(con, {"touchpoint_visits"})
    model = load_model("analysis", "weakest_links")
    frame: pd.DataFrame = con.execute(model.sql).df()
    return frame
