"""Reading clean files against what plain DuckDB needs for the same ones, in one run.

Plain reading is the fastest that can be asked for: DuckDB's own reader with declared types, into a
table of the fields that the format uses, which numbers no rows and finds no faults. Ours is told
twice: until the numbered records stand, and until the whole file has landed, with keys, casts and
rejects.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.events import write_project
from journeyflow.identity.keys import load_secret
from journeyflow.project import load_project, source_files
from journeyflow.sources import landing
from journeyflow.warehouse.database import writer

GA4 = """
copy (
    select
        '20261001' as event_date,
        (1790000000000000 + i * 37)::text as event_timestamp,
        ['page_view', 'scroll', 'view_item', 'purchase'][i % 4 + 1] as event_name,
        [
            {'key': 'page_location', 'value': {'string_value':
                'https://shop.example/catalog/' || i % 50 || '?utm_source=yandex&n=' || i}},
            {'key': 'page_title', 'value': {'string_value': 'Catalogue ' || i % 50}},
            {'key': 'ga_session_number', 'value': {'string_value': '1'}}
        ] as event_params,
        (i % 50000) || '.1700000000' as user_pseudo_id,
        {'category': 'mobile'} as device,
        {'city': 'Moscow', 'region': 'Moscow'} as geo,
        '5120034477' as stream_id,
        'WEB' as platform
    from range($rows) as numbers(i)
) to '{path}' (format json)
"""
GA4_TYPES = """{
    event_date: 'VARCHAR', event_timestamp: 'VARCHAR', event_name: 'VARCHAR',
    event_params: 'STRUCT(key VARCHAR, "value" STRUCT(string_value VARCHAR, int_value VARCHAR,
        float_value VARCHAR, double_value VARCHAR))[]',
    user_pseudo_id: 'VARCHAR', device: 'STRUCT(category VARCHAR)',
    geo: 'STRUCT(city VARCHAR, region VARCHAR)', stream_id: 'VARCHAR', platform: 'VARCHAR'}"""
GA4_SETTINGS = """
[project]
name = "Benchmark"
timezone = "Europe/Moscow"
currency = "RUB"
[[sources]]
name = "site"
format = "ga4"
files = "exports/*.ndjson"
"""


def reading(folder: Path, rows: int) -> dict[str, Any]:
    """Rows per second of plain DuckDB, and our share of them, for CSV and for GA4's NDJSON."""
    write_project(folder / "table", rows, 4)
    (folder / "ga4" / "exports").mkdir(parents=True)
    path = folder / "ga4" / "exports" / "events.ndjson"
    with duckdb.connect() as con:
        con.execute(GA4.replace("{path}", str(path)).replace("$rows", str(rows)))
    (folder / "ga4" / "journeyflow.toml").write_text(GA4_SETTINGS, encoding="utf-8")
    return {
        "rows": rows,
        **_measured(folder / "table", "csv", "from read_csv($path, all_varchar = true)"),
        **_measured(
            folder / "ga4",
            "ga4",
            f"from read_json($path, format = 'newline_delimited', columns = {GA4_TYPES})",
        ),
    }


def _measured(project_dir: Path, name: str, plain: str) -> dict[str, Any]:
    project, secret = load_project(project_dir), load_secret(project_dir)
    (source,) = project.sources
    paths = source_files(project, source)
    with writer(project_dir, secret) as con:
        make = f"create or replace temp table plain as {plain}"
        spent_plain = sum(
            _seconds(lambda path=path: con.execute(make, {"path": str(path)})) for path in paths
        )

        spent_read = _seconds(lambda: landing.gather(con, project, source, paths))
        landing.clear_batch(con, landing.RAW)
        now = datetime.now(UTC)
        spent_landed = _seconds(
            lambda: landing.read_batch(con, project, secret, source, paths, now)
        )
    return {
        f"{name}: plain s": round(spent_plain, 2),
        f"{name}: our records, share of plain speed": round(spent_plain / spent_read, 2),
        f"{name}: landed, share of plain speed": round(spent_plain / spent_landed, 2),
    }


def _seconds(work: Callable[[], object]) -> float:
    """CPU, the best of three: the first of them may also read the file from the disk."""
    taken = []
    for _ in range(3):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)
