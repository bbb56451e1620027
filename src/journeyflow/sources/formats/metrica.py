"""What the two exports of Yandex Metrica's Logs API have in common."""

from __future__ import annotations

from journeyflow.sources.formats.declaration import Field

KEYS = ("identifiers", "attributes", "goals")
EXPORTING = """\
Ask the Logs API, with a token that may read the counter (`$FIELDS` is what `journeyflow fields
{name}` prints, at most 3,000 characters; the period at most a year and not today):

```sh
API=https://api-metrika.yandex.net/management/v1/counter/$COUNTER
curl -X POST -H "Authorization: OAuth $TOKEN" \\
  "$API/logrequests?source={source}&date1=2026-10-01&date2=2026-10-31&fields=$FIELDS"
# It answers with a request_id. Once the request's status is "processed", for each of its parts:
curl -H "Authorization: OAuth $TOKEN" \\
  "$API/logrequest/$REQUEST/part/0/download" > exports/{source}/2026-10-01_2026-10-31_part0.tsv
```

Keep the parts as they come, as `.tsv` or `.tsv.gz`, with names that differ in nothing but `part0`,
`part1`: so they are one delivery, and none replaces the days of another. Parts put together by
hand are read too: a header in the middle of a file is skipped and counted. Never open them in a
spreadsheet, which cuts the ids of 19 digits.
A source has one counter.
"""
ZONE = """\
`{prefix}:dateTime` is in the counter's zone, which the file does not tell: declare it as
`timezone`.
"""
PARAMETERS = """\
Metrica exports no id of the site's own. Where the site sends one as a visit parameter, name it
under `[sources.identifiers]`: identifier type = the parameter (`parsedParamsKey1`), whose value is
the identifier (`parsedParamsKey2`); under `[sources.attributes]` likewise. Parameters within
parameters are not read.
"""


def key_of(prefix: str, cell: str) -> str:
    """What a header cell means in an export whose fields have that prefix, however it is spelled.

    Databases on the way drop the prefix and change the case: `ym:s:clientID`, `ClientID`.
    """
    return cell.strip().lower().removeprefix(f"{prefix}:")


def source_fields(prefix: str) -> tuple[Field, ...]:
    """The fields that tell where a visit itself came from: those of the attribution `last`."""
    says = "the visit's source, where address and referrer do not tell it"
    return tuple(
        Field(f"{prefix}:{name}", "String", becomes, column)
        for name, column, becomes in (
            ("lastTrafficSource", "traffic_source", says),
            ("lastAdvEngine", "ad_system", "`utm_source` of an `ad`"),
            ("lastSearchEngineRoot", "search_engine", "`utm_source` of an `organic` one"),
            ("lastSocialNetwork", "social_network", "`utm_source` of a `social` one"),
        )
    )


def parameter_fields(prefix: str) -> tuple[Field, ...]:
    """The first levels of the parameters that the site sent."""
    return (
        Field(
            f"{prefix}:parsedParamsKey1",
            "Array(String)",
            "names of parameters, for `[sources.identifiers]` and `[sources.attributes]`",
            "parameters",
        ),
        Field(f"{prefix}:parsedParamsKey2", "Array(String)", "their values", "parameter_values"),
        Field(
            f"{prefix}:parsedParamsKey3",
            "Array(String)",
            "where it tells something, the second level names a parameter and is no value",
            "parameter_depths",
        ),
    )
