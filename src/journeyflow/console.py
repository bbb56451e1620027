"""What the command line shows: progress on stderr, results on stdout, faults with a way out."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from journeyflow.errors import JourneyflowError

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def plain(text: object) -> str:
    """Text without control and direction characters: names in it were written by strangers."""
    return CONTROL.sub("", str(text))


def say(text: object = "") -> None:
    """Print a result."""
    sys.stdout.write(plain(text) + "\n")


def say_json(value: Any) -> None:
    """Print a result for machines."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def note(text: object) -> None:
    """Print a line of progress or a warning, apart from the results."""
    sys.stderr.write(plain(text) + "\n")


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is being done: a moving line on a terminal, else lines.

    On a pipe or in a log only the first step of each group is worth a line.
    """
    if quiet:
        yield lambda _: None
        return
    if not sys.stderr.isatty():
        seen: set[str] = set()

        def line(text: str) -> None:
            group = text.split(":", 1)[0]
            if group not in seen:
                seen.add(group)
                note(group)

        yield line
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status("starting") as status:
        yield lambda text: status.update(Text(plain(text)))


def tell_fault(fault: JourneyflowError, as_json: bool) -> int:
    """Print a fault where its reader looks for it and give the exit code."""
    if as_json:
        say_json({"error": type(fault).__name__, "message": fault.message, "hint": fault.hint})
    else:
        note(f"error: {fault.message}")
        if fault.hint:
            note(f"hint: {fault.hint}")
    return fault.exit_code
