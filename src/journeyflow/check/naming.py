"""Names for sources and their events, made from the names of files."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from pathlib import Path

from journeyflow.check.masking import plain

CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
LATIN = "a b v g d e e zh z i y k l m n o p r s t u f h ts ch sh sch _ y _ e yu ya"
EXPORT_WORDS = re.compile(
    r"(?<![^\W_])(?:export(?:ed)?|data|file|full|final|copy|new|report|выгрузка|экспорт|отчет|отчёт|"
    r"csv|от|за|from|to)(?![^\W_])",
    re.IGNORECASE,
)


def event_stem(path: Path) -> str:
    """What a file's name says its rows are: `orders` for `export_orders_2026-10.csv.gz`."""
    name = plain(path.name).split(".", 1)[0]
    name = re.sub(r"\d+", " ", name)
    bare = EXPORT_WORDS.sub(" ", name.replace("_", " "))
    words = re.findall(r"[^\W_]+", bare) or re.findall(r"[^\W_]+", name)
    return "_".join(words).lower() or "event"


def source_name(path: Path, taken: AbstractSet[str]) -> str:
    """A free name for a source of this file, in the letters that names of sources may have."""
    letters = str.maketrans(dict(zip(CYRILLIC, LATIN.split(), strict=True)))
    latin = event_stem(path).translate(letters)
    name = re.sub(r"[^a-z0-9_]+", "_", latin.replace("__", "_")).strip("_") or "source"
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free
