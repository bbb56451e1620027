"""For how long journeys must be observed before what became of them can be compared.

Of a young cohort less is known than of an old one, so rates of cohorts compare only what happened
within one and the same time, and only of those who have all been observed that long.
"""

from __future__ import annotations

import pandas as pd

from journeyflow.analysis.incidence import incidence, is_mature

# Days to choose from: the shortest within which so much happens of all that does; and what stands
# in where nothing has happened, or too few were left waiting to tell.
LADDER = (1, 2, 3, 5, 7, 14, 21, 30, 45, 60, 90)
MOST = 0.9
DEFAULT_DAYS = 30
_TYPES = {"measure": "str", "touchpoint": "str", "days": "int32"}


def follow_ups(counts: pd.DataFrame) -> pd.DataFrame:
    """The days of observation that each measure asks for.

    In: `counts` (measure, touchpoint, after_days, happened, missed, still_open), to how many it
    happened after so many days, for how many it was over without, and how many are still waiting.
    Out: measure, touchpoint, days: the shortest of `LADDER` within which 90 % of what happens
    does, by the curve of Aalen & Johansen as far as 10, and 5 %, of all are still waiting; 30 where
    that tells nothing.
    """
    rows = [
        {"measure": measure, "touchpoint": touchpoint, "days": _days(part)}
        for (measure, touchpoint), part in counts.groupby(["measure", "touchpoint"], dropna=False)
    ]
    return pd.DataFrame(rows, columns=list(_TYPES)).astype(_TYPES)


def _days(counts: pd.DataFrame) -> int:
    curve = incidence(
        counts["after_days"], [counts["happened"], counts["missed"]], counts["still_open"]
    )
    if not len(curve.times):
        return DEFAULT_DAYS
    told = is_mature(curve.at_risk, curve.at_risk[0])
    happened = curve.ended[0][told]
    if not happened.any():
        return DEFAULT_DAYS
    enough = curve.times[told][happened >= MOST * happened[-1]][0]
    return int(next((days for days in LADDER if days >= enough), LADDER[-1]))
