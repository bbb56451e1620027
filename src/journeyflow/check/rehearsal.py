"""A run in a throw-away folder: the real reader and the real models, and nothing is kept."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import duckdb

from journeyflow.errors import DataError, JourneyflowError
from journeyflow.identity.keys import Secret
from journeyflow.project import Project
from journeyflow.settings import Checks, Source
from journeyflow.warehouse.database import writer
from journeyflow.warehouse.ledger import land_files
from journeyflow.warehouse.pending import PendingFile
from journeyflow.warehouse.plan import make_plan
from journeyflow.warehouse.run import Run

KEY_BYTES = 32


@dataclass(frozen=True)
class Rehearsed:
    """A file of a source under the name that messages call it by (relative, with slashes)."""

    source: Source
    name: str
    path: Path


@dataclass
class Rehearsal:
    """The state of a rehearsed run; `faults`: (file, source) that could not be read, and why."""

    run: Run
    faults: dict[tuple[str, str], JourneyflowError] = field(default_factory=dict)

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The connection with all that landed."""
        return self.run.con

    def build(self, *names: str) -> None:
        """Walk the plan as far as these steps and all that they are made from."""
        plan = {step.name: step for step in make_plan(self.run.project)}
        needed: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in plan and name not in needed:
                needed.add(name)
                waiting += plan[name].inputs
        for name, step in plan.items():
            if name in needed and step.group != "sources":
                step.run(self.run)


@contextmanager
def rehearse(project: Project, files: Iterable[Rehearsed]) -> Iterator[Rehearsal]:
    """Land the files into databases of a temporary folder.

    Files that cannot be read at all are in `faults`; rejected rows never fail a file here.
    Identifiers are hashed with a key that is forgotten afterwards.
    """
    with tempfile.TemporaryDirectory(prefix="journeyflow-check-") as folder:
        stage = Path(folder).resolve()
        staged = replace(project, directory=stage, checks=Checks(max_reject_share=1))
        secret = Secret(secrets.token_bytes(KEY_BYTES), "a rehearsal")
        with writer(stage, secret) as con:
            now = datetime.now(UTC)
            run = Run(con, staged, secret, "check", 1, now, lambda _: None)
            rehearsal = Rehearsal(run)
            groups: dict[str, list[PendingFile]] = {}
            for each in files:
                link = stage / _inside(each.name)
                link.parent.mkdir(parents=True, exist_ok=True)
                if not link.exists():  # two sources may read one file
                    link.symlink_to(each.path.resolve())
                pending = PendingFile(each.source, link, each.name, "check", now)
                groups.setdefault(each.source.name, []).append(pending)
            for source, group in groups.items():
                for name, fault in _land(run, group).items():
                    rehearsal.faults[name, source] = fault
            yield rehearsal


def _land(run: Run, group: list[PendingFile]) -> dict[str, JourneyflowError]:
    """Land the files of one source together; those that fail again, each for its own reason."""
    try:
        land_files(run.con, run.project, run.secret, group, run.run_number, run.progress)
    except DataError as fault:
        landed = {
            name
            for (name,) in run.con.execute(
                "select content_hash from private.ledger where source = $source",
                {"source": group[0].source.name},
            ).fetchall()
        }
        failed = [each for each in group if each.content_hash not in landed]
        if len(failed) == 1:
            return {failed[0].content_hash: fault}
        return {name: each for one in failed for name, each in _land(run, [one]).items()}
    return {}


def _inside(name: str) -> PurePosixPath:
    """The name without anything that leads out of the folder."""
    return PurePosixPath(*(part for part in PurePosixPath(name).parts if part not in ("/", "..")))
