"""The weakest link: where keeping people would bring the most conversions.

**Definition.** The weakest link is the row (a touchpoint, or all touchpoints of one stage or one
owner) with the highest gain of recovering the share f of its exits: the rise of the overall
chance to convert if f of those lost there went on as the others did. It is large where many are
lost *and* those kept would have converted.

Not the elasticity, the effect of keeping one per cent more people: in a linear funnel
c = p_1 p_2 … p_n that is 1 at every stage, so it knows no weakest one. The gain there is
c f (1 - p_k) / p_k, largest at the smallest p_k. Nor the loss volume: it does not ask whether
those lost would have bought.

**Intervals** come from a bootstrap over persons (`resampling`). Ranks of rows that are nearly
equal are drawn too far apart or too close whatever the number of persons (Hall & Miller 2009),
and every interval stands for itself (Goldstein & Spiegelhalter 1996): read them as a warning
against a ranking that the data do not bear, not as a test.

**What a draw may lack.** Nobody came to a row, or nobody converted: the gain is 0 in that draw.
Leaving these draws out would make the rest look better, so they count, and `zero_draws` says how
many gave 0, whatever the cause. No figure can be made (all who left the row were lost with no
other way seen, all are still on the way, or no journey ended): the gain may be anything, so such
draws stand beyond both ends of the interval and under every rank, and `undefined_draws` counts
them. Above 2.5 % of the draws there is no interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from journeyflow.analysis.chain import OTHER, fold
from journeyflow.analysis.gains import (
    NO_OTHER_WAY,
    NOBODY_CONVERTED,
    NOTHING_ENDED,
    first_reason,
    group_gain,
    recovery_gains,
)
from journeyflow.analysis.resampling import (
    FEWEST_BAGS,
    FEWEST_DRAWS,
    Bags,
    Sample,
    percentiles,
    rank_span,
)
from journeyflow.errors import SettingsError

RECOVER, DRAWS, LIMIT = 0.2, 500, 200
NO_GROUP = "(none)"
ON_THE_WAY = "everybody who came here is still on the way"
NOBODY_LOST = "nobody was lost"
THE_REST = "the rest of the touchpoints, which is no link and has no rank"
NOTHING_GAINED = "no row gains anything, so there are no ranks"
NOBODY_LOST_HERE = "nobody was lost here yet, so draws cannot tell how far above 0 the gain is"
FEW_PERSONS = f"fewer than {FEWEST_BAGS} groups of persons to draw from"
OFTEN_UNDEFINED = "undefined in more than 2.5 % of the draws"
ONLY_ROW = "there is no other row to compare with"
_ENDS = ["from_touchpoint", "to_touchpoint"]
_COLUMNS = {
    "name": "str", "visits": "int64", "exits": "int64", "losses": "float64",
    "share_of_losses": "float64", "p_convert": "float64", "gain": "float64",
    "gain_low": "float64", "gain_high": "float64", "rank": "Int64", "rank_low": "Int64",
    "rank_high": "Int64", "distinguishable": "boolean", "zero_draws": "Int64",
    "undefined_draws": "Int64", "reason": "str",
}  # fmt: skip
_DRAWN = (
    "rank", "gain_low", "gain_high", "rank_low", "rank_high", "distinguishable",
    "zero_draws", "undefined_draws",
)  # fmt: skip
_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]


def weakest_links(
    bags: pd.DataFrame,
    groups: Mapping[str, str] | None = None,
    recover: float = RECOVER,
    draws: int = DRAWS,
    seed: int = 1,
    limit: int = LIMIT,
) -> pd.DataFrame:
    """Touchpoints, or groups of them, ranked by what recovering exits there would bring.

    bags: bag, from_touchpoint, to_touchpoint, transitions: counts per group of persons, every
    person in exactly one (see `resampling`), with the pseudo touchpoints.
    groups: {touchpoint: its stage or owner}; touchpoints without one make the row `(none)`.
    recover: the share f of exits. draws: 0 for no intervals, else 40 or more.
    limit: this many most visited touchpoints take part; the rest is the row `(other)`,
    with a gain of all of them at once and no rank.

    Out, a row each, the weakest first, rows without a rank last, equal ones by name:
    name; visits (steps entered) and exits (journeys lost there), as observed;
    losses (expected per journey), share_of_losses (sums to 1), p_convert (of a visit);
    gain (absolute change of the overall chance), gain_low, gain_high (95 %);
    rank (equal gains share the better one), rank_low, rank_high (95 %);
    distinguishable (its rank interval lies apart from the first row's; for the first row: from
    the second's); zero_draws, undefined_draws (see the module); reason (why figures are NULL).

    With groups the gain is of all their touchpoints at once. Figures of a group are of its
    touchpoints that are seen to lead to an end. Raises SettingsError for options out of range.
    """
    _check(recover, draws, limit)
    return _ranked(bags, [groups], recover, draws, seed, limit)[0]


def weakest_of_levels(bags: pd.DataFrame) -> pd.DataFrame:
    """The weakest links among touchpoints, among stages and among owners.

    bags: as in `weakest_links`, with the stage and the owner of each from_touchpoint; of a level
    that nothing belongs to there are no rows. Out: level (touchpoint, stage, owner), link, and
    the columns of `weakest_links`.
    """
    known = bags.drop_duplicates("from_touchpoint").set_index("from_touchpoint")
    groups = {level: known[level].dropna().to_dict() for level in ("stage", "owner")}
    levels = {"touchpoint": None} | {level: group for level, group in groups.items() if group}
    tables = zip(levels, _ranked(bags, list(levels.values())), strict=True)
    return pd.concat(
        [table.rename(columns={"name": "link"}).assign(level=level) for level, table in tables],
        ignore_index=True,
    )[["level", "link", *list(_COLUMNS)[1:]]]


def _check(recover: float, draws: int, limit: int) -> None:
    if not 0 < recover <= 1:
        raise SettingsError(f"recover is {recover}; expected a share above 0, up to 1.")
    if draws != 0 and draws < FEWEST_DRAWS:
        raise SettingsError(
            f"draws is {draws}; expected 0 or at least {FEWEST_DRAWS}.",
            hint="A 95 % interval leaves out 2.5 % of the draws at either end.",
        )
    if limit < 1:
        raise SettingsError(f"limit is {limit}; expected 1 or more.")


@dataclass(frozen=True)
class _Level:
    """The `names` of the rows of one table, and which of them each touchpoint belongs to."""

    names: list[str]
    row_of: _Ints


def _ranked(
    bags: pd.DataFrame,
    groups: Sequence[Mapping[str, str] | None],
    recover: float = RECOVER,
    draws: int = DRAWS,
    seed: int = 1,
    limit: int = LIMIT,
) -> list[pd.DataFrame]:
    """The table of each level; all are told of the same draws."""
    data = _folded(bags, limit)
    levels = [_level(data.touchpoints, group) for group in groups]
    everybody = data.everybody()
    gains = [_gains(everybody, level, recover) for level in levels]
    drawn: list[list[_Floats]] = [[] for _ in levels]
    if data.size >= FEWEST_BAGS and any((each > 0).any() for each in gains):
        for sample in data.draws(draws, seed):
            for level, told in zip(levels, drawn, strict=True):
                told.append(_gains(sample, level, recover))
    return [
        _table(everybody, *figures, bags=data.size if draws else None)
        for figures in zip(levels, gains, drawn, strict=True)
    ]


def _folded(bags: pd.DataFrame, limit: int) -> Bags:
    _, folded = fold(bags.groupby(_ENDS, as_index=False)["transitions"].sum(), limit)
    if folded:
        bags = bags.assign(**{end: bags[end].mask(bags[end].isin(folded), OTHER) for end in _ENDS})
    return Bags(bags)


def _level(touchpoints: Sequence[str], groups: Mapping[str, str] | None) -> _Level:
    of = list(touchpoints)
    if groups is not None:
        named = (OTHER if name == OTHER else groups.get(name) for name in of)
        of = [name if isinstance(name, str) and name else NO_GROUP for name in named]
    names = sorted(set(of))
    return _Level(names, np.array([names.index(name) for name in of], dtype=np.int64))


def _table(
    everybody: Sample, level: _Level, gain: _Floats, drawn: list[_Floats], bags: int | None
) -> pd.DataFrame:
    """The rows of one level; `bags` is None if no draws were asked for."""
    table = _observed(everybody, level)
    if not everybody.chain.conversion > 0:
        gain = np.full_like(gain, np.nan)
    table["gain"] = gain
    ranked = ~np.isnan(gain) & (table["name"] != OTHER).to_numpy()
    ranked &= gain.max(initial=0, where=ranked) > 0
    table.loc[ranked, "rank"] = rank_span(gain[None, ranked])[0][0]
    if drawn:
        _intervals(table, ranked, np.array(drawn))
    table = table.sort_values(["rank", "name"], ignore_index=True)
    _compare(table)
    table["reason"] = _reasons(table, everybody, bags)
    return table.reindex(columns=list(_COLUMNS)).astype(_COLUMNS)


def _observed(sample: Sample, level: _Level) -> pd.DataFrame:
    names, row_of = level.names, level.row_of
    chain, inside, n = sample.chain, row_of[sample.inside], len(names)

    def added(figures: _Floats | _Ints, rows: _Ints) -> _Floats:
        return np.asarray(np.bincount(rows, weights=figures, minlength=n), dtype=np.float64)

    known = np.isin(np.arange(n), inside)
    losses = np.where(known & (chain.conversion >= 0), added(chain.losses(), inside), np.nan)
    total = np.nansum(losses)
    entered = added(sample.visits[sample.inside], inside)
    meant = added(sample.visits[sample.inside] * chain.p_convert, inside)
    return pd.DataFrame(
        {
            "name": pd.Series(names, dtype="str"),
            "visits": added(sample.visits, row_of),
            "exits": added(sample.exits, row_of),
            "losses": losses,
            "share_of_losses": losses / total if total > 0 else np.nan,
            "p_convert": np.divide(meant, entered, out=np.full(n, np.nan), where=entered > 0),
            **dict.fromkeys(_DRAWN, np.nan),
        }
    )


def _gains(sample: Sample, level: _Level, recover: float) -> _Floats:
    """The gain of each row; 0 where nobody came, NaN where there is none."""
    row_of, n = level.row_of, len(level.names)
    chain, inside = sample.chain, row_of[sample.inside]
    gains = np.full(n, np.nan)
    if not chain.conversion >= 0:
        return gains
    gains[np.bincount(row_of, weights=sample.visits, minlength=n) == 0] = 0
    if len(row_of) == n:
        gains[inside] = recovery_gains(chain, recover)
        return gains
    members: dict[int, list[str]] = {}
    for row, name in zip(inside.tolist(), chain.touchpoints, strict=True):
        members.setdefault(row, []).append(name)
    for row, touchpoints in members.items():
        gains[row] = group_gain(chain, touchpoints, recover)
    return gains


def _intervals(table: pd.DataFrame, ranked: npt.NDArray[np.bool_], drawn: _Floats) -> None:
    unknown = np.isnan(drawn)
    low, high = percentiles(np.where(unknown, -np.inf, drawn), np.where(unknown, np.inf, drawn))
    shown = table["gain"].notna().to_numpy()
    told = shown & np.isfinite(low) & np.isfinite(high) & (table["exits"] > 0).to_numpy()
    table["gain_low"] = np.where(told, low, np.nan)
    table["gain_high"] = np.where(told, high, np.nan)
    table["zero_draws"] = np.where(shown, (drawn == 0).sum(axis=0), np.nan)
    table["undefined_draws"] = np.where(shown, unknown.sum(axis=0), np.nan)
    spans = percentiles(*rank_span(drawn[:, ranked]))
    table.loc[ranked, ["rank_low", "rank_high"]] = np.column_stack(spans)


def _compare(table: pd.DataFrame) -> None:
    low, high = table["rank_low"].to_numpy(), table["rank_high"].to_numpy()
    if len(table) < 2 or np.isnan(low[1]):
        return
    apart = pd.array((low > high[0]) | (high < low[0]), dtype="boolean")
    apart[0] = apart[1]
    apart[np.isnan(low)] = pd.NA
    table["distinguishable"] = apart


def _reasons(table: pd.DataFrame, everybody: Sample, bags: int | None) -> pd.Series:
    """The first of these that holds for a row."""
    rows = np.ones(len(table), dtype=bool)
    drawn = table["rank_low"].notna().to_numpy()
    no_interval = drawn & table["gain_low"].isna().to_numpy()
    cases = {
        NOTHING_ENDED: rows & np.isnan(everybody.chain.conversion),
        ON_THE_WAY: table["losses"].isna().to_numpy(),
        NOBODY_CONVERTED: rows & (everybody.chain.conversion == 0),
        NO_OTHER_WAY: table["gain"].isna().to_numpy(),
        NOBODY_LOST: rows & (not everybody.exits.any()),
        THE_REST: (table["name"] == OTHER).to_numpy(),
        NOTHING_GAINED: table["rank"].isna().to_numpy(),
        FEW_PERSONS: rows & (bags is not None and bags < FEWEST_BAGS),
        NOBODY_LOST_HERE: no_interval & (table["exits"] == 0).to_numpy(),
        OFTEN_UNDEFINED: no_interval,
        ONLY_ROW: drawn & table["distinguishable"].isna().to_numpy(),
    }
    return first_reason(cases)
