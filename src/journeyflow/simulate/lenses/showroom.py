"""Showroom visits as the consultants note them: tab-separated, one file a month.

Flaws: the notebook was introduced on day 20, and some visitors leave no number.
"""

from __future__ import annotations

from journeyflow.simulate.clock import moment
from journeyflow.simulate.company import (
    LINES,
    PHONE,
    SHOWROOMS,
    YM,
    Language,
)
from journeyflow.simulate.lenses.crm import typed_phone
from journeyflow.simulate.lenses.files import Exports, Row, by_month, row_of
from journeyflow.simulate.world import Company

SOURCE = "showroom"
HEADER = ("visit_id", "visited_at", "showroom", "phone", "consultant", "line", "site_code")


def write(company: Company, exports: Exports, language: Language) -> None:
    """Add the source's files to `exports`."""
    begins = company.period.at_share(company.faults.late_source_from)
    rows: list[Row] = []
    for act in company.acts:
        if act.kind != "showroom_visit" or act.at < begins:
            continue
        person = company.people[act.person]
        anonymous = act.facts["anonymous"]
        browser = act.facts["code"]
        # The website shows the counter's id as a discount code; some visitors name it.
        named = browser is not None and browser.ym_works and not browser.shared
        code = browser.ym if named else ""
        event_id = f"V{act.number:07d}"
        content = [
            event_id,
            moment(act.at),
            SHOWROOMS[person.showroom][language],
            "" if anonymous else typed_phone(person.phone, act.number),
            f"{SHOWROOMS[person.showroom][language]}-{act.facts['consultant'] + 1}",
            LINES[person.line].names[language],
            code,
        ]
        ids = [] if anonymous else [(PHONE, person.phone)]
        if code:
            ids.append((YM, code))
        rows.append(row_of(act, content, ids, event_id=event_id))
    for month, group in by_month(rows, company.period).items():
        exports.put_table(SOURCE, f"visits_{month}.tsv", HEADER, group, delimiter="\t")
