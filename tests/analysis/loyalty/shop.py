"""A small published store for the analyses of loyalty, and customers invented for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

FIRST = date(2026, 1, 1)
ZONE = "Europe/Moscow"
Orders = Iterable[tuple[str, int]]  # who, and on which day since FIRST
_TABLES = """
create table project (timezone text, observed_until timestamptz);
create table conversions (person_id text, name text, occurred_at timestamptz,
    value decimal(18, 2), is_primary boolean);
create table persons (person_id text, first_seen_at timestamptz);
create table events (source text, kind text, occurred_at timestamptz, person_id text,
    participates boolean);
create table feedback (feedback_id text, person_id text, occurred_at timestamptz,
    respondent text, kind text, score double, scale_min double, scale_max double);
"""


def make(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"set TimeZone = 'UTC'; {_TABLES}")


def at(day: int, hour: int = 12, minute: int = 0, zone: str = ZONE) -> datetime:
    """A local time on that day since FIRST."""
    local = datetime.combine(FIRST + timedelta(days=day), time(hour, minute), ZoneInfo(zone))
    return local.astimezone(UTC)


def fill(con: duckdb.DuckDBPyConnection, orders: Orders, until: int, **more: Any) -> None:
    """Every order at noon and worth 10, unless `values` says otherwise by (who, day).

    until: the last day; its end is the end of observation. zone: the project's.
    """
    zone = more.get("zone", ZONE)
    values = more.get("values", {})
    for table in ("project", "conversions", "persons", "events", "feedback"):
        con.execute(f"delete from {table}")
    con.execute("insert into project values ($1, $2)", [zone, at(until, 23, 59, zone)])
    rows = [
        (who, "purchase", at(day, zone=zone), values.get((who, day), 10), True)
        for who, day in orders
    ]
    insert(con, "conversions", rows)
    known = {who: moment for who, _, moment, *_ in sorted(rows, key=lambda row: row[2])[::-1]}
    insert(con, "persons", list(known.items()))


def insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        con.register("rows", pd.DataFrame(rows))
        con.execute(f"insert into {table} from rows")
        con.unregister("rows")


def customers(
    dice: np.random.Generator, many: int, until: float, r: float, alpha: float, a: float, b: float
) -> list[npt.NDArray[np.float64]]:
    """The moments at which customers of the BG/NBD model order again within `until`."""
    rate, leaves = dice.gamma(r, 1 / alpha, many), dice.beta(a, b, many)
    told = []
    for each, chance in zip(rate, leaves, strict=True):
        moments, now = [], 0.0
        while (now := now + dice.exponential(1 / each)) <= until:
            moments.append(now)
            if dice.random() < chance:
                break
        told.append(np.array(moments))
    return told
