"""What a group is called: by what is over-represented in it, never by fancy."""

from __future__ import annotations

import numpy as np

from journeyflow.analysis.personas.coding import Coded
from journeyflow.analysis.personas.counted import Floats, Ints

# The prior counts for as much as that many journeys at one touchpoint each.
PRIOR = 500.0
# |z| of 1.96: what chance does in one of twenty touchpoints.
STANDS_OUT = 1.96
NAMED, SHOWN = 3, 5


def log_odds(counts: Floats, prior: float = PRIOR) -> tuple[Floats, Floats]:
    """Log-odds ratio of each touchpoint in each group against all others, and its z.

    In: `counts` (T touchpoints, each met at least once, x K groups). With y = count in the
    group, n = the group's sum, y', n' = the same of all other groups, and a prior of a = `prior`
    counts of which a_w fall to touchpoint w in proportion to its share of all (Monroe, Colaresi &
    Quinn 2008, informative Dirichlet prior):

        delta = ln((y + a_w) / (n + a - y - a_w)) - ln((y' + a_w) / (n' + a - y' - a_w))
        z = delta / sqrt(1 / (y + a_w) + 1 / (y' + a_w))

    Out: delta and z (T x K); 0 where there is nothing to compare with: one group, or one
    touchpoint.
    """
    all_groups = counts.sum(axis=1, keepdims=True)
    total = all_groups.sum()
    if min(counts.shape) < 2 or total == 0 or all_groups.max() == total:
        return np.zeros(counts.shape), np.zeros(counts.shape)
    share = prior * all_groups / total
    here, there = counts + share, all_groups - counts + share
    inside, outside = counts.sum(axis=0) + prior, total - counts.sum(axis=0) + prior
    delta = np.log(here / (inside - here)) - np.log(there / (outside - there))
    return delta, delta / np.sqrt(1 / here + 1 / there)


def presence(coded: Coded, labels: Ints, groups: int) -> Floats:
    """Journeys of each group (columns) that meet each touchpoint (rows).

    Each journey counts once, so that one that goes in circles names nobody.
    """
    pairs = np.unique(coded.holder * len(coded.touchpoints) + coded.steps)
    path, touchpoint = np.divmod(pairs, len(coded.touchpoints))
    table = np.zeros((len(coded.touchpoints), groups))
    np.add.at(table, (touchpoint, labels[path]), coded.weights[path])
    return table


def first_touchpoints(coded: Coded, labels: Ints, groups: int) -> Floats:
    """Share of each touchpoint (rows) among the first ones of each group (columns)."""
    first = coded.steps[coded.begins]
    table = np.zeros((len(coded.touchpoints), groups))
    np.add.at(table, (first, labels), coded.weights)
    return np.asarray(table / table.sum(axis=0), dtype=np.float64)


def weighted_median(values: Ints, weights: Floats) -> float:
    """The middle value, each counted `weights` times; halfway where it falls between two."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    low, high = np.searchsorted(reached, [reached[-1] / 2, reached[-1] / 2 + 0.5])
    return float(values[order[low]] + values[order[high]]) / 2
