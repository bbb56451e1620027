"""A small language for what journeys did: `start > Catalogue >> Call within 2d >> (converted)`.

    Catalogue                a step at this touchpoint
    "C++ course", "any"      quotes, where a name has one of  > | ( ) { } " + * ?  in it or reads
                             like a word of the language; a quote inside is doubled
    any                      a step at any touchpoint
    stage purchase           a step at any touchpoint of this stage
    not Call                 one step that is anything but this; not (Call | stage purchase)
    Call | Form              one or the other; sequences among them in parentheses
    Call?  any*  Call+       at most once, any number of times, at least once
    any{3}  any{3,}  any{2,5}  that often
    A > B                    B is the next step after A
    A >> B                   B comes later than A, directly or not
    A > B within 2d          ... and no more than that later; also after >>, units s m h d w
    start, end               before the first step, after the last
    (converted) (lost) (open)  the end of a journey with this outcome
    ( ... )                  taken together: (A > B)+ is A > B, A > B > A > B, ...

`|` binds more tightly than `>`, and `+ * ? { }` more tightly than `|`. A pattern stands anywhere
in a journey unless it says start or end. Repeats stand directly after one another, so three
calls with anything between are `Call >> Call >> Call` or `(Call > any*){3}`; nobody called:
`start > (not Call)* > end`; no call on the way: `Catalogue > (not Call)* > Purchase`.

**Time.** `within` limits the time between neighbours in the pattern: from the end (`left_at`) of
the last step before its arrow to the beginning (`entered_at`) of the first step after it, the
limit included. After `>` that is the `wait_s` of the step entered. `start` is the moment when the
first step begins, `end` and the outcomes the moment when the last step of the path ends.

**What is left out.** Where an optional part (`?`, `*`, `{0,…}`) does not happen, the arrow before
it and its time go with it, at the beginning of a sequence the arrow after it:
`A >> B? > C` is `A >> B > C` or `A > C`, and `A? >> B` is `A >> B` or `B`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from datetime import timedelta
from typing import NoReturn

from journeyflow.analysis.pattern_nodes import (
    ALONE,
    LEADING,
    OUTCOMES,
    WITHIN,
    WORD,
    AnyTouchpoint,
    Either,
    End,
    Link,
    Node,
    Not,
    Repeat,
    Sequence,
    Stage,
    Start,
    Touchpoint,
    quoted,
)
from journeyflow.errors import SettingsError
from journeyflow.settings import parse_duration

Pattern = Node
_DEEPEST = 50  # one in another; nobody reads more, and Python's own stack has an end
_SPACE = re.compile(r"\s*")
_FIRST = re.compile(WORD)
_NAME = re.compile(rf"{WORD}(?:\s+(?!{WITHIN}(?!{WORD})){WORD})*")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_OUTCOME = re.compile(rf"\(\s*({'|'.join(OUTCOMES)})\s*\)")
_ARROW, _OR, _OPEN, _CLOSE = map(re.compile, (">>?", r"\|", r"\(", r"\)"))
_BARE_NOT = re.compile(rf"not(?!{WORD})")
_TIMES = re.compile(r"([?*+])|\{\s*(\d{1,6})\s*(?:(,)\s*(\d{1,6})?\s*)?\}")
_SHORT = {"?": (0, 1), "*": (0, None), "+": (1, None)}
_LIMIT = re.compile(rf"{WITHIN}(?!{WORD})\s*")
_DURATION = re.compile(rf"\d[^\s>|()]*(?:\s+[smhdw](?!{WORD}))?")
_ELEMENT = "a touchpoint, any, stage, not, start, end or ("


def parse(
    text: str,
    touchpoints: Collection[str] | None = None,
    stages: Collection[str] | None = None,
) -> Pattern:
    """The pattern that `text` spells.

    In: touchpoints, stages: the names that exist; None takes any. Raises SettingsError that shows
    the place in the text, what was expected there, and the nearest name that exists.
    """
    reader = _Reader(text, touchpoints, stages)
    pattern = reader.sequence(0)
    if reader.at < len(text):
        reader.fail("> or >> and what comes next, or the end of the pattern")
    _check_places(reader, pattern, head=True, tail=True)
    return pattern


class _Reader:
    """Reads a pattern from left to right; `at` is the next character that is no space."""

    def __init__(
        self, text: str, touchpoints: Collection[str] | None, stages: Collection[str] | None
    ) -> None:
        self.text, self.touchpoints, self.stages = text, touchpoints, stages
        self.at = 0
        self.take(_SPACE)

    def take(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        found = expression.match(self.text, self.at)
        if found:
            space = _SPACE.match(self.text, found.end())
            self.at = space.end() if space else found.end()
        return found

    def sequence(self, depth: int) -> Node:
        first, links = self.either(depth), []
        if _LIMIT.match(self.text, self.at):
            self.fail("> or >>: there is nothing before the first part to measure the time from")
        while arrow := self.take(_ARROW):
            to = self.either(depth)
            links.append(Link(arrow[0] == ">>", self.limit(), to))
        return Sequence(first, tuple(links)) if links else first

    def limit(self) -> timedelta | None:
        if not self.take(_LIMIT):
            return None
        start = self.at
        found = self.take(_DURATION)
        try:
            return parse_duration(found[0] if found else "")
        except ValueError:
            self.at = start
            self.fail("a duration such as 30m, 12h or 14d")

    def either(self, depth: int) -> Node:
        starts, options = [self.at], [self.repeated(depth)]
        while self.take(_OR):
            starts.append(self.at)
            options.append(self.repeated(depth))
        if len(options) == 1:
            return options[0]
        for start in starts:
            if _BARE_NOT.match(self.text, start):
                self.at = start
                self.fail("parentheses: not (A | B), or (not A) | B")
        return Either(tuple(options))

    def repeated(self, depth: int) -> Node:
        node = self.element(depth)
        start, times = self.at, self.take(_TIMES)
        if times is None:
            if self.text.startswith("{", self.at):
                self.fail("how often, as {2}, {2,} or {2,5}")
            return node
        least, most = _SHORT[times[1]] if times[1] else (int(times[2]), int(times[4] or times[2]))
        if times[3] and not times[4]:
            most = None
        if most is not None and not max(least, 1) <= most:
            self.at = start
            self.fail("at least 1, and first the smaller number")
        return Repeat(node, least, most)

    def element(self, depth: int) -> Node:
        start = self.at
        if depth > _DEEPEST:
            self.fail(f"no more than {_DEEPEST} parts within one another")
        if outcome := self.take(_OUTCOME):
            return End(outcome[1], start)
        if self.take(_OPEN):
            return self.group(depth + 1, start)
        first = _FIRST.match(self.text, self.at)
        if first and first[0] in LEADING:
            self.take(_FIRST)
            if first[0] == "stage":
                return Stage(self.name("stage", self.stages))
            return self.negated(depth)
        alone = _NAME.match(self.text, self.at)
        if alone and alone[0] in ALONE:
            self.take(_NAME)
            places: dict[str, Node] = {"start": Start(start), "end": End(None, start)}
            return places.get(alone[0], AnyTouchpoint())
        return Touchpoint(self.name("touchpoint", self.touchpoints))

    def group(self, depth: int, start: int) -> Node:
        node = self.sequence(depth)
        if not self.take(_CLOSE):
            self.fail(f"> or >>, or ) for the ( at character {start + 1}")
        return node

    def negated(self, depth: int) -> Node:
        start, of = self.at, self.element(depth + 1)
        if not _is_negatable(of):
            self.at = start
            self.fail("one touchpoint, one stage, or several as (A | B)")
        return Not(of)

    def name(self, kind: str, known: Collection[str] | None) -> str:
        start = self.at
        found = self.take(_QUOTED)
        name = found[1].replace('""', '"') if found else ""
        if not found:
            if self.text.startswith('"', start):
                self.fail('another " where the name ends')
            found = None if _LIMIT.match(self.text, start) else self.take(_NAME)
            if not found:
                self.fail(_ELEMENT if kind == "touchpoint" else "the name of a stage")
            name = found[0]
        if known is not None and name not in known:
            self.show(start, len(found[0]), f'there is no {kind} "{name}".', self.near(kind, name))
        return name

    def near(self, kind: str, name: str) -> str:
        if kind == "touchpoint" and name in OUTCOMES:
            return f"The outcome is written ({name})."
        if kind == "touchpoint" and name in (self.stages or ()):
            return f"It is a stage: write stage {quoted(name)}."
        known = (self.touchpoints if kind == "touchpoint" else self.stages) or ()
        folded = {each.casefold(): each for each in sorted(known, reverse=True)}
        close = difflib.get_close_matches(name.casefold(), folded, n=1)
        if close:
            return f"Did you mean {quoted(folded[close[0]])}?"
        return self.unquoted() or f"Names are written as in the table {kind}s."

    def unquoted(self) -> str | None:
        """A hint at a name that would have been understood in quotes."""
        names = [
            each
            for each in self.touchpoints or ()
            if each in self.text and each not in (quoted(each), "", *ALONE)
        ]
        meant = [quoted(each) for each in sorted(names) if quoted(each) not in self.text]
        return f"Such a name stands in quotes: {max(meant, key=len)}." if meant else None

    def fail(self, expected: str) -> NoReturn:
        token = re.compile(rf">>|{WORD}|\S|$").match(self.text, self.at)
        found = token[0] if token else ""
        what = f"expected {expected}; found {found or 'the end'}."
        self.show(self.at, len(found), what, self.unquoted())

    def show(self, at: int, length: int, what: str, hint: str | None) -> NoReturn:
        begin = self.text.rfind("\n", 0, at) + 1
        line = self.text[begin:].split("\n", 1)[0].replace("\t", " ")
        marks = " " * (at - begin) + "^" * max(1, min(length, len(line) - (at - begin)))
        message = f"Pattern, character {at + 1}: {what}\n  {line}\n  {marks}"
        raise SettingsError(message, hint=hint)


def _is_negatable(node: Node) -> bool:
    if isinstance(node, Either):
        return all(map(_is_negatable, node.options))
    return isinstance(node, Touchpoint | Stage)


def _check_places(reader: _Reader, node: Node, *, head: bool, tail: bool) -> None:
    """Refuses a start or an end where no journey could have it."""
    match node:
        case Start(at) if not head:
            reader.show(at, 5, "start can stand only at the beginning of a pattern.", None)
        case End(outcome, at) if not tail:
            name = f"({outcome})" if outcome else "end"
            reader.show(at, len(name), f"{name} can stand only at the end of a pattern.", None)
        case Repeat(of, _, _):
            _check_places(reader, of, head=False, tail=False)
        case Either(options):
            for each in options:
                _check_places(reader, each, head=head, tail=tail)
        case Sequence(first, links):
            parts = [first, *(link.to for link in links)]
            for place, part in enumerate(parts):
                last = place == len(parts) - 1
                _check_places(reader, part, head=head and place == 0, tail=tail and last)
