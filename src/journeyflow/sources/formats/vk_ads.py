"""Format `vk_ads`: statistics of VK Ads by day, as its API answers."""

from __future__ import annotations

from journeyflow.sources.formats import costs
from journeyflow.sources.formats.declaration import DOCUMENTS, Field, Format

FIELDS = (
    Field("id", "int", "`campaign`: its number", required=True, asked=False),
    Field("rows", "array", "one cost each", required=True, asked=False),
    Field("rows.date", "date", "`day`", asked=False),
    Field("rows.base.shows", "int", "`impressions`"),
    Field("rows.base.clicks", "int", "`clicks`"),
    Field("rows.base.spent", "decimal", "`cost`"),
)

FORMAT = Format(
    name="vk_ads",
    describes="VK Ads statistics by day, from its API",
    shape="json",
    lands="costs",
    columns=("source", "medium", "currency"),
    fields=FIELDS,
    records_at="items",
    known_by=(("id", "$.total.base.spent"),),
    keys=("columns", "vat", "vat_rate"),
    replaces="day",
    suffixes=DOCUMENTS,
    needs_zone=False,
    exporting="""\
Ask for the statistics of campaigns (`ad_plans`) by day, with a token that may read them, for at
most 200 campaigns and 366 days at a time, and keep the answer as it comes:

```sh
curl -H "Authorization: Bearer $TOKEN" \\
  "https://ads.vk.com/api/v2/statistics/ad_plans/day.json?metrics=base\\
&id=$IDS&date_from=2026-10-01&date_to=2026-10-31" > exports/vk/2026-10_part0.json
```

Further campaigns of the same days go into `…_part1.json`, `…_part2.json`: files that say that they
are parts are one delivery, and others would replace each other's days.
""",
    zone=costs.ZONE,
    identity="""\
None. One record is one campaign, with a row for each day. The latest delivery that covers a day is
the whole truth for it.
""",
    ignored="""\
All metrics but `shows`, `clicks` and `spent` of `base`; sums over days and campaigns; statistics
that are not by day. The tables that the screens of VK Ads export are not read as such, since their
header is not documented: map them as [costs](costs.md).
""",
)
