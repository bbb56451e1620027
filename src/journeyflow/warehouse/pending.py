"""What a run must read: new files, those whose reading settings changed, those come again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from journeyflow.errors import SettingsError
from journeyflow.project import Project, source_files
from journeyflow.settings import KEYS_OF_FORMATS, Source
from journeyflow.sources.files import content_hash, delivery_of


@dataclass(frozen=True)
class Earlier:
    """What the ledger knows of a file that was read before."""

    reading: str
    file_id: int
    file: str
    arrived_at: datetime
    run_number: int
    delivered: int


@dataclass(frozen=True)
class PendingFile:
    """A file to read: new, or read before by settings that have changed since (`earlier`)."""

    source: Source
    path: Path
    content_hash: str
    reading: str
    arrived_at: datetime
    earlier: Earlier | None = None


def reading_fingerprint(project: Project, source: Source) -> str:
    """Hash of all settings that decide what a row of this source's files becomes."""
    reading = source.model_dump(
        include={
            "format",
            "timezone",
            "encoding",
            "delimiter",
            "decimal",
            "time_format",
            "skip_rows",
            "null_values",
            "columns",
            "identifiers",
            "attributes",
        }
    )
    # One column is told as it was before there could be several: files are not read again for that.
    reading["identifiers"] = {
        name: columns[0] if len(columns) == 1 else columns
        for name, columns in source.identifiers.items()
    }
    # Keys that came later count where they stand, for the same reason.
    later = source.model_dump(include={*KEYS_OF_FORMATS})
    reading |= {key: value for key, value in later.items() if value or value is False}
    zone = source.timezone or project.project.timezone
    currencies = sorted([project.project.currency, *project.currency.rates])
    parts = (sorted(reading.items()), zone, currencies, project.identity.region)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def pending_files(
    con: duckdb.DuckDBPyConnection, project: Project, run_number: int
) -> list[PendingFile]:
    """List what must be read, by source and path; note what was delivered once more.

    Raises SettingsError where settings of reading changed and files that would have to be
    read again are gone: before anything is touched.
    """
    pending: list[PendingFile] = []
    gone = _unknown_to_the_ledger(con, project)
    again: list[int] = []
    # A clock that was set back must not make events of today look like plans for the future.
    (latest,) = con.execute("select max(arrived_at) from private.ledger").fetchall()[0]
    now = max(datetime.now(UTC), latest) if latest else datetime.now(UTC)
    looked = _Looked(con, project)
    for source in project.sources:
        reading = reading_fingerprint(project, source)
        known = {
            digest: Earlier(*entry)
            for digest, *entry in con.execute(
                "select content_hash, reading, file_id, file, arrived_at, run_number, delivered "
                "from private.ledger where source = $source",
                {"source": source.name},
            ).fetchall()
        }
        present: dict[str, Path] = {}
        fresh: set[str] = set()
        for path in source_files(project, source):
            digest, is_fresh = looked.at(path)
            present.setdefault(digest, path)
            if is_fresh:
                fresh.add(digest)
        # Where a part came anew, those parts that did not change came with it.
        renewed = {
            delivery_of(looked.name(present[digest]))
            for digest in fresh
            if digest not in known or looked.holds(known[digest].file, digest)
        }
        if not present and not known:
            message = f"source {source.name!r}: no file matches {', '.join(source.files)}"
            raise SettingsError(message, f"looked in {project.directory}")
        for digest, path in present.items():
            earlier = known.get(digest)
            if earlier is None:
                pending.append(PendingFile(source, path, digest, reading, now))
                continue
            # A copy beside the file, or the file's own text come back, is a delivery: what it
            # says is the latest word again. A file that only moved is none.
            whole = delivery_of(looked.name(path))
            if whole in renewed and looked.holds(earlier.file, digest):
                again.append(earlier.file_id)
                earlier = replace(earlier, delivered=run_number)
            if earlier.reading != reading:
                pending.append(
                    PendingFile(source, path, digest, reading, earlier.arrived_at, earlier)
                )
        gone += [
            f"{earlier.file} (source {source.name!r})"
            for digest, earlier in known.items()
            if earlier.reading != reading and digest not in present
        ]
    if gone:
        listing = "\n".join(f"  - {each}" for each in sorted(gone))
        message = f"files have to be read again, and these are gone:\n{listing}"
        hint = (
            "put the files back, or undo the change of the settings; to do without them, move "
            "the folder warehouse away and run anew"
        )
        raise SettingsError(message, hint)
    looked.remember()
    con.execute(
        "update private.ledger set delivered = $run "
        "where list_contains($again::integer[], file_id)",
        {"run": run_number, "again": again},
    )
    return pending


def _unknown_to_the_ledger(con: duckdb.DuckDBPyConnection, project: Project) -> list[str]:
    """Files of which the tables were made, but neither ledger nor project knows them any more.

    They stand there when private.duckdb was lost or brought back from a backup.
    """
    known = con.execute(
        "select 1 from duckdb_tables() where database_name = 'warehouse' "
        "and schema_name = 'main' and table_name = 'files'"
    ).fetchall()
    if not known:
        return []
    return [
        f"{file} (source {source!r})"
        for source, file in con.execute(
            "select distinct source, file from warehouse.main.files "
            "anti join private.ledger using (source, file) order by all"
        ).fetchall()
        if not (project.directory / file).is_file()
    ]


class _Looked:
    """What lies at which path now, and whether something else lay there at the last look."""

    def __init__(self, con: duckdb.DuckDBPyConnection, project: Project) -> None:
        self.con, self.directory = con, project.directory
        self.before = {
            file: (size, mtime, digest)
            for file, size, mtime, digest in con.execute(
                "select file, size, mtime_ns, content_hash from private.seen_files"
            ).fetchall()
        }
        self.now: dict[str, tuple[int, int, str]] = {}

    def name(self, path: Path) -> str:
        """The path as the ledger names it."""
        return path.relative_to(self.directory).as_posix()

    def at(self, path: Path) -> tuple[str, bool]:
        """The hash of the file's content, and whether this content is new at this path.

        A file is hashed once; as long as its size and time stay, so does its hash.
        """
        name = self.name(path)
        before = self.before.get(name)
        if name not in self.now:
            stat = path.stat()
            size, mtime = stat.st_size, stat.st_mtime_ns
            same = before is not None and before[:2] == (size, mtime)
            digest = before[2] if before and same else content_hash(path)
            self.now[name] = (size, mtime, digest)
        digest = self.now[name][2]
        return digest, before is None or before[2] != digest

    def holds(self, name: str, digest: str) -> bool:
        """Whether the file `name` of a source has this content now."""
        return name in self.now and self.now[name][2] == digest

    def remember(self) -> None:
        """Keep what was seen for the next run."""
        rows = [(name, *seen) for name, seen in self.now.items() if self.before.get(name) != seen]
        if rows:
            self.con.executemany(
                "insert or replace into private.seen_files values ($1, $2, $3, $4)", rows
            )
