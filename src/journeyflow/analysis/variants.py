"""Variants: which ways journeys took through the touchpoints, and how few ways most share."""

from __future__ import annotations

import math
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from journeyflow.analysis.rates import rates
from journeyflow.analysis.walks import ENDS
from journeyflow.errors import SettingsError
from journeyflow.warehouse.models import create, load_model

RARER = "(rarer)"
_COLUMNS = (
    "rank", "path", "journeys", "persons", "share", "coverage", "converted", "lost", "open",
    "rate", "rate_low", "rate_high", "rate_reason", "median_duration_s",
)  # fmt: skip
_COUNTS = "select count(*) as journeys from variant_journeys group by path"


@dataclass(frozen=True)
class Variants:
    """The variants of some journeys.

    table: rank (from 1; NULL for the last row, whose path is ["(rarer)"]: all variants that are
    not listed), path (list of touchpoints), journeys, persons (each once), share (of journeys),
    coverage (share of these rows so far; 1 at the end), converted, lost, open (journeys), rate
    (converted / journeys: so far, since the open may convert yet), rate_low, rate_high (Wilson
    1927, 95 %), rate_reason (why there is no rate, else None), median_duration_s (from the first
    step to the conversion or the loss, of journeys that have one; NaN if none has).
    journeys: all of them. variants: how many differ. covering_half, covering_80: how many of the
    most frequent hold at least 50 % and 80 % of the journeys. effective: exp of the Shannon
    entropy of the shares (Hill 1973, order 1): as many equally frequent variants would be as
    diverse. met_once: share of journeys that went a way that no other journey went.
    The last four are None without journeys.
    """

    table: pd.DataFrame
    journeys: int
    variants: int
    covering_half: int | None
    covering_80: int | None
    effective: float | None
    met_once: float | None


def variants(
    con: duckdb.DuckDBPyConnection, top: int = 20, until: str = "conversion", k: int = 5
) -> Variants:
    """Counts the variants of the journeys in `con`, a published store.

    In: con, with journeys (journey_id, person_id, outcome, closed, started_at, ended_at,
    converted_at, path) and steps (journey_id, after_conversion). top: how many are listed at
    most. until: "conversion" ends a path with the step that holds the first conversion, "end"
    does not. k: variants of fewer persons are never listed; and where the others would be fewer
    persons than k, the last of the listed joins them. Equal ones are listed by path.
    Raises SettingsError for a top or k below 1 and an `until` that does not exist.
    """
    for option, number in (("top", top), ("k", k)):
        if number < 1:
            raise SettingsError(f"{option} is {number}; expected 1 or more.")
    if until not in ENDS:
        raise SettingsError(f"until is {until!r}; expected one of {', '.join(ENDS)}.")
    try:
        model = load_model("paths", "variant_journeys")
        create(con, model, "temp table variant_journeys", {"until": until})
        counts = np.sort(con.execute(_COUNTS).fetchnumpy()["journeys"])[::-1]
        table = _listed(con, top, k)
    finally:
        con.execute("drop table if exists temp.variant_journeys")
    total = int(counts.sum())
    rest = table["rank"].isna()
    table["path"] = [
        [RARER] if other else list(path) for path, other in zip(table["path"], rest, strict=True)
    ]
    table["share"] = table["journeys"] / total
    table["coverage"] = table["journeys"].cumsum() / total
    table = table.join(rates(table["converted"], table["journeys"], "rate"))
    return Variants(table[list(_COLUMNS)], total, len(counts), *_diversity(counts))


def _listed(con: duckdb.DuckDBPyConnection, top: int, k: int) -> pd.DataFrame:
    sql = load_model("paths", "listed_variants").sql
    rows = con.execute(sql, {"shown": top, "k": k}).df()
    rest = rows["rank"].isna()
    # Else the totals would tell of the few that are left.
    if not rest.all() and (rows.loc[rest, "persons"] < k).any():
        rows = con.execute(sql, {"shown": int((~rest).sum()) - 1, "k": k}).df()
    return rows.astype({"rank": "Int64"})


def _diversity(
    counts: npt.NDArray[np.int64],
) -> tuple[int | None, int | None, float | None, float | None]:
    """In: journeys per variant, the most frequent first."""
    if len(counts) == 0:
        return None, None, None, None
    total, covered = int(counts.sum()), counts.cumsum()
    half, most = (int(np.searchsorted(covered * 10, total * tenths)) + 1 for tenths in (5, 8))
    shares = counts / total
    once = float(np.count_nonzero(counts == 1) / total)
    return half, most, math.exp(-math.fsum(shares * np.log(shares))), once
