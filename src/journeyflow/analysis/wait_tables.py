"""The tables of waits: between touchpoints, and at each of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from journeyflow.analysis.graph import LOST, OPEN
from journeyflow.analysis.incidence import Incidence, interval
from journeyflow.analysis.waits import READ_OFF, SECOND_US, curves, read_off, weighed

_FROM, _TO = "from_touchpoint", "to_touchpoint"
NOBODY_WENT_ON = "nobody_went_on"
WITHIN_DAYS = (1, 7, 30)
_DAY_US = 86_400 * SECOND_US
_BETWEEN = {
    _FROM: "str", _TO: "str", "transitions": "int64", **READ_OFF, "lost": "int64",
    "running": "int64",
}  # fmt: skip
_SHARES = {
    f"within_{days}d{end}": "float64" for days in WITHIN_DAYS for end in ("", "_low", "_high")
}
_AT = {
    "touchpoint": "str", "owner": "str", "waits": "int64", "transitions": "int64",
    "lost": "int64", "running": "int64", **_SHARES, **READ_OFF,
}  # fmt: skip


def transition_waits(counts: pd.DataFrame) -> pd.DataFrame:
    """How long it takes from one touchpoint to the next.

    In: `counts` (from_touchpoint, to_touchpoint, wait_us, waits), how many waits of which length
    ended with which touchpoint, were lost (`(lost)`), or still run (`(open)`). Out: the two names,
    what `waits.read_off` says of the ended waits of each such pair, seconds; lost and running: how
    many others at `from` were, or do.
    """
    table = read_off(weighed(counts, [_FROM]), [_FROM, _TO])
    return _typed(table.join(_others(counts), on=_FROM), _BETWEEN)


def touchpoint_waits(counts: pd.DataFrame) -> pd.DataFrame:
    """How long it takes until customers go on from a touchpoint, wherever to.

    In: `counts` as for `transition_waits`, with a column owner, that of `from`. Out, one row per
    touchpoint: touchpoint, owner, waits (= transitions + lost + running), within_1d, within_7d,
    within_30d (the shares that had gone on by then, Aalen-Johansen, with the ends `_low` and
    `_high` of their 95 % intervals; NaN where nobody was watched for so long), and what
    `waits.read_off` says of those who went on; NaN, with the reason `nobody_went_on`, where nobody
    did.
    """
    went = read_off(weighed(counts, [_FROM]), [_FROM]).set_index(_FROM)
    wait, place = counts["wait_us"].to_numpy(), counts[[_FROM, "owner"]]
    running = np.where(counts[_TO] == OPEN, counts["waits"], 0)
    shares = pd.DataFrame(
        [
            (*place.iloc[rows[0]], *_within(curve, wait[rows], running[rows]))
            for rows, curve in curves(counts, [_FROM])
        ],
        columns=[_FROM, "owner", *_SHARES],
    )
    table = shares.join(_others(counts), on=_FROM).join(went, on=_FROM)
    table["transitions"] = table["transitions"].fillna(0)
    table["reason"] = table["reason"].mask(table["transitions"] == 0, NOBODY_WENT_ON)
    table["waits"] = table[["transitions", "lost", "running"]].sum(axis=1)
    return _typed(table.rename(columns={_FROM: "touchpoint"}), _AT)


def _within(
    curve: Incidence, wait: npt.NDArray[np.float64], running: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """The shares gone on within so many days, each with its interval."""
    moments = np.array(WITHIN_DAYS) * _DAY_US
    at = curve.at(moments)
    share, variance = (
        np.where(at >= 0, each[0][at], 0.0) for each in (curve.ended, curve.variance)
    )
    censored = running @ (wait[:, None] <= moments)
    low, high = interval(share, variance, curve.at_risk[0] - censored)
    known = (curve.times[-1] >= moments) | (curve.waiting[-1] <= 0)
    return np.where(known, [share, low, high], np.nan).T.ravel()


def _others(counts: pd.DataFrame) -> pd.DataFrame:
    """How many at each touchpoint were lost, and how many still wait."""
    waits = counts["waits"]
    return pd.DataFrame(
        {
            name: waits.where(counts[_TO] == end, 0).groupby(counts[_FROM]).sum()
            for name, end in (("lost", LOST), ("running", OPEN))
        }
    )


def _typed(table: pd.DataFrame, types: dict[str, str]) -> pd.DataFrame:
    return table[list(types)].astype(types).reset_index(drop=True)
