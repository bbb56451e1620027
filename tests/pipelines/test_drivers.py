"""Whoever walks the plan, the same tables are published."""

from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg
import pytest

import journeyflow as jf
from journeyflow.project import load_project
from journeyflow.warehouse.plan import make_plan
from journeyflow_pipelines.assets import step_asset
from journeyflow_pipelines.resources import Warehouse
from tests.pipelines.conftest import SECRET
from tests.pipelines.shop import (
    a_night_passes,
    make_shop,
    published,
    run_nightly,
    run_part,
    tables,
)
from tests.support.projects import hidden_secret, lean

# Histories and the store's description of itself carry the run's own id and time.
OF_THE_RUN = {"main.runs", "main.project", "main.person_history", "main.restatements"}
# All others have rows, so that their being equal says something.
NOTHING_IN_THEM = {
    "main.blocked_identifiers",
    "main.calendars",
    "main.change_effects",
    "main.company_waits",
    "main.complaints",
    "main.deal_patience",
    "main.deal_stages",
    "main.expected_journeys",
    "main.feedback",
    "main.handovers",
    "main.journey_personas",
    "main.kind_roles",
    "main.late_deals",
    "main.missed_calls",
    "main.patience",
    "main.patience_whatif",
    "main.person_history",
    "main.personas",
    "main.rejects",
    "main.restatements",
    "main.skipped",
    "main.survey_scores",
    "main.warnings",
    "main.working_hours",
    "monthly.handovers",
}


def test_both_drivers_publish_the_same_tables_night_after_night_and_afresh(
    whole_shop: Path, instance: dg.DagsterInstance
) -> None:
    shop = whole_shop
    plain = shop.with_name("plain")
    shutil.copytree(shop, plain)
    afresh = {"project_dir": str(shop), "full_refresh": True}
    asked = {"resources": {"warehouse": {"config": afresh}}}
    for night, refresh in (("full", False), ("incremental", False), ("full", True)):
        told = jf.run(plain, full_refresh=refresh)
        by_dagster = run_nightly(shop, instance, asked if refresh else None)
        assert by_dagster.success
        assert told.mode == night
        made = by_dagster.asset_materializations_for_node("publish")[0].metadata
        assert made["mode"].value == night
        assert {each: made[each].value for each in told.counts} == told.counts

        expected, found = tables(told.store), tables(published(shop)[-1])
        assert found.keys() == expected.keys()
        assert {name for name, rows in expected.items() if not rows} == NOTHING_IN_THEM
        for name in expected.keys() - OF_THE_RUN:
            assert found[name] == expected[name], name
        for project in (plain, shop):
            a_night_passes(project)


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop after its first night."""
    shop = lean(make_shop(tmp_path_factory.mktemp("first") / "shop"))
    with hidden_secret(SECRET):
        jf.run(shop)
    return shop


@pytest.fixture(scope="module")
def second_night(
    first_night: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[jf.RunResult, dict[str, list[tuple[object, ...]]]]:
    """What an ordinary run of its second night tells and publishes."""
    shop = shutil.copytree(first_night, tmp_path_factory.mktemp("second") / "shop")
    a_night_passes(shop)
    with hidden_secret(SECRET):
        told = jf.run(shop)
    return told, tables(told.store)


@pytest.fixture
def ran(first_night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop that has had its first night, to do as one likes with."""
    monkeypatch.setenv("JOURNEYFLOW_SECRET", SECRET)
    return shutil.copytree(first_night, tmp_path / "shop")


@pytest.mark.parametrize(
    "assets",
    [("read_web",), ("settings", "journeys", "reconciliation")],
    ids=" ".join,
)
def test_some_assets_alone_end_in_the_store_of_an_ordinary_run(
    ran: Path,
    second_night: tuple[jf.RunResult, dict[str, list[tuple[object, ...]]]],
    instance: dg.DagsterInstance,
    assets: tuple[str, ...],
) -> None:
    shop, (told, expected) = ran, second_night
    a_night_passes(shop)
    result = run_part(shop, instance, *assets)
    assert result.success
    assert {event.step_key for event in result.get_step_success_events()} == set(assets)
    # Whatever else was made is told too, once.
    made = [
        event.asset_key.to_user_string()
        for event in result.all_events
        if event.is_step_materialization and event.asset_key
    ]
    assert sorted(made) == sorted(step.name for step in make_plan(load_project(shop)))
    found = tables(published(shop)[-1])
    assert found.keys() == expected.keys()
    for name in expected.keys() - OF_THE_RUN:
        assert found[name] == expected[name], name
    assert jf.run(shop).mode == told.mode == "incremental"  # nothing is left to make up for


def test_one_asset_made_once_more_changes_nothing(ran: Path, instance: dg.DagsterInstance) -> None:
    shop = ran
    before = tables(published(shop)[-1])
    plan = make_plan(load_project(shop))
    result = dg.materialize(
        [step_asset(plan, place) for place in range(len(plan))],
        selection=["steps"],
        resources={"warehouse": Warehouse(project_dir=str(shop))},
        instance=instance,
    )
    assert result.success
    after = tables(published(shop)[-1])
    assert len(published(shop)) == 2
    for name in before.keys() - OF_THE_RUN:
        assert after[name] == before[name], name
