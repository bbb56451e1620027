"""How many go on from a stage, by day, while some are still on their way."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeyflow.analysis.incidence import incidence, interval

DAY_US = 86_400_000_000
_TYPES = {
    "stage": "str",
    "day": "int64",
    "p_advanced": "float64",
    "p_lost": "float64",
    "p_open": "float64",
    "at_risk": "int64",
    "low": "float64",
    "high": "float64",
}


def stage_curves(fates: pd.DataFrame) -> pd.DataFrame:
    """Aalen-Johansen curves of every stage, read off at whole days.

    In: `fates` (stage, position, after_us, advanced, lost, open), counts of journeys by how long
    after entering the stage they went on, were lost, or were seen last. Out: stage, day,
    p_advanced, p_lost, p_open (they add up to 1), at_risk (journeys whose fate was open for at
    least so many days), low, high (95 % of p_advanced). Day 0 holds what happened at once; the last
    day is the first by which everything has.
    """
    parts = [_curve(str(stage), rows) for (_, stage), rows in fates.groupby(["position", "stage"])]
    empty = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _TYPES.items()})
    return pd.concat([empty, *parts], ignore_index=True).astype(_TYPES)


def _curve(stage: str, rows: pd.DataFrame) -> pd.DataFrame:
    after = rows["after_us"].to_numpy()
    curves = incidence(after, [rows["advanced"], rows["lost"]], rows["open"])
    days = np.arange(-(-int(after.max()) // DAY_US) + 1)
    at = curves.at(days * DAY_US)
    known = at >= 0
    advanced, lost = (np.where(known, each[at], 0.0) for each in curves.ended)
    variance = np.where(known, curves.variance[0][at], 0.0)
    # The first moment that is not before the day: whoever is at risk there has waited so long.
    there = np.searchsorted(curves.times, days * DAY_US, side="left")
    at_risk = np.append(curves.at_risk, 0)[there]
    seen_last = rows.sort_values("after_us")["open"].to_numpy().cumsum()
    left = np.searchsorted(np.sort(after), days * DAY_US, side="right")
    censored = np.append(0, seen_last)[left]
    low, high = interval(advanced, variance, curves.at_risk[0] - censored)
    return pd.DataFrame(
        {
            "stage": stage,
            "day": days,
            "p_advanced": advanced,
            "p_lost": lost,
            "p_open": np.where(known, curves.waiting[at], 1.0),
            "at_risk": at_risk,
            "low": low,
            "high": high,
        }
    )
