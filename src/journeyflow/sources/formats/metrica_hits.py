"""Format `metrica_hits`: hits of Yandex Metrica's Logs API, page views above all."""

from __future__ import annotations

from functools import partial

from journeyflow.sources.formats import metrica
from journeyflow.sources.formats.declaration import DELIMITED, Field, Format
from journeyflow.sources.formats.metrica_rows import hit_faults

FIELDS = (
    Field("ym:pv:watchID", "UInt64", "event id; `watch_id`, without a visit", "watch_id", True),
    Field("ym:pv:visitID", "UInt64", "`visit_id`; filled since October 2025", "visit_id"),
    Field("ym:pv:clientID", "UInt64", "`ym_client_id`", "client_id", True),
    Field("ym:pv:date", "Date", "the day that the hit belongs to", "day"),
    Field("ym:pv:dateTime", "DateTime", "`occurred_at`", "happened_at", True),
    Field("ym:pv:URL", "String", "`url`: page and campaign", "address", True),
    Field("ym:pv:referer", "String", "`referrer`", "referer"),
    Field("ym:pv:isPageView", "UInt8", "`kind`: `page_view`", "page_view", True),
    Field("ym:pv:artificial", "UInt8", "`kind`: `event`, where it is no page view", "artificial"),
    Field("ym:pv:link", "UInt8", "`kind`: `link_click`", "link"),
    Field("ym:pv:download", "UInt8", "`kind`: `file_download`", "download"),
    Field("ym:pv:notBounce", "UInt8", "`kind`: `not_bounce`, technical", "not_bounce"),
    Field("ym:pv:deviceCategory", "String", "`device`", "device"),
    Field("ym:pv:regionCity", "String", "`region`", "city"),
    *metrica.source_fields("ym:pv"),
    Field("ym:pv:recommendationSystem", "String", "`utm_source` of a `recommend`", "recommender"),
    Field("ym:pv:messenger", "String", "`utm_source` of a `messenger`", "messenger"),
    Field("ym:pv:GCLID", "String", "`gclid`", "gclid"),
    *metrica.parameter_fields("ym:pv"),
    Field("ym:pv:goalsID", "Array(UInt32)", "one event each that `goals` names", "goals"),
)

FORMAT = Format(
    name="metrica_hits",
    describes="Yandex Metrica page views and other hits, from its Logs API",
    shape="fields",
    lands="events",
    fields=FIELDS,
    decoded="metrica_hit_rows",
    models=("metrica_hits", "metrica_hit_goals", "metrica_hit_faults"),
    either=(("ym:pv:referer", "ym:pv:lastTrafficSource"),),
    together=(("ym:pv:parsedParamsKey1", "ym:pv:parsedParamsKey2"),),
    key_of=partial(metrica.key_of, "ym:pv"),
    verify=hit_faults,
    keys=metrica.KEYS,
    sessions=True,
    replaces="day",
    suffixes=DELIMITED,
    technical=("not_bounce",),
    exporting=metrica.EXPORTING.format(source="hits", name="metrica_hits"),
    zone=metrica.ZONE.format(prefix="ym:pv") + "Hits have no other time to hold it against.\n",
    identity="""\
A hit: `watchID`. The latest delivery that covers a day (`ym:pv:date`, else that of `dateTime`) is
the whole truth for it.
""",
    ignored="""\
Titles, technology, e-commerce (purchases come from `metrica_visits`), deeper parameters, and goals
that `goals` does not name: a project that reads visits as well gets its goals from there.
""",
)
