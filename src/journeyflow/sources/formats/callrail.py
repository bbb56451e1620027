"""Format `callrail`: calls of CallRail."""

from __future__ import annotations

from journeyflow.sources.formats.declaration import Field, Format

VISIT = "shows that the call came from a visit"
FIELDS = (
    Field("id", "string", "event id", required=True, asked=False),
    Field("start_time", "moment", "`occurred_at`", required=True, asked=False),
    Field("customer_phone_number", "string", "`phone`", required=True, asked=False),
    Field("direction", "string", "`kind`: `call` or `call_out`; `direction`", asked=False),
    Field("answered", "boolean", "`answered`, `attributes.outcome`", asked=False),
    Field("voicemail", "boolean", "`answered`: a machine is nobody; `attributes.voicemail`",
          asked=False),
    Field("duration", "int", "`duration_s`, with the ringing", asked=False),
    Field("call_type", "string", "`attributes.outcome` of an `abandoned` call"),
    Field("spam", "boolean", "`attributes.outcome`; of spam no journey is made", asked=False),
    Field("ga", "string", "`ga_client_id`, `attributes.tracking`"),
    Field("gclid", "string", "`gclid`"),
    Field("msclkid", "string", "`msclkid`"),
    Field("fbclid", "string", "`fbclid`"),
    Field("utm_source", "string", "`utm_source` of a visit"),
    Field("utm_medium", "string", "`utm_medium` of a visit"),
    Field("utm_campaign", "string", "`utm_campaign` of a visit"),
    Field("landing_page_url", "string", "`url`, where the last touch is not told"),
    Field("last_requested_url", "string", VISIT, asked=False),
    Field("referring_url", "string", "`referrer`, where the last touch is not told"),
    Field("session_uuid", "string", VISIT, asked=False),
    Field("device_type", "string", "`device`"),
    Field("person_id", "string", "`callrail_person`"),
    Field("source_name", "string", "`attributes.tracker`"),
    Field("milestones", "object", "the last touch, before the first that the fields above tell"),
    Field("milestones.last_touch.landing", "string", "`url`", asked=False),
    Field("milestones.last_touch.referrer", "string", "`referrer`", asked=False),
)  # fmt: skip

FORMAT = Format(
    name="callrail",
    describes="CallRail calls",
    shape="json",
    lands="events",
    fields=FIELDS,
    records_at="calls",
    needs_zone=False,
    exporting="""\
Ask `v3/a/{account}/calls.json` with `fields=` what `journeyflow fields callrail` prints, and keep
each answer as it comes, a page a file; a bare list, one call a line, or a table with the same names
in its header is read too.
""",
    zone="`start_time` carries its offset; no zone is needed.\n",
    identity="""\
A call: `id`. Of one that is delivered again the latest version counts.
""",
    ignored="""\
Names, recordings, transcripts, tags, notes, lead status, `value` (CallRail does not say its
currency), city and state (they are where the number was issued, not where the caller is), and the
numbers that were dialled or answered.
""",
)
