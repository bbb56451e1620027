"""What stands in Metrica beside the people's own hits: calls, robots, and hits of a timer."""

from __future__ import annotations

from collections.abc import Iterator

from journeyflow.simulate.acts import Browser
from journeyflow.simulate.clock import DAY, HOUR, SECOND
from journeyflow.simulate.company import SITE
from journeyflow.simulate.lenses.calltouch import wrong_visitors
from journeyflow.simulate.lenses.metrica_stays import Hit, Stay, stays_of_people
from journeyflow.simulate.places import PLACES
from journeyflow.simulate.world import Company

NO_BOUNCE = 15 * SECOND
CALL_FINDS_VISIT = 21 * DAY
KNOWS_CALLS = 0.5


def stays_of(company: Company) -> list[Stay]:
    """All visits in order of time, with the calls that followed them."""
    stays = stays_of_people(company)
    _add_calls(company, stays)
    stays += _robots(company)
    for stay in stays:
        _add_timer(stay)
    return sorted(stays, key=lambda stay: (stay.at, stay.visit_id))


def _add_calls(company: Company, stays: list[Stay]) -> None:
    """Give some calls from a number shown on the site to the visit that showed it.

    Of those that the call tracker gives to somebody else Metrica is told nothing.
    """
    calls = [act for act in company.acts if act.kind == "call"]
    lent_to = wrong_visitors(company, calls)
    latest = {
        id(hit.act.visit): stay for stay in stays for hit in stay.hits if hit.act and not hit.again
    }
    for act in calls:
        if act.facts["from_visit"] is None or act.number in lent_to:
            continue
        stay = latest.get(id(act.facts["from_visit"]))
        known = company.dice("call known to the counter", act.number).chance(KNOWS_CALLS)
        if stay and known and not stay.browser.shared and act.at - stay.at < CALL_FINDS_VISIT:
            stay.calls.append(act)


def _robots(company: Company) -> Iterator[Stay]:
    paths = [path for place in PLACES.values() for path in place.paths]
    for number in range(company.scaled(company.faults.declared_bots)):
        dice = company.dice("robot", number)
        at = company.period.start + int(dice.random() * (company.period.days - 1)) * DAY
        at += number * HOUR
        client = f"{at // SECOND}{dice.randrange(10**9):09d}"
        browser = Browser(f"robot-{number}", "windows", "", client, "", at, 0, False, False, True)
        stay = Stay(browser, "direct", "direct", is_first=True, note="bot")
        for step in range(dice.randrange(25, 60)):
            at += int(dice.between(20, 90) * SECOND)
            watch_id = str(14_200_000_000_000_000_000 + number * 10**9 + step * 4 + 1)
            url = SITE + paths[step % len(paths)]
            stay.hits.append(Hit(at, "page_view", url, f"ROBOT-{number}", watch_id))
        yield stay


def _add_timer(stay: Stay) -> None:
    """After a quarter of a minute the counter says by itself that it is no bounce."""
    first = stay.hits[0]
    if stay.hits[-1].at - first.at >= NO_BOUNCE:
        own_id = str(int(first.watch_id) + 1)
        hit = Hit(first.at + NO_BOUNCE, "not_bounce", first.url, first.person, own_id)
        stay.hits = sorted([*stay.hits, hit], key=lambda hit: hit.at)
