"""Export files as rows of the temporary table `cells`: text, numbered, faults set apart.

A table's cells are the mapped columns c0, c1, …; a JSON format's are whole records. Costs keep the
first cell of each row too, in which totals rows say that they are such. What the mapping makes of
them is a select list (`projection`), so that no row is written twice for it.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from journeyflow.errors import DataError
from journeyflow.settings import Source
from journeyflow.sources import workbooks
from journeyflow.sources.columnar import open_parquet, parquet_batches
from journeyflow.sources.delimited import (
    Dialect,
    Fault,
    check_refused,
    exact_batches,
    fast_batches,
    settle_dialect,
)
from journeyflow.sources.documents import json_batches
from journeyflow.sources.fields import cells_of_fields, header_weight
from journeyflow.sources.formats import FORMATS
from journeyflow.sources.formats.declaration import DELIMITED, DOCUMENTS, PARQUET, Format
from journeyflow.sources.mapping import mapped_columns, parts_of

FOREIGN = {
    b"PK\x03\x04": "an Excel workbook or zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "a gzip file",
    b"\x28\xb5\x2f\xfd": "a Zstandard file",
    b"%PDF": "a PDF document",
    b"PAR1": "a Parquet file",
    b"<": "an HTML or XML page, perhaps an error page of the system that exports",
    b"{": "JSON",
    b"[": "JSON",
}
TEXT = {b"<", b"{", b"["}
FILE_STRIDE = 1 << 33  # as in the macros file_of and line_of; far above any file's lines
MOST_RECORDS = 1 << 26  # of a format whose rows tell of several events, as in the macro ref_of


@dataclass
class Records:
    """How many records a file has, which of them could not be read, and which only repeat names.

    `headers` are those of formats that know their own fields: the mapping tells those of a table.
    """

    read: int = 0
    headers: int = 0
    faults: list[Fault] = field(default_factory=list)


def create_cells(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Make the empty tables `cells` and `file_ranges` for the files of `source`."""
    con.execute(
        "create or replace temp table file_ranges (place int, date_from text, date_to text)"
    )
    columns = "".join(f", {name} text" for name in _columns(source))
    con.execute(f"create or replace temp table cells (line bigint{columns})")


def load_records(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    name: str,
    suffix: str,
    source: Source,
    place: int,
    envelope: str | None = None,
) -> Records:
    """Add the records of the file at `path` (plain bytes) to `cells`.

    `name` is what messages call the file, `suffix` its type, `place` its number in the batch,
    `envelope` where in a JSON document its records are, by default where the format says.
    Raises DataError for a file that is not what its type says, lacks a mapped column, or ends
    early; `cells` then holds none of its records.
    """
    format = FORMATS[source.format]
    _refuse_foreign(path, name, suffix)
    records = Records()
    file = _File(con, path, name, source, place, records, envelope or format.records_at)
    try:
        if suffix not in format.suffixes:
            message = (
                f"{name}: the format {format.name} has no files of the type {suffix or 'none'}"
            )
            books = (workbooks.SUFFIX,) if ".csv" in format.suffixes else ()
            known = " ".join((*format.suffixes, *books))
            raise DataError(message, f"known: {known}, also .gz and .zst")
        if suffix in DELIMITED:
            file.load_delimited()
        elif suffix in DOCUMENTS:
            file.load_documents()
        elif suffix in PARQUET:
            file.load_parquet()
        file.count()
    except DataError:
        con.execute("delete from cells where file_of(line) = $place", {"place": place})
        raise
    return records


def _refuse_foreign(path: Path, name: str, suffix: str) -> None:
    with path.open("rb") as file:
        start = file.read(16)
    for mark, kind in FOREIGN.items():
        own = (mark == b"PAR1" and suffix == ".parquet") or (mark in TEXT and suffix in DOCUMENTS)
        text = start.removeprefix(BOM_UTF8).lstrip() if mark in TEXT else start
        if text.startswith(mark) and not own:
            message = f"{name}: expected a {suffix} file, found {kind}"
            raise DataError(message, "export or save it as the type that its name says")


@dataclass
class _File:
    """One file on its way into `cells`."""

    con: duckdb.DuckDBPyConnection
    path: Path
    name: str
    source: Source
    place: int
    records: Records
    envelope: str | None

    @property
    def format(self) -> Format:
        """What the file is declared to be."""
        return FORMATS[self.source.format]

    def count(self) -> None:
        """Note how many records there are, those that could not be read among them."""
        ((loaded,),) = self.con.execute(
            "select count(*) from cells where file_of(line) = $place", {"place": self.place}
        ).fetchall()
        read = loaded + self.records.headers + len(self.records.faults)
        self.records.read = read
        has_parts = self.format.shape == "fields" or self.format.lands in ("costs", "feedback")
        if has_parts and read >= MOST_RECORDS:
            message = (
                f"{self.name}: {read:,} rows; expected fewer than {MOST_RECORDS:,} in one file"
            )
            raise DataError(message, "export shorter periods, each into a file of its own")

    def load_delimited(self) -> None:
        """Read delimited text: by the fast reader where it would number every record rightly."""
        format = self.format
        wanted = list(format.required)
        if format.shape == "columns":
            wanted = mapped_columns(self.source)
        weigh = partial(header_weight, format) if format.shape == "fields" else None
        dialect = settle_dialect(self.path, self.name, self.source, wanted, format.refused, weigh)
        if format.shape == "json":
            wanted = [each for each in dialect.header if each and dialect.header.count(each) == 1]
        elif format.shape == "fields":
            asked = mapped_columns(self.source)
            names = cells_of_fields(format, dialect.header, self.name, asked)
            wanted = [*names.values()]
            if format.range_above and not any(each.column == "day" for each in names):
                self._take_range(dialect)
        label = dialect.header[0] if _has_label(format) else None
        if label is not None and label not in wanted:
            wanted = [*wanted, label]
        if dialect.fast:
            try:
                self._take(fast_batches(self.path, dialect, wanted), wanted, label)
            except pa.ArrowInvalid:
                pass  # a ragged row somewhere: the exact reader tells which
            else:
                return
        faults = self.records.faults
        batches = exact_batches(
            self.path, self.name, dialect, wanted, faults, totals=label is not None
        )
        self._take(batches, wanted, label)

    def _take_range(self, dialect: Dialect) -> None:
        """Note the days that the file covers, in place of a day in each row."""
        format = self.format
        day = next(each.name for each in format.fields if each.column == "day")
        key_of = format.key_of or str
        other = {key_of(each) for each in format.periods} & set(map(key_of, dialect.header))
        ends = format.range_above(dialect.above) if format.range_above else None
        if other or ends is None:
            why = (
                f"rows tell a {min(other)}"
                if other
                else "no line above the header tells the days it covers"
            )
            raise DataError(
                f"{self.name}: no {day} in the header, and {why}",
                f"export it by day, with {day}",
            )
        values = [self.place, *(each.isoformat() for each in ends)]
        self.con.execute("insert into file_ranges values ($1, $2, $3)", values)

    def load_parquet(self) -> None:
        """Read Parquet: the mapped columns, or whole records as JSON."""
        if self.format.shape == "columns":
            wanted = mapped_columns(self.source)
            self._take(parquet_batches(self.path, self.name, wanted), wanted)
            return
        with open_parquet(self.path, self.name):
            pass  # DuckDB's own words for a file that is no Parquet name neither it nor the way out
        self._make_documents()
        try:
            self.con.execute(
                f"insert into {self._documents} "
                "select file_row_number + 1 + $first, to_json(t)::text "
                "from read_parquet($path, file_row_number = true) as t",
                {"path": str(self.path), "first": self.place * FILE_STRIDE},
            )
        except duckdb.Error as fault:
            message = f"{self.name}: not a whole Parquet file ({fault})"
            raise DataError(message, "export it again") from fault
        self._take_documents()

    def load_documents(self) -> None:
        """Read JSON: every record an object."""
        self._make_documents()
        batches = json_batches(self.path, self.name, self.envelope, self.records.faults)
        values = {"first": self.place * FILE_STRIDE}
        with _incoming(self.con, batches, ["record"]):
            insert = f"insert into {self._documents} select line + $first, record from incoming"
            self.con.execute(insert, values)
        broken = self.con.execute(
            f"delete from {self._documents} where file_of(line) = $place "
            "and try(json_type(record)) is distinct from 'OBJECT' returning line_of(line)",
            {"place": self.place},
        ).fetchall()
        self.records.faults += [Fault(line, "not a JSON object") for (line,) in broken]
        self._take_documents()

    @property
    def _documents(self) -> str:
        """The table of the records as JSON: where they are not taken apart, `cells` itself."""
        return "cells" if self.format.shape == "json" else "documents"

    def _make_documents(self) -> None:
        if self._documents != "cells":
            self.con.execute("create or replace temp table documents (line bigint, record text)")

    def _take(
        self, batches: Iterator[pa.RecordBatch], wanted: Sequence[str], label: str | None = None
    ) -> None:
        format = self.format
        cells = [f"c{place}" for place in range(len(wanted))]
        given = dict(zip(wanted, cells, strict=True))
        values: dict[str, Any] = {"first": self.place * FILE_STRIDE}
        line = "line + $first"
        if format.shape != "columns":
            values |= {f"k{place}": each for place, each in enumerate(wanted)}
            # Files that were put together by hand repeat their header in the middle.
            header = " and ".join(f"{cell} = $k{place}" for place, cell in enumerate(cells))
            line = f"if({header}, -1, 1) * ({line})"
        if format.shape == "json":
            # Each row becomes the JSON object that the same record is in the format's own files.
            pairs = ", ".join(f"$k{place}::text, {cell}" for place, cell in enumerate(cells))
            select = f"json_object({pairs})::text"
        elif format.shape == "fields":
            names = cells_of_fields(format, wanted, self.name)
            select = ", ".join(given.get(names.get(each, ""), "null") for each in format.fields)
        else:
            select = ", ".join(given[each] for each in mapped_columns(self.source))
        if _has_label(format):
            select += ", null" if label is None else f", {given[label]}"
        with _incoming(self.con, batches, cells):
            self.con.execute(f"insert into cells select {line}, {select} from incoming", values)
        if format.shape != "columns":
            found = self.con.execute("delete from cells where line < 0 returning line")
            self.records.headers = len(found.fetchall())

    def _take_documents(self) -> None:
        format = self.format
        if format.shape == "json":
            self._check_keys({key: key for key in format.required})
            return
        needed = [*format.required, *chain.from_iterable(format.either)]
        mapped = {each: parts_of(self.source.columns.get(each)) for each in needed}
        self._check_keys({key: column for column, keys in mapped.items() for key in keys})
        paths = {f"p{n}": _path(key) for n, key in enumerate(mapped_columns(self.source))}
        cells = ", ".join(f"record ->> ${each}" for each in paths)
        cells += ", null" * _has_label(format)
        self.con.execute(f"insert into cells select line, {cells} from documents", paths)
        self.con.execute("drop table documents")

    def _check_keys(self, keys: Mapping[str, str]) -> None:
        """A required key that no record has is a missing column; `keys`: key -> our column."""
        if not self._any("true"):
            return
        format = self.format
        check_refused(self.name, filter(self._has, format.refused), format.refused)
        for key, column in keys.items():
            if self._has(key):
                continue
            if format.shape == "json":
                message = f"{self.name}: does not look like {format.name}: no record has {key!r}"
                hint = "look whether the file and the format in [[sources]] agree"
                raise DataError(message, hint)
            message = f"{self.name}: no record has the key {key!r}, mapped to {column}"
            raise DataError(message, "correct the mapping in [[sources]]")

    def _has(self, key: str) -> bool:
        """Whether any record has the key. One is enough, and the first mostly has."""
        return self._any("record ->> $path is not null", path=_path(key))

    def _any(self, condition: str, **values: str) -> bool:
        """Whether the condition holds for any record of the file."""
        found = self.con.execute(
            f"select 1 from {self._documents} where file_of(line) = $place and {condition} limit 1",
            {"place": self.place, **values},
        )
        return bool(found.fetchall())


def _columns(source: Source) -> list[str]:
    format = FORMATS[source.format]
    if format.shape == "json":
        return ["record"]
    named = format.fields if format.shape == "fields" else mapped_columns(source)
    return [*(f"c{place}" for place in range(len(named))), *["label"] * _has_label(format)]


def _has_label(format: Format) -> bool:
    return format.lands == "costs" and format.shape != "json"


def _path(key: str) -> str:
    return key if key.startswith("$") else '$."' + key.replace('"', '""') + '"'


@contextmanager
def _incoming(
    con: duckdb.DuckDBPyConnection, batches: Iterator[pa.RecordBatch], columns: list[str]
) -> Iterator[None]:
    """Show batches to DuckDB as `incoming`, under our own names: the file's may be anything.

    A fault raised while they are read leaves as itself; DuckDB would bury it in one of its own.
    """
    schema = pa.schema([("line", pa.int64()), *((name, pa.string()) for name in columns)])
    faults: list[Exception] = []

    def renamed() -> Iterator[pa.RecordBatch]:
        try:
            for batch in batches:
                yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)
        except Exception as fault:
            faults.append(fault)
            raise

    con.register("incoming", pa.RecordBatchReader.from_batches(schema, renamed()))
    try:
        yield
    except duckdb.Error:
        if faults:
            raise faults[0] from None
        raise
    finally:
        con.unregister("incoming")
