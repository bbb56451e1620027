"""The part of each page in docs/formats that the format's own declaration says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from journeyflow.sources.formats import FORMATS, Format

FOLDER = Path(__file__).parent / "formats"
MARKED = re.compile(
    r"(<!-- Facts of (\w+), as the format declares them: docs/generate.py writes them. -->\n)"
    r".*?(<!-- Up to here. -->)",
    re.DOTALL,
)


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
    """The pages that show facts of formats, with the facts as they are now.

    What stands outside the marks is written by hand. Raises ValueError where a format that says
    how it is exported is shown nowhere, or a page shows one that does not exist.
    """
    shown: set[str] = set()
    for path in sorted(FOLDER.glob("*.md")):
        text = path.read_text("utf-8")
        names = [match[2] for match in MARKED.finditer(text)]
        shown.update(names)
        if names:
            yield path, MARKED.sub(lambda m: f"{m[1]}\n{facts(FORMATS[m[2]])}\n{m[3]}", text)
    missing = {each.name for each in FORMATS.values() if each.exporting} - shown
    if missing:
        message = f"no page in {FOLDER} shows the facts of {', '.join(sorted(missing))}"
        raise ValueError(message)
