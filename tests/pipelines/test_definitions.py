"""What Dagster shows of a project."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from journeyflow.errors import SettingsError
from journeyflow.orchestration import find_project
from journeyflow.project import load_project
from journeyflow.warehouse.plan import make_plan
from journeyflow_pipelines.definitions import defs, make_definitions

SNAPSHOT = Path(__file__).with_name("assets.txt")


@pytest.fixture
def shown(whole_shop: Path) -> dg.Definitions:
    return make_definitions(whole_shop)


def test_assets_and_their_groups_are_those_of_the_snapshot(shown: dg.Definitions) -> None:
    graph = shown.resolve_asset_graph()
    nodes = [graph.get(key) for key in graph.get_all_asset_keys()]
    found = sorted(f"{node.group_name}/{node.key.to_user_string()}" for node in nodes)
    # After a change of the plan: write this list into the file, and look at what changed.
    assert found == SNAPSHOT.read_text(encoding="utf-8").split()


def test_each_asset_depends_on_the_inputs_of_its_step(
    whole_shop: Path, shown: dg.Definitions
) -> None:
    graph = shown.resolve_asset_graph()
    for step in make_plan(load_project(whole_shop)):
        parents = graph.get(dg.AssetKey(step.name)).parent_keys
        assert {key.to_user_string() for key in parents} == step.inputs


def test_an_asset_says_what_a_row_of_it_is(shown: dg.Definitions) -> None:
    journeys = shown.resolve_asset_graph().get(dg.AssetKey("journeys"))
    assert "one row per journey" in (journeys.description or "")
    assert journeys.kinds == {"duckdb", "sql"}


def test_nightly_runs_in_the_projects_zone_and_is_on(shown: dg.Definitions) -> None:
    schedule = shown.resolve_schedule_def("every_night")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 3 * * *", "Europe/Moscow")
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert schedule.job.name == "nightly"


def test_nightly_takes_its_hour_from_the_settings(shop: Path) -> None:
    settings = shop / "journeyflow.toml"
    settings.write_text(settings.read_text() + '\n[schedule]\nat = "04:05"\n')
    schedule = make_definitions(shop).resolve_schedule_def("every_night")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("5 4 * * *", "Europe/Moscow")


def test_sensor_is_off(shown: dg.Definitions) -> None:
    sensor = shown.resolve_sensor_def("new_files")
    assert sensor.default_status is dg.DefaultSensorStatus.STOPPED


def test_one_process_does_it_all(shown: dg.Definitions) -> None:
    assert shown.resolve_job_def("nightly").executor_def is dg.in_process_executor


def test_every_check_blocks(shown: dg.Definitions) -> None:
    graph = shown.resolve_asset_graph()
    specs = [graph.get_check_spec(key) for key in graph.asset_check_keys]
    assert {spec.name for spec in specs} == {
        "every_rule_holds",
        "one_row_per_key",
        "rejects_within_limit",
    }
    assert all(spec.blocking for spec in specs)


def test_project_is_the_one_named_else_the_one_here_else_the_demo(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JOURNEYFLOW_PROJECT", raising=False)
    root = tmp_path / "root"
    demo = root / "demo"
    demo.mkdir(parents=True)
    monkeypatch.chdir(root)
    with pytest.raises(SettingsError, match="make demo"):
        find_project()
    (demo / "journeyflow.toml").write_text((shop / "journeyflow.toml").read_text())
    assert find_project() == demo
    monkeypatch.chdir(shop)
    assert find_project() == shop
    monkeypatch.setenv("JOURNEYFLOW_PROJECT", str(demo))
    assert find_project() == demo
    monkeypatch.setenv("JOURNEYFLOW_PROJECT", str(root))
    with pytest.raises(SettingsError, match="no project found"):
        find_project()


def test_loading_without_a_project_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JOURNEYFLOW_PROJECT", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="make demo"):
        defs()
