"""Format `links`: what the company itself says of who is who."""

from __future__ import annotations

from journeyflow.sources.formats.declaration import Format

FORMAT = Format(
    name="links",
    describes="who is who: contacts merged, cards replaced, persons known to be different",
    shape="columns",
    lands="links",
    columns=("link_id", "linked_at", "relation"),
    required=("linked_at",),
)
