"""Format `costs`: what advertising cost per day and campaign."""

from __future__ import annotations

from journeyflow.sources.formats.declaration import Format

FORMAT = Format(
    name="costs",
    describes="advertising costs per day and campaign",
    shape="columns",
    lands="costs",
    columns=(
        "cost_id",
        "day",
        "source",
        "medium",
        "campaign",
        "impressions",
        "clicks",
        "cost",
        "currency",
    ),
    required=("day", "source", "cost"),
    replaces="day",
    needs_zone=False,
)
