"""What Yandex Metrica saw: hits, and the visits that it makes of them by its own rule.

A visit ends after half an hour of silence, or where somebody arrives from another source. So the
people who follow each other at a shared tablet can stand in one visit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from journeyflow.simulate.acts import Act, Browser, Visit
from journeyflow.simulate.clock import MINUTE, SECOND
from journeyflow.simulate.company import SITE
from journeyflow.simulate.lenses.files import person_key
from journeyflow.simulate.lenses.ga4 import KINDS
from journeyflow.simulate.lenses.pages import address_of
from journeyflow.simulate.world import Company

TIMEOUT = 30 * MINUTE
RELOADS = 0.25
FORM_SENT = f"goal://{SITE.removeprefix('https://')}/zayavka-otpravlena"


@dataclass(frozen=True, slots=True)
class Hit:
    """One hit. `kind`: page_view, event (a goal that the page reports) or not_bounce.

    `act` is what it shows, if anybody did anything; `arrives` the channel by which it landed;
    `again` marks a thank-you page that was loaded once more.
    """

    at: int
    kind: str
    url: str
    person: str
    watch_id: str
    act: Act | None = None
    arrives: str = ""
    again: bool = False


@dataclass(slots=True, eq=False)
class Stay:
    """A visit by Metrica's rule.

    `source` is the channel by which it arrived, `significant` the last one that was not direct.
    `calls` are those that Metrica learns of, which happen after the visit.
    """

    browser: Browser
    source: str
    significant: str
    is_first: bool
    note: str = ""
    hits: list[Hit] = field(default_factory=list)
    calls: list[Act] = field(default_factory=list)

    @property
    def at(self) -> int:
        """When it began."""
        return self.hits[0].at

    @property
    def visit_id(self) -> str:
        """19 digits, so that a float would destroy them."""
        return str(int(self.hits[0].watch_id) - 8 * 10**18)

    @property
    def arrival(self) -> Visit | None:
        """The true visit that brought the campaign and the click, where it came from anywhere."""
        act = self.hits[0].act
        return act.visit if act and self.hits[0].arrives else None


def stays_of_people(company: Company) -> list[Stay]:
    """The visits of all whom Metrica sees, without what it adds by itself."""
    seen: dict[Browser, list[Hit]] = defaultdict(list)
    for act in company.acts:
        if act.kind in KINDS and act.visit is not None and act.visit.browser.ym_works:
            seen[act.visit.browser] += _hits(company, act, act.visit)
    return [stay for browser, hits in seen.items() for stay in _cut(browser, hits)]


def _hits(company: Company, act: Act, visit: Visit) -> Iterator[Hit]:
    lands = bool(act.facts.get("lands"))
    is_page = act.kind != "generate_lead"
    url = address_of(act, company.people[act.person].line, visit, landing=lands)
    hit = Hit(
        act.at,
        "page_view" if is_page else "event",
        url if is_page else FORM_SENT,
        person_key(act.person),
        watch_id(act.at, act.number, 1),
        act,
        visit.channel_key if lands else "",
    )
    yield hit
    if act.kind == "purchase" and company.faults.planted:
        dice = company.dice("thank-you page", act.number)
        reloads, later = dice.chance(RELOADS), act.at + int(dice.between(40, 150) * MINUTE)
        if reloads and later < company.period.end:
            yield replace(hit, at=later, watch_id=watch_id(later, act.number, 3), again=True)


def watch_id(at: int, number: int, which: int) -> str:
    """A number beyond the signed 64 bits. `which` is 1 or 3; the next one is the timer's."""
    return str(14_100_000_000_000_000_000 + at // SECOND * 1_000_000 + number * 4 + which)


def _cut(browser: Browser, hits: list[Hit]) -> Iterator[Stay]:
    stay: Stay | None = None
    significant = "direct"
    for hit in sorted(hits, key=lambda hit: hit.at):
        elsewhere = hit.arrives not in ("", "direct")
        if elsewhere:
            significant = hit.arrives
        goes_on = (
            stay is not None
            and hit.at - stay.hits[-1].at <= TIMEOUT
            and not (elsewhere and hit.arrives != stay.source)
        )
        if stay is None or not goes_on:
            if stay is not None:
                yield stay
            source, note = hit.arrives or "direct", "kiosk" if browser.shared else ""
            stay = Stay(browser, source, significant, stay is None, note)
        stay.hits.append(hit)
    if stay is not None:
        yield stay
