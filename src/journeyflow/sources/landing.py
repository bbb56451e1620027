"""From raw records to landed rows: mapped, keyed, cast, and every bad row set apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from journeyflow.errors import DataError
from journeyflow.identity.keys import Secret
from journeyflow.identity.normalise import Rejected, normalise_cell
from journeyflow.identity.types import class_of
from journeyflow.project import Project
from journeyflow.settings import Source
from journeyflow.sources.files import inner_suffix, plain_bytes
from journeyflow.sources.formats import FORMATS
from journeyflow.sources.records import Records, load_records
from journeyflow.sources.zones import zone_segments
from journeyflow.warehouse.models import Model, create_temp, load_model

NULLS = ("", "null", "NULL", "None", "NaN", "nan", "N/A", "\\N", "undefined", "[object Object]")
TOLERATED = 3


@dataclass(frozen=True)
class Landing:
    """What one file gave: records read, rows ready in `typed_rows`, rows rejected."""

    read: int
    rejected: int


def read_file(
    con: duckdb.DuckDBPyConnection,
    project: Project,
    secret: Secret,
    source: Source,
    path: Path,
    arrived_at: datetime,
) -> Landing:
    """Read one export into the temporary tables `typed_rows`, `file_rejects`, `file_skips`.

    Nothing is stored yet, so that landing a file can be one transaction. Raises DataError,
    naming the file, where the file as a whole cannot be trusted.
    """
    name = str(path.relative_to(project.directory))
    scratch = project.directory / "warehouse" / "scratch"
    _set_variables(con, project, source)
    with plain_bytes(path, scratch) as plain:
        records = load_records(con, plain, name, inner_suffix(path), source)
    values: dict[str, Any] = {
        "zone": source.timezone or project.project.timezone,
        "currency": project.project.currency,
        "arrived_at": arrived_at,
        "time_format": source.time_format,
        "format_has_offset": "%z" in (source.time_format or "").lower(),
    }
    lands = FORMATS[source.format].lands
    raw = load_model("sources", source.format).sql
    con.execute(f"create or replace temp table raw_rows as {raw}")
    create_temp(con, _models("url_parts"), values)
    _key_identifiers(con, project, secret)
    create_temp(con, _models("row_identifiers", "file_blocked"), values)
    if lands != "costs":
        _tabulate_zone(con, source)
        create_temp(con, _models("timed_rows"), values)
        _refuse_unknown_zone(con, source, name)
    if lands == "events":
        create_temp(con, _models("referrers"), values)
    # All formats meet in one table, so that what follows knows none of them.
    typed = load_model("landing", f"typed_{lands}")
    con.execute(f"create or replace temp table typed_rows as {typed.sql}", typed.bind(values))
    _set_apart(con, records)
    return _judge(con, project, name, records)


def _set_variables(con: duckdb.DuckDBPyConnection, project: Project, source: Source) -> None:
    currencies = [project.project.currency, *project.currency.rates]
    con.execute("set variable null_values = $v", {"v": [*NULLS, *source.null_values]})
    con.execute("set variable decimal = $v", {"v": source.decimal})
    con.execute("set variable time_format = $v", {"v": source.time_format})
    con.execute("set variable currencies = $v", {"v": currencies})


def _models(*names: str) -> list[Model]:
    return [load_model("landing", name) for name in names]


def _key_identifiers(con: duckdb.DuckDBPyConnection, project: Project, secret: Secret) -> None:
    """Normalise and hash each distinct value once; the raw values are gone with the batch."""
    distinct = con.execute(
        "select distinct i.type, i.value from ("
        " select unnest(identifiers) as i from raw_rows"
        " union all select {'type': click, 'value': click_value} from url_parts"
        ") where i.value is not null order by all"
    ).fetchall()
    region = project.identity.region
    rows: dict[str, list[Any]] = {each: [] for each in ("type", "value", "key", "weak", "reason")}
    for kind, value in distinct:
        for key, weak, reason in _keys(kind, value, region, secret):
            for column, cell in zip(rows, (kind, value, key, weak, reason), strict=True):
                rows[column].append(cell)
    types = [pa.string(), pa.string(), pa.string(), pa.bool_(), pa.string()]
    table = pa.table({c: pa.array(v, t) for (c, v), t in zip(rows.items(), types, strict=True)})
    con.register("incoming", table)
    con.execute("create or replace temp table identifier_keys as from incoming")
    con.unregister("incoming")


def _keys(
    kind: str, value: str, region: str | None, secret: Secret
) -> list[tuple[str | None, bool, str | None]]:
    """(key, weak, None) for each identifier in the cell, (None, False, reason) for each refused.

    A landline or toll-free number is weak: it may attach an event, but many share it.
    """
    found: list[tuple[str | None, bool, str | None]] = []
    for each in normalise_cell(kind, value, region):
        if isinstance(each, Rejected):
            found.append((None, False, each.reason))
        else:
            weak = each.effective_class is not class_of(kind)
            found.append((secret.key(kind, each.value), weak, None))
    return found


def _tabulate_zone(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    con.execute(
        "create or replace temp table zone_segments "
        "(local_from timestamp, offset_s bigint, flag text)"
    )
    if source.timezone:
        segments = zone_segments(source.timezone, datetime(1990, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001
        con.executemany("insert into zone_segments values ($1, $2, $3)", [list(s) for s in segments])


def _refuse_unknown_zone(con: duckdb.DuckDBPyConnection, source: Source, name: str) -> None:
    if source.timezone:
        return
    first = con.execute("select min(line), count(*) from timed_rows where is_local").fetchone()
    if first and first[1]:
        message = (
            f"{name}: {first[1]} times have no offset (first in row {first[0]}), "
            f"and the source {source.name!r} declares no time zone"
        )
        raise DataError(message, 'add to [[sources]], for example: timezone = "Europe/Moscow"')


def _set_apart(con: duckdb.DuckDBPyConnection, records: Records) -> None:
    con.execute(
        "create or replace temp table file_rejects as "
        "select distinct line, f.column, f.value, f.reason from "
        "(select line, unnest(faults) as f from typed_rows where len(faults) > 0) order by all"
    )
    if records.faults:
        con.executemany(
            "insert into file_rejects values ($1, null, null, $2)",
            [[each.line, each.reason] for each in records.faults],
        )
    con.execute(
        "create or replace temp table file_skips as "
        "select skip_reason as reason, count(*) as rows from raw_rows "
        "where skip_reason is not null group by skip_reason"
    )


def _judge(
    con: duckdb.DuckDBPyConnection, project: Project, name: str, records: Records
) -> Landing:
    """Fail the file where more of it is bad than the settings tolerate."""
    found = con.execute("select count(distinct line) from file_rejects").fetchone()
    rejected = found[0] if found else 0
    limit = project.checks.max_reject_share
    if rejected > TOLERATED and rejected > limit * records.read:
        reasons = con.execute(
            'select coalesce("column" || \': \', \'\') || reason, count(*), min(line) '
            "from file_rejects group by 1 order by 2 desc, 1 limit 5"
        ).fetchall()
        listing = "\n".join(f"  - {why}: {n} rows, first row {line}" for why, n, line in reasons)
        message = f"{name}: {rejected} of {records.read} rows are bad (limit {limit:.1%})\n{listing}"
        raise DataError(message, "correct the source's settings, or raise [checks] max_reject_share")
    return Landing(records.read, rejected)
