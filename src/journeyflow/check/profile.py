"""What the values of each column look like, counted over all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from journeyflow.check.looking import Look
from journeyflow.errors import DataError
from journeyflow.settings import Source
from journeyflow.sources.columnar import open_parquet
from journeyflow.sources.documents import envelope_of, json_batches
from journeyflow.sources.formats import FORMATS
from journeyflow.sources.formats.declaration import DOCUMENTS
from journeyflow.sources.landing import NULLS
from journeyflow.sources.records import create_cells, load_records
from journeyflow.warehouse.database import CONFIG, LEAST_MEMORY
from journeyflow.warehouse.layout import script

KEYS_FROM = 2_000
#: What systems write instead of nothing. `(none)`, `(direct)` and `нет` mean something.
ALSO_NULL = (
    "-", "--", "---", "—", "–", "?", "(not set)", "(not provided)", "<не указано>",
    "<не заполнено>", "не указано", "не указан", "Не указано", "Не указан", "нет данных", "#N/A",
)  # fmt: skip
DECIMALS = (".", ",")
SAMPLE = 600
TOP = 40
JOINED = 1_000_000  # the place of two columns joined, beyond that of every column


def connect(scratch: Path | None = None) -> duckdb.DuckDBPyConnection:
    """An in-memory database with the functions that landing casts by; it spills to `scratch`."""
    con = duckdb.connect(config={**CONFIG, "memory_limit": f"{LEAST_MEMORY}MB"})
    if scratch:
        con.execute("set temp_directory = $scratch", {"scratch": str(scratch)})
    con.execute("set TimeZone = 'UTC'")
    con.execute("set enable_progress_bar = false")
    for name in ("landing_macros", "time_macros"):
        con.execute(script(name))
    return con


def one(
    con: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, Any] | None = None
) -> tuple[Any, ...]:
    """The first row of an answer, read to its end: a half-read one blocks the connection."""
    rows = con.execute(sql, dict(values or {})).fetchall()
    return rows[0] if rows else ()


def load_raw(
    con: duckdb.DuckDBPyConnection, path: Path, name: str, found: Look
) -> tuple[list[str], list[str]]:
    """Read the file at `path` (plain bytes) into table `raw` (line, c0, c1, …), all text.

    Out: the columns behind c0, c1, …, spelled as `[sources.columns]` must spell them, and the
    names of lists and other nested columns. These, and columns of one name, are left out. Raises
    DataError as the reader would.
    """
    envelope = None
    nested: list[str] = []
    if found.suffix in DOCUMENTS:
        envelope = envelope_of(path, filter(None, (each.records_at for each in FORMATS.values())))
        columns, nested = _keys(con, path, name, envelope)
    else:
        named = list(found.header)
        if found.suffix == ".parquet":
            with open_parquet(path, name) as file:
                named = [e.name for e in file.schema_arrow if not pa.types.is_nested(e.type)]
                nested = [e.name for e in file.schema_arrow if pa.types.is_nested(e.type)]
        columns = [each for each in named if each and named.count(each) == 1]
    source = Source.model_validate(
        {"name": "look", "format": "table", "files": "look", **found.settings}
        | {"attributes": {each: each for each in columns}}
    )
    create_cells(con, source)
    load_records(con, path, name, found.suffix, source, 0, envelope)
    con.execute("alter table cells rename to raw")
    return columns, nested


def _keys(
    con: duckdb.DuckDBPyConnection, path: Path, name: str, envelope: str | None
) -> tuple[list[str], list[str]]:
    """What is inside JSON records: plain values (a key, or a path as `$.user.id`), and lists."""
    for batch in json_batches(path, name, envelope, []):
        con.register("records", pa.Table.from_batches([batch.slice(0, KEYS_FROM)]))
        found = con.execute(
            "select if(path = '$' and not starts_with(key, '$'), key, fullkey) as name, "
            "type = 'ARRAY' as is_list from records, "
            "json_tree(if(json_valid(record), record, '{}')) "
            "where type <> 'OBJECT' and not regexp_matches(fullkey, '\\[\\d+\\]') "
            "group by all order by min(line), min(id)"
        ).fetchall()
        con.unregister("records")
        lists = [key for key, is_list in found if is_list]
        return [key for key, is_list in found if key and not is_list], lists
    raise DataError(f"{name}: no JSON record found", "expected one JSON object a line")


@dataclass(frozen=True)
class Column:
    """One column: `place` in table `raw`, its distinct values in table `v<place>` (v, n, first)."""

    con: duckdb.DuckDBPyConnection
    name: str
    place: int
    rows: int
    filled: int
    distinct: int
    longest: int
    top: tuple[tuple[str, int], ...]
    sample: tuple[str, ...]
    null_tokens: tuple[str, ...]

    @property
    def fill(self) -> float:
        """Share of rows with a value."""
        return self.filled / self.rows if self.rows else 0.0

    @property
    def unique(self) -> bool:
        """Every row has a value of its own."""
        return self.rows > 1 and self.distinct == self.rows

    def share(self, fits: Callable[[str], object], at_most: int = SAMPLE) -> float:
        """Share of the sampled distinct values that fit."""
        sample = self.sample[:at_most]
        return sum(bool(fits(v)) for v in sample) / len(sample) if sample else 0.0

    def share_of_rows(self, condition: str, **values: str) -> float:
        """Share of the rows with a value that meet an SQL condition on `v`."""
        share = f"select coalesce(sum(n) filter ({condition}), 0) / sum(n) from v{self.place}"
        return float(one(self.con, share, values)[0] or 0)


def decimal_of(column: Column) -> tuple[str, float, bool]:
    """Try both decimal signs on every value, by the reader's own cast.

    Out: the sign that reads most rows (a point where both read all), the share that it reads,
    and whether both read all and some value, such as `1,234`, then means two amounts.
    """
    fits = {}
    for sign in DECIMALS:
        column.con.execute("set variable decimal = $sign", {"sign": sign})
        fits[sign] = column.share_of_rows("exact_number(v) is not null")
    best = max(DECIMALS, key=lambda sign: fits[sign])
    is_marked = column.share_of_rows("regexp_matches(v, '[.,]')") > 0
    return best, fits[best], is_marked and min(fits.values()) == 1.0


def profile(con: duckdb.DuckDBPyConnection, columns: list[str]) -> list[Column]:
    """Count the distinct values of each column of `raw`; nulls and null words are set apart."""
    (rows,) = one(con, "select count(*) from raw")
    con.execute("set variable null_values = $nulls", {"nulls": [*NULLS]})
    return [
        _column(con, name, place, rows, f"clean(c{place})") for place, name in enumerate(columns)
    ]


def copies(moment: Column) -> tuple[int, int, int]:
    """How many rows that have a `moment` repeat another in every cell, and the first two equal."""
    return one(
        moment.con,
        "select coalesce(sum(n - 1), 0)::bigint, min(lines)[1], min(lines)[2] from ("
        " select * exclude (line), count(*) as n, min(line, 2) as lines from raw"
        f" where clean(c{moment.place}) <> $name group by all having n > 1)",
        {"name": moment.name},  # a header inside the file
    )


def join(first: Column, second: Column) -> Column:
    """Two columns as the reader joins them: one blank between, nothing where a part is empty.

    The values stand in the same table for every two columns, so use one before joining others.
    """
    nulls = [*NULLS, *ALSO_NULL]
    first.con.execute("set variable null_values = $nulls", {"nulls": nulls})
    text = f"bare_date(clean(c{first.place})) || ' ' || clean(c{second.place})"
    return _column(first.con, first.name, JOINED, first.rows, text)


def _column(con: duckdb.DuckDBPyConnection, name: str, place: int, rows: int, text: str) -> Column:
    con.execute(
        f"create or replace table v{place} as "
        f"select {text} as v, count(*) as n, min(line) as first from raw "
        "where v is not null group by 1"
    )
    tokens = con.execute(
        f"delete from v{place} where list_contains($also, v) returning v", {"also": [*ALSO_NULL]}
    ).fetchall()
    filled, distinct, longest = one(
        con, f"select coalesce(sum(n), 0), count(*), coalesce(max(length(v)), 0) from v{place}"
    )
    top = con.execute(f"select v, n from v{place} order by n desc, v limit {TOP}").fetchall()
    sample = con.execute(f"select v from v{place} order by md5(v) limit {SAMPLE}").fetchall()
    return Column(
        con=con,
        name=name,
        place=place,
        rows=rows,
        filled=int(filled),
        distinct=distinct,
        longest=longest,
        top=tuple((v, n) for v, n in top),
        sample=tuple(v for (v,) in sample),
        null_tokens=tuple(sorted(v for (v,) in tokens)),
    )
