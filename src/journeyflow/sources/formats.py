"""The export formats that journeyflow reads, as declarations.

A format says what shape its files have, what its rows become, and which SQL file in
`sql/sources/` maps one raw record into the text shape that landing casts.
"""

from __future__ import annotations

from collections.abc import Mapping
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
LINK_COLUMNS = ("link_id", "linked_at", "relation")
WEB_COLUMNS = ("url", "referrer", "utm_source", "utm_medium", "utm_campaign")

# What a counter sends by itself, without the customer doing anything: no step of a journey.
TECHNICAL_KINDS: Mapping[str, tuple[str, ...]] = {
    "ga4": (
        "session_start",
        "first_visit",
        "user_engagement",
        "scroll",
        "first_open",
        "app_update",
        "os_update",
        "app_clear_data",
    ),
}

Lands = Literal["events", "costs", "feedback", "links"]


@dataclass(frozen=True)
class Format:
    """One export format.

    `shape`: `columns` = named columns (delimited text, NDJSON objects or Parquet) chosen by
    `[sources.columns]`; `json` = whole JSON records, mapped by the format's own SQL.
    `records_at` names the list inside a JSON envelope. `flat`: a `json` format whose records
    also come as delimited text, under the same names. `required` are the columns, or for
    `json` the keys, without which a row means nothing: a file that lacks one is refused.
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
    flat: bool = False
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
        Format(
            name="links",
            describes="who is who: contacts merged, cards replaced, persons known to be different",
            shape="columns",
            lands="links",
            columns=LINK_COLUMNS,
            required=("linked_at",),
        ),
        Format(
            name="ga4",
            describes="Google Analytics 4 events, as its BigQuery export holds them",
            shape="json",
            lands="events",
            required=("event_date", "event_timestamp", "event_name"),
            sessions=True,
            replaces="day",
            needs_zone=False,
        ),
        Format(
            name="calltouch",
            describes="Calltouch calls diary",
            shape="json",
            lands="events",
            required=("callId", "callerNumber"),
            records_at="records",
            flat=True,
            needs_zone=False,
        ),
        Format(
            name="callrail",
            describes="CallRail calls",
            shape="json",
            lands="events",
            required=("id", "start_time", "customer_phone_number"),
            records_at="calls",
            flat=True,
            needs_zone=False,
        ),
    )
}
