"""E-mails as the mailing service lists them: CSV, times with their offset, one file an issue.

Trap: the monthly issue goes to everybody known, so its rows say nothing about the customer.
"""

from __future__ import annotations

from collections import defaultdict

from journeyflow.simulate.clock import local
from journeyflow.simulate.company import EMAIL
from journeyflow.simulate.lenses.files import Exports, Row, row_of
from journeyflow.simulate.world import Company, newsletter_days

SOURCE = "newsletter"
HEADER = ("message_id", "sent_at", "event", "email", "campaign")


def write(company: Company, exports: Exports) -> None:
    """Add the source's files to `exports`; an issue nobody got is a file without rows."""
    issues: dict[int, list[Row]] = defaultdict(list)
    for act in company.acts:
        if act.kind != "email_sent":
            continue
        person, issue = company.people[act.person], act.facts["issue"]
        event_id = f"M{issue + 1}-{act.person:06d}"
        sent = local(act.at).isoformat(timespec="seconds")
        content = [event_id, sent, act.kind, person.email, f"monthly-{issue + 1}"]
        issues[issue].append(row_of(act, content, [(EMAIL, person.email)], event_id=event_id))
    for issue, morning in enumerate(newsletter_days(company.period)):
        name = f"sent_{local(morning):%Y-%m-%d}.csv"
        exports.put_table(SOURCE, name, HEADER, issues[issue])
