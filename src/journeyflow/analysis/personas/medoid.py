"""The most typical path of a group: one that somebody really walked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from journeyflow.analysis.personas.coding import Coded
from journeyflow.analysis.personas.counted import Ints

SAMPLE = 200


def edit_distances(path: Ints, others: Sequence[Ints]) -> Ints:
    """Fewest steps to insert, delete or replace from `path` to each of `others`.

    Levenshtein (1966), one row at a time for all others together: what an insertion adds along a
    row is a running minimum.
    """
    lengths = np.array([len(other) for other in others])
    width = int(lengths.max(initial=0))
    table = np.full((len(others), width), -1, np.int32)
    for row, other in enumerate(others):
        table[row, : len(other)] = other
    along = np.arange(width + 1, dtype=np.int32)
    best = np.tile(along, (len(others), 1))
    for done, step in enumerate(path.tolist(), 1):
        kept = np.minimum(best[:, :-1] + (table != step), best[:, 1:] + 1)
        best = np.concatenate([np.full((len(others), 1), done, np.int32), kept], axis=1) - along
        best = np.minimum.accumulate(best, axis=1) + along
    return np.asarray(best[np.arange(len(others)), lengths], dtype=np.int64)


def medoid(coded: Coded, members: Ints, longest: int, dice: np.random.Generator) -> int:
    """Which path of `coded` is nearest to a sample of SAMPLE journeys among `members`.

    Least mean edit distance, each divided by the length of the longer path; only the first
    `longest` steps are compared. The candidates are the sampled paths themselves; of equal ones
    the one with more journeys, the shorter, the earlier. Paths of one step are short and so near
    to everything: they are sampled only where there are no others.
    """
    walked = members[coded.lengths[members] > 1]
    members = walked if len(walked) else members
    weights = coded.weights[members]
    drawn = dice.choice(members, SAMPLE, p=weights / weights.sum())
    sample, times = np.unique(drawn, return_counts=True)
    paths = [coded.path(number)[:longest] for number in sample.tolist()]
    lengths = np.array([len(path) for path in paths])
    apart = np.zeros((len(paths), len(paths)))
    for number, path in enumerate(paths[1:], 1):
        longer = np.maximum(lengths[:number], len(path))
        apart[number, :number] = edit_distances(path, paths[:number]) / longer
    # Rounded, since sums in another order may differ in their last digits.
    means = np.round((apart + apart.T) @ times, 9)
    return int(sample[np.lexsort((lengths, -coded.weights[sample], means))[0]])
