"""Format `calltouch`: the calls diary of Calltouch."""

from __future__ import annotations

from journeyflow.sources.formats.declaration import Field, Format

FIELDS = (
    Field("callId", "int", "event id", required=True),
    Field("timestamp", "int", "`occurred_at`, in seconds"),
    Field("date", "dd/mm/yyyy HH:MM:SS", "`occurred_at`, where there is no `timestamp`"),
    Field("callerNumber", "string", "`phone`", required=True),
    Field("phoneNumber", "string", "a `source` equal to it is a static number, and no channel"),
    Field("successful", "boolean", "`answered`, `attributes.outcome`"),
    Field("duration", "int", "`duration_s`"),
    Field("waitingConnect", "int", "`wait_s`; of a callback that of all attempts"),
    Field("callbackCall", "boolean", "`attributes.callback`"),
    Field(
        "callTags",
        "list",
        "`attributes.tracking`; `attributes.outcome` of spam; which attempt of a callback is its "
        "last",
    ),
    Field("subPoolName", "string", "`attributes.pool`"),
    Field("callUrl", "string", "`url`"),
    Field("url", "string", "`url`, where there is no `callUrl`; `gclid`, `yclid`"),
    Field("ref", "string", "`referrer`"),
    Field("utmSource", "string", "`utm_source`"),
    Field("utmMedium", "string", "`utm_medium`"),
    Field("utmCampaign", "string", "`utm_campaign`"),
    Field("source", "string", "`utm_source`, where there is no `utmSource`"),
    Field("medium", "string", "`utm_medium`, where there is no `utmMedium`"),
    Field("sessionId", "int", "`session_id`"),
    Field("ctCallerId", "string", "`ct_caller`"),
    Field("ctClientId", "int", "`ct_client_id`"),
    Field("clientId", "string", "`ga_client_id`"),
    Field("yaClientId", "string", "`ym_client_id`"),
    Field("device", "string", "`device`"),
    Field("city", "string", "`region`"),
    Field("manager", "string", "`owner`"),
)

FORMAT = Format(
    name="calltouch",
    describes="Calltouch calls diary",
    shape="json",
    lands="events",
    fields=FIELDS,
    decoded="calltouch_rows",
    records_at="records",
    needs_zone=False,
    exporting="""\
Ask `calls-service/RestAPI/…/calls-diary/calls` with `withCallTags=true`, and keep each answer as it
comes, a page a file: the tags tell static numbers and callback attempts. The bare list that a call
without pages gives, or one record a line, is read too, and so is a table with the same names in its
header, to which the keys `encoding` and `delimiter` apply.
""",
    zone="""\
`timestamp` is in seconds of UTC; no zone is needed where records have it. `date` is in the
account's zone, which the file does not tell: declare it as `timezone`.
""",
    identity="""\
A call: `callId`. Of one that is delivered again, as when it was tagged later, the latest version
counts. Of the attempts of a callback the last is the call, the others are skipped.
""",
    ignored="""\
Recordings, transcripts, comments, numbers spoken in the call, orders, e-mails, the number that was
dialled or answered as an identifier, and `sessionDate`, whose clock has twelve hours.
""",
)
