"""By when deals that go on from a stage have gone on, so that it shows which ones are late.

A deal leaves its stage to go on or because it is lost, or it still stands. These ways compete, so
the share F that has gone on by t is Aalen and Johansen's (`incidence`), with those that stand
censored. Of those that go on at all nine in ten have gone on by the first t where
F(t) = 0.9 F(end).

**The end** is the last moment at which ten deals, or one in twenty, were still watched, or the very
last if none stands after it. A stage in which deals are forgotten has a long flat end, which says
as much as an end that all have reached; a young one is still rising there. So the point must lie in
the first half of what was watched: of an exponential wait it is then found 4 % too early at most.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeyflow.analysis.incidence import incidence
from journeyflow.language import SMALLEST_SHARE_BASE

FEW_WENT_ON = f"fewer than {SMALLEST_SHARE_BASE} deals went on from here"
TOO_YOUNG = "deals here have not been watched for twice as long as nine in ten take to go on"
NINE_IN_TEN, HALF = 0.9, 0.5
_FEWEST_WATCHED, _LEAST_SHARE_WATCHED = 10, 0.05
_WATCHED_TWICE = 2
_SECOND_US = 1_000_000
_ROUNDING = 1e-9
_STAGE = ["source", "pipeline", "touchpoint"]
_TYPES = {
    "source": "str", "pipeline": "str", "touchpoint": "str", "deals": "int64",
    "went_on": "int64", "lost": "int64", "p_goes_on": "float64", "median_s": "float64",
    "late_after_s": "float64", "watched_s": "float64", "reason": "str",
}  # fmt: skip


def deal_patience(counts: pd.DataFrame) -> pd.DataFrame:
    """How long deals stand in each stage before they go on.

    In: `counts` (source, pipeline, touchpoint, after_us, went_on, lost, standing): how many deals
    went on, were lost, or were seen to stand there last, so long after they had entered.

    Out, by stage: source, pipeline, touchpoint, deals, went_on, lost, p_goes_on (the share that has
    gone on when the curve ends), median_s, late_after_s (by then half, and nine in ten of these
    had), watched_s (where the curve ends), reason. The times are NaN with a `reason` where fewer
    than 20 went on, or the curve is too short to tell nine in ten.
    """
    rows = [(*stage, *_patience(found)) for stage, found in counts.groupby(_STAGE, dropna=False)]
    return pd.DataFrame(rows, columns=list(_TYPES)).astype(_TYPES)


def _patience(found: pd.DataFrame) -> tuple[object, ...]:
    ways = found[["went_on", "lost"]].to_numpy().T
    curve = incidence(found["after_us"], ways, found["standing"])
    went_on, lost = (int(each.sum()) for each in ways)
    deals = went_on + lost + int(found["standing"].sum())
    end = len(curve.times) - 1
    if curve.waiting[-1] > 0:
        fewest = min(_FEWEST_WATCHED, _LEAST_SHARE_WATCHED * deals)
        end = int((curve.at_risk >= fewest).sum()) - 1
    share, watched = curve.ended[0][end], curve.times[end] / _SECOND_US
    told = (deals, went_on, lost, share)
    if went_on < SMALLEST_SHARE_BASE:
        return (*told, np.nan, np.nan, watched, FEW_WENT_ON)
    half, late = (
        curve.times[np.argmax(curve.ended[0] >= part * share * (1 - _ROUNDING))] / _SECOND_US
        for part in (HALF, NINE_IN_TEN)
    )
    if curve.waiting[-1] > 0 and watched < _WATCHED_TWICE * late:
        return (*told, np.nan, np.nan, watched, TOO_YOUNG)
    return (*told, half, late, watched, None)
