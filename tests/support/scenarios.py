"""Random companies for property tests: few persons, rich in what the definitions turn on."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.support.oracle import ATTACH, MERGE, Event, Rules
from tests.support.projects import (
    COLUMNS,
    EVERYTHING,
    IDENTIFIERS,
    TWINS,
    Project,
    Row,
    settings,
    source,
)
from tests.support.who import PER_PERSON

BEGIN = datetime(2025, 1, 27, 21, 30, tzinfo=UTC)
TIMEOUT = timedelta(minutes=30)
LOST_AFTER = timedelta(days=14)
LOOKBACK = timedelta(days=30)
SECOND = timedelta(seconds=1)
#: Where a definition changes its mind, to the second and to the microsecond.
GAPS = (
    timedelta(0), timedelta(0), timedelta(microseconds=1), timedelta(minutes=4),
    TIMEOUT - SECOND, TIMEOUT, TIMEOUT + timedelta(microseconds=1), timedelta(hours=3),
    timedelta(days=1), timedelta(days=5), LOST_AFTER - SECOND, LOST_AFTER, LOST_AFTER + SECOND,
    LOOKBACK, timedelta(days=31),
)  # fmt: skip
KINDS = (
    "page_view", "page_view", "form", "call", "email_sent", "email_sent", "heartbeat", "purchase",
    "purchase", "contract", "deal_lost", "offer",
)  # fmt: skip
CHANNELS = (None, None, "Direct", "Paid Search", "Email", "Organic Search")
TOUCHPOINTS = (None, None, "Catalogue", "Showroom")
STAGES = ("awareness", "consideration", "purchase")
SOURCES = ("site", "shop", "crm")
TYPES = {"cookie": MERGE, "email": MERGE, "user_id": MERGE, "order_id": ATTACH, "deal_id": ATTACH}
VALUES = (None, Decimal("10.00"), Decimal("0.01"), Decimal("249999.99"))
LIMITS = {
    ("cookie", "email"): 2, ("cookie", "user_id"): 3, ("email", "cookie"): 100,
    ("email", "user_id"): 2, ("user_id", "cookie"): 200, ("user_id", "email"): 5,
    ("email", "email"): 2,
}  # fmt: skip
#: Events may carry two addresses, links two values of any type.
LINKS = "links"
IN_EVENTS = IDENTIFIERS | {"email": ["email", TWINS["email"]]}
IN_LINKS = {type: [type, second] for type, second in TWINS.items()}
RELATIONS = ("same", "different")
CHANGES = [
    {"date": "2025-02-10", "what": "a showroom opened", "touchpoint": "Showroom"},
    {"date": "2025-02-24", "what": "prices went up"},
]


@dataclass(frozen=True)
class Scenario:
    """Rules, and the events that arrive under them."""

    rules: Rules
    events: list[Event]
    seed: int


def marks(person: int) -> st.SearchStrategy[frozenset[tuple[str, str]]]:
    """What one event of a person carries: mostly its own, at times something shared."""
    own = [
        {("cookie", f"k{person}a")}, {("cookie", f"k{person}b")}, {("email", f"p{person}@mail.de")},
        {("cookie", f"k{person}a"), ("email", f"p{person}@mail.de")},
        {("cookie", f"k{person}b"), ("user_id", f"u{person}")},
        {("user_id", f"u{person}"), ("email", f"p{person}@mail.de")},
        {("deal_id", f"d{person}")}, {("order_id", f"o{person}")},
        {("email", f"p{person}@mail.de"), ("email", f"q{person}@mail.de")},
    ]  # fmt: skip
    shared = [
        {("cookie", "kiosk"), ("email", f"p{person}@mail.de")}, {("cookie", "kiosk")},
        {("cookie", f"k{person}a"), ("email", f"p{person // 2}@mail.de")}, set(),
        {("deal_id", "d")}, {("cookie", f"home{person // 2}")},
        {("cookie", f"home{person // 2}"), ("user_id", f"u{person}")},
        {("email", f"p{person}@mail.de"), ("email", f"q{person // 3}@mail.de")},
    ]  # fmt: skip
    extra = [set(), set(), {("order_id", f"o{person}")}, {("deal_id", f"d{person}")},
             {("order_id", f"o{person}2")}]  # fmt: skip
    base = st.sampled_from([*own, *own, *shared])
    return st.builds(lambda a, b: _fitting(a | b), base, st.sampled_from(extra))


def _fitting(identifiers: set[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """One column holds one identifier of a type; there are two for addresses."""
    single = {mark for mark in identifiers if mark[0] != "email"}
    return frozenset(identifiers - single | set(dict(sorted(single)).items()))


def linked(persons: int) -> st.SearchStrategy[frozenset[tuple[str, str]]]:
    """Two identifiers that a link names, of few persons so that words meet and contradict."""
    number = st.integers(0, min(persons, 3) - 1)
    mark = st.one_of(
        st.builds(lambda n: ("user_id", f"u{n}"), number),
        st.builds(lambda n: ("email", f"p{n}@mail.de"), number),
        st.builds(lambda n: ("cookie", f"k{n}a"), number),
        st.builds(lambda n: ("cookie", f"home{n // 2}"), number),
        st.sampled_from([("cookie", "kiosk"), ("email", "q0@mail.de"), ("user_id", "merged")]),
    )
    pair = st.frozensets(mark, min_size=2, max_size=2)
    return st.one_of(
        pair, pair, st.just(frozenset({("email", "p0@mail.de"), ("email", "p1@mail.de")}))
    )


@st.composite
def rules(draw: st.DrawFn) -> Rules:
    company = draw(st.sampled_from([{"email_sent"}, {"email_sent", "deal_lost"}, set()]))
    return Rules(
        sources=tuple(draw(st.permutations(SOURCES))),
        session_sources=frozenset(draw(st.sampled_from([{"site"}, {"site", "crm"}]))),
        link_sources=frozenset({LINKS}),
        types=TYPES,
        limits=LIMITS,
        max_events_per_minute=draw(st.sampled_from([60, 60, 2])),
        new_on_source_change=draw(st.booleans()),
        conversions=draw(
            st.sampled_from(
                [("purchase",), ("crm:purchase", "purchase"), ("contract", "site:purchase"), ()]
            )
        ),
        losses=draw(st.sampled_from([("deal_lost",), ("crm:deal_lost",), ()])),
        lost_after=LOST_AFTER,
        observed_until=draw(st.sampled_from([None, BEGIN + timedelta(days=45)])),
        company_kinds=frozenset(company),
        exclude_kinds=frozenset({"heartbeat"}),
        kind_order=draw(st.sampled_from([(), ("page_view", "purchase"), ("purchase", "form")])),
        collapse_repeats=draw(st.booleans()),
        keep_open_deals=draw(st.booleans()),
        lookback=LOOKBACK,
        direct=draw(st.sampled_from(["last_resort", "keep", "drop"])),
        stages=draw(st.sampled_from([STAGES, STAGES[::-1], ()])),
        zone=draw(st.sampled_from(["UTC", "Asia/Kathmandu", "America/St_Johns"])),
    )


@st.composite
def scenarios(draw: st.DrawFn, persons: int = 8) -> Scenario:
    """Up to 8 persons with up to 14 events each, and up to 8 links of what they are known by."""
    events: list[Event] = []
    persons = draw(st.integers(1, persons))
    said = st.tuples(st.sampled_from(GAPS), st.sampled_from(RELATIONS), linked(persons))
    for gap, relation, identifiers in draw(st.lists(said, max_size=8)):
        number = f"l{len(events)}"
        events.append(Event(LINKS, number, BEGIN + gap, relation, identifiers))
    for person in range(persons):
        at = BEGIN + draw(st.sampled_from(GAPS))
        story = st.tuples(
            st.sampled_from(GAPS), st.sampled_from(KINDS), st.sampled_from(SOURCES),
            st.sampled_from(CHANNELS), st.sampled_from(TOUCHPOINTS),
            st.sampled_from((None, *STAGES, "nonsense")), st.sampled_from(VALUES),
            st.sampled_from((None, None, 1, 2)), marks(person),
        )  # fmt: skip
        for gap, kind, name, channel, touchpoint, stage, value, sequence, identifiers in draw(
            st.lists(story, min_size=1, max_size=14)
        ):
            at += gap
            events.append(
                Event(
                    name, f"e{len(events):03}", at, kind, identifiers, channel, touchpoint, stage,
                    value, sequence,
                )
            )  # fmt: skip
    return Scenario(draw(rules()), events, draw(st.integers(0, 2**32)))


def placed(events: Iterable[Event], file: str) -> list[Event]:
    """The same events as rows 1, 2, … of a file."""
    return [
        Event(**(vars(event) | {"file": file, "line": line}))
        for line, event in enumerate(events, start=1)
    ]


def into_files(events: Iterable[Event], seed: int, each: int = 2) -> list[Event]:
    """Deal events out to up to `each` files per source, in any order of rows."""
    dice = random.Random(seed)
    shuffled = list(events)
    dice.shuffle(shuffled)
    dealt: dict[str, list[Event]] = {}
    for event in shuffled:
        file = f"exports/{event.source}/{dice.randrange(each)}.csv"
        dealt.setdefault(file, []).append(event)
    return [event for file, rows in dealt.items() for event in placed(rows, file)]


def by_file(events: Iterable[Event]) -> dict[str, list[Row]]:
    """File -> its rows, as the project helper writes them."""
    files: dict[str, list[Row]] = {}
    for event in sorted(events, key=lambda event: (event.file, event.line)):
        files.setdefault(event.file, []).append(row_of(event))
    return files


def row_of(event: Event) -> Row:
    """The event as the project helper writes it; `export` is not mapped and keeps apart files
    that would be the same to the byte, which are read once."""
    return {
        "id": event.event_id, "ts": event.at.isoformat(), "kind": event.kind,
        "channel": event.channel, "touchpoint": event.touchpoint, "stage": event.stage,
        "value": event.value, "seq": event.sequence, "export": event.file,
        **_cells(event.identifiers),
    }  # fmt: skip


def _cells(identifiers: Iterable[tuple[str, str]]) -> Row:
    """Column -> value; the second of a type stands in a column of its own."""
    cells: Row = {}
    for type, value in sorted(identifiers):
        cells[TWINS[type] if type in cells else type] = value
    return cells


def document(rules: Rules) -> Row:
    """The settings that say the same as the rules."""
    plural = {"cookie": "cookies", "email": "emails", "user_id": "user_ids"}
    journeys: dict[str, Any] = {
        "conversions": list(rules.conversions),
        "losses": list(rules.losses),
        "lost_after": _text(rules.lost_after),
        "company_kinds": sorted(rules.company_kinds),
        "exclude_kinds": sorted(rules.exclude_kinds),
        "kind_order": list(rules.kind_order),
        "collapse_repeats": rules.collapse_repeats,
        "open_deals": "keep_open" if rules.keep_open_deals else "ignore",
    }
    if rules.observed_until:
        journeys["observed_until"] = rules.observed_until.isoformat()
    sources = [
        source(name, sessions=name in rules.session_sources, identifiers=IN_EVENTS)
        for name in rules.sources
    ]
    columns = {"link_id": "event_id", "linked_at": "occurred_at", "relation": "kind"}
    sources += [
        source(
            name,
            format="links",
            columns={ours: COLUMNS[theirs] for ours, theirs in columns.items()},
            identifiers=IN_LINKS,
        )
        for name in sorted(rules.link_sources)
    ]
    for each in sources:
        if each["name"] in rules.day_sources:
            each |= {"replaces": "day", "timezone": rules.zone}
    tables = {
        "project": {"name": "Kitchens", "timezone": rules.zone, "currency": "EUR"},
        "identity": {
            f"max_{plural[other]}_per_{one}": most for (one, other), most in rules.limits.items()
        }
        | {f"max_{plural[type]}_per_person": most for type, most in PER_PERSON.items()},
        "bots": {"max_events_per_minute": rules.max_events_per_minute},
        "sessions": {
            "timeout": _text(rules.timeout),
            "new_on_source_change": rules.new_on_source_change,
        },
        "journeys": journeys,
        "attribution": {"lookback": _text(rules.lookback), "direct": rules.direct},
        "stages": [{"name": name} for name in rules.stages],
        "calendars": [{"name": "office", "hours": {"mon-fri": "09:00-18:00"}}],
        "changes": CHANGES,
    }
    return settings(*sources, **tables, **EVERYTHING)


def company(folder: Path, rules: Rules) -> Project:
    """A project of these rules, of which every source had a quiet night."""
    project = Project(folder, document(rules))
    for name in (*rules.sources, *rules.link_sources):
        project.write(f"exports/{name}/quiet.csv", [])
    return project


def _text(duration: timedelta) -> str:
    return f"{int(duration.total_seconds())}s"
