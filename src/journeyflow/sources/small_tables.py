"""Small delimited tables beside the exports, such as lists of names or of totals."""

from __future__ import annotations

import csv
import io

DELIMITERS = ",;\t"


def small_table(text: str, delimiter: str | None = None) -> tuple[list[str], list[dict[str, str]]]:
    """The names of the columns, in small letters, and the rows by them; all without outer spaces.

    The delimiter is by default the one that stands most often in the header. What a row lacks is
    an empty text, and what it has beyond the header is left out. Raises csv.Error.
    """
    header = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text), delimiter=delimiter or max(DELIMITERS, key=header.count))
    names = [each.strip().lower() for each in next(rows, [])]
    empty = dict.fromkeys(names, "")
    told = [
        empty | {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
        for cells in rows
        if cells
    ]
    return names, told
