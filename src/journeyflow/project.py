"""A project folder: journeyflow.toml read into frozen settings, all faults told at once."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from journeyflow import settings as s
from journeyflow.errors import SettingsError
from journeyflow.sources.files import matching_files
from journeyflow.sources.formats import FORMATS

SETTINGS_FILE = "journeyflow.toml"
RESERVED = {
    "schedule", "alerts", "targets", "calendar", "changes", "actions", "guesses", "maps",
    "segments",
}  # fmt: skip
TABLES: dict[str, type[s.Settings]] = {
    "project": s.ProjectTable,
    "identity": s.Identity,
    "sites": s.Sites,
    "bots": s.Bots,
    "checks": s.Checks,
    "sessions": s.Sessions,
    "journeys": s.Journeys,
    "attribution": s.Attribution,
    "currency": s.Currency,
}
LISTS: dict[str, type[s.Settings]] = {
    "sources": s.Source,
    "stages": s.Stage,
    "touchpoints": s.Touchpoint,
    "conversions": s.ConversionRule,
    "losses": s.ConversionRule,
}
RULE_FIELDS = (
    "source", "kind", "path", "host", "touchpoint", "stage", "channel", "utm_source", "utm_medium",
    "utm_campaign", "direction", "answered", "device", "region", "product", "owner", "first",
)  # fmt: skip
MOMENTS = ("occurred_at", "responded_at")  # whose date and time may stand in two columns
INNER = ("]", ")", "Constant", "str")
EXPECTED = {
    "tuple_type": 'expected a list such as ["purchase"]',
    "dict_type": "expected a table of keys",
    "string_type": "expected text in quotes",
    "bool_parsing": "expected true or false",
    "int_parsing": "expected a whole number",
}
PATTERNS = {
    s.CURRENCY: 'expected three capital letters such as "EUR"',
    r"^[A-Z]{2}$": 'expected a country of two capital letters such as "DE"',
    r"^[A-Za-z0-9_][A-Za-z0-9_-]*$": "expected letters, digits, _ and -",
}
T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class Project:
    """A project folder and everything its journeyflow.toml says."""

    directory: Path
    project: s.ProjectTable
    sources: tuple[s.Source, ...] = ()
    identity: s.Identity = field(default_factory=s.Identity)
    sites: s.Sites = field(default_factory=s.Sites)
    bots: s.Bots = field(default_factory=s.Bots)
    checks: s.Checks = field(default_factory=s.Checks)
    sessions: s.Sessions = field(default_factory=s.Sessions)
    journeys: s.Journeys = field(default_factory=s.Journeys)
    attribution: s.Attribution = field(default_factory=s.Attribution)
    currency: s.Currency = field(default_factory=s.Currency)
    stages: tuple[s.Stage, ...] = ()
    touchpoints: tuple[s.Touchpoint, ...] = ()
    conversions: tuple[s.ConversionRule, ...] = ()
    losses: tuple[s.ConversionRule, ...] = ()


def load_project(directory: Path | str, text: str | None = None) -> Project:
    """Read `directory`/journeyflow.toml; raise one SettingsError that lists every fault.

    `text` is read in place of the file, to judge it before it is written.
    """
    directory = Path(directory).resolve()
    document = read_settings(directory, text)
    if document is None:
        message = f"{directory}: no {SETTINGS_FILE} here"
        raise SettingsError(message, "make a project with `journeyflow init DIR`")
    faults: list[str] = []
    parts: dict[str, Any] = {}
    for key, value in document.items():
        if key in TABLES:
            parts[key] = _one(TABLES[key], value, f"[{key}]", faults)
        elif key in LISTS:
            parts[key] = tuple(_many(LISTS[key], value, key, faults))
        elif key in RESERVED:
            faults.append(f"[{key}]: reserved for a later version and not read by this one")
        else:
            faults.append(f"{key}: unknown table{_nearest(key, TABLES | LISTS)}")
    if "project" not in document:
        faults.append("[project]: missing; expected at least name, timezone and currency")
    if not document.get("sources"):
        faults.append(
            "[[sources]]: missing; `journeyflow check FILE --write` adds one for an export"
        )
    faults += _clashes(document, directory)
    if faults:
        listing = "\n".join(f"  - {fault}" for fault in faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        message = f"{directory / SETTINGS_FILE}: {count}\n{listing}"
        raise SettingsError(message, "correct them all, then run `journeyflow check`")
    return Project(directory, **{key: value for key, value in parts.items() if value is not None})


def source_files(project: Project, source: s.Source) -> list[Path]:
    """The files that lie below the project and that the source means, each once, by path."""
    return sorted(
        {path for each in source.files for path in matching_files(project.directory, each)}
    )


def read_settings(directory: Path, text: str | None = None) -> dict[str, Any] | None:
    """The tables of `directory`/journeyflow.toml (or of `text`), unjudged; None without a file.

    Raises SettingsError where they are no TOML.
    """
    path = directory / SETTINGS_FILE
    if text is None and not path.is_file():
        return None
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig") if text is None else text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        message = f"{path}: not valid TOML: {fault}"
        raise SettingsError(message, "look for a missing quote, bracket or comma there") from fault


def project_table(**values: str) -> s.ProjectTable:
    """The `[project]` table with these values; raises one SettingsError for all their faults."""
    faults: list[str] = []
    table = _one(s.ProjectTable, values, "[project]", faults)
    if table is None:
        raise SettingsError(
            "; ".join(faults), "a zone such as Europe/Berlin, a currency such as EUR"
        )
    return table


def _one(kind: type[T], value: object, place: str, faults: list[str]) -> T | None:
    if not isinstance(value, dict):
        faults.append(f"{place}: expected a table, found {type(value).__name__}")
        return None
    try:
        return kind.model_validate(value)
    except ValidationError as fault:
        faults += [_sentence(kind, place, each) for each in fault.errors(include_url=False)]
        return None


def _many(kind: type[T], value: object, key: str, faults: list[str]) -> Iterator[T]:
    if not isinstance(value, list):
        faults.append(f"{key}: expected [[{key}]] tables, found {type(value).__name__}")
        return
    for number, item in enumerate(value, start=1):
        name = item.get("name") if isinstance(item, dict) else None
        made = _one(kind, item, f"[[{key}]] {number}{f' ({name})' if name else ''}", faults)
        if made is not None:
            yield made


def _sentence(kind: type[BaseModel], place: str, fault: Any) -> str:
    # Positions inside a union or a validator are the library's, not the file's.
    path = ".".join(str(part) for part in fault["loc"] if not str(part).endswith(INNER))
    if fault["type"] == "extra_forbidden":
        return f"{place} {path}: unknown key{_nearest(path, kind.model_fields)}"
    if fault["type"] == "missing":
        return f"{place} {path}: missing"
    expected = EXPECTED.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")
    expected = PATTERNS.get(fault.get("ctx", {}).get("pattern"), expected)
    found = "" if "found" in expected else f", found {fault['input']!r}"
    return f"{place} {path}: {expected}{found}"


def _nearest(word: str, choices: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(choices), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _clashes(document: dict[str, Any], directory: Path) -> list[str]:
    """Faults that need more than one value: names, files, mappings, stages, rules."""
    sources = _tables(document, "sources")
    faults = [
        f"[[{key}]]: the name {name!r} stands {count} times; names must differ"
        for key in ("sources", "stages", "conversions", "losses")
        for name, count in _repeats(_tables(document, key))
    ]
    alike = [str(each.get("name", "")).replace("-", "_").lower() for each in sources]
    faults += [
        f"[[sources]]: {alike.count(name)} names differ from {name!r} only in case, - and _"
        for name in dict.fromkeys(alike)
        if alike.count(name) > 1 and not any(f"{name!r} stands" in fault for fault in faults)
    ]
    for number, source in enumerate(sources, start=1):
        place = f"[[sources]] {number} ({source.get('name', 'no name')})"
        faults += _source_faults(source, place, directory)
    stages = {each.get("name") for each in _tables(document, "stages")}
    for number, rule in enumerate(_tables(document, "touchpoints"), start=1):
        stage = rule.get("stage")
        if stage is not None and stage not in stages:
            hint = _nearest(str(stage), (str(each) for each in stages))
            faults.append(f"[[touchpoints]] {number} stage: no stage is named {stage!r}{hint}")
    for key in ("touchpoints", "conversions", "losses"):
        for number, rule in enumerate(_tables(document, key), start=1):
            when = rule.get("when")
            for name in when if isinstance(when, dict) else ():
                if name not in RULE_FIELDS and not name.startswith("attributes."):
                    hint = _nearest(name, RULE_FIELDS)
                    faults.append(f"[[{key}]] {number} when.{name}: unknown field{hint}")
    return faults + _journey_faults(document, {str(each.get("name")) for each in sources})


def _source_faults(source: dict[str, Any], place: str, directory: Path) -> list[str]:
    faults = []
    name = source.get("format")
    known = FORMATS.get(name) if isinstance(name, str) else None
    if name is not None and known is None:
        near = _nearest(str(name), FORMATS)
        faults.append(f"{place} format: unknown {name!r}{near}; known: {', '.join(FORMATS)}")
    columns = source.get("columns", {})
    if known is not None and isinstance(columns, dict):
        if known.shape == "columns":
            missing = [each for each in known.required if each not in columns]
            faults += [f"{place} columns.{each}: missing; it is required" for each in missing]
            faults += [
                f"{place} columns.{each}: expected one column; only a moment may be a list"
                for each, mapped in columns.items()
                if isinstance(mapped, list) and each not in MOMENTS
            ]
        else:
            faults += [
                f"{place} {key}: format {known.name} knows its own; only `table` maps columns"
                for key in ("columns", "identifiers", "attributes", "decimal", "time_format")
                if source.get(key)
            ]
        unknown = [each for each in columns if known.columns and each not in known.columns]
        faults += [
            f"{place} columns.{each}: unknown{_nearest(each, known.columns)}" for each in unknown
        ]
    patterns = source.get("files", [])
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        if isinstance(pattern, str):
            try:
                found = matching_files(directory, pattern)
            except SettingsError as fault:
                faults.append(f"{place} files: {fault.message}")
                continue
            # Landed rows outlive their files, so only a project that never ran needs them all.
            if not found and not (directory / "warehouse" / "private.duckdb").exists():
                faults.append(f"{place} files: no file matches {pattern!r} in {directory}")
    return faults


def _journey_faults(document: dict[str, Any], sources: set[str]) -> list[str]:
    journeys = document.get("journeys")
    if not isinstance(journeys, dict):
        return []
    faults = []
    for key in ("conversions", "losses"):
        if journeys.get(key) and document.get(key):
            faults.append(f"[journeys] {key} and [[{key}]] both stand; keep one of them")
        for rule in journeys.get(key) or ():
            source, colon, _ = str(rule).partition(":")
            if colon and source not in sources:
                near = _nearest(source, sources)
                faults.append(f"[journeys] {key}: no source is named {source!r}{near}")
    return faults


def _tables(document: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = document.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _repeats(tables: list[dict[str, Any]]) -> list[tuple[str, int]]:
    names = [str(each["name"]) for each in tables if "name" in each]
    return [(name, names.count(name)) for name in dict.fromkeys(names) if names.count(name) > 1]
