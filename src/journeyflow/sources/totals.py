"""How exports name the rows that only sum up others."""

from __future__ import annotations

import re

# What a label begins with, in the languages of the exports that are read; also of DuckDB's regexps.
TOTALS = (
    r"^(grand |sub)?totals?([^\p{L}\p{N}]|$)"
    r"|^(общ(ий|ее|ая) )?(итого?|итоги|всего)([^\p{L}\p{N}]|$)"
    r"|^(gesamt(summe|ergebnis)?|insgesamt|summe|totale|totaal|razem|suma|toplam)([^\p{L}\p{N}]|$)"
)
_PYTHON = re.compile(TOTALS.replace(r"[^\p{L}\p{N}]", r"[\W_]"), re.IGNORECASE)


def is_total(cell: str) -> bool:
    """Whether a cell is the label of a totals row: `Total: Account`, `Итого`, `Total rows: 12`."""
    return _PYTHON.search(cell.strip()) is not None
