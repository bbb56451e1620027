"""The steps of journeys by the name that they have at one level, and the names nobody expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from journeyflow.analysis.alignment import Expected, Numbers
from journeyflow.analysis.variants import RARER
from journeyflow.analysis.walks import Walks

LEVELS = ("touchpoint", "stage")
_COLUMNS = ("rank", "name", "steps", "journeys", "persons")


@dataclass(frozen=True)
class NamedSteps:
    """Journeys as steps that have a name at the level compared.

    name: of each step, a number in `names`. journey: of each step, a number in order. lengths,
    is_open, person: of each journey that has such a step.
    """

    names: Sequence[str]
    name: Numbers
    journey: Numbers
    lengths: Numbers
    is_open: npt.NDArray[np.bool_]
    person: Numbers
    unplaced_steps: int
    unplaced_journeys: int


def named_steps(walks: Walks, level: str) -> NamedSteps:
    """The steps of `walks`, read with persons; neighbours in one stage are one step of it."""
    column = LEVELS.index(level)
    names = sorted({each for pair in walks.names if (each := pair[column]) is not None})
    number: dict[str | None, int] = {name: place for place, name in enumerate(names)}
    name = np.array([number.get(each[column], -1) for each in walks.names], dtype=np.int64)
    name, journey = name[walks.label], np.repeat(np.arange(len(walks.steps)), walks.steps)
    placed = name >= 0
    name, journey = name[placed], journey[placed]
    if level == "stage":
        new = np.ones(len(name), dtype=np.bool_)
        new[1:] = (name[1:] != name[:-1]) | (journey[1:] != journey[:-1])
        name, journey = name[new], journey[new]
    lengths = np.bincount(journey, minlength=len(walks.steps))
    some = lengths > 0
    return NamedSteps(
        names=names,
        name=name,
        journey=np.repeat(np.arange(np.count_nonzero(some)), lengths[some]),
        lengths=lengths[some],
        is_open=(walks.outcome == "open")[some],
        person=np.asarray(walks.person)[some],
        unplaced_steps=int(np.count_nonzero(~placed)),
        unplaced_journeys=int(np.count_nonzero(~some)),
    )


def inserted_names(told: NamedSteps, expected: Expected, top: int, k: int) -> pd.DataFrame:
    """How often what no position has was met: rank, name, steps, journeys, persons.

    At most `top` names of at least k persons, the most journeys first; then, without rank, all
    others as one.
    """
    extra = ~np.isin(told.name, np.flatnonzero(expected.suits.any(axis=1)))
    name, journey = told.name[extra], told.journey[extra]
    person = told.person[journey]
    table = pd.DataFrame(
        {
            "name": told.names,
            "steps": np.bincount(name, minlength=len(told.names)),
            "journeys": _different(name, journey, len(told.names)),
            "persons": _different(name, person, len(told.names)),
        }
    )
    many = table[table["persons"] >= k].sort_values(["journeys", "name"], ascending=[False, True])
    for shown in (many[:top], many[: min(top, len(many)) - 1]):
        others = ~np.isin(name, shown.index)
        persons = _count(person[others])
        # Else the totals would tell of the few that are left.
        if persons == 0 or persons >= k or len(shown) == 0:
            break
    shown.insert(0, "rank", range(1, len(shown) + 1))
    rest = (pd.NA, RARER, np.count_nonzero(others), _count(journey[others]), persons)
    rows = [*shown.itertuples(index=False, name=None), *([rest] if persons else [])]
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(
        {"rank": "Int64", "name": "str", **dict.fromkeys(_COLUMNS[2:], "int64")}
    )


def _count(numbers: Numbers) -> int:
    """How many differ."""
    return int(np.count_nonzero(np.bincount(numbers)))


def _different(name: Numbers, owner: Numbers, names: int) -> Numbers:
    """How many owners each name has."""
    owners = int(owner.max(initial=0)) + 1
    pairs = np.sort(name * owners + owner)
    return np.bincount(pairs[np.diff(pairs, prepend=-1) > 0] // owners, minlength=names)
