"""The header of a format that knows its own fields: which cell is which, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from journeyflow.errors import DataError
from journeyflow.sources.delimited import looks_like_data
from journeyflow.sources.formats.declaration import Field, Format

MOST_SHOWN = 300


def fields_of(format: Format, header: Sequence[str]) -> dict[Field, list[str]]:
    """The cells of the header that spell each of the format's fields; most often one, or none."""
    key_of = format.key_of or str
    spelled: dict[str, list[str]] = {}
    for cell in header:
        spelled.setdefault(key_of(cell), []).append(cell)
    return {each: spelled.get(key_of(each.name), []) for each in format.fields}


def missing_fields(format: Format, found: dict[Field, list[str]]) -> list[str]:
    """What the format cannot do without and the header lacks, in words."""
    there = {each.name for each, cells in found.items() if cells}
    required = [each.name for each in format.fields if each.required]
    return [
        *(name for name in required if name not in there),
        *(" or ".join(group) for group in format.either if not there.intersection(group)),
        *(
            f"{name}, which belongs to {group[0]}"
            for group in format.together
            if group[0] in there
            for name in group[1:]
            if name not in there
        ),
    ]


def header_weight(format: Format, cells: Sequence[str]) -> int:
    """How much some cells look like the header: by the fields among them, above all if complete."""
    found = fields_of(format, cells)
    known = sum(map(bool, found.values()))
    return known + (0 if missing_fields(format, found) else len(format.fields))


def cells_of_fields(
    format: Format, header: Sequence[str], name: str, asked: Iterable[str] = ()
) -> dict[Field, str]:
    """The one cell of the header that spells each field that is there.

    Raises DataError where a field is missing without which a row means nothing, or for which the
    settings `asked`, or stands twice; `name` is what messages call the file.
    """
    found = fields_of(format, header)
    missing = missing_fields(format, found)
    missing += [each.name for each, cells in found.items() if each.name in asked and not cells]
    hint = f"export the fields that `journeyflow fields {format.name}` lists"
    if missing:
        shown = ", ".join("…" if looks_like_data(each) else each for each in header)[:MOST_SHOWN]
        message = f"{name}: no {'; no '.join(missing)} in the header: {shown or 'nothing'}"
        raise DataError(message, hint)
    for field, cells in found.items():
        if len(cells) > 1:
            message = f"{name}: {field.name} stands {len(cells)} times, as {' and '.join(cells)}"
            raise DataError(message, "export it once")
    return {field: cells[0] for field, cells in found.items() if cells}
