"""What a pattern over the steps of a journey is made of; `patterns` reads the text of one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta

OUTCOMES = ("converted", "lost", "open")
# Words that need quotes where a touchpoint has such a name.
ALONE, LEADING, WITHIN = ("any", "start", "end"), ("not", "stage"), "within"
WORD = r'[^\s>|(){}"+*?]+'
_BARE = re.compile(rf"{WORD}(?: {WORD})*")
_UNITS = (("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
_MICROSECOND = timedelta(microseconds=1)


class Node:
    """A part of a pattern, or all of it; `str` spells it so that `parse` gives an equal one."""

    def __str__(self) -> str:
        return _text(self)


@dataclass(frozen=True)
class Touchpoint(Node):
    """One step at this touchpoint."""

    name: str


@dataclass(frozen=True)
class Stage(Node):
    """One step at any touchpoint of this stage."""

    name: str


@dataclass(frozen=True)
class AnyTouchpoint(Node):
    """One step, whatever it is."""


@dataclass(frozen=True)
class Not(Node):
    """One step that is not `of`, which is a touchpoint, a stage or several of them."""

    of: Node


@dataclass(frozen=True)
class Either(Node):
    """One of at least two alternatives."""

    options: tuple[Node, ...]


@dataclass(frozen=True)
class Repeat(Node):
    """`of` several times, each directly after the one before; `most` None: without limit."""

    of: Node
    least: int
    most: int | None


@dataclass(frozen=True)
class Start(Node):
    """The place before the first step; `at` is where it stands in the text."""

    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class End(Node):
    """The place after the last step, of journeys with this outcome (None: with any)."""

    outcome: str | None = None
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Link:
    """What comes next: directly or eventually, and within which time."""

    eventually: bool
    within: timedelta | None
    to: Node


@dataclass(frozen=True)
class Sequence(Node):
    """`first` and at least one more."""

    first: Node
    links: tuple[Link, ...]


def may_be_absent(node: Node) -> bool:
    """Whether the pattern allows that nothing at all stands for this part of it."""
    match node:
        case Repeat(of, least, _):
            return least == 0 or may_be_absent(of)
        case Either(options):
            return any(may_be_absent(each) for each in options)
        case Sequence(first, links):
            return may_be_absent(first) and all(may_be_absent(link.to) for link in links)
    return False


def is_timed(node: Node) -> bool:
    """Whether a `within` stands anywhere in it."""
    match node:
        case Repeat(of, _, _):
            return is_timed(of)
        case Either(options):
            return any(is_timed(each) for each in options)
        case Sequence(first, links):
            return is_timed(first) or any(link.within or is_timed(link.to) for link in links)
    return False


def quoted(name: str) -> str:
    """The name as it is written in a pattern: in quotes only where it needs them."""
    words = name.split(" ")
    bare = _BARE.fullmatch(name) and name not in ALONE and words[0] not in LEADING
    return name if bare and WITHIN not in words else '"' + name.replace('"', '""') + '"'


def _text(node: Node) -> str:
    match node:
        case Touchpoint(name):
            return quoted(name)
        case Stage(name):
            return f"stage {quoted(name)}"
        case AnyTouchpoint():
            return "any"
        case Start():
            return "start"
        case End(outcome):
            return f"({outcome})" if outcome else "end"
        case Not(of):
            return f"not {_inner(of)}"
        case Either(options):
            return " | ".join(_inner(each) for each in options)
        case Repeat(of, least, most):
            return f"{_inner(of, Repeat)}{_times(least, most)}"
        case Sequence(first, links):
            return _inner(first) + "".join(map(_arrow, links))
    raise AssertionError(node)


def _inner(node: Node, *more: type[Node]) -> str:
    return f"({node})" if isinstance(node, (Sequence, Either, Not, *more)) else str(node)


def _times(least: int, most: int | None) -> str:
    short = {(0, 1): "?", (0, None): "*", (1, None): "+"}.get((least, most))
    if short or least == most:
        return short or f"{{{least}}}"
    return f"{{{least},{'' if most is None else most}}}"


def _arrow(link: Link) -> str:
    limit = f" {WITHIN} {_duration(link.within)}" if link.within is not None else ""
    return f" {'>>' if link.eventually else '>'} {_inner(link.to)}{limit}"


def _duration(limit: timedelta) -> str:
    seconds, rest = divmod(limit // _MICROSECOND, 1_000_000)
    if rest:
        return f"{seconds}.{rest:06d}".rstrip("0") + "s"
    unit, size = next(each for each in _UNITS if seconds % each[1] == 0)
    return f"{seconds // size}{unit}"
