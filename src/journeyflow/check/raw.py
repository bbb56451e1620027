"""All columns of a file as text in one DuckDB table, for looking at values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from journeyflow.check.looking import Look
from journeyflow.errors import DataError
from journeyflow.settings import Source
from journeyflow.sources.columnar import open_parquet
from journeyflow.sources.documents import json_batches
from journeyflow.sources.records import DOCUMENTS, create_cells, load_records
from journeyflow.warehouse.database import CONFIG, MEMORY
from journeyflow.warehouse.models import sql_root

KEYS_FROM = 2_000


def connect(scratch: Path | None = None) -> duckdb.DuckDBPyConnection:
    """An in-memory database with the functions that landing casts by; it spills to `scratch`."""
    con = duckdb.connect(config={**CONFIG, "memory_limit": MEMORY})
    if scratch:
        con.execute("set temp_directory = $scratch", {"scratch": str(scratch)})
    con.execute("set TimeZone = 'UTC'")
    con.execute("set enable_progress_bar = false")
    con.execute((sql_root() / "private" / "landing_macros.sql").read_text(encoding="utf-8"))
    return con


def one(
    con: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, Any] | None = None
) -> tuple[Any, ...]:
    """The first row of an answer, read to its end: a half-read one blocks the connection."""
    rows = con.execute(sql, dict(values or {})).fetchall()
    return rows[0] if rows else ()


def load_raw(con: duckdb.DuckDBPyConnection, path: Path, name: str, found: Look) -> list[str]:
    """Read the file at `path` (plain bytes) into table `raw` (line, c0, c1, …), all text.

    Out: the columns behind c0, c1, …, spelled as `[sources.columns]` must spell them. Columns of
    one name, and nested ones, are left out. Raises DataError as the reader would.
    """
    if found.suffix in DOCUMENTS:
        columns = _keys(con, path, name)
    else:
        named = list(found.header)
        if found.suffix == ".parquet":
            with open_parquet(path, name) as file:
                named = [e.name for e in file.schema_arrow if not pa.types.is_nested(e.type)]
        columns = [each for each in named if each and named.count(each) == 1]
    source = Source.model_validate(
        {"name": "look", "format": "table", "files": "look", **found.settings}
        | {"attributes": {each: each for each in columns}}
    )
    create_cells(con, source)
    load_records(con, path, name, found.suffix, source, 0)
    con.execute("alter table cells rename to raw")
    return columns


def _keys(con: duckdb.DuckDBPyConnection, path: Path, name: str) -> list[str]:
    """The plain values inside JSON records: a key, or a path such as `$.user.id`."""
    for batch in json_batches(path, name, None, []):
        con.register("records", pa.Table.from_batches([batch.slice(0, KEYS_FROM)]))
        found = con.execute(
            "select if(path = '$' and not starts_with(key, '$'), key, fullkey) as name "
            "from records, json_tree(if(json_valid(record), record, '{}')) "
            "where type not in ('OBJECT', 'ARRAY') and not regexp_matches(fullkey, '\\[\\d+\\]') "
            "group by name order by min(line), min(id)"
        ).fetchall()
        con.unregister("records")
        return [key for (key,) in found if key]
    raise DataError(f"{name}: no JSON record found", "expected one JSON object a line")
