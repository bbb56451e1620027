"""The same calls through UIS: JSON-RPC answers, times of the account's zone without an offset.

Flaws: a second export of the last week with other tags, and pool numbers that were lent to somebody
else by the time the caller dialled. What is Calltouch's alone, such as chains, is not there.
"""

from __future__ import annotations

from typing import Any

from journeyflow.simulate.acts import Act, Visit
from journeyflow.simulate.clock import DAY, SECOND, local
from journeyflow.simulate.company import GA, PHONE, SITE, YM
from journeyflow.simulate.lenses.calltouch import (
    SOURCE,
    STATIC,
    dialled_number,
    web_ids,
    wrong_visitors,
)
from journeyflow.simulate.lenses.files import Exports, Row, by_month, row_of
from journeyflow.simulate.lenses.pages import device_of
from journeyflow.simulate.places import PLACES
from journeyflow.simulate.world import Company

FORM = "%Y-%m-%d %H:%M:%S"
VISITOR = "uis_visitor"


def write(company: Company, exports: Exports) -> None:
    """Add the source's files to `exports`."""
    calls = [act for act in company.acts if act.kind == "call"]
    lent_to = wrong_visitors(company, calls)
    rows = [_row(company, act, number, lent_to.get(act.number)) for number, act in enumerate(calls)]
    rows.sort(key=lambda row: row.at)
    for month, group in by_month(rows, company.period).items():
        _put_answer(exports, f"calls_{month}.json", group)
    if company.faults.planted:
        week = [row for row in rows if row.at >= company.period.end - 7 * DAY]
        _put_answer(exports, "calls_recheck.json", [_retagged(row) for row in week])


def _put_answer(exports: Exports, name: str, rows: list[Row]) -> None:
    result = {"metadata": {"total_items": len(rows)}, "data": [row.content for row in rows]}
    answer = {"jsonrpc": "2.0", "id": 1, "result": result}
    exports.put_document(SOURCE, name, answer, rows)


def _row(company: Company, act: Act, number: int, lent_to: Visit | None) -> Row:
    person, facts = company.people[act.person], act.facts
    visit: Visit | None = lent_to or facts["from_visit"]
    dialled = dialled_number(act, visit)
    answered, waits, talks = facts["answered"], facts["waits"], facts["talks"]
    gives_up = number % 3 == 0
    call_id = str(5_000_000_000 + number)
    record: dict[str, Any] = {
        "id": int(call_id),
        "start_time": local(act.at).strftime(FORM),
        "finish_time": local(act.at + (waits + talks) * SECOND).strftime(FORM),
        "direction": "in",
        "is_lost": not answered,
        "finish_reason": "operator_disconnects"
        if answered
        else "subscriber_disconnects"
        if gives_up
        else "timeout",
        "source": "dynamic_call_tracking" if visit else "call_tracking",
        "virtual_phone_number": dialled,
        "contact_phone_number": person.phone,
        "communication_id": 9_000_000 + number,
        "communication_type": "call",
        "wait_duration": waits if answered else None,
        "total_wait_duration": waits,
        "talk_duration": talks if answered else None,
        "voice_mail_records": [],
        "campaign_name": "Сайт" if visit else STATIC[dialled],
        "tags": [],
    }
    ids = [(PHONE, person.phone)]
    if visit is not None:
        record |= _visit(visit)
        if lent_to is None and not visit.browser.shared:
            # The vendor's own cookie has the number that Calltouch's has.
            ids += [(VISITOR, visit.browser.ct)]
            ids += [each for each in web_ids(visit) if each[0] in (GA, YM)]
    row = row_of(act, record, ids, event_id=call_id)
    if lent_to is not None:
        row.note = "wrong_visitor"
    return row


def _visit(visit: Visit) -> dict[str, Any]:
    channel, browser = visit.channel, visit.browser
    category, *_ = device_of(browser)
    return {
        "visitor_id": int(browser.ct),
        "visitor_session_id": 1_900_000_000 + visit.started // SECOND % 10_000_000,
        "ua_client_id": browser.ga if browser.consents and browser.ga_works else None,
        "ym_client_id": browser.ym if browser.ym_works else None,
        "communication_page_url": f"{SITE}/kontakty/",
        "entrance_page": f"{SITE}{PLACES[visit.landing].paths[0]}",
        "referrer": channel.referrer or None,
        "utm_source": channel.source or ("google" if channel.click == "gclid" else None),
        "utm_medium": channel.medium or ("cpc" if channel.click == "gclid" else None),
        "utm_campaign": channel.campaign or None,
        "visitor_device": category,
    }


def _retagged(row: Row) -> Row:
    """Somebody listened to the call and tagged it: the same id, another content."""
    if row.content["id"] % 3:
        return row.again("duplicate")
    content = {**row.content, "tags": [{"tag_name": "целевой", "tag_type": "manual"}]}
    newer = row.again(row.note or "corrected", content)
    row.note = "superseded"
    return newer
