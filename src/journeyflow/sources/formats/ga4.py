"""Format `ga4`: the BigQuery export of Google Analytics 4."""

from __future__ import annotations

from journeyflow.sources.formats.declaration import DOCUMENTS, PARQUET, Format

FORMAT = Format(
    name="ga4",
    describes="Google Analytics 4 events, as its BigQuery export holds them",
    shape="json",
    lands="events",
    required=("event_date", "event_timestamp", "event_name"),
    sessions=True,
    replaces="day",
    suffixes=(*DOCUMENTS, *PARQUET),
    needs_zone=False,
    technical=(
        "session_start",
        "first_visit",
        "user_engagement",
        "scroll",
        "first_open",
        "app_update",
        "os_update",
        "app_clear_data",
    ),
)
