"""Rows of a GA4 export, and the dialects in which BigQuery's tools write one and the same row."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from pyarrow import parquet

Row = dict[str, Any]

_TEXT, _WHOLE, _DOUBLE = pa.string(), pa.int64(), pa.float64()
_VALUE = pa.struct(
    {"string_value": _TEXT, "int_value": _WHOLE, "float_value": _DOUBLE, "double_value": _DOUBLE}
)
SCHEMA = pa.schema(
    {
        "event_date": _TEXT,
        "event_timestamp": _WHOLE,
        "event_name": _TEXT,
        "event_params": pa.list_(pa.struct({"key": _TEXT, "value": _VALUE})),
        "event_bundle_sequence_id": _WHOLE,
        "user_id": _TEXT,
        "user_pseudo_id": _TEXT,
        "stream_id": _TEXT,
        "platform": _TEXT,
        "device": pa.struct({"category": _TEXT}),
        "geo": pa.struct({"city": _TEXT, "region": _TEXT}),
        "traffic_source": pa.struct({"source": _TEXT, "medium": _TEXT}),
        "ecommerce": pa.struct(
            {"transaction_id": _TEXT, "purchase_revenue": _DOUBLE, "refund_value": _DOUBLE}
        ),
        "items": pa.list_(pa.struct({"item_id": _TEXT, "item_name": _TEXT, "price": _DOUBLE})),
        "collected_traffic_source": pa.struct(
            dict.fromkeys(
                (
                    "manual_source",
                    "manual_medium",
                    "manual_campaign_name",
                    "gclid",
                    "dclid",
                    "srsltid",
                ),
                _TEXT,
            )
        ),
        "batch_page_id": _WHOLE,
        "batch_ordering_id": _WHOLE,
        "batch_event_index": _WHOLE,
    }
)
SLOTS = {str: "string_value", int: "int_value", float: "double_value"}


def event(
    name: str = "page_view",
    at: str = "2026-10-01T09:00:00",
    *,
    visitor: str | None = "950658449.1697698986",
    params: dict[str, str | int | float] | None = None,
    **columns: Any,
) -> Row:
    """A row with typed values; `at` is UTC, parameters go to the slot of their type."""
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return {
        "event_date": moment.strftime("%Y%m%d"),
        "event_timestamp": int(moment.timestamp()) * 1_000_000 + moment.microsecond,
        "event_name": name,
        "event_params": [
            {"key": key, "value": {SLOTS[type(value)]: value}}
            for key, value in {"ga_session_number": 1, **(params or {})}.items()
        ],
        "user_pseudo_id": visitor,
        "stream_id": "1",
        "platform": "WEB",
        **columns,
    }


def extracted(rows: list[Row]) -> str:
    """NDJSON as `bq extract` writes it: integers as text, nulls and empty lists left out."""
    return "".join(json.dumps(_sparse(row)) + "\n" for row in rows)


def saved(rows: list[Row], *, array: bool = False) -> str:
    """JSON as the console saves it: every number as text, nulls spelled out."""
    filled = parquet_table(rows).to_pylist()
    if array:
        return json.dumps([_spelled(row) for row in filled], indent=1)
    return "".join(json.dumps(_spelled(row), ensure_ascii=False) + "\n" for row in filled)


def parquet_file(rows: list[Row], *, compliant: bool = True) -> bytes:
    """The rows as a Parquet file."""
    stream = io.BytesIO()
    parquet.write_table(parquet_table(rows), stream, use_compliant_nested_type=compliant)
    return stream.getvalue()


def parquet_table(rows: list[Row]) -> pa.Table:
    """The rows in the types of the table."""
    return pa.Table.from_pylist(rows, SCHEMA)


def _sparse(value: Any) -> Any:
    if isinstance(value, dict):
        found = {key: _sparse(each) for key, each in value.items()}
        return {key: each for key, each in found.items() if each is not None and each != []}
    if isinstance(value, list):
        return [_sparse(each) for each in value]
    return str(value) if isinstance(value, int) else value


def _spelled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _spelled(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_spelled(each) for each in value]
    return str(value) if isinstance(value, int | float) else value
