"""Format `orders`: orders of a shop, net of what was cancelled and refunded."""

from __future__ import annotations

from journeyflow.sources.formats.declaration import Format

FORMAT = Format(
    name="orders",
    describes="orders of a shop, net of what was cancelled and refunded",
    shape="columns",
    lands="events",
    columns=(
        "order_id",
        "ordered_at",
        "status",
        "total",
        "refunded",
        "currency",
        "is_test",
        "cancelled_at",
        "channel",
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "product",
        "region",
        "owner",
    ),
    required=("order_id", "ordered_at", "status", "total"),
    keys=("statuses",),
)
