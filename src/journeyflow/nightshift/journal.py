"""The log of runs: a line of JSON for each step and how it went, rotated, of nobody's data."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from logging import LogRecord, makeLogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from journeyflow.check.masking import mask_text, plain
from journeyflow.project import SETTINGS_FILE
from journeyflow.warehouse.database import warehouse_dir

LOG = Path("logs") / "run.jsonl"
LARGEST, OLDER = 1_000_000, 4


class _Rotated(RotatingFileHandler):
    def handleError(self, record: LogRecord) -> None:  # noqa: N802 - as logging calls it
        """A log that cannot be written is no reason for a night to fail, or to say it twice."""


class Journal:
    """`warehouse/logs/run.jsonl` of one project; without settings there is no project to log for.

    Keeps `OLDER` files beside the one that is written, each of `LARGEST` bytes at most.
    """

    def __init__(self, directory: Path) -> None:
        self._handler: RotatingFileHandler | None = None
        path = warehouse_dir(directory) / LOG
        if not (directory / SETTINGS_FILE).is_file():
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError:  # the run itself says what is wrong there
            return
        self._handler = _Rotated(
            path, maxBytes=LARGEST, backupCount=OLDER, delay=True,
            encoding="utf-8", errors="backslashreplace",
        )  # fmt: skip

    def tell(self, **fields: Any) -> None:
        """Write a line: the moment, and the fields that are not None; texts are masked."""
        if self._handler is None:
            return
        told = {key: _masked(value) for key, value in fields.items() if value is not None}
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"at": at} | told, ensure_ascii=False, default=str)
        self._handler.handle(makeLogRecord({"msg": line}))

    def close(self) -> None:
        """Close the file."""
        if self._handler is not None:
            self._handler.close()


def _masked(value: Any) -> Any:
    return plain(mask_text(value)) if isinstance(value, str) else value
