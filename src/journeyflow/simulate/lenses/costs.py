"""What advertising cost per day and campaign, one CSV a month.

Clicks follow the true visits of the day. Outdoor advertising costs money and brings no touch
that anybody records.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from journeyflow.simulate.clock import DAY, local, midnight, weekday
from journeyflow.simulate.company import CHANNELS
from journeyflow.simulate.lenses.files import Exports
from journeyflow.simulate.world import FULL_SIZE, Company

SOURCE = "costs"
HEADER = ("day", "source", "medium", "campaign", "impressions", "clicks", "cost", "currency")
# channel: rubles per click, clicks per impression
PRICES = {"search_ads": (165.0, 0.052), "brand_ads": (22.0, 0.19), "vk": (88.0, 0.011)}
POST_DAYS, POST_COST = (1, 4), 21_000  # Telegram: two paid posts a week
OUTDOOR_COST, OUTDOOR_VIEWS = 15_000, 9_500  # a day


def write(company: Company, exports: Exports) -> list[tuple[int, str, float]]:
    """Add the source's files to `exports`. Gives (day, channel, rubles) for the truth."""
    visits = Counter(
        (midnight(act.at), act.visit.channel_key)
        for act in company.acts
        if act.visit is not None and act.facts.get("lands")
    )
    size = len(company.people) / FULL_SIZE
    spent: list[tuple[int, str, float]] = []
    table: list[list[str]] = []
    for day in range(company.period.start, company.period.end, DAY):
        dice = company.dice("costs", day)
        date = local(day).date().isoformat()
        for key, (price, rate) in PRICES.items():
            channel = CHANNELS[key]
            clicks = round(visits[day, key] * dice.between(1.08, 1.25))
            shown = round(clicks / rate * dice.between(0.9, 1.1))
            cost = round(clicks * price * dice.between(0.9, 1.1), 2)
            table.append(
                _line(date, channel.source, channel.medium, channel.campaign, shown, clicks, cost)
            )
            spent.append((day, key, cost))
        telegram = CHANNELS["telegram"]
        if weekday(day) in POST_DAYS:
            cost = round(POST_COST * size, 2)
            seen = round(14_000 * size)
            table.append(
                _line(
                    date,
                    telegram.source,
                    telegram.medium,
                    telegram.campaign,
                    seen,
                    visits[day, "telegram"],
                    cost,
                )
            )
            spent.append((day, "telegram", cost))
        cost = round(OUTDOOR_COST * size, 2)
        views = round(OUTDOOR_VIEWS * size)
        table.append(_line(date, "outdoor", "billboard", "mkad_billboards", views, 0, cost))
        spent.append((day, "outdoor", cost))
    for month, group in groupby(table, key=lambda line: line[0][:7]):
        exports.put_plain(SOURCE, f"costs_{month}.csv", HEADER, list(group))
    return spent


def _line(
    day: str, source: str, medium: str, campaign: str, shown: int, clicks: int, cost: float
) -> list[str]:
    return [day, source, medium, campaign, str(shown), str(clicks), f"{cost:.2f}", "RUB"]
