"""The whole company: everybody's story, the newsletter, and the decoys, as one list of acts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from journeyflow.simulate.acts import Act, Deal
from journeyflow.simulate.clock import DAY, HOUR, SECOND, Period, local
from journeyflow.simulate.company import UNLUCKY_MANAGER
from journeyflow.simulate.deals import open_deal
from journeyflow.simulate.dice import Dice
from journeyflow.simulate.faults import Faults
from journeyflow.simulate.people import Person, invent
from journeyflow.simulate.story import Story, World, bake, before_the_deal, come_back

FULL_SIZE = 12_000  # the counts in Faults are those of a company of this many persons
CLICKS_NEWSLETTER = 0.07


@dataclass(frozen=True)
class Company:
    """Everything that is true. `acts` are in order of time and end with the period."""

    world: World
    people: list[Person]
    acts: list[Act]
    deals: list[Deal]

    @property
    def period(self) -> Period:
        """The observed days."""
        return self.world.period

    @property
    def faults(self) -> Faults:
        """What is planted."""
        return self.world.faults

    def scaled(self, count: int) -> int:
        """A count meant for the full size, for this company: at least 1 where it is not 0."""
        return max(1, round(count * len(self.people) / FULL_SIZE)) if count else 0

    def dice(self, *name: int | str) -> Dice:
        """Dice of the company itself."""
        return Dice(self.world.seed, "company", *name)


def live(seed: int, persons: int, period: Period, faults: Faults) -> Company:
    """Let everybody live. Acts after the period stay known through the deals only."""
    kiosk = bake("kiosk", "tablet", period.start, None, Dice(seed, "kiosk"))
    world = World(seed, period, faults, kiosk)
    people = invent(seed, persons, period, faults)
    stories, deals = [], []
    for person in people:
        story = Story(person, world)
        contact = before_the_deal(story)
        deal = open_deal(story, contact) if contact else None
        if deal is not None:
            deals.append(deal)
        come_back(story)
        stories.append(story)
    _send_newsletters(stories, deals, world)
    deals = _number_deals(deals, period)
    acts = [act for story in stories for act in _in_order(story) if act.at < period.end]
    acts.sort(key=lambda act: (act.at, act.person))
    for number, act in enumerate(acts):
        act.number = number
    company = Company(world, people, acts, deals)
    _assign_unlucky_manager(company)
    _mistype_numbers(company)
    return company


def _in_order(story: Story) -> list[Act]:
    """Acts by time, at least two seconds apart, so that coarser clocks keep their order."""
    acts = sorted(story.acts, key=lambda act: act.at)
    for before, after in pairwise(acts):
        if after.at - before.at < 2 * SECOND:
            after.at = before.at + 2 * SECOND
    return acts


def _number_deals(deals: list[Deal], period: Period) -> list[Deal]:
    observed = sorted(
        (deal for deal in deals if deal.opened < period.end),
        key=lambda deal: (deal.opened, deal.person),
    )
    for number, deal in enumerate(observed):
        deal.number = number
    return observed


def newsletter_days(period: Period) -> list[int]:
    """10:00 on the first Tuesday of each month; in a shorter period, its middle day."""
    mornings = [period.start + day * DAY + 10 * HOUR for day in range(period.days)]
    tuesdays = [at for at in mornings if local(at).day <= 7 and local(at).weekday() == 1]
    return tuesdays or [mornings[len(mornings) // 2]]


def _send_newsletters(stories: list[Story], deals: list[Deal], world: World) -> None:
    for issue, morning in enumerate(newsletter_days(world.period)):
        for deal in deals:
            known_since = deal.opened if world.faults.newsletter_to_all else deal.won
            if not deal.has_email or known_since is None or known_since >= morning:
                continue
            story = stories[deal.person]
            sent = morning + deal.person % 1800 * SECOND
            story.add(sent, "email_sent", "email_sent", issue=issue).deal = deal
            dice = story.dice("newsletter", issue)
            if dice.chance(CLICKS_NEWSLETTER):
                story.browse(sent + int(dice.between(0.2, 9) * HOUR), "email", asks=False)


def _assign_unlucky_manager(company: Company) -> None:
    """The decoy: offers drawn blindly but for their outcome, given to one manager."""
    faults = company.faults
    if not faults.unlucky_offers:
        return
    end = company.period.end
    decided = [
        deal
        for deal in company.deals
        if deal.offered and (deal.won or deal.lost) and max(deal.won or 0, deal.lost or 0) < end
    ]
    wins = [deal for deal in decided if deal.won]
    losses = [deal for deal in decided if deal.lost]
    wanted = faults.unlucky_offers - faults.unlucky_wins
    if len(wins) < 2 * faults.unlucky_wins or len(losses) < 2 * wanted:
        return  # too small a company to hide a decoy in
    dice = company.dice("unlucky")
    for deal in dice.sample(wins, faults.unlucky_wins) + dice.sample(losses, wanted):
        deal.manager = UNLUCKY_MANAGER


def _mistype_numbers(company: Company) -> None:
    """Give the company's own number to deals whose form still identifies the customer.

    Where there are too few of those, deals with an e-mail follow.
    """
    wanted = company.scaled(company.faults.own_number_deals)
    exported_until = company.period.end - company.faults.lag_days * DAY
    known = [deal for deal in company.deals if deal.opened < exported_until]
    by_form = [deal for deal in known if deal.browser and not deal.browser.shared]
    by_email = [deal for deal in known if deal.has_email and deal not in by_form]
    dice = company.dice("own number")
    candidates = dice.sample(by_form, len(by_form)) + dice.sample(by_email, len(by_email))
    for deal in candidates[:wanted]:
        deal.own_number = True
