"""Chance that depends on names, not on the order of drawing.

Each person's chapter has dice of its own, seeded by text. So a fault that changes one chapter
leaves all other chapters and persons as they were.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Dice(random.Random):
    """Random numbers named by seed and place; the same name always gives the same numbers."""

    def __init__(self, *name: int | str) -> None:
        super().__init__("/".join(map(str, name)))

    def chance(self, share: float) -> bool:
        """True with probability `share`; always draws exactly once."""
        return self.random() < share

    def around(self, median: float, spread: float = 0.5) -> float:
        """A log-normal value with this median; `spread` is the deviation of its logarithm."""
        return median * math.exp(spread * self.gauss(0.0, 1.0))

    def between(self, low: float, high: float) -> float:
        """Uniform between the two."""
        return low + (high - low) * self.random()

    def one_of(self, weights: Mapping[T, float]) -> T:
        """A key of `weights`, in proportion to its weight."""
        return self.choices(list(weights), list(weights.values()))[0]


def stream(seed: int, name: str) -> np.random.Generator:
    """A numpy generator for one attribute of all persons, independent of all other names."""
    return np.random.default_rng([seed, *name.encode()])


def by_share(draw: float, shares: Mapping[T, float]) -> T | None:
    """The key on whose part of 0 … 1 the draw falls; None beyond the last share."""
    total = 0.0
    for key, share in shares.items():
        total += share
        if draw < total:
            return key
    return None
