"""Format `costs`: what advertising cost per day and campaign."""

from __future__ import annotations

from journeyflow.sources.formats.declaration import Format

ZONE = "A day is the advertising account's; no zone moves it.\n"

FORMAT = Format(
    name="costs",
    describes="advertising costs per day and campaign",
    shape="columns",
    lands="costs",
    columns=(
        "cost_id",
        "day",
        "date_from",
        "date_to",
        "source",
        "medium",
        "campaign",
        "impressions",
        "clicks",
        "cost",
        "currency",
    ),
    required=("source", "cost"),
    either=(("day", "date_from"),),
    together=(("date_from", "date_to"), ("date_to", "date_from")),
    keys=("vat", "vat_rate", "micros"),
    replaces="day",
    needs_zone=False,
)
