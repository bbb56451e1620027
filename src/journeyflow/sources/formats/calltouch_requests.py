"""Format `calltouch_requests`: what visitors wrote to the company, as Calltouch keeps it."""

from __future__ import annotations

from journeyflow.sources.formats.declaration import DOCUMENTS, PARQUET, Format

FORMAT = Format(
    name="calltouch_requests",
    describes="Calltouch requests: forms that visitors sent",
    shape="json",
    lands="events",
    required=("requestId", "date"),
    suffixes=(*DOCUMENTS, *PARQUET),
    needs_zone=False,
)
