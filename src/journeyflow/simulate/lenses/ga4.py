"""The website through GA4's BigQuery export: one NDJSON file per local day, integers as text.

Flaws: visits without consent carry no client id, exact duplicates, late rows at the end of a day's
file, days delivered short and then again in full, one day that stays short, fast bots.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from journeyflow.simulate.acts import Act, Browser, Visit
from journeyflow.simulate.clock import DAY, HOUR, MINUTE, SECOND, local, midnight
from journeyflow.simulate.company import (
    CITIES,
    GA,
    ORDER,
    SITE,
    Language,
)
from journeyflow.simulate.lenses.files import Exports, Row, as_line, row_of
from journeyflow.simulate.lenses.pages import address_of, click_id, device_of
from journeyflow.simulate.places import (
    PLACES,
)
from journeyflow.simulate.world import Company

SOURCE = "site"
KINDS = {"page_view", "generate_lead", "purchase"}
STREAM = "5120034477"


def write(company: Company, exports: Exports, language: Language) -> None:
    """Add the source's files to `exports`."""
    days: dict[int, list[Row]] = defaultdict(list)
    for rows in _visits(company, language):
        for row in rows:
            days[midnight(row.at)].append(row)
    for row in _fast_bots(company, language):
        days[midnight(row.at)].append(row)
    redelivered = _redelivered_days(company, sorted(days))
    half = company.faults.half_day
    half_day = None if half is None else company.period.at_share(half)
    for day, rows in sorted(days.items()):
        stamp = local(day).strftime("%Y%m%d")
        rows = _shuffle_late(company, day, sorted(rows, key=lambda row: row.at))
        if day == half_day:
            rows = [row for row in rows if row.at < day + 12 * HOUR + 40 * MINUTE]
        if day in redelivered:
            early = [_without_city(row) for row in rows if row.at < day + 20 * HOUR]
            exports.put_lines(SOURCE, f"events_{stamp}.ndjson.gz", early)
            exports.put_lines(SOURCE, f"events_{stamp}_final.ndjson.gz", rows)
        else:
            exports.put_lines(SOURCE, f"events_{stamp}.ndjson.gz", rows)


def _visits(company: Company, language: Language) -> list[list[Row]]:
    visits: dict[Visit, list[Act]] = defaultdict(list)
    for act in company.acts:
        if act.kind in KINDS and act.visit is not None and act.visit.browser.ga_works:
            visits[act.visit].append(act)
    return [_visit(company, visit, acts, language) for visit, acts in visits.items()]


def _visit(company: Company, visit: Visit, acts: list[Act], language: Language) -> list[Row]:
    browser = visit.browser
    line = company.people[acts[0].person].line
    note = "kiosk" if browser.shared else "" if browser.consents else "no_consent"
    ids = ((GA, browser.ga),) if browser.consents and not browser.shared else ()
    rows, previous = [], visit.channel.referrer
    for position, act in enumerate(acts):
        address = address_of(act, line, visit, landing=position == 0)
        record = _record(act.at, act.kind, visit, address, language)
        _page_params(record, act, previous)
        if position == 0:
            _arrival(record, visit)
            for index, kind in enumerate(_automatic(visit), 1):
                auto = _record(act.at, kind, visit, address, language, index=index)
                if browser.consents:
                    technical = Row(
                        as_line(auto), act.at, kind, f"P{act.person:06d}", note="technical"
                    )
                    technical.ids = ids
                    rows.append(technical)
        more = ids
        if act.kind == "purchase" and act.deal is not None:
            _purchase(record, act.deal.order_id, act.deal.amount)
            more = (*ids, (ORDER, act.deal.order_id))
        rows.append(row_of(act, as_line(record), more, note=note))
        if company.faults.planted and act.deal is not None and act.deal.number % 9 == 0:
            rows.append(_reload(rows[-1]))
        previous = address.partition("?")[0]
    return rows


def _automatic(visit: Visit) -> list[str]:
    first = visit.started == visit.browser.first_seen
    return ["first_visit", "session_start"] if first else ["session_start"]


def _reload(row: Row) -> Row:
    """The thank-you page loaded once more reports the purchase once more."""
    later = row.at + 40 * SECOND
    again = row.again("reload", _edited(row, event_timestamp=str(later)))
    again.at = later
    return again


def _record(
    at: int, kind: str, visit: Visit, address: str, language: Language, *, index: int = 0
) -> dict[str, Any]:
    browser = visit.browser
    category, system, name, _ = device_of(browser)
    record: dict[str, Any] = {
        "event_date": local(at).strftime("%Y%m%d"),
        "event_timestamp": str(at),
        "event_name": kind,
        "event_params": [_text("page_location", address)],
        "event_bundle_sequence_id": str(at // 1000 % 2_000_000_000),
        "privacy_info": {
            "analytics_storage": "Yes" if browser.consents else "No",
            "ads_storage": "Yes" if browser.consents else "No",
            "uses_transient_token": "No",
        },
        "device": {
            "category": category,
            "operating_system": system,
            "language": "ru-ru",
            "web_info": {"browser": name, "hostname": SITE.removeprefix("https://")},
        },
        "geo": {"country": "Russia", "city": CITIES[browser.city][0][language]},
        "stream_id": STREAM,
        "platform": "WEB",
        "batch_event_index": str(index or 9),
    }
    if browser.consents:
        record["user_pseudo_id"] = browser.ga
        record["user_first_touch_timestamp"] = str(browser.first_seen)
        record["event_params"] += [
            _whole("ga_session_id", visit.started // SECOND),
            _whole("ga_session_number", visit.number),
        ]
    return record


def _page_params(record: dict[str, Any], act: Act, previous: str) -> None:
    params = record["event_params"]
    if act.touch in PLACES:
        params.append(_text("page_title", f"{PLACES[act.touch].names['ru']} — Кухни Полдень"))
    if previous:
        params.append(_text("page_referrer", previous))
    if act.kind == "generate_lead":
        params.append(_text("form_name", "zayavka"))
    params.append(_whole("engagement_time_msec", 1000 + act.number * 37 % 30_000))


def _arrival(record: dict[str, Any], visit: Visit) -> None:
    channel = visit.channel
    collected = {
        key: value
        for key, value in (
            ("manual_source", channel.source),
            ("manual_medium", channel.medium),
            ("manual_campaign_name", channel.campaign),
        )
        if value
    }
    if channel.click == "gclid":
        collected["gclid"] = click_id(visit)
    if collected:
        record["collected_traffic_source"] = collected
    record["event_params"].append(_whole("entrances", 1))


def _purchase(record: dict[str, Any], order: str, amount: int) -> None:
    record["event_params"] += [
        _text("transaction_id", order),
        _text("currency", "RUB"),
        _whole("value", amount),
    ]
    record["ecommerce"] = {"transaction_id": order, "purchase_revenue": float(amount)}


def _text(key: str, value: str) -> dict[str, Any]:
    return {"key": key, "value": {"string_value": value}}


def _whole(key: str, value: int) -> dict[str, Any]:
    return {"key": key, "value": {"int_value": str(value)}}


def _without_city(row: Row) -> Row:
    return row.again("superseded", _edited(row, geo={"country": "Russia", "city": ""}))


def _edited(row: Row, **changes: Any) -> str:
    return as_line(json.loads(row.content) | changes)


def _shuffle_late(company: Company, day: int, rows: list[Row]) -> list[Row]:
    """Some rows arrive late and stand at the end; some arrive twice."""
    faults, dice = company.faults, company.dice("ga4", day)
    kept: list[Row] = []
    late: list[Row] = []
    for row in rows:
        is_late, is_double = dice.chance(faults.late_share), dice.chance(faults.duplicate_share)
        if is_late:
            delay = str(dice.randrange(HOUR, 6 * HOUR))
            row.content = _edited(row, event_server_timestamp_offset=delay)
            row.note = row.note or "late"
        (late if is_late else kept).append(row)
        if is_double:
            late.append(row.again("duplicate"))
    return kept + late


def _redelivered_days(company: Company, days: list[int]) -> set[int]:
    count = company.faults.redelivered_days
    wanted = [company.period.at_share((step + 0.5) / count) for step in range(count)]
    return {day for day in days if day in wanted}


def _fast_bots(company: Company, language: Language) -> list[Row]:
    """Machines that read the whole catalogue, two pages a second."""
    rows = []
    for number in range(company.scaled(company.faults.fast_bots)):
        dice = company.dice("fast bot", number)
        start = company.period.start + int(dice.random() * (company.period.days - 1)) * DAY
        at = start + 3 * HOUR + number * MINUTE
        browser = Browser(
            key=f"bot-{number}",
            system="windows",
            ga=f"{dice.randrange(10**8, 10**9)}.{at // SECOND}",
            ym="",
            ct="",
            first_seen=at,
            city=0,
            consents=True,
            ga_works=True,
            ym_works=False,
        )
        visit = Visit(browser, "direct", at, 1, "0", "home")
        paths = [path for place in PLACES.values() for path in place.paths]
        for step in range(dice.randrange(130, 220)):
            address = SITE + paths[step % len(paths)]
            record = as_line(_record(at, "page_view", visit, address, language))
            ids = ((GA, browser.ga),)
            rows.append(Row(record, at, "page_view", f"BOT-{number}", note="bot", ids=ids))
            at += int(dice.between(0.2, 0.5) * SECOND)
    return rows
