"""Format `crm_contacts`: a CRM's list of contacts, under fixed names: which identifiers are one."""

from __future__ import annotations

from journeyflow.sources.formats import crm
from journeyflow.sources.formats.declaration import DELIMITED, Field, Format

FIELDS = (
    Field("contact_id", "text", "`crm_contact`", "contact_id", True),
    Field("created_at", "moment", "since when they are known as one", "created_at", True),
    Field("phones", "text", "`phone`; several with `,` or `;`", "phones"),
    Field("emails", "text", "`email`; several with `,` or `;`", "emails"),
    Field("ga_client_id", "text", "`ga_client_id`", "ga_client_id"),
    Field("ym_client_id", "text", "`ym_client_id`", "ym_client_id"),
)

FORMAT = Format(
    name="crm_contacts",
    describes="a CRM's list of contacts: which phones, e-mails and browsers are one person's",
    shape="fields",
    lands="events",
    fields=FIELDS,
    key_of=crm.key_of,
    apart=("contact_created",),
    suffixes=DELIMITED,
    exporting="One row per contact, under these names, as delimited text.\n",
    zone=crm.ZONE,
    identity="A contact: its id. The latest version counts.\n",
    ignored="Names, and any other column.\n",
)
