"""The figures that are compared before and after a change, each from the counts of its windows.

- `journeys_per_day`: how many journeys began.
- `conversion`: the share of them that converted within the follow-up. Its parts are
  `conversion_by_mix`: other channels brought them, and `conversion_by_rate`: those of one channel
  fared otherwise (Kitagawa 1955, see `mix`).
- `conversions_per_day`: how many of the journeys begun on a day did. With V journeys a day and a
  conversion of R, it changes by (V2 - V1) (R1 + R2) / 2 + (R2 - R1) (V1 + V2) / 2. The first is
  `conversions_by_volume`; the other is `conversions_by_mix` and `conversions_by_rate`.
- `touchpoint_share`: the share of journeys that met the touchpoint within the follow-up;
  `touchpoint_going_on`: of those who did, the share that went on from there within it, and
  `touchpoint_wait_s`: how long half of these waited.
"""

from __future__ import annotations

from math import nan
from typing import Any

import numpy as np
import pandas as pd

from journeyflow.analysis.counts import Dispersion, count_difference, count_test, dispersion
from journeyflow.analysis.medians import compare_medians
from journeyflow.analysis.mix import mix_and_rate
from journeyflow.analysis.shares import (
    FEWEST_OF_A_KIND,
    Estimate,
    newcombe,
    share_test,
    square_and_add,
)
from journeyflow.analysis.stratified import Strata

SCATTER_UNKNOWN, NOBODY, BY_ITS_FACTORS = "scatter_unknown", "nobody", "judged_by_its_factors"
OF_MEASURES = {
    "volume": ("journeys_per_day",),
    "conversion": (
        "conversion", "conversion_by_mix", "conversion_by_rate", "conversions_per_day",
        "conversions_by_volume", "conversions_by_mix", "conversions_by_rate",
    ),
    "meeting": ("touchpoint_share",),
    "going_on": ("touchpoint_going_on", "touchpoint_wait_s"),
}  # fmt: skip
PART_OF = {
    f"{whole}_by_{part}": figure
    for whole, figure in (("conversion", "conversion"), ("conversions", "conversions_per_day"))
    for part in ("volume", "mix", "rate")
}

Row = dict[str, Any]
Rows = dict[str, Row]


def rows_of(measure: str, counts: pd.DataFrame, days: int, scatter: Dispersion | None) -> Rows:
    """The figures of a measure, by name: what of their row in `change_effects` they tell.

    In: `counts` (side, part, whole, happened, waits_s) of windows of so many `days`, and how weeks
    scatter.
    """
    if measure == "volume":
        return _volume(counts, days, scatter)
    if measure == "conversion":
        return _conversion(counts, days, scatter)
    return {"touchpoint_share": _shares(counts)} if measure == "meeting" else _going_on(counts)


def scatter_of(blocks: pd.DataFrame) -> Dispersion | None:
    """How much weeks scatter by themselves: neighbours on one side of the change."""
    weeks = _weeks(blocks.dropna(subset="side"))
    return dispersion([weeks[weeks.index < 0], weeks[weeks.index >= 0]])


def _volume(blocks: pd.DataFrame, days: int, scatter: Dispersion | None) -> Rows:
    """journeys_per_day, from the counts of weeks around the change."""
    weeks = _weeks(blocks)
    before = int(weeks.loc[-days // 7 : -1].sum())
    after = int(weeks.loc[0 : days // 7 - 1].sum())
    found = _row(
        before / days, after / days, before, after,
        _times(count_difference(after, before, scatter), 1 / days),
        count_test(after, before, scatter),
    )  # fmt: skip
    return {"journeys_per_day": found | {"reason": None if scatter else SCATTER_UNKNOWN}}


def _conversion(counts: pd.DataFrame, days: int, scatter: Dispersion | None) -> Rows:
    """Conversion and conversions_per_day with their parts, from the counts of channels."""
    sides = [counts[counts["side"] == side] for side in ("after", "before")]
    by = [each.groupby("part")[["whole", "happened"]].sum() for each in sides]
    channels = by[0].index.union(by[1].index)
    cells = [each.reindex(channels, fill_value=0).astype("float64") for each in by]
    strata = Strata(*[each[name].to_numpy() for each in cells for name in ("whole", "happened")])
    n_a, x_a, n_b, x_b = (int(each.sum()) for each in strata)
    if not (n_a and n_b):
        return {name: {"reason": NOBODY} for name in OF_MEASURES["conversion"]}
    between = newcombe(x_a, n_a, x_b, n_b)
    rate_a, rate_b = x_a / n_a, x_b / n_b
    parts = mix_and_rate(strata)
    few = min(x_a, n_a - x_a, x_b, n_b - x_b) < FEWEST_OF_A_KIND
    rows = {
        "conversion": _row(rate_b, rate_a, n_b, n_a, between, share_test(x_a, n_a, x_b, n_b).p),
        "conversion_by_mix": _part(parts.mix.estimate, nan if few else parts.mix.p),
        "conversion_by_rate": _part(parts.rate.estimate, nan if few else parts.rate.p),
    }
    journeys = (n_a + n_b) / 2 / days
    by_volume = _times(count_difference(n_a, n_b, scatter), (rate_a + rate_b) / 2 / days)
    by_rates = _times(between, -journeys)
    factors = {
        "conversions_per_day": _row(
            x_b / days, x_a / days, x_b, x_a, square_and_add(by_volume, by_rates), nan
        ),
        "conversions_by_volume": _part(by_volume, nan),
        "conversions_by_mix": _part(_times(parts.mix.estimate, journeys), nan),
        "conversions_by_rate": _part(_times(parts.rate.estimate, journeys), nan),
    }
    return rows | {name: row | {"reason": BY_ITS_FACTORS} for name, row in factors.items()}


def _going_on(counts: pd.DataFrame) -> Rows:
    """touchpoint_going_on and touchpoint_wait_s, from the counts and the waits of both sides."""
    waits = {"before": np.empty(0), "after": np.empty(0)} | {
        each.side: np.asarray(each.waits_s, dtype=np.float64) for each in counts.itertuples()
    }
    table = compare_medians(waits, against="before", k=0).set_index("segment")
    told = table.loc["after"]
    few = min(len(each) for each in waits.values()) < FEWEST_OF_A_KIND
    wait = _row(
        float(table.loc["before", "median"]), float(told["median"]),
        len(waits["before"]), len(waits["after"]),
        Estimate(*told[["difference", "difference_low", "difference_high"]].astype(float)),
        nan if few else float(told["p"]),
    )  # fmt: skip
    some = all(len(each) for each in waits.values())
    return {
        "touchpoint_going_on": _shares(counts),
        "touchpoint_wait_s": wait | {"reason": None if some else NOBODY},
    }


def _shares(counts: pd.DataFrame) -> Row:
    told = counts.set_index("side")[["whole", "happened"]].reindex(["after", "before"])
    n_a, x_a, n_b, x_b = (int(each) for each in told.fillna(0).to_numpy().ravel())
    if not (n_a and n_b):
        return {"n_before": n_b, "n_after": n_a, "reason": NOBODY}
    return _row(
        x_b / n_b, x_a / n_a, n_b, n_a, newcombe(x_a, n_a, x_b, n_b),
        share_test(x_a, n_a, x_b, n_b).p,
    )  # fmt: skip


def _weeks(blocks: pd.DataFrame) -> pd.Series[Any]:
    """Journeys by week, counted from the change."""
    weeks = blocks["whole"].set_axis(blocks["part"].astype("int64"))
    return weeks.sort_index()


def _row(before: float, after: float, n_b: int, n_a: int, between: Estimate, p: float) -> Row:
    counted = {"before": before, "after": after, "n_before": n_b, "n_after": n_a}
    return counted | _part(between, p)


def _part(between: Estimate, p: float) -> Row:
    names = ("difference", "difference_low", "difference_high")
    return dict(zip(names, between, strict=True)) | {"p": p}


def _times(each: Estimate, factor: float) -> Estimate:
    low, high = sorted((each.low * factor, each.high * factor))
    return Estimate(each.value * factor, low, high)
