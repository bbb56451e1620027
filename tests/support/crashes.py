"""Runs that die: at any statement, or killed by the system in the middle of a step."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from journeyflow.warehouse.database import writer
from tests.support.projects import Project

KILLED = """
import os, signal, sys
import journeyflow as jf
left = int(sys.argv[2])
def progress(line):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
jf.run(sys.argv[1], progress=progress)
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
    command = [sys.executable, "-c", KILLED, str(folder), str(steps)]
    environment = os.environ | {
        "JOURNEYFLOW_SECRET": secret,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    return subprocess.run(command, env=environment, check=False, capture_output=True).returncode
