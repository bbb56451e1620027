"""The fitted groups as something that can be kept, and that judges new paths at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from journeyflow.analysis.personas.coding import recode
from journeyflow.analysis.personas.counted import Floats, tally
from journeyflow.analysis.personas.mixture import Mixture


@dataclass(frozen=True)
class PersonaModel:
    """A mixture of Markov chains over named touchpoints, the largest group first.

    `touchpoints`: those that have a name in the model; all others are `(other)`, which comes
    after the last. `longest`: steps of a path that count.
    """

    touchpoints: tuple[str, ...]
    longest: int
    mixture: Mixture

    def assign(self, paths: Sequence[Sequence[str]]) -> pd.DataFrame:
        """Judges paths: persona (Int64, from 1) and probability, one row per path in order.

        Touchpoints that the model does not know count as `(other)`, and transitions that it does
        not know say nothing; where nothing is left to judge by, the shares of the groups decide.
        An empty path has no persona (NULL) and no probability (NaN).
        """
        return self.judged(recode(paths, self.touchpoints, self.longest))

    def judged(self, folded: Sequence[bytes]) -> pd.DataFrame:
        """`assign` for paths in the model's own numbers."""
        posterior = self.posterior(folded)
        probability = posterior.max(axis=1)
        unknown = np.fromiter((not path for path in folded), bool, len(folded)) | (probability == 0)
        persona = pd.arrays.IntegerArray(posterior.argmax(axis=1) + 1, unknown)
        probability[unknown] = np.nan
        return pd.DataFrame({"persona": persona, "probability": probability})

    def posterior(self, folded: Sequence[bytes]) -> Floats:
        """How probable each persona (columns) is for each path in the model's own numbers."""
        symbols = len(self.touchpoints) + 1
        return self.mixture.posterior(tally(folded, self.mixture.cells, symbols))

    def to_dict(self) -> dict[str, Any]:
        """The model as JSON can keep it; `from_dict` gives exactly this model again."""
        return {
            "touchpoints": list(self.touchpoints),
            "longest": self.longest,
            "cells": self.mixture.cells.tolist(),
            "shares": self.mixture.shares.tolist(),
            "logs": self.mixture.logs.tolist(),
            "likelihood": self.mixture.likelihood,
            "penalty": self.mixture.penalty,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """A model as `to_dict` gave it."""
        mixture = Mixture(
            cells=np.array(kept["cells"], dtype=np.int64),
            shares=np.array(kept["shares"], dtype=np.float64),
            logs=np.array(kept["logs"], dtype=np.float64).reshape(
                len(kept["cells"]), len(kept["shares"])
            ),
            likelihood=kept["likelihood"],
            penalty=kept["penalty"],
        )
        return cls(tuple(kept["touchpoints"]), kept["longest"], mixture)
