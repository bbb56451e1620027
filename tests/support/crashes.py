"""Runs that die: at any statement, or killed by the system in the middle of a step."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from journeyflow.warehouse.database import writer
from tests.support.projects import Project

KILLED = """
import os, signal, sys
from journeyflow import run  # loads all of it before the forks
def killed(folder, left):
    def progress(line):
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
    run(folder, progress=progress)
for folder, steps in zip(sys.argv[1::2], sys.argv[2::2]):
    number = os.fork()
    if not number:
        killed(folder, int(steps))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]), flush=True)
"""


class PowerCut(BaseException):
    """No program sees it coming."""


@dataclass
class Cut:
    """What ran before the power was cut, and whether it was."""

    after: int
    ran: list[str] = field(default_factory=list)
    died: bool = False


class Fuse:
    """The writer's own connection, which is gone after so many statements."""

    def __init__(self, con: Any, cut: Cut) -> None:
        self._con, self._cut = con, cut

    def execute(self, *arguments: Any) -> Any:
        self._look()
        self._cut.ran.append(str(arguments[0]))
        return self._con.execute(*arguments)

    def __getattr__(self, name: str) -> Any:
        self._look()
        return getattr(self._con, name)

    def _look(self) -> None:
        if len(self._cut.ran) >= self._cut.after:
            raise PowerCut


@contextmanager
def power_cut(statements: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cut]:
    """Die after so many statements, over all connections that a run opens within."""
    cut = Cut(statements)

    @contextmanager
    def fused(*arguments: Any) -> Iterator[Any]:
        with writer(*arguments) as con:
            yield Fuse(con, cut)

    with monkeypatch.context() as patched:
        patched.setattr("journeyflow.warehouse.run.writer", fused)
        try:
            yield cut
        except PowerCut:
            cut.died = True


def run_until(project: Project, statements: int, monkeypatch: pytest.MonkeyPatch) -> int | None:
    """Run; die after so many statements. Gives how many were left, None where it died."""
    with power_cut(statements, monkeypatch) as cut:
        project.run()
    return None if cut.died else statements - len(cut.ran)


def run_killed(folder: Path, secret: str, steps: int) -> int:
    """Run in a process of its own, killed before its step number `steps`; gives its exit code."""
    return runs_killed({folder: steps}, secret)[0]


def runs_killed(steps: Mapping[Path, int], secret: str) -> list[int]:
    """The same of several projects: the library is loaded once, and each run is a fork of that."""
    arguments = [str(each) for project in steps.items() for each in project]
    environment = os.environ | {
        "JOURNEYFLOW_SECRET": secret,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, *arguments],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return [int(code) for code in ended.stdout.split()]
