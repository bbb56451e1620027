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

from journeyflow.errors import WarehouseBusyError

LOCK_FILE = "lock"
# Whoever only looks (`status`) holds it for a moment, and no night should fail for that.
TRIES, PAUSE_S = 5, 0.1


@contextmanager
def writer_lock(warehouse: Path) -> Iterator[None]:
    """Hold the warehouse's lock; WarehouseBusyError says who holds it otherwise.

    The kernel releases the lock when its holder dies, so a stale lock cannot exist; the text
    in the file is only for the message.
    """
    warehouse.mkdir(parents=True, exist_ok=True)
    path = warehouse / LOCK_FILE
    with path.open("a+", encoding="utf-8") as file:
        for tries_left in reversed(range(TRIES)):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not tries_left:
                    file.seek(0)
                    raise busy(warehouse, file.read()) from None
            time.sleep(PAUSE_S)
        file.truncate(0)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        file.write(f"process {os.getpid()} on {socket.gethostname()}, since {now}")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def busy(warehouse: Path, text: str) -> WarehouseBusyError:
    """The fault to raise where another process holds the lock; `text` stands in its file."""
    holder = text.strip() or "another process"
    message = f"{warehouse.parent}: the warehouse is being written by {holder}"
    return WarehouseBusyError(message, "wait until that run has ended", holder)
