"""The definitions of docs/data_model.md once more, naively, to hold the published tables against.

Written from the definitions alone: one person after another, one event after another, plain
lists. It is slow and shares nothing with the SQL. Persons, journeys and sessions are known here
by their events, since their published names are keyed hashes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from tests.support.who import identify

Identifier = tuple[str, str]
EventKey = tuple[str, str]  # source, event_id
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
MERGE, ATTACH = "merge", "attach"


@dataclass(frozen=True)
class Event:
    """One current event: the version that counts."""

    source: str
    event_id: str
    at: datetime
    kind: str
    identifiers: frozenset[Identifier] = frozenset()
    channel: str | None = None
    touchpoint: str | None = None
    stage: str | None = None
    value: Decimal | None = None
    sequence: int | None = None
    file: str = ""
    line: int = 1

    @property
    def key(self) -> EventKey:
        return self.source, self.event_id

    def only(self, type: str) -> str | None:
        """The value of its identifier of one type."""
        return next((value for each, value in sorted(self.identifiers) if each == type), None)


@dataclass(frozen=True)
class Rules:
    """The settings that the definitions speak of."""

    zone: str = "UTC"
    sources: tuple[str, ...] = ("site",)
    session_sources: frozenset[str] = frozenset({"site"})
    day_sources: frozenset[str] = frozenset()
    #: Of their rows the kind is what the company says of the identifiers: same or different.
    link_sources: frozenset[str] = frozenset()
    types: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[tuple[str, str], int] = field(default_factory=dict)
    max_events_per_minute: int = 60
    timeout: timedelta = timedelta(minutes=30)
    new_on_source_change: bool = True
    conversions: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    lost_after: timedelta = timedelta(days=45)
    observed_until: datetime | None = None
    company_kinds: frozenset[str] = frozenset()
    exclude_kinds: frozenset[str] = frozenset()
    kind_order: tuple[str, ...] = ()
    collapse_repeats: bool = True
    keep_open_deals: bool = True
    lookback: timedelta = timedelta(days=90)
    direct: str = "last_resort"
    stages: tuple[str, ...] = ()

    @property
    def deals_hold(self) -> bool:
        """Where nothing settles a deal, none is known to be open."""
        return self.keep_open_deals and bool(self.conversions or self.losses)

    def listed(self, event: Event, rules: tuple[str, ...]) -> int | None:
        """Place of the first rule "kind" or "source:kind" that the event meets."""
        for place, rule in enumerate(rules):
            if rule in (event.kind, f"{event.source}:{event.kind}"):
                return place
        return None

    def stage_of(self, event: Event) -> str | None:
        if event.stage in self.stages:
            return event.stage
        converts = self.listed(event, self.conversions) is not None
        return "purchase" if converts and "purchase" in self.stages else None


@dataclass
class Session:
    events: list[Event]
    channel: str = "Direct"


@dataclass
class Step:
    touchpoint: str
    stage: str | None
    channel: str | None
    events: list[Event]
    wait_s: float | None = None
    after_conversion: bool = False

    @property
    def entered_at(self) -> datetime:
        return self.events[0].at

    @property
    def left_at(self) -> datetime:
        return self.events[-1].at


@dataclass
class Journey:
    person: int
    number: int
    events: list[Event]
    loss: Event | None = None
    last_sign: datetime | None = None
    ended_by: str | None = None
    outcome: str = "open"
    conversions: list[Conversion] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    touches: list[tuple[Event, str]] = field(default_factory=list)

    @property
    def started_at(self) -> datetime:
        return self.events[0].at

    @property
    def ended_at(self) -> datetime:
        ended = self.loss.at if self.loss else self.last_sign
        assert ended is not None
        return ended

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(step.touchpoint for step in self.steps)


@dataclass
class Conversion:
    name: str
    event: Event
    claims: list[Event]
    journey: Journey | None = None
    touches: list[tuple[Event, str]] = field(default_factory=list)

    @property
    def value(self) -> Decimal:
        return self.event.value or Decimal(0)


@dataclass
class Person:
    events: list[Event]
    sessions: list[Session]
    journeys: list[Journey]
    conversions: list[Conversion]


@dataclass
class World:
    """Everything that follows from the events under the rules."""

    rules: Rules
    observed_until: datetime
    person_of: dict[EventKey, int]
    persons: dict[int, Person]
    tied: int

    @property
    def journeys(self) -> list[Journey]:
        return [journey for person in self.persons.values() for journey in person.journeys]

    @property
    def conversions(self) -> list[Conversion]:
        return [each for person in self.persons.values() for each in person.conversions]


def current(deliveries: Sequence[Sequence[Event]], rules: Rules) -> list[Event]:
    """Which version of each event counts, of all that arrived night after night.

    A later night wins, then the path, then the line. Where the latest file that covers a local
    day is the whole truth for it, other files' rows of that day are gone first. Of equal versions
    the first by path and line stands.
    """
    zone = ZoneInfo(rules.zone)
    rows = [(night, each) for night, events in enumerate(deliveries) for each in events]
    latest: dict[tuple[str, date], tuple[int, str]] = {}
    for night, each in rows:
        day = each.source, each.at.astimezone(zone).date()
        latest[day] = max(latest.get(day, (-1, "")), (night, each.file))
    versions: dict[EventKey, list[tuple[tuple[int, str, int], Event]]] = defaultdict(list)
    for night, each in rows:
        day = each.source, each.at.astimezone(zone).date()
        if each.source not in rules.day_sources or latest[day] == (night, each.file):
            versions[each.key].append(((night, each.file, each.line), each))
    chosen = []
    for found in versions.values():
        last = max(found, key=lambda version: version[0])[1]
        same = [each for _, each in found if _content(each) == _content(last)]
        chosen.append(min(same, key=lambda each: (each.file, each.line)))
    return chosen


def _content(event: Event) -> tuple[object, ...]:
    return (event.at, event.kind, event.identifiers, event.channel, event.touchpoint, event.stage,
            event.value, event.sequence)  # fmt: skip


def live(events: Iterable[Event], rules: Rules) -> World:
    """All that follows from the events: persons, sessions, journeys, steps, conversions."""
    rows = list(events)
    links = [row for row in rows if row.source in rules.link_sources]
    events = [row for row in rows if row.source not in rules.link_sources]
    merging = {type for type, may in rules.types.items() if may == MERGE}
    person_of = identify(
        events, links, merging, rules.limits, rules.timeout, rules.max_events_per_minute
    )
    taking_part = [e for e in events if e.key in person_of and e.kind not in rules.exclude_kinds]
    until = rules.observed_until or max((e.at for e in taking_part), default=NEVER)
    lived: dict[int, list[Event]] = defaultdict(list)
    for event in taking_part:
        if event.at <= until:
            lived[person_of[event.key]].append(event)
    persons = {}
    for person, mine in lived.items():
        mine.sort(key=lambda event: _order(event, rules))
        persons[person] = _person(person, mine, rules, until)
    tied = sum(
        count
        for mine in lived.values()
        for count in Counter(_order(event, rules)[:5] for event in mine).values()
        if count > 1
    )
    return World(rules, until, person_of, persons, tied)


def _order(event: Event, rules: Rules) -> tuple[object, ...]:
    ranks = rules.kind_order
    return (
        event.at,
        ranks.index(event.kind) if event.kind in ranks else len(ranks),
        rules.sources.index(event.source),
        event.sequence is None,
        event.sequence or 0,
        event.line,
        event.event_id,
    )


def _person(number: int, events: list[Event], rules: Rules, until: datetime) -> Person:
    web = [e for e in events if e.source in rules.session_sources]
    sessions = _sessions([e for e in web if e.kind not in rules.company_kinds], rules)
    session_of = {event.key: session for session in sessions for event in session.events}
    channel_of = {
        event.key: session_of[event.key].channel if event.key in session_of else event.channel
        for event in events
    }
    journeys = _journeys(number, events, rules)
    journey_of = {event.key: journey for journey in journeys for event in journey.events}
    conversions = _conversions(events, rules)
    for conversion in conversions:
        conversion.journey = journey_of.get(conversion.event.key)
        if conversion.journey:
            conversion.journey.conversions.append(conversion)
    open_deals = _open_deals(events, rules)
    for journey in journeys:
        silent = until - journey.ended_at > rules.lost_after
        waits = any(event.only("deal_id") in open_deals for event in journey.events)
        if journey.loss:
            journey.ended_by = "loss"
        elif silent and not waits:
            journey.ended_by = "silence"
        journey.outcome = (
            "converted" if journey.conversions else "lost" if journey.ended_by else "open"
        )
        journey.steps = _steps(journey, channel_of, rules)
        journey.touches = _touches(journey.events, session_of, channel_of)
    previous: Event | None = None
    for conversion in conversions:
        begin = events.index(previous) + 1 if previous else 0
        between = events[begin : events.index(conversion.event) + 1]
        near = [
            (event, channel)
            for event, channel in _touches(between, session_of, channel_of)
            if conversion.event.at - event.at <= rules.lookback
        ]
        conversion.touches = judge_direct(near, rules)
        previous = conversion.event
    return Person(events, sessions, journeys, conversions)


def _sessions(events: list[Event], rules: Rules) -> list[Session]:
    sessions: list[Session] = []
    came_from: str | None = None
    told: Event | None = None  # the latest event that began a visit or came from somewhere
    for place, event in enumerate(events):
        outside = event.channel if event.channel != "Direct" else None
        pause = place == 0 or event.at - events[place - 1].at > rules.timeout
        another = rules.new_on_source_change and outside is not None and outside != came_from
        # What two exports tell of one moment is one arrival, whatever each of them calls it.
        is_echo = told is not None and told.at == event.at and told.source != event.source
        if pause or (another and not is_echo):
            sessions.append(Session([]))
        if pause or (rules.new_on_source_change and outside):
            told = event
        came_from = outside if pause else outside or came_from
        sessions[-1].events.append(event)
        if sessions[-1].channel == "Direct" and outside:
            sessions[-1].channel = outside
    return sessions


def _journeys(person: int, events: list[Event], rules: Rules) -> list[Journey]:
    """Silence ends a journey unless one of its deals is open; a loss always does."""
    journeys: list[Journey] = []
    settled = _settled(events, rules)
    held: set[str] = set()
    for place, event in enumerate(events):
        now = journeys[-1] if journeys else None
        near = now and not now.loss and event.at - (now.last_sign or event.at) <= rules.lost_after
        if now and (now.loss or not (near or held)):
            now = None
        if event.kind not in rules.company_kinds:
            if now is None:
                now = Journey(person, len(journeys) + 1, [])
                journeys.append(now)
                held = set()
            now.last_sign = event.at
            near = True
        if now:
            now.events.append(event)
            deal = event.only("deal_id") if rules.deals_hold else None
            if deal and near and settled.get(deal, len(events)) > place:
                held.add(deal)
            held -= {each for each in held if settled.get(each, len(events)) <= place}
            if rules.listed(event, rules.losses) is not None:
                now.loss = event
    return journeys


def _conversions(events: list[Event], rules: Rules) -> list[Conversion]:
    claims: dict[object, list[tuple[int, int]]] = defaultdict(list)
    for place, event in enumerate(events):
        rule = rules.listed(event, rules.conversions)
        if rule is not None:
            claims[event.only("order_id") or place].append((rule, place))
    standing = sorted((min(found)[1], min(found)[0], sorted(found)) for found in claims.values())
    return [
        Conversion(rules.conversions[rule].split(":")[-1], events[place],
                   [events[other] for _, other in found])
        for place, rule, found in standing
    ]  # fmt: skip


def _settled(events: list[Event], rules: Rules) -> dict[str | None, int]:
    """Place of the first conversion or loss of each settled deal."""
    settled: dict[str | None, int] = {}
    for place, event in enumerate(events):
        if rules.listed(event, (*rules.conversions, *rules.losses)) is not None:
            settled.setdefault(event.only("deal_id"), place)
    return settled


def _open_deals(events: list[Event], rules: Rules) -> set[str]:
    deals = {deal for event in events if (deal := event.only("deal_id"))}
    return deals - _settled(events, rules).keys() if rules.deals_hold else set()


def _steps(journey: Journey, channel_of: Mapping[EventKey, str | None], rules: Rules) -> list[Step]:
    steps: list[Step] = []
    for event in journey.events:
        touchpoint = event.touchpoint or event.kind
        if not steps or not rules.collapse_repeats or steps[-1].touchpoint != touchpoint:
            steps.append(Step(touchpoint, None, None, []))
        step = steps[-1]
        step.events.append(event)
        step.stage = step.stage or rules.stage_of(event)
        step.channel = step.channel or channel_of[event.key]
    for before, step in pairwise(steps):
        step.wait_s = (step.entered_at - before.left_at).total_seconds()
    standing = {conversion.event.key for conversion in journey.conversions}
    holds = [any(event.key in standing for event in step.events) for step in steps]
    for place, step in enumerate(steps):
        step.after_conversion = any(holds[:place])
    return steps


def _touches(
    events: list[Event],
    session_of: Mapping[EventKey, Session],
    channel_of: Mapping[EventKey, str | None],
) -> list[tuple[Event, str]]:
    """Each session at its first event here, other events that carry a channel at their time."""
    touches, met = [], set()
    for event in events:
        session = session_of.get(event.key)
        channel = channel_of[event.key]
        if channel is None or (session and id(session) in met):
            continue
        met.add(id(session) if session else id(event))
        touches.append((event, channel))
    return touches


def judge_direct(touches: list[tuple[Event, str]], rules: Rules) -> list[tuple[Event, str]]:
    others = [(event, channel) for event, channel in touches if channel != "Direct"]
    if rules.direct == "keep" or (rules.direct == "last_resort" and not others):
        return touches
    return others
