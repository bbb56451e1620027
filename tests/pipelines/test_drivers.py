"""Whoever walks the plan, the same tables are published."""

from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg

import journeyflow as jf
from tests.pipelines.shop import a_night_passes, published, run_nightly, tables

# Histories and the store's description of itself carry the run's own id and time.
OF_THE_RUN = {"main.runs", "main.project", "main.person_history", "main.restatements"}
# All others have rows, so that their being equal says something.
NOTHING_IN_THEM = {
    "main.blocked_identifiers",
    "main.feedback",
    "main.person_history",
    "main.restatements",
    "main.rejects",
    "main.skipped",
    "main.warnings",
}


def test_both_drivers_publish_the_same_tables_night_after_night_and_afresh(
    shop: Path, instance: dg.DagsterInstance
) -> None:
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
