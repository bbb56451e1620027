"""Journeys told in a test, as transition counts per bag of persons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

Journey = tuple[Sequence[str], str]
COLUMNS = ["bag", "from_touchpoint", "to_touchpoint", "transitions"]
LOOPING = {
    "A": {"B": 0.7, "lost": 0.3},
    "B": {"A": 0.2, "converted": 0.4, "lost": 0.4},
}


def bags_of(journeys: Sequence[Journey], bag_of: Sequence[int] | None = None) -> pd.DataFrame:
    """One person per journey and one bag per person, unless `bag_of` says otherwise."""
    counts: Counter[tuple[int, str, str]] = Counter()
    for person, (steps, outcome) in enumerate(journeys):
        bag = bag_of[person] if bag_of else person
        counts.update((bag, *ends) for ends in pairwise(["(start)", *steps, f"({outcome})"]))
    rows = [(*key, count) for key, count in counts.items()]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"bag": "int64", "transitions": "int64"})


def walks(rng: np.random.Generator, persons: int, ways: Mapping[str, Any]) -> list[Journey]:
    """Journeys from A on by a chain: {touchpoint: {next or outcome: chance}}."""
    told: list[Journey] = []
    for _ in range(persons):
        steps = ["A"]
        while (
            after := str(rng.choice(list(ways[steps[-1]]), p=[*ways[steps[-1]].values()]))
        ) in ways:
            steps.append(after)
        told.append((steps, after))
    return told
