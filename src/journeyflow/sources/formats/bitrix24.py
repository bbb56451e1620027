"""Formats of Bitrix24: changes of stage, deals and contacts, as its REST API answers."""

from __future__ import annotations

from journeyflow.sources.formats import crm
from journeyflow.sources.formats.declaration import DOCUMENTS, Field, Format

ZONE = "Moments carry their offset; no zone is needed.\n"
ANSWERS = """\
Call `{method}` of the REST API page by page (`start=0, 50, …`), and keep each answer as it comes, a
page a file; a bare list, or one record a line, is read too.
"""

HISTORY = Format(
    name="bitrix24",
    describes="Bitrix24's history of deals: which entered which stage when",
    shape="json",
    lands="events",
    fields=(
        Field("ID", "int", "event id"),
        Field("OWNER_ID", "int", "`deal_id`", required=True),
        Field("CREATED_TIME", "moment", "`occurred_at`: the stage was entered", required=True),
        Field("STAGE_ID", "string", "the stage entered: `touchpoint`", required=True),
        Field("STAGE_SEMANTIC_ID", "P, S, F", "`kind`: `stage_changed`, `deal_won`, `deal_lost`"),
        Field("CATEGORY_ID", "int", "`attributes.pipeline`"),
    ),
    models=("bitrix24_history",),
    records_at="result.items",
    keys=("companions", "identifiers"),
    companions={"deals": "bitrix24_deals", "contacts": "bitrix24_contacts"},
    suffixes=DOCUMENTS,
    needs_zone=False,
    exporting=ANSWERS.format(method="crm.stagehistory.list")
    + """\
Ask it for deals (`entityTypeId = 2`). For the companions: `crm.deal.list` with `select = ["*",
"UF_*"]`, `crm.contact.list` with `select = ["ID", "DATE_CREATE", "PHONE", "EMAIL"]`,
`crm.status.list` for the names of stages, `user.get` for those of users.
""",
    zone=ZONE,
    identity=crm.IDENTITY,
    ignored="Leads, invoices and smart processes (their rows have no `STAGE_ID` of a deal).\n",
)

DEALS = Format(
    name="bitrix24_deals",
    describes="Bitrix24's list of deals",
    shape="json",
    lands="events",
    fields=(
        Field("ID", "string", "`deal_id`, event id", required=True),
        Field("DATE_CREATE", "moment", "`occurred_at` of `deal_created`", required=True),
        Field("STAGE_ID", "string", "tells a list of deals from others", required=True),
        Field("STAGE_SEMANTIC_ID", "P, S, F", "without a history: `deal_won`, `deal_lost`"),
        Field("CLOSEDATE", "moment", "without a history: when it was won or lost"),
        Field("CONTACT_ID", "string", "`crm_contact`"),
        Field("COMPANY_ID", "string", "`crm_company`"),
        Field("LEAD_ID", "string", "`lead_id`"),
        Field("ASSIGNED_BY_ID", "string", "`owner`: who has the deal now"),
        Field("OPPORTUNITY", "string", "`value`, also of the deal's winning"),
        Field("CURRENCY_ID", "string", "`currency`"),
        Field("UTM_SOURCE", "string", "`utm_source`"),
        Field("UTM_MEDIUM", "string", "`utm_medium`"),
        Field("UTM_CAMPAIGN", "string", "`utm_campaign`"),
    ),
    models=("bitrix24_deals", "bitrix24_deal_ends"),
    records_at="result",
    keys=("identifiers",),
    suffixes=DOCUMENTS,
    needs_zone=False,
    exporting=ANSWERS.format(method="crm.deal.list"),
    zone=ZONE,
    identity="A deal: `ID`. The latest version counts.\n",
    ignored="Titles, comments, products, own fields that `[sources.identifiers]` does not name.\n",
)

CONTACTS = Format(
    name="bitrix24_contacts",
    describes="Bitrix24's list of contacts: which phones and e-mails are one person's",
    shape="json",
    lands="events",
    fields=(
        Field("ID", "string", "`crm_contact`, event id", required=True),
        Field("DATE_CREATE", "moment", "since when they are known as one", required=True),
        Field("PHONE", "list", "`phone`, each of them"),
        Field("EMAIL", "list", "`email`, each of them"),
    ),
    records_at="result",
    apart=("contact_created",),
    keys=("identifiers",),
    suffixes=DOCUMENTS,
    needs_zone=False,
    exporting=ANSWERS.format(method="crm.contact.list"),
    zone=ZONE,
    identity="A contact: `ID`. The latest version counts.\n",
    ignored="Names, addresses, notes, and own fields that `[sources.identifiers]` does not name.\n",
)

FORMATS = (HISTORY, DEALS, CONTACTS)
