"""One person's true story up to the moment the company opens a deal.

People browse, return, send the form, ring, visit a showroom, or drift away. What follows once a
deal is open stands in `journeyflow.simulate.deals`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from journeyflow.simulate import faults as usual
from journeyflow.simulate.acts import Act, Browser, Visit
from journeyflow.simulate.clock import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY,
    SECOND,
    SUNDAY,
    THURSDAY,
    Period,
    hour,
    in_hours,
    midnight,
    weekday,
)
from journeyflow.simulate.company import CHANNELS
from journeyflow.simulate.dice import Dice, by_share
from journeyflow.simulate.faults import Faults
from journeyflow.simulate.people import Person
from journeyflow.simulate.places import (
    LOST_AFTER_DAYS,
)

KIOSK_SHARE, KIOSK_SEEKS, KIOSK_SUBMITS = 0.14, 0.5, 0.6
COMES_BACK, FORGETS, SHOWS_CODE = 0.05, 0.08, 0.9
COOKIE_LIFE = 7 * DAY  # Apple's browsers forget script-written cookies after a week
# Where a reader goes next; what is left of 1 leaves the website.
NEXT_PAGES: dict[str, dict[str, float]] = {
    "home": {"catalogue": 0.45, "portfolio": 0.15, "prices": 0.10, "contacts": 0.08},
    "blog": {"blog": 0.10, "catalogue": 0.25, "portfolio": 0.15},
    "promo": {"kitchen": 0.40, "calculator": 0.15, "catalogue": 0.15},
    "catalogue": {"kitchen": 0.50, "catalogue": 0.15, "calculator": 0.10},
    "kitchen": {"kitchen": 0.15, "calculator": 0.25, "prices": 0.20, "catalogue": 0.10},
    "portfolio": {"kitchen": 0.30, "portfolio": 0.20, "contacts": 0.08},
    "calculator": {"prices": 0.30, "kitchen": 0.15, "contacts": 0.08},
    "prices": {"calculator": 0.20, "contacts": 0.15, "kitchen": 0.15},
    "contacts": {},
}
VISITS = {"cold": (1, 0.22), "warm": (2, 0.45), "hot": (2, 0.60)}  # planned, chance of one more
SEEKS_FORM = {"cold": 0.04, "warm": 0.22, "hot": 0.40}
RINGS = {"cold": 0.007, "warm": 0.030, "hot": 0.078}
DROPS_IN = {"cold": 0.0018, "warm": 0.010, "hot": 0.025}


@dataclass(frozen=True)
class World:
    """What all stories share."""

    seed: int
    period: Period
    faults: Faults
    kiosk: Browser

    @property
    def form_breaks(self) -> int:
        """The moment since which the form fails on iPhones, where that fault is planted."""
        return self.period.at_share(usual.BROKEN_FROM)


class Story:
    """Collects the acts of one person in the order they happen."""

    def __init__(self, person: Person, world: World) -> None:
        self.person = person
        self.world = world
        self.acts: list[Act] = []
        self.visits = 0
        self.browsers: dict[str, tuple[Browser, int]] = {}
        self.last: Visit | None = None
        self.sent_from: Browser | None = None

    @property
    def latest(self) -> int:
        """The moment of the latest act so far."""
        return max(act.at for act in self.acts)

    def dice(self, *chapter: int | str) -> Dice:
        """The dice of one chapter of this person's life."""
        return Dice(self.world.seed, self.person.number, *chapter)

    def add(self, at: int, kind: str, touch: str, **facts: Any) -> Act:
        """Note an act and give it back."""
        act = Act(self.person.number, at, kind, touch, facts=facts)
        self.acts.append(act)
        return act

    def browser(self, at: int, *, second: bool) -> Browser:
        """The browser at hand, with new cookies where the old ones have been forgotten."""
        person = self.person
        system = person.second_system if second and person.second_system else person.system
        known, used = self.browsers.get(system, (None, at))
        dice = self.dice("browser", system, known.key if known else "first")
        forgets = system in {"ios", "mac"} and at - used > COOKIE_LIFE and dice.chance(FORGETS)
        if known is None or forgets:
            generation = len(self.browsers) if known is None else int(known.key[-1]) + 1
            known = bake(f"{person.number}-{system}-{generation}", system, at, person, dice)
        self.browsers[system] = (known, at)
        return known

    def browse(
        self, at: int, channel: str, *, browser: Browser | None = None, asks: bool = True
    ) -> tuple[int, bool]:
        """One visit from landing to leaving. Gives its end and whether a request was sent.

        `asks` = False keeps away from the request form: the person has a deal already.
        """
        self.visits += 1
        dice = self.dice("visit", self.visits)
        second = dice.chance(0.5) and self.visits > 1
        browser = browser or self.browser(at, second=second)
        page, now = dice.choice(CHANNELS[channel].landings), at
        visit = Visit(browser, channel, at, self.visits, f"{dice.getrandbits(62):019d}", page)
        self.last = visit
        pages = [page]
        while len(pages) < 12:
            following = by_share(dice.random(), NEXT_PAGES[page])
            if following is None:
                break
            page = following
            pages.append(page)
        seek_share = KIOSK_SEEKS if browser.system == "tablet" else SEEKS_FORM[self.person.intent]
        seeks = dice.chance(seek_share) and asks
        for position, page in enumerate(pages + ["form"] * seeks):
            act = self.add(now, "page_view", page, variety=dice.random(), lands=position == 0)
            act.visit = visit
            now += int(min(max(dice.around(34.0, 0.7), 5.0), 600.0) * SECOND)
        submits = self.dice("sends form", self.visits).chance(self.submit_share(browser, now))
        if seeks and submits:
            now += int(dice.between(15, 120) * SECOND)
            self.add(now, "generate_lead", "lead").visit = visit
            self.sent_from = browser
        return now, seeks and submits

    def submit_share(self, browser: Browser, at: int) -> float:
        """How often the form, once open, is sent; on the tablet a consultant helps."""
        if browser.system == "tablet":
            return KIOSK_SUBMITS
        broken = browser.system == usual.BROKEN_SYSTEM and at >= self.world.form_breaks
        return self.world.faults.broken_form_submits if broken else usual.USUAL_SUBMITS

    def ring(self, at: int, reason: str, *, visit: Visit | None = None) -> int | None:
        """Ring the company, again if nobody answers. Gives the end of an answered call."""
        for attempt in range(3):
            dice = self.dice("call", reason, len(self.acts))
            at = self.opening(at, dice)
            missed = dice.chance(self.missed_share(at))
            waits = dice.between(25, 70) if missed else min(dice.around(12, 0.6), 90)
            talks = 0 if missed else int(min(max(dice.around(150, 0.8), 12), 1800))
            self.add(
                at,
                "call",
                "missed_call" if missed else "call",
                answered=not missed,
                waits=int(waits),
                talks=talks,
                from_visit=visit,
                reason=reason,
                luck=dice.random(),
            )
            if not missed:
                return at + talks * SECOND
            if not dice.chance(0.5):
                return None
            at += int(dice.between(8, 90 if attempt else 40) * MINUTE)
        return None

    def missed_share(self, at: int) -> float:
        """How often a call at this moment is not answered."""
        if weekday(at) == MONDAY and 10 <= hour(at) < 12:
            return self.world.faults.monday_missed
        if weekday(at) == THURSDAY:
            return self.world.faults.thursday_missed
        return usual.USUAL_MISSED

    def opening(self, at: int, dice: Dice) -> int:
        """The call centre works 9 to 21; who thinks of it at night or on Sunday rings later."""
        wait_for_monday = weekday(at) == SUNDAY and dice.chance(0.35)
        if 9 <= hour(at) < 21 and not wait_for_monday:
            return at
        morning = midnight(at) + (DAY if hour(at) >= 21 or wait_for_monday else 0)
        return morning + 10 * HOUR + int(dice.between(0, 120) * MINUTE)

    def drop_in(self, at: int) -> int:
        """Visit the showroom nearby, perhaps look at its tablet. Gives the time of leaving."""
        person, faults = self.person, self.world.faults
        dice = self.dice("at the showroom", len(self.acts))
        at = in_hours(at, 10, 20, dice)
        moods = faults.second_showroom_mood if person.showroom else usual.USUAL_MOOD
        self.add(
            at,
            "showroom_visit",
            f"showroom_{person.showroom + 1}",
            mood=dice.choices((-2, -1, 0, 1, 2), moods)[0],
            answers=dice.chance(0.45),
            answers_after=int(dice.between(2, 40) * HOUR),
            anonymous=dice.chance(faults.anonymous_visitors),
            consultant=dice.randrange(5),
            code=self.last.browser if self.last and dice.chance(SHOWS_CODE) else None,
        )
        leaves = at + int(dice.between(15, 60) * MINUTE)
        uses_tablet = dice.chance(KIOSK_SHARE) and person.showroom == 0
        if uses_tablet:
            tablet = self.world.kiosk
            if not faults.kiosk_shared:
                key = f"{person.number}-tablet-{len(self.acts)}"
                tablet = bake(key, "tablet", at, person, self.dice("tablet", len(self.acts)))
            self.browse(at + 5 * MINUTE, "direct", browser=tablet)
            leaves = max(leaves, self.latest + MINUTE)
        return leaves

    def return_channel(self, dice: Dice, *, buyer: bool) -> str:
        """How somebody who knows the company comes back."""
        faults = self.world.faults
        brand = faults.buyer_returns_by_brand if buyer else 0.12
        if self.person.origin == "telegram":
            brand = faults.telegram_returns_by_brand
        own = self.person.origin if self.person.door == "web" else "direct"
        draw = dice.random()
        if draw < brand:
            return "brand_ads"
        return dice.one_of({own: 0.3, "direct": 0.45, "yandex": 0.25})


def bake(key: str, system: str, at: int, person: Person | None, dice: Dice) -> Browser:
    """A browser with fresh cookies, in the shapes that the three counters give them."""
    seconds = at // SECOND
    return Browser(
        key=key,
        system=system,
        ga=f"{dice.randrange(10**8, 2 * 10**9)}.{seconds}",
        ym=f"{seconds}{dice.randrange(10**9):09d}",
        ct=str(800_000_000_000_000_000 + dice.randrange(10**15)),
        first_seen=at,
        city=person.city if person else 1,
        consents=person.consents if person else True,
        ga_works=person.ga_works if person else True,
        ym_works=person.ym_works if person else True,
        shared=person is None,
    )


def before_the_deal(story: Story) -> tuple[int, str] | None:
    """Tell how the person meets the company. Gives moment and kind of the contact, if any."""
    person = story.person
    if person.door == "call":
        ended = story.ring(person.arrives, "maps")
        return (ended, "call") if ended else None
    if person.door == "showroom":
        return story.drop_in(person.arrives), "showroom"
    planned, more = VISITS[person.intent]
    at, channel = person.arrives, person.origin
    for number in range(8):
        dice = story.dice("after visit", number)
        ends, sent = story.browse(at, channel)
        if sent:
            return ends, "lead"
        if dice.chance(RINGS[person.intent]):
            # One in ten rings hours later, from a number noted on paper.
            delay = dice.around(4, 0.8) if dice.chance(0.9) else dice.between(120, 600)
            ended = story.ring(ends + int(delay * MINUTE), "interest", visit=story.last)
            if ended:
                return ended, "call"
            if dice.chance(0.6):
                return None  # rang in vain and gave up
        if dice.chance(DROPS_IN[person.intent]):
            return story.drop_in(ends + int(dice.around(2.0, 0.6) * DAY)), "showroom"
        if number + 1 >= planned and not dice.chance(more):
            return None
        at = max(ends, story.latest) + int(min(max(dice.around(2.2, 0.9), 0.2), 25) * DAY)
        channel = story.return_channel(dice, buyer=False)
    return None


def come_back(story: Story) -> None:
    """Some look in again when their journey is long over, which begins another one."""
    dice = story.dice("comes back")
    comes, after = dice.chance(COMES_BACK), dice.between(LOST_AFTER_DAYS + 1, 80)
    if comes:
        channel = story.return_channel(dice, buyer=False)
        story.browse(story.latest + int(after * DAY), channel, asks=False)
