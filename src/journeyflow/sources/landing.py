"""From raw records to landed rows: mapped, keyed, cast, and every bad row set apart."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from journeyflow.errors import DataError
from journeyflow.identity.keying import keyed
from journeyflow.identity.keys import Secret
from journeyflow.project import Project
from journeyflow.settings import Source
from journeyflow.sources.companions import Companion, Names, read_names
from journeyflow.sources.cost_faults import cost_faults
from journeyflow.sources.files import inner_suffix, plain_bytes
from journeyflow.sources.formats import FORMATS
from journeyflow.sources.mapping import REPEATED_HEADER, projection
from journeyflow.sources.records import FILE_STRIDE, Records, create_cells, load_records
from journeyflow.sources.totals import TOTALS
from journeyflow.sources.zones import zone_segments
from journeyflow.warehouse.models import Model, create_from, create_temp, load_model

NULLS = ("", "null", "NULL", "None", "NaN", "nan", "N/A", "\\N", "undefined", "[object Object]")
TOLERATED = 3
DAMAGED = "number damaged by a spreadsheet"  # as journeyflow.identity.blocked says it
INNER_OFFSET = "+03:00"
TEN_THOUSAND = 10_000
RAW = (
    "cells",
    "parsed_rows",
    "cost_figures",
    "file_ranges",
    "url_parts",
    "referrers",
    "raw_identifiers",
    "identifier_keys",
    "timed_rows",
)
LANDED = ("typed_rows", "row_identifiers", "file_rejects", "file_skips", "file_blocked")


@dataclass
class Landing:
    """What one file of a batch gave, or why it cannot be trusted as a whole."""

    name: str
    records: Records
    fault: DataError | None = None


def read_batch(
    con: duckdb.DuckDBPyConnection,
    project: Project,
    secret: Secret,
    source: Source,
    paths: Sequence[Path],
    arrived_at: datetime,
) -> list[Landing]:
    """Read exports of one source into the temporary tables `typed_rows`, `file_rejects`,
    `file_skips` and `file_blocked`; nothing is stored yet.

    Small files cost more in statements than in rows, so several are read at once: `line` then
    holds the file's place in the batch and the line (macros `file_of` and `line_of`). Each
    file is judged on its own; one that fails leaves no row behind.
    """
    _set_variables(con, project, source)
    landings = gather(con, project, source, paths)
    values: dict[str, Any] = {
        "zone": source.timezone or project.project.timezone,
        "currency": project.project.currency,
        "arrived_at": arrived_at,
        "time_format": source.time_format,
        "format_has_offset": "%z" in (source.time_format or "").lower(),
    }
    format = FORMATS[source.format]
    lands = format.lands
    _make_raw_rows(con, source)
    create_temp(con, _models("url_parts", "raw_identifiers"), values)
    spelled = dict(
        con.execute(
            "select type, list(distinct value) from raw_identifiers group by type"
        ).fetchall()
    )
    # Python makes keys on one core, while DuckDB casts on the other.
    with ThreadPoolExecutor(max_workers=1) as beside:
        keys = beside.submit(keyed, spelled, project.identity.region, secret)
        if lands != "costs":
            create_from(con, "zone_segments", _zone_table(source))
            create_temp(con, _models("timed_rows"), values)
        if lands == "events":
            create_temp(con, _models("referrers"), values)
        # All formats meet in one table, so that what follows knows none of them.
        typed = load_model("landing", f"typed_{lands}")
        con.execute(f"create or replace temp table typed_rows as {typed.sql}", typed.bind(values))
        create_from(con, "identifier_keys", keys.result())
    create_temp(con, _models("row_identifiers", "file_blocked"), values)
    _set_apart(con, landings)
    if lands != "costs":
        _refuse_unknown_zone(con, source, landings)
    found = chain(
        format.verify(con, source) if format.verify else (),
        cost_faults(con, source, format) if lands == "costs" else (),
    )
    for place, fault in found:
        named = f"{landings[place].name}: {fault.message}"
        landings[place].fault = landings[place].fault or DataError(named, fault.hint)
    _refuse_damaged_ids(con, landings)
    _judge(con, project, landings)
    con.execute("drop view temp.raw_rows")
    clear_batch(con, (*RAW, *filter(None, [format.decoded])))
    return landings


def _make_raw_rows(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Show what the format's SQL makes of `cells` as `raw_rows`."""
    format = FORMATS[source.format]
    mapped, values = projection(source)
    con.execute("set variable mapped = $v", {"v": values})
    records = f"with records as not materialized (select {mapped} from cells) "
    if format.decoded:
        decoded = load_model("sources", format.decoded).sql
        con.execute(
            f"create or replace temp table {format.decoded} as {records}select * from ({decoded})"
        )
    models = [load_model("sources", each).sql for each in format.models or (format.name,)]
    if format.lands != "links":
        models.insert(0, load_model("landing", f"raw_{format.lands}").sql)
    rows = f"{records}select * from ({' union all by name '.join(f'({sql})' for sql in models)})"
    if format.shape != "columns" or format.lands == "costs":
        # A record is taken apart once, and not by each of those who look at it.
        con.execute(f"create or replace temp table parsed_rows as {rows}")
        con.execute("drop table cells")
        rows = "from parsed_rows"
    if format.lands == "costs":
        create_temp(con, _models("cost_figures"), {})
        rows = "from cost_figures"
    con.execute(f"create or replace temp view raw_rows as {rows}")


def clear_batch(con: duckdb.DuckDBPyConnection, tables: Sequence[str] = LANDED) -> None:
    """Drop what reading left behind: raw values, and memory that what follows needs."""
    for table in tables:
        con.execute(f"drop table if exists temp.{table}")


def gather(
    con: duckdb.DuckDBPyConnection, project: Project, source: Source, paths: Sequence[Path]
) -> list[Landing]:
    """Put the records of all files of the batch into one table `cells`."""
    scratch = project.directory / "warehouse" / "scratch"
    landings = []
    create_cells(con, source)
    for place, path in enumerate(paths):
        landing = Landing(path.relative_to(project.directory).as_posix(), Records())
        landings.append(landing)
        try:
            with plain_bytes(path, scratch, landing.name, source.decimal) as plain:
                landing.records = load_records(
                    con, plain, landing.name, inner_suffix(path), source, place
                )
        except DataError as fault:
            landing.fault = fault
    return landings


def _set_variables(con: duckdb.DuckDBPyConnection, project: Project, source: Source) -> None:
    format = FORMATS[source.format]
    currencies = [project.project.currency, *project.currency.rates]
    con.execute(
        "set variable null_values = $v", {"v": [*NULLS, *format.null_values, *source.null_values]}
    )
    con.execute("set variable decimal = $v", {"v": source.decimal})
    con.execute("set variable time_format = $v", {"v": source.time_format})
    con.execute("set variable currencies = $v", {"v": currencies})
    with_vat = 1 + ((source.vat_rate or 0) if source.vat == "included" else 0)
    con.execute("set variable with_vat = $v", {"v": int(with_vat * TEN_THOUSAND)})
    con.execute("set variable micros = $v::boolean", {"v": source.micros})
    con.execute("set variable whole_is_micros = $v", {"v": format.whole_is_micros})
    con.execute("set variable totals = $v", {"v": TOTALS})
    con.execute("set variable totals_round = $v", {"v": format.totals_round})
    zone = source.timezone or project.project.timezone
    con.execute("set variable source_zone = $v", {"v": zone})
    con.execute("set variable inner_offset = $v", {"v": source.inner_offset or INNER_OFFSET})
    for name, listed in (
        ("goal_ids", [*source.goals]),
        ("goal_names", [*source.goals.values()]),
        ("call_goals", [*source.call_goals]),
        ("status_words", [*source.statuses]),
        ("status_states", [*source.statuses.values()]),
        ("respondent_words", [*source.respondents]),
        ("respondent_meanings", [*source.respondents.values()]),
    ):
        con.execute(f"set variable {name} = $v::text[]", {"v": listed})
    parameters = [[type, each] for type, names in source.identifiers.items() for each in names]
    con.execute("set variable identifier_parameters = $v::text[][]", {"v": parameters})
    attributes = [[*pair] for pair in source.attributes.items()]
    con.execute("set variable attribute_parameters = $v::text[][]", {"v": attributes})
    _set_names(con, project, source)


def _set_names(con: duckdb.DuckDBPyConnection, project: Project, source: Source) -> None:
    """What a CRM's lists of names say, in lists of the same order."""
    accompanied = source.companion_of if isinstance(source, Companion) else source.name
    (told,) = (each for each in project.sources if each.name == accompanied)
    names = read_names(project.directory, told) if told.companions else Names()
    for name, listed in (
        ("stage_ids", [*names.semantics]),
        ("stage_semantics", [*names.semantics.values()]),
        ("user_ids", [*names.users]),
        ("user_names", [*names.users.values()]),
    ):
        con.execute(f"set variable {name} = $v::text[]", {"v": listed})
    con.execute("set variable has_history = $v", {"v": isinstance(source, Companion)})


def _models(*names: str) -> list[Model]:
    return [load_model("landing", name) for name in names]


def _zone_table(source: Source) -> pa.Table:
    segments = (
        zone_segments(source.timezone, datetime(1990, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001
        if source.timezone
        else ()
    )
    local_from, offset_s, flag = zip(*segments, strict=True) if segments else ((), (), ())
    return pa.table(
        {
            "local_from": pa.array(local_from, pa.timestamp("us")),
            "offset_s": pa.array(offset_s, pa.int64()),
            "flag": pa.array(flag, pa.string()),
        }
    )


def _refuse_unknown_zone(
    con: duckdb.DuckDBPyConnection, source: Source, landings: list[Landing]
) -> None:
    if source.timezone:
        return
    found = con.execute(
        "select file_of(line), line_of(min(line)), count(*) from timed_rows where is_local "
        "group by all"
    ).fetchall()
    for place, line, count in found:
        message = (
            f"{landings[place].name}: {count} times have no offset (first in row {line}), "
            f"and the source {source.name!r} declares no time zone"
        )
        hint = 'add to [[sources]], for example: timezone = "Europe/Moscow"'
        landings[place].fault = DataError(message, hint)


def _set_apart(con: duckdb.DuckDBPyConnection, landings: list[Landing]) -> None:
    con.execute(
        "create or replace temp table file_rejects as "
        "select distinct line, f.column, f.value, f.reason, "
        "min(part) over (partition by line) > 0 as partly from "
        "(select line, part, unnest(faults) as f from typed_rows where len(faults) > 0) "
        "order by all"
    )
    # With a row goes whatever else it tells of.
    con.execute(
        "update typed_rows set faults = told_faults([fault(null, null, 'told by a rejected row')]) "
        "where part > 0 and line in (select line from file_rejects where not partly)"
    )
    unread = [
        [place * FILE_STRIDE + fault.line, fault.reason]
        for place, landing in enumerate(landings)
        for fault in landing.records.faults
    ]
    if unread:
        con.executemany("insert into file_rejects values ($1, null, null, $2, false)", unread)
    con.execute(
        "create or replace temp table file_skips as "
        "select file_of(line) as place, skip_reason as reason, count(*) as rows from raw_rows "
        "where skip_reason is not null and part = 0 group by all"
    )
    for place, landing in enumerate(landings):
        if landing.records.headers:
            con.execute(
                "insert into file_skips values ($1, $2, $3)",
                [place, REPEATED_HEADER, landing.records.headers],
            )


def _refuse_damaged_ids(con: duckdb.DuckDBPyConnection, landings: list[Landing]) -> None:
    """Fail each file whose ids a spreadsheet has rounded: no two of them can be told apart."""
    found = con.execute(
        "select place, type, rows from file_blocked where reason = $reason order by all",
        {"reason": DAMAGED},
    ).fetchall()
    for place, type, rows in found:
        landing = landings[place]
        if landing.fault or rows <= TOLERATED:
            continue
        message = (
            f"{landing.name}: {rows} values of {type} are numbers that a spreadsheet has rounded, "
            "such as 1.23457E+18; their last digits are lost"
        )
        hint = (
            "export the file anew and do not open and save it in a spreadsheet; where only a "
            "workbook can be had, format these columns as text before they are filled"
        )
        landing.fault = DataError(message, hint)


def _judge(con: duckdb.DuckDBPyConnection, project: Project, landings: list[Landing]) -> None:
    """Fail each file of which more is bad than the settings tolerate."""
    limit = project.checks.max_reject_share
    counts = con.execute(
        "select file_of(line), count(distinct line) from file_rejects group by all"
    ).fetchall()
    for place, rejected in counts:
        landing = landings[place]
        read = landing.records.read
        if landing.fault or rejected <= TOLERATED or rejected <= limit * read:
            continue
        reasons = con.execute(
            "select coalesce(\"column\" || ': ', '') || reason, count(*), line_of(min(line)) "
            "from file_rejects where file_of(line) = $place "
            "group by 1 order by 2 desc, 1 limit 5",
            {"place": place},
        ).fetchall()
        listing = "\n".join(f"  - {why}: {n} rows, first row {line}" for why, n, line in reasons)
        message = (
            f"{landing.name}: {rejected} of {read} rows are bad (limit {limit:.1%})\n{listing}"
        )
        hint = "correct the source's settings, or raise [checks] max_reject_share"
        landing.fault = DataError(message, hint)
