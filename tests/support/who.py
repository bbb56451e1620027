"""Who is one person, as the definitions say it: slow, plain, and written without the SQL."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from uuid import UUID

from journeyflow.identity.keys import Secret
from tests.support.projects import SECRET

if TYPE_CHECKING:
    from tests.support.oracle import Event

Identifier = tuple[str, str]
EventKey = tuple[str, str]
Word = tuple[datetime, bool]
#: An identifier that links alone name names a person after all others.
NEVER_SEEN = datetime.max.replace(tzinfo=UTC)
KEPT_SECRET = Secret(SECRET.encode(), "a test")
#: What tells most about a person comes first; and how many of each one person may have.
RANKS = ("user_id", "email", "cookie")
PER_PERSON = {"user_id": 1, "email": 2, "cookie": 50}


def identify(
    events: list[Event],
    links: list[Event],
    merging: set[str],
    limits: Mapping[tuple[str, str], int],
    timeout: timedelta,
    most_per_minute: int,
) -> dict[EventKey, int]:
    """The person of every event that has one, as numbers."""
    bots = _bots(events, most_per_minute)
    sound = [event for event in events if not event.identifiers & bots]
    return _Who(sound, _last_words(links, merging), merging, limits, timeout).persons()


def _last_words(links: list[Event], merging: set[str]) -> dict[frozenset[Identifier], Word]:
    """What the company said last of each pair: when, and whether they are different persons."""
    said: dict[frozenset[Identifier], Word] = {}
    for link in links:
        marks = [each for each in link.identifiers if each[0] in merging]
        for pair in {frozenset({one, other}) for one in marks for other in marks if one != other}:
            word = link.at, link.kind == "different"
            said[pair] = max(word, said.get(pair, word))
    return said


def _bots(events: list[Event], most_per_minute: int) -> set[Identifier]:
    """Browsers with more events within some 60 seconds than a human makes."""
    times: dict[Identifier, list[datetime]] = defaultdict(list)
    for event in sorted(events, key=lambda each: each.at):
        for mark in event.identifiers:
            if mark[0] == "cookie":
                times[mark].append(event.at)
    return {
        mark
        for mark, acts in times.items()
        for first, last in zip(acts, acts[most_per_minute:], strict=False)
        if last - first < timedelta(seconds=60)
    }


class _Who:
    def __init__(
        self,
        events: list[Event],
        said: Mapping[frozenset[Identifier], Word],
        merging: set[str],
        limits: Mapping[tuple[str, str], int],
        timeout: timedelta,
    ) -> None:
        self.events, self.timeout = events, timeout
        self.different = [set(pair) for pair, (_, differ) in said.items() if differ]
        seen_with: dict[tuple[Identifier, str], set[Identifier]] = defaultdict(set)
        for event in events:
            marks = [each for each in event.identifiers if each[0] in merging]
            for one in marks:
                for other in marks:
                    if one != other:
                        seen_with[one, other[0]].add(other)
        hubs = {
            one
            for (one, other), others in seen_with.items()
            if len(others) > limits.get((one[0], other), 10**9)
        }
        self.first: dict[Identifier, datetime] = {}
        seen: dict[frozenset[Identifier], datetime] = {}
        for event in events:
            marks = [e for e in event.identifiers if e[0] in merging and e not in hubs]
            for mark in marks:
                self.first[mark] = min(event.at, self.first.get(mark, event.at))
            for pair in {frozenset({a, b}) for a in marks for b in marks if a != b}:
                seen[pair] = min(event.at, seen.get(pair, event.at))
        self.same = {pair: at for pair, (at, differ) in said.items() if not differ}
        for mark in set().union(*self.same):
            self.first.setdefault(mark, NEVER_SEEN)
        self.group = {mark: {mark} for mark in self.first}
        self.disputed: set[Identifier] = set()
        # The company's word comes first.
        for links in (self.same, seen):
            ends = {self._ends(pair): at for pair, at in links.items()}
            for weak, strong in sorted(ends, key=lambda link: _place(link, ends[link])):
                if not self._join(weak, strong, limited=links is seen) and links is seen:
                    self.disputed.add(weak)

    def _tells(self, mark: Identifier) -> tuple[object, ...]:
        """The less, the more an identifier tells about a person."""
        return RANKS.index(mark[0]), self.first[mark], mark[0], _key(mark)

    def _ends(self, pair: frozenset[Identifier]) -> tuple[Identifier, Identifier]:
        strong, weak = sorted(pair, key=self._tells)
        return weak, strong

    def _join(self, weak: Identifier, strong: Identifier, *, limited: bool) -> bool:
        if self.group[weak] is self.group[strong]:
            return True
        both = self.group[weak] | self.group[strong]
        if any(pair <= both for pair in self.different):
            return False
        for type, most in PER_PERSON.items():
            held = [self._count(type, self.group[end]) for end in (weak, strong)]
            if limited and all(held) and sum(held) > most:
                return False
        for mark in both:
            self.group[mark] = both
        return True

    def _count(self, type: str, group: set[Identifier]) -> int:
        """How many values of a type, where those that the company links count as one."""
        alike = {mark: {mark} for mark in group if mark[0] == type}
        for one, other in (pair for pair in self.same if pair <= alike.keys()):
            both = alike[one] | alike[other]
            alike |= dict.fromkeys(both, both)
        return len({frozenset(each) for each in alike.values()})

    def _name(self, mark: Identifier) -> str:
        earliest = min(
            self.group[mark],
            key=lambda each: (each in self.disputed, self.first[each], each[0], _key(each)),
        )
        spelled = f"{KEPT_SECRET.salt}person{earliest[0]}/{_key(earliest)}"
        return b64encode(hashlib.sha256(spelled.encode()).digest()[:9], altchars=b"AB").decode()

    def _recognised(self) -> dict[EventKey, str]:
        """By the identifier that tells most, of those that nobody else claims."""
        found: dict[EventKey, str] = {}
        for event in self.events:
            own = [e for e in event.identifiers if e in self.group and e not in self.disputed]
            if own:
                found[event.key] = self._name(min(own, key=self._tells))
        return found

    def _in_turns(self, cookie: Identifier, known: Mapping[EventKey, str]) -> dict[EventKey, str]:
        """A browser of several persons, cut in time."""
        acts = sorted((e for e in self.events if cookie in e.identifiers), key=lambda e: e.at)
        visit = {event.key: 0 for event in acts[:1]}
        for before, event in pairwise(acts):
            visit[event.key] = visit[before.key] + (event.at - before.at > self.timeout)
        holders: dict[datetime, str] = {}
        for event in acts:
            if event.key in known:
                holders[event.at] = min(known[event.key], holders.get(event.at, "~"))
        turns: dict[EventKey, str] = {}
        for event in acts:
            if event.key in known:
                continue
            here = {e.at for e in acts if visit[e.key] == visit[event.key]} & holders.keys()
            choices = (
                max((at for at in here if at <= event.at), default=None),
                min((at for at in here if at > event.at), default=None),
                max((at for at in holders if at <= event.at), default=None),
                min(holders, default=None),
            )
            at = next((each for each in choices if each is not None), None)
            if at is not None:
                turns[event.key] = holders[at]
        return turns

    def persons(self) -> dict[EventKey, int]:
        known = self._recognised()
        recognised = dict(known)
        for mark in self.disputed:
            if mark[0] == "cookie":
                known |= self._in_turns(mark, recognised)
        points_at: dict[Identifier, set[str]] = defaultdict(set)
        for event in self.events:
            if event.key in known:
                for each in event.identifiers - self.group.keys():
                    points_at[each].add(known[event.key])
        found = dict(known)
        for event in self.events:
            if event.key not in known:
                pointed = [points_at[e] for e in event.identifiers if len(points_at[e]) == 1]
                if len(set().union(*pointed)) == 1:
                    found[event.key] = next(iter(pointed[0]))
        numbers = {name: number for number, name in enumerate(sorted(set(found.values())))}
        return {key: numbers[name] for key, name in found.items()}


def _key(mark: Identifier) -> str:
    return str(UUID(KEPT_SECRET.key(*mark)))


def _place(link: tuple[Identifier, Identifier], first: datetime) -> Iterable[object]:
    weak, strong = link
    return (
        RANKS.index(weak[0]), RANKS.index(strong[0]), first, weak[0], _key(weak), strong[0],
        _key(strong),
    )  # fmt: skip
