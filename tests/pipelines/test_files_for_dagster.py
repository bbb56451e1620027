"""What `init` leaves in a project's folder is all that Dagster needs there."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dotenv import dotenv_values

from journeyflow.orchestration import DAGSTER, DEFINITIONS, dagster_files
from tests.pipelines.conftest import SECRET
from tests.pipelines.shop import published

ROOT = Path(__file__).parents[2]


def write(project: Path) -> None:
    for name, text in dagster_files(project).items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", ["shop", "Мой магазин", 'it\'s #1 \\ "two"'])
def test_home_is_found_whatever_the_folder_is_called(name: str, tmp_path: Path) -> None:
    project = tmp_path / name
    project.mkdir()
    write(project)
    read = dotenv_values(project / ".env")
    assert read == {
        "DAGSTER_HOME": str(project / ".dagster"),
        "DAGSTER_DISABLE_TELEMETRY": "1",
    }


def test_home_is_absolute_where_the_folder_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert f"'{tmp_path}/shop/.dagster'" in dagster_files("shop")[".env"]


def test_dagster_takes_the_settings_and_telemetry_is_off(tmp_path: Path) -> None:
    write(tmp_path)
    with dg.DagsterInstance.from_config(str(tmp_path / ".dagster")) as instance:
        assert not instance.telemetry_enabled
        assert instance.get_concurrency_config().run_queue_config.max_concurrent_runs == 1


def test_a_checkout_shows_the_same_in_the_same_way() -> None:
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["dagster"]
    assert tool["module_name"] == DEFINITIONS
    assert yaml.safe_load((ROOT / "dagster.yaml").read_text()) == yaml.safe_load(DAGSTER)


def test_the_job_runs_from_the_folder_and_leaves_nothing_outside(
    shop: Path, tmp_path: Path
) -> None:
    write(shop)
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DAGSTER", "JOURNEYFLOW"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "dagster", "job", "execute", "-m", DEFINITIONS, "-j", "nightly"],
        cwd=shop,
        env=environment | {"HOME": str(home), "JOURNEYFLOW_SECRET": SECRET},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(published(shop)) == 1
    assert (shop / ".dagster" / "history").is_dir()
    assert list(home.iterdir()) == []
    assert "example.com" not in done.stderr + done.stdout
