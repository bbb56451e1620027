"""A run in a throw-away folder: the real reader and the real models, and nothing is kept."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from journeyflow.errors import DataError
from journeyflow.identity.keys import Secret
from journeyflow.project import Project
from journeyflow.settings import Checks
from journeyflow.sources.companions import list_files
from journeyflow.warehouse.database import writer
from journeyflow.warehouse.ledger import land_sound_files
from journeyflow.warehouse.pending import PendingFile
from journeyflow.warehouse.plan import make_plan
from journeyflow.warehouse.run import Run

KEY_BYTES = 32


@dataclass
class Rehearsal:
    """The state of a rehearsed run; `faults`: source -> file that could not be read -> why."""

    run: Run
    faults: dict[str, dict[str, DataError]] = field(default_factory=dict)

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
def rehearse(project: Project, files: Mapping[str, Mapping[str, Path]]) -> Iterator[Rehearsal]:
    """Land files into databases of a temporary folder.

    `files`: source -> name that messages call a file by (relative, with slashes) -> its path.
    Files that cannot be read at all are in `faults`; rejected rows never fail a file here.
    Identifiers are hashed with a key that is forgotten afterwards.
    """
    with tempfile.TemporaryDirectory(prefix="journeyflow-check-") as folder:
        stage = Path(folder).resolve()
        staged = replace(project, directory=stage, checks=Checks(max_reject_share=1))
        secret = Secret(secrets.token_bytes(KEY_BYTES), "a rehearsal")
        with writer(stage, secret) as con:
            now = datetime.now(UTC)
            rehearsal = Rehearsal(Run(con, staged, secret, "check", 1, now, lambda _: None))
            for source in project.sources:
                for path in chain(*list_files(project.directory, source).values()):
                    _copy(stage / path.relative_to(project.directory), path)
                pending = []
                for name, path in files[source.name].items():
                    link = stage / name
                    _link(link, path)
                    pending.append(PendingFile(source, link, name, "check", now))
                rehearsal.faults[source.name] = land_sound_files(
                    con, staged, secret, pending, 1, rehearsal.run.progress
                )
            yield rehearsal


def _link(link: Path, path: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.exists():  # two sources may read one file
        link.symlink_to(path.resolve())


def _copy(target: Path, path: Path) -> None:
    """Put a list of names there: it is looked for by pattern, which finds no links to elsewhere."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    shutil.copyfile(path, target)
