"""Format `yandex_direct`: statistics of Yandex Direct, from its Reports service."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from journeyflow.sources.formats import costs
from journeyflow.sources.formats.declaration import DELIMITED, Field, Format

TITLE = re.compile(r"\((\d{4}-\d\d-\d\d) - (\d{4}-\d\d-\d\d)\)\W*$")

FIELDS = (
    Field("Date", "date", "`day`; without it the range in the title, spread", "day"),
    Field("CampaignName", "string", "`campaign`", "campaign_name"),
    Field("CampaignId", "long", "`campaign`, where there is no name", "campaign_id"),
    Field("Impressions", "long", "`impressions`", "impressions"),
    Field("Clicks", "long", "`clicks`", "clicks"),
    Field("Cost", "long or decimal", "`cost`", "cost", True),
)


def title_range(lines: Sequence[str]) -> tuple[date, date] | None:
    """The first and the last day that the title of a report names; None without a title."""
    for line in lines:
        if found := TITLE.search(line):
            try:
                return date.fromisoformat(found[1]), date.fromisoformat(found[2])
            except ValueError:
                return None
    return None


FORMAT = Format(
    name="yandex_direct",
    describes="Yandex Direct statistics, from its Reports service",
    shape="fields",
    lands="costs",
    columns=("source", "medium", "campaign", "currency"),
    fields=FIELDS,
    either=(("CampaignName", "CampaignId"),),
    range_above=title_range,
    periods=("Week", "Month", "Quarter", "Year"),
    null_values=("--",),
    known_by=(("CampaignName", "Cost"), ("CampaignId", "Cost")),
    keys=("columns", "vat", "vat_rate", "micros"),
    whole_is_micros=True,
    replaces="day",
    suffixes=DELIMITED,
    needs_zone=False,
    exporting="""\
Ask the Reports service, with a token of the account, and keep its answer as it comes, title and
number of rows included: they are evidence.

```sh
curl -X POST -H "Authorization: Bearer $TOKEN" -H "processingMode: auto" \\
  https://api.direct.yandex.com/json/v5/reports > exports/direct/2026-10-01_2026-10-31.tsv -d '{
    "params": {
      "SelectionCriteria": {"DateFrom": "2026-10-01", "DateTo": "2026-10-31"},
      "FieldNames": ["Date", "CampaignName", "CampaignId", "Impressions", "Clicks", "Cost"],
      "ReportName": "journeyflow 2026-10", "ReportType": "CUSTOM_REPORT",
      "DateRangeType": "CUSTOM_DATE", "Format": "TSV", "IncludeVAT": "NO"
    }
  }'
```

It answers 201 or 202 while it is still at work: ask again then. Say `vat = "excluded"` for reports
with `"IncludeVAT": "NO"`, and `vat = "included"` with the `vat_rate` for `"YES"`: the file does not
tell.
""",
    zone=costs.ZONE,
    identity="""\
None: a report has no ids. The latest delivery that covers a day is the whole truth for it. Several
rows of one day and campaign (devices, ads, phrases) add up, equal ones too. Costs of the last days
are corrected: ask for the last three anew each night.
""",
    ignored="""\
Everything else that a report may have: ads, phrases, devices, conversions, averages.
""",
)
