"""journeyflow: the journeys that customers really made, from the exports a company has."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from journeyflow._version import __version__

if TYPE_CHECKING:
    from journeyflow import figures
    from journeyflow.store import Store, open_store
    from journeyflow.warehouse.run import RunResult, run

__all__ = ["RunResult", "Store", "__version__", "figures", "open_store", "run"]

_HOMES = {
    "run": "journeyflow.warehouse.run",
    "RunResult": "journeyflow.warehouse.run",
    "open_store": "journeyflow.store",
    "Store": "journeyflow.store",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that the command line answers at once."""
    if name == "figures":
        return import_module("journeyflow.figures")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    message = f"module 'journeyflow' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted(__all__)
