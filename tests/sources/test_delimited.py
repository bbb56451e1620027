from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.errors import DataError
from journeyflow.settings import Source
from journeyflow.sources.delimited import (
    HEADER_WITHIN,
    LONGEST_LINE,
    Dialect,
    Fault,
    exact_batches,
    fast_batches,
    settle_dialect,
)

Rows = list[tuple[int, ...]]


def source(**keys: object) -> Source:
    return Source.model_validate(
        {"name": "s", "format": "table", "files": "*.csv", "columns": {"kind": "k"}, **keys}
    )


def settle(path: Path, wanted: list[str], **keys: object) -> Dialect:
    return settle_dialect(path, path.name, source(**keys), wanted)


def rows_of(batches: object) -> Rows:
    return [tuple(row.values()) for batch in batches for row in batch.to_pylist()]  # type: ignore[attr-defined]


def exact(path: Path, dialect: Dialect, wanted: list[str]) -> tuple[Rows, list[Fault]]:
    faults: list[Fault] = []
    return rows_of(exact_batches(path, path.name, dialect, wanted, faults)), faults


def written(tmp_path: Path, content: bytes | str, name: str = "t.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


ENCODINGS = {
    "utf-8": "é中😀 ж",
    "utf-8-sig": "é中 ж",
    "cp1251": "ёЖя №",
    "utf-16": "é中😀 ж",
}
DELIMITERS = st.sampled_from(",;\t|")


@st.composite
def tables(draw: st.DrawFn) -> tuple[bytes, list[list[str]], str, str]:
    """Bytes of a random table, its records, its encoding, its delimiter."""
    encoding = draw(st.sampled_from(sorted(ENCODINGS)))
    delimiter = draw(DELIMITERS)
    alphabet = "ab1 \"',;\t|\n\r" + ENCODINGS[encoding]
    width = draw(st.integers(2, 4))
    cell = st.text(alphabet, max_size=6)
    body = draw(st.lists(st.lists(cell, min_size=width, max_size=width), max_size=8))
    # Python's writer leaves a carriage return unquoted where lines end without one.
    bare = any("\r" in cell for record in body for cell in record)
    quoting = csv.QUOTE_ALL if bare or draw(st.booleans()) else csv.QUOTE_MINIMAL
    end = draw(st.sampled_from(("\n", "\r\n")))
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator=end)
    header = [f"c{place}" for place in range(width)]
    for record in [header, *body]:
        writer.writerow(record)
        stream.write(end * draw(st.sampled_from((0, 0, 0, 1, 2))))
    text = stream.getvalue()
    if draw(st.booleans()):
        text = text.rstrip("\r\n")
    return text.encode(encoding), body, encoding, delimiter


@given(tables())
def test_every_reader_gives_the_records_that_were_written(
    tmp_path_factory: pytest.TempPathFactory, table: tuple[bytes, list[list[str]], str, str]
) -> None:
    content, body, encoding, delimiter = table
    path = written(tmp_path_factory.getbasetemp(), content, "table.csv")
    wanted = [f"c{place}" for place in range(len(body[0]) if body else 2)]
    declared = {} if encoding == "utf-8-sig" else {"encoding": encoding}
    dialect = settle(path, wanted, delimiter=delimiter, **declared)
    expected = [(line, *cells) for line, cells in enumerate(body, 1)]
    assert exact(path, dialect, wanted) == (expected, [])
    if dialect.fast:
        try:
            fast = rows_of(fast_batches(path, dialect, wanted))
        except pa.ArrowInvalid:
            assert not body  # refuses a file of no records; the exact reader then reads it
        else:
            assert fast == expected


RAW = st.text('a,"\n\r é', max_size=40)


@given(RAW)
def test_where_the_fast_reader_reads_at_all_it_reads_as_the_exact_one(
    tmp_path_factory: pytest.TempPathFactory, body: str
) -> None:
    path = written(tmp_path_factory.getbasetemp(), f"x,y\n{body}", "raw.csv")
    dialect = settle(path, ["x", "y"])
    if not dialect.fast:
        return
    try:
        fast = rows_of(fast_batches(path, dialect, ["y", "x"]))
    except pa.ArrowInvalid:
        return
    assert exact(path, dialect, ["y", "x"]) == (fast, [])


def test_the_delimiter_is_the_one_that_shows_the_mapped_columns(tmp_path: Path) -> None:
    path = written(tmp_path, "k;a,b,c,d\nx;1\n")
    assert settle(path, ["k"]).delimiter == ";"


def test_a_missing_column_names_the_file_and_the_nearest_column(tmp_path: Path) -> None:
    path = written(tmp_path, "order_id,amuont\n1,2\n")
    with pytest.raises(DataError, match=r"t\.csv: no column 'amount'") as caught:
        settle(path, ["order_id", "amount"])
    assert caught.value.hint == "did you mean 'amuont'?"


def test_a_column_that_stands_twice_is_refused_if_it_is_mapped(tmp_path: Path) -> None:
    path = written(tmp_path, "k,v,v\na,1,2\n")
    dialect = settle(path, ["k"])
    assert rows_of(fast_batches(path, dialect, ["k"])) == [(1, "a")]
    with pytest.raises(DataError, match="'v' stands 2 times"):
        settle(path, ["k", "v"])


def test_a_header_in_another_encoding_asks_for_the_encoding(tmp_path: Path) -> None:
    path = written(tmp_path, "событие,k\n1,2\n".encode("cp1251"))
    with pytest.raises(DataError, match="header is not utf-8 text") as caught:
        settle(path, ["k"])
    assert "cp1251" in str(caught.value.hint)


def test_a_header_that_breaks_inside_quotes_and_lines_to_skip(tmp_path: Path) -> None:
    path = written(tmp_path, 'Report\n\n\nk,"the\nvalue"\na,1\nb,2\n')
    dialect = settle(path, ["k"], skip_rows=1)
    assert dialect.header == ("k", "the\nvalue")
    assert not dialect.fast
    assert exact(path, dialect, ["k"]) == ([(1, "a"), (2, "b")], [])
    plain = written(tmp_path, "Report\n\n\nk,v\na,1\nb,2\n")
    dialect = settle(plain, ["k"], skip_rows=1)
    assert dialect.fast
    assert rows_of(fast_batches(plain, dialect, ["k"])) == [(1, "a"), (2, "b")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("above", [0, 1, HEADER_WITHIN, HEADER_WITHIN + 1])
def test_a_format_finds_its_header_below_a_few_lines(
    tmp_path: Path, delimiter: str, above: int
) -> None:
    lines = ['"Report, of all; things"', "", "k of another table"][:above]
    lines += ["x"] * (above - len(lines))
    table = "".join(f"{delimiter.join(each)}\n" for each in ("kv", "ab", "kv", "cd"))
    path = written(tmp_path, "".join(f"{line}\n" for line in lines) + table)

    def weigh(cells: Sequence[str]) -> int:
        return len({"k", "v"}.intersection(cells))

    dialect = settle_dialect(path, path.name, source(), [], weigh=weigh)
    if above > HEADER_WITHIN:
        assert dialect.header != ("k", "v")
        return
    assert (dialect.header, dialect.delimiter) == (("k", "v"), delimiter)
    assert list(dialect.above) == [line.strip() for line in lines]
    rows = [(1, "a", "b"), (2, "k", "v"), (3, "c", "d")]
    assert exact(path, dialect, ["k", "v"]) == (rows, [])
    if dialect.fast:
        assert rows_of(fast_batches(path, dialect, ["k", "v"])) == rows


def test_faults_keep_the_number_of_their_record(tmp_path: Path) -> None:
    path = written(tmp_path, b'k,v\na,1\nb\nc,"2\n3"\nd,\x00\ne,\xff\nf,4,5\n\ng,6\n')
    dialect = settle(path, ["k", "v"])
    assert not dialect.fast
    rows, faults = exact(path, dialect, ["k", "v"])
    assert rows == [(1, "a", "1"), (3, "c", "2\n3"), (7, "g", "6")]
    assert faults == [
        Fault(2, "1 columns, expected 2"),
        Fault(4, "a NUL byte"),
        Fault(5, "bytes that are not utf-8"),
        Fault(6, "3 columns, expected 2"),
    ]


def test_a_quote_that_never_closes_is_a_cut_file(tmp_path: Path) -> None:
    path = written(tmp_path, 'k,v\na,1\nb,"2\nc,3\n')
    dialect = settle(path, ["k"])
    with pytest.raises(DataError, match="the quote opened in row 2 never closes"):
        exact(path, dialect, ["k"])


def test_a_cell_beyond_all_bounds_is_refused(tmp_path: Path) -> None:
    filler = "x" * 1000 + "\n"
    path = written(tmp_path, 'k,v\na,"' + filler * (LONGEST_LINE // 1000 + 1000))
    dialect = settle(path, ["k"])
    with pytest.raises(DataError, match="a cell of more than 16 MiB"):
        exact(path, dialect, ["k"])


def test_a_line_of_20_mb_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "k,v\na,1\nb," + "x" * 20_000_000)
    with pytest.raises(DataError, match=r"t\.csv: physical line 3 is longer than 16 MiB"):
        settle(path, ["k"])


def test_half_a_letter_of_utf_16_is_a_cut_file(tmp_path: Path) -> None:
    path = written(tmp_path, "k,v\na,1\nb,2".encode("utf-16")[:-1])
    dialect = settle(path, ["k"])
    with pytest.raises(DataError, match="not utf-16 text"):
        exact(path, dialect, ["k"])


def test_carriage_returns_alone_end_lines_too(tmp_path: Path) -> None:
    path = written(tmp_path, "k,v\ra,1\rb,2\r")
    dialect = settle(path, ["k", "v"])
    assert exact(path, dialect, ["k", "v"]) == ([(1, "a", "1"), (2, "b", "2")], [])
