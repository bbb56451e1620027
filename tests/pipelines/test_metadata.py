"""What the assets tell of themselves: true figures, true origins, and nothing about a person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from journeyflow.project import load_project
from journeyflow.warehouse.models import Model
from journeyflow.warehouse.plan import make_plan
from journeyflow_pipelines.metadata import column_lineage
from tests.pipelines.conftest import SECRET
from tests.pipelines.shop import make_shop, published, run_nightly, tables

Told = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def run(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Path, dg.ExecuteInProcessResult]]:
    shop = make_shop(tmp_path_factory.mktemp("told") / "shop")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("JOURNEYFLOW_SECRET", SECRET)
        with dg.DagsterInstance.ephemeral(settings={"telemetry": {"enabled": False}}) as instance:
            yield shop, run_nightly(shop, instance)


@pytest.fixture(scope="module")
def told(run: tuple[Path, dg.ExecuteInProcessResult]) -> Told:
    return {
        event.materialization.asset_key.to_user_string(): {
            name: value.value for name, value in event.materialization.metadata.items()
        }
        for event in run[1].get_asset_materialization_events()
    }


def test_steps_run_in_the_order_of_the_plan(
    run: tuple[Path, dg.ExecuteInProcessResult], told: Told
) -> None:
    assert list(told) == [step.name for step in make_plan(load_project(run[0]))]


def test_row_counts_are_those_of_the_published_tables(
    run: tuple[Path, dg.ExecuteInProcessResult], told: Told
) -> None:
    for name, rows in tables(published(run[0])[-1]).items():
        schema, _, table = name.partition(".")
        if schema == "main" and table in told:
            assert told[table]["dagster/row_count"] == len(rows), table
    assert told["read_web"]["dagster/row_count"] == 6
    assert told["read_till-2"]["dagster/row_count"] == 2


def test_columns_are_those_of_the_published_tables(
    run: tuple[Path, dg.ExecuteInProcessResult], told: Told
) -> None:
    with duckdb.connect(str(published(run[0])[-1]), read_only=True) as con:
        for table in ("journeys", "touchpoints", "channel_credit"):
            columns = [
                (name, kind) for name, kind, *_ in con.execute(f"describe {table}").fetchall()
            ]
            shown = told[table]["dagster/column_schema"].columns
            assert [(each.name, each.type) for each in shown] == columns


def test_most_columns_of_every_model_have_an_origin(told: Told) -> None:
    traced = columns = 0
    for metadata in told.values():
        if "dagster/column_lineage" in metadata:
            traced += len(metadata["dagster/column_lineage"].deps_by_column)
            columns += len(metadata["dagster/column_schema"].columns)
    # The others are counts and constants, or come from settings, which are no asset's columns.
    assert columns > 300
    assert traced / columns > 0.6


def test_origins_of_some_columns(told: Told) -> None:
    def origins(table: str, column: str) -> set[tuple[str, str]]:
        found = told[table]["dagster/column_lineage"].deps_by_column[column]
        return {(each.asset_key.to_user_string(), each.column_name) for each in found}

    assert origins("events", "journey_id") == {("event_places", "journey_id")}
    assert origins("journeys", "path") == {("walked_journeys", "path")}


def test_lineage_looks_through_subqueries_and_leaves_out_what_it_cannot_trace() -> None:
    sql = """
        with sums as (select k, sum(a + b) as total from first group by k)
        select k, total * 2 as twice, count(*) as n, now() as made, s.c as c
        from sums inner join settings_table as s using (k)
    """
    model = Model("made", "everyone", sql, {"kind": "everyone"})
    tables = {
        "first": {"k": "INTEGER", "a": "INTEGER", "b": "STRUCT(x MAP(VARCHAR, INTEGER[]))"},
        "settings_table": {"k": "INTEGER", "c": "INTEGER"},
    }
    found = column_lineage(model, tables, {"first"}).deps_by_column
    assert {
        column: {(each.asset_key.to_user_string(), each.column_name) for each in deps}
        for column, deps in found.items()
    } == {"k": {("first", "k")}, "twice": {("first", "a"), ("first", "b")}}


def test_sql_that_cannot_be_traced_costs_no_run() -> None:
    model = Model("made", "everyone", "from first", {"kind": "everyone"})
    assert column_lineage(model, {}, {"first"}).deps_by_column == {}


def test_nothing_of_a_person_is_told(run: tuple[Path, dg.ExecuteInProcessResult]) -> None:
    shop, result = run
    store = tables(published(shop)[-1])
    ids = {str(row[0]) for row in store["main.persons"]} | {str(r[0]) for r in store["main.events"]}
    everything = "\n".join(map(str, result.all_events))
    for each in ids | {"ann@example.com", "bob@example.com"}:
        assert each not in everything
