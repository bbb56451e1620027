"""The log of runs: a line of JSON for each step and how it went, rotated, of nobody's data.

It is the one place where runs that published nothing are remembered.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import takewhile
from logging import LogRecord, makeLogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Literal

from journeyflow.check.masking import mask_text, plain
from journeyflow.errors import EnvironmentFault, WarehouseBusyError
from journeyflow.project import SETTINGS_FILE
from journeyflow.warehouse.database import warehouse_dir
from journeyflow.warehouse.peeking import unlocked

LOG = Path("logs") / "run.jsonl"
LARGEST, OLDER = 1_000_000, 4
RUN, ALERT, BEGUN = "run", "alert", "begun"
Outcome = Literal["published", "failed", "interrupted", "never ended"]
ENDS: tuple[Outcome, ...] = ("published", "failed", "interrupted")
ONWARD = "journeyflow run goes on with what was read"
KILLED = (
    "see what ended it (memory, which JOURNEYFLOW_MEMORY_LIMIT bounds; a limit of the scheduler; "
    f"the machine itself); {ONWARD}"
)


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


@dataclass(frozen=True)
class LoggedRun:
    """A run as the log tells it: from its first line at `at` to its last at `heard_at`.

    `never ended`: it was killed, or the machine stopped. `step` names where it failed or, of a run
    that was ended, what it had done last. `exit_code` is None where the log does not say it.
    `in_a_row`: how many have published nothing since the last good one, this one among them.
    """

    at: datetime
    heard_at: datetime
    run_id: str | None = None
    outcome: Outcome = "never ended"
    step: str | None = None
    message: str | None = None
    hint: str | None = KILLED
    exit_code: int | None = None
    in_a_row: int = 1


def failed_run(
    directory: Path, run_id: str | None = None, finished_at: datetime | None = None
) -> LoggedRun | None:
    """The latest run of the project in `directory`, where it published nothing.

    None where it did, where it is going on, or where the log tells of none. In: the last published
    run, by the store: what the log says of runs before it is over.
    """

    def bad(each: LoggedRun) -> bool:
        if each.outcome == "published" or (finished_at and each.heard_at <= finished_at):
            return False
        return each.outcome != "never ended" or each.run_id is None or each.run_id != run_id

    with ExitStack() as stack:
        going = False
        try:
            stack.enter_context(unlocked(warehouse_dir(directory)))
        except (WarehouseBusyError, EnvironmentFault):  # who cannot ask accuses nobody
            going = True
        ended, left = _runs(_lines(warehouse_dir(directory) / LOG))
    since = [*takewhile(bad, reversed(ended if going else [*ended, *left]))]
    return replace(since[0], in_a_row=len(since)) if since else None


@dataclass
class _Heard:
    """What was heard of a run so far; `held`: it has had the lock, and did not only wait for it."""

    at: datetime
    heard_at: datetime
    run_id: str | None = None
    held: bool = False
    done: str | None = None
    failed: dict[str, None] = field(default_factory=dict)

    def ended(self, line: dict[str, Any] | None = None) -> LoggedRun:
        """The run by its last line; without one it never ended."""
        run = LoggedRun(self.at, self.heard_at, self.run_id, step=self.done)
        if line is None:
            return run
        if line["outcome"] != "failed":
            return replace(run, outcome=line["outcome"], hint=ONWARD)
        code = line.get("exit_code")
        return replace(
            run, outcome="failed", step=", ".join(self.failed) or None,
            message=_text(line, "message"), hint=_text(line, "hint"),
            exit_code=code if isinstance(code, int) else None,
        )  # fmt: skip


def _runs(lines: Iterable[dict[str, Any]]) -> tuple[list[LoggedRun], list[LoggedRun]]:
    """The runs that are over, by their end, and those of which no end was heard.

    Lines of two runs may be mixed: one that finds the lock held fails while the other goes on. The
    lock is held by whoever writes that it has begun, or has a run_id: others that had it are dead.
    """
    over: list[LoggedRun] = []
    heard: dict[str, _Heard] = {}
    for line in lines:
        step, outcome, run_id = line["step"], line["outcome"], _text(line, "run_id") or ""
        if step == ALERT:
            continue
        began = outcome == BEGUN
        if began or (run_id and run_id not in heard):
            own = None if began else heard.pop("", None)
            over += [each.ended() for each in heard.values() if each.held]
            heard = {run_id: own} if own else {}
        run = heard.setdefault(run_id, _Heard(line["at"], line["at"]))
        run.run_id, run.heard_at = run_id or None, line["at"]
        run.held = run.held or began or bool(run_id)
        if step != RUN:
            run.failed.pop(step, None)
            if outcome == "failed":
                run.failed[step] = None
            else:
                run.done = step
        elif outcome in ENDS:
            over.append(heard.pop(run_id).ended(line))
    return over, [each.ended() for each in heard.values() if each.held]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Lines of the log, the oldest first; what is none, such as a torn one, is passed over."""
    older = [path.with_name(f"{path.name}.{number}") for number in range(OLDER, 0, -1)]
    for file in (*older, path):
        try:
            text = file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        for each in text.split("\n"):
            try:
                line = json.loads(each)
                at = datetime.fromisoformat(line["at"])
                known = isinstance(line["step"], str) and isinstance(line["outcome"], str)
            except (ValueError, TypeError, KeyError, RecursionError):
                continue
            if known:
                yield line | {"at": at if at.tzinfo else at.replace(tzinfo=UTC)}


def _text(line: dict[str, Any], key: str) -> str | None:
    value = line.get(key)
    return value if isinstance(value, str) else None


def _masked(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return "\n".join(plain(line) for line in mask_text(value).split("\n"))
