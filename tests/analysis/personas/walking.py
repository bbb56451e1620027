"""Journeys walked on chains that a test knows, and how well two groupings agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import comb

import numpy as np
import pandas as pd

Path = tuple[str, ...]
RING = "ABCDEF"


def ring(direction: int, keep: float = 0.85) -> np.ndarray:
    """A chain over RING: one step on in `direction`, else anywhere else."""
    size = len(RING)
    chain = np.full((size, size), (1 - keep) / (size - 2))
    np.fill_diagonal(chain, 0)
    chain[np.arange(size), (np.arange(size) + direction) % size] = keep
    return chain


def walk(chain: np.ndarray, journeys: int, seed: int, shortest: int = 4) -> list[Path]:
    """Journeys of `shortest` to about 20 steps over RING; any touchpoint may be the first."""
    dice = np.random.default_rng(seed)
    paths = []
    for _ in range(journeys):
        at = int(dice.integers(len(RING)))
        path = [RING[at]]
        for _ in range(shortest - 1 + min(int(dice.geometric(0.3)), 16)):
            at = int(dice.choice(len(RING), p=chain[at]))
            path.append(RING[at])
        paths.append(tuple(path))
    return paths


def table(paths: Sequence[Path]) -> pd.DataFrame:
    """What `fit_personas` takes."""
    counted = Counter(paths)
    return pd.DataFrame({"path": map(list, counted), "journeys": list(counted.values())})


def adjusted_rand(one: Sequence[object], other: Sequence[object]) -> float:
    """Hubert & Arabie 1985: 1 for equal groupings, 0 on average for unrelated ones."""

    def pairs(labels: Sequence[object]) -> int:
        return sum(comb(n, 2) for n in Counter(labels).values())

    together = pairs(list(zip(one, other, strict=True)))
    expected = pairs(one) * pairs(other) / comb(len(one), 2)
    return (together - expected) / ((pairs(one) + pairs(other)) / 2 - expected)
