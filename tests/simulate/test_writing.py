from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from journeyflow.errors import SettingsError
from journeyflow.simulate import simulate, write_sample

SCRIPT = """
import sys
from pathlib import Path
from journeyflow.simulate import simulate
simulate(Path(sys.argv[1]), persons=400, days=40)
"""


def tree(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def test_same_arguments_give_the_same_bytes_in_any_zone_and_locale(tmp_path: Path) -> None:
    settings = (
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"},
    )
    runs = []
    for number, setting in enumerate(settings):
        target = tmp_path / str(number)
        environment = os.environ | setting | {"PYTHONPATH": os.pathsep.join(sys.path)}
        subprocess.run([sys.executable, "-c", SCRIPT, str(target)], check=True, env=environment)
        runs.append(tree(target))
    assert runs[0] == runs[1]
    assert len(runs[0]) > 50


def test_another_seed_gives_other_people(tmp_path: Path) -> None:
    simulate(tmp_path / "a", persons=150, days=10, seed=1)
    simulate(tmp_path / "b", persons=150, days=10, seed=2)
    name = "truth/persons.parquet"
    assert (tmp_path / "a" / name).read_bytes() != (tmp_path / "b" / name).read_bytes()


def test_english_names(tmp_path: Path) -> None:
    simulate(tmp_path, persons=150, days=10, language="en", end=date(2026, 3, 1))
    text = (tmp_path / "journeyflow.toml").read_text("utf-8")
    assert 'name = "Measurement"' in text
    assert 'region = "Khimki"' in text
    assert "Каталог" not in text


def test_the_sample_is_small(tmp_path: Path) -> None:
    write_sample(tmp_path)
    assert sum(map(len, tree(tmp_path).values())) < 3_000_000


def test_an_earlier_simulation_is_replaced(tmp_path: Path) -> None:
    simulate(tmp_path, persons=150, days=20)
    simulate(tmp_path, persons=150, days=10)
    fresh = tmp_path / "fresh"
    simulate(fresh, persons=150, days=10)
    again = {path: content for path, content in tree(tmp_path).items() if "fresh" not in path}
    assert again == tree(fresh)


@pytest.mark.parametrize(
    "name", ["journeyflow.toml", "exports/site/mine.csv", "truth/note.txt", "notes.md"]
)
def test_foreign_files_are_never_touched(tmp_path: Path, name: str) -> None:
    mine = tmp_path / name
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(SettingsError, match=name):
        simulate(tmp_path, persons=150, days=10)
    assert tree(tmp_path) == {name: b"mine"}


def test_changed_files_are_foreign(tmp_path: Path) -> None:
    simulate(tmp_path, persons=150, days=10)
    with (tmp_path / "journeyflow.toml").open("a", encoding="utf-8") as settings:
        settings.write("# my own line\n")
    with pytest.raises(SettingsError, match=r"journeyflow\.toml"):
        simulate(tmp_path, persons=150, days=10)


def test_hidden_files_and_what_a_run_has_made_stay(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("warehouse/\n", encoding="utf-8")
    simulate(tmp_path, persons=150, days=10)
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "warehouse" / "secret.key").write_text("mine")
    simulate(tmp_path, persons=150, days=10)
    assert (tmp_path / ".gitignore").read_text("utf-8") == "warehouse/\n"
    assert (tmp_path / "warehouse" / "secret.key").read_text() == "mine"


def test_a_place_that_cannot_be_a_folder_is_refused_before_the_work(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    began = time.monotonic()
    with pytest.raises(SettingsError, match="is a file; expected a new folder"):
        simulate(file)
    with pytest.raises(NotADirectoryError):
        simulate(file / "inside")
    assert time.monotonic() - began < 2
    assert file.read_text() == "mine"


@pytest.mark.parametrize("arguments", [{"persons": 3}, {"days": 1}, {"language": "de"}])
def test_impossible_arguments_are_refused(tmp_path: Path, arguments: dict[str, int]) -> None:
    with pytest.raises(SettingsError):
        simulate(tmp_path, **arguments)  # type: ignore[arg-type]
    assert tree(tmp_path) == {}
