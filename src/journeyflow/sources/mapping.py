"""The mapping of a source's columns, as a select list over the rows read from its files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from numpy import format_float_positional

from journeyflow.settings import Constant, Question, Source
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
                *(each.column for each in source.questions),
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
    columns = {name: Constant(value=text) for name, text in format.assumed.items()} | source.columns
    values: list[str] = []
    # Files that were put together by hand repeat their header in the middle.
    header = " and ".join(f"{each} = {_bound(name, values)}" for name, each in cell.items())
    parts = [
        "line",
        f"case when {header} then '{REPEATED_HEADER}' end as skip_reason",
        *(
            f"{_spelled(columns.get(column), cell, values)} as {column}"
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
    if "questions" in format.keys:
        asked = [
            _asked(place, each, cell[each.column], source.decimal, values)
            for place, each in enumerate(source.questions)
        ]
        parts.append(f"[{', '.join(asked)}] as answers")
    if format.lands == "costs":
        parts.append("label")
    return ", ".join(parts), values


def _asked(place: int, question: Question, cell: str, decimal: str, values: list[str]) -> str:
    """A question of a survey with the answer to it, in texts as the file could hold them."""

    def written(number: float) -> str:
        return format_float_positional(number, trim="-").replace(".", decimal)

    words = [_bound(each, values) for each in question.scores]
    scores = [_bound(written(each), values) for each in question.scores.values()]
    told = {
        "question": question.column,
        "kind": question.kind,
        "scale_min": written(question.scale[0]),
        "scale_max": written(question.scale[1]),
        "higher_is_better": str(question.direction).lower(),
        "touchpoint": question.touchpoint,
    }
    spelled = {
        key: "null::text" if value is None else _bound(value, values) for key, value in told.items()
    }
    spelled |= {
        "place": str(place),
        "answer": cell,
        "words": f"[{', '.join(words)}]::text[]",
        "scores": f"[{', '.join(scores)}]::text[]",
    }
    return f"{{{', '.join(f'{key}: {value}' for key, value in spelled.items())}}}"


def _spelled(
    mapped: str | Constant | tuple[str, ...] | None, cell: Mapping[str, str], values: list[str]
) -> str:
    if isinstance(mapped, Constant):
        return _bound(mapped.value, values)
    # A date without its time is no moment: an empty part makes the whole empty.
    cells = [f"clean({cell[each]})" for each in parts_of(mapped)]
    if len(cells) > 1:
        return " || ' ' || ".join([f"bare_date({cells[0]})", *cells[1:]])
    return cell[parts_of(mapped)[0]] if cells else "null::text"


def _pairs(spelled: Iterable[tuple[str, str]], label: str, values: list[str]) -> str:
    structs = [
        f"{{'{label}': {_bound(name, values)}, 'value': {value}}}" for name, value in spelled
    ]
    return f"[{', '.join(structs)}]::struct({label} text, value text)[]"


def _bound(text: str, values: list[str]) -> str:
    values.append(text)
    return f"getvariable('mapped')[{len(values)}]"
