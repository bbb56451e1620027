"""The tables of waits: between touchpoints, at each of them, and between their owners.

In all of them: `counts`, how many waits of which length ended how, with the columns
from_touchpoint, from_owner, to_touchpoint (`(lost)` and `(open)` among them), to_owner, wait_us,
waits; calendar, by which clock the length is told (NULL: all time); and counts, whether that is the
clock of the touchpoint waited for. A curve needs one clock for all who wait at a touchpoint,
wherever they go in the end, so every wait is there by each.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from journeyflow.analysis.graph import LOST, OPEN
from journeyflow.analysis.incidence import Incidence, interval
from journeyflow.analysis.waits import FIGURES, SECOND_US, curves, read_off, weighed

NOBODY_WENT_ON = "nobody_went_on"
NO_WAIT_ENDED = "no_wait_ended"
NO_OWNER = "(no owner)"
WITHIN_DAYS = (1, 7, 30)
_FROM, _TO = "from_touchpoint", "to_touchpoint"
_DAY_US = 86_400 * SECOND_US
_TOLD = {f"{clock}_{each}": "float64" for clock in ("wait", "working") for each in FIGURES}
_BETWEEN = {
    _FROM: "str", _TO: "str", "transitions": "int64", **_TOLD, "lost": "int64", "running": "int64",
    "reason": "str",
}  # fmt: skip
_SHARES = {
    f"within_{days}d{end}": "float64" for days in WITHIN_DAYS for end in ("", "_low", "_high")
}
_AT = {
    "touchpoint": "str", "owner": "str", "waits": "int64", "transitions": "int64",
    "lost": "int64", "running": "int64", **_SHARES, **_TOLD, "reason": "str",
}  # fmt: skip
_FOR = {
    "owner": "str", "transitions": "int64", **_TOLD, "lost": "int64", "loss_share": "float64",
    "running": "int64", "reason": "str",
}  # fmt: skip
_OWNERS = ("from_owner", "to_owner")
_OVER = dict.fromkeys(_OWNERS, "str") | {"transitions": "int64", **_TOLD, "reason": "str"}


def transition_waits(counts: pd.DataFrame) -> pd.DataFrame:
    """How long it takes from one touchpoint to the next.

    Out, one row per pair: from_touchpoint, to_touchpoint, what `told` says of their waits; lost and
    running: how many others at `from` were, or do.
    """
    table = told(counts, [_FROM, _TO])
    return _typed(table.join(_others(counts, _FROM), on=_FROM), _BETWEEN)


def touchpoint_waits(counts: pd.DataFrame) -> pd.DataFrame:
    """How long it takes until customers go on from a touchpoint, wherever to.

    Out, one row per touchpoint: touchpoint, owner, waits (= transitions + lost + running),
    within_1d, within_7d, within_30d (the shares that had gone on by then, Aalen-Johansen, with the
    ends `_low` and `_high` of their 95 % intervals; NaN where nobody was watched for so long), and
    what `told` says of those who went on; NaN, with the reason `nobody_went_on`, where nobody did.
    """
    elapsed = counts[counts["calendar"].isna()]
    wait, place = elapsed["wait_us"].to_numpy(), elapsed[[_FROM, "from_owner"]]
    running = np.where(elapsed[_TO] == OPEN, elapsed["waits"], 0)
    shares = pd.DataFrame(
        [
            (*place.iloc[rows[0]], *_within(curve, wait[rows], running[rows]))
            for rows, curve in curves(elapsed, [_FROM])
        ],
        columns=["touchpoint", "owner", *_SHARES],
    )
    went = told(counts, [_FROM]).set_index(_FROM)
    table = shares.join(_others(counts, _FROM), on="touchpoint").join(went, on="touchpoint")
    table["transitions"] = table["transitions"].fillna(0)
    table["reason"] = table["reason"].mask(table["transitions"] == 0, NOBODY_WENT_ON)
    table["waits"] = table[["transitions", "lost", "running"]].sum(axis=1)
    return _typed(table, _AT)


def owner_waits(counts: pd.DataFrame) -> pd.DataFrame:
    """How long customers wait for each owner of touchpoints, and how many are lost at theirs.

    Out, one row per owner (`(no owner)` where none is told): owner, what `told` says of the waits
    that ended at one of their touchpoints (NaN, with the reason `no_wait_ended`, where none did),
    lost and running: how many waits at their touchpoints ended with a loss, or still run;
    loss_share: of all losses, NaN if nobody was lost.
    """
    owned = _owned(counts)
    others = _others(owned, "from_owner").rename_axis("owner")
    ended = told(owned, ["to_owner"]).rename(columns={"to_owner": "owner"}).set_index("owner")
    table = ended.join(others, how="outer").rename_axis("owner").reset_index()
    numbers = ["transitions", "lost", "running"]
    table[numbers] = table[numbers].fillna(0)
    table["reason"] = table["reason"].mask(table["transitions"] == 0, NO_WAIT_ENDED)
    lost = table["lost"].sum()
    return _typed(table.assign(loss_share=table["lost"] / (lost or np.nan)), _FOR)


def handovers(counts: pd.DataFrame) -> pd.DataFrame:
    """How long customers wait where a step's owner is another than that of the step before.

    Out, one row per pair of different owners: from_owner, to_owner, and what `told` says of the
    waits between their touchpoints; shares are of all waiting, that for the same owner included.
    """
    table = told(_owned(counts), _OWNERS)
    return _typed(table[table["from_owner"] != table["to_owner"]], _OVER)


def told(counts: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """What is read off the curves for each of the groups `keys` of waits that ended.

    Out: the keys, transitions, reason, and the figures of `waits.read_off` as wait_… (elapsed) and
    working_… (by the clock of the touchpoint waited for; NaN where one of them has none).
    """
    keys, by_clock = list(keys), counts["calendar"].notna()
    table = _read(counts[~by_clock], [_FROM], keys, "wait")
    if not by_clock.any():
        return table.assign(**dict.fromkeys((f"working_{each}" for each in FIGURES), np.nan))
    working = _read(counts[by_clock], ["calendar", _FROM], keys, "working")
    table = table.merge(working, "left", keys, suffixes=("", "_worked"))
    whole = table["transitions"] == table["transitions_worked"]
    figures = {name: table[name].where(whole) for name in working if name.startswith("working_")}
    return table.assign(**figures)


def _read(
    counts: pd.DataFrame, places: Sequence[str], keys: Sequence[str], clock: str
) -> pd.DataFrame:
    went = weighed(counts, places)
    return read_off(went[went["counts"]], keys).rename(
        columns={each: f"{clock}_{each}" for each in FIGURES}
    )


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


def _owned(counts: pd.DataFrame) -> pd.DataFrame:
    return counts.assign(**{each: counts[each].fillna(NO_OWNER) for each in _OWNERS})


def _others(counts: pd.DataFrame, place: str) -> pd.DataFrame:
    """How many at each place were lost, and how many still wait."""
    elapsed = counts[counts["calendar"].isna()]
    return pd.DataFrame(
        {
            name: elapsed["waits"].where(elapsed[_TO] == end, 0).groupby(elapsed[place]).sum()
            for name, end in (("lost", LOST), ("running", OPEN))
        }
    )


def _typed(table: pd.DataFrame, types: dict[str, str]) -> pd.DataFrame:
    other = {name: kind for name, kind in types.items() if table[name].dtype != kind}
    return table[list(types)].astype(other).reset_index(drop=True)
