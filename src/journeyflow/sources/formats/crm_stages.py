"""Format `crm_stages`: which deal entered which stage when, from any CRM, under fixed names."""

from __future__ import annotations

from journeyflow.sources.formats import crm
from journeyflow.sources.formats.declaration import DELIMITED, Field, Format

FIELDS = (
    Field("deal_id", "text", "`deal_id`", "deal_id", True),
    Field("changed_at", "moment", "`occurred_at`: the stage was entered", "changed_at", True),
    Field("to_stage", "text", "the stage entered: `touchpoint`", "to_stage", True),
    Field("change_id", "text", "event id", "change_id"),
    Field(
        "pipeline",
        "text",
        "part of the stage's id, where stages of several share names",
        "pipeline",
    ),
    Field(
        "semantic",
        "open, won or lost",
        "`kind`: `stage_changed`, `deal_won`, `deal_lost`",
        "semantic",
    ),
    Field("owner", "text", "`owner`: who had the deal then", "owner"),
    Field(
        "changed_by",
        "text",
        "`owner`, where there is none; tells edits of many deals at once",
        "changed_by",
    ),
    Field("contact_id", "text", "`crm_contact`", "contact_id"),
    Field("phone", "text", "`phone`; several with `,` or `;`", "phone"),
    Field("email", "text", "`email`; several with `,` or `;`", "email"),
    Field("ga_client_id", "text", "`ga_client_id`", "ga_client_id"),
    Field("ym_client_id", "text", "`ym_client_id`", "ym_client_id"),
    Field("amount", "number", "`value` of a deal won", "amount"),
    Field("currency", "text", "`currency`", "currency"),
    Field("lost_reason", "text", "`loss_reason`", "lost_reason"),
)

FORMAT = Format(
    name="crm_stages",
    describes="a CRM's history of deals: which entered which stage when",
    shape="fields",
    lands="events",
    fields=FIELDS,
    key_of=crm.key_of,
    keys=("companions",),
    companions={"deals": "crm_deals", "contacts": "crm_contacts"},
    suffixes=DELIMITED,
    exporting="""\
One row per change of stage, under these names, as delimited text. Where the CRM has no such export,
ask its vendor for the history of stages (also called the log of changes or the timeline); a list of
deals as they stand today tells no waits.
""",
    zone=crm.ZONE,
    identity=crm.IDENTITY,
    ignored="Any other column.\n",
)
