"""Format `google_ads`: statistics of Google Ads, from its screens, its API or a copy of that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from journeyflow.sources.formats import costs
from journeyflow.sources.formats.declaration import DELIMITED, Field, Format

PREFIX = re.compile(r"^(segments|metrics|customer)_")
# What the screens call a field, and what the API calls it.
SPELLINGS = {
    "date": "day",
    "campaign_name": "campaign",
    "impressions": "impr",
}
DATES = ("%Y-%m-%d", "%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y")
TO = re.compile(r"\s+[-–—]\s+|\s*[–—]\s*|\s+to\s+")

FIELDS = (
    Field("Day", "date", "`day`; without it the range above the header, spread", "day"),
    Field("Campaign", "text", "`campaign`", "campaign_name"),
    Field("Campaign ID", "whole number", "`campaign`, where there is no name", "campaign_id"),
    Field("Currency code", "text", "`currency`", "currency"),
    Field("Impr.", "whole number", "`impressions`", "impressions"),
    Field("Clicks", "whole number", "`clicks`", "clicks"),
    Field("Cost", "money", "`cost`", "cost"),
    Field(
        "metrics.cost_micros",
        "whole number",
        "`cost`, from millionths; of the API",
        "cost_micros",
        asked=False,
    ),
)


def key_of(cell: str) -> str:
    """What a header cell means, as the screens, the API or a warehouse spell it."""
    plain = re.sub(r"[\W_]+", "_", cell.lower()).strip("_")
    plain = PREFIX.sub("", plain)
    return SPELLINGS.get(plain, plain)


def line_range(lines: Sequence[str]) -> tuple[date, date] | None:
    """The first and the last day that a line above the header names; None where none does."""
    for line in lines:
        ends = [_day(each) for each in TO.split(line.strip(' "\t,;'))]
        first, last = ends[0], ends[-1]
        if len(ends) <= 2 and first and last:
            return first, last
    return None


def _day(text: str) -> date | None:
    for form in DATES:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


FORMAT = Format(
    name="google_ads",
    describes="Google Ads statistics, from its reports or its API",
    shape="fields",
    lands="costs",
    columns=("source", "medium", "campaign", "currency"),
    fields=FIELDS,
    either=(("Cost", "metrics.cost_micros"),),
    range_above=line_range,
    periods=("Week", "Month", "Quarter", "Year", "Day of the week", "Day of week"),
    null_values=("--",),
    totals_round=True,
    known_by=(
        ("Impr.", "Cost"),
        ("metrics.cost_micros",),
        ("metrics_cost_micros",),
        ("cost_micros",),
    ),
    key_of=key_of,
    keys=("columns", "decimal", "vat", "vat_rate", "micros"),
    replaces="day",
    suffixes=DELIMITED,
    needs_zone=False,
    exporting="""\
In the screens: Campaigns, all of them (removed ones have cost something too); columns Campaign,
Campaign ID, Currency code, Impr., Clicks and Cost; Segment, Time, Day; Download as CSV, in English.
The CSV for Excel is read as well. Keep the lines above and below the table: they are evidence.

From the API, or from whatever copies it into a database, as CSV under the API's names or the
database's (`segments.date`, `segments_date` or `date`, and so on):

```sql
select segments.date, campaign.id, campaign.name, customer.currency_code,
  metrics.impressions, metrics.clicks, metrics.cost_micros
from campaign
where segments.date between '2026-10-01' and '2026-10-31'
```
""",
    zone=costs.ZONE,
    identity="""\
None: a report has no ids. The latest delivery that covers a day is the whole truth for it. Several
rows of one day and campaign (devices, networks, ads) add up, equal ones too. Costs of the last days
are corrected: export them anew.
""",
    ignored="""\
Everything else: shares such as `< 10%`, averages, conversions, and reports whose header is not in
English (read those as [costs](costs.md), with `skip_rows`).
""",
)
