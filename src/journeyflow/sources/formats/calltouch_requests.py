"""Format `calltouch_requests`: what visitors wrote to the company, as Calltouch keeps it."""

from __future__ import annotations

from journeyflow.sources.formats.declaration import DOCUMENTS, PARQUET, Field, Format

FIELDS = (
    Field("requestId", "number", "event id", required=True),
    Field("date", "epoch in milliseconds", "`occurred_at`", required=True),
    Field("subject", "text", "`attributes.subject`, the name of the form"),
    Field("manager", "text", "`owner`"),
    Field("requestUrl", "text", "`url`, the page of the form"),
    Field("ctClientId", "number", "`ct_client_id`"),
    Field("client.phones.phoneNumber", "text", "`phone`, each of them"),
    Field("client.contacts.contactValue", "text", "`email`, each that is an address"),
    Field("session.sessionId", "number", "`session_id`"),
    Field("session.url", "text", "`url`, without `requestUrl`; `gclid` and `yclid` in it"),
    Field("session.ref", "text", "`referrer`"),
    Field("session.source", "text", "`utm_source`, without `utmSource`"),
    Field("session.medium", "text", "`utm_medium`, without `utmMedium`"),
    Field("session.utmSource", "text", "`utm_source`"),
    Field("session.utmMedium", "text", "`utm_medium`"),
    Field("session.utmCampaign", "text", "`utm_campaign`"),
    Field("session.guaClientId", "text", "`ga_client_id`"),
    Field("session.yaClientId", "text", "`ym_client_id`"),
    Field("session.city", "text", "`region`"),
)

FORMAT = Format(
    name="calltouch_requests",
    describes="Calltouch requests: forms that visitors sent",
    shape="json",
    lands="events",
    fields=FIELDS,
    suffixes=(*DOCUMENTS, *PARQUET),
    needs_zone=False,
    exporting="""\
The answers of `calls-service/RestAPI/requests` as they come (a list), or one record a line. Its
parameters `dateFrom` and `dateTo` are month first (mm/dd/yyyy), unlike those of the calls diary.
""",
    zone="""\
None is needed: `date` tells moments, in milliseconds. `dateStr` is not read.
""",
    identity="""\
A request: `requestId`. Of one that is delivered again the latest version counts. `requestNumber` is
the site's own, and may repeat.
""",
    ignored="""\
Names, comments, tags, orders, earlier visits, `dateStr`, `requestNumber`.
""",
)
