"""Faults of a settings file that no single value has: they show only where two stand together."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from journeyflow.errors import SettingsError
from journeyflow.identity.normalise import Rejected, normalise_cell
from journeyflow.identity.types import IdClass, class_of
from journeyflow.sources.files import matching_files
from journeyflow.sources.formats import FORMATS

RULE_FIELDS = (
    "source",
    "kind",
    "path",
    "host",
    "touchpoint",
    "stage",
    "channel",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "direction",
    "answered",
    "device",
    "region",
    "product",
    "owner",
    "first",
)
MOMENTS = ("occurred_at", "responded_at")  # whose date and time may stand in two columns
PSEUDO = ("(start)", "(converted)", "(lost)", "(open)", "(end)", "(other)")


def clashes(document: dict[str, Any], directory: Path) -> list[str]:
    """Faults of a settings file that need more than one value: names, files, stages, rules."""
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
            hint = nearest(str(stage), (str(each) for each in stages))
            faults.append(f"[[touchpoints]] {number} stage: no stage is named {stage!r}{hint}")
    for key in ("touchpoints", "conversions", "losses"):
        for number, rule in enumerate(_tables(document, key), start=1):
            when = rule.get("when")
            for name, pattern in when.items() if isinstance(when, dict) else ():
                if name not in RULE_FIELDS and not name.startswith("attributes."):
                    hint = nearest(name, RULE_FIELDS)
                    faults.append(f"[[{key}]] {number} when.{name}: unknown field{hint}")
                if name == "first" and key != "conversions":
                    faults.append(f"[[{key}]] {number} when.first: only [[conversions]] know it")
                if name == "first" and not isinstance(pattern, bool):
                    faults.append(f"[[{key}]] {number} when.first: expected true or false")
            if rule.get("name") in PSEUDO and key == "touchpoints":
                faults.append(
                    f"[[touchpoints]] {number} name: {rule['name']} is how ends are shown"
                )
    return faults + _journey_faults(document, {str(each.get("name")) for each in sources})


def value_faults(parts: dict[str, Any]) -> list[str]:
    """Faults that a value has only beside another: whatever of both could be read."""
    project, currency, identity = (parts.get(key) for key in ("project", "currency", "identity"))
    faults = [
        f"[identity] own_numbers: {text!r} is no phone number ({number.reason}); "
        "expected one with its country code, or a region"
        for text in (identity.own_numbers if identity else ())
        for number in normalise_cell("phone", text, identity and identity.region)
        if isinstance(number, Rejected)
    ]
    if project and currency and currency.rates.get(project.currency, 1) != 1:
        faults.append(
            f"[currency.rates] {project.currency}: it is the project's own currency, whose rate "
            f"is 1; found {currency.rates[project.currency]}"
        )
    return faults


def _source_faults(source: dict[str, Any], place: str, directory: Path) -> list[str]:
    faults = []
    name = source.get("format")
    known = FORMATS.get(name) if isinstance(name, str) else None
    if name is not None and known is None:
        near = nearest(str(name), FORMATS)
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
            f"{place} columns.{each}: unknown{nearest(each, known.columns)}" for each in unknown
        ]
    identifiers, attributes = source.get("identifiers", {}), source.get("attributes", {})
    if isinstance(identifiers, dict) and isinstance(attributes, dict):
        faults += [
            f"{place} attributes.{name}: {column!r} is an identifier ({kind}) too; attributes "
            "are published as they are, identifiers only as keyed hashes"
            for name, column in attributes.items()
            for kind, identifying in identifiers.items()
            if column == identifying and class_of(kind) is IdClass.MERGE
        ]
    patterns = source.get("files", [])
    patterns = [patterns] if isinstance(patterns, str) else patterns
    found, refused = [], False
    for pattern in (each for each in patterns if isinstance(each, str)):
        try:
            found += matching_files(directory, pattern)
        except SettingsError as fault:
            faults.append(f"{place} files: {fault.message}")
            refused = True
    # Landed rows outlive their files, so only a project that never ran needs one.
    if patterns and not (found or refused or (directory / "warehouse/private.duckdb").exists()):
        named = ", ".join(repr(each) for each in patterns)
        faults.append(f"{place} files: no file matches {named} in {directory}")
    return faults


def _journey_faults(document: dict[str, Any], sources: set[str]) -> list[str]:
    journeys = document.get("journeys")
    if not isinstance(journeys, dict):
        return []
    both = set(journeys.get("conversions") or ()) & set(journeys.get("losses") or ())
    faults = [f"[journeys] {each!r} is both conversion and loss" for each in sorted(map(str, both))]
    for key in ("conversions", "losses"):
        if journeys.get(key) and document.get(key):
            faults.append(f"[journeys] {key} and [[{key}]] both stand; keep one of them")
        for rule in journeys.get(key) or ():
            source, colon, kind = str(rule).partition(":")
            if (kind if colon else source) in (journeys.get("exclude_kinds") or ()):
                faults.append(f"[journeys] {key}: {rule!r} is excluded by exclude_kinds")
            if colon and source not in sources:
                near = nearest(source, sources)
                faults.append(f"[journeys] {key}: no source is named {source!r}{near}")
    return faults


def _tables(document: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = document.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _repeats(tables: list[dict[str, Any]]) -> list[tuple[str, int]]:
    names = [str(each["name"]) for each in tables if "name" in each]
    return [(name, names.count(name)) for name in dict.fromkeys(names) if names.count(name) > 1]


def nearest(word: str, choices: Iterable[str]) -> str:
    """A hint at the choice that `word` may have meant, or nothing."""
    close = difflib.get_close_matches(word, list(choices), n=1)
    return f"; did you mean {close[0]}?" if close else ""
