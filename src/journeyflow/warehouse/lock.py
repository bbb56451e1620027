"""One writer at a time: an OS lock that dies with its holder, and names it while it lives."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from journeyflow.errors import WarehouseBusyError

LOCK_FILE = "lock"
PAUSE_S = 0.1
# A run is not waited for. Who only looks (`status`, `explain`) is: no night should fail for that.
RUN_S, LOOK_S = 0.5, 60


@contextmanager
def writer_lock(warehouse: Path) -> Iterator[None]:
    """Hold the warehouse's lock; WarehouseBusyError says who holds it otherwise.

    The kernel releases the lock when its holder dies, so a stale lock cannot exist; the text
    in the file is only for the message.
    """
    warehouse.mkdir(parents=True, exist_ok=True)
    path = warehouse / LOCK_FILE
    with path.open("a+", encoding="utf-8") as file:
        began = time.monotonic()
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                looked_at = _is_looked_at(file)
                if time.monotonic() - began > (LOOK_S if looked_at else RUN_S):
                    file.seek(0)
                    text = "a process that only looks" if looked_at else file.read()
                    raise busy(warehouse, text) from None
            time.sleep(PAUSE_S)
        file.truncate(0)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        file.write(f"process {os.getpid()} on {socket.gethostname()}, since {now}")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def _is_looked_at(file: TextIO) -> bool:
    """Whether those who hold the lock share it."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(file, fcntl.LOCK_UN)
    return True


def busy(warehouse: Path, text: str) -> WarehouseBusyError:
    """The fault to raise where another process holds the lock; `text` stands in its file."""
    holder = text.strip() or "another process"
    message = f"{warehouse.parent}: the warehouse is being written by {holder}"
    return WarehouseBusyError(message, "wait until that run has ended", holder)
