"""One export file as the DuckDB table `records`: text, numbered, faults set apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from journeyflow.errors import DataError
from journeyflow.settings import Constant, Source
from journeyflow.sources.columnar import open_parquet, parquet_batches
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
    tables = DELIMITED if format.shape == "columns" or format.flat else ()
    if suffix in tables:
        _load_delimited(con, path, name, source, records)
    elif suffix in DOCUMENTS:
        _load_documents(con, path, name, source, records)
    elif suffix == ".parquet":
        _load_parquet(con, path, name, source)
    else:
        message = f"{name}: the format {format.name} has no files of the type {suffix or 'none'}"
        known = " ".join((*tables, *DOCUMENTS, ".parquet"))
        raise DataError(message, f"known: {known}, also .gz and .zst")
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
    format = FORMATS[source.format]
    if format.shape == "columns":
        wanted = mapped_columns(source)
        dialect = settle_dialect(path, name, source, wanted)
        projection = _projection(source, _cells(wanted))
    else:
        dialect = settle_dialect(path, name, source, format.required)
        wanted = [each for each in dialect.header if each and dialect.header.count(each) == 1]
        projection = _objects(wanted)
    if dialect.fast:
        try:
            _create(con, fast_batches(path, dialect, wanted), wanted, projection)
        except pa.ArrowInvalid:
            pass  # a ragged row somewhere: the exact reader tells which
        else:
            return
    batches = exact_batches(path, name, dialect, wanted, records.faults)
    _create(con, batches, wanted, projection)


def _load_parquet(con: duckdb.DuckDBPyConnection, path: Path, name: str, source: Source) -> None:
    if FORMATS[source.format].shape == "columns":
        wanted = mapped_columns(source)
        projection = _projection(source, _cells(wanted))
        _create(con, parquet_batches(path, name, wanted), wanted, projection)
        return
    with open_parquet(path, name):
        pass  # DuckDB's own words for a file that is no Parquet name neither it nor the way out
    try:
        con.execute(
            "create or replace temp table records as select file_row_number + 1 as line, "
            "to_json(t)::text as record from read_parquet($path, file_row_number = true) as t",
            {"path": str(path)},
        )
    except duckdb.Error as fault:
        raise DataError(f"{name}: not a whole Parquet file ({fault})", "export it again") from fault
    _check_keys(con, name, source, {each: _path(each) for each in FORMATS[source.format].required})


def _load_documents(
    con: duckdb.DuckDBPyConnection, path: Path, name: str, source: Source, records: Records
) -> None:
    format = FORMATS[source.format]
    batches = json_batches(path, name, format.records_at, records.faults)
    with _incoming(con, batches, ["record"]):
        con.execute("create or replace temp table records as from incoming")
    broken = con.execute(
        "delete from records where not json_valid(record) "
        "or json_type(if(json_valid(record), record, 'null')) <> 'OBJECT' returning line"
    ).fetchall()
    records.faults += [Fault(line, "not a JSON object") for (line,) in broken]
    if format.shape == "json":
        _check_keys(con, name, source, {each: _path(each) for each in format.required})
        return
    wanted = mapped_columns(source)
    mapped = {each: source.columns[each] for each in format.required}
    required = {key: _path(each) for key, each in mapped.items() if isinstance(each, str)}
    _check_keys(con, name, source, required)
    paths = {f"p{place}": _path(each) for place, each in enumerate(wanted)}
    select, values = _projection(source, [f"(record ->> ${place})" for place in paths])
    con.execute(
        f"create or replace temp table records as select line, {select} from records",
        {**values, **paths},
    )


def _path(key: str) -> str:
    return key if key.startswith("$") else '$."' + key.replace('"', '""') + '"'


def _check_keys(
    con: duckdb.DuckDBPyConnection, name: str, source: Source, paths: dict[str, str]
) -> None:
    """A required key that no record has is a missing column."""
    if not con.execute("select 1 from records limit 1").fetchone():
        return
    for column, path in paths.items():
        # One record that has it is enough, and the first mostly has.
        if con.execute(
            "select 1 from records where record ->> $path is not null limit 1", {"path": path}
        ).fetchone():
            continue
        if FORMATS[source.format].shape == "json":
            message = f"{name}: does not look like {source.format}: no record has {column!r}"
            raise DataError(message, "look whether the file and the format in [[sources]] agree")
        message = f"{name}: no record has the key {source.columns[column]!r}, mapped to {column}"
        raise DataError(message, "correct the mapping in [[sources]]")


def empty_records(source: Source) -> str:
    """The select of a `records` table without rows, of the shape this source's files give."""
    format = FORMATS[source.format]
    if format.shape == "json":
        return "select null::bigint as line, null::text as record where false"
    columns = "".join(f", null::text as {each}" for each in format.columns)
    return (
        f"select null::bigint as line{columns}, "
        "[]::struct(type text, value text)[] as identifiers, "
        "map_from_entries([]::struct(key text, value text)[]) as attributes where false"
    )


def mapped_columns(source: Source) -> list[str]:
    """The file's columns that the source's mapping names, each once, in a fixed order."""
    columns = [each for each in source.columns.values() if isinstance(each, str)]
    return list(
        dict.fromkeys([*columns, *source.identifiers.values(), *source.attributes.values()])
    )


def _create(
    con: duckdb.DuckDBPyConnection,
    batches: Iterator[pa.RecordBatch],
    wanted: list[str],
    projection: tuple[str, dict[str, Any]],
) -> None:
    select, values = projection
    with _incoming(con, batches, _cells(wanted)):
        con.execute(
            f"create or replace temp table records as select line, {select} from incoming", values
        )


@contextmanager
def _incoming(
    con: duckdb.DuckDBPyConnection, batches: Iterator[pa.RecordBatch], columns: list[str]
) -> Iterator[None]:
    """Show batches to DuckDB as `incoming`, under our own names: the file's may be anything.

    A fault raised while they are read leaves as itself; DuckDB would bury it in one of its own.
    """
    schema = pa.schema([("line", pa.int64()), *((name, pa.string()) for name in columns)])
    faults: list[Exception] = []

    def renamed() -> Iterator[pa.RecordBatch]:
        try:
            for batch in batches:
                yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)
        except Exception as fault:
            faults.append(fault)
            raise

    con.register("incoming", pa.RecordBatchReader.from_batches(schema, renamed()))
    try:
        yield
    except duckdb.Error:
        if faults:
            raise faults[0] from None
        raise
    finally:
        con.unregister("incoming")


def _cells(wanted: list[str]) -> list[str]:
    return [f"c{place}" for place in range(len(wanted))]


def _objects(wanted: list[str]) -> tuple[str, dict[str, Any]]:
    """Spell each row as the JSON object that the same record is in the format's own files."""
    values = {f"k{place}": each for place, each in enumerate(wanted)}
    pairs = ", ".join(f"$k{place}::text, c{place}" for place in range(len(wanted)))
    return f"json_object({pairs})::text as record", values


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


def _pairs(
    mapping: dict[str, str], cell: dict[str, str], label: str, values: dict[str, Any]
) -> str:
    structs = []
    for name, column in mapping.items():
        values[f"k{len(values)}"] = name
        structs.append(f"{{'{label}': $k{len(values) - 1}::text, 'value': {cell[column]}}}")
    kind = f"struct({label} text, value text)[]"
    return f"[{', '.join(structs)}]::{kind}"
