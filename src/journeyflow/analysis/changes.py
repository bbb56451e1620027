"""Before and after of changes that the company declared: observed, not caused.

Equal windows of whole weeks before and after, each with every journey observed for as long. What
differs between them may come from the change, and from all else that differed: the season, other
changes, or sources that began, which is why such comparisons are marked and not judged. A journey
begun before a change may end after it, so that a change of a rate shows weaker than it is.
"""

from __future__ import annotations

from datetime import timedelta
from math import nan
from typing import Any

import pandas as pd
import pyarrow as pa

from journeyflow.analysis import change_figures as figures
from journeyflow.analysis.multiple import TOO_FEW, judged
from journeyflow.analysis.weekly import MOST_CHANGING, SOURCE_CHANGED

ANOTHER_CHANGE = "another_change"

_DAY = pd.ArrowDtype(pa.date32())
_TYPES: dict[str, Any] = {
    "change_number": "int64", "day": _DAY, "what": "str", "author": "str", "touchpoint": "str",
    "figure": "str", "part_of": "str", "days": "Int64", "follow_days": "int64",
    "before_from": _DAY, "after_to": _DAY, "before": "float64", "after": "float64",
    "n_before": "Int64", "n_after": "Int64", "difference": "float64",
    "difference_low": "float64", "difference_high": "float64", "p": "float64", "q": "float64",
    "family": "int64", "verdict": "str", "changing_before": "float64",
    "changing_after": "float64", "note": "str", "reason": "str",
}  # fmt: skip
_KEPT = (
    "change_number", "day", "what", "author", "touchpoint", "follow_days", "changing_before",
    "changing_after", "reason",
)  # fmt: skip
_JUDGED = (SOURCE_CHANGED, figures.SCATTER_UNKNOWN)  # of the reasons that a row may have


def change_effects(counts: pd.DataFrame) -> pd.DataFrame:
    """Every figure before and after every declared change.

    In: rows as `sql/analysis/change_effects.sql` counts them. Out, by change: change_number (place
    in the settings), day, what, author, touchpoint, figure (see `change_figures`), part_of (the
    figure of which it is a part; the parts of one add up to its difference), days (length of each
    window), follow_days (how long every journey was observed), before_from, after_to (first and
    last day), before, after, n_before, n_after, difference, difference_low, difference_high (95 %,
    each by itself), p, q, family (Benjamini & Hochberg over the table), verdict
    (`multiple.VERDICTS`, or source_changed; NULL where there is nothing to judge), changing_before,
    changing_after (how much of each window comes from sources that were not there all the time),
    note (`another_change`: within the windows), reason (why there is no figure or verdict).
    """
    parts = counts.groupby("change_number") if len(counts) else ()
    rows = [row for _, part in parts for row in _of_change(part)]
    table = pd.DataFrame(rows, columns=list(_TYPES), dtype=object).astype(
        _TYPES | {"family": "Int64"}
    )
    found = judged(table)
    changed = found["reason"] == SOURCE_CHANGED
    nothing = found["reason"].notna() & ~found["reason"].isin(_JUDGED)
    verdict = found["verdict"].mask(changed, SOURCE_CHANGED).mask(nothing, None)
    reason = found["reason"].mask(found["reason"].isna() & (verdict == TOO_FEW), "too_few")
    return found.assign(verdict=verdict, reason=reason)[list(_TYPES)].astype(_TYPES)


def _of_change(counts: pd.DataFrame) -> list[dict[str, Any]]:
    told = dict(iter(counts.groupby("measure")))
    scatter = figures.scatter_of(told["volume"])
    rows = []
    for measure, names in figures.OF_MEASURES.items():
        if measure not in told:
            continue
        about = told[measure].iloc[0]
        base = {each: about[each] for each in _KEPT} | {
            "note": ANOTHER_CHANGE if about["other_changes"] else None,
            "p": nan,
        }
        found: figures.Rows = {}
        if pd.notna(about["days"]):
            days = int(about["days"])
            base |= {
                "days": days,
                "before_from": about["day"] - timedelta(days=days),
                "after_to": about["day"] + timedelta(days=days - 1),
                "reason": None,
            }
            found = figures.rows_of(measure, told[measure].dropna(subset="side"), days, scatter)
        changing = max(about["changing_before"], about["changing_after"]) >= MOST_CHANGING
        for name in names:
            row = base | {"figure": name, "part_of": figures.PART_OF.get(name)}
            row |= found.get(name, {})
            if changing and row.get("difference") is not None:
                row |= {"p": nan, "reason": SOURCE_CHANGED}
            rows.append(row)
    return rows
