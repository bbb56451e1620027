"""One export file as the DuckDB table `records`: text, numbered, faults set apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from journeyflow.errors import DataError
from journeyflow.settings import Constant, Source
from journeyflow.sources.columnar import parquet_batches
from journeyflow.sources.delimited import Fault, exact_batches, fast_batches, settle_dialect
from journeyflow.sources.documents import json_batches
from journeyflow.sources.formats import FORMATS, Format

DELIMITED = (".csv", ".tsv", ".txt")
DOCUMENTS = (".ndjson", ".jsonl", ".json")
FOREIGN = {b"PK\x03\x04": "an Excel workbook or zip archive", b"\x1f\x8b": "a gzip file"}


@dataclass
class Records:
    """How many records a file has, and which of them could not be read."""

    read: int = 0
    faults: list[Fault] = field(default_factory=list)


def load_records(
    con: duckdb.DuckDBPyConnection, path: Path, name: str, suffix: str, source: Source
) -> Records:
    """Read the file at `path` (plain bytes) into the temporary table `records`.

    `name` is what messages call the file, `suffix` its type. Raises DataError for a file that
    is not what its type says, lacks a mapped column, or ends early.
    """
    format = FORMATS[source.format]
    _refuse_foreign(path, name, suffix)
    records = Records()
    if suffix in DELIMITED and format.shape == "columns":
        _load_delimited(con, path, name, source, records)
    elif suffix in DOCUMENTS:
        batches = json_batches(path, name, format.records_at, records.faults)
        _load_documents(con, batches, name, source, records)
    elif suffix == ".parquet":
        _load_parquet(con, path, name, source)
    else:
        known = DOCUMENTS if format.shape == "json" else (*DELIMITED, *DOCUMENTS)
        message = f"{name}: the format {format.name} has no files of the type {suffix or 'none'}"
        raise DataError(message, f"known: {' '.join((*known, '.parquet'))}, also .gz and .zst")
    count = con.execute("select count(*) from records").fetchone()
    records.read = (count[0] if count else 0) + len(records.faults)
    return records


def _refuse_foreign(path: Path, name: str, suffix: str) -> None:
    with path.open("rb") as file:
        start = file.read(4)
    for mark, kind in FOREIGN.items():
        if start.startswith(mark):
            message = f"{name}: expected a {suffix} file, found {kind}"
            raise DataError(message, "export or save it as the type that its name says")


def _load_delimited(
    con: duckdb.DuckDBPyConnection, path: Path, name: str, source: Source, records: Records
) -> None:
    wanted = mapped_columns(source)
    dialect = settle_dialect(path, name, source, wanted)
    projection = _projection(source, [f"c{place}" for place in range(len(wanted))])
    if dialect.fast:
        try:
            _create(con, fast_batches(path, dialect, wanted), wanted, projection)
        except (pa.ArrowInvalid, duckdb.Error):
            pass  # a ragged row somewhere: the exact reader tells which
        else:
            return
    batches = exact_batches(path, name, dialect, wanted, records.faults)
    _create(con, batches, wanted, projection)


def _load_parquet(con: duckdb.DuckDBPyConnection, path: Path, name: str, source: Source) -> None:
    if FORMATS[source.format].shape == "json":
        parquet_batches(path, name, [])
        con.execute(
            "create or replace temp table records as select row_number() over () as line, "
            "to_json(t)::text as record from read_parquet($path) as t",
            {"path": str(path)},
        )
        return
    wanted = mapped_columns(source)
    projection = _projection(source, [f"c{place}" for place in range(len(wanted))])
    _create(con, parquet_batches(path, name, wanted), wanted, projection)


def _load_documents(
    con: duckdb.DuckDBPyConnection,
    batches: Iterator[pa.RecordBatch],
    name: str,
    source: Source,
    records: Records,
) -> None:
    format = FORMATS[source.format]
    documents = _reader(batches, ["record"])
    con.register("incoming", documents)
    con.execute("create or replace temp table documents as from incoming")
    con.unregister("incoming")
    broken = con.execute(
        "delete from documents where not json_valid(record) "
        "or json_type(if(json_valid(record), record, 'null')) <> 'OBJECT' returning line"
    ).fetchall()
    records.faults += [Fault(line, "not a JSON object") for (line,) in broken]
    if format.shape == "json":
        con.execute("create or replace temp table records as from documents")
        return
    wanted = mapped_columns(source)
    paths = {
        f"p{place}": each if each.startswith("$") else '$."' + each.replace('"', '""') + '"'
        for place, each in enumerate(wanted)
    }
    cells = [f"(record ->> $p{place})" for place in range(len(wanted))]
    _check_keys(con, name, source, wanted, paths)
    select, values = _projection(source, cells)
    con.execute(
        f"create or replace temp table records as select line, {select} from documents",
        {**values, **paths},
    )


def _check_keys(
    con: duckdb.DuckDBPyConnection, name: str, source: Source, wanted: list[str], paths: dict[str, str]
) -> None:
    """A required key that no record has is a missing column."""
    for column in FORMATS[source.format].required:
        mapped = source.columns[column]
        if isinstance(mapped, Constant):
            continue
        path = paths[f"p{wanted.index(mapped)}"]
        seen = con.execute(
            "select count(*), count(record ->> $path) from documents", {"path": path}
        ).fetchone()
        if seen and seen[0] and not seen[1]:
            message = f"{name}: no record has the key {mapped!r}, which is mapped to {column}"
            raise DataError(message, "correct the mapping in [[sources]]")


def mapped_columns(source: Source) -> list[str]:
    """The file's columns that the source's mapping names, each once, in a fixed order."""
    columns = [each for each in source.columns.values() if isinstance(each, str)]
    return list(dict.fromkeys([*columns, *source.identifiers.values(), *source.attributes.values()]))


def _create(
    con: duckdb.DuckDBPyConnection,
    batches: Iterator[pa.RecordBatch],
    wanted: list[str],
    projection: tuple[str, dict[str, Any]],
) -> None:
    select, values = projection
    con.register("incoming", _reader(batches, [f"c{place}" for place in range(len(wanted))]))
    try:
        con.execute(
            f"create or replace temp table records as select line, {select} from incoming", values
        )
    finally:
        con.unregister("incoming")


def _reader(batches: Iterator[pa.RecordBatch], columns: list[str]) -> pa.RecordBatchReader:
    """Batches under our own column names: those of the file may be anything."""
    schema = pa.schema([("line", pa.int64()), *((name, pa.string()) for name in columns)])
    renamed = (pa.RecordBatch.from_arrays(batch.columns, schema=schema) for batch in batches)
    return pa.RecordBatchReader.from_batches(schema, renamed)


def _projection(source: Source, cells: list[str]) -> tuple[str, dict[str, Any]]:
    """Spell the mapping as a select list over `cells`; names and constants are bound."""
    format: Format = FORMATS[source.format]
    cell = dict(zip(mapped_columns(source), cells, strict=True))
    values: dict[str, Any] = {}
    parts = []
    for column in format.columns:
        mapped = source.columns.get(column)
        if isinstance(mapped, Constant):
            values[f"k{len(values)}"] = mapped.value
            parts.append(f"$k{len(values) - 1}::text as {column}")
        else:
            parts.append(f"{cell[mapped] if mapped else 'null::text'} as {column}")
    parts.append(_pairs(source.identifiers, cell, "type", values) + " as identifiers")
    entries = _pairs(source.attributes, cell, "key", values)
    parts.append(f"map_from_entries({entries}) as attributes")
    return ", ".join(parts), values


def _pairs(mapping: dict[str, str], cell: dict[str, str], label: str, values: dict[str, Any]) -> str:
    structs = []
    for name, column in mapping.items():
        values[f"k{len(values)}"] = name
        structs.append(f"{{'{label}': $k{len(values) - 1}::text, 'value': {cell[column]}}}")
    kind = f"struct({label} text, value text)[]"
    return f"[{', '.join(structs)}]::{kind}"
