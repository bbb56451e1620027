"""After how long a silence hardly anybody comes back: when a journey is over.

A silence that still lasts when the observation ends is censored. To look only at those that are
over finds a horizon that is too short: long silences had the least time to end.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeyflow.analysis.incidence import incidence

DAY_US = 86_400_000_000
# Days that `lost_after = "auto"` chooses from, the share that may still come back, and what stands
# in where the data does not tell.
HORIZONS = (7, 14, 21, 30, 45, 60, 90, 120, 180, 365)
MAY_COME_BACK = 0.05
DEFAULT_DAYS = 45
# So many must still be silent for a curve to say how it goes on, and so many silences be known.
FEWEST_AT_RISK, FEWEST_SILENCES = 50, 200
_TYPES = {"day": "int64", "at_risk": "int64", "still_silent": "float64", "come_back": "float64"}


def silences(counts: pd.DataFrame) -> pd.DataFrame:
    """How the silent come back, by the days that they have been silent.

    In: `counts` (after_us, returned, silent), how many silences ended after so long, and how many
    last so long by now. Out: day, at_risk (silences that lasted at least so long), still_silent
    (the share of all silences, by Kaplan-Meier), come_back (the share of those silent for so long
    who will still come back, as far as the curve tells; NaN where it does not, which is beyond
    the last moment with 50 at risk, and everywhere where fewer than 200 silences are known).

    With S the curve and S_end where it ends, of those silent at t (S - S_end) / S come back.
    """
    if counts.empty:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _TYPES.items()})
    curve = incidence(counts["after_us"], [counts["returned"]], counts["silent"])
    enough = curve.at_risk >= FEWEST_AT_RISK
    over = curve.times[np.diff(curve.ended[0], prepend=0.0) > 0]
    known_until = curve.times[enough].max(initial=0.0)
    days = np.arange(1, int(max(known_until, over.max(initial=0.0))) // DAY_US + 1)
    at = curve.at(days * DAY_US)
    still = np.where(at >= 0, curve.waiting[at], 1.0)
    told = np.full(len(days), np.nan)
    if curve.at_risk[0] >= FEWEST_SILENCES:
        known = days * DAY_US <= known_until
        known &= still > 0  # where nobody is silent any more, nobody can come back
        told[known] = 1 - curve.waiting[enough][-1] / still[known]
    there = np.searchsorted(curve.times, days * DAY_US, side="left")
    return pd.DataFrame(
        {
            "day": days,
            "at_risk": np.append(curve.at_risk, 0)[there],
            "still_silent": still,
            "come_back": told,
        }
    ).astype(_TYPES)


def horizon(table: pd.DataFrame) -> int | None:
    """The days of silence after which a journey is lost, from the table of `silences`.

    The shortest of `HORIZONS` after which at most 5 % of the silent come back. None where that
    cannot be told: the curve must be known for three times as long, or its end is no plateau.
    """
    known = table[table["come_back"].notna()]
    for days in HORIZONS:
        if 3 * days > known["day"].max():
            return None
        if (known.loc[known["day"] == days, "come_back"] <= MAY_COME_BACK).any():
            return days
    return None
