"""The vocabulary of journeyflow.toml as frozen, typed settings (docs/settings.md).

Only shapes and single values are judged here; what needs the folder or more than one table
(files, clashing rules, stage names) is judged in `journeyflow.project`.
"""

from __future__ import annotations

import re
import zoneinfo
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from journeyflow.identity.hubs import parse_limit_key

DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d|w)")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
CURRENCY = r"^[A-Z]{3}$"
OFFSET = r"^([+-](0\d|1[0-4]):[0-5]\d|local)$"
LONGEST = timedelta(days=36_500)
# Zones that mean "as this machine is set", so another moment on another machine.
OF_THE_MACHINE = {"localtime", "Factory", "posixrules"}
DIRECTIVE = re.compile(r"%-?[aAbBcdfgGHIjmMnpSuUVwWxXyYzZ%]|[^%]")
EPOCHS = ("epoch_s", "epoch_ms", "epoch_us")


def parse_duration(value: object) -> timedelta:
    """Read text such as "30m", "14d", "1.5h" (units s, m, h, d, w)."""
    match = DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        msg = f'expected a duration such as "30m", "12h" or "14d", found {value!r}'
        raise ValueError(msg)
    try:
        duration = timedelta(**{UNITS[match[2]]: float(match[1])})
    except OverflowError:
        duration = timedelta.max
    if not timedelta(0) < duration <= LONGEST:
        msg = f"expected a duration above zero and up to {LONGEST.days}d, found {value!r}"
        raise ValueError(msg)
    return duration


@cache
def known_zones() -> frozenset[str]:
    """The names that `parse_zone` takes."""
    return frozenset(zoneinfo.available_timezones() - OF_THE_MACHINE)


def parse_zone(value: object) -> str:
    """Check an IANA time zone name against the pinned tzdata."""
    if not isinstance(value, str) or value not in known_zones():
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


def parse_columns(value: object) -> tuple[str, ...]:
    """Read one name of a column, or a list of different names."""
    names = [value] if isinstance(value, str) else value
    if (
        not isinstance(names, list | tuple)
        or not names
        or not all(isinstance(each, str) for each in names)
        or len(set(names)) < len(names)
    ):
        msg = (
            "expected the name of a column, or a list of different ones such as "
            f'["phone", "phone_2"], found {value!r}'
        )
        raise ValueError(msg)
    return tuple(names)


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Zone = Annotated[str, BeforeValidator(parse_zone)]
Instant = Annotated[datetime, BeforeValidator(parse_instant)]
Pattern = str | bool | int | float
Rate = Annotated[Decimal, Field(ge=Decimal("0.00000001"), le=100_000_000)]
VatRate = Annotated[Decimal, Field(gt=0, lt=1, decimal_places=4)]
Several = Annotated[tuple[str, ...], Field(min_length=2)]
Columns = Annotated[tuple[str, ...], BeforeValidator(parse_columns)]


class Settings(BaseModel):
    """Base of every table: frozen, and an unknown key is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class ProjectTable(Settings):
    """`[project]`: what the project is called and how it counts days and money."""

    name: str = Field(min_length=1)
    """What reports call the project."""
    timezone: Zone
    """IANA zone that days, weeks and months are counted in."""
    currency: str = Field(pattern=CURRENCY)
    """Three letters; money of other currencies needs `[currency.rates]`."""
    language: Literal["en", "ru"] = "en"
    """Of reports."""


class Constant(Settings):
    """A mapped column that every row of the source shares: `{ value = "call" }`."""

    value: str
    """The text that every row has in this column."""


# Keys of a source that only some formats read. They came later than the others: where one stands,
# files are read with it, and where none does, as before.
KEYS_OF_FORMATS = (
    "goals", "inner_offset", "call_goals", "companions", "statuses", "vat", "vat_rate", "micros",
    "questions", "respondents",
)  # fmt: skip


class Question(Settings):
    """`[[sources.questions]]`: a column of a survey whose cells are scores, and what they mean."""

    column: str = Field(min_length=1)
    """The column of the file, mostly the question itself."""
    kind: str = Field(min_length=1)
    """`nps`, `csat`, `ces`, or a word of your own."""
    scale: tuple[float, float]
    """The least and the highest score that could be given, such as `[0, 10]`; of `nps` that, or
    `[1, 10]`."""
    higher_is_better: bool | None = None
    """Which end is the good one; `nps` and `csat` need not say it."""
    touchpoint: str | None = None
    """What the question asks about; by default what `[sources.columns] touchpoint` says, else the
    last step before the answer."""
    scores: dict[str, float] = {}
    """Answers in words = their scores: `{ "Very easy" = 7 }`."""

    @model_validator(mode="after")
    def sound_scale(self) -> Question:
        """A scale that its kind does not have would give a wrong figure without a word."""
        low, high = self.scale
        if low >= high:
            msg = f"scale: expected the least score and a higher one, found [{low:g}, {high:g}]"
            raise ValueError(msg)
        if self.kind == "nps" and (self.scale not in ((0, 10), (1, 10)) or self.direction is False):
            msg = (
                f"scale: nps is asked from 0 (or 1) to 10 and 10 is best, found [{low:g}, {high:g}]"
                f"{', higher_is_better = false' * (self.direction is False)}; give another kind"
            )
            raise ValueError(msg)
        if self.direction is None:
            msg = f"higher_is_better: missing; of {self.kind!r} nobody knows which end is good"
            raise ValueError(msg)
        outside = [word for word, score in self.scores.items() if not low <= score <= high]
        if outside:
            msg = f"scores: {outside[0]!r} is outside the scale [{low:g}, {high:g}]"
            raise ValueError(msg)
        return self

    @property
    def direction(self) -> bool | None:
        """Whether a higher score is better, by itself or by its kind; None: not known."""
        known = self.kind in ("nps", "csat") or None
        return known if self.higher_is_better is None else self.higher_is_better


class Source(Settings):
    """`[[sources]]`: a named stream of exports in one format."""

    name: str = Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]*$")
    """Letters, digits, `_` and `-`; stands in every table."""
    format: str
    """One of the formats below."""
    files: tuple[str, ...] = Field(min_length=1)
    """Globs relative to the project folder; one or a list."""
    timezone: Zone | None = None
    """Of times without an offset; a file with such times and no zone is refused."""
    sessions: bool | None = None
    """Whether its events form sessions; by default for web formats, and for `table` where a url,
    referrer or utm column is mapped."""
    replaces: Literal["day", "row"] | None = None
    """`day`: the latest delivery that covers a local day is the whole truth for it; `row`: rows
    replace by id."""
    max_age: Duration | None = None
    """A source whose latest row is older than that, against the newest event of all sources, is
    late: run and report say so, and journeys are judged at its latest event."""
    late: Literal["warn", "stop"] = "warn"
    """What follows where it is late by its `max_age`, or has brought no row at all: a warning, or
    `stop`: the run fails and publishes nothing. What it read is kept for the next one."""
    covers_from: date | None = None
    """The first local day from which on it is whole; what journeys did before is not in it. By
    default the data tell: a source whose first event comes a week or more after that of others, and
    twice as late as it is ever silent afterwards, begins there. Rates of stages leave out whoever
    came in before a source that tells of later stages."""
    min_rows_vs_usual: float | None = Field(default=None, gt=0, le=1)
    """A share such as `0.5`: a warning where the source brought fewer rows for its latest complete
    day than that share of what is usual. The day is the last one before the day of its latest row,
    in the zone of its times. Usual is the median of the same weekday in the eight weeks before,
    days without a row among them; where it reaches back fewer than three, nothing is said. Counted
    are rows that count: no duplicates, replaced or rejected ones."""
    encoding: str | None = None
    """Of delimited text; by default UTF-8, or what a byte order mark says."""
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    """One character; by default the one that makes sense of the header."""
    decimal: Literal[".", ","] = "."
    """The decimal separator of numbers; the other one and spaces may group thousands."""
    time_format: str | None = None
    """A strptime format such as `%d.%m.%Y %H:%M`, or `epoch_s`, `epoch_ms`, `epoch_us`; by
    default ISO 8601."""
    skip_rows: int = Field(default=0, ge=0)
    """Lines above the header."""
    null_values: tuple[str, ...] = ()
    """Further texts that mean "nothing"."""
    columns: dict[str, str | Constant | Several] = {}
    """Our column = the column of the file, or `{ value = "constant" }`; a moment whose date and
    time stand in two columns is a list: `occurred_at = ["date", "time"]`. Of costs in a format that
    knows its own fields: what these do not say, such as `source`, or say otherwise."""
    identifiers: dict[str, Columns] = {}
    """Identifier type = the column of the file, or a list where several columns hold values of one
    type: `phone = ["phone", "phone_2"]`. Empty cells and repeats drop out."""
    attributes: dict[str, str] = {}
    """Any other columns to segment journeys by."""
    statuses: dict[str, Literal["paid", "open", "cancelled", "refunded", "test"]] = {}
    """Of orders: the shop's word for a state = what it means; `paid` is a purchase, `test` is
    skipped. Common words are known without (docs/formats/orders.md)."""
    companions: dict[Literal["deals", "contacts", "stages", "users"], Columns] = {}
    """Of CRM formats: the files beside the history, as globs: of deals and contacts, which lead
    deals to persons and become the sources `NAME_deals` and `NAME_contacts`; of stages and users,
    lists of names."""
    goals: dict[str, Annotated[str, Field(min_length=1)]] = {}
    """Of Yandex Metrica: the number of a goal = the kind of its events, `{ "12345678" = "Form sent"
    }`. Visits give a goal without a name the kind `goal 12345678`; hits leave it out."""
    inner_offset: str | None = Field(default=None, pattern=OFFSET)
    """Of Yandex Metrica visits: the offset of times inside a visit, such as `+03:00`, or `local`
    for the counter's zone; by default `+03:00`, as its documentation says."""
    call_goals: tuple[str, ...] = ()
    """Of Yandex Metrica visits: the goals that are calls. They tell when the calls of a visit were;
    without them a call stands at the start of its visit."""
    vat: Literal["included", "excluded"] | None = None
    """Of costs: whether their amounts include value added tax. It is taken out where they do, by
    `vat_rate`; without this key amounts stay as they are."""
    vat_rate: VatRate | None = None
    """Of costs with `vat = "included"`: the rate, such as `0.20`."""
    micros: bool | None = None
    """Of costs: `true` where their amounts are millionths of the currency, `false` where they are
    the currency itself; a file that leaves it open is refused."""

    respondents: dict[str, Literal["customer", "staff"]] = {}
    """Of answers to surveys: the export's word for who answered = what it means. Common words are
    known without (docs/formats/surveys.md)."""
    questions: tuple[Question, ...] = Field(default=(), max_length=500)
    """Of `surveys`: the columns that hold scores, each a table of `[[sources.questions]]` below."""

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

    @field_validator("time_format")
    @classmethod
    def known_format(cls, value: str | None) -> str | None:
        """A strptime format of known directives, with at least one of them."""
        if value in (None, *EPOCHS):
            return value
        if "%" not in value or "".join(DIRECTIVE.findall(value)) != value:
            msg = f'expected a format such as "%d.%m.%Y %H:%M" or "epoch_s", found {value!r}'
            raise ValueError(msg)
        return value


class Identity(Settings):
    """`[identity]`: who is held to be one person, and what may never join two."""

    region: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    """Two letters: the country of phone numbers without a country code."""
    own_numbers: tuple[str, ...] = ()
    """The company's phone numbers: they never identify a customer."""
    types: dict[str, Literal["merge", "attach", "context"]] = {}
    """Identifier type = `merge` (may unite two persons), `attach` (may only find one) or
    `context` (identifies nobody)."""
    limits: dict[str, int] = {}
    """The `max_<others>_per_<type>` keys: a value seen with more others than this is a hub and
    merges nobody. `max_<types>_per_person`: links that would give one person more are refused."""

    @model_validator(mode="before")
    @classmethod
    def gather_limits(cls, table: Any) -> Any:
        """Gather the `max_<others>_per_<type>` keys, of which there are too many to list."""
        if not isinstance(table, dict):
            return table
        limits = {key: value for key, value in table.items() if key.startswith("max_")}
        rest = {key: value for key, value in table.items() if key not in limits}
        return {**rest, "limits": limits} if limits else rest

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
    """With their subdomains never where somebody came from."""
    ignored_referrers: tuple[str, ...] = ()
    """Hosts passed through on the way, such as payment pages."""


class Bots(Settings):
    """`[bots]`: the pace no human keeps."""

    max_events_per_minute: int = Field(default=60, ge=1)
    """More events of one web identifier within any 60 seconds make it a bot."""


class Checks(Settings):
    """`[checks]`: how much of a file may be rejected before the file fails."""

    max_reject_share: float = Field(default=0.01, ge=0, le=1)
    """Above this share of bad rows, and with more than 3, a file fails and nothing is published."""


class Sessions(Settings):
    """`[sessions]`: where one visit ends and the next begins."""

    timeout: Duration = timedelta(minutes=30)
    """A longer gap between two events begins a new session."""
    new_on_source_change: bool = True
    """An arrival from another outside source begins a new session."""


class ConversionRule(Settings):
    """`[[conversions]]`: a named goal with conditions, in place of the list in `[journeys]`."""

    name: str = Field(min_length=1)
    """Of the goal."""
    when: dict[str, Pattern] = Field(min_length=1)
    """Fields of the event and shell-style patterns, all must match; `first = true` takes only
    the first such event of a person."""
    primary: bool = True
    """Whether channels earn credit for it and its value counts. An order that meets several
    primary rules is one conversion, by the rule listed first."""


class Journeys(Settings):
    """`[journeys]`: what counts as success, as loss, and as silence."""

    conversions: tuple[str, ...] = ()
    """Event kinds that mean success, or `source:kind`; in order of trust: an order reported by
    several takes time and value from the first. Enough where the kind alone says it; where a
    condition or several goals are needed, write `[[conversions]]` in its place, never both."""
    losses: tuple[str, ...] = ()
    """Event kinds that mean loss, or `source:kind`; or `[[losses]]` in its place."""
    cancellations: tuple[str, ...] = ()
    """Event kinds, or `source:kind`, that make an order void: no event of the same person with the
    same `order_id` is a conversion, whoever reports it. Of `orders` it is known without."""
    complaints: tuple[str, ...] = ()
    """Event kinds, or `source:kind`, that are complaints; each is counted at the touchpoint that
    the customer met before it."""
    lost_after: Duration | Literal["auto"] = timedelta(days=45)
    """A longer silence of the customer ends a journey; at least `[sessions] timeout`. `auto`: the
    shortest of 7, 14, 21, 30, 45, 60, 90, 120, 180 and 365 days after which at most 5 % of the
    silent still come back, measured anew by every run; 45 days, with a warning, where the data
    does not tell. The table `silences` shows what other lengths would do."""
    observed_until: Instant | None = None
    """Until when journeys are judged; by default the latest event that takes part in them."""
    company_kinds: tuple[str, ...] = ()
    """What the company does: steps, but no sign of life from the customer. A conversion of such a
    kind converts a journey that is running and begins none."""
    page_views: tuple[str, ...] = ()
    """Kinds that are looks at a page and are not called `page_view` or `screen_view`: they are
    shown by their page, and nobody waits for an answer to them."""
    talks: tuple[str, ...] = ()
    """Kinds that are calls in which both sides spoke, where no column `answered` tells; the
    company's own where they are among `company_kinds`."""
    missed_calls: tuple[str, ...] = ()
    """Kinds that are calls that nobody took, in the same way: of customers, or of the company."""
    answers: tuple[str, ...] = ()
    """Of `company_kinds` those by which the company answers a customer who waits; a newsletter
    answers nobody. By default all of them. Calls that the company makes and gets through are
    answers without."""
    open_deals: Literal["keep_open", "ignore"] = "keep_open"
    """`keep_open`: a deal with neither conversion nor loss keeps its journey running, however long
    the silence; `ignore`. Without any conversion or loss rule no deal is known to be open."""
    collapse_repeats: bool = True
    """Neighbouring events at one touchpoint make one step."""
    exclude_kinds: tuple[str, ...] = ()
    """Kinds that take no part in journeys; they are kept and counted."""
    kind_order: tuple[str, ...] = ()
    """Order of kinds among events of the same moment."""


class Attribution(Settings):
    """`[attribution]`: how far back a touch still counts, and what Direct is worth."""

    lookback: Duration = timedelta(days=90)
    """How long before a conversion a touch may earn credit."""
    half_life: Duration = timedelta(days=7)
    """Of a touch under time decay."""
    direct: Literal["last_resort", "keep", "drop"] = "last_resort"
    """`last_resort`: Direct earns credit only if nothing else touched; `keep`, `drop`."""


class Stage(Settings):
    """`[[stages]]`: an ordered phase; all but the name are annotations for the map."""

    name: str = Field(min_length=1)
    """The stage named `purchase` takes conversions that no rule placed."""
    goal: str | None = None
    """The customer's goal."""
    expectation: str | None = None
    """Annotation."""
    motive: str | None = None
    """Annotation."""
    need: str | None = None
    """Annotation."""
    barrier: str | None = None
    """Annotation."""
    owner: str | None = None
    """Who answers for it."""
    opportunity: str | None = None
    """Annotation."""
    evidence: str | None = None
    """What the annotations rest on, such as "interviews, n=8"."""
    author: str | None = None
    """Who wrote them."""
    dated: date | None = None
    """When."""


class Touchpoint(Settings):
    """`[[touchpoints]]`: the first rule whose `when` matches names the event."""

    name: str = Field(min_length=1)
    """What the event is shown as."""
    stage: str | None = None
    """One of `[[stages]]`."""
    when: dict[str, Pattern] = Field(min_length=1)
    """Fields of the event and shell-style patterns; all must match, and the first rule that
    matches wins."""
    owner: str | None = None
    """Who answers for it."""


class Currency(Settings):
    """`[currency]`: what one unit of another currency is worth in the project's."""

    rates: dict[Annotated[str, Field(pattern=CURRENCY)], Rate] = {}
    """Currency = what one unit of it is worth in the currency of the project."""
