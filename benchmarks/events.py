"""Invented events as CSV files for the format `table`.

People come in visits of several events, 40 seconds apart, each by chance of one of six kinds. With
visits of a single event hardly any session has a second one: the hardest case of that size.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

DAYS = 90

SETTINGS = """
[project]
name = "Benchmark"
timezone = "Europe/Moscow"
currency = "RUB"
[[sources]]
name = "site"
format = "table"
files = "exports/*.csv"
timezone = "UTC"
[sources.columns]
event_id = "id"
occurred_at = "ts"
kind = "event"
url = "page"
value = "amount"
[sources.identifiers]
cookie = "cookie"
email = "email"
order_id = "order"
[journeys]
conversions = ["purchase"]
lost_after = "14d"
[[stages]]
name = "look"
[[stages]]
name = "purchase"
[[touchpoints]]
name = "Catalogue"
stage = "look"
when = { kind = "page_view", path = "/catalog/*" }
"""

# Hashes of the row's number stand for dice, so that every machine writes the same file.
ROWS = """
with dice as (
    select
        i,
        (hash(i // $visit, 1) % $persons)::integer as person,
        (hash(i, 2) % 100)::integer as k,
        (hash(i, 3) % 8)::integer as p,
        (hash(i, 4) % 30)::integer as u,
        (hash(i // $visit, 5) % 7)::integer as second_device,
        (hash(i // $visit, 6) % 11)::integer as known
    from range($events) as numbers(i)
)
select
    i as id,
    (
        timestamp '2026-01-01'
        + to_seconds((i // $visit * $visit) * ($days * 86400 - 3 * 40) // $events + i % $visit * 40)
    )::text as ts,
    case
        when k < 70 then 'page_view' when k < 85 then 'view_item' when k < 92 then 'add_to_cart'
        when k < 97 then 'search' when k < 99 then 'call' else 'purchase'
    end as event,
    'https://shop.example' || ['/', '/catalog/a', '/catalog/b', '/about', '/price', '/cart',
        '/blog/x', '/contacts'][p + 1] || case u
        when 0 then '?utm_source=yandex&utm_medium=cpc&utm_campaign=brand'
        when 1 then '?utm_source=vk&utm_medium=cpc' when 2 then '?utm_source=tg' else ''
    end as page,
    'c' || person || if(second_device = 0, 'b', '') as cookie,
    if(known = 0, 'user' || person || '@mail.example', '') as email,
    if(k = 99, '1500.50', '') as amount,
    if(k = 99, 'o' || i, '') as "order"
from dice
order by i
"""


def write_project(directory: Path, events: int, visit: int) -> None:
    """Write a project of `events` events of one sixteenth as many persons, `visit` at a time."""
    rows = _prepare(directory, events, visit, events // 16, DAYS)
    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false")
        con.execute(f"copy ({rows}) to '{directory / 'exports' / 'site.csv'}' (header)")


def write_nights(directory: Path, events: int, persons: int, days: int) -> list[Path]:
    """Write a project with a file for each day, four events a visit; the files, the last last."""
    rows = _prepare(directory, events, 4, persons, days)
    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false")
        con.execute(f"create table events as {rows}")
        found = con.execute("select distinct left(ts, 10) from events order by all").fetchall()
        files = [directory / "exports" / f"{day}.csv" for (day,) in found]
        for file in files:
            con.execute(
                f"copy (from events where left(ts, 10) = '{file.stem}' order by id) "
                f"to '{file}' (header)"
            )
    return files


def _prepare(directory: Path, events: int, visit: int, persons: int, days: int) -> str:
    (directory / "exports").mkdir(parents=True)
    (directory / "journeyflow.toml").write_text(SETTINGS, encoding="utf-8")
    rows = ROWS
    figures = {"$events": events, "$persons": max(persons, 1), "$visit": visit, "$days": days}
    for name, figure in figures.items():
        rows = rows.replace(name, str(figure))
    return rows
