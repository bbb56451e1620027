"""Warehouses that other versions laid out are brought up to date or refused, and never misread."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from journeyflow.errors import EnvironmentFault
from journeyflow.project import load_project
from journeyflow.warehouse.layout import FORMER, Layout, layout
from journeyflow.warehouse.pending import reading_fingerprint
from tests.support.projects import Project, csv_text, settings, source

COLUMNS = {"event_id": "id", "occurred_at": "ts", "kind": "kind", "product": "product"}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Project:
    site = source(columns=COLUMNS, identifiers={"cookie": "cookie"})
    project = Project(tmp_path_factory.mktemp("ran"), settings(site))
    project.write("exports/site/1.csv", csv_text([_row("a", 1)]))
    project.run()
    return project


@pytest.fixture
def project(ran: Project, tmp_path: Path) -> Project:
    return ran.copied(tmp_path)


def _row(event: str, day: int) -> dict[str, str]:
    return {
        "id": event, "ts": f"2025-03-0{day}T10:00:00Z", "kind": "page", "cookie": "c",
        "product": "oven",
    }  # fmt: skip


def changed(project: Project, told: str | Layout, *statements: str) -> None:
    """Let the warehouse be as another version made it, which told its layout so."""
    text = told if isinstance(told, str) else json.dumps(told)
    with duckdb.connect(str(project.folder / "warehouse/private.duckdb")) as con:
        for statement in statements:
            con.execute(statement)
        con.execute("update facts set value = $text where name = 'layout'", {"text": text})


def kept(project: Project, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(project.folder / "warehouse/private.duckdb"), read_only=True) as con:
        return con.execute(query).fetchall()


def test_a_layout_of_before_they_were_told_in_words_is_taken_over(project: Project) -> None:
    (before,) = FORMER
    changed(project, before, "drop table landed_links")
    project.write("exports/site/2.csv", csv_text([_row("b", 2)]))
    project.run()
    assert [row["event_id"] for row in project.rows("events")] == ["a", "b"]
    assert kept(project, "select count(*) from landed_links") == [(0,)]
    assert kept(project, "select value from facts where name = 'layout'") == [
        (json.dumps(layout(), sort_keys=True),)
    ]


def test_a_column_that_may_be_empty_is_added(project: Project) -> None:
    told = layout() | {
        "private.main.landed_events": {
            name: kind
            for name, kind in layout()["private.main.landed_events"].items()
            if name != "product"
        }
    }
    changed(project, told, "alter table landed_events drop column product")
    project.write("exports/site/2.csv", csv_text([_row("b", 2)]))
    project.run(full_refresh=True)
    assert [row["product"] for row in project.rows("events")] == [None, "oven"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda now: now | {"macro keyed_id": {"text": "other"}}, "macro keyed_id, text: found"),
        (lambda now: now | {"private.main.landed_visits": {}}, "it has private.main.landed_visits"),
        (
            lambda now: now | {"private.main.landed_links": {"ref": "INTEGER not null"}},
            "private.main.landed_links, file_id: found nothing, expected INTEGER not null",
        ),
        (
            lambda now: (
                now
                | {"private.main.seen_files": now["private.main.seen_files"] | {"size": "VARCHAR"}}
            ),
            "private.main.seen_files, size: found VARCHAR, expected BIGINT not null",
        ),
        (lambda _: "abcdef0123", "its layout abcdef01 is not known"),
    ],
)
def test_any_other_difference_is_refused_by_name_and_nothing_is_written(
    project: Project, change: Callable[[Layout], str | Layout], told: str
) -> None:
    made = change(layout())
    changed(project, made)
    before = kept(project, "select * from facts order by name")
    with pytest.raises(EnvironmentFault) as refused:
        project.run()
    assert told in refused.value.message
    assert kept(project, "select * from facts order by name") == before


def test_the_layout_is_what_a_warehouse_has(project: Project) -> None:
    rows = kept(
        project,
        "select 'private.' || schema_name || '.' || table_name, column_name, "
        "data_type || if(is_nullable, '', ' not null') from duckdb_columns()",
    )
    found: Layout = {}
    for table, column, kind in rows:
        found.setdefault(str(table), {})[str(column)] = str(kind)
    told = {name: parts for name, parts in layout().items() if name.startswith("private.")}
    assert {name: found[name] for name in told} == told


def test_a_new_version_does_not_read_again_what_settings_of_old_told_to_read(
    project: Project,
) -> None:
    """The files may be gone; the digest is the one that version 0.1 kept of this source."""
    plain = {"occurred_at": "ts", "kind": "kind"}
    identifiers = {"cookie": "cookie", "email": "email"}
    project.set(settings(source(columns=plain, identifiers=identifiers)))
    loaded = load_project(project.folder)
    assert reading_fingerprint(loaded, loaded.sources[0]) == (
        "a663302f57bf8b3086da06d8f192e4d33c4a6e3231db24f21f44e5c15bd8caa2"
    )
