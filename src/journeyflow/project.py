"""A project folder: journeyflow.toml read into frozen settings, all faults told at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from journeyflow import settings as s
from journeyflow import settings_analyses as asked
from journeyflow.calendars import Calendar
from journeyflow.clashes import clashes, nearest, value_faults
from journeyflow.errors import SettingsError
from journeyflow.nightshift import settings as night
from journeyflow.sources.companions import with_companions
from journeyflow.sources.files import matching_files

SETTINGS_FILE = "journeyflow.toml"
OPEN = "# QUESTION: "  # begins a line of settings that `check` could not settle
RESERVED = {
    "targets", "calendar", "actions", "guesses", "maps", "segments",
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
    "loyalty": asked.Loyalty,
    "personas": asked.PersonaSettings,
    "analyses": asked.Analyses,
    "currency": s.Currency,
    "schedule": night.Schedule,
    "alerts": night.Alerts,
}
LISTS: dict[str, type[s.Settings]] = {
    "sources": s.Source,
    "stages": s.Stage,
    "touchpoints": s.Touchpoint,
    "conversions": s.ConversionRule,
    "losses": s.ConversionRule,
    "expected": asked.Expected,
    "calendars": Calendar,
    "changes": asked.Change,
}
RULES = ("touchpoints", "conversions", "losses")
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
    s.OFFSET: 'expected an offset such as "+03:00", or "local"',
    night.HOUR: 'expected a time of day such as "03:00"',
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
    loyalty: asked.Loyalty = field(default_factory=asked.Loyalty)
    personas: asked.PersonaSettings = field(default_factory=asked.PersonaSettings)
    analyses: asked.Analyses = field(default_factory=asked.Analyses)
    currency: s.Currency = field(default_factory=s.Currency)
    schedule: night.Schedule = field(default_factory=night.Schedule)
    alerts: night.Alerts = field(default_factory=night.Alerts)
    stages: tuple[s.Stage, ...] = ()
    touchpoints: tuple[s.Touchpoint, ...] = ()
    conversions: tuple[s.ConversionRule, ...] = ()
    losses: tuple[s.ConversionRule, ...] = ()
    expected: tuple[asked.Expected, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    changes: tuple[asked.Change, ...] = ()

    def told_at(self, moment: datetime) -> str:
        """A moment in the project's zone, and which that is."""
        zone = self.project.timezone
        return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"


def load_project(directory: Path | str, text: str | None = None) -> Project:
    """Read `directory`/journeyflow.toml; raise one SettingsError that lists every fault.

    `text` is read in place of the file, to judge it before it is written.
    """
    directory = Path(directory).resolve()
    document = _document(directory, text)
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
            faults.append(f"{key}: unknown table{nearest(key, TABLES | LISTS)}")
    if "project" not in document:
        faults.append("[project]: missing; expected at least name, timezone and currency")
    if not document.get("sources"):
        faults.append(
            "[[sources]]: missing; `journeyflow check FILE --write` adds one for an export"
        )
    faults += clashes(document, directory)
    faults += open_questions(
        (directory / SETTINGS_FILE).read_text(encoding="utf-8-sig") if text is None else text
    )
    faults += value_faults(parts)
    _raise(directory, faults)
    parts["sources"] = tuple(with_companions(parts["sources"]))
    return Project(directory, **{key: value for key, value in parts.items() if value is not None})


def open_questions(text: str) -> list[str]:
    """The questions of `check` that stand in settings without an answer: no run may guess one.

    One is answered where a sign # was taken off below it, or where its line was deleted.
    """
    faults = []
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        if not line.startswith(OPEN):
            continue
        below = takewhile(lambda each: each and not each.startswith(("[", OPEN)), lines[number:])
        if all(each.startswith("#") for each in below):
            faults.append(
                f"line {number}: open question: {line.removeprefix(OPEN)} (take the sign # off the "
                "line below that holds, or answer in the settings and delete this line)"
            )
    return faults


def load_tables(directory: Path | str, *names: str) -> Project:
    """Read `[project]` and these tables alone: what needs no more works in an unfinished project.

    Raises SettingsError for faults in them.
    """
    directory = Path(directory).resolve()
    document = _document(directory)
    faults: list[str] = []
    parts: dict[str, Any] = {
        name: _one(TABLES[name], document.get(name, {}), f"[{name}]", faults)
        for name in ("project", *names)
    }
    _raise(directory, faults)
    return Project(directory, **parts)


def _document(directory: Path, text: str | None = None) -> dict[str, Any]:
    document = read_settings(directory, text)
    if document is None:
        message = f"{directory}: no {SETTINGS_FILE} here"
        raise SettingsError(message, "make a project with `journeyflow init DIR`")
    for name in RULES:
        rules = document.get(name)
        for rule in rules if isinstance(rules, list) else ():
            _name_attributes(rule)
    return document


def _name_attributes(rule: object) -> None:
    """Let `attributes.City = "Graz"` of a rule be the field "attributes.City", as in quotes."""
    when = rule.get("when") if isinstance(rule, dict) else None
    if isinstance(when, dict) and isinstance(when.get("attributes"), dict):
        told = when.pop("attributes")
        when |= {f"attributes.{name}": pattern for name, pattern in told.items()}


def _raise(directory: Path, faults: list[str]) -> None:
    if faults:
        listing = "\n".join(f"  - {fault}" for fault in faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        message = f"{directory / SETTINGS_FILE}: {count}\n{listing}"
        raise SettingsError(message, "correct them all, then run `journeyflow check`")


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


def source_table(values: dict[str, Any]) -> s.Source:
    """One of `[[sources]]` with these values; raises one SettingsError for all their faults."""
    faults: list[str] = []
    source = _one(s.Source, values, f"[[sources]] ({values.get('name', 'no name')})", faults)
    if source is None:
        raise SettingsError("; ".join(faults), "docs/settings.md lists what a source may say")
    return source


def project_table(**values: str) -> s.ProjectTable:
    """The `[project]` table with these values; raises one SettingsError for all their faults."""
    faults: list[str] = []
    table = _one(s.ProjectTable, values, "[project]", faults)
    if table is None:
        raise SettingsError(
            "; ".join(faults),
            "a zone such as Europe/Berlin, a currency such as EUR, the language en or ru",
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
        return f"{place} {path}: unknown key{nearest(path, kind.model_fields)}"
    if fault["type"] == "missing":
        return f"{place} {path}: missing"
    expected = EXPECTED.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")
    expected = PATTERNS.get(fault.get("ctx", {}).get("pattern"), expected)
    found = "" if "found" in expected else f", found {fault['input']!r}"
    return f"{place} {path}: {expected}{found}"
