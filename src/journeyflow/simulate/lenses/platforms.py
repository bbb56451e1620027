"""The same spend as the platforms report it, one file a month; what has none, as Metrica takes it.

Yandex Direct tells each device apart, in millionths and with tax; Google sets thousands apart and
sums up below; VK knows campaigns by number. Flaw: of the last days Direct's report knew less than
the one that is delivered after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from journeyflow.simulate.clock import local
from journeyflow.simulate.lenses.costs import Spend, spent, spent_at_google
from journeyflow.simulate.lenses.files import Exports, delimited
from journeyflow.simulate.world import Company

DIRECT, GOOGLE, VK, EXPENSES = "direct", "google", "vk", "expenses"
VAT_RATE = Decimal("0.22")
MILLION = 1_000_000
CORRECTED_DAYS = 3
DIRECT_FIELDS = (
    "Date",
    "CampaignName",
    "CampaignId",
    "Device",
    "Impressions",
    "Clicks",
    "Cost",
)
CAMPAIGN_IDS = {"search_ads": 90_310_001, "brand_ads": 90_310_002, "vk": 7_710_455}
GOOGLE_CAMPAIGN, GOOGLE_ID = "Kitchens | Search", "20554433221"
GOOGLE_HEADER = (
    "Day",
    "Campaign",
    "Campaign ID",
    "Currency code",
    "Impr.",
    "Clicks",
    "Cost",
    "Conversions",
)
EXPENSES_HEADER = (
    "Date",
    "UTMSource",
    "UTMMedium",
    "UTMCampaign",
    "Expenses",
    "Currency",
    "Clicks",
)


def write(company: Company, exports: Exports) -> None:
    """Add the files of all platforms to `exports`."""
    told = spent(company)
    months = _by_month(spend for spend in told if spend.key in ("search_ads", "brand_ads"))
    for spends in months:
        days = _last_days(spends) if company.faults.planted and spends is months[-1] else ()
        _put_direct(exports, spends, early=set(days))
        if days:
            _put_direct(exports, [spend for spend in spends if spend.day in days], again=True)
    for spends in _by_month(spent_at_google(company)):
        _put_google(exports, spends)
    for spends in _by_month(spend for spend in told if spend.key == "vk"):
        _put_vk(exports, spends)
    for spends in _by_month(spend for spend in told if spend.key in ("telegram", "outdoor")):
        _put_expenses(exports, spends)


def _by_month(spends: Iterable[Spend]) -> list[list[Spend]]:
    return [list(group) for _, group in groupby(spends, key=lambda spend: spend.date[:7])]


def _last_days(spends: Sequence[Spend]) -> list[int]:
    return sorted({spend.day for spend in spends})[-CORRECTED_DAYS:]


def _put_direct(
    exports: Exports, spends: Sequence[Spend], *, early: Iterable[int] = (), again: bool = False
) -> None:
    """A report of the Reports service: a title, a table, and the number of its rows."""
    rows: list[list[Any]] = []
    for spend in spends:
        cost = int(spend.cost * (1 + VAT_RATE) * MILLION)
        known = cost * 97 // 100 if spend.day in early else cost
        # Two thirds on phones; the last digits stay somewhere.
        phones = [part * 2 // 3 for part in (spend.shown, spend.clicks, known)]
        others = [spend.shown - phones[0], spend.clicks - phones[1], known - phones[2]]
        campaign = [spend.date, spend.channel.campaign, CAMPAIGN_IDS[spend.key]]
        rows += [[*campaign, "MOBILE", *phones], [*campaign, "DESKTOP", *others]]
    first, last = spends[0].date, spends[-1].date
    table = delimited(DIRECT_FIELDS, rows, "\t")
    text = f'"journeyflow {first[:7]} ({first} - {last})"\n{table}Total rows: {len(rows)}\n'
    name = f"{first}_{last}{'_again' if again else ''}.tsv"
    exports.put(DIRECT, name, text.encode(), (), len(rows))


def _put_google(exports: Exports, spends: Sequence[Spend]) -> None:
    """A report of the screens: two lines above the table, two below."""

    def line(*start: str, of: Sequence[Spend]) -> list[str]:
        shown, clicks, cost = _sums(of)
        return [
            *start,
            "RUB",
            f"{shown:,}",
            f"{clicks:,}",
            f"{cost:,.2f}" if cost else "--",
            "0.00",
        ]

    rows = [line(spend.date, GOOGLE_CAMPAIGN, GOOGLE_ID, of=[spend]) for spend in spends]
    totals = [line(f"Total: {part}", "--", "--", of=spends) for part in ("Campaigns", "Account")]
    first, last = (
        f"{local(spend.day):%B} {local(spend.day).day}" for spend in (spends[0], spends[-1])
    )
    year = spends[0].date[:4]
    above = f'Campaign report\n"{first}, {year} - {last}, {year}"\n'
    text = above + delimited(GOOGLE_HEADER, [*rows, *totals], ",")
    exports.put(GOOGLE, f"campaigns_{spends[0].date[:7]}.csv", text.encode(), (), len(rows))


def _sums(spends: Sequence[Spend]) -> tuple[int, int, Decimal]:
    shown, clicks = sum(spend.shown for spend in spends), sum(spend.clicks for spend in spends)
    return shown, clicks, sum((spend.cost for spend in spends), Decimal(0))


def _put_vk(exports: Exports, spends: Sequence[Spend]) -> None:
    """An answer of the statistics' API: a campaign, its days, and sums beside them."""

    def base(of: Sequence[Spend]) -> dict[str, Any]:
        shown, clicks, cost = _sums(of)
        return {"base": {"shows": shown, "clicks": clicks, "spent": str(cost)}}

    rows = [{"date": spend.date} | base([spend]) for spend in spends]
    campaign = {"id": CAMPAIGN_IDS["vk"], "rows": rows, "total": base(spends)}
    answer = {"items": [campaign], "total": base(spends)}
    text = json.dumps(answer, ensure_ascii=False, indent=1)
    exports.put(VK, f"{spends[0].date[:7]}.json", f"{text}\n".encode(), (), 1)


def _put_expenses(exports: Exports, spends: Sequence[Spend]) -> None:
    """What is uploaded to Metrica: posts by day, billboards as the one invoice of the month."""
    outdoor = [spend for spend in spends if spend.key == "outdoor"]
    posts = [spend for spend in spends if spend.key == "telegram"]
    whole = f"{outdoor[0].date}/{outdoor[-1].date}"
    rows = [_expense(spend.date, spend, str(spend.cost), str(spend.clicks)) for spend in posts] + [
        _expense(whole, outdoor[0], str(sum(spend.cost for spend in outdoor)), "")
    ]
    exports.put_plain(EXPENSES, f"{outdoor[0].date[:7]}.csv", EXPENSES_HEADER, rows)


def _expense(date: str, spend: Spend, cost: str, clicks: str) -> list[str]:
    channel = spend.channel
    return [date, channel.source, channel.medium, channel.campaign, cost, "RUB", clicks]
