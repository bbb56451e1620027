"""The mapping of a source's columns, as a select list over the rows read from its files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from journeyflow.settings import Constant, Source
from journeyflow.sources.formats import FORMATS

REPEATED_HEADER = "repeated header"
# The click that brought a visitor is one of the columns of an event and identifies it too.
CLICKS = ("gclid", "yclid")


def mapped_columns(source: Source) -> list[str]:
    """The file's columns that the source's mapping names, each once, in a fixed order."""
    return list(
        dict.fromkeys(
            [
                *(name for mapped in source.columns.values() for name in parts_of(mapped)),
                *(name for columns in source.identifiers.values() for name in columns),
                *source.attributes.values(),
            ]
        )
    )


def parts_of(mapped: str | Constant | tuple[str, ...] | None) -> tuple[str, ...]:
    """The file's columns behind one mapped column: none for a constant, several for a list."""
    if mapped is None or isinstance(mapped, Constant):
        return ()
    return (mapped,) if isinstance(mapped, str) else mapped


def projection(source: Source) -> tuple[str, list[str]]:
    """What the mapping makes of `cells`: a select list, and what its variable `mapped` holds.

    Names of identifiers and constants are looked up there, never spelled; and DuckDB knows that
    a column which is not mapped is NULL throughout, and spends nothing on it.
    """
    format = FORMATS[source.format]
    if format.shape == "json":
        constants: list[str] = []
        mapped = (
            f", {_spelled(source.columns.get(each), {}, constants)} as mapped_{each}"
            for each in format.columns
        )
        return f"line, record{''.join(mapped)}", constants
    if format.shape == "fields":
        places = {each.name: f"c{place}" for place, each in enumerate(format.fields)}
        fields = [f"{places[each.name]} as {each.column}" for each in format.fields]
        bound: list[str] = []
        for column in format.columns:
            spelled = _spelled(source.columns.get(column), places, bound)
            fields.append(f"{spelled} as mapped_{column}")
        if format.lands == "costs":
            fields.append("label")
        return f"line, null::text as skip_reason, {', '.join(fields)}", bound
    cell = {name: f"c{place}" for place, name in enumerate(mapped_columns(source))}
    values: list[str] = []
    # Files that were put together by hand repeat their header in the middle.
    header = " and ".join(f"{each} = {_bound(name, values)}" for name, each in cell.items())
    parts = [
        "line",
        f"case when {header} then '{REPEATED_HEADER}' end as skip_reason",
        *(
            f"{_spelled(source.columns.get(column), cell, values)} as {column}"
            for column in format.columns
        ),
    ]
    named = [(name, each) for name, columns in source.identifiers.items() for each in columns]
    clicks = [(name, source.columns[name]) for name in CLICKS if name in source.columns]
    identifiers = [
        (name, f"clean({_spelled(mapped, cell, values)})") for name, mapped in (*named, *clicks)
    ]
    parts.append(_pairs(identifiers, "type", values) + " as identifiers")
    attributes = [(name, cell[column]) for name, column in source.attributes.items()]
    entries = _pairs(attributes, "key", values)
    parts.append(f"map_from_entries({entries}) as attributes")
    if format.lands == "costs":
        parts.append("label")
    return ", ".join(parts), values


def _spelled(
    mapped: str | Constant | tuple[str, ...] | None, cell: Mapping[str, str], values: list[str]
) -> str:
    if isinstance(mapped, Constant):
        return _bound(mapped.value, values)
    # A date without its time is no moment: an empty part makes the whole empty.
    cells = [f"clean({cell[each]})" for each in parts_of(mapped)]
    if len(cells) > 1:
        return " || ' ' || ".join(cells)
    return cell[parts_of(mapped)[0]] if cells else "null::text"


def _pairs(spelled: Iterable[tuple[str, str]], label: str, values: list[str]) -> str:
    structs = [
        f"{{'{label}': {_bound(name, values)}, 'value': {value}}}" for name, value in spelled
    ]
    return f"[{', '.join(structs)}]::struct({label} text, value text)[]"


def _bound(text: str, values: list[str]) -> str:
    values.append(text)
    return f"getvariable('mapped')[{len(values)}]"
