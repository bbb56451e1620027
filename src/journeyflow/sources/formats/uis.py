"""Format `uis`: calls of UIS, which is CoMagic and abroad CallGear too."""

from __future__ import annotations

from journeyflow.sources.formats.declaration import Field, Format

FIELDS = (
    Field("id", "number", "event id", required=True),
    Field("start_time", "time", "`occurred_at`", required=True),
    Field("direction", "in, out", "`kind`: `call` or `call_out`; `direction`"),
    Field("is_lost", "boolean", "`answered`: not lost"),
    Field("finish_reason", "enum", "`attributes.reason`"),
    Field("voice_mail_records", "array", "`answered`: a message that was left is no answer"),
    Field("source", "enum", "`attributes.tracking`, and whether the call came from a visit"),
    Field("contact_phone_number", "text", "`phone`", required=True),
    Field("communication_type", "enum", "what is not a `call` is skipped", asked=False),
    Field("wait_duration", "seconds", "`wait_s`"),
    Field("total_wait_duration", "seconds", "`wait_s`, where nobody answered"),
    Field("talk_duration", "seconds", "`duration_s`"),
    Field("lost_call_processing_duration", "seconds", "`attributes.processed_after_s`"),
    Field("first_answered_employee_full_name", "text", "`owner`"),
    Field("last_answered_employee_full_name", "text", "`owner`, without the first"),
    Field("campaign_name", "text", "`attributes.campaign`"),
    Field("person_id", "number", "`uis_person` of a visit"),
    Field("visitor_id", "number", "`uis_visitor` of a visit"),
    Field("visitor_session_id", "number", "`session_id` of a visit"),
    Field("ua_client_id", "text", "`ga_client_id` of a visit"),
    Field("ym_client_id", "text", "`ym_client_id` of a visit"),
    Field("gclid", "text", "`gclid` of a visit"),
    Field("yclid", "text", "`yclid` of a visit"),
    Field("ymclid", "text", "`ymclid` of a visit"),
    Field("communication_page_url", "text", "`url` of a visit"),
    Field("entrance_page", "text", "`url` of a visit, where the page of the call is not told"),
    Field("referrer", "text", "`referrer` of a visit"),
    Field("utm_source", "text", "`utm_source` of a visit"),
    Field("utm_medium", "text", "`utm_medium` of a visit"),
    Field("utm_campaign", "text", "`utm_campaign` of a visit"),
    Field("visitor_device", "enum", "`device` of a visit"),
    Field("visitor_city", "text", "`region` of a visit"),
)

FORMAT = Format(
    name="uis",
    describes="calls of UIS (CoMagic, CallGear), from its Data API",
    shape="json",
    lands="events",
    fields=FIELDS,
    refused={
        "call_session_id": (
            "legs of calls, of which a call may have several",
            "export the method get.calls_report instead of get.call_legs_report",
        )
    },
    records_at="result.data",
    exporting="""\
Ask the Data API for `get.calls_report` with the fields that `journeyflow fields uis` lists, and
keep each answer as it comes, a page a file. Without `fields` the API leaves most of them out.
""",
    zone="""\
Times are in the account's zone, which the report does not tell (`get.account` does): declare it as
`timezone`.
""",
    identity="""\
A call: `id`, that of the call's session. Of one that is delivered again the latest version counts.
""",
    ignored="""\
Recordings, transcripts, tags, notes, names of customers, sales, scenarios, the dialled number, the
campaign of the first visit, the vendor's channel and its replaced campaign fields (`eq_utm_…`).
""",
)
