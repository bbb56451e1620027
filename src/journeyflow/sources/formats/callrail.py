"""Format `callrail`: calls of CallRail."""

from __future__ import annotations

from journeyflow.sources.formats.declaration import Format

FORMAT = Format(
    name="callrail",
    describes="CallRail calls",
    shape="json",
    lands="events",
    required=("id", "start_time", "customer_phone_number"),
    records_at="calls",
    needs_zone=False,
)
