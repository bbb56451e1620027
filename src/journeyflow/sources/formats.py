"""The export formats that journeyflow reads, as declarations.

A format says what shape its files have, what its rows become, and which SQL file in
`sql/sources/` maps one raw record into the text shape that landing casts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EVENT_COLUMNS = (
    "event_id",
    "occurred_at",
    "kind",
    "url",
    "referrer",
    "channel",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "gclid",
    "yclid",
    "value",
    "currency",
    "touchpoint",
    "stage",
    "user_agent",
    "owner",
    "score",
    "direction",
    "answered",
    "wait_s",
    "duration_s",
    "loss_reason",
    "device",
    "region",
    "product",
    "sequence",
)
COST_COLUMNS = (
    "cost_id",
    "day",
    "source",
    "medium",
    "campaign",
    "impressions",
    "clicks",
    "cost",
    "currency",
)
FEEDBACK_COLUMNS = (
    "feedback_id",
    "responded_at",
    "kind",
    "score",
    "scale_min",
    "scale_max",
    "touchpoint",
)
WEB_COLUMNS = ("url", "referrer", "utm_source", "utm_medium", "utm_campaign")

Lands = Literal["events", "costs", "feedback"]


@dataclass(frozen=True)
class Format:
    """One export format.

    `shape`: `columns` = named columns (delimited text, NDJSON objects or Parquet) chosen by
    `[sources.columns]`; `json` = whole JSON records, mapped by the format's own SQL.
    `records_at` names the list inside a JSON envelope. `required` are the columns without
    which a row means nothing.
    """

    name: str
    describes: str
    shape: Literal["columns", "json"]
    lands: Lands
    columns: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    sessions: bool = False
    replaces: Literal["day", "row"] = "row"
    records_at: str | None = None
    needs_zone: bool = True


FORMATS = {
    each.name: each
    for each in (
        Format(
            name="table",
            describes="any table whose columns you map",
            shape="columns",
            lands="events",
            columns=EVENT_COLUMNS,
            required=("occurred_at", "kind"),
        ),
        Format(
            name="costs",
            describes="advertising costs per day and campaign",
            shape="columns",
            lands="costs",
            columns=COST_COLUMNS,
            required=("day", "source", "cost"),
            replaces="day",
            needs_zone=False,
        ),
        Format(
            name="feedback",
            describes="answers to surveys, with their scale",
            shape="columns",
            lands="feedback",
            columns=FEEDBACK_COLUMNS,
            required=("responded_at", "kind", "score", "scale_min", "scale_max"),
        ),
    )
}
