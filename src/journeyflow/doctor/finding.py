"""What an examination finds, and how it is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["fine", "look", "wrong"]
MOST_NAMED = 8


@dataclass(frozen=True)
class Finding:
    """One check of one thing (`about`): what was found, what was expected, and how to mend it.

    `verdict`: `fine`; `look`, which may be as it should be; or `wrong`. `fault` says where
    what is wrong lies: in the data or in the environment.
    """

    check: str
    about: str
    verdict: Verdict
    found: str
    expected: str = ""
    mend: str = ""
    fault: Literal["data", "environment"] = "data"


def exit_code(findings: Iterable[Finding]) -> int:
    """3 where the environment is wrong, 1 where only the data is, else 0."""
    faults = {each.fault for each in findings if each.verdict == "wrong"}
    return 3 if "environment" in faults else 1 if faults else 0


def render(findings: Iterable[Finding]) -> str:
    """A line for each finding; what was expected and the way out only where something is up."""
    lines = []
    for each in findings:
        lines.append(f"{each.verdict:<6}{each.check}, {each.about}: {each.found}")
        if each.verdict != "fine":
            lines += [f"      expected: {each.expected}", f"      mend: {each.mend}"]
    return "\n".join(lines)


def named(names: Iterable[str]) -> str:
    """The first few of the names."""
    listed = sorted(names)
    return ", ".join(listed[:MOST_NAMED]) + (" …" if len(listed) > MOST_NAMED else "")
