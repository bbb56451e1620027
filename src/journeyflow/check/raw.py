"""All columns of a file as text in one DuckDB table, for looking at values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from pyarrow import parquet

from journeyflow.check.looking import Look, document_columns
from journeyflow.errors import DataError
from journeyflow.settings import Source
from journeyflow.sources.columnar import parquet_batches
from journeyflow.sources.delimited import Fault, exact_batches, fast_batches, settle_dialect
from journeyflow.sources.documents import json_batches
from journeyflow.warehouse.models import sql_root

MOST_ROWS = 1_000_000
KEYS_FROM = 2_000


def connect() -> duckdb.DuckDBPyConnection:
    """An in-memory database with the functions that landing casts by."""
    con = duckdb.connect(
        config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    )
    con.execute("set TimeZone = 'UTC'")
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

    Out: the columns behind c0, c1, …, spelled as `[sources.columns]` must spell them. At most
    a million records are read. Raises DataError as the reader would.
    """
    if found.shape == "documents":
        return _load_documents(con, path, name)
    if found.shape == "parquet":
        columns = _readable(path, name)
        _store(con, parquet_batches(path, name, columns), len(columns))
        return columns
    columns = [
        each for each in dict.fromkeys(found.header) if each and found.header.count(each) == 1
    ]
    source = Source(name="look", format="table", files=("look",), **found.settings)  # type: ignore[arg-type]
    dialect = settle_dialect(path, name, source, columns)
    if dialect.fast:
        try:
            _store(con, fast_batches(path, dialect, columns), len(columns))
        except (pa.ArrowInvalid, duckdb.Error):
            pass  # a ragged row somewhere; the exact reader goes around it
        else:
            return columns
    faults: list[Fault] = []
    _store(con, exact_batches(path, name, dialect, columns, faults), len(columns))
    return columns


def _load_documents(con: duckdb.DuckDBPyConnection, path: Path, name: str) -> list[str]:
    faults: list[Fault] = []
    batches = json_batches(path, name, None, faults)
    first = next(batches, None)
    if first is None:
        raise DataError(f"{name}: no JSON record found", "expected one JSON object a line")
    columns = document_columns(first.column(1).slice(0, KEYS_FROM).to_pylist())
    _store(con, chain([first], batches), 1)
    con.execute("alter table raw rename to documents")
    paths = {
        f"p{n}": each if each.startswith("$") else '$."' + each.replace('"', '""') + '"'
        for n, each in enumerate(columns)
    }
    cells = "".join(f", record ->> $p{n} as c{n}" for n in range(len(columns)))
    con.execute(
        f"create or replace table raw as select line{cells} from "
        "(select line, if(json_valid(c0), c0, '{}') as record from documents)",
        paths,
    )
    con.execute("drop table documents")
    return columns


def _readable(path: Path, name: str) -> list[str]:
    """The columns of a Parquet file that the reader can turn into text without loss."""
    try:
        schema = parquet.read_schema(path)
    except (pa.ArrowInvalid, OSError) as fault:
        raise DataError(f"{name}: not a whole Parquet file ({fault})", "export it again") from fault
    columns = []
    for field in schema:
        if pa.types.is_nested(field.type) or schema.names.count(field.name) > 1:
            continue
        try:
            for _ in parquet_batches(path, name, [field.name]):
                pass
        except (DataError, pa.ArrowInvalid):
            continue
        columns.append(field.name)
    return columns


def _store(con: duckdb.DuckDBPyConnection, batches: Iterator[pa.RecordBatch], width: int) -> None:
    schema = pa.schema([("line", pa.int64()), *((f"c{n}", pa.string()) for n in range(width))])

    def limited() -> Iterator[pa.RecordBatch]:
        left = MOST_ROWS
        for batch in batches:
            yield pa.RecordBatch.from_arrays(batch.slice(0, left).columns, schema=schema)
            left -= batch.num_rows
            if left <= 0:
                return

    con.register("incoming", pa.RecordBatchReader.from_batches(schema, limited()))
    try:
        con.execute("create or replace table raw as from incoming")
    finally:
        con.unregister("incoming")
