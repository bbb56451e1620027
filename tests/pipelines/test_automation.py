"""The sensor asks for one run when files have come and rest."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from journeyflow.orchestration import exports_digest
from journeyflow.project import load_project
from journeyflow_pipelines.automation import new_files_sensor
from tests.pipelines.shop import run_nightly


def look(
    shop: Path, cursor: str | None, instance: dg.DagsterInstance
) -> tuple[list[str | None], str | None]:
    """(run keys asked for, the cursor afterwards) of one look."""
    context = dg.build_sensor_context(instance=instance, cursor=cursor)
    found = new_files_sensor(shop).evaluate_tick(context)
    return [each.run_key for each in found.run_requests or ()], found.cursor


def test_a_file_is_asked_for_once_when_it_rests(shop: Path, instance: dg.DagsterInstance) -> None:
    asked, cursor = look(shop, None, instance)
    assert asked == []
    first, cursor = look(shop, cursor, instance)
    assert len(first) == 1
    assert look(shop, cursor, instance)[0] == []

    with (shop / "exports" / "web.csv").open("a", encoding="utf-8") as file:
        file.write("2026-08-31T12:00:00,page_view,https://shop.test/,c4,\n")
    asked, cursor = look(shop, cursor, instance)
    assert asked == []
    (shop / "exports" / "web2.csv").write_bytes((shop / "exports" / "web.csv").read_bytes())
    asked, cursor = look(shop, cursor, instance)
    assert asked == [], "it was still growing"
    second, cursor = look(shop, cursor, instance)
    assert len(second) == 1
    assert second != first
    assert len(cursor or "") < 100


def test_files_that_have_come_are_not_fetched_again(
    shop: Path, instance: dg.DagsterInstance
) -> None:
    _, cursor = look(shop, None, instance)
    context = dg.build_sensor_context(instance=instance, cursor=cursor)
    (asked,) = new_files_sensor(shop).evaluate_tick(context).run_requests or ()
    settings = shop / "journeyflow.toml"
    settings.write_text(settings.read_text() + '\n[schedule]\nbefore = "exit 1"\n')
    assert run_nightly(shop, instance, dict(asked.run_config)).success


def test_faulty_settings_fail_the_look_with_their_text(
    shop: Path, instance: dg.DagsterInstance
) -> None:
    (shop / "journeyflow.toml").write_text("[project]\nnam = 1\n")
    with pytest.raises(dg.Failure, match="unknown key"):
        look(shop, None, instance)


def test_digest_follows_the_files_and_nothing_else(shop: Path) -> None:
    project = load_project(shop)
    before = exports_digest(project)
    (shop / "exports" / "notes.txt").write_text("not an export")
    assert exports_digest(project) == before
    (shop / "exports" / "web3.csv").write_text("ts,event\n")
    assert exports_digest(project) != before
