"""Conformance: how the journeys that were made compare with the one that the company expects.

The expected journey is a list of positions. Each is spelled in the language of patterns: a
touchpoint, alternatives as `Call | Form`, and `?` behind what may be left out, `(Call | Form)?`.
With level "stage" all names are stages, and a journey is told as the stages it went through, each
once while it stayed; steps without a stage are passed over, and counted.

**Fit** of a journey = 1 - d / max(n, l): d is the least number of insertions, removals and
replacements of one step (Levenshtein 1966) that lead to an expected path, n the length of the
journey, l that of the expected path; of several that are equally near, the longest. An open
journey may still go on, so it is compared with the beginnings of expected paths too.

**Positions.** In the words of alignments (Adriansyah, van Dongen & van der Aalst 2011) a position
without a step is skipped, a step without a position inserted. Here as many steps as possible are
paired in the expected order, the earlier positions first; these are done in order. A position
that was done, but could not be paired, is out of order: reversed. What was not done is skipped; of
an open journey only before the furthest position that it did in order, and not yet from there on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from journeyflow.analysis.alignment import STATES, Expected, Numbers, Paths, align, distances
from journeyflow.analysis.expected import Position, read_expected
from journeyflow.analysis.named_steps import LEVELS, NamedSteps, inserted_names, named_steps
from journeyflow.analysis.pattern_search import known_names
from journeyflow.analysis.rates import rates
from journeyflow.analysis.walks import load_walks
from journeyflow.errors import SettingsError

OPTIONAL = "may be left out"
GROUPS = ("finished", "open")
_CLASSES = 10
_AT_ONCE = 200_000  # journeys; bounds the memory that many positions take


@dataclass(frozen=True)
class ConformanceTable:
    """How journeys compare with the expected one; all counts are journeys unless said otherwise.

    positions: position (from 1), expected (its text), optional, in_order, out_of_order, skipped,
    left_out (optional and not done), not_yet; these five add up to all journeys; repeated (did it
    more than once), skip_rate (skipped / all that did or skipped it), skip_rate_low,
    skip_rate_high (Wilson 1927, 95 %), skip_rate_reason (why there is none, else None).
    inserted: rank, name, steps (how many), journeys, persons: what no position has, the most
    journeys first; the last row, "(rarer)", without rank, is all that is not listed.
    fit: fit_from, fit_to, finished, open: ten classes, each without its upper end, and fit 1.
    groups: group (finished: converted or lost; open), journeys, exact (fit 1), exact_rate with
    _low, _high, _reason, mean_fit (NaN without journeys).
    transitions: how many pairs of neighbouring steps; allowed_transitions: those from a position
    to a later one with only optional ones between; edge_fit: their share, None without any.
    unplaced_steps: steps without a stage;
    unplaced_journeys: those without any other step, which are in no other count here.
    """

    positions: pd.DataFrame
    inserted: pd.DataFrame
    fit: pd.DataFrame
    groups: pd.DataFrame
    transitions: int
    allowed_transitions: int
    edge_fit: float | None
    unplaced_steps: int
    unplaced_journeys: int


def conformance(
    con: duckdb.DuckDBPyConnection,
    expected: Sequence[str],
    level: str = "touchpoint",
    until: str = "conversion",
    top: int = 20,
    k: int = 5,
) -> ConformanceTable:
    """Compares the journeys in `con`, a published store, with the expected one.

    In: con, with journeys (journey_id, outcome), steps (journey_id, person_id, step_number,
    touchpoint, stage, entered_at, left_at, after_conversion), stages and touchpoints. expected,
    level: see the module. until: "conversion" compares the steps up to the one that holds the
    first conversion, "end" all. top, k: how many of what was inserted are listed at most, and
    of how many persons at least. Raises SettingsError as `read_expected` does, for a name that no
    touchpoint or stage has, and for an until, top or k that does not exist.
    """
    for option, number in (("top", top), ("k", k)):
        if number < 1:
            raise SettingsError(f"{option} is {number}; expected 1 or more.")
    positions = read_expected(expected, level, known_names(con, level) if level in LEVELS else None)
    told = named_steps(load_walks(con, until, persons=True), level)
    suits = [[name in each.names for each in positions] for name in told.names]
    model = Expected(
        suits=np.array(suits, dtype=np.bool_).reshape(-1, len(positions)),
        optional=np.array([each.optional for each in positions]),
    )
    states, fits = _compare(told, model)
    pairs = told.journey[1:] == told.journey[:-1]
    allowed = _allowed(model)[told.name[:-1], told.name[1:]] & pairs
    transitions, as_allowed = int(np.count_nonzero(pairs)), int(np.count_nonzero(allowed))
    return ConformanceTable(
        positions=_positions(positions, states),
        inserted=inserted_names(told, model, top, k),
        fit=_fit(fits),
        groups=_groups(fits),
        transitions=transitions,
        allowed_transitions=as_allowed,
        edge_fit=as_allowed / transitions if transitions else None,
        unplaced_steps=told.unplaced_steps,
        unplaced_journeys=told.unplaced_journeys,
    )


def _compare(told: NamedSteps, expected: Expected) -> tuple[Numbers, pd.DataFrame]:
    """Journeys per position and state (the last column: repeated), and d, length, open of each."""
    states = np.zeros((len(expected.optional), len(STATES) + 1), dtype=np.int64)
    fits = [pd.DataFrame({"edits": [], "length": [], "is_open": []}, dtype="int64")]
    ends = np.append(0, np.cumsum(told.lengths))
    for first in range(0, len(told.lengths), _AT_ONCE):
        last = min(first + _AT_ONCE, len(told.lengths))
        paths = Paths(
            told.name[ends[first] : ends[last]], told.lengths[first:last], told.is_open[first:last]
        )
        found, repeated = align(paths, expected)
        for state in range(len(STATES)):
            states[:, state] += np.count_nonzero(found == state, axis=1)
        states[:, -1] += np.count_nonzero(repeated, axis=1)
        edits, length = distances(paths, expected)
        longer = np.maximum(length, paths.lengths)
        fits.append(pd.DataFrame({"edits": edits, "length": longer, "is_open": paths.is_open}))
    return states, pd.concat(fits, ignore_index=True)


def _allowed(expected: Expected) -> npt.NDArray[np.bool_]:
    """Which names may follow which."""
    suits = expected.suits
    allowed = np.zeros((len(suits), len(suits)), dtype=np.bool_)
    for here in range(len(expected.optional)):
        for later in range(here + 1, len(expected.optional)):
            allowed |= np.outer(suits[:, here], suits[:, later])
            if not expected.optional[later]:
                break
    return allowed


def _positions(positions: Sequence[Position], states: Numbers) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "position": range(1, len(positions) + 1),
            "expected": [position.text for position in positions],
            "optional": [position.optional for position in positions],
            **dict(zip((*STATES, "repeated"), states.T, strict=True)),
        }
    )
    due = table["in_order"] + table["out_of_order"] + table["skipped"]
    rate = rates(table["skipped"], due.mask(table["optional"], 0), "skip_rate")
    rate["skip_rate_reason"] = rate["skip_rate_reason"].mask(table["optional"], OPTIONAL)
    return table.join(rate)


def _fit(fits: pd.DataFrame) -> pd.DataFrame:
    place = _CLASSES * (fits["length"] - fits["edits"]) // fits["length"]
    bounds = [each / _CLASSES for each in range(_CLASSES + 1)]
    counts = {
        group: np.bincount(place[fits["is_open"] == value], minlength=len(bounds))
        for value, group in enumerate(GROUPS)
    }
    return pd.DataFrame({"fit_from": bounds, "fit_to": [*bounds[1:], 1.0], **counts})


def _groups(fits: pd.DataFrame) -> pd.DataFrame:
    # Equal ones are counted first, so that the order of journeys changes no digit.
    counts = fits.groupby(["is_open", "edits", "length"]).size().rename("journeys").reset_index()
    counts["fit"] = (1 - counts["edits"] / counts["length"]) * counts["journeys"]
    counts["exact"] = counts["journeys"].where(counts["edits"] == 0, 0)
    by_group = counts.groupby("is_open")[["journeys", "exact", "fit"]].sum().reindex([0, 1])
    table = by_group[["journeys", "exact"]].fillna(0).astype("int64")
    table["mean_fit"] = by_group["fit"] / by_group["journeys"]
    table.insert(0, "group", GROUPS)
    return table.join(rates(table["exact"], table["journeys"], "exact_rate")).reset_index(drop=True)
