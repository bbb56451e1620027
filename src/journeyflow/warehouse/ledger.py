"""The ledger: reading files and landing each with its entry in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import duckdb

from journeyflow.errors import DataError
from journeyflow.identity.keys import Secret
from journeyflow.project import Project
from journeyflow.sources.files import COMPRESSED, delivery_of
from journeyflow.sources.formats import FORMATS
from journeyflow.sources.landing import Landing, clear_batch, read_batch
from journeyflow.warehouse.database import transaction
from journeyflow.warehouse.models import load_model
from journeyflow.warehouse.pending import PendingFile

BATCH_BYTES = 64 << 20
TYPICAL_PACKING = 8


def land_files(
    con: duckdb.DuckDBPyConnection,
    project: Project,
    secret: Secret,
    pending: list[PendingFile],
    run_number: int,
    progress: Callable[[str], None],
) -> None:
    """Read and land pending files of one source; raise one DataError that names all that failed."""
    failed = [*land_sound_files(con, project, secret, pending, run_number, progress).values()]
    if len(failed) == 1:
        raise failed[0]
    if failed:
        listing = "\n".join(str(each) for each in failed)
        raise DataError(f"{len(failed)} files could not be read\n{listing}")


def land_sound_files(
    con: duckdb.DuckDBPyConnection,
    project: Project,
    secret: Secret,
    pending: list[PendingFile],
    run_number: int,
    progress: Callable[[str], None],
) -> dict[str, DataError]:
    """Read pending files of one source and land those that can be trusted.

    Out: the others, by their names below the project, and why.
    """
    failed: dict[str, DataError] = {}
    for batch in _batches(pending):
        shown = batch[0].path.relative_to(project.directory)
        progress(f"reading {shown}{f' and {len(batch) - 1} more' if len(batch) > 1 else ''}")
        paths = [file.path for file in batch]
        source, arrived_at = batch[0].source, batch[0].arrived_at
        landings = read_batch(con, project, secret, source, paths, arrived_at)
        _land(con, batch, landings, run_number)
        clear_batch(con)
        failed |= {each.name: each.fault for each in landings if each.fault}
    return failed


def _batches(pending: list[PendingFile]) -> Iterator[list[PendingFile]]:
    """Files to read at once: of one arrival, and together not much larger than one large file."""
    for _, arrived in groupby(pending, key=lambda file: file.arrived_at):
        batch: list[PendingFile] = []
        size = 0
        for file in arrived:
            packed = file.path.suffix.lower() in COMPRESSED
            size += file.path.stat().st_size * (TYPICAL_PACKING if packed else 1)
            if batch and size > BATCH_BYTES:
                yield batch
                batch, size = [], 0
            batch.append(file)
        if batch:
            yield batch


def _land(
    con: duckdb.DuckDBPyConnection,
    batch: list[PendingFile],
    landings: list[Landing],
    run_number: int,
) -> None:
    """Store a batch: its rows and the ledger's entries are one transaction."""
    lands = FORMATS[batch[0].source.format].lands
    sound = [
        (place, file, landing)
        for place, (file, landing) in enumerate(zip(batch, landings, strict=True))
        if landing.fault is None
    ]
    with transaction(con):
        for _, file, _ in sound:
            if file.earlier:
                _forget_reading(con, file.earlier.file_id)
        found = con.execute("select coalesce(max(file_id), 0) from private.ledger").fetchone()
        newest = found[0] if found else 0
        con.execute("create or replace temp table ledger_ids (place integer, file_id integer)")
        for number, (place, file, landing) in enumerate(sound, start=newest + 1):
            con.execute("insert into ledger_ids values ($1, $2)", [place, number])
            _enter(con, file, landing, number, run_number)
        for table in (f"landed_{lands}", "landed_identifiers"):
            con.execute(f"insert into private.{table} by name {load_model('landing', table).sql}")
        con.execute(
            "insert into private.rejected_rows by name "
            "select i.file_id, line_of(r.line) as line, r.* exclude (line) "
            "from file_rejects as r inner join ledger_ids as i on file_of(r.line) = i.place"
        )
        for table, rows in (("skipped_rows", "file_skips"), ("blocked_values", "file_blocked")):
            con.execute(
                f"insert into private.{table} by name "
                f"select i.file_id, r.* exclude (place) from {rows} as r "
                "inner join ledger_ids as i using (place)"
            )
        con.execute(
            "create or replace temp table forgotten_rows as select distinct ref "
            "from landed_identifiers semi join forgotten_identifiers using (type, key) "
            "where ref >> 36 > $newest",
            {"newest": newest},
        )
        erase_rows(con)


def erase_rows(con: duckdb.DuckDBPyConnection) -> None:
    """Erase the landed rows `forgotten_rows`; their files count them as skipped."""
    con.execute(
        "insert into private.skipped_rows select file_id, 'forgotten person', "
        "count(*) filter (is_row(ref)) as rows from ("
        "select ref, file_id from landed_events union all select ref, file_id from landed_feedback "
        "union all select ref, file_id from landed_links"
        ") semi join forgotten_rows using (ref) group by file_id having rows > 0"
    )
    for table in ("landed_events", "landed_feedback", "landed_links", "landed_identifiers"):
        con.execute(f"delete from private.{table} where ref in (select ref from forgotten_rows)")


def _enter(
    con: duckdb.DuckDBPyConnection,
    file: PendingFile,
    landing: Landing,
    file_id: int,
    run_number: int,
) -> None:
    entry: dict[str, Any] = {
        "file_id": file_id,
        "source": file.source.name,
        "file": landing.name,
        "delivery": delivery_of(landing.name),
        "content_hash": file.content_hash,
        "reading": file.reading,
        "run_number": file.earlier.run_number if file.earlier else run_number,
        "delivered": file.earlier.delivered if file.earlier else run_number,
        "arrived_at": file.arrived_at,
        "rows_read": landing.records.read,
    }
    columns = ", ".join(f"${key} as {key}" for key in entry)
    con.execute(f"insert into private.ledger by name select {columns}", entry)


def _forget_reading(con: duckdb.DuckDBPyConnection, file_id: int) -> None:
    con.execute("delete from private.landed_identifiers where ref >> 36 = $id", {"id": file_id})
    tables = (
        "landed_events",
        "landed_costs",
        "landed_feedback",
        "landed_links",
        "rejected_rows",
        "skipped_rows",
        "blocked_values",
        "ledger",
    )
    for table in tables:
        con.execute(f"delete from private.{table} where file_id = $id", {"id": file_id})
