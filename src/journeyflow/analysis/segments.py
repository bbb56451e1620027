"""Segments side by side: each one's rate, how it differs, and whether that is more than noise."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from journeyflow.analysis.multiple import REFERENCE, judged
from journeyflow.analysis.sankey import NO_LABEL
from journeyflow.analysis.shares import (
    detectable,
    effective_size,
    newcombe,
    share,
    share_test,
    shown_as_share,
)
from journeyflow.analysis.suppression import SMALLEST_GROUP, suppressed
from journeyflow.errors import SettingsError

REST, LARGEST = "rest", "largest"

# Why a row has no figures, no verdict or no percentage.
FEW_PERSONS = "too few persons"
HIDES_ANOTHER = "hidden so that a smaller segment cannot be computed"
NOBODY = "nobody in the segment"
NO_STANDARD_ERROR = "no rate, or no standard error"
NOTHING_TO_COMPARE = "nothing to compare with"
HIDDEN_REFERENCE = "what it is compared with has too few persons"
ALL_OR_NONE = "all or none succeeded on both sides"
SMALL = "fewer than 20, or fewer than 5 successes or failures, on one side"
REASONS = (
    FEW_PERSONS, HIDES_ANOTHER, NOBODY, NO_STANDARD_ERROR, NOTHING_TO_COMPARE, HIDDEN_REFERENCE,
    ALL_OR_NONE, SMALL,
)  # fmt: skip

_COLUMNS = (
    "segment", "persons", "n", "successes", "rate", "low", "high", "compared_with", "difference",
    "difference_low", "difference_high", "p", "q", "family", "verdict", "detectable",
    "shown_as_share", "suppressed", "reason",
)  # fmt: skip
_FIGURES = ("n", "persons", "successes", "observed", "rate", "se")


class _Share(NamedTuple):
    part: float
    whole: float  # 0: nobody; NaN: not known


def compare_segments(
    table: pd.DataFrame,
    *,
    against: str = REST,
    family: npt.ArrayLike | None = None,
    q: float = 0.1,
    k: int = SMALLEST_GROUP,
) -> pd.DataFrame:
    """Compares the rate of every segment with that of the rest, the largest, or a named one.

    In: one row per segment: `segment` (NULL is read as "(none)"), `n` (units, such as journeys),
    and either `successes`, or `rate` and `se` of an Aalen-Johansen estimate; optional `persons`
    (else n stands for them) and `observed`: of n, those followed to their outcome or to the
    horizon, which serves rates of 0 and 1 (see `shares.effective_size`). The rest is all other
    segments together but "(none)", of which the property is not known; of estimates it is their
    mean by n, with the spread between them in its variance, so that it equals the plain share where
    nobody is open. `family` holds the p of other comparisons that are printed, `q` is the false
    discovery rate, `k` the fewest persons.

    Out, sorted by segment: segment, persons, n, successes, rate, low, high (Wilson, 95 %),
    compared_with, difference, difference_low, difference_high (Newcombe, 95 %, each by itself),
    p (`shares.share_test`), q, family (comparisons that q counts), verdict (`multiple.VERDICTS`),
    detectable (least difference found at 80 % power and 5 %, see `shares.detectable`),
    shown_as_share (else show "x of n"), suppressed (fewer than k persons, or hidden so that
    those cannot be computed: all figures NULL), reason (one of REASONS, or NULL).

    Raises SettingsError for columns or figures that make no sense, and for an unknown `against`.
    """
    if not 0 < q < 1:
        raise SettingsError(f"q is {q}; expected a share between 0 and 1, such as 0.1.")
    cells = _checked(table)
    names: list[str] = cells["segment"].tolist()
    reference = reference_of(names, cells["n"].tolist(), against)
    counts = dict(zip(names, cells["persons"].tolist(), strict=True))
    small, hidden = suppressed(counts, k, spare=reference)
    own = [_share(row) for row in cells.itertuples()]
    some = np.array([each.whole > 0 for each in own], dtype=np.bool_)
    known = some & (cells["segment"] != NO_LABEL).to_numpy()
    rows = []
    for place, (name, mine) in enumerate(zip(names, own, strict=True)):
        row: dict[str, Any] = {
            "segment": name,
            "compared_with": reference or REST,
            "suppressed": False,
            "shown_as_share": False,
        }
        if name in small or name in hidden:
            row |= {"suppressed": True, "reason": FEW_PERSONS if name in small else HIDES_ANOTHER}
        else:
            row |= _counts(cells.iloc[place]) | _rate(mine)
            if name == reference:
                row |= {"verdict": REFERENCE, "compared_with": None}
            elif reference in small or reference in hidden:
                row["reason"] = HIDDEN_REFERENCE
            elif reference is None:
                row |= _comparison(mine, _rest(cells, known & (cells.index != place)))
            else:
                row |= _comparison(mine, own[names.index(reference)])
        rows.append(row)
    return judged(typed(rows, _COLUMNS), family, q)[list(_COLUMNS)]


def reference_of(names: list[str], sizes: list[int], against: str) -> str | None:
    """The segment that the others are compared with; None for the rest."""
    if against == REST or not names:
        return None
    if against == LARGEST:
        return max(zip(names, sizes, strict=True), key=lambda each: each[1])[0]
    if against not in names:
        near = difflib.get_close_matches(against, [*names, REST, LARGEST], n=1)
        raise SettingsError(
            f"There is no segment {against!r} to compare with.",
            hint=f"Did you mean {near[0]!r}?"
            if near
            else f"Expected {REST}, {LARGEST} or one of: {', '.join(names)}.",
        )
    return against


def typed(rows: list[dict[str, Any]], columns: Iterable[str]) -> pd.DataFrame:
    """The rows as a table whose columns keep their types when they are empty or all NULL."""
    kinds = {
        **dict.fromkeys(("segment", "compared_with", "verdict", "reason"), "str"),
        **dict.fromkeys(("persons", "n", "successes", "family"), "Int64"),
        **dict.fromkeys(("shown_as_share", "suppressed"), "bool"),
    }
    return pd.DataFrame(
        {
            name: pd.Series([row.get(name) for row in rows], dtype=kinds.get(name, "float64"))
            for name in columns
        }
    )


def _checked(table: pd.DataFrame) -> pd.DataFrame:
    """The table with every column that may be asked for, sorted by segment, or an error."""
    wanted = ["segment", "n", *(["rate", "se"] if "se" in table else ["successes"])]
    missing = [name for name in wanted if name not in table]
    if missing:
        raise SettingsError(
            f"The table of segments has no {' and no '.join(missing)}.",
            hint="Expected segment, n and successes, or segment, n, rate and se.",
        )
    names = table["segment"].astype("str").fillna(NO_LABEL)
    if names.duplicated().any():
        twice = names[names.duplicated()].iloc[0]
        raise SettingsError(f"The segment {twice!r} has two rows; expected one row per segment.")
    cells = table.reindex(columns=list(_FIGURES)).astype("float64")
    if "persons" not in table:
        cells["persons"] = cells["n"]
    n, persons, successes, observed, rate, se = cells.to_numpy().T
    faulty = ~(n >= 0) | ~(persons >= 0) | (n % 1 > 0) | (persons % 1 > 0) | (successes % 1 > 0)
    faulty |= (successes < 0) | (successes > n) | (observed < 0) | (observed > n)
    faulty |= (rate < 0) | (rate > 1) | (se < 0)
    if "se" not in table:
        faulty |= np.isnan(successes)
    if faulty.any():
        raise SettingsError(
            f"The figures of segment {names[faulty].iloc[0]!r} make no sense.",
            hint="Expected whole numbers, successes and observed from 0 to n, a rate from 0 to 1, "
            "a standard error of 0 or more.",
        )
    cells.insert(0, "segment", names)
    cells["of_counts"] = "se" not in table
    return cells.sort_values("segment", ignore_index=True)


def _share(row: Any) -> _Share:
    if row.n == 0 or row.of_counts:
        return _Share(0.0 if row.n == 0 else row.successes, row.n)
    size = float(np.minimum(effective_size(row.rate, row.se, row.observed), row.n))  # keeps NaN
    return _Share(row.rate * size, size)


def _rest(cells: pd.DataFrame, others: npt.NDArray[np.bool_]) -> _Share:
    """The segments `others` as one."""
    size = cells["n"].to_numpy()[others]
    n = float(size.sum())
    if n == 0:
        return _Share(0.0, 0.0)
    if cells["of_counts"].all():
        return _Share(float(cells["successes"].to_numpy()[others].sum()), n)
    rate, se = (cells[name].to_numpy()[others] for name in ("rate", "se"))
    weight = size / n
    mean = float(weight @ rate)
    variance = float(weight**2 @ se**2 + weight @ (rate - mean) ** 2 / n)
    observed = float(cells["observed"].to_numpy()[others].sum())
    whole = float(np.minimum(effective_size(mean, variance**0.5, observed), n))
    return _Share(mean * whole, whole)


def _counts(row: Any) -> dict[str, Any]:
    return {name: row[name] for name in ("persons", "n", "successes")}


def _rate(mine: _Share) -> dict[str, Any]:
    if not mine.whole > 0:
        return {"reason": NOBODY if mine.whole == 0 else NO_STANDARD_ERROR}
    value, low, high = share(*mine)
    shown = shown_as_share(*mine)
    return {"rate": value, "low": low, "high": high, "shown_as_share": shown}


def _comparison(mine: _Share, theirs: _Share) -> dict[str, Any]:
    if not mine.whole > 0:
        return {}
    if not theirs.whole > 0:
        return {"reason": NOTHING_TO_COMPARE}
    between = newcombe(*mine, *theirs)
    p = share_test(*mine, *theirs).p
    enough = shown_as_share(*mine) and shown_as_share(*theirs)
    return {
        "difference": between.value,
        "difference_low": between.low,
        "difference_high": between.high,
        "p": p,
        "detectable": detectable(theirs.part / theirs.whole, mine.whole, theirs.whole),
        "reason": ALL_OR_NONE if np.isnan(p) else None if enough else SMALL,
    }
