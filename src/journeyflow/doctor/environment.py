"""Checks of the machine: versions, rights, the lock, the key."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path

from journeyflow.doctor.finding import Finding, Verdict
from journeyflow.errors import EnvironmentFault, JourneyflowError, WarehouseBusyError
from journeyflow.identity.keys import ENVIRONMENT, SECRET_FILE, load_secret
from journeyflow.machine import RIGHT
from journeyflow.warehouse.database import warehouse_dir
from journeyflow.warehouse.lock import LOCK_FILE
from journeyflow.warehouse.peeking import unlocked
from journeyflow.warehouse.publishing import published_dir

PYTHON = (3, 11)
SERIES = {"duckdb": "2.0", "dagster": "1.13"}


def versions() -> Iterator[Finding]:
    """Python, DuckDB and Dagster, as pyproject.toml asks for them."""
    here, least = platform.python_version(), ".".join(map(str, PYTHON))
    sound = tuple(map(int, platform.python_version_tuple()[:2])) >= PYTHON
    told = [("Python", here, f"{least} or newer", sound)]
    for package, series in SERIES.items():
        try:
            found = installed(package)
        except PackageNotFoundError:
            found = "not installed"
        told.append((package, found, f"{series}.x", found.startswith(f"{series}.")))
    for name, found, expected, fine in told:
        mend = "install journeyflow anew into an environment of its own"
        verdict: Verdict = "fine" if fine else "wrong"
        yield Finding("version", name, verdict, found, expected, mend, "environment")


def rights(directory: Path) -> Iterator[Finding]:
    """Whether this user may write where a run writes."""
    for folder in (directory, warehouse_dir(directory), published_dir(directory)):
        about = folder.name if folder != directory else "the project folder"
        mend = f"give this user the right to write {folder}"
        expected = "a folder that this user may read and write"
        if not folder.exists():
            yield Finding("rights", about, "fine", "not there yet: the first run makes it")
        elif folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            yield Finding("rights", about, "fine", "may be written", expected)
        else:
            found = "may not be written" if folder.is_dir() else "is no folder"
            yield Finding("rights", about, "wrong", found, expected, mend, "environment")


def lock(directory: Path) -> Finding:
    """Whether a run is going on, and whether the next one can take the lock."""
    warehouse = warehouse_dir(directory)
    path = warehouse / LOCK_FILE
    expected = "a file that this user may read and write, which no run holds"
    try:
        with unlocked(warehouse):
            pass
    except WarehouseBusyError as fault:
        mend = "wait until that run has ended; then the ledger and the key can be examined too"
        return Finding("lock", "warehouse", "look", f"held by {fault.holder}", expected, mend)
    except EnvironmentFault as fault:
        mend = fault.hint or ""
        return Finding("lock", "warehouse", "wrong", fault.message, expected, mend, "environment")
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        found = f"{path} may not be read and written"
        return Finding("lock", "warehouse", "wrong", found, expected, RIGHT, "environment")
    return Finding("lock", "warehouse", "fine", "free", expected)


def key(directory: Path, check_value: str | None, unknown: str = "") -> Iterator[Finding]:
    """The project's key: there, closed to others, and the one that the warehouse was made with.

    `check_value` is what the warehouse keeps of it; `unknown` says why it cannot be asked.
    """
    path = directory / SECRET_FILE
    by_environment = bool(os.environ.get(ENVIRONMENT))
    if not by_environment and not path.exists():
        if not (warehouse_dir(directory) / "private.duckdb").exists():
            yield Finding("key", "file", "fine", "not there yet: the first run makes it")
            return
    elif not by_environment:
        mode = path.stat().st_mode & 0o777
        verdict: Verdict = "wrong" if mode & 0o077 else "fine"
        found, mend = f"mode {mode:04o}", f"chmod 600 {path}"
        yield Finding("key", "rights", verdict, found, "mode 0600", mend, "environment")
    expected = "the key that the warehouse was made with"
    try:
        secret = load_secret(directory, untouched=True)
        if check_value is not None:
            secret.verify(check_value)
    except JourneyflowError as fault:
        mend = fault.hint or ""
        yield Finding("key", "match", "wrong", fault.message, expected, mend, "environment")
        return
    if unknown:
        found = f"{secret.origin} cannot be compared: {unknown}"
        yield Finding("key", "match", "look", found, expected, "see to that first")
    else:
        found = "is the warehouse's" if check_value else "belongs to no warehouse yet"
        yield Finding("key", "match", "fine", f"{secret.origin} {found}", expected)
