"""A small shop: two event sources, costs, and the ways to run it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from journeyflow_pipelines.definitions import make_definitions

SETTINGS = """\
[project]
name = "Shop"
timezone = "Europe/Moscow"
currency = "RUB"

[[sources]]
name = "web"
format = "table"
files = "exports/web*.csv"
timezone = "UTC"
[sources.columns]
occurred_at = "ts"
kind = "event"
url = "url"
[sources.identifiers]
cookie = "cookie"
email = "email"

[[sources]]
name = "till-2"
format = "table"
files = "exports/till*.csv"
timezone = "Europe/Moscow"
[sources.columns]
occurred_at = "at"
event_id = "receipt"
kind = { value = "purchase" }
value = "sum"
[sources.identifiers]
email = "email"
order_id = "receipt"

[[sources]]
name = "adverts"
format = "costs"
files = "exports/adverts.csv"
[sources.columns]
day = "day"
source = "source"
medium = "medium"
cost = "cost"

[journeys]
conversions = ["purchase"]
lost_after = "14d"

[[stages]]
name = "consideration"
[[stages]]
name = "purchase"
[[touchpoints]]
name = "Catalogue"
stage = "consideration"
when = { kind = "page_view", path = "/catalog*" }
"""

EXPORTS = {
    "web.csv": """\
ts,event,url,cookie,email
2026-08-01T09:00:00,page_view,https://shop.test/?utm_source=vk&utm_medium=cpc,c1,
2026-08-01T09:05:00,page_view,https://shop.test/catalog/12,c1,ann@example.com
2026-08-02T10:00:00,page_view,https://shop.test/,c2,
2026-08-02T10:01:00,page_view,https://shop.test/catalog/7,c2,
2026-08-03T12:00:00,page_view,https://shop.test/catalog/7,c3,bob@example.com
2026-08-30T12:00:00,page_view,https://shop.test/,c4,
""",
    "till.csv": """\
at,receipt,sum,email
2026-08-04 15:00:00,r1,1200,ann@example.com
2026-08-05 11:30:00,r2,800,bob@example.com
""",
    "adverts.csv": """\
day,source,medium,cost
2026-08-01,vk,cpc,300
""",
}


def make_shop(directory: Path) -> Path:
    """Write the shop's settings and exports into a new folder."""
    (directory / "exports").mkdir(parents=True)
    (directory / "journeyflow.toml").write_text(SETTINGS, encoding="utf-8")
    for name, text in EXPORTS.items():
        (directory / "exports" / name).write_text(text, encoding="utf-8")
    return directory


def a_night_passes(project: Path) -> None:
    """Bob buys again, a stranger comes, and a page view of Ann's arrives late."""
    with (project / "exports" / "till.csv").open("a", encoding="utf-8") as file:
        file.write("2026-08-31 10:00:00,r3,500,bob@example.com\n")
    (project / "exports" / "web2.csv").write_text(
        "ts,event,url,cookie,email\n"
        "2026-08-31T08:00:00,page_view,https://shop.test/catalog/9,c9,\n"
        "2026-08-02T08:00:00,page_view,https://shop.test/catalog/1,c1,\n",
        encoding="utf-8",
    )


def run_nightly(
    project: Path, instance: dg.DagsterInstance, config: dict[str, Any] | None = None
) -> dg.ExecuteInProcessResult:
    """Run the nightly job of the project in this process; a failure is in the result."""
    job = make_definitions(project).resolve_job_def("nightly")
    return job.execute_in_process(config, instance=instance, raise_on_error=False)


def run_part(
    project: Path, instance: dg.DagsterInstance, *assets: str
) -> dg.ExecuteInProcessResult:
    """Materialise these assets alone, as the page of an asset or a backfill does."""
    job = make_definitions(project).resolve_implicit_global_asset_job_def()
    keys = [dg.AssetKey(each) for each in assets]
    return job.execute_in_process(asset_selection=keys, instance=instance, raise_on_error=False)


def published(project: Path) -> list[Path]:
    """The snapshots that readers may open, oldest first."""
    return sorted((project / "published").glob("journeys-*.duckdb"))


def tables(store: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of every published table, sorted; `main` and `monthly`, by `schema.table`."""
    with duckdb.connect(str(store), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        names = con.execute(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where schema_name in ('main', 'monthly') order by all"
        ).fetchall()
        return {name: con.execute(f"from {name} order by all").fetchall() for (name,) in names}
