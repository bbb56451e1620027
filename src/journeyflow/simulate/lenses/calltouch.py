"""Calls through Calltouch's calls diary: JSON pages with an envelope, account-local times.

Flaws: the visit's time stands on a 12-hour clock without AM or PM, placeholders instead of
nothing, negative durations, call-back chains, a second export of the last week with other tags,
pool numbers that were lent to somebody else by the time the caller dialled.
"""

from __future__ import annotations

import hashlib
from typing import Any

from journeyflow.simulate.acts import Act, Visit
from journeyflow.simulate.clock import DAY, HOUR, MINUTE, SECOND, local
from journeyflow.simulate.company import (
    CT,
    GA,
    MAIN_NUMBER,
    MAPS_NUMBER,
    PHONE,
    POOL_NUMBERS,
    SITE,
    YM,
)
from journeyflow.simulate.lenses.files import Exports, Row, by_month, row_of
from journeyflow.simulate.lenses.pages import device_of
from journeyflow.simulate.places import (
    PLACES,
)
from journeyflow.simulate.world import Company

SOURCE = "calls"
PAGE_SIZE = 200
NOTHING, EMPTY = "<не указано>", "<не заполнено>"
STATIC = {MAPS_NUMBER: "Карты", MAIN_NUMBER: "Визитка"}
MEDIUM_BY_REFERRER = {
    "https://yandex.ru/": ("yandex", "organic"),
    "https://www.google.com/": ("google", "organic"),
    "https://remont-idei.example/": ("remont-idei.example", "referral"),
}


def write(company: Company, exports: Exports) -> None:
    """Add the source's files to `exports`."""
    calls = [act for act in company.acts if act.kind == "call"]
    lent_to = wrong_visitors(company, calls)
    rows: list[Row] = []
    callers: set[int] = set()
    for number, act in enumerate(calls):
        chain = _chain_length(company, act)
        lent = lent_to.get(act.number)
        rows += [_row(company, act, number, leg, chain, callers, lent) for leg in range(chain)]
        callers.add(act.person)
    rows.sort(key=lambda row: row.at)
    for month, group in by_month(rows, company.period).items():
        _put_pages(exports, f"calls_{month}", group)
    if company.faults.planted:
        week = [row for row in rows if row.at >= company.period.end - 7 * DAY]
        _put_pages(exports, "calls_recheck", [_retagged(row) for row in week])


def _put_pages(exports: Exports, name: str, rows: list[Row]) -> None:
    def envelope(page: int, pages: int) -> dict[str, int]:
        told = {"page": page, "pageTotal": pages}
        return told | {"pageSize": PAGE_SIZE, "recordsTotal": len(rows)}

    exports.put_pages(SOURCE, name, envelope, "records", rows, PAGE_SIZE)


def _chain_length(company: Company, act: Act) -> int:
    """A rare call is the company ringing back; Calltouch notes every attempt as a record."""
    dice = company.dice("chain", act.person, act.facts["reason"])
    rings_back = dice.chance(company.faults.callback_chains) and act.facts["reason"] == "interest"
    return dice.choice((2, 3)) if rings_back and act.facts["answered"] else 1


def wrong_visitors(company: Company, calls: list[Act]) -> dict[int, Visit]:
    """Calls from paper that reach a pool number lent to another visitor meanwhile."""
    count = company.scaled(company.faults.wrong_visitor_calls)
    from_web = [act for act in calls if act.facts["from_visit"] is not None]
    chosen = company.dice("recycled").sample(from_web, min(count, len(from_web)))
    strangers = [act for act in company.acts if act.kind == "page_view" and act.visit is not None]
    lent: dict[int, Visit] = {}
    for act in chosen:
        before = [
            other
            for other in strangers
            if act.at - 3 * HOUR < other.at < act.at and other.person != act.person
        ]
        if before and before[-1].visit is not None:
            lent[act.number] = before[-1].visit
    return lent


def _row(
    company: Company,
    act: Act,
    number: int,
    leg: int,
    chain: int,
    callers: set[int],
    lent_to: Visit | None,
) -> Row:
    person, facts = company.people[act.person], act.facts
    dice = company.dice("call record", act.number)
    last = leg == chain - 1
    visit: Visit | None = lent_to or facts["from_visit"]
    since_visit = act.at - visit.started if visit else HOUR
    at = act.at - (chain - 1 - leg) * min(4 * MINUTE, since_visit // chain)
    dialled = dialled_number(act, visit)
    talks = facts["talks"] if last else 0
    odd = dice.chance(company.faults.odd_durations)
    call_id = str(310_000_000 + number * 10 + leg)
    record: dict[str, Any] = {
        "callId": int(call_id),
        "callphase": "calldisconnected" if facts["answered"] and last else "calllost",
        "attribution": 0,
        "date": local(at).strftime("%d/%m/%Y %H:%M:%S"),
        "timestamp": at // SECOND,
        "duration": -30 if odd else facts["waits"] + talks,
        "waitingConnect": facts["waits"] if visit is None else None,
        "callerNumber": person.phone,
        "phoneNumber": dialled,
        "redirectNumber": f"sip:{MAIN_NUMBER}@198.51.100.9" if number % 3 else MAIN_NUMBER,
        "successful": bool(facts["answered"] and last),
        "uniqueCall": act.person not in callers and last,
        "targetCall": talks >= 60,
        "uniqTargetCall": act.person not in callers and talks >= 60,
        "callbackCall": chain > 1,
        "ctCallerId": hashlib.md5(person.phone.encode(), usedforsecurity=False).hexdigest(),
        "siteId": 48110,
        "siteName": SITE.removeprefix("https://"),
        "city": "moscow",
        "statusDetails": "Please contact tech support for clarification" if odd else None,
        "manager": None,
        "callTags": [_tag("звонок", "динамика" if visit else "статика")],
        "orders": [],
    }
    if chain > 1:
        names = ["Обратный звонок с формы"] + ["Последний в цепочке"] * last
        record["callTags"].append(_tag(*names))
    ids = [(PHONE, person.phone)]
    if visit is None:
        record |= _static(dialled)
    else:
        record |= _dynamic(visit, at)
        if lent_to is None and not visit.browser.shared:
            ids += web_ids(visit)
    note = "" if last else "chain_leg"
    row = row_of(act, record, ids, event_id=call_id, note=note)
    row.at = at
    if lent_to is not None:
        row.note = "wrong_visitor"
    return row


def _tag(*names: str) -> dict[str, Any]:
    return {"category": "", "type": "AUTO-PN", "names": list(names)}


def dialled_number(act: Act, visit: Visit | None) -> str:
    """The number that was dialled: one of the pool where a visit showed it, else one of its own."""
    if visit is None:
        return MAPS_NUMBER if act.facts["reason"] == "maps" else MAIN_NUMBER
    return POOL_NUMBERS[int(act.facts["luck"] * len(POOL_NUMBERS))]


def _static(dialled: str) -> dict[str, Any]:
    empty = ("url", "callUrl", "ref", "sessionId", "sessionDate", "clientId", "yaClientId")
    return dict.fromkeys(empty) | {
        "ctClientId": None,
        "source": dialled,
        "medium": "offline",
        "keyword": EMPTY,
        "utmSource": dialled,
        "utmMedium": "offline",
        "utmCampaign": dialled,
        "utmContent": EMPTY,
        "utmTerm": EMPTY,
        "subPoolName": STATIC[dialled],
        "device": None,
        "os": None,
        "browser": None,
        "userAgent": None,
    }


def _dynamic(visit: Visit, at: int) -> dict[str, Any]:
    channel, browser = visit.channel, visit.browser
    category, system, name, agent = device_of(browser)
    source, medium = MEDIUM_BY_REFERRER.get(channel.referrer, ("(direct)", "(none)"))
    if channel.click == "gclid":
        source, medium = "google", "cpc"
    return {
        "sessionId": 1_900_000_000 + visit.started // SECOND % 10_000_000,
        # The vendor drops AM and PM: 18:52 is written as 06:52.
        "sessionDate": local(visit.started).strftime("%d/%m/%Y %I:%M:%S"),
        "url": f"{SITE}{PLACES[visit.landing].paths[0]}",
        "callUrl": f"{SITE}/kontakty/",
        "ref": channel.referrer or None,
        "source": channel.source or source,
        "medium": channel.medium or medium,
        "keyword": "(not provided)",
        "utmSource": channel.source or NOTHING,
        "utmMedium": channel.medium or NOTHING,
        "utmCampaign": channel.campaign or NOTHING,
        "utmContent": NOTHING,
        "utmTerm": NOTHING,
        "clientId": browser.ga if browser.consents and browser.ga_works else None,
        "yaClientId": browser.ym if browser.ym_works else None,
        "ctClientId": int(browser.ct),
        "subPoolName": "Остальные" if local(at).month % 2 else "Контекст",
        "device": category,
        "os": system,
        "browser": name,
        "userAgent": agent,
    }


def web_ids(visit: Visit) -> list[tuple[str, str]]:
    """The ids of the visit's browser, as far as its counters work."""
    browser = visit.browser
    ids = [(CT, browser.ct)]
    if browser.consents and browser.ga_works:
        ids.append((GA, browser.ga))
    if browser.ym_works:
        ids.append((YM, browser.ym))
    return ids


def _retagged(row: Row) -> Row:
    """Somebody listened to the call and tagged it: the same id, another content."""
    tagged = row.content["callId"] // 10 % 3 == 0
    if not tagged:
        return row.again("duplicate")
    tag = {"category": "Качество", "type": "manual", "names": ["целевой"]}
    content = {**row.content, "callTags": [*row.content["callTags"], tag]}
    newer = row.again(row.note or "corrected", content)
    row.note = "superseded"
    return newer
