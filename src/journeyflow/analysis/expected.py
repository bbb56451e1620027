"""The journey that the company expects, as the settings spell it."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from journeyflow.analysis.alignment import MOST_POSITIONS
from journeyflow.analysis.named_steps import LEVELS
from journeyflow.analysis.pattern_nodes import Either, Node, Repeat, Stage, Touchpoint, quoted
from journeyflow.analysis.patterns import parse
from journeyflow.errors import SettingsError


@dataclass(frozen=True)
class Position:
    """One position of the expected journey: any of `names`, or nothing where it is optional."""

    text: str
    names: frozenset[str]
    optional: bool


def read_expected(
    expected: Sequence[str], level: str = "touchpoint", known: Collection[str] | None = None
) -> tuple[Position, ...]:
    """The positions that `expected` spells: each a name, alternatives, and perhaps a `?`.

    level: what the names are, "touchpoint" or "stage". known: those that exist; None takes any.
    Raises SettingsError for a level that does not exist, for no or too many positions, and for
    one that cannot be read or names what does not exist.
    """
    if level not in LEVELS:
        raise SettingsError(f"level is {level!r}; expected one of {', '.join(LEVELS)}.")
    positions = []
    for number, text in enumerate(expected, 1):
        try:
            positions.append(_position(text, level, known))
        except SettingsError as fault:
            raise SettingsError(f"Expected step {number}: {fault.message}", fault.hint) from fault
    if not 1 <= len(positions) <= MOST_POSITIONS:
        raise SettingsError(
            f"The expected journey has {len(positions)} steps; expected 1 to {MOST_POSITIONS}."
        )
    return tuple(positions)


def _position(text: str, level: str, known: Collection[str] | None) -> Position:
    node = parse(text)
    optional = isinstance(node, Repeat) and (node.least, node.most) == (0, 1)
    names = _names(node.of if isinstance(node, Repeat) and optional else node, level)
    for name in names:
        if known is not None and name not in known:
            close = difflib.get_close_matches(name, sorted(known), n=1)
            hint = f"Did you mean {quoted(close[0])}?" if close else None
            raise SettingsError(f'there is no {level} "{name}".', hint)
    return Position(text, frozenset(names), optional)


def _names(node: Node, level: str) -> list[str]:
    if isinstance(node, Either):
        return [name for each in node.options for name in _names(each, level)]
    if isinstance(node, Touchpoint) or (isinstance(node, Stage) and level == "stage"):
        return [node.name]
    raise SettingsError(
        f"found {node}; expected a {level}, or several as A | B, with ? behind what may be left "
        "out, as (A | B)?.",
        hint='Stages are compared with level = "stage".' if isinstance(node, Stage) else None,
    )
