"""What the solved chain would give if it were a little better: exact, without a refit.

Of those who reach touchpoint i, the share x_i is lost there. Recovering a share f of these exits
spreads them over the row's other ways in proportion, so each of those grows by the factor
1 + k_i with k_i = f x_i / (1 - x_i), and the chance to convert, c, rises by

    v_i k_i h_i / (1 - k_i (N_ii - 1))

That is the Sherman-Morrison formula (1950) for a changed row of I - Q. N_ii - 1 is how often
i is met again. Several rows at once are the same with a small matrix (Woodbury 1950).

These are sums over the chain, "if the rest stays the same", and no promise of an effect: who is
kept is taken to go on as those did who went on by themselves.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from journeyflow.analysis.chain import AbsorbingChain, reaches_an_end
from journeyflow.analysis.shares import wilsons
from journeyflow.errors import SettingsError

LEAST_LEFT = 20
NO_OTHER_WAY = "everybody who left it was lost: no other way is known"
NOBODY_CONVERTED = "nobody converted"
NOTHING_ENDED = "no journey has ended"
NO_SEGMENT = f"no segment left it {LEAST_LEFT} times or more"
NONE_BETTER = "no segment is surely better than all are together"
_Floats = npt.NDArray[np.float64]


def recovery_gains(chain: AbsorbingChain, share: float | _Floats) -> _Floats:
    """By how much c rises if `share` of the exits at a touchpoint is recovered, for each alone.

    In: a share from 0 to 1, or one per touchpoint. Out: n absolute changes of c. NaN where
    everybody who left was lost, since there is no other way to spread them over, and everywhere
    if c is NaN; 0 where no way leads on to a conversion. Raises SettingsError for another share.
    """
    gains = np.where(chain.lost < 1, 0.0, np.nan)
    factor = _factors(chain, share)
    at = _pays(chain)
    factor, again = factor[at], np.diag(chain.fundamental)[at] - 1
    gains[at] = chain.visits[at] * factor * chain.p_convert[at] / (1 - factor * again)
    return gains if chain.conversion >= 0 else np.full_like(gains, np.nan)


def group_gain(chain: AbsorbingChain, touchpoints: Collection[str], share: float) -> float:
    """By how much c rises if `share` of the exits at all these touchpoints is recovered at once.

    The gains of single ones do not add up to it: whoever is kept at one may be lost at the
    next. Exits at a touchpoint that everybody was lost at stay (no other way is known); NaN if
    the group has no other exits, or c is NaN. Raises SettingsError for a share outside 0 to 1
    and for a touchpoint that is not in the chain.
    """
    at = _places(chain, set(touchpoints))
    factor = _factors(chain, share)
    exits = chain.lost[at]
    if not chain.conversion >= 0 or (exits.any() and not ((exits > 0) & (exits < 1)).any()):
        return float("nan")
    at &= _pays(chain)
    factor = factor[at]
    again = chain.fundamental[np.ix_(at, at)] - np.eye(int(at.sum()))
    spread = np.linalg.solve(
        np.eye(len(factor)) - factor[:, None] * again, factor * chain.p_convert[at]
    )
    return float(chain.visits[at] @ spread)


def benchmark_gains(chain: AbsorbingChain, exit_rates: _Floats) -> _Floats:
    """By how much c rises if a touchpoint's exit rate fell to a benchmark, for each alone.

    In: n exit rates. Out: n absolute changes of c: 0 where the benchmark is no better than what
    is observed, NaN where it is NaN or `recovery_gains` has none.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(exit_rates < chain.lost, 1 - exit_rates / chain.lost, 0.0)
    gains = recovery_gains(chain, share)
    return np.where(np.isnan(exit_rates), np.nan, gains)


def best_segments(segments: pd.DataFrame) -> pd.DataFrame:
    """The segment that keeps its people best, per touchpoint.

    In: `segments` (segment, touchpoint, exits, left): how often people of the segment left the
    touchpoint in a seen way, and how often by being lost. Out: touchpoint, segment, exits, left,
    benchmark; sorted by touchpoint. `benchmark` is the upper end of the 95 % Wilson interval
    (1927) of exits / left, and the best segment that with the lowest, so a small segment wins
    only if it is very much better. Of equal ones the larger wins, then the name. Segments with
    fewer than 20 are no benchmark. The best of many segments still looks better than it is.
    """
    enough = segments[segments["left"] >= LEAST_LEFT]
    _, upper = wilsons(enough["exits"], enough["left"])
    order = ["touchpoint", "benchmark", "left", "segment"]
    ranked = enough.assign(benchmark=upper).sort_values(order, ascending=[True, True, False, True])
    best = ranked.drop_duplicates("touchpoint").reset_index(drop=True)
    return best[["touchpoint", "segment", "exits", "left", "benchmark"]]


def segment_gains(chain: AbsorbingChain, segments: pd.DataFrame) -> pd.DataFrame:
    """What it would give if everybody were kept as well as the best segment keeps its people.

    In: as for `best_segments`. Out, one row per touchpoint of the chain in its order: touchpoint,
    exit_rate (of all), segment, benchmark, gain (absolute change of c), reason (why the gain is
    NULL, or 0 for want of a better segment; else NULL).
    """
    table = pd.DataFrame(
        {"touchpoint": pd.Series(chain.touchpoints, dtype="str"), "exit_rate": chain.lost}
    ).merge(best_segments(segments), on="touchpoint", how="left")
    benchmark = table["benchmark"].to_numpy(np.float64)
    gain = benchmark_gains(chain, benchmark)
    table["gain"] = gain if chain.conversion > 0 else np.nan
    rows = np.ones(len(table), dtype=bool)
    table["reason"] = first_reason(
        {
            NOTHING_ENDED: rows & np.isnan(chain.conversion),
            NOBODY_CONVERTED: rows & (chain.conversion == 0),
            NO_SEGMENT: np.isnan(benchmark),
            NO_OTHER_WAY: np.isnan(gain),
            NONE_BETTER: benchmark >= chain.lost,
        }
    )
    return table[["touchpoint", "exit_rate", "segment", "benchmark", "gain", "reason"]]


def converters_visits(chain: AbsorbingChain) -> _Floats:
    """How often a journey that converts visits each touchpoint: v_i h_i / c (n).

    The same number is the elasticity of c to keeping people at i: c rises by so many per cent if
    1 - x_i rises by one. NaN where nothing converts.
    """
    if not chain.conversion > 0:
        return np.full(len(chain.touchpoints), np.nan)
    return np.asarray(chain.visits * chain.p_convert / chain.conversion, dtype=np.float64)


def seconds_saved(chain: AbsorbingChain, shorter: float | _Floats) -> _Floats:
    """By how much sooner converters convert on average if each wait at i were shorter.

    In: seconds by which the wait on every visit is shorter, for all or one number per touchpoint.
    Out: n expected seconds per converting journey, for each touchpoint alone. Ways stay the same.
    """
    return np.asarray(shorter * converters_visits(chain), dtype=np.float64)


def conversion_variance(chain: AbsorbingChain) -> float:
    """The variance of c by the delta method, every row and the starts taken as multinomial.

    Sum over i of v_i^2 / n_i (sum over j of p_ij h_j^2 - h_i^2), with h = 1 at `(converted)` and 0
    at `(lost)` and n_i = times left, and the like for the starts. It takes steps as independent
    of those before, and journeys of one person too: where they are not, resample persons. On
    finished journeys it is c (1 - c) / journeys exactly. NaN if c is.
    """
    if not chain.conversion >= 0:
        return float("nan")
    squares = chain.p_convert**2
    rows = chain.transient @ squares + chain.converted - squares
    starts = chain.start @ squares - chain.conversion**2
    return float((chain.visits**2 / chain.left) @ rows + starts / chain.started)


def first_reason(cases: Mapping[str, npt.NDArray[np.bool_]]) -> pd.Series:
    """The first of the reasons whose mask holds for a row; NULL where none does."""
    told = np.full(len(next(iter(cases.values()))), None, dtype=object)
    for reason, holds in reversed(list(cases.items())):
        told[holds] = reason
    return pd.Series(told, dtype="str")


def _factors(chain: AbsorbingChain, share: float | _Floats) -> _Floats:
    """The k of the module's formula; only what `_pays` marks has a meaning."""
    if not np.all((np.asarray(share) >= 0) & (np.asarray(share) <= 1)):
        raise SettingsError(f"The share to recover is {share}; expected 0 to 1.")
    return np.asarray(share * chain.lost / np.where(chain.lost < 1, 1 - chain.lost, 1))


def _pays(chain: AbsorbingChain) -> npt.NDArray[np.bool_]:
    """Where exits can be recovered and some of those recovered convert.

    Found by the ways and not by h > 0: an inverse leaves dust where a zero should be, and two
    such zeros are divided where recovering all exits would shut people in.
    """
    converts = reaches_an_end(chain.transient, chain.converted)
    return np.asarray(converts & (chain.lost > 0) & (chain.lost < 1))


def _places(chain: AbsorbingChain, touchpoints: set[str]) -> npt.NDArray[np.bool_]:
    strange = sorted(touchpoints - set(chain.touchpoints))
    if strange:
        near = difflib.get_close_matches(strange[0], chain.touchpoints, n=1)
        raise SettingsError(
            f"{strange[0]!r} is no touchpoint of the chain.",
            hint=f"did you mean {near[0]!r}?" if near else None,
        )
    return np.array([name in touchpoints for name in chain.touchpoints], dtype=bool)
