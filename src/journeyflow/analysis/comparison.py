"""Segments of journeys side by side, with those who are still on their way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from journeyflow.analysis.choosing import STRATA, expression
from journeyflow.analysis.incidence import incidence, is_mature
from journeyflow.analysis.narrowed import make
from journeyflow.analysis.segments import compare_segments
from journeyflow.analysis.simpson import candidate_strata
from journeyflow.errors import SettingsError
from journeyflow.warehouse.models import create, load_model

CONVERSION = "conversion"
OTHER = "(other)"
SECONDS_US = 1_000_000
LARGER = 0.05  # of all journeys, that a segment's curve says how long all are compared
_FATES = ["succeeded", "ended", "open"]
NOTES = (
    "Segments differ in more ways than the one that names them; observed is not caused.",
    "Journeys count as independent; where one person makes many, intervals are too narrow.",
)


@dataclass(frozen=True)
class Comparison:
    """Segments side by side.

    table: one row per segment; columns: `segments.compare_segments`. The rate is the share that
    had succeeded within `within_s` seconds, by Aalen-Johansen: open journeys count for as long as
    they were seen. strata: whether a difference is rather one of another property of the journeys
    (the Simpson check); columns: `simpson.candidate_strata`; of journeys that were seen for
    `within_s`. switches: what was compared, and how. notes: what must be read with it.
    """

    table: pd.DataFrame
    strata: pd.DataFrame
    switches: Mapping[str, object]
    notes: tuple[str, ...]


def compare(
    con: duckdb.DuckDBPyConnection,
    by: str,
    measure: str = CONVERSION,
    *,
    against: str = "rest",
    top: int = 10,
    strata: Sequence[str] = STRATA,
    q: float = 0.1,
    k: int = 5,
) -> Comparison:
    """Compare the segments of the journeys in `con`, a cursor of a published store.

    by: a column of journeys, `returning` or `attributes.NAME`; the `top` values with most journeys
    are segments, the others are together "(other)". measure: "conversion", or a stage: going on
    from it. against: "rest" (all others of which the property is known), "largest" or a segment.
    strata: properties that a difference may be due to. q: the false discovery rate of all verdicts.
    k: of fewer persons nothing is shown.

    All segments are compared at the same time since they began: the latest at which enough (10, and
    5 %) are still seen of each that holds 5 % of the journeys. Raises SettingsError for columns,
    measures and segments that do not exist.
    """
    if top < 1:
        raise SettingsError(f"top is {top}; expected 1 or more.")
    others = [each for each in strata if each != by]
    segment_journeys(con, by, others, top)
    _start(con, measure)
    fates, persons = read(con, "segment_fates"), read(con, "segment_persons")
    within_us = _horizon(fates)
    table = pd.DataFrame(
        [_rate(segment, rows, within_us) for segment, rows in fates.groupby("segment")],
        columns=["segment", "n", "rate", "se", "observed"],
    )
    table = table.merge(persons, on="segment")
    counts = read(con, "stratum_counts", within_us=within_us)
    told = pd.DataFrame(counts.pop("strata").tolist(), columns=others, index=counts.index)
    return Comparison(
        compare_segments(table, against=against, q=q, k=k),
        candidate_strata(pd.concat([counts, told], axis=1), others, against=against, q=q)
        if others and len(counts)
        else pd.DataFrame(),
        {
            "by": by, "measure": measure, "against": against, "within_s": within_us / SECONDS_US,
            "top": top, "q": q, "k": k,
        },
        NOTES,
    )  # fmt: skip


def segment_journeys(
    con: duckdb.DuckDBPyConnection, by: str, others: Sequence[str], top: int
) -> None:
    """Make the table `segmented` (journey_id, segment, strata)."""
    values: dict[str, Any] = {}
    segment, *strata = (
        f"coalesce(({expression(con, column, f'attribute_{n}', values)})::text, '(none)')"
        for n, column in enumerate((by, *others))
    )
    con.execute(
        "create or replace temp table segmented as select j.journey_id, "
        f"{segment} as segment, [{', '.join(strata)}]::text[] as strata from journeys as j",
        values,
    )
    con.execute(
        "update segmented set segment = $other where segment not in (select segment "
        "from segmented group by segment order by count(*) desc, segment limit $top)",
        {"other": OTHER, "top": top},
    )


def _start(con: duckdb.DuckDBPyConnection, measure: str) -> None:
    """Make the table `starts`: what is measured, from when to when."""
    if measure == CONVERSION:
        create(con, load_model("segments", "conversion_starts"), "temp table starts", {})
        return
    rows = con.execute("select name from stages order by position").fetchall()
    stages = [name for (name,) in rows]
    if measure not in stages[:-1]:
        near = get_close_matches(measure, [CONVERSION, *stages[:-1]], n=1)
        raise SettingsError(
            f"{measure!r} cannot be compared.",
            hint=(f"Did you mean {near[0]!r}? " if near else "")
            + f"Expected {CONVERSION} or a stage that has a next one: {', '.join(stages[:-1])}.",
        )
    make(con, {"stage_entries"})
    create(con, load_model("segments", "stage_starts"), "temp table starts", {"stage": measure})


def read(con: duckdb.DuckDBPyConnection, name: str, **values: object) -> pd.DataFrame:
    """Rows of a model of sql/segments."""
    frame: pd.DataFrame = con.execute(load_model("segments", name).sql, values).df()
    return frame


def _horizon(fates: pd.DataFrame) -> int:
    """The latest time at which enough of every larger segment are at risk, in microseconds."""
    latest = []
    everybody = fates[_FATES].to_numpy().sum()
    for _, rows in fates.groupby("segment"):
        ordered = rows.sort_values("after_us")
        n = ordered[_FATES].sum(axis=1).to_numpy()
        at_risk = n[::-1].cumsum()[::-1]
        enough = is_mature(at_risk, n.sum())
        if enough.any() and n.sum() >= LARGER * everybody:
            latest.append(int(ordered["after_us"].to_numpy()[enough][-1]))
    return min(latest, default=int(fates["after_us"].max()) if len(fates) else 0)


def _rate(segment: object, rows: pd.DataFrame, within_us: int) -> tuple[object, ...]:
    curves = incidence(rows["after_us"], [rows["succeeded"], rows["ended"]], rows["open"])
    (at,) = curves.at([within_us])
    n = int(rows[_FATES].to_numpy().sum())
    censored = int(rows.loc[rows["after_us"] <= within_us, "open"].sum())
    if at < 0:
        return segment, n, 0.0, 0.0, n - censored
    return segment, n, curves.ended[0][at], np.sqrt(curves.variance[0][at]), n - censored
