"""Shares with an interval, and none where too few were counted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeyflow.analysis.shares import wilsons
from journeyflow.language import SMALLEST_SHARE_BASE

TOO_FEW = f"fewer than {SMALLEST_SHARE_BASE} journeys"


def rates(part: pd.Series, whole: pd.Series, name: str) -> pd.DataFrame:
    """`name` = part ÷ whole, `name`_low, `name`_high (Wilson 1927, 95 %) and `name`_reason.

    Below 20 journeys there is no rate (NaN), and the reason says so; else the reason is None.
    """
    known = (whole >= SMALLEST_SHARE_BASE).to_numpy()
    part, whole = part.where(known, 0), whole.where(known, 1)
    low, high = wilsons(part, whole)
    columns = {name: part / whole, f"{name}_low": low, f"{name}_high": high}
    table = pd.DataFrame({key: np.where(known, value, np.nan) for key, value in columns.items()})
    reasons = [None if enough else TOO_FEW for enough in known]
    table[f"{name}_reason"] = pd.Series(reasons, dtype="object")
    return table.set_index(part.index)
