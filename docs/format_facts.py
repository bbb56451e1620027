"""The part of each page in docs/formats that the format's own declaration says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from journeyflow.sources.formats import FORMATS, Format

FOLDER = Path(__file__).parent / "formats"
BEGIN = "<!-- From here on docs/generate.py writes what the format declares of itself. -->"
END = "<!-- Up to here. -->"


def facts(format: Format) -> str:
    """How to export it, its fields, its zone, what makes two rows one, and what is ignored."""
    names = ", ".join(f"`{each}`" for each in format.suffixes)
    parts = [
        f"## How to export it\n\n{format.exporting}",
        f"Files: {names}, also `.gz` and `.zst`.\n",
    ]
    if format.fields:
        parts.append(f"## Fields\n\n{_fields(format)}")
    parts += [
        f"## {title}\n\n{text}"
        for title, text in (
            ("Times", format.zone),
            ("Which row counts", format.identity),
            ("Not read", format.ignored),
        )
        if text
    ]
    return "\n".join(parts)


def _fields(format: Format) -> str:
    rows = ["| field | type | becomes |", "|---|---|---|"]
    for each in format.fields:
        name = f"**`{each.name}`**" if each.required else f"`{each.name}`"
        rows.append(f"| {name} | {each.type} | {each.becomes} |")
    said = ["Required fields are bold; of the others an export may lack any."]
    said += [f"One of {_listed(group)} must be there." for group in format.either]
    said += [f"{_listed(group[:1])} needs {_listed(group[1:])}." for group in format.together]
    return "\n".join([" ".join(said), "", *rows]) + "\n"


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(f"`{each}`" for each in names)


def pages() -> Iterator[tuple[Path, str]]:
    """The pages of formats that declare how they are exported, with their facts as they are now.

    What stands outside the two marks is written by hand.
    """
    for format in FORMATS.values():
        if not format.exporting:
            continue
        path = FOLDER / f"{format.name}.md"
        before, begin, rest = path.read_text("utf-8").partition(BEGIN)
        _, end, after = rest.partition(END)
        if not (begin and end):
            message = f"{path}: expected the two marks between which the facts stand"
            raise ValueError(message)
        yield path, f"{before}{BEGIN}\n\n{facts(format)}\n{END}{after}"
