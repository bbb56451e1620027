"""Format `metrica_expenses`: the file in which Yandex Metrica takes advertising costs."""

from __future__ import annotations

from journeyflow.sources.formats import costs
from journeyflow.sources.formats.declaration import DELIMITED, Field, Format

FIELDS = (
    Field("Date", "date, or two and a slash", "`day`, or the days that a row covers", "day", True),
    Field("UTMSource", "text", "`source`", "utm_source", True),
    Field("UTMMedium", "text", "`medium`", "utm_medium"),
    Field("UTMCampaign", "text", "`campaign`", "utm_campaign"),
    Field("Expenses", "number", "`cost`, without tax", "expenses", True),
    Field("Currency", "ISO 4217", "`currency`", "currency"),
    Field("Clicks", "whole number", "`clicks`", "clicks"),
)

FORMAT = Format(
    name="metrica_expenses",
    describes="advertising costs, as Yandex Metrica takes them",
    shape="fields",
    lands="costs",
    fields=FIELDS,
    known_by=(("UTMSource", "Expenses"),),
    key_of=str.strip,
    keys=("vat", "vat_rate"),
    untaxed=True,
    replaces="day",
    suffixes=DELIMITED,
    needs_zone=False,
    exporting="""\
It is the CSV file that is uploaded to Metrica under Data upload, or by its API
(`management/v1/counter/{counter}/expense/upload`): whatever makes it for Metrica makes it for
journeyflow too. Names are spelled as below, capitals included.
""",
    zone=costs.ZONE,
    identity="""\
None. The latest file that covers a day is the whole truth for it. Rows that are equal in all that
is read add up, such as those of two phrases (`UTMTerm`).
""",
    ignored="""\
`UTMTerm`, `UTMContent`, `TrafficSource` and `TrafficSourceDetail`. A row without `UTMSource` is
rejected.
""",
)
