"""Faults of a settings file that no single value has: they show only where two stand together."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from fnmatch import filter as filter_names
from pathlib import Path
from typing import Any

from journeyflow.errors import SettingsError
from journeyflow.identity.normalise import Rejected, normalise_cell
from journeyflow.identity.types import IdClass, class_of
from journeyflow.settings import KEYS_OF_FORMATS, Journeys, Sessions
from journeyflow.sources.files import matching_files
from journeyflow.sources.formats import FORMATS

RULE_FIELDS = (
    "source", "kind", "path", "host", "touchpoint", "stage", "channel", "utm_source", "utm_medium",
    "utm_campaign", "direction", "answered", "device", "region", "product", "owner", "first",
)  # fmt: skip
# Whose date and time may stand in two columns.
MOMENTS = ("occurred_at", "responded_at", "linked_at", "ordered_at")
VOIDING = ("order_cancelled", "order_refunded")  # as sql/sources/orders.sql calls them
UNLIKE_CONVERSIONS = {"losses": "loss", "cancellations": "cancellation"}
PSEUDO = ("(start)", "(converted)", "(lost)", "(open)", "(end)", "(other)")


def clashes(document: dict[str, Any], directory: Path) -> list[str]:
    """Faults of a settings file that need more than one value: names, files, stages, rules."""
    sources = _tables(document, "sources")
    faults = [
        f"[[{key}]]: the name {name!r} stands {count} times; names must differ"
        for key in ("sources", "stages", "conversions", "losses", "calendars")
        for name, count in _repeats(_tables(document, key))
    ]
    alike = [str(each.get("name", "")).replace("-", "_").lower() for each in sources]
    faults += [
        f"[[sources]]: {alike.count(name)} names differ from {name!r} only in case, - and _"
        for name in dict.fromkeys(alike)
        if alike.count(name) > 1 and not any(f"{name!r} stands" in fault for fault in faults)
    ]
    faults += _companion_faults(sources, directory)
    for number, source in enumerate(sources, start=1):
        place = f"[[sources]] {number} ({source.get('name', 'no name')})"
        faults += _source_faults(source, place, directory)
        faults += _link_faults(source, place, document.get("identity"))
    stages = {str(each.get("name")) for each in _tables(document, "stages")}
    for number, rule in enumerate(_tables(document, "touchpoints"), start=1):
        stage = rule.get("stage")
        if stage is not None and str(stage) not in stages:
            hint = nearest(str(stage), stages)
            faults.append(f"[[touchpoints]] {number} stage: no stage is named {stage!r}{hint}")
        if rule.get("name") in PSEUDO:
            faults.append(f"[[touchpoints]] {number} name: {rule['name']} is how ends are shown")
    return [*faults, *_calendar_faults(document), *_rule_faults(document)]


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
    journeys, sessions = parts.get("journeys", Journeys()), parts.get("sessions", Sessions())
    if (
        journeys
        and sessions
        and journeys.lost_after != "auto"
        and journeys.lost_after < sessions.timeout
    ):
        faults.append(
            f"[journeys] lost_after: {journeys.lost_after} is shorter than [sessions] timeout, "
            f"{sessions.timeout}, and would tear visits apart; expected days or weeks of silence"
        )
    faults += [
        f"[journeys] answers: expected some of company_kinds, found {kind!r}"
        f"{nearest(kind, journeys.company_kinds)}"
        for kind in (journeys.answers if journeys else ())
        if kind not in journeys.company_kinds
    ]
    faults += [
        f"[journeys] talks and missed_calls: {kind!r} is one of both; expected in one of them"
        for kind in (journeys.talks if journeys else ())
        if kind in journeys.missed_calls
    ]
    faults += [
        f"[[sources]] {source.name} late: without a max_age no source is late; expected one beside"
        for source in parts.get("sources", ())
        if source.late == "stop" and source.max_age is None
    ]
    faults += [
        f'[[sources]] {source.name} vat_rate: expected with vat = "included", and nowhere else'
        for source in parts.get("sources", ())
        if (source.vat == "included") != (source.vat_rate is not None)
    ]
    alerts = parts.get("alerts")
    if alerts and not (alerts.command or alerts.url):
        faults.append("[alerts]: nobody to tell; expected command or url")
    return faults


def _companion_faults(sources: list[dict[str, Any]], directory: Path) -> list[str]:
    """Companions that no file is, or whose names another source has."""
    names = [each.get("name") for each in sources]
    faults = []
    for number, source in enumerate(sources, start=1):
        place = f"[[sources]] {number} ({source.get('name', 'no name')}) companions"
        table = source.get("companions")
        for role, patterns in table.items() if isinstance(table, dict) else ():
            name = f"{source.get('name')}_{role}"
            if name in names:
                faults.append(f"{place}.{role}: it becomes the source {name!r}, which stands too")
            for pattern in _columns(patterns):
                try:
                    found = matching_files(directory, pattern)
                except SettingsError as fault:
                    faults.append(f"{place}.{role}: {fault.message}; {fault.hint}")
                else:
                    if not found:
                        faults.append(f"{place}.{role}: no file matches {pattern!r}")
    return faults


def _calendar_faults(document: dict[str, Any]) -> Iterator[str]:
    """Owners that two calendars claim, or that no touchpoint has."""
    known = {str(each["owner"]) for each in _tables(document, "touchpoints") if "owner" in each}
    claimed: dict[str | None, object] = {}
    for number, calendar in enumerate(_tables(document, "calendars"), start=1):
        name = calendar.get("name", "no name")
        place = f"[[calendars]] {number} ({name}) owners"
        for owner in (*_texts(calendar.get("owners")),) or (None,):
            if owner in claimed:
                told = "all whom no other names" if owner is None else repr(owner)
                yield f"{place}: {claimed[owner]!r} holds for {told} too; expected one calendar"
            elif owner is not None and owner not in known:
                yield f"{place}: no touchpoint has the owner {owner!r}{nearest(owner, known)}"
            claimed[owner] = name


def _source_faults(source: dict[str, Any], place: str, directory: Path) -> list[str]:
    faults = []
    name = source.get("format")
    known = FORMATS.get(name) if isinstance(name, str) else None
    if name is not None and known is None:
        near = nearest(str(name), FORMATS)
        faults.append(f"{place} format: unknown {name!r}{near}; known: {', '.join(FORMATS)}")
    columns, identifiers, attributes = (
        table if isinstance(table := source.get(key), dict) else {}
        for key in ("columns", "identifiers", "attributes")
    )
    if known is not None:
        if known.shape == "columns":
            missing = [each for each in known.required if each not in columns]
            faults += [f"{place} columns.{each}: missing; it is required" for each in missing]
            faults += [
                f"{place} columns: expected {' or '.join(group)}; one of them is required"
                for group in known.either
                if not columns.keys() & set(group)
            ]
            faults += [
                f"{place} columns.{each}: missing; it belongs to {group[0]}"
                for group in known.together
                for each in group[1:]
                if group[0] in columns and each not in columns
            ]
            faults += [
                f"{place} columns.{each}: expected one column; only a moment may be a list"
                for each, mapped in columns.items()
                if isinstance(mapped, list) and each not in MOMENTS
            ]
        else:
            faults += [
                f"{place} {key}: format {known.name} knows its own; only `table` maps columns"
                for key in ("columns", "identifiers", "attributes", "decimal", "time_format")
                if source.get(key) and key not in known.keys
            ]
        faults += [
            f"{place} {key}: format {known.name} has none; {' and '.join(others)} know it"
            for key in KEYS_OF_FORMATS
            if key in source and key not in known.keys
            for others in [[each.name for each in FORMATS.values() if key in each.keys]]
        ]
        names = [each.name for each in known.fields if known.shape == "fields"]
        faults += [
            f"{place} columns.{each}: format {known.name} has no field {mapped!r}; expected "
            + (f"one of {', '.join(names)}, or " if names else "")
            + '{ value = "…" }'
            for each, mapped in columns.items()
            if "columns" in known.keys and not isinstance(mapped, dict) and mapped not in names
        ]
        if "questions" in known.keys:
            faults += _question_faults(source, place, identifiers)
        unknown = [each for each in columns if known.columns and each not in known.columns]
        faults += [
            f"{place} columns.{each}: unknown{nearest(each, known.columns)}" for each in unknown
        ]
    faults += [
        f"{place} attributes.{name}: {column!r} is an identifier ({kind}) too; attributes "
        "are published as they are, identifiers only as keyed hashes"
        for name, column in attributes.items()
        for kind, identifying in identifiers.items()
        if column in _columns(identifying) and class_of(kind) is IdClass.MERGE
    ]
    patterns = source.get("files")
    patterns = [patterns] if isinstance(patterns, str) else _texts(patterns)
    found, refused = [], False
    for pattern in patterns:
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


def _question_faults(
    source: dict[str, Any], place: str, identifiers: dict[str, Any]
) -> Iterator[str]:
    """Questions of a survey that are none, stand twice, or are what identifies the respondent."""
    named = [str(each.get("column")) for each in _tables(source, "questions")]
    if not named:
        yield (
            f"{place} questions: missing; expected a [[sources.questions]] for each column of "
            "scores, with column, kind and scale"
        )
    identifying = {name for columns in identifiers.values() for name in _columns(columns)}
    for name in dict.fromkeys(named):
        if named.count(name) > 1:
            yield f"{place} questions: the column {name!r} stands {named.count(name)} times"
        if name in identifying:
            yield f"{place} questions: {name!r} is an identifier too; it can be one of both"


def _link_faults(source: dict[str, Any], place: str, identity: object) -> list[str]:
    """Whether a source of links names at least two columns whose values it can link."""
    if source.get("format") != "links":
        return []
    found = identity.get("types") if isinstance(identity, dict) else None
    types = found if isinstance(found, dict) else {}
    mapped = source.get("identifiers")
    may: dict[bool, list[str]] = {True: [], False: []}
    for kind, columns in mapped.items() if isinstance(mapped, dict) else ():
        merges = types.get(kind, class_of(kind)) == IdClass.MERGE
        may[merges] += [kind] * len(_columns(columns))
    if len(may[True]) > 1:
        return []
    others = ", ".join(dict.fromkeys(may[False]))
    return [
        f"{place} identifiers: a link needs two columns of types that may merge, such as "
        f'crm_contact = ["winner", "loser"]; found {len(may[True])}'
        + (f", and {others} may not ([identity] types changes that)" if others else "")
    ]


def _rule_faults(document: dict[str, Any]) -> list[str]:
    """Faults of touchpoints, conversions, losses and cancellations, however they are written."""
    found = document.get("journeys")
    journeys = found if isinstance(found, dict) else {}
    sources = [str(each.get("name")) for each in _tables(document, "sources")]
    excluded = _texts(journeys.get("exclude_kinds"))
    has_orders = any(each.get("format") == "orders" for each in _tables(document, "sources"))
    faults = [
        f"[journeys] exclude_kinds: without {kind!r} no order would be void, and what was "
        "cancelled or given back would convert; name it in company_kinds instead"
        for kind in VOIDING
        if has_orders and kind in excluded
    ]
    wins: list[dict[str, Any]] = []
    for key in ("touchpoints", "conversions", "losses", "cancellations"):
        if journeys.get(key) and document.get(key) and key != "touchpoints":
            faults.append(
                f"[journeys] {key} and [[{key}]] both stand; keep one of them: a list where kinds "
                "alone say it, tables where a condition or a name of its own is needed"
            )
        for place, when in _rules(document, journeys, key):
            for name, pattern in when.items():
                if name not in RULE_FIELDS and not name.startswith("attributes."):
                    hint = nearest(name, RULE_FIELDS)
                    faults.append(f"{place} when.{name}: unknown field{hint}")
                if name == "first" and key != "conversions":
                    faults.append(f"{place} when.first: only [[conversions]] know it")
                if name == "first" and not isinstance(pattern, bool):
                    faults.append(f"{place} when.first: expected true or false")
            kind, source = when.get("kind"), when.get("source")
            if kind in excluded and key != "touchpoints":
                faults.append(
                    f"{place}: {kind!r} is excluded by exclude_kinds and meets no rule; take it "
                    "out of the one or the other"
                )
            if isinstance(source, str) and not filter_names(sources, source):
                near = nearest(source, sources)
                faults.append(f"{place}: no source is named {source!r}{near}")
            if key in UNLIKE_CONVERSIONS and when in wins:
                told = ", ".join(f"{name} {pattern!r}" for name, pattern in when.items())
                other = UNLIKE_CONVERSIONS[key]
                faults.append(f"{place}: {told} is both conversion and {other}; it can be one")
            wins += [when] * (key == "conversions")
    return faults


def _rules(
    document: dict[str, Any], journeys: dict[str, Any], key: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The place and the conditions of each rule, of a list of kinds and of tables alike."""
    for text in _texts(journeys.get(key)):
        source, colon, kind = text.partition(":")
        yield f"[journeys] {key}", {"source": source, "kind": kind} if colon else {"kind": text}
    for number, rule in enumerate(_tables(document, key), start=1):
        if isinstance(rule.get("when"), dict):
            yield f"[[{key}]] {number}", rule["when"]


def _columns(mapped: object) -> list[str]:
    return [mapped] if isinstance(mapped, str) else _texts(mapped)


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


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
