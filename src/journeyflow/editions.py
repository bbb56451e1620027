"""Reports that were made and kept: which run and which days each of them shows."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Self

ABOUT = "about.json"


@dataclass(frozen=True)
class Edition:
    """A kept report. `date_from` and `date_to` are its bounds, None where it has none."""

    run_id: str
    observed_day: date
    date_from: date | None = None
    date_to: date | None = None

    def keep(self, folder: Path) -> None:
        """Say beside the report in `folder` what it shows."""
        (folder / ABOUT).write_text(json.dumps(asdict(self), default=str), encoding="utf-8")

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Read what stands beside a report. Raises OSError, ValueError or TypeError."""
        told = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        days = {
            name: date.fromisoformat(value)
            for name, value in told.items()
            if name != "run_id" and value is not None
        }
        return cls(**(told | days))


def kept_editions(project_dir: Path) -> dict[str, Edition]:
    """The dated reports of a project, by the names of their folders."""
    found = {}
    for about in sorted((project_dir / "reports").glob(f"*/{ABOUT}")):
        try:
            found[about.parent.name] = Edition.of(about.parent)
        except (OSError, ValueError, TypeError):
            continue  # somebody else's file, or half of ours
    return found
