"""What landed in a rehearsal, told in figures."""

from __future__ import annotations

from datetime import timedelta
from glob import escape
from typing import Any

import duckdb

from journeyflow.check.findings import Figures, Reject, When
from journeyflow.check.profile import one

TOP_KINDS = 15
TOP_REJECTS = 8
FEWEST = 50
MOST = 0.8
HOURS = 24
LONGEST_DAY = 14
TOP_TOUCHPOINTS = 6
OURS = "where list_contains($ids, file_id)"


def fill(told: Figures, con: duckdb.DuckDBPyConnection, lands: str, ids: list[int]) -> None:
    """Tell what the files with these ids gave: rows that land as `lands`, and rows that do not."""

    def ask(sql: str) -> list[tuple[Any, ...]]:
        return con.execute(sql, {"ids": ids}).fetchall()

    landed, line = f"private.landed_{lands}", "count(distinct (file_id, line))"
    ((told.rows,),) = ask(f"select coalesce(sum(rows_read), 0)::bigint from private.ledger {OURS}")
    ((told.used, told.landed),) = ask(f"select {line}, count(*) from {landed} {OURS}")
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
    kind = "relation" if lands == "links" else "kind"
    kinds = ask(f"select {kind}, count(*) from {landed} {OURS} group by all order by 2 desc, 1")
    told.kinds, told.kinds_in_all = kinds[:TOP_KINDS], len(kinds)
    told.identifiers = dict(
        ask(
            "select type, count(distinct key) from private.landed_identifiers "
            f"semi join (from {landed} {OURS}) using (ref) group by all order by 2 desc, 1"
        )
    )


def busiest_hours(con: duckdb.DuckDBPyConnection, zone: str) -> tuple[int, int, float] | None:
    """(from, to, share): the shortest span of hours of the day that holds four fifths of events.

    Hours are local to `zone`; the span may pass midnight. None where no event has a time of day,
    there are fewer than 50, or they have no day and night: flat hours fill such a span by chance.
    """
    found = con.execute(
        "select hour(timezone($zone, occurred_at)), count(*) from private.landed_events "
        "group by all",
        {"zone": zone},
    ).fetchall()
    counts = [dict(found).get(hour, 0) for hour in range(HOURS)] * 2
    total = sum(counts) // 2
    for width in range(1, LONGEST_DAY + 1) if total >= FEWEST and counts[0] < total else ():
        held, begin = max((sum(counts[n : n + width]), -n) for n in range(HOURS))
        if held >= MOST * total:
            return -begin, (width - begin) % HOURS or HOURS, held / total
    return None


def silences(con: duckdb.DuckDBPyConnection, timeout: timedelta) -> dict[str, float]:
    """How long persons fall silent between two events of theirs, for longer than `timeout`.

    Out: how many such silences there are, and the seconds that 50, 90 and 99 % of them do not
    exceed; empty where there are fewer than 50.
    """
    over = timeout.total_seconds()
    count, *quantiles = one(
        con,
        "select count(*), quantile_cont(s, 0.5), quantile_cont(s, 0.9), quantile_cont(s, 0.99) "
        "from (select epoch(occurred_at - lag(occurred_at) over"
        " (partition by person_id order by occurred_at)) as s"
        " from tagged_events inner join event_persons using (ref, occurred_at)"
        " where not is_company and not is_bot and not is_excluded) where s > $timeout",
        {"timeout": over},
    )
    names = ("silences", "over_s", "median_s", "p90_s", "p99_s")
    found = (count, over, *quantiles)
    return dict(zip(names, found, strict=True)) if count >= FEWEST else {}


def touchpoints(con: duckdb.DuckDBPyConnection, source: str | None) -> list[tuple[str, When]]:
    """The commonest touchpoints as rules: what each is called without a rule, and its `when`.

    `source` is the name of one whose rows are all of one kind because no column says more: its
    rules name it in place of the kind, and still hold once a column is mapped.
    """
    found = con.execute(
        "select t.kind, case when regexp_matches(t.kind, 'view|page|screen|просмотр', 'i') "
        "or l.touchpoint = first_folder(page) then first_folder(page) end as folder "
        "from tagged_events as t inner join landed_events as l using (ref) where not is_bot "
        f"group by all order by count(*) desc, 1, 2 limit {TOP_TOUCHPOINTS}"
    ).fetchall()

    def which(kind: str) -> When:
        return {"source": source} if source else {"kind": escape(kind)}

    rules: list[tuple[str, When]] = []
    for kind, folder in found:
        if folder is None:
            rules += [] if source else [(kind, which(kind))]
        elif not folder.startswith("/:"):  # :id and :email are no folders
            path = escape(folder) + "*" * (folder != "/")
            rules.append((folder.strip("/") or "/", which(kind) | {"path": path}))
    missed = con.execute(
        "select distinct kind from tagged_events inner join landed_events using (ref, kind) "
        "where not answered and direction is distinct from 'out' and not is_bot order by kind"
    ).fetchall()
    rules += [("Missed call", which(kind) | {"answered": "false"}) for (kind,) in missed]
    # Of two rules that may both be met the narrower comes first, for the first rule wins.
    return sorted(rules, key=lambda rule: (len(rule[1]) == 1, -len(rule[1].get("path", ""))))
