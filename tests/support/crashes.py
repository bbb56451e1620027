"""Runs that die: at any statement, or killed by the system in the middle of a step."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


class Fuse:
    """The writer's own connection, which is gone after so many statements."""

    def __init__(self, con: Any, statements: int) -> None:
        self._con = con
        self.left = statements

    def execute(self, *arguments: Any) -> Any:
        if self.left == 0:
            raise PowerCut
        self.left -= 1
        return self._con.execute(*arguments)

    def __getattr__(self, name: str) -> Any:
        if self.left == 0:
            raise PowerCut
        return getattr(self._con, name)


def run_until(project: Project, statements: int, monkeypatch: pytest.MonkeyPatch) -> int | None:
    """Run; die after so many statements. Gives how many were left, None where it died."""
    fuses: list[Fuse] = []

    @contextmanager
    def cut(*arguments: Any) -> Iterator[Any]:
        with writer(*arguments) as con:
            fuses.append(Fuse(con, statements))
            yield fuses[0]

    with monkeypatch.context() as patched:
        patched.setattr("journeyflow.warehouse.run.writer", cut)
        try:
            project.run()
        except PowerCut:
            return None
    return fuses[0].left


def run_killed(folder: Path, secret: str, steps: int) -> int:
    """Run in a process of its own, killed before its step number `steps`; gives its exit code."""
    command = [sys.executable, "-c", KILLED, str(folder), str(steps)]
    environment = os.environ | {
        "JOURNEYFLOW_SECRET": secret,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    return subprocess.run(command, env=environment, check=False, capture_output=True).returncode
