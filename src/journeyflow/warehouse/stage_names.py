"""What a CRM calls its stages: names of touchpoints that only have an id in its history."""

from __future__ import annotations

import json

import duckdb

from journeyflow.project import Project
from journeyflow.sources.companions import list_files, read_names

FACT = "stage names of "
StageNames = dict[str, dict[str, str]]


def stage_names(con: duckdb.DuckDBPyConnection, project: Project) -> StageNames:
    """Source -> stage id -> name, as the lists say now; of a list that is gone, as it last said."""
    found: StageNames = {}
    for source in project.sources:
        if "stages" not in source.companions:
            continue
        if list_files(project.directory, source)["stages"]:
            found[source.name] = dict(read_names(project.directory, source).stages)
        else:
            kept = con.execute(
                "select value from private.facts where name = $name", {"name": FACT + source.name}
            ).fetchone()
            found[source.name] = json.loads(kept[0]) if kept else {}
    return found


def keep_stage_names(con: duckdb.DuckDBPyConnection, names: StageNames) -> None:
    """Note what the lists say, for nights on which they are not delivered."""
    for source, stages in names.items():
        con.execute(
            "insert or replace into private.facts values ($name, $value)",
            {"name": FACT + source, "value": json.dumps(stages)},
        )
