"""Adding a source to journeyflow.toml: whole and valid, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeyflow.check import write_settings
from journeyflow.errors import SettingsError
from journeyflow.project import SETTINGS_FILE, load_project

BLOCK = """\
[[sources]]
name = "log"
format = "table"
files = ["log.csv"]
[sources.columns]
occurred_at = "ts"
kind = "event"
[sources.identifiers]
user_id = "user_id"
"""
STANDING = """\
# ours, with a comment
[project]
name = "Shop"
timezone = "UTC"
currency = "EUR"

[journeys]
conversions = []
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "log.csv").write_text("ts,event,user_id\n", encoding="utf-8")
    return tmp_path


def test_the_block_follows_what_stands_there(folder: Path) -> None:
    settings = folder / SETTINGS_FILE
    settings.write_text(STANDING, encoding="utf-8")
    settings.chmod(0o640)
    assert write_settings(folder, BLOCK) == settings
    assert settings.read_text(encoding="utf-8") == STANDING + "\n" + BLOCK
    assert settings.stat().st_mode & 0o777 == 0o640
    assert load_project(folder).project.name == "Shop"
    assert {path.name for path in folder.iterdir()} == {SETTINGS_FILE, "log.csv"}


@pytest.mark.parametrize(
    ("zone", "currency", "missing"),
    [(None, "EUR", "timezone"), ("UTC", None, "currency"), (None, None, "timezone and a currency")],
)
def test_a_new_file_needs_a_zone_and_a_currency(
    folder: Path, zone: str | None, currency: str | None, missing: str
) -> None:
    with pytest.raises(SettingsError, match=missing):
        write_settings(folder, BLOCK, timezone=zone, currency=currency)
    assert not (folder / SETTINGS_FILE).exists()
    write_settings(folder, BLOCK, name="Shop", timezone="UTC", currency="EUR")
    assert load_project(folder).project.name == "Shop"


@pytest.mark.parametrize(
    ("standing", "block", "said"),
    [
        (STANDING + "\n" + BLOCK, BLOCK, "the name 'log' stands 2 times"),
        (STANDING, BLOCK.replace("log.csv", "gone.csv"), "no file matches 'gone.csv'"),
        (STANDING, BLOCK.replace("log.csv", "../log.csv"), "leads out"),
        (STANDING, BLOCK.replace('"event"', "event"), "not valid TOML"),
        (STANDING.replace("UTC", "Mars"), BLOCK, "Mars"),
        (STANDING + "sources = [", BLOCK, "not valid TOML"),
        (STANDING, "# QUESTION: which?\n" + BLOCK, "open question"),
        (STANDING, "", "nothing to write"),
    ],
)
def test_what_would_not_load_is_not_written(
    folder: Path, standing: str, block: str, said: str
) -> None:
    settings = folder / SETTINGS_FILE
    settings.write_text(standing, encoding="utf-8")
    with pytest.raises(SettingsError) as fault:
        write_settings(folder, block)
    assert said in str(fault.value)
    assert "journeyflow-check-" not in str(fault.value)
    assert settings.read_text(encoding="utf-8") == standing
    assert {path.name for path in folder.iterdir()} == {SETTINGS_FILE, "log.csv"}


def test_a_region_that_stands_there_stays(folder: Path) -> None:
    settings = folder / SETTINGS_FILE
    settings.write_text(STANDING + '\n[identity]\nregion = "KZ"\n', encoding="utf-8")
    write_settings(folder, BLOCK + '\n[identity]\nregion = "RU"    # for phones\n\n# more\n')
    assert load_project(folder).identity.region == "KZ"
    assert settings.read_text(encoding="utf-8").endswith("# more\n")
