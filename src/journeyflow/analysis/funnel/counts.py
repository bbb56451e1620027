"""The table of a funnel, counted from its attempts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from journeyflow.analysis.funnel.items import Attempts, Flags, Ints, Items
from journeyflow.analysis.shares import wilsons

Floats = npt.NDArray[np.float64]


def count_rows(
    items: Items,
    found: Attempts,
    is_open: Flags,
    steps: Sequence[str],
    segments: pd.Series | None = None,
) -> pd.DataFrame:
    """One row per position, or per segment and position; columns: `FunnelTable.steps`.

    is_open: per attempt, whether it may still get further; segments: the segment of each.
    """
    if segments is None:
        code, labels = np.zeros(len(found), dtype=np.int64), [""]
    else:
        sizes = segments.value_counts()
        labels = sorted(sizes.index, key=lambda label: (-sizes[label], label))
        code = pd.Index(labels).get_indexer(segments)
    shape = len(labels), len(steps)

    def at(position: Ints, of: Flags | slice = slice(None)) -> Ints:
        cells = (code * len(steps) + position)[of]
        return np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)

    entered, ended = at(found.first), at(found.last)
    went_on = np.cumsum(entered, axis=1) - np.cumsum(ended, axis=1)
    count = went_on + ended
    before, came = _shifted(count), _shifted(went_on)
    still = _shifted(at(found.last, is_open))
    ended_since_first = np.cumsum(at(found.last, found.first == 0), axis=1)
    low, high = (
        np.where(before.ravel() > 0, end, np.nan) for end in wilsons(came.ravel(), before.ravel())
    )
    waits = _waits(items, found, code, shape)
    rows = pd.DataFrame(
        {
            "segment": np.repeat(labels, len(steps)),
            "position": np.tile(np.arange(1, len(steps) + 1), len(labels)),
            "step": list(steps) * len(labels),
            "count": count.ravel(),
            "entered": entered.ravel(),
            "share_of_first": _share(entered[:, :1] - _shifted(ended_since_first), entered[:, :1]),
            "share_of_previous": _share(came, before),
            "low": low,
            "high": high,
            "wait_median_s": waits[0].ravel(),
            "wait_p90_s": waits[1].ravel(),
            "open": _after_first(still),
            "lost": _after_first(before - came - still),
        }
    )
    return rows.drop(columns="segment") if segments is None else rows


def _shifted(counts: Ints) -> Ints:
    """The counts of the position before; 0 at the first."""
    return np.pad(counts[:, :-1], ((0, 0), (1, 0)))


def _share(part: Ints, whole: Ints) -> Floats:
    part, whole = np.broadcast_arrays(part, whole)
    shares = np.full(part.shape, np.nan)
    np.divide(part, whole, out=shares, where=whole > 0)
    return shares.ravel()


def _after_first(counts: Ints) -> pd.Series:
    position = np.broadcast_to(np.arange(counts.shape[1]), counts.shape)
    return pd.Series(counts.ravel(), dtype="Int64").mask((position == 0).ravel())


def _waits(
    items: Items, found: Attempts, code: npt.NDArray[np.intp], shape: tuple[int, int]
) -> Floats:
    """Median and ninth decile of the waits at each position, in seconds: 2 x segments x steps.

    A wait runs from leaving the item before to entering this one. In any order, k is done
    with the latest of the first k items, and has waited for nothing if it was done before.
    """
    waits = np.full((2, *shape), np.nan)
    done = np.maximum.accumulate(found.places, axis=1)
    for position in range(1, shape[1]):
        came = (found.first < position) & (position <= found.last)
        one, other = done[came, position - 1], done[came, position]
        passed = np.maximum(items.entered[other] - items.left[one], 0) / 1_000_000
        groups = pd.Series(passed).groupby(code[came])
        for which, quantile in enumerate((0.5, 0.9)):
            found_quantiles = groups.quantile(quantile)
            waits[which, found_quantiles.index, position] = found_quantiles
    return waits
