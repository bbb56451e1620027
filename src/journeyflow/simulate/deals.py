"""The second half of a story: from the opened deal to the contract, the loss, and life after."""

from __future__ import annotations

import math

from journeyflow.simulate import faults as usual
from journeyflow.simulate.acts import Act, Deal
from journeyflow.simulate.clock import DAY, HOUR, MINUTE, in_hours, to_minute
from journeyflow.simulate.company import SLOW_LINE
from journeyflow.simulate.dice import Dice
from journeyflow.simulate.places import (
    LOST_AFTER_DAYS,
)
from journeyflow.simulate.story import Story

OPENS = {"lead": 0.96, "call": 0.62, "showroom": 0.56}
SKIPS_MEASUREMENT = 0.17
SKIPS_OFFER = 0.16
# A deal is given up before its customer has been silent for so long that the journey ends by
# itself: then "lost by the salesman" and "lost by silence" never compete.
PATIENCE = (LOST_AFTER_DAYS - 3) * DAY
MEAN_AMOUNT, AMOUNT_SPREAD = 240_000.0, 0.42


def open_deal(story: Story, contact: tuple[int, str]) -> Deal | None:
    """Decide whether the contact becomes a deal, and tell its life. Times are true moments."""
    at, how = contact
    person, dice = story.person, story.dice("deal")
    share = OPENS[how]
    if how == "showroom" and person.showroom:
        share *= story.world.faults.second_showroom_drag
    opens = dice.chance(share)
    # A log-normal's mean is its median times exp(spread²/2).
    median_amount = MEAN_AMOUNT / math.exp(AMOUNT_SPREAD**2 / 2)
    visits_showroom = dice.chance(0.3) and how != "showroom"
    deal = Deal(
        person=person.number,
        opened=_office(at + int(dice.around(35, 0.8) * MINUTE) + 2 * MINUTE, dice),
        line=person.line,
        showroom=person.showroom,
        origin=how,
        manager=dice.randrange(5),
        amount=int(dice.around(median_amount, AMOUNT_SPREAD) / 100) * 100,
        has_email=dice.chance(0.72),
        browser=story.sent_from,
    )
    if not opens:
        return None
    _note(story, deal.opened, "deal_created", deal)
    if visits_showroom:
        story.drop_in(deal.opened + int(dice.around(2.5, 0.6) * DAY))
    _towards_measurement(story, deal)
    return deal


def _office(at: int, dice: Dice) -> int:
    """Office staff note things on the minute, between 9 and 19."""
    moved = in_hours(at, 9, 19, dice)
    return to_minute(moved if moved >= at else moved + DAY)


def _note(story: Story, at: int, kind: str, deal: Deal) -> Act:
    act = story.add(at, kind, kind)
    act.deal = deal
    return act


def _last_sign_of_life(story: Story, until: int) -> int:
    company = {"deal_created", "offer_sent"}
    return max(act.at for act in story.acts if act.kind not in company and act.at <= until)


def _lose(story: Story, deal: Deal, at: int, reason: str, dice: Dice) -> None:
    latest = _last_sign_of_life(story, at) + PATIENCE
    lost = in_hours(min(at, latest), 9, 19, dice)
    deal.lost = to_minute(max(lost, story.latest + HOUR))
    deal.reason = reason
    _note(story, deal.lost, "deal_lost", deal)


def _towards_measurement(story: Story, deal: Deal) -> None:
    faults, dice = story.world.faults, story.dice("measurement")
    after = max(deal.opened, story.latest)
    wait = min(dice.around(1.0, 0.45), 4.0) * faults.measurement_wait
    if dice.chance(SKIPS_MEASUREMENT):
        reason = dice.one_of({"later": 0.4, "silent": 0.4, "price": 0.2})
        _lose(story, deal, after + int(dice.between(5, 24) * DAY), reason, dice)
        return
    measured = in_hours(deal.opened + int(wait * DAY), 9, 19, dice)
    measured = to_minute(max(measured, after + HOUR))
    _meanwhile(story, "before measurement", deal.opened, measured, ring=0.18, look=0.35)
    deal.measured = measured
    _note(story, measured, "measurement", deal)
    _towards_offer(story, deal, measured)


def _towards_offer(story: Story, deal: Deal, measured: int) -> None:
    faults, dice = story.world.faults, story.dice("offer")
    slow = deal.line == SLOW_LINE
    median = faults.slow_line_wait if slow else usual.USUAL_OFFER_WAIT
    wait = min(dice.around(1.0, 0.42), 3.3) * median
    if dice.chance(SKIPS_OFFER):
        reason = dice.one_of({"later": 0.5, "silent": 0.3, "rival": 0.2})
        _lose(story, deal, measured + int(dice.between(5, 20) * DAY), reason, dice)
        return
    offered = measured + int(wait * DAY)
    offered = to_minute(max(in_hours(offered, 9, 19, dice), measured + HOUR))
    if wait > 4:
        _meanwhile(story, "before offer", measured, offered, ring=0.40, look=0.3)
    deal.offered = offered
    _note(story, offered, "offer_sent", deal)
    _towards_decision(story, deal, offered, waited_long=wait > 6)


def _towards_decision(story: Story, deal: Deal, offered: int, *, waited_long: bool) -> None:
    faults, dice = story.world.faults, story.dice("verdict")
    wins = dice.chance(faults.slow_line_wins if deal.line == SLOW_LINE else usual.USUAL_WINS)
    to_win, to_lose = min(dice.around(9, 0.6), 30), min(dice.around(27, 0.4), 40)
    decided = offered + int((to_win if wins else to_lose) * DAY)
    decided = min(decided, _last_sign_of_life(story, offered) + PATIENCE)
    decided = max(decided, offered + 3 * HOUR)
    _meanwhile(story, "after offer", offered, decided, ring=0.36, look=0.6)
    if not wins:
        reasons = {"price": 0.4, "rival": 0.3, "later": 0.2, "silent": 0.1}
        slow = {"slow": 0.6, "rival": 0.2, "price": 0.2}
        _lose(story, deal, decided, dice.one_of(slow if waited_long else reasons), dice)
        return
    latest = max(decided, story.latest + HOUR)
    deal.won = _office(latest, dice)
    _note(story, deal.won, "contract_signed", deal)
    _afterwards(story, deal, deal.won)


def _meanwhile(
    story: Story, chapter: str, after: int, before: int, *, ring: float, look: float
) -> None:
    """What the customer does while waiting: ring, or look at the website again."""
    dice = story.dice(chapter)
    rings, looks = dice.chance(ring), dice.chance(look)
    ring_at, look_at = dice.between(0.3, 0.6), dice.between(0.65, 0.95)
    again = dice.chance(0.15)
    span = before - after
    if span < DAY:
        return
    if rings:
        story.ring(after + int(ring_at * span), chapter)
    at = after + int(look_at * span)
    if looks and story.latest + HOUR < at:
        ended, _ = story.browse(at, story.return_channel(dice, buyer=True), asks=False)
        if again and ended + HOUR < before:
            story.ring(ended + 3 * MINUTE, chapter, visit=story.last)


def _afterwards(story: Story, deal: Deal, signed: int) -> None:
    dice = story.dice("afterwards")
    pays, pay_after = dice.chance(0.38), dice.between(0.3, 20)
    if pays:
        _pay(story, deal, signed + int(pay_after * HOUR))
    if dice.chance(0.35):
        story.ring(signed + int(dice.between(3, 12) * DAY), "when is it ready")
    installed = _office(signed + int(dice.between(18, 34) * DAY), dice)
    act = _note(story, installed, "installation", deal)
    act.facts.update(
        answers=dice.chance(0.55),
        nps=dice.choices((10, 9, 8, 7, 5, 3), (0.34, 0.26, 0.18, 0.1, 0.07, 0.05))[0],
        answers_after=int(dice.between(5, 60) * HOUR),
    )
    if dice.chance(0.2):
        ended = story.ring(installed + int(dice.between(2, 9) * DAY), "something is loose")
        at = max(ended or 0, installed) + int(dice.between(2, 6) * DAY)
        _note(story, _office(at, dice), "service_visit", deal)
    if dice.chance(0.18):
        at = story.latest + int(dice.between(4, 20) * DAY)
        _note(story, _office(at, dice), "recommendation", deal)


def _pay(story: Story, deal: Deal, at: int) -> None:
    """Pay on the website; both counters see the page, the CRM knows the contract already."""
    ended, _ = story.browse(at, "direct", asks=False)
    act = story.add(ended + MINUTE, "purchase", "purchase")
    act.visit, act.deal = story.last, deal
