"""Parquet files, every column as text: types chosen by another system decide nothing here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from pyarrow import compute, parquet

from journeyflow.errors import DataError
from journeyflow.sources.delimited import BATCH, check_header

EXACT_IN_DOUBLE = 2**53
# pyarrow says of names that are no text that they cannot be decoded, and not that the file is bad.
DAMAGED = (pa.ArrowException, UnicodeDecodeError, OSError)


def open_parquet(path: Path, name: str) -> parquet.ParquetFile:
    """Open a Parquet file; DataError where its footer is missing or unreadable."""
    try:
        return parquet.ParquetFile(path)
    except DAMAGED as fault:
        raise DataError(f"{name}: not a whole Parquet file ({fault})", "export it again") from fault


def parquet_batches(path: Path, name: str, wanted: list[str]) -> Iterator[pa.RecordBatch]:
    """Yield (line, wanted columns as text) in file order."""
    line = 1
    with open_parquet(path, name) as file:
        check_header(name, tuple(file.schema_arrow.names), wanted)
        for batch in _batches(file, name, wanted):
            numbers = pa.array(range(line, line + batch.num_rows), pa.int64())
            line += batch.num_rows
            texts = [_readable(batch.column(column), name, column) for column in wanted]
            yield pa.record_batch([numbers, *texts], names=["line", *wanted])


def _batches(file: parquet.ParquetFile, name: str, wanted: list[str]) -> Iterator[pa.RecordBatch]:
    try:
        yield from file.iter_batches(BATCH, columns=wanted)
    except DAMAGED as fault:
        raise DataError(f"{name}: a damaged Parquet file ({fault})", "export it again") from fault


def _readable(values: pa.Array, name: str, column: str) -> pa.Array:
    try:
        return _text(values, name, column)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as fault:
        message = f"{name}: the column {column!r} of type {values.type} cannot be read as text"
        raise DataError(message, "export the column as text") from fault


def _text(values: pa.Array, name: str, column: str) -> pa.Array:
    kind = values.type
    if pa.types.is_dictionary(kind):
        return _text(values.dictionary_decode(), name, column)
    if pa.types.is_timestamp(kind):
        form = "%Y-%m-%dT%H:%M:%S" + ("Z" if kind.tz else "")
        if kind.tz:
            values = values.cast(pa.timestamp(kind.unit, "UTC"))
        return compute.strftime(values, format=form)
    if pa.types.is_floating(kind):
        return _whole_or_decimal(values, name, column)
    if pa.types.is_nested(kind):
        raise DataError(f"{name}: the column {column!r} is nested; expected plain values")
    return values.cast(pa.string())


def _whole_or_decimal(values: pa.Array, name: str, column: str) -> pa.Array:
    """17850.0 is the text 17850: an id that met a missing value on its way became a double."""
    largest = compute.max(compute.abs(values)).as_py()
    if largest is not None and largest >= EXACT_IN_DOUBLE:
        message = f"{name}: the column {column!r} holds doubles of 2^53 and above; digits are lost"
        raise DataError(message, "export the column as text")
    whole = compute.equal(values, compute.floor(values))
    return compute.if_else(
        whole,
        compute.cast(compute.if_else(whole, values, 0), pa.int64()).cast(pa.string()),
        values.cast(pa.string()),
    )
