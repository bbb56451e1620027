"""What landed in a rehearsal, told in figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from journeyflow.check.findings import Reject
from journeyflow.check.raw import one

TOP_KINDS = 15
TOP_REJECTS = 8
TOP_FOLDERS = 4
FEWEST = 50
MOST = 0.8
HOURS = 24
#: The column that says when, in each kind of landed row.
MOMENT = {"events": "occurred_at", "feedback": "occurred_at", "costs": "local_day"}


def counts(con: duckdb.DuckDBPyConnection, lands: str, file_ids: Sequence[int]) -> tuple[Any, ...]:
    """(rows read, rows landed, rows rejected) of some files."""
    ids = {"ids": list(file_ids)}
    (read,) = one(
        con,
        "select coalesce(sum(rows_read), 0) from private.ledger where list_contains($ids, file_id)",
        ids,
    )
    (used,) = one(
        con,
        f"select count(distinct (file_id, line)) from private.landed_{lands} "
        "where list_contains($ids, file_id)",
        ids,
    )
    (rejected,) = one(
        con,
        "select count(distinct (file_id, line)) from private.rejected_rows "
        "where list_contains($ids, file_id)",
        ids,
    )
    return int(read), used, rejected


def rejects(con: duckdb.DuckDBPyConnection, file_ids: Sequence[int]) -> list[Reject]:
    """Why rows were rejected, the most frequent first."""
    found = con.execute(
        'select "column", reason, count(distinct (file_id, line)), min(line), arg_min(value, line) '
        "from private.rejected_rows where list_contains($ids, file_id) "
        f"group by all order by 3 desc, 1, 2 limit {TOP_REJECTS}",
        {"ids": list(file_ids)},
    ).fetchall()
    return [Reject(*row) for row in found]


def skips(con: duckdb.DuckDBPyConnection, file_ids: Sequence[int]) -> list[tuple[str, int]]:
    """Rows that the format leaves out on purpose: (reason, rows)."""
    return con.execute(
        'select reason, sum("rows")::bigint from private.skipped_rows '
        "where list_contains($ids, file_id) group by all order by 2 desc, 1",
        {"ids": list(file_ids)},
    ).fetchall()


def period(
    con: duckdb.DuckDBPyConnection, lands: str, file_ids: Sequence[int]
) -> tuple[str | None, str | None]:
    """First and last moment as ISO text in UTC; of costs, days."""
    moment = MOMENT[lands]
    first, last = one(
        con,
        f"select min({moment}), max({moment}) from private.landed_{lands} "
        "where list_contains($ids, file_id)",
        {"ids": list(file_ids)},
    )
    return (first.isoformat(), last.isoformat()) if first else (None, None)


def kinds(
    con: duckdb.DuckDBPyConnection, file_ids: Sequence[int], lands: str = "events"
) -> tuple[list[tuple[str, int]], int]:
    """The most frequent kinds with their counts, and how many kinds there are."""
    found = con.execute(
        f"select kind, count(*) from private.landed_{lands} where list_contains($ids, file_id) "
        "group by kind order by 2 desc, 1",
        {"ids": list(file_ids)},
    ).fetchall()
    return found[:TOP_KINDS], len(found)


def identifiers(
    con: duckdb.DuckDBPyConnection, lands: str, file_ids: Sequence[int]
) -> dict[str, int]:
    """Identifier types that landed, with how many different ones of each."""
    if lands == "costs":
        return {}
    return dict(
        con.execute(
            "select i.type, count(distinct i.key) from (select unnest(identifiers) as i "
            f"from private.landed_{lands} where list_contains($ids, file_id)) "
            "group by all order by 2 desc, 1",
            {"ids": list(file_ids)},
        ).fetchall()
    )


def blocked(con: duckdb.DuckDBPyConnection, file_ids: Sequence[int]) -> list[tuple[str, str, int]]:
    """Identifier values that identify nobody: type, reason, rows."""
    return con.execute(
        'select type, reason, sum("rows")::bigint from private.blocked_values '
        "where list_contains($ids, file_id) group by all order by 3 desc, 1, 2",
        {"ids": list(file_ids)},
    ).fetchall()


def folders(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The first folders of the pages most seen, such as `/catalog`."""
    found = con.execute(
        "select '/' || split_part(page, '/', 2) as folder, count(*) from private.landed_events "
        "where page is not null group by all having folder <> '/' and folder not like '%:%' "
        f"order by 2 desc, 1 limit {TOP_FOLDERS}"
    ).fetchall()
    return [folder for folder, _ in found]


def busiest_hours(
    con: duckdb.DuckDBPyConnection, file_ids: Sequence[int], zone: str
) -> tuple[int, int, float] | None:
    """(from, to, share): the shortest span of hours of the day that holds four fifths of events.

    Hours are local to `zone`; the span may pass midnight. None where no event has a time of day,
    or there are fewer than 50.
    """
    found = dict(
        con.execute(
            "select hour(timezone($zone, occurred_at)), count(*) from private.landed_events "
            "where list_contains($ids, file_id) group by all",
            {"zone": zone, "ids": list(file_ids)},
        ).fetchall()
    )
    total = sum(found.values())
    if total < FEWEST or set(found) == {0}:
        return None
    for width in range(1, HOURS + 1):
        spans = [
            (sum(found.get((begin + n) % HOURS, 0) for n in range(width)), begin)
            for begin in range(HOURS)
        ]
        held, begin = max(spans, key=lambda each: (each[0], -each[1]))
        if held >= MOST * total:
            return begin, (begin + width) % HOURS or HOURS, held / total
    return None
