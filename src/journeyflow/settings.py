"""The vocabulary of journeyflow.toml as frozen, typed settings (DESIGN 5.3).

Only shapes and single values are judged here; what needs the folder or more than one table
(files, clashing rules, stage names) is judged in `journeyflow.project`.
"""

from __future__ import annotations

import re
import zoneinfo
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from journeyflow.identity.hubs import parse_limit_key

DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d|w)")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
CURRENCY = r"^[A-Z]{3}$"


def parse_duration(value: object) -> timedelta:
    """Read text such as "30m", "14d", "1.5h" (units s, m, h, d, w)."""
    match = DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        msg = f'expected a duration such as "30m", "12h" or "14d", found {value!r}'
        raise ValueError(msg)
    duration = timedelta(**{UNITS[match[2]]: float(match[1])})
    if duration <= timedelta(0):
        msg = f"expected a duration above zero, found {value!r}"
        raise ValueError(msg)
    return duration


def parse_zone(value: object) -> str:
    """Check an IANA time zone name against the pinned tzdata."""
    if not isinstance(value, str) or value not in zoneinfo.available_timezones():
        msg = f'expected an IANA time zone such as "Europe/Moscow", found {value!r}'
        raise ValueError(msg)
    return value


def parse_instant(value: object) -> datetime:
    """Read a moment with an offset; one without would be a guess."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, datetime) or value.tzinfo is None:
        msg = 'expected a moment with its offset such as "2026-10-31T23:59:59+03:00"'
        raise ValueError(msg)
    return value.astimezone(UTC)


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Zone = Annotated[str, BeforeValidator(parse_zone)]
Instant = Annotated[datetime, BeforeValidator(parse_instant)]
Pattern = str | bool | int | float


class Settings(BaseModel):
    """Base of every table: frozen, and an unknown key is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class ProjectTable(Settings):
    """`[project]`: what the project is called and how it counts days and money."""

    name: str = Field(min_length=1)
    timezone: Zone
    currency: str = Field(pattern=CURRENCY)
    language: Literal["en", "ru"] = "en"


class Constant(Settings):
    """A mapped column that every row of the source shares: `{ value = "call" }`."""

    value: str


class Source(Settings):
    """`[[sources]]`: a named stream of exports in one format."""

    name: str = Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]*$")
    format: str
    files: tuple[str, ...] = Field(min_length=1)
    timezone: Zone | None = None
    sessions: bool | None = None
    replaces: Literal["day", "row"] | None = None
    max_age: Duration | None = None
    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    decimal: Literal[".", ","] = "."
    time_format: str | None = None
    skip_rows: int = Field(default=0, ge=0)
    null_values: tuple[str, ...] = ()
    columns: dict[str, str | Constant] = {}
    identifiers: dict[str, str] = {}
    attributes: dict[str, str] = {}

    @field_validator("files", mode="before")
    @classmethod
    def one_or_many(cls, value: object) -> object:
        """`files = "a.csv"` means one pattern."""
        return (value,) if isinstance(value, str) else value

    @field_validator("encoding")
    @classmethod
    def known_encoding(cls, value: str | None) -> str | None:
        """The codec must be one that Python knows."""
        if value is not None:
            try:
                "".encode(value)
            except LookupError:
                msg = f'expected an encoding such as "utf-8" or "cp1251", found {value!r}'
                raise ValueError(msg) from None
        return value


class Identity(Settings):
    """`[identity]`: who is held to be one person, and what may never join two."""

    region: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    own_numbers: tuple[str, ...] = ()
    types: dict[str, Literal["merge", "attach", "context"]] = {}
    limits: dict[str, int] = {}

    @classmethod
    def from_table(cls, table: dict[str, Any]) -> Identity:
        """Gather the `max_<others>_per_<type>` keys into `limits`."""
        limits = {key: value for key, value in table.items() if key.startswith("max_")}
        rest = {key: value for key, value in table.items() if key not in limits}
        return cls(**rest, limits=limits)

    @field_validator("limits")
    @classmethod
    def known_limits(cls, limits: dict[str, int]) -> dict[str, int]:
        """Each key names two identifier types, each limit is at least 1."""
        for key, value in limits.items():
            parse_limit_key(key)
            if value < 1:
                msg = f"{key}: expected a whole number of at least 1, found {value}"
                raise ValueError(msg)
        return limits


class Sites(Settings):
    """`[sites]`: hosts that are never where somebody came from."""

    own_domains: tuple[str, ...] = ()
    ignored_referrers: tuple[str, ...] = ()


class Bots(Settings):
    """`[bots]`: the pace no human keeps."""

    max_events_per_minute: int = Field(default=60, ge=1)


class Checks(Settings):
    """`[checks]`: how much of a file may be rejected before the file fails."""

    max_reject_share: float = Field(default=0.01, ge=0, le=1)


class Sessions(Settings):
    """`[sessions]`: where one visit ends and the next begins."""

    timeout: Duration = timedelta(minutes=30)
    new_on_source_change: bool = True


class ConversionRule(Settings):
    """`[[conversions]]`: a named goal; all fields of `when` must match."""

    name: str = Field(min_length=1)
    when: dict[str, Pattern] = Field(min_length=1)
    primary: bool = True


class Journeys(Settings):
    """`[journeys]`: what counts as success, as loss, and as silence."""

    conversions: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    lost_after: Duration | Literal["auto"] = timedelta(days=45)
    observed_until: Instant | None = None
    company_kinds: tuple[str, ...] = ()
    open_deals: Literal["keep_open", "ignore"] = "keep_open"
    collapse_repeats: bool = True
    exclude_kinds: tuple[str, ...] = ()
    kind_order: tuple[str, ...] = ()


class Attribution(Settings):
    """`[attribution]`: how far back a touch still counts, and what Direct is worth."""

    lookback: Duration = timedelta(days=90)
    half_life: Duration = timedelta(days=7)
    direct: Literal["last_resort", "keep", "drop"] = "last_resort"


class Stage(Settings):
    """`[[stages]]`: an ordered phase; all but the name are annotations for the map."""

    name: str = Field(min_length=1)
    goal: str | None = None
    expectation: str | None = None
    motive: str | None = None
    need: str | None = None
    barrier: str | None = None
    owner: str | None = None
    opportunity: str | None = None
    evidence: str | None = None
    author: str | None = None
    dated: date | None = None


class Touchpoint(Settings):
    """`[[touchpoints]]`: the first rule whose `when` matches names the event."""

    name: str = Field(min_length=1)
    stage: str | None = None
    when: dict[str, Pattern] = Field(min_length=1)
    owner: str | None = None


class Currency(Settings):
    """`[currency]`: what one unit of another currency is worth in the project's."""

    rates: dict[Annotated[str, Field(pattern=CURRENCY)], Annotated[Decimal, Field(gt=0)]] = {}
