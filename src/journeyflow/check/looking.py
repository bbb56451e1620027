"""How a file is written: its type, encoding, delimiter and header, before any record is read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journeyflow.check.masking import plain
from journeyflow.errors import DataError
from journeyflow.sources.delimited import BOMS, CHUNK, DELIMITERS, cells_of, looks_like_data
from journeyflow.sources.formats.declaration import DELIMITED, DOCUMENTS

SAMPLE = 1 << 20
CYRILLIC = ("cp1251", "koi8-r", "cp866")
# The ten most frequent letters of Russian; a wrong code page turns them into rare or upper ones.
FREQUENT = frozenset("оеаинтсрвл")
PLAUSIBLE = 0.4
TOLERABLE_BAD = 0.01
HEAD = 1 << 18
LINES = 80
FILLED_HEADER = 0.6
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
RULE = "# --"  # as Google Analytics writes above a report
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
DATUM = re.compile(r"[-+]?[\d\s.,:/T-]*\d[\d\s.,:/TZ-]*|https?://.*")


@dataclass(frozen=True)
class Encoding:
    """`declared` is what `[[sources]] encoding` must say, None where the reader finds it itself.

    `codec` decodes the file, `evidence` says why; `proposed` marks what the bytes do not prove.
    """

    codec: str
    declared: str | None
    evidence: str
    proposed: bool = False


def find_encoding(path: Path) -> Encoding:
    """Tell the encoding of the text file at `path`: by its mark, by strict UTF-8, by letters."""
    with path.open("rb") as file:
        start = file.read(SAMPLE)
    for mark, codec in BOMS:
        if start.startswith(mark):
            return Encoding(codec, None, f"{codec.removesuffix('-sig')}, by the mark at its start")
    if 3 * start[:1000].count(b"\0") > len(start[:1000]):
        codec = "utf-16-le" if start[1:2] == b"\0" else "utf-16-be"
        return Encoding(codec, codec, f"{codec}: every second byte is zero", proposed=True)
    if _is_utf8(path):
        return Encoding("utf-8", None, "utf-8")
    text = start.decode("utf-8", errors="replace")
    if text.count("\ufffd") <= TOLERABLE_BAD * sum(letter > "\x7f" for letter in text):
        return Encoding("utf-8", None, "utf-8, but some bytes are not: their rows are rejected")
    high = bytes(byte for byte in start if byte > 0x7F)
    shares = {codec: _frequent_share(high.decode(codec, errors="replace")) for codec in CYRILLIC}
    best = max(shares, key=lambda codec: shares[codec])
    evidence = f"{best}: the bytes are not UTF-8 and read as Russian this way"
    if shares[best] < PLAUSIBLE:
        # Of the western letters all stand at the same places in both; of the others only in one.
        best = max(("cp1252", "cp1250"), key=lambda codec: _letters(high, codec))
        evidence = f"{best}: the bytes are not UTF-8, and not Russian in a known code page"
    return Encoding(best, best, evidence, proposed=True)


def _letters(high: bytes, codec: str) -> int:
    return sum(map(str.isalpha, high.decode(codec, errors="replace")))


def _is_utf8(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as file:
            while file.read(CHUNK):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _frequent_share(text: str) -> float:
    return sum(letter in FREQUENT for letter in text) / max(len(text), 1)


@dataclass(frozen=True)
class Look:
    """How one file is written. `settings` are the keys of `[[sources]]` that say so.

    `suffix` is its type; `header` the names of its columns, where it is delimited text, and
    `above` the lines over it.
    """

    suffix: str
    described: str
    settings: dict[str, str | int]
    header: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    above: tuple[str, ...] = ()


def look(
    path: Path, name: str, suffix: str, said: Mapping[str, Any], sheet: str | None = None
) -> Look:
    """Tell how the file at `path` (plain bytes) is written; `suffix` is its type by name.

    `said` are keys of `[[sources]]` that are known already: of encoding, delimiter and skip_rows;
    `sheet` the title of the sheet of a workbook, which was written to `path` as text with commas.

    Raises DataError, with a way out, for what cannot be an export that journeyflow reads.
    """
    with path.open("rb") as file:
        start = file.read(HEAD)
    if start.startswith(WORKBOOKS):
        message = f"{name}: an old workbook or an archive, not a text file"
        raise DataError(message, "open it, save it as CSV (UTF-8) or .xlsx, and check that file")
    if re.match(rb"\s*(<!doctype|<html|<table|<\?xml)", start, re.IGNORECASE):
        message = f"{name}: a web page or XML, whatever its name says"
        hint = "export it as CSV; a page saved as .xls can be opened and re-saved"
        raise DataError(message, hint)
    known: tuple[str, ...] = DELIMITED
    kind = "delimited text"
    if start.startswith(b"PAR1") or suffix == ".parquet":
        known, kind = (".parquet",), "Parquet"
    elif start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        known, kind = DOCUMENTS, "JSON"
    if suffix not in known:
        message = f"{name}: looks like {kind}, but is named {suffix or 'without a type'}"
        raise DataError(message, f"rename it so that it ends in {' or '.join(known)}")
    if known != DELIMITED:
        return Look(suffix, kind, {})
    if sheet is not None:
        said = {**said, "delimiter": ","}
    return _delimited(path, name, suffix, said, sheet)


def _delimited(
    path: Path, name: str, suffix: str, said: Mapping[str, Any], sheet: str | None
) -> Look:
    codec = said.get("encoding")
    encoding = Encoding(codec, codec, f"{codec}, as told") if codec else find_encoding(path)
    with path.open(encoding=encoding.codec, errors="replace", newline="") as text:
        lines = [text.readline(HEAD).lstrip("\ufeff") for _ in range(LINES)]
    lines = [line for line in lines if line]
    delimiter, width = _delimiter(lines, said.get("delimiter"))
    if width < 2:
        tried = " ".join(NAMES.values())
        message = f"{name}: only one column found, whatever the delimiter ({tried})"
        raise DataError(message, "journeys need at least a time and somebody it happened to")
    above, header = _header(lines, delimiter, width)
    if "skip_rows" in said and said["skip_rows"] < len(lines):
        above = said["skip_rows"]
        header = tuple(cells_of(lines[above], delimiter))
    data = [each for each in header if looks_like_data(each) or DATUM.fullmatch(each)]
    if 3 * len(data) >= len(header):
        # Whoever's data it is, it is not shown.
        message = f"{name}: the first row looks like data, not like names of columns"
        raise DataError(message, "export it with a header, or put a row of names above it")
    settings: dict[str, str | int] = {}
    if encoding.declared:
        settings["encoding"] = encoding.declared
    if delimiter != ("\t" if suffix == ".tsv" else ","):
        settings["delimiter"] = delimiter
    between = NAMES.get(delimiter, repr(delimiter))
    described = f"text with {between} between {len(header)} columns, {encoding.evidence}"
    if sheet is not None:
        described = f"a workbook, its sheet {plain(sheet)!r} of {len(header)} columns"
    if encoding.proposed:
        described += " (a proposal: look at the examples; --encoding names another)"
    if above:
        settings["skip_rows"] = above
        described += f", {above} line{'s' * (above > 1)} above the header"
    twice = ", ".join(sorted({each for each in header if each and header.count(each) > 1}))
    note = f"columns of one name cannot be told apart and are left out: {twice}"
    notes = (note,) if twice else ()
    return Look(suffix, described, settings, header, notes, tuple(lines[:above]))


def _delimiter(lines: list[str], said: str | None) -> tuple[str, int]:
    """The delimiter that cuts most lines into equally many cells, and how many those are."""

    def fit(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(cells_of(line, delimiter)) for line in lines)
        width, times = max(
            ((w, n) for w, n in widths.items() if w > 1), key=lambda each: each[1], default=(1, 0)
        )
        return times, width

    best = said or max(DELIMITERS, key=fit)
    return best, fit(best)[1]


def _header(lines: list[str], delimiter: str, width: int) -> tuple[int, tuple[str, ...]]:
    """The first line as wide as the table whose cells are mostly filled: titles stand above it.

    A file that begins with a ruled comment has its titles there, whatever they look like.
    """
    ruled = lines[0].startswith(RULE)
    for number, line in enumerate(lines):
        if ruled and line.startswith("#"):
            continue
        cells = cells_of(line, delimiter)
        if len(cells) == width and sum(map(bool, cells)) >= FILLED_HEADER * width:
            return number, tuple(cells)
    return 0, tuple(cells_of(lines[0], delimiter))
