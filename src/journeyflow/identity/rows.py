"""Rows that Python made, as a table for DuckDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa


def table_of(rows: Sequence[tuple[Any, ...]], columns: Mapping[str, pa.DataType]) -> pa.Table:
    """Rows as a table of the named and typed columns; also where there are none."""
    cells = zip(*rows, strict=True) if rows else ((),) * len(columns)
    return pa.table(
        {
            name: pa.array(column, kind)
            for (name, kind), column in zip(columns.items(), cells, strict=True)
        }
    )
