"""A visit as the Logs API tells it, and the truth about all that its line shows."""

from __future__ import annotations

from journeyflow.simulate.clock import SECOND, day, moment
from journeyflow.simulate.company import CHANNELS, CITIES
from journeyflow.simulate.lenses import metrica_reached as reached
from journeyflow.simulate.lenses import metrica_told as told
from journeyflow.simulate.lenses.files import Row
from journeyflow.simulate.lenses.logs_api import Line, text
from journeyflow.simulate.lenses.metrica_stays import Stay

FIELDS = (
    "visitID", "counterID", "clientID", "date", "dateTime", "dateTimeUTC", "startURL", "endURL",
    "referer", "pageViews", "visitDuration", "bounce", "isNewUser", "isRobotPro",
    "deviceCategory", "regionCity", "lastTrafficSource", "lastAdvEngine",
    "lastSearchEngineRoot", "lastSocialNetwork", "lastReferalSource", "lastMessenger",
    "lastRecommendationSystem", "lastUTMSource", "lastUTMMedium", "lastUTMCampaign",
    "lastGCLID", "lastsignTrafficSource", "lastsignAdvEngine", "lastsignSearchEngineRoot",
    "lastsignUTMSource", "lastsignUTMMedium", "lastsignUTMCampaign", "parsedParamsKey1",
    "parsedParamsKey2", "goalsID", "goalsSerialNumber", "goalsDateTime", "goalsPrice",
    "goalsCurrency", "goalsOrder", "purchaseID", "purchaseDateTime", "purchaseRevenue",
    "purchaseCurrency", "purchasedProductPurchaseID", "purchasedProductName",
    "purchasedProductPrice", "purchasedProductQuantity", "offlineCallTalkDuration",
    "offlineCallHoldDuration", "offlineCallMissed", "offlineCallTag",
    "offlineCallFirstTimeCaller",
)  # fmt: skip


def visit_line(stay: Stay) -> Line:
    """The line of a visit: its cells, and truth rows for the visit and what was reached in it."""
    first, last = stay.hits[0], stay.hits[-1]
    pages = [hit for hit in stay.hits if hit.kind == "page_view"]
    cells = {
        "visitID": stay.visit_id,
        "counterID": told.COUNTER_ID,
        "clientID": stay.browser.ym,
        "date": day(first.at),
        "dateTime": moment(first.at),
        "dateTimeUTC": moment(first.at),  # UTC+3 in spite of its name, and so is Moscow
        "startURL": text(first.url),
        "endURL": text(pages[-1].url),
        "referer": text(told.referer_of(stay)),
        "pageViews": str(len(pages)),
        "visitDuration": str(last.at // SECOND - first.at // SECOND),
        "bounce": str(int(len(stay.hits) == 1)),
        "isNewUser": str(int(stay.is_first)),
        "isRobotPro": str(int(stay.note == "bot")),
        "deviceCategory": told.device(stay.browser),
        "regionCity": CITIES[stay.browser.city][0]["en"],
        "lastGCLID": text(told.gclid_of(stay)),
    }
    cells |= _sources("last", stay.source) | _sources("lastsign", stay.significant)
    cells |= told.parameters_of(stay.browser) | reached.cells_of(stay)
    return Line(cells, [_opening(stay), *reached.rows_of(stay)])


def _sources(model: str, channel: str) -> dict[str, str]:
    """One attribution's fields. `lastsign` looks back to visits before: no touch of this one."""
    marks = CHANNELS[channel]
    named = told.source_of(channel) | {
        "UTMSource": marks.source,
        "UTMMedium": marks.medium,
        "UTMCampaign": marks.campaign,
    }
    return {f"{model}{name}": text(value) for name, value in named.items()}


def _opening(stay: Stay) -> Row:
    first = stay.hits[0]
    return Row(
        None,
        first.at,
        "visit",
        first.person,
        touch=first.act.touch if first.act else "",
        act=first.act.number if first.act else None,
        event_id=stay.visit_id,
        note="reload" if first.again else stay.note,
        ids=told.ids_of(stay, sent=True),
    )
