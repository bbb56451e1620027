"""What the two exports of Yandex Metrica's Logs API have in common."""

from __future__ import annotations

import re

from journeyflow.sources.formats.declaration import Field

PREFIX = re.compile(r"ym:(s|pv):", re.IGNORECASE)
KEYS = ("identifiers", "attributes", "goals")
EXPORTING = """\
Ask the Logs API (`management/v1/counter/COUNTER/logrequests`, with `source={source}`) for the
fields that `journeyflow fields {name}` prints, take every part, and keep the parts as they come,
as `.tsv` or `.tsv.gz`, with names that differ in nothing but `_part0`, `_part1`: so they are one
delivery, and none replaces the days of another. Parts put together by hand are fine too: headers
in the middle are skipped. A source has one counter.
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


def key_of(cell: str) -> str:
    """What a header cell means, however it is spelled.

    Databases on the way drop the prefix and change the case: `ym:s:clientID`, `ClientID`.
    """
    return PREFIX.sub("", cell.strip()).lower()


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
