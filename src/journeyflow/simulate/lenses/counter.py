"""The website through a second counter: a zipped CSV per month, local times, 19-digit ids.

It sees people whom the first counter misses and misses others. Flaws: each file repeats the last
day of the file before it, some rows of that day with another content; self-declared robots.
"""

from __future__ import annotations

from journeyflow.simulate.acts import Act, Visit
from journeyflow.simulate.clock import DAY, HOUR, SECOND, midnight, moment
from journeyflow.simulate.company import (
    CITIES,
    GA,
    ORDER,
    SITE,
    YM,
    Language,
)
from journeyflow.simulate.lenses.files import Exports, Row, by_month, row_of
from journeyflow.simulate.lenses.ga4 import KINDS
from journeyflow.simulate.lenses.pages import address_of, device_of
from journeyflow.simulate.places import (
    PLACES,
)
from journeyflow.simulate.world import Company

SOURCE = "site2"
HEADER = (
    "hit_id",
    "client_id",
    "ga_client_id",
    "date_time",
    "event",
    "url",
    "referer",
    "device",
    "city",
    "user_agent",
    "order_id",
    "revenue",
)
CITY = HEADER.index("city")
ROBOTS = (
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "python-requests/2.32.5",
)


def write(company: Company, exports: Exports, language: Language) -> None:
    """Add the source's files to `exports`."""
    rows = [
        _row(company, act, act.visit, language)
        for act in company.acts
        if act.kind in KINDS and act.visit is not None and act.visit.browser.ym_works
    ]
    rows += _robots(company)
    rows.sort(key=lambda row: row.at)
    repeats: list[Row] = []
    for month, own in by_month(rows, company.period).items():
        exports.put_table(SOURCE, f"hits_{month}.csv.gz", HEADER, repeats + own)
        repeats = _repeats(company, own) if company.faults.planted and own else []


def _row(company: Company, act: Act, visit: Visit, language: Language) -> Row:
    browser, line = visit.browser, company.people[act.person].line
    landing = act.facts.get("lands", False)
    pays = act.deal if act.kind == "purchase" else None
    # The site passes the other counter's id on, where its owner consents to that counter.
    ga = browser.ga if browser.consents and browser.ga_works else ""
    content = [
        hit_id(act),
        browser.ym,
        ga,
        moment(act.at),
        act.kind,
        address_of(act, line, visit, landing=landing),
        visit.channel.referrer if landing else SITE + "/",
        device_of(browser)[0],
        CITIES[browser.city][0][language],
        device_of(browser)[3],
        pays.order_id if pays else "",
        f"{pays.amount}.00" if pays else "",
    ]
    ids = [] if browser.shared else [(YM, browser.ym)]
    if ga and not browser.shared:
        ids.append((GA, ga))
    if pays:
        ids.append((ORDER, pays.order_id))
    return row_of(act, content, ids, event_id=hit_id(act), note="kiosk" if browser.shared else "")


def hit_id(act: Act) -> str:
    """A 19-digit number, so that a float would destroy it."""
    return str(7_100_000_000_000_000_000 + act.at // SECOND * 1_000_000 % 10**17 + act.number)


def _repeats(company: Company, rows: list[Row]) -> list[Row]:
    """The last day once more; in some rows the city has been looked up again."""
    last_day = midnight(rows[-1].at)
    dice = company.dice("counter", last_day)
    repeats = []
    for row in rows:
        if row.at < last_day or row.note == "bot":
            continue
        content = list(row.content)
        corrected = dice.chance(0.1)
        if corrected:
            content[CITY] = ""
        repeats.append(row.again("duplicate" if not corrected else "corrected", content))
        if corrected:
            row.note = "superseded"
    return repeats


def _robots(company: Company) -> list[Row]:
    rows = []
    for number in range(company.scaled(company.faults.declared_bots)):
        dice = company.dice("robot", number)
        at = company.period.start + int(dice.random() * (company.period.days - 1)) * DAY
        at += number * HOUR
        client = f"{at // SECOND}{dice.randrange(10**9):09d}"
        paths = [path for place in PLACES.values() for path in place.paths]
        for step in range(dice.randrange(25, 60)):
            at += int(dice.between(20, 90) * SECOND)
            own_id = str(7_200_000_000_000_000_000 + number * 10**9 + step)
            address = SITE + paths[step % len(paths)]
            robot = ROBOTS[number % len(ROBOTS)]
            content = [
                own_id,
                client,
                "",
                moment(at),
                "page_view",
                address,
                "",
                "",
                "",
                robot,
                "",
                "",
            ]
            rows.append(
                Row(
                    content,
                    at,
                    "page_view",
                    f"ROBOT-{number}",
                    event_id=own_id,
                    note="bot",
                    ids=((YM, client),),
                )
            )
    return rows
