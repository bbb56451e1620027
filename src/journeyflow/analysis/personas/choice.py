"""How many groups there are: by BIC, then as many as are large and stable, then against one chain.

1. BIC for 1 to `most` groups; the least is where the search begins.
2. A group needs max(50 journeys, 2 %), and a mean Jaccard of 0.75 with what resampled journeys
   give (Hennig 2007: below it a group is no more than a hint). Where one group fails, all are
   fitted anew with one less. Journeys of one touchpoint take no part in that comparison: nearly
   nothing tells them apart, and where they go tells nothing about a group.
3. What is left has to improve BIC by more than it does in simulated journeys of one chain, fitted
   to the same data (parametric bootstrap, McLachlan 1987). Else there is one group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from journeyflow.analysis.personas.counted import Counted, Floats, Ints, count, distinct
from journeyflow.analysis.personas.mixture import COARSE, Mixture, fit, settle, single

SMALLEST_SHARE = 0.02
BOOTSTRAPS, FEW_STARTS = 20, 5
# With 19 simulated gains that are all below the real one, p is 1 / 20.
SIMULATIONS = 19
_SETTLING = 50
_SAMPLE, _FIT, _BOOTSTRAP, _SIMULATION = range(4)


class Note(NamedTuple):
    """What a reader of the groups has to know: a fixed `kind`, an English sentence, its numbers."""

    kind: str
    text: str
    values: dict[str, float]


class Search(NamedTuple):
    """How to search.

    `most`: groups at most; `restarts` of EM for each number of them; `smallest`: journeys that a
    group needs, beside SMALLEST_SHARE; `stable`: mean Jaccard that it needs; `sample`: the number
    is chosen on no more journeys than these, and the groups are then fitted to all.
    """

    most: int
    restarts: int
    seed: int
    smallest: int = 50
    stable: float = 0.75
    sample: int = 10_000

    def dice(self, *purpose: int) -> np.random.Generator:
        """Random numbers of their own for each purpose."""
        return np.random.default_rng([self.seed, *purpose])


@dataclass
class Choice:
    """The groups chosen, and what spoke for and against them.

    `mixture`: fitted to all journeys; `bic`: by number of groups; `stability`: mean Jaccard of
    each group; `gain`: by how much BIC is less than for one group, and `null_gains`: the same in
    simulated journeys of one chain (none where only one group had come so far); `notes`.
    """

    mixture: Mixture
    bic: dict[int, float]
    stability: Floats = field(default_factory=lambda: np.ones(1))
    gain: float | None = None
    null_gains: tuple[float, ...] = ()
    notes: list[Note] = field(default_factory=list)


# What is chosen where there is no journey.
NOTHING = Choice(
    Mixture(np.zeros(0, np.int64), np.zeros(0), np.zeros((0, 0)), 0.0, 0.0), {}, np.zeros(0)
)


def choose(paths: Sequence[bytes], weights: Floats, symbols: int, search: Search) -> Choice:
    """Groups of different, not empty `paths` (a byte per step); `weights`: journeys of each."""
    everyone = count(paths, weights, symbols)
    data, notes = everyone, []
    journeys = int(everyone.journeys)
    if journeys > search.sample:
        data = everyone.resampled(search.sample, search.dice(_SAMPLE))
        text = f"The number of groups was chosen on {search.sample} of {journeys} journeys."
        notes.append(Note("sample", text, {"sample": search.sample, "journeys": journeys}))
    most = max(1, min(search.most, journeys // search.smallest, len(weights)))
    if most == 1 < search.most:
        text = f"{journeys} journeys on {len(weights)} different paths are too few for two groups."
        notes.append(Note("few", text, {"journeys": journeys, "paths": len(weights)}))
    fits = {k: fit(data, k, search.restarts, search.dice(_FIT, k)) for k in range(1, most + 1)}
    bic = {k: mixture.bic for k, mixture in fits.items()}
    best = min(bic, key=lambda k: (bic[k], k))
    if best == search.most > 1:
        text = f"BIC still falls at {best} groups, the most that were allowed: there may be more."
        notes.append(Note("most", text, {"groups": best}))
    elif best == 1 < most:
        notes.append(Note("bic", "BIC prefers one chain to several groups.", {}))

    for k in range(best, 1, -1):
        if bic[k] >= bic[1]:
            continue
        mixture = fits[k] if data is everyone else settle(everyone, fits[k], _SETTLING)
        labels = mixture.posterior(everyone.counts).argmax(axis=1)
        sizes = np.bincount(labels, weights, minlength=k)
        fault = _too_small(sizes.astype(np.float64), k, search.smallest)
        stability = np.zeros(k) if fault else _stability(everyone, data, mixture, labels, search)
        fault = fault or _unstable(stability, k, search.stable)
        if fault:
            notes.append(fault)
            continue
        gain = bic[1] - bic[k]
        null = null_gains(data, symbols, k, search, enough=gain)
        if by_chance := no_more_than_chance(k, gain, null):
            notes.append(by_chance)
            return Choice(single(everyone), bic, gain=gain, null_gains=null, notes=notes)
        return Choice(mixture, bic, stability, gain, null, notes)
    return Choice(single(everyone), bic, notes=notes)


def jaccard(labels: Ints, others: Ints, weights: Floats, groups: int) -> Floats:
    """Of each group the Jaccard similarity with the group of `others` most like it.

    Weighted intersection over weighted union; 0 for a group without weight.
    """
    both = np.zeros((groups, int(others.max(initial=0)) + 1))
    np.add.at(both, (labels, others), weights)
    either = both.sum(axis=1, keepdims=True) + both.sum(axis=0) - both
    alike = np.divide(both, either, out=np.zeros_like(both), where=either > 0)
    return np.asarray(alike.max(axis=1), dtype=np.float64)


def null_gains(
    data: Counted, symbols: int, groups: int, search: Search, enough: float = np.inf
) -> tuple[float, ...]:
    """By how much BIC falls from one group to 2 or `groups` in journeys of one chain.

    As many simulated tables as SIMULATIONS, or up to the first that reaches `enough`.
    """
    gains: list[float] = []
    for number in range(SIMULATIONS):
        dice = search.dice(_SIMULATION, groups, number)
        table = simulated(data, symbols, dice)
        several = (fit(table, k, FEW_STARTS, dice, tolerance=COARSE).bic for k in {2, groups})
        gains.append(single(table).bic - min(several))
        if gains[-1] >= enough:
            break
    return tuple(gains)


def no_more_than_chance(k: int, gain: float, null: tuple[float, ...]) -> Note | None:
    """A note where one chain did as well as the data in any of the simulations."""
    if gain > max(null):
        return None
    text = (
        f"{k} groups improve BIC by {gain:.0f}, and by {max(null):.0f} in simulated journeys of "
        "one chain: no more than chance."
    )
    return Note("null", text, {"groups": k, "gain": gain, "null_gain": max(null)})


def simulated(data: Counted, symbols: int, dice: np.random.Generator) -> Counted:
    """As many journeys as there are, and as long, of the one chain that all of them make.

    A journey that comes to a touchpoint from which nobody ever went on ends there.
    """
    lengths = np.repeat(data.counts.sum(axis=1), data.weights.astype(np.int64)).astype(np.int64)
    # Every row sums to 1, so that row r of the chain lies between r and r + 1.
    ladder = np.cumsum(data.pooled)
    last = np.append(data.first[1:], len(data.cells)) - 1
    row = np.full(symbols + 1, -1)
    row[data.cells[data.first] // symbols] = np.arange(len(data.first))
    steps = np.zeros((len(lengths), int(lengths.max())), np.uint8)
    at = np.zeros(len(lengths), np.int64)
    for step in range(steps.shape[1]):
        going = np.flatnonzero((lengths > step) & (at >= 0))
        drawn = np.searchsorted(ladder, at[going] + dice.random(len(going)))
        drawn = data.cells[np.clip(drawn, data.first[at[going]], last[at[going]])] % symbols
        steps[going, step] = drawn
        at[going] = row[drawn + 1]
        lengths[going[at[going] < 0]] = step + 1
    texts = zip(steps, lengths.tolist(), strict=True)
    walked = [path[:length].tobytes() for path, length in texts]
    return count(*distinct(walked, np.ones(len(walked))), symbols)


def _too_small(sizes: Floats, k: int, smallest: int) -> Note | None:
    needed = max(smallest, SMALLEST_SHARE * sizes.sum())
    if sizes.min() >= needed:
        return None
    text = f"Of {k} groups the smallest has {sizes.min():.0f} journeys; {needed:.0f} are needed."
    values = {"groups": k, "journeys": float(sizes.min()), "needed": float(needed)}
    return Note("small", text, values)


def _unstable(stability: Floats, k: int, stable: float) -> Note | None:
    if stability.min() >= stable:
        return None
    text = (
        f"Of {k} groups the least stable finds {stability.min():.2f} of itself again in resampled "
        f"journeys; {stable} is needed."
    )
    return Note("unstable", text, {"groups": k, "jaccard": float(stability.min())})


def _stability(
    everyone: Counted, data: Counted, mixture: Mixture, labels: Ints, search: Search
) -> Floats:
    """Mean Jaccard of each group; cut short where one of them cannot become stable any more.

    Every bootstrap fits `data` anew, with its journeys resampled, and then assigns everyone.
    """
    k = mixture.groups
    walked = np.where(everyone.counts.sum(axis=1) > 1, everyone.weights, 0)
    found = np.zeros(k)
    for number in range(1, BOOTSTRAPS + 1):
        dice = search.dice(_BOOTSTRAP, k, number)
        drawn = data.resampled(int(data.journeys), dice)
        again = fit(drawn, k, FEW_STARTS, dice, warm=mixture, tolerance=COARSE)
        place = np.searchsorted(everyone.cells, again.cells)
        others = again.posterior(everyone.counts[:, place]).argmax(axis=1)
        found += jaccard(labels, others, walked, k)
        if found.min() + BOOTSTRAPS - number < search.stable * BOOTSTRAPS:
            return found / number
    return found / BOOTSTRAPS
