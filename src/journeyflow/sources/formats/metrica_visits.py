"""Format `metrica_visits`: visits of Yandex Metrica's Logs API, with what was reached in them."""

from __future__ import annotations

from functools import partial

from journeyflow.sources.formats import metrica
from journeyflow.sources.formats.declaration import DELIMITED, Field, Format
from journeyflow.sources.formats.metrica_times import visit_faults

FIELDS = (
    Field("ym:s:visitID", "UInt64", "event id, with the year; `visit_id`", "visit_id", True),
    Field("ym:s:clientID", "UInt64", "`ym_client_id`", "client_id", True),
    Field("ym:s:date", "Date", "the day that the visit belongs to", "day"),
    Field("ym:s:dateTime", "DateTime", "`occurred_at` of the visit", "started_at", True),
    Field("ym:s:dateTimeUTC", "DateTime", "proof of the declared zone", "started_elsewhere"),
    Field("ym:s:startURL", "String", "`url`: landing page and campaign", "start_url", True),
    Field("ym:s:referer", "String", "`referrer`", "referer"),
    Field("ym:s:visitDuration", "UInt32", "`duration_s` of the visit", "duration"),
    Field("ym:s:deviceCategory", "String", "`device`", "device"),
    Field("ym:s:regionCity", "String", "`region`", "city"),
    Field("ym:s:isRobotPro", "UInt8", "1: a bot's", "robot", asked=False),
    Field("ym:s:watchIDs", "Array(UInt64)", "`watch_id`", "watch_ids", asked=False),
    *metrica.source_fields("ym:s"),
    Field("ym:s:lastReferalSource", "String", "`utm_source` of a `referral`", "referring_site"),
    Field("ym:s:lastMessenger", "String", "`utm_source` of a `messenger`", "messenger"),
    Field(
        "ym:s:lastRecommendationSystem", "String", "`utm_source` of a `recommend`", "recommender"
    ),
    Field("ym:s:lastUTMSource", "String", "`utm_source`, where the address has none", "utm_source"),
    Field("ym:s:lastUTMMedium", "String", "`utm_medium`, likewise", "utm_medium"),
    Field("ym:s:lastUTMCampaign", "String", "`utm_campaign`, likewise", "utm_campaign"),
    Field("ym:s:lastGCLID", "String", "`gclid`", "gclid"),
    *metrica.parameter_fields("ym:s"),
    Field("ym:s:goalsID", "Array(UInt32)", "one event each: `kind`", "goals"),
    Field("ym:s:goalsDateTime", "Array(DateTime)", "`occurred_at` of a goal", "goal_times"),
    Field("ym:s:goalsPrice", "Array(Int64)", "`value` of a goal, in thousandths", "goal_prices"),
    Field("ym:s:goalsCurrency", "Array(String)", "`currency` of a goal", "goal_currencies"),
    Field("ym:s:goalsOrder", "Array(String)", "`order_id` of a goal", "goal_orders"),
    Field("ym:s:purchaseID", "Array(String)", "one event each: `order_id`", "purchases"),
    Field(
        "ym:s:purchaseDateTime", "Array(DateTime)", "`occurred_at` of a purchase", "purchase_times"
    ),
    Field("ym:s:purchaseRevenue", "Array(Float64)", "`value` of a purchase", "purchase_revenues"),
    Field(
        "ym:s:purchaseCurrency", "Array(String)", "`currency` of a purchase", "purchase_currencies"
    ),
    Field("ym:s:purchasedProductPurchaseID", "Array(String)", "whose line it is", "line_purchases"),
    Field(
        "ym:s:purchasedProductName",
        "Array(String)",
        "`product`, where a purchase has only one",
        "line_products",
    ),
    Field(
        "ym:s:productsPurchaseID",
        "Array(String)",
        "as `purchasedProductPurchaseID`, in exports before October 2025",
        "old_line_purchases",
        asked=False,
    ),
    Field(
        "ym:s:productsName",
        "Array(String)",
        "as `purchasedProductName`, in exports before October 2025",
        "old_line_products",
        asked=False,
    ),
    Field(
        "ym:s:offlineCallTalkDuration", "Array(UInt32)", "`duration_s` of a call", "call_talk_times"
    ),
    Field("ym:s:offlineCallHoldDuration", "Array(UInt32)", "`wait_s` of a call", "call_hold_times"),
    Field("ym:s:offlineCallMissed", "Array(UInt32)", "one event each: `answered`", "calls_missed"),
    Field("ym:s:offlineCallTag", "Array(String)", "`attributes.tag` of a call", "call_tags"),
    Field(
        "ym:s:offlineCallFirstTimeCaller",
        "Array(Int32)",
        "`attributes.first_time` of a call",
        "calls_first",
    ),
)

FORMAT = Format(
    name="metrica_visits",
    describes="Yandex Metrica visits with goals, purchases and calls, from its Logs API",
    shape="fields",
    lands="events",
    fields=FIELDS,
    decoded="metrica_rows",
    models=(
        "metrica_visits",
        "metrica_visit_faults",
        "metrica_goals",
        "metrica_purchases",
        "metrica_calls",
    ),
    either=(("ym:s:referer", "ym:s:lastTrafficSource"),),
    together=(
        ("ym:s:goalsID", "ym:s:goalsDateTime"),
        ("ym:s:purchaseID", "ym:s:purchaseDateTime"),
        ("ym:s:parsedParamsKey1", "ym:s:parsedParamsKey2"),
    ),
    key_of=partial(metrica.key_of, "ym:s"),
    verify=visit_faults,
    keys=(*metrica.KEYS, "inner_offset", "call_goals"),
    sessions=True,
    offline=True,
    replaces="day",
    suffixes=DELIMITED,
    exporting=metrica.EXPORTING.format(source="visits", name="metrica_visits"),
    zone=metrica.ZONE.format(prefix="ym:s")
    + """\
`ym:s:dateTimeUTC` is UTC+3 by its documentation and in spite of its name. Both readings are held
against the declared zone; a file that fits neither is refused. Times inside a visit (goals,
purchases) are UTC+3 too, says the documentation of the goals, and nothing that of the purchases.
A file in which most of them lie outside their visits when read so is refused, with what fits
better; say that as `inner_offset` (`"+00:00"`, or `"local"` for the counter's zone).
""",
    identity="""\
A visit: `visitID` and the year of `dateTime`, since the id is unique within a year only. What
happened in it: the visit, and the goal with its time, the purchase's number, or the call's place.
The latest delivery that covers a day (`ym:s:date`, else that of `dateTime`) is the whole truth for
it: visits change for about three days, so export the last three days anew each night.
""",
    ignored="""\
Fields of any other attribution than `last` (they look back to earlier visits, and are no touches),
end pages, technology, product lines but their names, impressions, promotions, deeper parameters,
and `counterUserIDHash`, which is not one to one with the browser.
""",
)
