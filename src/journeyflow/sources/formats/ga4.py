"""Format `ga4`: the BigQuery export of Google Analytics 4."""

from __future__ import annotations

from journeyflow.sources.formats.declaration import DOCUMENTS, PARQUET, Field, Format


def _parts(record: str, type: str, **becomes: str) -> tuple[Field, ...]:
    """Parts of a record, which is asked for as a whole: a query that names parts flattens it."""
    return tuple(
        Field(f"{record}.{name}", type, meaning, asked=False) for name, meaning in becomes.items()
    )


FIELDS = (
    Field("event_date", "STRING", "the day that the event belongs to", required=True),
    Field("event_timestamp", "INTEGER", "`occurred_at`, in microseconds", required=True),
    Field("event_name", "STRING", "`kind`", required=True),
    # A query that flattens the table has no parameters: pages and campaigns stand elsewhere then.
    Field(
        "event_params",
        "RECORD, REPEATED",
        "tell events apart; those below are read, whichever slot holds them",
        required=True,
    ),
    *_parts(
        "event_params",
        "STRING",
        page_location="`url`",
        page_referrer="`referrer`",
        ignore_referrer="`true`: there is no referrer",
        source="`utm_source`, where neither `collected_traffic_source` nor the address tells it",
        medium="`utm_medium`, likewise",
        campaign="`utm_campaign`, likewise",
        gclid="`gclid`",
        transaction_id="`order_id`, where `ecommerce` has none",
        currency="`currency`",
        firebase_screen="`touchpoint` of a `screen_view`",
    ),
    *_parts(
        "event_params",
        "INTEGER or FLOAT",
        value="`value`, where `ecommerce` has none; of other events than `purchase` and `refund` "
        "only where it is a number",
    ),
    Field("event_bundle_sequence_id", "INTEGER", "tells events apart"),
    Field("stream_id", "STRING", "tells events apart"),
    Field("platform", "STRING", "`WEB`, or an app: type of `user_pseudo_id`"),
    Field("user_id", "STRING", "`user_id`"),
    Field("user_pseudo_id", "STRING", "`ga_client_id` of a website, `device_id` of an app"),
    Field("device", "RECORD", "the part below"),
    *_parts("device", "STRING", category="`device`"),
    Field("geo", "RECORD", "the parts below"),
    *_parts("geo", "STRING", city="`region`", region="`region`, where no city is known"),
    Field("ecommerce", "RECORD", "the parts below"),
    *_parts("ecommerce", "STRING", transaction_id="`order_id`"),
    *_parts(
        "ecommerce",
        "FLOAT",
        purchase_revenue="`value` of a `purchase`",
        refund_value="`value` of a `refund`",
    ),
    Field("items", "RECORD, REPEATED", "the part below"),
    *_parts("items", "STRING", item_name="`product` of a `purchase`, where it has only one"),
    Field("collected_traffic_source", "RECORD", "the parts below"),
    *_parts(
        "collected_traffic_source",
        "STRING",
        manual_source="`utm_source`",
        manual_medium="`utm_medium`",
        manual_campaign_name="`utm_campaign`",
        gclid="`gclid`",
        dclid="`dclid`",
        srsltid="`srsltid`",
    ),
    Field("batch_page_id", "INTEGER", "`sequence`, first part; tells events apart"),
    Field("batch_ordering_id", "INTEGER", "`sequence`, second part; tells events apart"),
    Field("batch_event_index", "INTEGER", "`sequence`, third part; tells events apart"),
)

FORMAT = Format(
    name="ga4",
    describes="Google Analytics 4 events, as its BigQuery export holds them",
    shape="json",
    lands="events",
    fields=FIELDS,
    sessions=True,
    replaces="day",
    suffixes=(*DOCUMENTS, *PARQUET),
    needs_zone=False,
    technical=(
        "session_start",
        "first_visit",
        "user_engagement",
        "scroll",
        "first_open",
        "app_update",
        "os_update",
        "app_clear_data",
    ),
    exporting="""\
Link the property to BigQuery with the daily export, and export its tables `events_YYYYMMDD` whole:
as newline-delimited JSON or Parquet, or as the JSON that the console saves from a query of whole
columns. Let the names of the files keep those of the tables: they tell final tables from others.

Tables of GA4's own screens, reports and explorations alike, are aggregates: they count, and tell
neither who did what nor in which order. No journeys can be made of them.
""",
    zone="""\
Moments are microseconds in UTC; no zone is needed. `event_date` is the day in the property's zone.
""",
    identity="""\
GA4 gives events no id. Rows that agree in stream, visitor, name, time, bundle, place in the batch
and all parameters, in whatever order, are one event.
The latest delivery that covers a day (`event_date`) is the whole truth for it, since late events
are added for three days. Whenever they come, `events_YYYYMMDD` outdoes `events_fresh_YYYYMMDD`, and
both outdo `events_intraday_YYYYMMDD`; two of them are never united.
""",
    ignored="""\
Page titles, items but the names of what was bought, user properties, other parameters, `user_ltv`;
the user's first touch (`traffic_source`) and `session_traffic_source_last_click`, which looks back
over earlier sessions; GA4's own sessions (`ga_session_id`).
""",
)
