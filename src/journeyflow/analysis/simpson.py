"""Does a difference between two segments survive when like is compared with like?

Two segments may differ only because one of them has more of the easy cases (E. H. Simpson, JRSS B
13 (1951), 238-241). So each comparison is made again within the strata of a third property, such as
device or region, and put together in two ways: Mantel-Haenszel, which weighs strata by what they
can tell, and direct standardisation, which gives both segments the mix of the two together.

**How it is decided.** Beyond noise means that a 95 % interval leaves out zero.

- `reversed`: pooled and standardised difference have opposite signs, both beyond noise.
- `attenuated`: the pooled difference is beyond noise and more than half of it goes, and what goes
  is beyond noise too. `unclear`: more than half goes, but so it might by chance.
- `hidden`: a difference beyond noise that the pooled one does not show, the change beyond noise.
- `holds`, `no difference`: the pooled figure may stand.
- `not comparable`: the strata that hold both segments have less than half of the units.

A property that was itself caused by the segment is no stratum: within it the effect is hidden.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
import pandas as pd

from journeyflow.analysis.multiple import q_values
from journeyflow.analysis.sankey import NO_LABEL
from journeyflow.analysis.segments import REST
from journeyflow.analysis.shares import Estimate, newcombe
from journeyflow.analysis.stratified import (
    Odds,
    Strata,
    change_of_mix,
    odds,
    risk_difference,
    standardised,
)
from journeyflow.errors import SettingsError

REVERSED, ATTENUATED, HIDDEN = "reversed", "attenuated", "hidden"
UNCLEAR, HOLDS, NO_DIFFERENCE, NOT_COMPARABLE = (
    "unclear", "holds", "no difference", "not comparable",
)  # fmt: skip
CHECKS = (REVERSED, ATTENUATED, HIDDEN, UNCLEAR, HOLDS, NO_DIFFERENCE, NOT_COMPARABLE)
LEAST_COVERAGE = 0.5

NOBODY = "nobody in one of the segments"
NO_COMMON_STRATUM = "no stratum holds both segments"
LITTLE_IN_COMMON = "the strata that hold both segments have less than half of the units"
REASONS = (NOBODY, NO_COMMON_STRATUM, LITTLE_IN_COMMON)

_COLUMNS = (
    "stratifier", "segment", "compared_with", "pooled", "standardised", "mantel_haenszel",
    "odds_ratio", "cmh_p", "heterogeneity_p", "change", "change_p", "change_q", "coverage",
    "verdict", "matters", "reason",
)  # fmt: skip
_TEXTS = ("stratifier", "segment", "compared_with", "verdict", "reason")


@dataclass(frozen=True)
class SimpsonCheck:
    """One comparison, pooled and within strata. Differences are segment - against; NaN unknown.

    pooled (Newcombe), standardised and mantel_haenszel (risk difference) with 95 % intervals; odds
    (`stratified.Odds`); change: pooled - standardised, what the mix of strata makes, and change_p;
    coverage: share of the units in strata with both segments; verdict (one of CHECKS); reason (one
    of REASONS, or None). strata, sorted: stratum, n, successes, n_against, successes_against,
    difference, low, high, sign (1, 0, -1), weight in the standardisation (0: one segment is
    missing there, and difference and sign are NULL). Its cells are not suppressed.
    """

    segment: str
    against: str
    pooled: Estimate
    standardised: Estimate
    mantel_haenszel: Estimate
    odds: Odds
    change: float
    change_p: float
    coverage: float
    verdict: str
    reason: str | None
    strata: pd.DataFrame


def simpson_check(counts: pd.DataFrame, segment: str, against: str = REST) -> SimpsonCheck:
    """Compares `segment` with the rest, or with another segment, within strata.

    In: `counts` (segment, stratum, n, successes), one or more rows per cell; NULL names are read as
    "(none)". Raises SettingsError for missing columns, impossible counts and unknown segments.
    """
    table = _checked(counts, ["stratum"])
    names = set(table["segment"])
    _find(segment, names)
    _find(against, {REST, *names} - {segment})
    return _check(table, "stratum", segment, against)


def candidate_strata(
    counts: pd.DataFrame, strata: Sequence[str], *, against: str = REST, q: float = 0.1
) -> pd.DataFrame:
    """Runs the check for every segment with each of several properties, and tells which matter.

    In: `counts` (segment, the columns named in `strata`, n, successes), any number of rows per
    combination. Out: stratifier, segment, compared_with, pooled, standardised, mantel_haenszel,
    odds_ratio, cmh_p, heterogeneity_p, change, change_p, change_q (over all rows), coverage,
    verdict, matters (reversed, attenuated or hidden, and change_q at most `q`), reason. Those that
    matter come first, then by size of the change. Raises SettingsError like `simpson_check`.
    """
    table = _checked(counts, strata)
    names = sorted(set(table["segment"]))
    if names:
        _find(against, {REST, *names})
    checks = [
        (stratifier, _check(table, stratifier, name, against))
        for stratifier in strata
        for name in names
        if name != against
    ]
    frame = pd.DataFrame([_row(*each) for each in checks], columns=list(_COLUMNS))
    frame = frame.astype({name: "str" if name in _TEXTS else "float64" for name in _COLUMNS})
    frame["change_q"], _ = q_values(frame["change_p"].to_numpy())
    found = frame["verdict"].isin([REVERSED, ATTENUATED, HIDDEN])
    frame["matters"] = found & (frame["change_q"] <= q)
    order = pd.DataFrame({"no": ~frame["matters"], "size": -frame["change"].abs()})
    order = order.sort_values(["no", "size"], kind="stable")  # equal ones: as given
    return frame.loc[order.index].reset_index(drop=True)


def _check(table: pd.DataFrame, stratifier: str, segment: str, against: str) -> SimpsonCheck:
    names, strata = _strata(table, stratifier, segment, against)
    n_a, x_a, n_b, x_b = (float(each.sum()) for each in strata)
    pooled, alike = newcombe(x_a, n_a, x_b, n_b), standardised(strata)
    change, change_p = change_of_mix(strata)
    shared = strata.shared()
    everybody = n_a + n_b
    coverage = float((strata.n_a + strata.n_b)[shared].sum()) / everybody if everybody else nan
    reason = None
    if not (n_a and n_b):
        reason = NOBODY
    elif not shared.any():
        reason = NO_COMMON_STRATUM
    elif coverage < LEAST_COVERAGE:
        reason = LITTLE_IN_COMMON
    return SimpsonCheck(
        segment=segment,
        against=against,
        pooled=pooled,
        standardised=alike,
        mantel_haenszel=risk_difference(strata),
        odds=odds(strata),
        change=change,
        change_p=change_p,
        coverage=coverage,
        verdict=NOT_COMPARABLE if reason else _verdict(pooled, alike, change_p),
        reason=reason,
        strata=_per_stratum(names, strata),
    )


def _verdict(pooled: Estimate, alike: Estimate, change_p: float) -> str:
    seen, real = (each.low > 0 or each.high < 0 for each in (pooled, alike))
    changed = change_p <= 0.05  # not so where it is NaN: the mix is the same
    if seen and real and pooled.value * alike.value < 0:
        return REVERSED
    if seen and alike.value / pooled.value < 0.5:
        return ATTENUATED if changed else UNCLEAR
    if seen:
        return HOLDS
    return HIDDEN if real and changed else NO_DIFFERENCE


def _per_stratum(names: list[str], strata: Strata) -> pd.DataFrame:
    between = [newcombe(x_a, n_a, x_b, n_b) for n_a, x_a, n_b, x_b in zip(*strata, strict=True)]
    columns = zip(*between, strict=True) if between else ((), (), ())
    value, low, high = (np.array(each, dtype=np.float64) for each in columns)
    return pd.DataFrame(
        {
            "stratum": pd.Series(names, dtype="str"),
            "n": strata.n_a.astype(np.int64),
            "successes": strata.x_a.astype(np.int64),
            "n_against": strata.n_b.astype(np.int64),
            "successes_against": strata.x_b.astype(np.int64),
            "difference": value,
            "low": low,
            "high": high,
            "sign": np.sign(value),
            "weight": strata.weights(),
        }
    )


def _strata(
    table: pd.DataFrame, stratifier: str, segment: str, against: str
) -> tuple[list[str], Strata]:
    """The names of the strata in which either is, and the counts of both."""
    mine = table["segment"] == segment
    theirs = table["segment"] == against
    if against == REST:
        theirs = ~mine & (table["segment"] != NO_LABEL)
    some = table["n"] > 0
    sums = [
        table[side & some].groupby(stratifier)[["n", "successes"]].sum() for side in (mine, theirs)
    ]
    names = sorted({*sums[0].index, *sums[1].index})
    both = [each.reindex(names, fill_value=0).to_numpy(np.float64) for each in sums]
    return names, Strata(both[0][:, 0], both[0][:, 1], both[1][:, 0], both[1][:, 1])


def _row(stratifier: str, check: SimpsonCheck) -> dict[str, Any]:
    ratio = check.odds
    return {
        "stratifier": stratifier,
        "segment": check.segment,
        "compared_with": check.against,
        "pooled": check.pooled.value,
        "standardised": check.standardised.value,
        "mantel_haenszel": check.mantel_haenszel.value,
        "odds_ratio": ratio.ratio,
        "cmh_p": ratio.cmh_p,
        "heterogeneity_p": ratio.heterogeneity_p,
        **{name: getattr(check, name) for name in ("change", "change_p", "coverage")},
        "verdict": check.verdict,
        "reason": check.reason,
    }


def _checked(counts: pd.DataFrame, strata: Sequence[str]) -> pd.DataFrame:
    texts, figures = ["segment", *strata], ["n", "successes"]
    if missing := [name for name in [*texts, *figures] if name not in counts]:
        raise SettingsError(
            f"The counts have no column {missing[0]!r}.",
            hint=f"Their columns: {', '.join(map(str, counts.columns))}.",
        )
    table = counts[[*texts, *figures]].copy()
    for name in texts:
        table[name] = table[name].astype("str").fillna(NO_LABEL)
    table[figures] = table[figures].astype("float64")
    sense = (table["successes"] >= 0) & (table["successes"] <= table["n"])
    if not sense.all():
        raise SettingsError("The counts make no sense.", hint="Expected 0 <= successes <= n.")
    return table


def _find(name: str, names: Collection[str]) -> None:
    if name in names:
        return
    near = difflib.get_close_matches(name, names, n=1)
    raise SettingsError(
        f"There is no segment {name!r} to compare.",
        hint=f"Did you mean {near[0]!r}?" if near else f"Segments: {', '.join(sorted(names))}.",
    )
