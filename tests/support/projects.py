"""Project folders from literal events, run for real, and what they published.

project = Project(tmp_path, settings(conversions=["purchase"]))
project.write("exports/site/1.csv", [{"id": "a", "ts": "2025-03-01T10:00:00Z", …}])
project.run()
project.rows("journeys")
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import hypothesis
import pandas as pd

import journeyflow as jf
from journeyflow.settings_analyses import ANALYSES

OPENED: dict[str, Any] = {"autoinstall_known_extensions": "false"}
SECRET = "the secret of every test project"
Row = dict[str, Any]

EXAMPLES = os.environ.get("JOURNEYFLOW_RUN_EXAMPLES")


def few(examples: int) -> hypothesis.settings:
    """A run costs about half a second, so few but rich examples; a failing one is shown as it is.

    For more of them: JOURNEYFLOW_RUN_EXAMPLES=200; for smaller ones: JOURNEYFLOW_SHRINK=1.
    """
    hidden = set() if os.environ.get("JOURNEYFLOW_SHRINK") else {hypothesis.Phase.shrink}
    return hypothesis.settings(
        max_examples=int(EXAMPLES or examples),
        deadline=None,
        print_blob=True,
        phases=[phase for phase in hypothesis.Phase if phase not in hidden],
        suppress_health_check=list(hypothesis.HealthCheck),
    )


def having(*analyses: str) -> dict[str, Any]:
    """The table of settings by which runs make these analyses and no others."""
    return {"analyses": {"skip": sorted(ANALYSES.keys() - {*analyses})}}


EVERYTHING = having(*ANALYSES)
#: The same in a settings file that others wrote.
LEAN = f"\n[analyses]\nskip = {sorted(ANALYSES)!r}\n"
COLUMNS = {
    "event_id": "id", "occurred_at": "ts", "kind": "kind", "channel": "channel",
    "touchpoint": "touchpoint", "stage": "stage", "value": "value", "sequence": "seq",
}  # fmt: skip
IDENTIFIERS = {name: name for name in ("cookie", "email", "user_id", "order_id", "deal_id")}
#: Where a row carries two of a type; no source maps them unless it says so.
TWINS = {name: f"{name}_2" for name in ("cookie", "email", "user_id")}


def source(name: str = "site", **options: Any) -> Row:
    """A `[[sources]]` table of format `table` with the columns above."""
    return {
        "name": name, "format": "table", "files": [f"exports/{name}/*.csv"], "timezone": "UTC",
        "sessions": name == "site", "columns": dict(COLUMNS), "identifiers": dict(IDENTIFIERS),
    } | options  # fmt: skip


def settings(*sources: Row, **tables: Any) -> Row:
    """The whole document; tables that are given replace the plain ones.

    Runs leave out what few tests are about and all would pay for; `**EVERYTHING` brings it
    back, `**having("waits")` a part of it.
    """
    return {
        "project": {"name": "Kitchens", "timezone": "UTC", "currency": "EUR"},
        "sources": list(sources) or [source()],
        **having(),
    } | tables


def toml(document: Mapping[str, Any]) -> str:
    """The document as TOML: every table on lines of its own, what is in them inline."""
    lines: list[str] = []
    for name, value in document.items():
        listed = isinstance(value, list)
        for table in value if listed else [value]:
            lines.append(f"[[{name}]]" if listed else f"[{name}]")
            lines += [f"{_inline(key)} = {_inline(each)}" for key, each in table.items()]
    return "\n".join(lines) + "\n"


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_inline(key)} = {_inline(each)}" for key, each in value.items())
        return "{ " + pairs + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def csv_text(rows: Sequence[Row], columns: Iterable[str] | None = None) -> str:
    """Rows as CSV; what a row leaves out is an empty cell."""
    names = list(columns or dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: "" if v is None else v for k, v in row.items()} for row in rows)
    return text.getvalue()


@dataclass
class Project:
    """A project folder. Files take all the mapped columns, whatever their rows leave out."""

    folder: Path
    settings: Row | str = field(default_factory=settings)
    secret: str = SECRET
    _open: tuple[Path, duckdb.DuckDBPyConnection] | None = None

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.set(self.settings)

    def set(self, document: Row | str) -> None:
        """Write journeyflow.toml."""
        self.settings = document
        text = document if isinstance(document, str) else toml(document)
        (self.folder / "journeyflow.toml").write_text(text, encoding="utf-8")

    def write(self, file: str, rows: Sequence[Row] | str | bytes) -> Path:
        """Write one export: rows as CSV, or its very text or bytes."""
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(rows, bytes):
            path.write_bytes(rows)
        elif isinstance(rows, str):
            path.write_text(rows, encoding="utf-8")
        else:
            path.write_text(
                csv_text(rows, [*COLUMNS.values(), *IDENTIFIERS, *TWINS.values(), "export"]),
                encoding="utf-8",
            )
        return path

    def run(self, **options: Any) -> jf.RunResult:
        """Run under this project's secret, whatever the environment says."""
        with hidden_secret(self.secret):
            return jf.run(self.folder, **options)

    def query(self, sql: str) -> list[Row]:
        """Rows of the newest published store, values as DuckDB gives them."""
        newest = max((self.folder / "published").glob("journeys-*.duckdb"))
        if self._open is None or self._open[0] != newest:
            # As the library opens it: one process opens a file in one way only.
            con = duckdb.connect(str(newest), read_only=True, config=OPENED)
            con.execute("set TimeZone = 'UTC'")
            self._open = newest, con
        found = self._open[1].execute(sql)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def copied(self, folder: Path) -> Project:
        """The project as it stands in another folder: to go on with what others only read."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Project(folder, self.settings, self.secret)

    def rows(self, table: str) -> list[Row]:
        return self.query(f"select * from {table} order by all")

    def of(self, event_id: str, table: str, order: str = "all") -> list[Row]:
        """Rows of a table that are of the person whose event this is."""
        who = f"(select person_id from events where event_id = '{event_id}')"
        return self.query(f"from {table} where person_id = {who} order by {order}")

    def frame(self, table: str) -> pd.DataFrame:
        """A published table; money stays decimal."""
        return pd.DataFrame(self.rows(table), dtype=object)

    def places(self) -> list[tuple[Any, ...]]:
        """Where each event stands, as the writer keeps it for the nights to come."""
        private = str(self.folder / "warehouse/private.duckdb")
        with duckdb.connect(private, read_only=True) as con:
            return con.execute(
                "select * exclude (ref) from work.event_places order by all"
            ).fetchall()

    def warnings(self) -> list[str]:
        """What the last run warned of, but for that no rule says what a conversion is."""
        found = [each["warning"] for each in self.rows("warnings")]
        return [each for each in found if not each.startswith("no rule says what a conversion")]

    def tables(self, *without: str) -> dict[str, list[Row]]:
        """Every published table, `schema.name` -> rows, but for what tells runs apart."""
        found = self.query(
            "select table_schema as s, table_name as t from information_schema.tables "
            "where table_schema in ('main', 'monthly') order by all"
        )
        names = [f"{each['s']}.{each['t']}" for each in found]
        hidden = {"main.runs", "main.project", "main.person_history", "main.restatements", *without}
        hidden |= {"main.personas", "main.journey_personas"}  # dated: fitted by full builds alone
        return {name: self.rows(name) for name in names if name not in hidden}


class hidden_secret:  # noqa: N801 - reads as a function does
    """Set JOURNEYFLOW_SECRET for a while."""

    def __init__(self, secret: str | None) -> None:
        self.secret = secret

    def __enter__(self) -> None:
        self.before = os.environ.pop("JOURNEYFLOW_SECRET", None)
        if self.secret is not None:
            os.environ["JOURNEYFLOW_SECRET"] = self.secret

    def __exit__(self, *_: object) -> None:
        os.environ.pop("JOURNEYFLOW_SECRET", None)
        if self.before is not None:
            os.environ["JOURNEYFLOW_SECRET"] = self.before


def assert_same_tables(one: dict[str, list[Row]], other: dict[str, list[Row]]) -> None:
    """Ids, counts, times, text and money exactly, doubles to 1e-9 relative."""
    assert one.keys() == other.keys()
    for name, rows in one.items():
        assert_same_rows(rows, other[name], name)


def assert_same_rows(one: list[Row], other: list[Row], name: str = "rows") -> None:
    left, right = sorted(one, key=_exact), sorted(other, key=_exact)
    here, there = [_exact(row) for row in left], [_exact(row) for row in right]
    assert here == there, f"{name}: {_differences(here, there)}"
    for a, b in zip(left, right, strict=True):
        for column, value in a.items():
            if isinstance(value, float):
                close = math.isclose(value, b[column], rel_tol=1e-9, abs_tol=1e-12)
                assert close or (math.isnan(value) and math.isnan(b[column])), (name, column, a, b)


def _exact(row: Row) -> str:
    return repr([(k, "a double" if isinstance(v, float) else v) for k, v in row.items()])


def _differences(one: list[str], other: list[str]) -> str:
    only_one = [row for row in one if row not in other][:3]
    only_other = [row for row in other if row not in one][:3]
    return f"only in the first {only_one}; only in the second {only_other}"


def lean(folder: Path) -> Path:
    """The project folder, of which runs leave out what few tests are about."""
    with (folder / "journeyflow.toml").open("a", encoding="utf-8") as settings_file:
        settings_file.write(LEAN)
    return folder


def published(folder: Path, rows: Sequence[Row] | Mapping[str, Sequence[Row]], *sources: Row,
              **tables: Any) -> Project:  # fmt: skip
    """A project that ran once: the rows of the source site, or of each source."""
    by_source = rows if isinstance(rows, Mapping) else {"site": rows}
    project = Project(
        folder, settings(*(sources or [source(name) for name in by_source]), **tables)
    )
    for name, content in by_source.items():
        project.write(f"exports/{name}/1.csv", content)
    project.run()
    return project


def row(who: str, when: str, kind: str = "page_view", **cells: Any) -> Row:
    """One row of cookie `who` at `when` of 2025 ("03-01 10:00:00", UTC)."""
    return {"cookie": who, "ts": f"2025-{when.replace(' ', 'T')}Z", "kind": kind, **cells}
