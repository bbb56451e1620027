"""Reading one export in a throw-away project, up to the rows that would be landed.

    with bench(tmp_path, format="ga4") as desk:
        read = desk.read("events.ndjson", text)
    assert read.rows[0]["kind"] == "page_view"

Identifiers in rows are keyed hashes; `Read.key` makes the hash of a normalised value.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from journeyflow.identity.keys import Secret, load_secret
from journeyflow.project import Project, load_project
from journeyflow.sources.landing import Landing, read_batch
from journeyflow.warehouse.database import writer
from tests.support.projects import LEAN

ARRIVED = datetime(2026, 11, 1, tzinfo=UTC)
Row = dict[str, Any]


@dataclass(frozen=True)
class Read:
    """What one file gave: sound rows, all faults found, and rows skipped by reason.

    `partly` are the lines of which only what they tell besides was rejected.
    """

    landing: Landing
    rows: list[Row]
    rejects: list[tuple[int, str | None, str | None, str]]
    skips: dict[str, int]
    partly: set[int]


@dataclass(frozen=True)
class Desk:
    """A project with one source, and the writer's connection."""

    project: Project
    con: duckdb.DuckDBPyConnection
    secret: Secret
    numbers: Iterator[int]

    def read(self, name: str, content: str | bytes) -> Read:
        """Write the file into a folder of its own below the project and read it.

        Raises what the run would: DataError where the file as a whole cannot be trusted.
        """
        (read,) = self.read_together({name: content})
        if read.landing.fault:
            raise read.landing.fault
        return read

    def read_together(self, files: Mapping[str, str | bytes]) -> list[Read]:
        """Read several files as one batch."""
        folder = self.project.directory / "exports" / str(next(self.numbers))
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        paths = [folder / name for name in files]
        source = self.project.sources[0]
        landings = read_batch(self.con, self.project, self.secret, source, paths, ARRIVED)
        return [self._read(place, landing) for place, landing in enumerate(landings)]

    def _read(self, place: int, landing: Landing) -> Read:
        of_file = f"where file_of(line) = {place}"
        rejects = self.con.execute(
            "select line_of(line), * exclude (line, partly) "
            f"from file_rejects {of_file} order by all"
        ).fetchall()
        skips = self.con.execute(
            f"select reason, rows from file_skips where place = {place}"
        ).fetchall()
        rows = self.query(
            f"select * replace (line_of(line) as line) from typed_rows {of_file} "
            "and len(faults) = 0 order by line, part"
        )
        keys: dict[tuple[int, int], dict[str, str]] = {}
        for line, part, type, key in self.con.execute(
            f"select line_of(line), part, type, key from row_identifiers {of_file} order by all"
        ).fetchall():
            keys.setdefault((line, part), {})[type] = key.hex
        for row in rows:
            row["identifiers"] = keys.get((row["line"], row["part"]), {})
        partly = self.con.execute(
            f"select distinct line_of(line) from file_rejects {of_file} and partly"
        ).fetchall()
        return Read(landing, rows, rejects, dict(skips), {line for (line,) in partly})

    def query(self, sql: str) -> list[Row]:
        """Rows as dictionaries."""
        cursor = self.con.execute(sql)
        names = [each[0] for each in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def key(self, type: str, value: str) -> str:
        """The keyed hash that stands for a normalised identifier."""
        return self.secret.key(type, value)


def settings_text(source: str, *, more: str = "", currency: str = "EUR") -> str:
    """A journeyflow.toml around the keys of one source."""
    return f"""
[project]
name = "Test"
timezone = "Europe/Moscow"
currency = "{currency}"
{more}
[[sources]]
name = "export"
files = "exports/**/*"
{source}
{LEAN}"""


@contextmanager
def bench(directory: Path, *, more: str = "", currency: str = "EUR", **keys: Any) -> Iterator[Desk]:
    """A project in `directory` whose one source has the given keys."""
    (directory / "exports").mkdir(parents=True, exist_ok=True)
    (directory / "exports" / "placeholder").write_text("x", encoding="utf-8")
    source = "\n".join(f"{key} = {_toml(value)}" for key, value in keys.items())
    text = settings_text(source, more=more, currency=currency)
    (directory / "journeyflow.toml").write_text(text, encoding="utf-8")
    project, secret = load_project(directory), load_secret(directory)
    with writer(project.directory, secret) as con:
        yield Desk(project, con, secret, itertools.count())


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(_toml(each) for each in value)}]"
    return json.dumps(value)


def identifiers(row: Row) -> dict[str, str]:
    """The keyed identifiers of a row by type."""
    found: dict[str, str] = row["identifiers"]
    return found
