"""The steps of all journeys as arrays, for what is quicker to compute than to ask in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from journeyflow.errors import SettingsError
from journeyflow.warehouse.models import create, create_from, load_model

ENDS = ("conversion", "end")  # up to where the path of a journey may be followed
_PLAIN, _TIMED = ("number", "step_number", "label"), ("entered_us", "left_us")


@dataclass(frozen=True)
class Walks:
    """The steps of journeys 0 … j - 1, each journey's in order, one journey after the other.

    steps: how many each journey has (j). outcome: of each journey (j). names: touchpoint and
    stage (or None) of each label. label: of each step. entered_us, left_us: of each step in
    microseconds, or None where nobody asked. journey_id: of each journey (j). person: the number
    of each journey's person (j), or None where nobody asked.
    """

    steps: npt.NDArray[np.int64]
    outcome: npt.NDArray[np.object_]
    names: Sequence[tuple[str | None, str | None]]
    label: npt.NDArray[np.integer]
    journey_id: pa.ChunkedArray
    entered_us: npt.NDArray[np.int64] | None = None
    left_us: npt.NDArray[np.int64] | None = None
    person: npt.NDArray[np.integer] | None = None


def load_walks(
    con: duckdb.DuckDBPyConnection, until: str, *, timed: bool = False, persons: bool = False
) -> Walks:
    """Reads the journeys and steps of `con`, a published store.

    timed, persons: with times, with persons.
    until: "end" of the journey, or "conversion": the step that holds the first one is the last.
    Raises SettingsError for any other.
    """
    if until not in ENDS:
        raise SettingsError(f"until is {until!r}; expected one of {', '.join(ENDS)}.")
    owner = ", person_id" if persons else ""
    journeys = con.sql(f"select journey_id, outcome{owner} from journeys").to_arrow_table()
    numbers = pa.array(np.arange(journeys.num_rows))
    columns = (*_PLAIN, *(_TIMED if timed else ()))
    walked = load_model("paths", "walked_steps").sql
    try:
        create_from(con, "walked_journeys", journeys.append_column("number", numbers))
        create(con, load_model("paths", "step_labels"), "temp table step_labels", {})
        rows = con.execute(f"select {', '.join(columns)} from ({walked})", {"until": until})
        steps: dict[str, npt.NDArray[np.int64]] = rows.fetchnumpy()
        names = con.execute("select touchpoint, stage from step_labels order by label").fetchall()
    finally:
        for table in ("walked_journeys", "step_labels"):
            con.execute(f"drop table if exists temp.{table}")
    # They come nearly in order, which is what a stable sort is quick at.
    number = steps["number"].astype(np.int64)
    key = number * (int(steps["step_number"].max(initial=0)) + 1) + steps["step_number"]
    order = np.argsort(key, kind="stable")
    return Walks(
        steps=np.bincount(number, minlength=journeys.num_rows),
        outcome=journeys["outcome"].to_numpy(),
        names=names,
        journey_id=journeys["journey_id"],
        person=_numbered(journeys["person_id"]) if persons else None,
        **{name: steps[name][order] for name in columns[2:]},
    )


def _numbered(texts: pa.ChunkedArray) -> npt.NDArray[np.integer]:
    indices: npt.NDArray[np.integer] = texts.combine_chunks().dictionary_encode().indices.to_numpy()
    return indices
