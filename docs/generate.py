"""Write docs/data_model.md, docs/settings.md and the facts of docs/formats from what declares them.

`python docs/generate.py` writes them; with `--check` it only says whether they are stale.
"""

from __future__ import annotations

import os
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from docs import format_facts
from journeyflow import clashes, project, settings
from journeyflow.identity.types import DEFAULTS
from journeyflow.sources.formats import FORMATS
from journeyflow.warehouse.models import LAYERS, Model, load_models
from journeyflow.warehouse.run import run

DOCS = Path(__file__).parent
TYPES = {
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "VARCHAR": "text",
    "VARCHAR[]": "text[]",
    "MAP(VARCHAR, VARCHAR)": "map(text, text)",
}
PYTHON = {
    "stages": ("The stages of the settings, in order.", "one row per stage", "none"),
    "expected_journeys": (
        "The journeys that the company expects, by the settings.",
        "one row per journey and position",
        "`store.conformance` holds real ones against them",
    ),
    "personas": (
        "Groups of journeys that go alike, as the last full build found them.",
        "one row per persona, the largest first",
        "none where the finished journeys show no groups that last under resampling",
    ),
    "journey_personas": (
        "The persona of each journey.",
        "one row per journey",
        "fitted by the last full build; journeys since then are judged by the same groups",
    ),
    "kind_roles": (
        "The kinds of events that are complaints, or acts of advocacy, by the settings.",
        "one row per role and kind",
        "a kind of any source has no source",
    ),
    "calendars": (
        "Whose working time which calendar of the settings tells.",
        "one row per calendar and owner",
        "empty where the settings name no calendars",
    ),
    "working_hours": (
        "The hours of the calendars, over the time that the events span.",
        "one row per calendar and uninterrupted hours",
        "between two moments that much is worked as lies between their places in these rows",
    ),
    "project": ("What this store is and how it was judged.", "one row", "none"),
    "warnings": (
        "What an analyst should know of this run, although nothing in it is wrong.",
        "one row per warning",
        "`journeyflow run` prints the same",
    ),
    "runs": ("Every run that published.", "one row per run", "counts are of the files it read"),
}
SETTINGS_INTRO = """\
# Settings

All settings of a project stand in its `journeyflow.toml`. An unknown key is an error, and all
faults are told at once. Durations are text with a unit: `30s`, `30m`, `12h`, `14d`, `2w`.

Two things of a machine stand in its environment: `JOURNEYFLOW_SECRET`, a key in place of
`warehouse/secret.key`, and `JOURNEYFLOW_MEMORY_LIMIT` (`2GB`), the memory that DuckDB may use
before it spills to disk; without it a sixth of what DuckDB would take, from 1,050 to 3,000 MB.

This page is generated from the settings' types by `docs/generate.py`.
"""
MODEL_INTRO = """\
# Data model

The tables of the published store, schema `main`. Times are `timestamptz` in UTC, durations
seconds, money `decimal(18,2)` in the project's currency. Tables marked *monthly* have siblings in
the schema `monthly` with a first column `month`: journeys by the month in which they began,
conversions and costs by their own.

This page is generated from the headers of the files in `sql/` by `docs/generate.py`.
"""


def data_model() -> str:
    """The page about the published tables."""
    meanings: dict[str, str] = tomllib.loads((DOCS / "columns.toml").read_text("utf-8"))["columns"]
    models = {m.name: m for layer in LAYERS[1:] for m in load_models(layer)}
    parts = [MODEL_INTRO]
    for table, columns in _published().items():
        parts.append(_table(table, columns, models.get(table), meanings))
    return "\n".join(parts)


def _table(
    table: str, columns: list[tuple[str, str]], model: Model | None, meanings: dict[str, str]
) -> str:
    if model is None:
        purpose, grain, note = PYTHON[table]
    else:
        purpose, grain, note = (model.header[each] for each in ("purpose", "grain", "note"))
    monthly = ", *monthly*" if model and model.monthly else ""
    lines = [f"## {table}\n", f"{purpose} {grain[0].upper()}{grain[1:]}{monthly}.\n"]
    if note != "none":
        lines.append(f"{note[0].upper()}{note[1:].rstrip('.')}.\n")
    if model is not None:
        lines.append(f"Made by `sql/{model.layer}/{model.name}.sql`.\n")
    lines += ["| column | type | meaning |", "|---|---|---|"]
    for name, kind in columns:
        meaning = meanings.get(f"{table}.{name}") or meanings[name]
        lines.append(f"| {name} | {TYPES.get(kind, kind.lower())} | {meaning} |")
    return "\n".join(lines) + "\n"


def _published() -> dict[str, list[tuple[str, str]]]:
    """Tables and columns of a store that a run over one event has published."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "events.csv").write_text("at,what,who\n2026-01-01T00:00:00Z,visit,a1\n")
        Path(folder, project.SETTINGS_FILE).write_text(
            '[project]\nname = "docs"\ntimezone = "UTC"\ncurrency = "EUR"\n'
            '[[sources]]\nname = "events"\nformat = "table"\nfiles = "events.csv"\n'
            '[sources.columns]\noccurred_at = "at"\nkind = "what"\n'
            '[sources.identifiers]\nuser_id = "who"\n'
        )
        store = run(folder).store
        with duckdb.connect(str(store), read_only=True) as con:
            rows = con.execute(
                "select table_name, column_name, data_type from duckdb_columns() "
                "where schema_name = 'main' and not internal order by table_name, column_index"
            ).fetchall()
    tables: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in rows:
        tables.setdefault(table, []).append((column, kind))
    return tables


def settings_page() -> str:
    """The page about journeyflow.toml."""
    parts = [SETTINGS_INTRO]
    for name, kind in project.TABLES.items():
        parts.append(_section(f"[{name}]", kind))
    for name, kind in project.LISTS.items():
        parts.append(_section(f"[[{name}]]", kind))
        if name == "sources":
            parts.append(_section("[[sources.questions]]", settings.Question))
    parts.append(_formats())
    parts.append(_identifier_types())
    return "\n".join(parts)


def _section(title: str, kind: type[settings.Settings]) -> str:
    about = (kind.__doc__ or "").partition(": ")[2] or (kind.__doc__ or "")
    lines = [f"## {title}\n", f"{about[0].upper()}{about[1:]}\n"]
    lines += ["| key | default | meaning |", "|---|---|---|"]
    for name, field in kind.model_fields.items():
        default = "required" if field.is_required() else _spelled(field.default)
        shown = "max_…_per_…" if name == "limits" else name
        lines.append(f"| {shown} | {default} | {' '.join((field.description or '').split())} |")
    return "\n".join(lines) + "\n"


def _spelled(value: Any) -> str:
    if value in (None, (), {}, ""):
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if hasattr(value, "total_seconds"):
        seconds = int(value.total_seconds())
        for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
            if seconds % size == 0:
                return f'`"{seconds // size}{unit}"`'
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}"[:40] + "`"


def _formats() -> str:
    lines = ["## Formats\n", "| format | what it is | columns to map (required in bold) |"]
    lines.append("|---|---|---|")
    for each in FORMATS.values():
        columns = ", ".join(f"**{c}**" if c in each.required else c for c in each.columns)
        if each.shape == "columns":
            columns += "".join(f"; one of {' and '.join(group)}" for group in each.either)
        else:
            columns = f"its own; may be said: {columns}" if columns else "its own"
        lines.append(f"| {each.name} | {each.describes} | {columns} |")
    fields = ", ".join(f"`{each}`" for each in clashes.RULE_FIELDS)
    lines.append(f"\nFields that rules (`when`) may name: {fields}, `attributes.<name>`.")
    return "\n".join(lines) + "\n"


def _identifier_types() -> str:
    lines = ["## Identifier types\n", "Types outside this list attach only.\n"]
    lines += ["| class | types |", "|---|---|"]
    for kind in ("merge", "attach", "context"):
        names = ", ".join(name for name, value in DEFAULTS.items() if value == kind)
        lines.append(f"| {kind} | {names} |")
    return "\n".join(lines) + "\n"


def pages() -> Iterator[tuple[Path, str]]:
    """Every generated page."""
    yield DOCS / "data_model.md", data_model()
    yield DOCS / "settings.md", settings_page()
    yield from format_facts.pages()


def main() -> int:
    """Write the pages, or tell which are stale."""
    stale = []
    for path, text in pages():
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(path)
            if "--check" not in sys.argv:
                path.write_text(text, "utf-8")
    if "--check" in sys.argv and stale:
        sys.stderr.write(f"stale: {', '.join(map(str, stale))}; run python docs/generate.py\n")
        return 1
    return 0


if __name__ == "__main__":
    os.environ.setdefault("JOURNEYFLOW_SECRET", "only for a store of one invented row")
    sys.exit(main())
