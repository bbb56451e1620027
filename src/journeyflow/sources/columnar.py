"""Parquet files, every column as text: types chosen by another system decide nothing here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from pyarrow import compute, parquet

from journeyflow.errors import DataError
from journeyflow.sources.delimited import BATCH, _check_header

EXACT_IN_DOUBLE = 2**53


def parquet_batches(path: Path, name: str, wanted: list[str]) -> Iterator[pa.RecordBatch]:
    """Yield (line, wanted columns as text) in file order."""
    try:
        file = parquet.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as fault:
        raise DataError(f"{name}: not a whole Parquet file ({fault})", "export it again") from fault
    _check_header(name, tuple(file.schema_arrow.names), wanted)
    line = 1
    for batch in file.iter_batches(BATCH, columns=wanted):
        numbers = pa.array(range(line, line + batch.num_rows), pa.int64())
        line += batch.num_rows
        texts = [_text(batch.column(column), name, column) for column in wanted]
        yield pa.record_batch([numbers, *texts], names=["line", *wanted])


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
