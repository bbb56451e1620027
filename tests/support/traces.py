"""What stands in a folder, and a run that goes on in another process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WRITING = """
import sys
from pathlib import Path
import duckdb
from journeyflow.warehouse.lock import writer_lock
warehouse = Path(sys.argv[1])
with writer_lock(warehouse), duckdb.connect(str(warehouse / "private.duckdb")):
    print("held", flush=True)
    sys.stdin.read()
"""


def traces(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Size, time and rights of everything below a folder, by name."""
    stats = {path: path.stat() for path in (folder, *folder.rglob("*"))}
    return {str(path): (s.st_size, s.st_mtime_ns, s.st_mode) for path, s in stats.items()}


@contextmanager
def writing(project: Path) -> Iterator[int]:
    """Another process holds the lock and private.duckdb; its number."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITING, str(project / "warehouse")],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process.pid
        assert process.stdin
        process.stdin.close()
