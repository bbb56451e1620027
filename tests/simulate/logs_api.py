"""Exports of the Logs API read by hand: letter by letter, with no code of the product."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path

Record = dict[str, str]


def plain(cell: str) -> str:
    """A cell without its backslashes, letter by letter."""
    letters, out = iter(cell), ""
    for letter in letters:
        following = next(letters) if letter == "\\" else ""
        out += {"t": "\t", "n": "\n"}.get(following, following) if following else letter
    return out


def listed(cell: str) -> list[str]:
    """The elements of a list, read as ClickHouse would read the literal."""
    text = plain(cell)
    assert text[0] + text[-1] == "[]", cell
    inner, items, quoted, escaped = text[1:-1], [""], False, False
    for letter in inner:
        if escaped or letter not in "\\',":
            items[-1] += letter
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == "'":
            quoted = not quoted
        elif quoted:
            items[-1] += letter
        else:
            items.append("")
    assert not quoted
    return items if inner else []


class Table:
    """All files of one source: path -> records with their lines, without repeated headers."""

    def __init__(self, folder: Path, source: str, prefix: str) -> None:
        self.files: dict[str, dict[int, Record]] = {}
        self.headers: dict[str, list[str]] = {}
        self.repeated: list[str] = []
        for path in sorted((folder / "exports" / source).iterdir()):
            content = path.read_bytes()
            text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
            assert "\r" not in text
            rows = csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True)
            name, header = path.relative_to(folder).as_posix(), next(rows)
            assert all(cell.startswith(prefix) for cell in header)
            self.headers[name] = [cell.removeprefix(prefix) for cell in header]
            self.files[name] = {}
            for line, row in enumerate(rows, 1):
                if row == header:
                    self.repeated.append(name)
                else:
                    self.files[name][line] = dict(zip(self.headers[name], row, strict=True))

    def __iter__(self) -> Iterator[Record]:
        for records in self.files.values():
            yield from records.values()

    def newest(self, key: str) -> dict[str, Record]:
        """The record of each id as the last file has it."""
        return {record[key]: record for record in self}
