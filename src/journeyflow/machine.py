"""What the machine refuses (a right, room, a whole file), told as a fault with its way out."""

from __future__ import annotations

import errno
import os
import re
import traceback
from pathlib import Path

import duckdb

from journeyflow.errors import DataError, EnvironmentFault, JourneyflowError, PassingFault

FILE = re.compile(r'(?:file|directory) "([^"\n]+)"(?:: ([^\n]+))?')
DAMAGED = re.compile(
    "not a valid DuckDB|Corrupt|checksum|Could not read enough bytes|replaying WAL|deserialize"
)
QUOTING = (duckdb.DataError, duckdb.ProgrammingError, duckdb.IntegrityError)
ROOM = "make room on that disk and run again; the published store is as it was"
RIGHT = "give this user the right to read and write it"
WAYS_OUT = {
    errno.ENOSPC: ROOM,
    errno.EDQUOT: ROOM,
    errno.EFBIG: ROOM,
    errno.EACCES: RIGHT,
    errno.EPERM: RIGHT,
    errno.EROFS: "mount that disk for writing, or use a folder on another one",
    errno.EEXIST: "a folder is expected there: move the file away",
    errno.ENOTDIR: "a folder is expected there: move the file away",
    errno.EISDIR: "a file is expected there: move the folder away",
}
REBUILD = (
    "delete warehouse/warehouse.duckdb, and warehouse.duckdb.wal if there is one: that is safe, "
    "since the next run makes it again from private.duckdb"
)
RESTORE = (
    "bring warehouse/private.duckdb back from a backup; or, as long as all exports are there, "
    "delete it, and private.duckdb.wal if there is one: the next run reads them again"
)


def machine_fault(fault: Exception, opened: Path | None = None) -> JourneyflowError | None:
    """What the system or DuckDB refuses as a fault to tell; None for any other exception.

    A fault that is told already stays as it is. A full disk at a commit is a PassingFault too:
    DuckDB calls it a TransactionException, as it calls what is a fault of ours.

    `opened`: the database that was being opened. DuckDB is repeated only where it speaks of a
    file: its other messages quote statements and customers' values.
    """
    if isinstance(fault, JourneyflowError):
        return fault
    if isinstance(fault, OSError):
        path = fault.filename2 or fault.filename  # of a renaming, where it should have gone
        where = f"{path}: " if path else ""
        return PassingFault(f"{where}{fault.strerror or fault}", WAYS_OUT.get(fault.errno or 0))
    if not isinstance(fault, duckdb.Error):
        return None
    said = "" if isinstance(fault, QUOTING) else str(fault)
    found = FILE.search(said)
    where = found[1] if found else str(opened or "")
    if DAMAGED.search(said):
        name = Path(where).name.removesuffix(".wal")
        hints = {
            "warehouse.duckdb": REBUILD,
            "private.duckdb": RESTORE,
            "": f"{REBUILD}; if it is not that one, {RESTORE}",
        }
        message = f"{where or 'one of the databases'}: damaged, or no database of DuckDB"
        return EnvironmentFault(message, hints.get(name, "publish it again with `journeyflow run`"))
    if isinstance(fault, duckdb.OutOfMemoryException):
        message = "neither memory nor the disk has room for what DuckDB sorts and joins"
        return PassingFault(
            message,
            "make room on the disk that warehouse/ is on, or let DuckDB have more memory: "
            "JOURNEYFLOW_MEMORY_LIMIT=4GB",
        )
    if found and found[2]:
        ways = (way for code, way in WAYS_OUT.items() if os.strerror(code) in found[2])
        return PassingFault(f"{where}: {found[2]}", next(ways, None))
    if isinstance(fault.__context__, OSError | duckdb.Error):  # this one only came of that one
        return machine_fault(fault.__context__, opened)
    place = traceback.extract_tb(fault.__traceback__)[-1]
    return DataError(
        f"DuckDB refused a statement: {type(fault).__name__} at {place.filename}:{place.lineno}",
        "this is a fault of journeyflow: please report it",
    )
