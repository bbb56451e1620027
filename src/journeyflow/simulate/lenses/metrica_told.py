"""What visits and hits of Metrica say alike: where a visit came from, what the site sent along."""

from __future__ import annotations

from journeyflow.simulate.acts import Browser
from journeyflow.simulate.company import CHANNELS, GA, ORDER, YM
from journeyflow.simulate.lenses.files import Identifier
from journeyflow.simulate.lenses.logs_api import texts
from journeyflow.simulate.lenses.metrica_stays import Stay
from journeyflow.simulate.lenses.pages import click_id, device_of

COUNTER_ID = "61300482"
FORM, PAID, CALL = "310001771", "310001772", "310001773"
# The goal that is a payment is no second purchase: it has a kind of its own.
GOAL_KINDS = {FORM: "generate_lead", PAID: "payment_goal"}
GOAL_OF_ACT = {"generate_lead": FORM, "purchase": PAID}
# Hits that a timer sends, and those of goals, which visits tell better.
TECHNICAL_KINDS = ("not_bounce", "event")
PARAMETER = "ga_client_id"
DEVICES = {"desktop": "1", "mobile": "2", "tablet": "3"}
# Messenger and recommendation system are lists without quotes, though declared as text.
NOWHERE = {
    "TrafficSource": "direct",
    "AdvEngine": "",
    "SearchEngineRoot": "",
    "SocialNetwork": "",
    "ReferalSource": "",
    "Messenger": "[]",
    "RecommendationSystem": "[]",
}
SOURCES: dict[str, dict[str, str]] = {
    "direct": {},
    "yandex": {"TrafficSource": "organic", "SearchEngineRoot": "yandex"},
    "google": {"TrafficSource": "organic", "SearchEngineRoot": "google"},
    "search_ads": {"TrafficSource": "ad", "AdvEngine": "yandex_direct_star"},
    "brand_ads": {"TrafficSource": "ad", "AdvEngine": "yandex_direct_star"},
    "google_ads": {"TrafficSource": "ad", "AdvEngine": "google_adwords"},
    "vk": {"TrafficSource": "ad", "AdvEngine": "vk_ads"},
    "telegram": {"TrafficSource": "messenger", "Messenger": "[,,,telegram]"},
    "referral": {"TrafficSource": "referral", "ReferalSource": "remont-idei.example"},
    "email": {"TrafficSource": "email"},
}


def source_of(channel: str) -> dict[str, str]:
    """The traffic source of a channel, with its companions."""
    return NOWHERE | SOURCES[channel]


def referer_of(stay: Stay) -> str:
    """The page that a visit came from.

    Browsers that block the first counter hide the search page too; Metrica knows it all the same.
    """
    hides = stay.source == "yandex" and not stay.browser.ga_works
    return "" if hides or not stay.arrival else CHANNELS[stay.source].referrer


def gclid_of(stay: Stay) -> str:
    """The click of Google's advertisement that brought the visit."""
    is_click = stay.arrival is not None and CHANNELS[stay.source].click == "gclid"
    return click_id(stay.arrival) if is_click and stay.arrival else ""


def device(browser: Browser) -> str:
    """The device category as Metrica numbers it."""
    return DEVICES[device_of(browser)[0]]


def parameters_of(browser: Browser) -> dict[str, str]:
    """What the site sends along, as two parallel lists: the first counter's id, where allowed."""
    sent = {"Версия сайта": "осень '26"}
    if browser.consents and browser.ga_works:
        sent[PARAMETER] = browser.ga
    return {"parsedParamsKey1": texts(sent), "parsedParamsKey2": texts(sent.values())}


def ids_of(stay: Stay, *, sent: bool, order: str = "") -> tuple[Identifier, ...]:
    """The identifiers of a row that truly are a person's own; `sent`: parameters stand in it."""
    browser = stay.browser
    ids = [] if browser.shared else [(YM, browser.ym)]
    if sent and ids and browser.consents and browser.ga_works:
        ids.append((GA, browser.ga))
    return (*ids, (ORDER, order)) if order else tuple(ids)
