"""Whether the outlook can be believed: what it would have expected, and what happened since.

The same model (`landmarks`), fitted on what was known 35 days before the end, is asked about the
journeys that were open then; by the end it is known of each whether it converted within 30 days.
Journeys are put into bins by what was predicted of them. Brier's score is the mean of (p - y)^2, y
being 1 for who converted (Brier 1950, Monthly Weather Review 78:1); the least is the best. To be of
use it must be below that of saying of everybody what was known then of all together: the row
`base rate`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeyflow.analysis.landmarks import ANY, STATE, chances, everybody
from journeyflow.analysis.shares import share

BINS = (0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
NOBODY_OPEN = "no journey was open 35 days before the end"
UNKNOWN_THEN = "too little was known 35 days before the end to expect anything of these"
_TYPES = {
    "part": "str", "p_from": "float64", "p_until": "float64", "journeys": "int64",
    "expected": "float64", "converted": "int64", "share": "float64", "low": "float64",
    "high": "float64", "brier": "float64", "reason": "str",
}  # fmt: skip


def outlook_calibration(counts: pd.DataFrame) -> pd.DataFrame:
    """Predictions of 35 days before the end, beside what became of them.

    In: `counts` (part, touchpoint, silent_from_s, name, seen_days, days, moments, silences): part
    `fate` as `landmarks.chances` takes them, with what was known then; part `asked`: the journeys
    open then by state, `name` being `converted` where they did within 30 days.

    Out: part (`bin`; `all`: those of all bins; `base rate`: the same journeys, each expected to do
    as all together; `unknown`: of whom nothing could be expected, where there are any), p_from,
    p_until (a bin holds predictions from the one to below the other, the last its end too),
    journeys, expected (conversions), converted, share with low and high (Wilson, 95 %), brier,
    reason. Bins without journeys have no row.
    """
    asked = counts[counts["part"] == "asked"]
    known = counts[counts["part"] == "fate"]
    table = _predicted(asked, known)
    told = table[table["p"].notna()]
    place = np.searchsorted(BINS[1:-1], told["p"], side="right")
    rows = [
        _row("bin", found, found["p"]) | {"p_from": BINS[at], "p_until": BINS[at + 1]}
        for at, found in told.groupby(place)
    ]
    rows.append(_row("all", told, told["p"]))
    rows.append(_row("base rate", told, pd.Series(everybody(known), index=told.index)))
    if len(told) < len(table):
        unknown = table[table["p"].isna()]
        rows.append(_row("unknown", unknown, unknown["p"]))
    result = pd.DataFrame(rows, columns=list(_TYPES)).astype(_TYPES)
    nothing = UNKNOWN_THEN if len(table) else NOBODY_OPEN
    result.loc[result["expected"].isna(), "reason"] = nothing
    return result


def _predicted(asked: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The states asked about: journeys, converted, p (what their state expects, or its class)."""
    moments = asked["moments"]
    of = asked[STATE].assign(
        journeys=moments, converted=moments.where(asked["name"] == "converted", 0)
    )
    table = of.groupby(STATE, as_index=False).sum()
    expected = chances(known).set_index(STATE)["p_expected"]
    own = expected.reindex(pd.MultiIndex.from_frame(table[STATE])).to_numpy()
    classes = expected.reindex(pd.MultiIndex.from_frame(table[STATE].assign(touchpoint=ANY)))
    return table.assign(p=np.where(np.isnan(own), classes.to_numpy(), own))


def _row(part: str, found: pd.DataFrame, p: pd.Series) -> dict[str, object]:
    journeys, converted = int(found["journeys"].sum()), int(found["converted"].sum())
    row = {"part": part, "journeys": journeys, "converted": converted}
    row |= dict(zip(("share", "low", "high"), share(converted, journeys), strict=True))
    if journeys and p.notna().all():
        stayed = found["journeys"] - found["converted"]
        off = (found["converted"] * (1 - p) ** 2 + stayed * p**2).sum()
        row |= {"expected": (p * found["journeys"]).sum(), "brier": off / journeys}
    return row
