"""One row per persona: how large, how sure, what sets it apart, and a path somebody walked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from journeyflow.analysis.personas.coding import Coded
from journeyflow.analysis.personas.counted import Floats, Ints
from journeyflow.analysis.personas.medoid import medoid
from journeyflow.analysis.personas.naming import (
    NAMED,
    SHOWN,
    STANDS_OUT,
    first_touchpoints,
    log_odds,
    presence,
    weighted_median,
)

COLUMNS = (
    "persona", "name", "journeys", "share", "certainty", "stability", "over_represented",
    "first_touchpoints", "median_length", "medoid", "medoid_journeys", "medoid_journey_ids",
)  # fmt: skip
_MEDOID = 100


def describe(
    coded: Coded,
    labels: Ints,
    probability: Floats,
    stability: Floats,
    ids: Sequence[Sequence[str]],
    *,
    longest: int,
    seed: int,
) -> pd.DataFrame:
    """The table of groups.

    In: `labels` (from 0) and `probability` of each path of `coded`, `stability` of each group,
    `ids`: journeys known to have walked each path. Out: see `Personas.groups`.
    """
    k = len(stability)
    met = presence(coded, labels, k)
    delta, z = log_odds(met)
    first = first_touchpoints(coded, labels, k)
    sizes = np.bincount(labels, coded.weights, minlength=k)
    rows = []
    for group in range(k):
        members = np.flatnonzero(labels == group)
        weights = coded.weights[members]
        dice = np.random.default_rng([seed, _MEDOID, group])
        typical = medoid(coded, members, longest, dice)
        path = [coded.touchpoints[step] for step in coded.path(typical)]
        ranked = [t for t in np.argsort(-z[:, group], kind="stable") if z[t, group] > STANDS_OUT]
        over = [
            {
                "touchpoint": coded.touchpoints[t],
                "log_odds": float(delta[t, group]),
                "z": float(z[t, group]),
                "share": float(met[t, group] / sizes[group]),
                "share_elsewhere": float(
                    (met[t].sum() - met[t, group]) / (sizes.sum() - sizes[group])
                ),
            }
            for t in ranked[:SHOWN]
        ]
        begins = np.argsort(-first[:, group], kind="stable")[:SHOWN]
        rows.append(
            (
                group + 1,
                _name([each["touchpoint"] for each in over], path),
                int(sizes[group]),
                float(sizes[group] / sizes.sum()),
                float(probability[members] @ weights / weights.sum()),
                float(stability[group]),
                over,
                [
                    {"touchpoint": coded.touchpoints[t], "share": float(first[t, group])}
                    for t in begins
                    if first[t, group] > 0
                ],
                weighted_median(coded.lengths[members], weights),
                path,
                int(coded.weights[typical]),
                list(ids[typical]),
            )
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _name(over: Sequence[Any], path: Sequence[str]) -> str:
    """What stands out; where nothing does, how the typical path begins."""
    if over:
        return ", ".join(over[:NAMED])
    return " > ".join([*path[:NAMED], *(["…"] if len(path) > NAMED else [])])
