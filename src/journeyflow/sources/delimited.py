"""Delimited text, read so that record n of the file is line n of the landed rows.

A fast reader serves ordinary files. A pre-pass over the bytes finds what would shift its
record numbers (quoted line breaks, lone carriage returns, NULs, bytes that are no text);
such files, and files with ragged rows, go through a slower reader that is exact.
"""

from __future__ import annotations

import codecs
import csv
import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from journeyflow.errors import DataError
from journeyflow.settings import Source
from journeyflow.sources.totals import is_total

CHUNK = 1 << 20
QUOTE, LINE_FEED = ord('"'), ord("\n")
BATCH = 50_000
LONGEST_LINE = 16 << 20
MOST_DIGITS_OF_A_NAME = 4
HEADER_WITHIN = 20  # lines
DELIMITERS = (",", ";", "\t", "|")
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Fault:
    """A record that could not be read: its number in the file and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Dialect:
    """How one delimited file is written, settled before any record is read.

    `lines_before` counts the physical lines up to the first record: those to skip, blank
    ones, and the header. `above` are the lines above the header.
    """

    encoding: str
    delimiter: str
    lines_before: int
    header: tuple[str, ...]
    fast: bool
    above: tuple[str, ...] = ()


def settle_dialect(
    path: Path,
    name: str,
    source: Source,
    wanted: Iterable[str],
    refused: Mapping[str, tuple[str, str]] | None = None,
    weigh: Callable[[Sequence[str]], int] | None = None,
) -> Dialect:
    """Find encoding, delimiter and header of the file; DataError where they do not fit.

    `wanted` are columns that the header must have, `refused` as in `check_refused`. `weigh` says
    how much some cells look like the header of a format that knows its own; the likeliest of the
    first lines is the header then, however many titles stand above it.
    """
    encoding = _encoding(path, source)
    clean = _survey(path, name)
    with _text(path, name, encoding) as text:
        lines = [text.readline() for _ in range(source.skip_rows)]
        while (first := text.readline().lstrip("\ufeff")) and not first.strip():
            lines.append(first)
        wanted = list(wanted)
        ahead = [first]
        if weigh:
            ahead += [text.readline() for _ in range(HEADER_WITHIN)]
            above, delimiter = _likeliest(ahead, source.delimiter or _of_type(path), weigh)
            lines += ahead[:above]
            ahead = ahead[above:]
        else:
            delimiter = source.delimiter or _of_type(path) or _delimiter(first, wanted)
        if any("\udc80" <= each <= "\udcff" for each in ahead[0]):
            message = f"{name}: the header is not {encoding} text"
            raise DataError(message, 'declare it in [[sources]], for example encoding = "cp1251"')
        reader = csv.reader(chain(ahead, iter(text.readline, "")), delimiter=delimiter)
        header = tuple(cell.strip() for cell in next(reader, []))
    check_refused(name, header, refused or {})
    check_header(name, header, wanted)
    fast = clean and encoding in ("utf-8", "utf-8-sig") and delimiter.isascii()
    fast = fast and _well_quoted(path, delimiter)
    above_header = tuple(line.strip() for line in lines)
    return Dialect(encoding, delimiter, len(lines) + reader.line_num, header, fast, above_header)


def _encoding(path: Path, source: Source) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    for mark, encoding in BOMS:
        if start.startswith(mark):
            return encoding
    return codecs.lookup(source.encoding).name if source.encoding else "utf-8"


@contextmanager
def _text(path: Path, name: str, encoding: str) -> Iterator[IO[str]]:
    # Surrogates mark the bytes that are no text, so that only their own record is rejected.
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as text:
        try:
            yield text
        except UnicodeDecodeError as fault:  # an encoding of two bytes a letter has no surrogates
            message = f"{name}: not {encoding} text ({fault.reason})"
            hint = "the file is cut, or its encoding is another than declared"
            raise DataError(message, hint) from fault


def _survey(path: Path, name: str) -> bool:
    """Tell whether the fast reader would number this file's records rightly."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    clean, run, lines = True, 0, 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if chunk.endswith(b"\r"):
                chunk += file.read(1)
            if clean:
                clean = _plain(chunk, decoder)
            for_this_line = chunk.find(b"\n")
            run = run + len(chunk) if for_this_line < 0 else len(chunk) - chunk.rfind(b"\n")
            lines += chunk.count(b"\n")
            if run > LONGEST_LINE:
                message = (
                    f"{name}: physical line {lines + 1} is longer than {LONGEST_LINE >> 20} MiB; "
                    "expected a table of ordinary rows"
                )
                raise DataError(message, "look whether the export was cut or re-saved")
    return clean


def _plain(chunk: bytes, decoder: codecs.IncrementalDecoder) -> bool:
    if b"\0" in chunk or (b"\r" in chunk and chunk.count(b"\r") != chunk.count(b"\r\n")):
        return False
    if chunk.isascii() and not decoder.getstate()[0]:
        return True
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _well_quoted(path: Path, delimiter: str) -> bool:
    """Tell whether every quote opens, closes or doubles: readers differ on all others.

    Of the quotes of a line each other one opens, where a cell begins or after the quote that
    it doubles; the ones between close, where a cell ends or before the quote that doubles them.
    """
    beside = np.zeros(256, np.bool_)
    beside[[QUOTE, LINE_FEED, ord("\r"), ord(delimiter)]] = True
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            # As if a line ended before the first and after the last of these.
            text = np.frombuffer(b"\n" + chunk + file.readline() + b"\n", np.uint8)
            quotes = np.flatnonzero(text == QUOTE)
            if not len(quotes):
                continue
            lines = np.flatnonzero(text == LINE_FEED)
            before = np.searchsorted(quotes, lines)
            opening, closing = quotes[::2], quotes[1::2]
            if (before % 2).any():
                return False
            if not (beside[text[opening - 1]].all() and beside[text[closing + 1]].all()):
                return False
    return True


def _of_type(path: Path) -> str | None:
    return "\t" if path.suffix.lower() == ".tsv" else None


def _likeliest(
    lines: list[str], delimiter: str | None, weigh: Callable[[Sequence[str]], int]
) -> tuple[int, str]:
    """Which of the lines is the header, and what stands between its cells."""
    ways = [(n, each) for n in range(len(lines)) for each in delimiter or DELIMITERS]
    return max(ways, key=lambda way: weigh(cells_of(lines[way[0]], way[1])))


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line, without outer spaces; none of a line that is no row of a table."""
    csv.field_size_limit(LONGEST_LINE)
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _delimiter(header: str, wanted: list[str]) -> str:
    def fit(delimiter: str) -> tuple[int, int]:
        cells = cells_of(header, delimiter)
        return sum(each in cells for each in wanted), len(cells)

    return max(DELIMITERS, key=fit)


def check_refused(
    name: str, columns: Iterable[str], refused: Mapping[str, tuple[str, str]]
) -> None:
    """Raise DataError where a column shows the file to be another export.

    `refused`: such a column -> what the file then holds, and the way out.
    """
    for column in columns:
        if column in refused:
            holds, hint = refused[column]
            raise DataError(f"{name}: holds {holds}, as its column {column!r} shows", hint)


def check_header(name: str, header: tuple[str, ...], wanted: list[str]) -> None:
    """Raise DataError unless each wanted column stands in the header, and once."""
    for column in wanted:
        if column not in header:
            near = difflib.get_close_matches(column, header, n=1)
            shown = ", ".join("…" if looks_like_data(each) else each for each in header)[:300]
            message = f"{name}: no column {column!r} in the header: {shown or 'nothing'}"
            hint = f"did you mean {near[0]!r}?" if near else "correct the mapping in [[sources]]"
            if any(looks_like_data(each) for each in header):
                hint = "the first row looks like data (shown as …): export with a header row"
            if any("\0" in each for each in header):
                hint = 'it looks like UTF-16; declare encoding = "utf-16-le" or "utf-16-be"'
            raise DataError(message, hint)
        if header.count(column) > 1:
            message = f"{name}: the column {column!r} stands {header.count(column)} times"
            raise DataError(message, "rename one of them in the export")


def looks_like_data(cell: str) -> bool:
    """Whether a header cell is rather a value, and perhaps a person's."""
    return "@" in cell or sum(map(str.isdigit, cell)) > MOST_DIGITS_OF_A_NAME


def fast_batches(path: Path, dialect: Dialect, wanted: list[str]) -> Iterator[pa.RecordBatch]:
    """Read an ordinary file in order; pyarrow.ArrowInvalid as soon as a row is ragged."""
    names = [f"c{place}" for place in range(len(dialect.header))]
    reader = arrow_csv.open_csv(
        path,
        read_options=arrow_csv.ReadOptions(
            column_names=names, skip_rows=dialect.lines_before, block_size=8 << 20
        ),
        parse_options=arrow_csv.ParseOptions(delimiter=dialect.delimiter),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=[names[dialect.header.index(each)] for each in wanted],
            strings_can_be_null=False,
        ),
    )
    line = 1
    for batch in reader:
        numbers = pa.array(range(line, line + batch.num_rows), pa.int64())
        line += batch.num_rows
        yield pa.record_batch([numbers, *batch.columns], names=["line", *wanted])


class _Lines:
    """The physical lines of a file, and whether they ran out in the middle of a record."""

    def __init__(self, text: IO[str]) -> None:
        self.text = text
        self.ended = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.text.readline()
        self.ended = not line
        if not line:
            raise StopIteration
        return line


def exact_batches(
    path: Path,
    name: str,
    dialect: Dialect,
    wanted: list[str],
    faults: list[Fault],
    *,
    totals: bool = False,
) -> Iterator[pa.RecordBatch]:
    """Read any file record by record; what cannot be read is appended to `faults`.

    `totals`: a record that is named as a totals row may have fewer cells than the others.
    """
    csv.field_size_limit(LONGEST_LINE)
    places = [dialect.header.index(column) for column in wanted]
    schema = pa.schema([("line", pa.int64()), *((column, pa.string()) for column in wanted)])
    rows: list[tuple[object, ...]] = []
    with _text(path, name, dialect.encoding) as text:
        for _ in range(dialect.lines_before):
            text.readline()
        lines = _Lines(text)
        reader = csv.reader(lines, delimiter=dialect.delimiter)
        for number, cells in enumerate(_records(reader, name), start=1):
            if lines.ended:
                message = f"{name}: the quote opened in row {number} never closes"
                raise DataError(message, "the file is cut, or the quote belongs to the text")
            if totals and is_total(cells[0]):
                cells += [""] * (len(dialect.header) - len(cells))
            reason = _unreadable(cells, dialect)
            if reason:
                faults.append(Fault(number, reason))
                continue
            rows.append((number, *(cells[place] for place in places)))
            if len(rows) == BATCH:
                yield _batch(rows, schema)
                rows.clear()
    if rows:
        yield _batch(rows, schema)


def _records(reader: Iterator[list[str]], name: str) -> Iterator[list[str]]:
    try:
        yield from filter(None, reader)
    except csv.Error as fault:
        message = f"{name}: a cell of more than {LONGEST_LINE >> 20} MiB; is a quote never closed?"
        raise DataError(message, "the file is cut, or a quote belongs to the text") from fault


def _unreadable(cells: list[str], dialect: Dialect) -> str | None:
    if any("\0" in cell for cell in cells):
        return "a NUL byte"
    if any("\udc80" <= letter <= "\udcff" for cell in cells for letter in cell):
        return f"bytes that are not {dialect.encoding}"
    if len(cells) != len(dialect.header):
        return f"{len(cells)} columns, expected {len(dialect.header)}"
    return None


def _batch(rows: list[tuple[object, ...]], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    return pa.record_batch(
        [pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)],
        schema=schema,
    )
