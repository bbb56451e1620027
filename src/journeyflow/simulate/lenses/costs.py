"""What advertising cost per day and campaign, one CSV a month.

Clicks follow the true visits of the day. Outdoor advertising costs money and brings no touch
that anybody records. What Google's advertisements cost, only Google's own report tells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from journeyflow.simulate.clock import DAY, local, midnight, weekday
from journeyflow.simulate.company import CHANNELS, Channel
from journeyflow.simulate.dice import Dice
from journeyflow.simulate.lenses.files import Exports
from journeyflow.simulate.world import FULL_SIZE, Company

SOURCE = "costs"
HEADER = ("day", "source", "medium", "campaign", "impressions", "clicks", "cost", "currency")
# channel: rubles per click, clicks per impression
PRICES = {"search_ads": (165.0, 0.052), "brand_ads": (22.0, 0.19), "vk": (88.0, 0.011)}
GOOGLE_PRICE = (290.0, 0.0009)  # mostly banners
POST_DAYS, POST_COST = (1, 4), 21_000  # Telegram: two paid posts a week
OUTDOOR_COST, OUTDOOR_VIEWS = 15_000, 9_500  # a day
Visits = Counter[tuple[int, str]]
OUTDOOR = Channel("outdoor", "billboard", "mkad_billboards")


@dataclass(frozen=True, slots=True)
class Spend:
    """What one campaign cost on one local day, which begins at `day`; `key` names its channel."""

    day: int
    key: str
    shown: int
    clicks: int
    cost: Decimal

    @property
    def channel(self) -> Channel:
        """The marks of the campaign."""
        return CHANNELS.get(self.key, OUTDOOR)

    @property
    def date(self) -> str:
        """The day, as 2026-10-01."""
        return local(self.day).date().isoformat()


def write(company: Company, exports: Exports) -> None:
    """Add the source's files to `exports`."""
    table = [_line(spend) for spend in spent(company)]
    for month, group in groupby(table, key=lambda line: line[0][:7]):
        exports.put_plain(SOURCE, f"costs_{month}.csv", HEADER, list(group))


def spent(company: Company) -> list[Spend]:
    """What the company's own table tells, day by day."""
    return list(_spent(company))


def spent_at_google(company: Company) -> list[Spend]:
    """What only Google tells, day by day."""
    visits = _visits(company)
    return [
        _clicked(company.dice("google costs", day), day, "google_ads", visits, GOOGLE_PRICE)
        for day in range(company.period.start, company.period.end, DAY)
    ]


def _visits(company: Company) -> Visits:
    return Counter(
        (midnight(act.at), act.visit.channel_key)
        for act in company.acts
        if act.visit is not None and act.facts.get("lands")
    )


def _spent(company: Company) -> Iterator[Spend]:
    size = len(company.people) / FULL_SIZE
    visits = _visits(company)
    for day in range(company.period.start, company.period.end, DAY):
        dice = company.dice("costs", day)
        for key, price in PRICES.items():
            yield _clicked(dice, day, key, visits, price)
        if weekday(day) in POST_DAYS:
            clicks = visits[day, "telegram"]
            yield Spend(day, "telegram", round(14_000 * size), clicks, _rubles(POST_COST * size))
        yield Spend(day, "outdoor", round(OUTDOOR_VIEWS * size), 0, _rubles(OUTDOOR_COST * size))


def _clicked(dice: Dice, day: int, key: str, visits: Visits, price: tuple[float, float]) -> Spend:
    per_click, rate = price
    clicks = round(visits[day, key] * dice.between(1.08, 1.25))
    shown = round(clicks / rate * dice.between(0.9, 1.1))
    return Spend(day, key, shown, clicks, _rubles(clicks * per_click * dice.between(0.9, 1.1)))


def _rubles(amount: float) -> Decimal:
    return Decimal(f"{amount:.2f}")


def _line(spend: Spend) -> list[str]:
    channel = spend.channel
    marks = [channel.source, channel.medium, channel.campaign]
    return [spend.date, *marks, str(spend.shown), str(spend.clicks), str(spend.cost), "RUB"]
