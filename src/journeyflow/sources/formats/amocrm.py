"""Formats of amoCRM (Kommo): changes of stage, leads and contacts, as its API answers."""

from __future__ import annotations

from journeyflow.sources.formats import crm
from journeyflow.sources.formats.declaration import DOCUMENTS, Field, Format

ZONE = "Moments are seconds since 1970 in UTC; no zone is needed.\n"
ANSWERS = """\
Ask the API (v4) for `{path}`, page by page, and keep each answer as it comes, a page a file; a bare
list, or one record a line, is read too.
"""

HISTORY = Format(
    name="amocrm",
    describes="amoCRM's changes of stage: which lead entered which stage when",
    shape="json",
    lands="events",
    fields=(
        Field("id", "string", "event id"),
        Field(
            "type", "string", "other types than `lead_status_changed` are skipped", required=True
        ),
        Field("entity_id", "int", "`deal_id`", required=True),
        Field("entity_type", "string", "others than `lead` are skipped"),
        Field("created_at", "int", "`occurred_at`: the stage was entered", required=True),
        Field("created_by", "int", "`owner`: who moved it; 0 is a robot"),
        Field("value_after", "list", "pipeline and stage entered: `touchpoint`"),
    ),
    models=("amocrm_history",),
    records_at="_embedded.events",
    keys=("companions", "identifiers"),
    companions={"deals": "amocrm_deals", "contacts": "amocrm_contacts"},
    suffixes=DOCUMENTS,
    needs_zone=False,
    exporting=ANSWERS.format(path="/api/v4/events?filter[type]=lead_status_changed&limit=100")
    + """\
For the companions: `/api/v4/leads?with=contacts,loss_reason`, `/api/v4/contacts`,
`/api/v4/leads/pipelines` for the names of stages, `/api/v4/users` for those of users.
""",
    zone=ZONE,
    identity=crm.IDENTITY,
    ignored="The stage before, and all other events of the account.\n",
)

DEALS = Format(
    name="amocrm_deals",
    describes="amoCRM's list of leads",
    shape="json",
    lands="events",
    fields=(
        Field("id", "int", "`deal_id`, event id", required=True),
        Field("created_at", "int", "`occurred_at` of `deal_created`", required=True),
        Field("status_id", "int", "without a history: 142 is won, 143 is lost", required=True),
        Field("pipeline_id", "int", "tells a list of leads from others", required=True),
        Field("closed_at", "int", "without a history: when it was won or lost"),
        Field("responsible_user_id", "int", "`owner`: who has the lead now"),
        Field("price", "int", "`value`, also of the lead's winning"),
        Field("_embedded", "object", "`crm_contact` of each contact; the reason of the loss"),
        Field(
            "custom_fields_values",
            "list",
            "`utm_source`, `utm_medium`, `utm_campaign`, `gclid`, `yclid`, and the fields that"
            " `[sources.identifiers]` names by their code",
        ),
    ),
    models=("amocrm_deals", "amocrm_deal_ends"),
    records_at="_embedded.leads",
    keys=("identifiers",),
    suffixes=DOCUMENTS,
    needs_zone=False,
    exporting=ANSWERS.format(path="/api/v4/leads?with=contacts,loss_reason&limit=250"),
    zone=ZONE,
    identity="A lead: `id`. The latest version counts.\n",
    ignored="Names, tags, companies, and fields that are not named.\n",
)

CONTACTS = Format(
    name="amocrm_contacts",
    describes="amoCRM's list of contacts: which phones and e-mails are one person's",
    shape="json",
    lands="events",
    fields=(
        Field("id", "int", "`crm_contact`, event id", required=True),
        Field("created_at", "int", "since when they are known as one", required=True),
        Field(
            "custom_fields_values",
            "list",
            "`phone` and `email`, each of them, and the fields that `[sources.identifiers]` names"
            " by their code",
        ),
    ),
    records_at="_embedded.contacts",
    apart=("contact_created",),
    keys=("identifiers",),
    suffixes=DOCUMENTS,
    needs_zone=False,
    exporting=ANSWERS.format(path="/api/v4/contacts?limit=250"),
    zone=ZONE,
    identity="A contact: `id`. The latest version counts.\n",
    ignored="Names, positions, notes, and fields that are not named.\n",
)

FORMATS = (HISTORY, DEALS, CONTACTS)
