"""A hit as the Logs API tells it, and the truth about it."""

from __future__ import annotations

import json

from journeyflow.simulate.clock import day, moment
from journeyflow.simulate.company import CITIES, SITE
from journeyflow.simulate.lenses import metrica_told as told
from journeyflow.simulate.lenses.files import Row
from journeyflow.simulate.lenses.logs_api import Line, bare, text
from journeyflow.simulate.lenses.metrica_reached import goods_of
from journeyflow.simulate.lenses.metrica_stays import Hit, Stay
from journeyflow.simulate.places import PLACES

FIELDS = (
    "watchID", "visitID", "counterID", "clientID", "date", "dateTime", "title", "URL",
    "referer", "isPageView", "artificial", "link", "download", "notBounce", "goalsID",
    "deviceCategory", "regionCity", "lastTrafficSource", "lastAdvEngine",
    "lastSearchEngineRoot", "lastSocialNetwork", "recommendationSystem", "messenger", "GCLID",
    "ecommerce", "parsedParamsKey1", "parsedParamsKey2",
)  # fmt: skip


def hit_lines(stay: Stay) -> list[Line]:
    """The lines of a visit's hits, in order."""
    referers = [told.referer_of(stay)]
    for hit in stay.hits:
        referers.append(hit.url if hit.kind == "page_view" else referers[-1])
    return [_line(stay, hit, referers[place]) for place, hit in enumerate(stay.hits)]


def _line(stay: Stay, hit: Hit, referer: str) -> Line:
    is_page = hit.kind == "page_view"
    is_goal = hit.act is not None and hit.act.kind in told.GOAL_OF_ACT
    sent = told.parameters_of(stay.browser)
    cells = {
        "watchID": hit.watch_id,
        "visitID": stay.visit_id,
        "counterID": told.COUNTER_ID,
        "clientID": stay.browser.ym,
        "date": day(hit.at),
        "dateTime": moment(hit.at),
        "title": text(_title(hit)) if is_page else "",
        "URL": text(hit.url),
        "referer": text(referer),
        "isPageView": str(int(is_page)),
        "artificial": str(int(hit.kind == "event")),
        "link": "0",
        "download": "0",
        "notBounce": str(int(hit.kind == "not_bounce")),
        "goalsID": bare([told.GOAL_OF_ACT[hit.act.kind]] if hit.act and is_goal else []),
        "deviceCategory": told.device(stay.browser),
        "regionCity": CITIES[stay.browser.city][0]["en"],
        "GCLID": text(told.gclid_of(stay)) if hit is stay.hits[0] else "",
        "ecommerce": text(_ecommerce(hit)),
    }
    source = told.source_of(stay.source)
    for name in ("TrafficSource", "AdvEngine", "SearchEngineRoot", "SocialNetwork"):
        cells[f"last{name}"] = source[name]
    cells["messenger"] = source["Messenger"]
    cells["recommendationSystem"] = source["RecommendationSystem"]
    cells |= sent if is_page else dict.fromkeys(sent, "[]")
    return Line(cells, [_row(stay, hit)])


def _title(hit: Hit) -> str:
    touch = hit.act.touch if hit.act else "home"
    return f"{PLACES[touch].names['ru']} — «Кухни\tПолдень», {SITE}"


def _ecommerce(hit: Hit) -> str:
    if hit.act is None or hit.act.kind != "purchase" or hit.act.deal is None:
        return ""
    goods = [{"name": name, "price": price} for name, price in goods_of(hit.act.deal)]
    bought = {"actionField": {"id": hit.act.deal.order_id}, "products": goods}
    return json.dumps([{"purchase": bought}], ensure_ascii=False)


def _row(stay: Stay, hit: Hit) -> Row:
    is_page = hit.kind == "page_view"
    note = "reload" if hit.again else "" if is_page else "technical"
    return Row(
        None,
        hit.at,
        hit.kind,
        hit.person,
        touch=hit.act.touch if hit.act else "",
        act=hit.act.number if hit.act else None,
        event_id=hit.watch_id,
        note=stay.note or note,
        ids=told.ids_of(stay, sent=is_page),
    )
