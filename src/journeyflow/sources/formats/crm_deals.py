"""Format `crm_deals`: a CRM's list of deals, under fixed names."""

from __future__ import annotations

from journeyflow.sources.formats import crm
from journeyflow.sources.formats.declaration import DELIMITED, Field, Format

FIELDS = (
    Field("deal_id", "text", "`deal_id`, event id", "deal_id", True),
    Field("created_at", "moment", "`occurred_at` of `deal_created`", "created_at", True),
    Field("closed_at", "moment", "`occurred_at` of `deal_won` or `deal_lost`", "closed_at"),
    Field("status", "open, won or lost", "whether it was won or lost", "status"),
    Field("owner", "text", "`owner`", "owner"),
    Field("contact_id", "text", "`crm_contact`", "contact_id"),
    Field("phones", "text", "`phone`; several with `,` or `;`", "phones"),
    Field("emails", "text", "`email`; several with `,` or `;`", "emails"),
    Field("ga_client_id", "text", "`ga_client_id`", "ga_client_id"),
    Field("ym_client_id", "text", "`ym_client_id`", "ym_client_id"),
    Field("utm_source", "text", "`utm_source`", "utm_source"),
    Field("utm_medium", "text", "`utm_medium`", "utm_medium"),
    Field("utm_campaign", "text", "`utm_campaign`", "utm_campaign"),
    Field("amount", "number", "`value`, also of the deal's winning", "amount"),
    Field("currency", "text", "`currency`", "currency"),
    Field("lost_reason", "text", "`loss_reason`, also of the deal's loss", "lost_reason"),
    Field("order_id", "text", "`order_id`, also of the deal's winning", "order_id"),
)

FORMAT = Format(
    name="crm_deals",
    describes="a CRM's list of deals",
    shape="fields",
    lands="events",
    fields=FIELDS,
    models=("crm_deals", "crm_deal_ends"),
    key_of=crm.key_of,
    suffixes=DELIMITED,
    exporting="One row per deal, under these names, as delimited text.\n",
    zone=crm.ZONE,
    identity="A deal: its id. The latest version counts.\n",
    ignored="Titles, and any other column.\n",
)
