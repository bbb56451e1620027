"""Which journeys of a published store match a pattern."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from journeyflow.analysis.pattern_matcher import matches
from journeyflow.analysis.pattern_nodes import is_timed
from journeyflow.analysis.patterns import parse
from journeyflow.analysis.walks import load_walks
from journeyflow.warehouse.models import create_from


def matching(
    con: duckdb.DuckDBPyConnection, text: str, until: str = "end", into: str = "matching_journeys"
) -> int:
    """Makes the temporary table `into` (journey_id): the journeys that match the pattern `text`.

    In: con, with journeys, steps, stages and touchpoints of a published store; the pattern
    language is that of `journeyflow.analysis.patterns`. until: "end" searches whole journeys,
    "conversion" the steps up to the one that holds the first conversion. Out: how many match.
    A journey matches if any choice of its steps meets the order and all the times of the pattern.
    Raises SettingsError for a pattern that cannot be read, a name that no touchpoint or stage has,
    and an `until` that does not exist.
    """
    names = known_names(con, "touchpoint"), known_names(con, "stage")
    pattern = parse(text, *names)
    walks = load_walks(con, until, timed=is_timed(pattern))
    found = np.flatnonzero(matches(walks, pattern))
    table = pa.table({"journey_id": walks.journey_id.take(pa.array(found))})
    create_from(con, '"' + into.replace('"', '""') + '"', table)
    return len(found)


def known_names(con: duckdb.DuckDBPyConnection, kind: str) -> set[str]:
    """The touchpoints or stages of the project, though none of the journeys chosen went there."""
    listed = "touchpoint from touchpoints" if kind == "touchpoint" else "name from stages"
    rows = con.execute(f"select {listed} union select {kind} from steps").fetchall()
    return {name for (name,) in rows if name is not None}
