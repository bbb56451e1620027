"""Format `table`: any table whose columns the settings map."""

from __future__ import annotations

from journeyflow.sources.formats.declaration import Format

COLUMNS = (
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
# A source that maps one of these is about a website, and its events form sessions.
WEB_COLUMNS = ("url", "referrer", "utm_source", "utm_medium", "utm_campaign")

FORMAT = Format(
    name="table",
    describes="any table whose columns you map",
    shape="columns",
    lands="events",
    columns=COLUMNS,
    required=("occurred_at", "kind"),
)
