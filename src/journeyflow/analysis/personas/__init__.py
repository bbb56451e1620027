"""Personas: groups of journeys that go alike, found in the paths and in nothing else.

A persona is a Markov chain of a mixture (mixture.py). How many there are is decided by BIC, by
stability under resampling and against simulated journeys of one chain (choice.py), and what
they are called by what is over-represented in them (naming.py, medoid.py).

What is put in has to end before the outcome. A path that shows the conversion would make groups
of those who convert and those who do not, and comparing their conversion would prove nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from journeyflow.analysis.personas.choice import NOTHING, Note, Search, choose
from journeyflow.analysis.personas.coding import MOST_SYMBOLS, OTHER, Coded, encode
from journeyflow.analysis.personas.counted import Ints, distinct
from journeyflow.analysis.personas.groups import COLUMNS, describe
from journeyflow.analysis.personas.model import PersonaModel
from journeyflow.errors import SettingsError

__all__ = ["OTHER", "Note", "PersonaModel", "Personas", "fit_personas"]


@dataclass(frozen=True)
class Personas:
    """The groups found in a table of variants.

    k: how many; 0 without journeys, 1 where nothing speaks for more.
    groups: one row per persona, the largest first: persona (from 1), name (what is
        over-represented, else how the medoid begins), journeys, share (of all with a path),
        certainty (mean probability of its journeys), stability (see `stability`),
        over_represented (at most five: touchpoint, log_odds, z, share of the persona's journeys
        that meet it, share_elsewhere), first_touchpoints (at most five: touchpoint, share),
        median_length (steps), medoid (a path of the data), medoid_journeys (how many walked it),
        medoid_journey_ids (those that the table gave). z says how much a touchpoint stands out;
        it is no test, since the groups were made from the same journeys.
    labels: persona (Int64) and probability of each row of the table, with its index; NULL and
        NaN for an empty path.
    model: judges new paths.
    bic: of 1, 2, … groups. stability: mean Jaccard over bootstraps, by persona.
    gain, null_gains: by how much BIC falls from one group to k, here and in simulated journeys
        of one chain; None and empty where it did not come to that.
    notes: what a reader has to know: (kind, text, values).
    """

    k: int
    groups: pd.DataFrame
    labels: pd.DataFrame
    model: PersonaModel
    bic: dict[int, float]
    stability: dict[int, float]
    gain: float | None = None
    null_gains: tuple[float, ...] = ()
    notes: tuple[Note, ...] = ()

    def assign(self, paths: Sequence[Sequence[str]]) -> pd.DataFrame:
        """Judges new paths: persona and probability; see `PersonaModel.assign`."""
        return self.model.assign(paths)

    def to_dict(self) -> dict[str, Any]:
        """Everything but `labels`, as JSON can keep it."""
        return {
            "k": self.k,
            "groups": self.groups.to_dict("records"),
            "model": self.model.to_dict(),
            "bic": {str(k): value for k, value in self.bic.items()},
            "stability": {str(k): value for k, value in self.stability.items()},
            "gain": self.gain,
            "null_gains": list(self.null_gains),
            "notes": [list(note) for note in self.notes],
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """What `to_dict` gave, also by way of JSON; `labels` is empty."""
        model = PersonaModel.from_dict(kept["model"])
        return cls(
            k=kept["k"],
            groups=pd.DataFrame(kept["groups"], columns=list(COLUMNS)),
            labels=model.assign([]),
            model=model,
            bic={int(k): value for k, value in kept["bic"].items()},
            stability={int(k): value for k, value in kept["stability"].items()},
            gain=kept["gain"],
            null_gains=tuple(kept["null_gains"]),
            notes=tuple(Note(*note) for note in kept["notes"]),
        )


def fit_personas(
    variants: pd.DataFrame,
    *,
    most: int = 8,
    symbols: int = 40,
    longest: int = 200,
    restarts: int = 20,
    seed: int = 20080815,
) -> Personas:
    """Finds the groups of journeys that go alike.

    variants: path (list of touchpoints up to the outcome and not beyond), journeys (how many
        went so, a whole number), and optionally journey_ids (list of some of them).
    most: groups at most. symbols: so many of the most visited touchpoints keep their name, the
        others become `(other)`. longest: steps of a path that count. restarts: of EM for each
        number of groups. seed: of everything random.

    The order of rows changes nothing, and neither do the names of touchpoints; names decide only
    between touchpoints that do exactly the same (then there is a note `twins`).
    Raises SettingsError for absent columns, journeys that are no whole numbers or negative,
    steps without a name, and options out of range.
    """
    for name, value, low, high in (
        ("most", most, 1, 50), ("symbols", symbols, 1, MOST_SYMBOLS), ("seed", seed, 0, 2**32),
        ("longest", longest, 1, 1_000), ("restarts", restarts, 1, 1_000),
    ):  # fmt: skip
        if not low <= value <= high:
            raise SettingsError(f"{name} is {value}; expected {low} to {high}.")
    paths, journeys = _read(variants)
    coded = encode(paths, journeys, symbols, longest)
    search = Search(most, restarts, seed)
    if coded.journeys:
        chosen = choose(
            *distinct(coded.folded, coded.weights), len(coded.touchpoints[:symbols]) + 1, search
        )
    else:
        chosen = NOTHING
    mixture, stability = chosen.mixture, chosen.stability
    model = PersonaModel(coded.touchpoints[:symbols], longest, mixture)
    sizes = np.bincount(model.posterior(coded.folded).argmax(axis=1), coded.weights, mixture.groups)
    order = np.argsort(-sizes, kind="stable")
    model = PersonaModel(model.touchpoints, longest, mixture.ordered(order))
    judged = model.judged(coded.folded)
    groups = describe(
        coded,
        judged["persona"].to_numpy(np.int64) - 1,
        judged["probability"].to_numpy(),
        stability[order],
        _ids(variants, coded),
        longest=longest,
        seed=seed,
    )
    return Personas(
        k=mixture.groups,
        groups=groups,
        labels=judged.reindex(coded.place).set_index(variants.index),
        model=model,
        bic=chosen.bic,
        stability=dict(zip(groups["persona"], groups["stability"], strict=True)),
        gain=chosen.gain,
        null_gains=chosen.null_gains,
        notes=(*_notes(coded, journeys, symbols, longest), *chosen.notes),
    )


def _read(variants: pd.DataFrame) -> tuple[list[Sequence[str]], Ints]:
    """The paths and their journeys."""
    for column in ("path", "journeys"):
        if column not in variants.columns:
            near = difflib.get_close_matches(column, map(str, variants.columns), n=1)
            hint = f"Did you mean {near[0]!r}?" if near else None
            raise SettingsError(f"The table of variants has no column {column!r}.", hint=hint)
    given = pd.to_numeric(variants["journeys"], errors="coerce").to_numpy(np.float64, na_value=-1)
    wrong = np.flatnonzero((given < 0) | (given != np.floor(given)))
    if len(wrong):
        found = variants["journeys"].iloc[wrong[0]]
        raise SettingsError(f"journeys is {found!r}; expected a whole number, 0 or more.")
    # A path that nobody went is no path.
    paths = [path if n else () for path, n in zip(variants["path"], given.tolist(), strict=True)]
    return paths, given.astype(np.int64)


def _ids(variants: pd.DataFrame, coded: Coded) -> list[list[str]]:
    """Of each path of `coded` the journeys that the table names."""
    found: list[list[str]] = [[] for _ in coded.lengths]
    if "journey_ids" in variants.columns:
        for place, ids in zip(coded.place.tolist(), variants["journey_ids"], strict=True):
            if place >= 0:
                found[place].extend(ids)
    return [sorted(ids) for ids in found]


def _notes(coded: Coded, journeys: Ints, symbols: int, longest: int) -> Iterator[Note]:
    """What was left out of the paths, and how little some of them tell."""
    folded = len(coded.touchpoints) - symbols
    if folded > 0:
        share = float(coded.visits[symbols:].sum() / coded.visits.sum())
        text = f"{folded} rare touchpoints count as {OTHER}: {share:.1%} of all steps."
        yield Note("folded", text, {"touchpoints": folded, "share": share})
    if coded.twins:
        text = f"Only by their names {coded.twins} touchpoints could be told from others."
        yield Note("twins", text, {"touchpoints": coded.twins})
    if cut := int(coded.weights[coded.lengths > longest].sum()):
        text = f"{cut} journeys have more than {longest} steps; the rest of them is left out."
        yield Note("cut", text, {"journeys": cut, "steps": longest})
    if empty := int(journeys.sum()) - coded.journeys:
        text = f"{empty} journeys have no step before their outcome and belong to no persona."
        yield Note("empty", text, {"journeys": empty})
    if short := float(coded.weights[[len(path) == 1 for path in coded.folded]].sum()):
        share = short / coded.journeys
        text = f"{share:.1%} of journeys have one touchpoint, too few to tell them apart surely."
        yield Note("short", text, {"share": share})
