"""The same calls through CallRail: JSON pages with an envelope, moments with their offset.

Flaws: campaign, page and referrer of the visitor's first visit with the last one beside them, the
raw cookie in place of the client id, machines that answer, a second export of the last week after
the pool was renamed, and pool numbers that were lent to somebody else by the time of the call.
"""

from __future__ import annotations

import hashlib
from typing import Any

from journeyflow.simulate.acts import Act, Visit
from journeyflow.simulate.clock import DAY, SECOND, local
from journeyflow.simulate.company import GA, PHONE, SITE
from journeyflow.simulate.lenses.calltouch import (
    PAGE_SIZE,
    SOURCE,
    STATIC,
    dialled_number,
    wrong_visitors,
)
from journeyflow.simulate.lenses.files import Exports, Row, by_month, row_of
from journeyflow.simulate.lenses.pages import click_id, device_of, landing_query
from journeyflow.simulate.places import PLACES
from journeyflow.simulate.world import Company

CALLER = "callrail_person"
MACHINE, POOL = "voicemail", "Website pool"


def write(company: Company, exports: Exports) -> None:
    """Add the source's files to `exports`."""
    calls = [act for act in company.acts if act.kind == "call"]
    lent_to = wrong_visitors(company, calls)
    first = _first_visits(company)
    rows = [
        _row(company, act, number, lent_to.get(act.number), first)
        for number, act in enumerate(calls)
    ]
    rows.sort(key=lambda row: row.at)
    for month, group in by_month(rows, company.period).items():
        _put_pages(exports, f"calls_{month}", group)
    if company.faults.planted:
        week = [row for row in rows if row.at >= company.period.end - 7 * DAY]
        _put_pages(exports, "calls_recheck", [_renamed(row) for row in week])


def _first_visits(company: Company) -> dict[str, Visit]:
    """The first visit of each browser."""
    first: dict[str, Visit] = {}
    for act in company.acts:
        if act.visit is not None:
            first.setdefault(act.visit.browser.key, act.visit)
    return first


def _put_pages(exports: Exports, name: str, rows: list[Row]) -> None:
    def envelope(page: int, pages: int) -> dict[str, int]:
        told = {"page": page, "per_page": PAGE_SIZE}
        return told | {"total_pages": pages, "total_records": len(rows)}

    exports.put_pages(SOURCE, name, envelope, "calls", rows, PAGE_SIZE)


def _row(
    company: Company, act: Act, number: int, lent_to: Visit | None, first: dict[str, Visit]
) -> Row:
    phone, facts = company.people[act.person].phone, act.facts
    visit: Visit | None = lent_to or facts["from_visit"]
    dialled = dialled_number(act, visit)
    machine = company.faults.planted and not facts["answered"] and number % 4 == 0
    call_id = f"CAL{0x8154748AE6BD4E2 + number:016x}"
    caller = hashlib.md5(phone.encode(), usedforsecurity=False).hexdigest()
    record: dict[str, Any] = {
        "id": call_id,
        "start_time": local(act.at).isoformat(timespec="milliseconds"),
        "direction": "inbound",
        "answered": bool(facts["answered"] or machine),
        "voicemail": machine,
        "call_type": "inbound" if facts["answered"] else "abandoned" if number % 3 else "missed",
        "duration": (facts["waits"] + facts["talks"]) or None,
        "customer_phone_number": f"+{phone}",
        "tracking_phone_number": f"+{dialled}",
        "source_name": POOL if visit else STATIC[dialled],
        "person_id": f"PER{caller}",
    }
    ids = [(PHONE, phone), (CALLER, f"PER{caller}")]
    if visit is not None:
        record |= _visit(company, visit, first[visit.browser.key])
        if lent_to is None and not visit.browser.shared and record["ga"]:
            ids.append((GA, visit.browser.ga))
    row = row_of(act, record, ids, event_id=call_id, note=MACHINE if machine else "")
    if lent_to is not None:
        row.note = "wrong_visitor"
    return row


def _visit(company: Company, visit: Visit, first: Visit) -> dict[str, Any]:
    browser, channel = visit.browser, first.channel
    category, *_ = device_of(browser)
    cookie = "GA1.2." * company.faults.planted + browser.ga
    last = {"landing": _landing(visit), "referrer": visit.channel.referrer or None}
    return {
        "ga": cookie if browser.consents and browser.ga_works else None,
        "gclid": click_id(first) if channel.click == "gclid" else None,
        "landing_page_url": _landing(first),
        "last_requested_url": f"{SITE}/kontakty/",
        "referring_url": channel.referrer or None,
        "utm_source": channel.source or None,
        "utm_medium": channel.medium or None,
        "utm_campaign": channel.campaign or None,
        "device_type": category,
        "session_uuid": f"{visit.started // SECOND:032x}",
        "milestones": {"last_touch": last},
    }


def _landing(visit: Visit) -> str:
    return f"{SITE}{PLACES[visit.landing].paths[0]}{landing_query(visit)}"


def _renamed(row: Row) -> Row:
    """Somebody gave the pool another name: the same id, another content."""
    if row.content["source_name"] != POOL:
        return row.again("duplicate")
    newer = row.again(row.note or "corrected", {**row.content, "source_name": "Site"})
    row.note = "superseded"
    return newer
