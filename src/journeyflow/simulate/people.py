"""The people: when they come, by which door, with what in mind and in hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from journeyflow.simulate import company
from journeyflow.simulate.clock import DAY, HOUR, SECOND, Period
from journeyflow.simulate.dice import by_share, stream
from journeyflow.simulate.faults import IOS_SHARES, USUAL_IOS_SHARE, Faults

DOORS = {"web": 0.948, "call": 0.020, "showroom": 0.032}
INTENTS = {"cold": 0.66, "warm": 0.24, "hot": 0.10}
# What Telegram brings is truly better: the credit it gets by the last click hides that.
TELEGRAM_INTENTS = {"cold": 0.46, "warm": 0.32, "hot": 0.22}
SECOND_DEVICE = 0.02
SYSTEMS = ("ios", "android", "windows", "mac")
# Visits by local hour, 0 … 23: people look at kitchens in the evening.
HOURS = np.array(
    [2, 1, 1, 1, 1, 1, 2, 4, 6, 8, 10, 11, 11, 11, 10, 10, 10, 11, 12, 14, 15, 14, 9, 5], float
)
FIRST_NAMES = ("anna", "boris", "vera", "gleb", "daria", "egor", "zoya", "ivan", "kira", "lev")


@dataclass(frozen=True, slots=True)
class Person:
    """One true customer-to-be; `line`, `showroom`, `city` are positions in the company's lists."""

    number: int
    arrives: int
    door: str
    origin: str
    intent: str
    line: int
    showroom: int
    city: int
    system: str
    second_system: str
    phone: str
    email: str
    consents: bool
    ga_works: bool
    ym_works: bool


def _pick(
    rng: np.random.Generator, size: int, weights: dict[str, float] | tuple[float, ...]
) -> NDArray[np.int64]:
    shares = np.array(list(weights.values()) if isinstance(weights, dict) else weights)
    return np.searchsorted(np.cumsum(shares / shares.sum()), rng.random(size), side="right")


def _arrivals(seed: int, size: int, period: Period) -> NDArray[np.int64]:
    rng = stream(seed, "arrivals")
    days = rng.integers(0, period.days, size)
    hours = rng.choice(24, size, p=HOURS / HOURS.sum())
    within = rng.integers(0, HOUR // SECOND, size)
    spare = rng.integers(0, SECOND, size)
    return period.start + days * DAY + hours * HOUR + within * SECOND + spare


def _phone_numbers(seed: int, size: int) -> list[str]:
    # One multiplication scatters the numbers, so that no two persons share one.
    first = int(stream(seed, "phones").integers(0, 1_000_000))
    return [f"79000{(first + i * 617_411) % 1_000_000:06d}" for i in range(size)]


def invent(seed: int, size: int, period: Period, faults: Faults) -> list[Person]:
    """Draw `size` persons. Every attribute has its own stream, so faults move only their own."""
    arrives = _arrivals(seed, size, period)
    doors = _pick(stream(seed, "doors"), size, DOORS)
    origins = _pick(stream(seed, "origins"), size, company.ORIGINS)
    origin_keys = list(company.ORIGINS)
    moods = stream(seed, "intents").random(size)
    systems = stream(seed, "systems").random(size)
    lines = _pick(stream(seed, "lines"), size, tuple(line.share for line in company.LINES))
    showrooms = _pick(stream(seed, "showrooms"), size, (0.56, 0.44))
    cities = _pick(stream(seed, "cities"), size, tuple(share for _, share in company.CITIES))
    second = stream(seed, "second systems").random(size)
    privacy = stream(seed, "privacy").random((3, size))
    phones = _phone_numbers(seed, size)

    def intent_of(i: int, origin: str) -> str:
        shares = TELEGRAM_INTENTS if origin == "telegram" else INTENTS
        return by_share(moods[i], shares) or "hot"

    def system_of(i: int, origin: str) -> str:
        ios = IOS_SHARES.get(origin, USUAL_IOS_SHARE)
        rest = 1.0 - ios
        shares = dict(zip(SYSTEMS, (ios, 0.5 * rest, 0.42 * rest, 0.08 * rest), strict=True))
        return by_share(systems[i], shares) or "mac"

    people = []
    for i in range(size):
        origin = origin_keys[origins[i]]
        ga_works = bool(privacy[1][i] >= faults.counter_blocked)
        people.append(
            Person(
                number=i,
                arrives=int(arrives[i]),
                door=list(DOORS)[doors[i]],
                origin=origin,
                intent=intent_of(i, origin),
                line=int(lines[i]),
                showroom=int(showrooms[i]),
                city=int(cities[i]),
                system=system_of(i, origin),
                second_system="windows" if second[i] < SECOND_DEVICE else "",
                phone=phones[i],
                email=f"{FIRST_NAMES[i % len(FIRST_NAMES)]}.{i * 37 % 9973:04d}{i}@pochta.example",
                consents=bool(privacy[0][i] >= faults.consent_denied),
                ga_works=ga_works,
                # Nobody blocks both counters: whoever is on the website is seen by one of them.
                ym_works=bool(not ga_works or privacy[2][i] >= 0.30),
            )
        )
    return people
