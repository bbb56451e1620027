"""A JSON format declares what its SQL reads, no more and no less."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from journeyflow.sources.formats import FORMATS

SQL = Path(__file__).parents[2] / "sql" / "sources"
JSON = [each.name for each in FORMATS.values() if each.shape == "json" and each.fields]
STRUCTURE = re.compile(r"json_transform\(record, '(\{.*?\})'\)", re.DOTALL)
PARAMETER = re.compile(r"ga4_param\(params, '(\w+)'\)")


def read_by(format: str) -> set[str]:
    """Paths of the values that the format's models take out of a record."""
    found: set[str] = set()
    told = FORMATS[format]
    for model in [told.decoded] if told.decoded else told.models or [format]:
        sql = (SQL / f"{model}.sql").read_text("utf-8")
        (structure,) = STRUCTURE.findall(sql)
        found |= {path.removeprefix(".") for path in paths("", json.loads(structure))}
        if parameters := PARAMETER.findall(sql):
            # Pairs of a key and a value: what is read of them are the keys.
            found = {path for path in found if not path.startswith("event_params.")}
            found |= {f"event_params.{name}" for name in parameters}
    return found


def paths(above: str, structure: Any) -> Iterator[str]:
    if isinstance(structure, list):
        yield from paths(above, structure[0])
    elif isinstance(structure, dict):
        for key, value in structure.items():
            yield from paths(f"{above}.{key}", value)
    else:
        yield above


def records(path: str) -> set[str]:
    """All that a path leads through."""
    parts = path.split(".")
    return {".".join(parts[:n]) for n in range(1, len(parts))}


@pytest.mark.parametrize("format", JSON)
def test_the_fields_of_a_json_format_are_those_that_its_sql_reads(format: str) -> None:
    declared = {each.name for each in FORMATS[format].fields}
    read = read_by(format)
    # A record is declared as a whole, or with each of its parts.
    apart = {record for name in declared for record in records(name)}
    undeclared = {
        path for path in read if path not in declared and not (records(path) & declared) - apart
    }
    assert undeclared == set()
    through = {record for path in read for record in records(path)}
    assert declared - read - through - {*FORMATS[format].required} == set()


@pytest.mark.parametrize("format", JSON)
def test_declared_fields_agree_with_what_a_file_must_have(format: str) -> None:
    fields = FORMATS[format].fields
    assert len({each.name for each in fields}) == len(fields)
    assert {each.name for each in fields if each.required} == {*FORMATS[format].required}
    assert all(each.type and each.becomes and not each.column for each in fields)


def test_the_parts_of_ga4_records_are_told_apart() -> None:
    assert {"event_params.value", "geo.city", "items.item_name"} <= read_by("ga4")
    assert "event_params.key" not in read_by("ga4")


@pytest.mark.parametrize("format", ["ga4", "calltouch", "callrail", "calltouch_requests"])
def test_a_format_tells_how_to_export_it(format: str) -> None:
    told = FORMATS[format]
    assert all(text.endswith(".\n") for text in (told.exporting, told.zone, told.identity))
    assert told.ignored
