"""What goes wrong stops the night, leaves the store, and lets the next night run."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

import journeyflow as jf
from journeyflow.errors import DataError, WarehouseBusyError
from journeyflow.nightshift import watch
from journeyflow.project import Project
from journeyflow.settings import Checks
from journeyflow.warehouse.database import warehouse_dir
from journeyflow.warehouse.lock import writer_lock
from journeyflow.warehouse.plan import Step, make_plan
from journeyflow.warehouse.run import Run, open_run
from journeyflow_pipelines import assets, definitions
from journeyflow_pipelines.__main__ import main
from journeyflow_pipelines.checks import KEYS, check_results
from tests.pipelines.shop import a_night_passes, published, run_nightly, run_part, tables

# A file that grew is read again whole and listed once for each reading; see checks.py.
WITHOUT_KEY = {
    "expected_journeys",
    "kind_roles",
    "runs",
    "person_history",
    "restatements",
    "project",
    "stages",
    "reconciliation",
    "rejects",
    "skipped",
    "warnings",
}


def corrupt(monkeypatch: pytest.MonkeyPatch, **after: str) -> None:
    """Let SQL follow the steps named, in every plan made from now on."""

    def spoilt(step: Step, state: Run) -> None:
        step.run(state)
        state.con.execute(after[step.name])

    change(monkeypatch, spoilt, *after)


def change(
    monkeypatch: pytest.MonkeyPatch, changed: Callable[[Step, Run], None], *names: str
) -> None:
    """Let `changed` do what the steps named do, in every plan made from now on."""

    def plan(project: Project) -> list[Step]:
        return [
            replace(step, run=partial(changed, step)) if step.name in names else step
            for step in make_plan(project)
        ]

    monkeypatch.setattr(definitions, "make_plan", plan)
    monkeypatch.setattr("journeyflow.warehouse.plan.make_plan", plan)


def failed_checks(result: dg.ExecuteInProcessResult) -> set[tuple[str, str]]:
    return {
        (each.asset_key.to_user_string(), each.check_name)
        for each in result.get_asset_check_evaluations()
        if not each.passed
    }


def ran(result: dg.ExecuteInProcessResult) -> set[str]:
    return {event.step_key for event in result.get_step_success_events() if event.step_key}


WRONG_FIGURES = {
    "transitions": "delete from transitions where from_touchpoint = '(start)'",
}
ROWS_TWICE = {
    "source_overlap": "insert into source_overlap from source_overlap",
    "monthly": "insert into monthly.costs from monthly.costs",
}


def test_checks_that_fail_keep_the_old_store(
    shop: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    jf.run(shop)
    (old,) = published(shop)
    before = old.read_bytes(), (shop / "journeys.duckdb").read_bytes()
    with monkeypatch.context() as patched:
        corrupt(patched, **WRONG_FIGURES, **ROWS_TWICE)
        result = run_nightly(shop, instance)
    assert not result.success
    twice = {(name, "one_row_per_key") for name in ROWS_TWICE}
    assert failed_checks(result) == twice | {("reconciliation", "every_rule_holds")}
    assert "publish" not in ran(result)
    assert published(shop) == [old]
    assert (old.read_bytes(), (shop / "journeys.duckdb").read_bytes()) == before

    # The lock is free again, and the next night mends what this one left.
    assert jf.run(shop).reason == "the run before did not finish"


def test_both_drivers_refuse_figures_that_disagree(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrupt(monkeypatch, **WRONG_FIGURES)
    with pytest.raises(DataError, match="reconciliation rules do not hold"):
        jf.run(shop)
    assert published(shop) == []


def test_a_bad_file_fails_its_source_and_stops_what_follows(
    shop: Path, instance: dg.DagsterInstance
) -> None:
    good = (shop / "exports" / "web.csv").read_bytes()
    (shop / "exports" / "web.csv").write_bytes(b"")
    result = run_nightly(shop, instance)
    # The other sources are read: tomorrow they need no second look.
    assert ran(result) == {"read_till_2", "read_adverts"}
    (failure,) = result.filter_events(lambda event: event.is_step_failure)
    assert "web.csv: the file has no bytes" in str(failure.step_failure_data.error)
    assert not result.filter_events(lambda event: event.is_step_up_for_retry)
    assert published(shop) == []

    (shop / "exports" / "web.csv").write_bytes(good)
    assert run_nightly(shop, instance).success


def test_too_many_bad_rows_show_in_the_check(shop: Path) -> None:
    with (shop / "exports" / "web.csv").open("a", encoding="utf-8") as file:
        file.write("no time,page_view,https://shop.test/,c5,\n" * 4)
    settings = shop / "journeyflow.toml"
    settings.write_text(settings.read_text() + "\n[checks]\nmax_reject_share = 0.5\n")
    with open_run(shop) as run:
        step = next(each for each in make_plan(run.project) if each.name == "read_web")
        step.run(run)
        (kept,) = check_results(step, run)
        assert kept.passed
        # 4 of 10 rows are bad.
        run.project = replace(run.project, checks=Checks(max_reject_share=0.4))
        assert check_results(step, run)[0].passed
        run.project = replace(run.project, checks=Checks(max_reject_share=0.39))
        assert not check_results(step, run)[0].passed


def test_a_held_lock_is_waited_for(
    shop: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "WAIT_S", 0)
    with ExitStack() as other_run:
        other_run.enter_context(writer_lock(warehouse_dir(shop)))

        @contextmanager
        def opened(directory: Path, **options: Any) -> Iterator[Run]:
            try:
                with open_run(directory, **options) as run:
                    yield run
            except WarehouseBusyError:
                other_run.close()
                raise

        monkeypatch.setattr(watch, "open_run", opened)
        result = run_nightly(shop, instance)
    assert result.success
    (retry,) = result.filter_events(lambda event: event.is_step_up_for_retry)
    assert retry.step_key == "read_web"


def test_a_lock_that_stays_held_fails_the_run(
    shop: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "WAIT_S", 0)
    once = {"project_dir": str(shop), "retries": 1}
    with writer_lock(warehouse_dir(shop)):
        result = run_nightly(shop, instance, {"resources": {"warehouse": {"config": once}}})
    assert not result.success
    assert ran(result) == set()
    assert len(result.filter_events(lambda event: event.is_step_up_for_retry)) == 3


@contextmanager
def no_room() -> Iterator[None]:
    """A limit on the size of files is as real to DuckDB as a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def stopped_with_its_work_done(step: Step, run: Run) -> None:
    step.run(run)
    with no_room():
        run.con.execute("checkpoint warehouse")
        run.con.execute("checkpoint private")


def stopped_between_the_two_names(step: Step, run: Run) -> None:
    fixed = run.project.directory / "journeys.duckdb"
    fixed.rename(fixed.with_name("before"))
    (fixed / "in the way").mkdir(parents=True)
    try:
        step.run(run)
    finally:
        shutil.rmtree(fixed)


STOPPED: dict[str, list[Callable[[Step, Run], None]]] = {
    "read_web": [stopped_with_its_work_done],
    "event_persons": [stopped_with_its_work_done],
    "publish": [stopped_with_its_work_done, stopped_between_the_two_names],
}


def test_steps_that_the_machine_stopped_are_repeated_with_the_same_result(
    shop: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    jf.run(shop)
    a_night_passes(shop)
    plain = shop.with_name("plain")
    shutil.copytree(shop, plain)
    expected = tables(jf.run(plain).store)

    attempts: list[str] = []

    def first_stopped(step: Step, run: Run) -> None:
        attempts.append(step.name)
        times = attempts.count(step.name)
        ways = STOPPED[step.name]
        ways[times - 1](step, run) if times <= len(ways) else step.run(run)

    monkeypatch.setattr(assets, "WAIT_S", 0)
    change(monkeypatch, first_stopped, *STOPPED)
    result = run_nightly(shop, instance)
    assert result.success
    assert attempts == [name for name, ways in STOPPED.items() for _ in [*ways, "done"]]
    found = tables(published(shop)[-1])
    for table in expected.keys() - {
        "main.runs",
        "main.project",
        "main.person_history",
        "main.restatements",
    }:
        assert found[table] == expected[table], table


def test_a_fault_of_ours_is_not_repeated_and_quotes_nobody(
    shop: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrupt(monkeypatch, sessions="select 'anna@mail.de'::integer")
    result = run_nightly(shop, instance)
    (failure,) = result.filter_events(lambda event: event.is_step_failure)
    told = failure.step_failure_data.error_display_string
    assert "ConversionException" in told
    assert "anna" not in told
    assert not result.filter_events(lambda event: event.is_step_up_for_retry)


def test_the_job_run_by_itself_ends_with_the_exit_code_of_its_fault(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "published").write_text("a file")
    monkeypatch.setattr(sys, "argv", ["journeyflow_pipelines", str(shop)])
    assert main() == 3
    assert f"publish: {shop / 'published'}: File exists\nHint:" in capsys.readouterr().err
    (shop / "published").unlink()
    (shop / "exports" / "web2.csv").write_bytes(b"")
    command = [sys.executable, "-m", "journeyflow_pipelines", str(shop)]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "web2.csv: the file has no bytes" in ended.stderr


def test_a_part_of_the_plan_is_not_published_where_a_check_of_the_rest_fails(
    shop: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    jf.run(shop)
    corrupt(monkeypatch, **ROWS_TWICE)
    result = run_part(shop, instance, "sessions")
    (failure,) = result.filter_events(lambda event: event.is_step_failure)
    assert "source_overlap: one_row_per_key failed" in str(failure.step_failure_data.error)
    assert len(published(shop)) == 1


def test_every_published_table_has_a_key_or_a_reason_why_not(whole_shop: Path) -> None:
    told = tables(jf.run(whole_shop).store)
    main = {name.removeprefix("main.") for name in told if "main." in name}
    assert main == KEYS.keys() | WITHOUT_KEY
