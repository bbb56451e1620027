"""What landed in a rehearsal, told in figures."""

from __future__ import annotations

from typing import Any

import duckdb

from journeyflow.check.findings import Figures, Reject

TOP_KINDS = 15
TOP_REJECTS = 8
FEWEST = 50
MOST = 0.8
HOURS = 24
OURS = "where list_contains($ids, file_id)"


def fill(told: Figures, con: duckdb.DuckDBPyConnection, lands: str, ids: list[int]) -> None:
    """Tell what the files with these ids gave: rows that land as `lands`, and rows that do not."""

    def ask(sql: str) -> list[tuple[Any, ...]]:
        return con.execute(sql, {"ids": ids}).fetchall()

    landed, line = f"private.landed_{lands}", "count(distinct (file_id, line))"
    ((told.rows,),) = ask(f"select coalesce(sum(rows_read), 0)::bigint from private.ledger {OURS}")
    ((told.used,),) = ask(f"select {line} from {landed} {OURS}")
    ((told.rejected,),) = ask(f"select {line} from private.rejected_rows {OURS}")
    told.rejects = [
        Reject(*row)
        for row in ask(
            f'select "column", reason, {line}, min(line), arg_min(value, line) '
            f"from private.rejected_rows {OURS} "
            f"group by all order by 3 desc, 1, 2 limit {TOP_REJECTS}"
        )
    ]
    told.skips = ask(
        'select reason, sum("rows")::bigint '
        f"from private.skipped_rows {OURS} group by all order by 2 desc, 1"
    )
    told.blocked = ask(
        'select type, reason, sum("rows")::bigint '
        f"from private.blocked_values {OURS} group by all order by 3 desc, 1, 2"
    )
    moment = "local_day" if lands == "costs" else "occurred_at"
    ((first, last),) = ask(f"select min({moment}), max({moment}) from {landed} {OURS}")
    told.first_at, told.last_at = first and first.isoformat(), last and last.isoformat()
    if lands == "costs":
        return
    kinds = ask(f"select kind, count(*) from {landed} {OURS} group by kind order by 2 desc, 1")
    told.kinds, told.kinds_in_all = kinds[:TOP_KINDS], len(kinds)
    told.identifiers = dict(
        ask(
            "select i.type, count(distinct i.key) from (select unnest(identifiers) as i "
            f"from {landed} {OURS}) group by all order by 2 desc, 1"
        )
    )


def busiest_hours(con: duckdb.DuckDBPyConnection, zone: str) -> tuple[int, int, float] | None:
    """(from, to, share): the shortest span of hours of the day that holds four fifths of events.

    Hours are local to `zone`; the span may pass midnight. None where no event has a time of day,
    or there are fewer than 50.
    """
    found = dict(
        con.execute(
            "select hour(timezone($zone, occurred_at)), count(*) from private.landed_events "
            "group by all",
            {"zone": zone},
        ).fetchall()
    )
    total = sum(found.values())
    if total < FEWEST or set(found) == {0}:
        return None
    for width in range(1, HOURS + 1):
        held = [
            sum(found.get((begin + n) % HOURS, 0) for n in range(width)) for begin in range(HOURS)
        ]
        if max(held) >= MOST * total:
            begin = held.index(max(held))
            return begin, (begin + width) % HOURS or HOURS, max(held) / total
    return None
