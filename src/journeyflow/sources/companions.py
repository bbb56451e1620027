"""What lies beside a CRM's history: sources of their own, and lists of names."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from journeyflow.errors import DataError
from journeyflow.settings import Source
from journeyflow.sources.files import inner_suffix, matching_files, plain_bytes
from journeyflow.sources.formats import FORMATS
from journeyflow.sources.small_tables import small_table

LISTS = ("stages", "users")
EXPECTED = {
    "stages": "expected stage_id and name, and pipeline where stages of several share their ids",
    "users": "expected user_id and name",
}
# How the files of a source are written is how those of its companions are.
SHARED = {
    "timezone", "encoding", "delimiter", "decimal", "time_format", "null_values", "identifiers",
}  # fmt: skip


class Companion(Source):
    """A source that the settings name as a companion of another: its deals or its contacts."""

    companion_of: str


@dataclass(frozen=True)
class Names:
    """What the lists of a source say: stage id -> name and meaning, user id -> name."""

    stages: Mapping[str, str] = field(default_factory=dict)
    semantics: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[str, str] = field(default_factory=dict)


def with_companions(sources: Iterable[Source]) -> Iterator[Source]:
    """Each source, and before it its companions: a deal is created before it enters a stage."""
    for source in sources:
        format = FORMATS.get(source.format)
        for role, reader in (format.companions if format else {}).items():
            if role in source.companions:
                yield Companion(
                    name=f"{source.name}_{role}",
                    format=reader,
                    files=source.companions[role],
                    companion_of=source.name,
                    **source.model_dump(include=SHARED),
                )
        yield source


def list_files(directory: Path, source: Source) -> dict[str, list[Path]]:
    """The files of each list of names that the source mentions."""
    return {
        role: sorted({path for each in patterns for path in matching_files(directory, each)})
        for role, patterns in source.companions.items()
        if role in LISTS
    }


def read_names(directory: Path, source: Source) -> Names:
    """The lists of names of a source. Raises DataError for one that cannot be read or has none."""
    read: dict[str, list[tuple[str, str, str]]] = {role: [] for role in LISTS}
    for role, paths in list_files(directory, source).items():
        entry = _stage if role == "stages" else _user
        for path in paths:
            name = path.relative_to(directory).as_posix()
            with plain_bytes(path, directory / "warehouse" / "scratch", name) as plain:
                rows = _rows(plain, name, inner_suffix(path), source)
            found = [each for each in map(entry, rows) if each]
            if not found:
                message = f"{name}: no {role} found in this list"
                raise DataError(message, EXPECTED[role])
            read[role] += found
    return Names(
        stages={id: name for id, name, _ in read["stages"]},
        semantics={id: meaning for id, _, meaning in read["stages"] if meaning},
        users={id: name for id, name, _ in read["users"]},
    )


def _rows(path: Path, name: str, suffix: str, source: Source) -> list[dict[str, str]]:
    try:
        text = path.read_text(encoding=source.encoding or "utf-8-sig")
        if suffix == ".json":
            return [*_objects(json.loads(text))]
        return small_table(text, source.delimiter)[1]
    except (ValueError, csv.Error, RecursionError) as fault:
        message = f"{name}: a list of names that cannot be read ({fault})"
        hint = "expected CSV with a header, or JSON as the API answers"
        raise DataError(message, hint) from fault


def _objects(document: Any) -> Iterator[dict[str, str]]:
    """All objects of a document: answers wrap them in envelopes of their own."""
    if isinstance(document, dict):
        yield _plain(document)
    inner = document.values() if isinstance(document, dict) else document
    for each in inner if isinstance(document, dict | list) else ():
        yield from _objects(each)


def _plain(row: Mapping[Any, Any]) -> dict[str, str]:
    return {
        str(key).strip().lower(): str(value).strip()
        for key, value in row.items()
        if isinstance(value, str | int)
    }


def _stage(row: dict[str, str]) -> tuple[str, str, str] | None:
    """Id, name and meaning of a stage: as Bitrix24 tells it, as amoCRM does, or under our names."""
    name, meaning = row.get("name"), row.get("semantic") or row.get("semantics") or ""
    if not name:
        return None
    if row.get("status_id"):
        return row["status_id"], name, meaning
    if row.get("pipeline_id") and row.get("id"):
        return f"{row['pipeline_id']}/{row['id']}", name, meaning
    if row.get("stage_id"):
        pipeline = f"{row['pipeline']}/" if row.get("pipeline") else ""
        return pipeline + row["stage_id"], name, meaning
    return None


def _user(row: dict[str, str]) -> tuple[str, str, str] | None:
    id = row.get("user_id") or row.get("id")
    name = " ".join(filter(None, [row.get("name"), row.get("last_name")]))
    return (id, name, "") if id and name else None
