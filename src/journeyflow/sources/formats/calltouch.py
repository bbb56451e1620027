"""Format `calltouch`: the calls diary of Calltouch."""

from __future__ import annotations

from journeyflow.sources.formats.declaration import Format

FORMAT = Format(
    name="calltouch",
    describes="Calltouch calls diary",
    shape="json",
    lands="events",
    required=("callId", "callerNumber"),
    decoded="calltouch_rows",
    records_at="records",
    needs_zone=False,
)
