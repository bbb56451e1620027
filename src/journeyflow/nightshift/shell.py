"""The analyst's own commands: run by the shell as they were written, and ended when they hang."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from journeyflow.check.masking import mask_text, plain

LAST_LINES, LAST_BYTES, LONGEST_LINE = 10, 8192, 200
GRACE_S, PAUSE_S = 5.0, 0.05


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, None where time ran out; the last lines it printed."""

    code: int | None
    output: str

    def words(self, timeout: timedelta) -> str:
        """How it ended, and below that what it said last."""
        if self.code is None:
            how = f"did not end within {timeout}"
        elif self.code < 0:
            how = f"was ended by signal {-self.code}"
        else:
            how = f"ended with exit code {self.code}"
        return (
            f"{how}; its last words:\n{self.output}" if self.output else f"{how} and said nothing"
        )


def run_shell(
    command: str,
    directory: Path,
    timeout: timedelta,
    *,
    told: str = "",
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Run `command` in `directory` and wait for it; `told` is its standard input.

    When time is up, or this process is interrupted, it is ended with all that it started.
    """
    # Files and no pipes: what the command leaves running may keep them as long as it likes.
    with TemporaryFile() as output, TemporaryFile() as stdin:
        stdin.write(told.encode())
        stdin.seek(0)
        process = subprocess.Popen(  # noqa: S602 - the settings are the analyst's own
            command,
            shell=True,
            cwd=directory,
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a group of its own, and no terminal to ask for a password
            env=os.environ | {"PATH": _path()} | dict(environment or {}),
        )
        code = None
        try:
            with suppress(subprocess.TimeoutExpired):
                code = process.wait(timeout.total_seconds())
        finally:
            if process.returncode is None:
                _end(process)
        return Ended(code, _last_lines(output))


def _path() -> str:
    """The PATH, and after it the folder of this Python: cron's is short."""
    return os.pathsep.join(
        [os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)],
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole group: first as one who asks, then as one who does not."""
    # On macOS a group of which only dead ones are left may not be signalled.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
        until = time.monotonic() + GRACE_S
        while time.monotonic() < until:
            process.poll()  # the dead leader is buried, so that an empty group is gone
            os.killpg(process.pid, 0)
            time.sleep(PAUSE_S)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _last_lines(output: BinaryIO) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - LAST_BYTES))
    lines = mask_text(output.read().decode(errors="replace")).split("\n")
    shown = [plain(line, LONGEST_LINE).rstrip() for line in lines if line.strip()]
    return "\n".join(f"  {line}" for line in shown[-LAST_LINES:])
