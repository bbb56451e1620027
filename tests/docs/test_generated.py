"""The generated pages say what the SQL and the settings say."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from docs import generate
from journeyflow.project import load_project

ROOT = Path(__file__).parents[2]


def test_the_generated_pages_are_not_stale() -> None:
    stale = [path.name for path, text in generate.pages() if path.read_text("utf-8") != text]
    assert not stale, "run: python docs/generate.py"


def test_no_column_is_explained_that_does_not_exist() -> None:
    model = (ROOT / "docs" / "data_model.md").read_text("utf-8")
    explained = tomllib.loads((ROOT / "docs" / "columns.toml").read_text("utf-8"))["columns"]
    shown = set(re.findall(r"^\| (\w+) \|", model, re.MULTILINE)) | {"month"}
    assert {name.rpartition(".")[2] for name in explained} <= shown


def test_the_example_settings_are_sound(tmp_path: Path) -> None:
    for example in sorted((ROOT / "docs" / "examples").glob("*.toml")):
        folder = tmp_path / example.stem
        for source in tomllib.loads(example.read_text("utf-8"))["sources"]:
            for pattern in source["files"]:
                (folder / pattern).parent.mkdir(parents=True, exist_ok=True)
                (folder / pattern).write_bytes(b"only its name matters here")
        (folder / "journeyflow.toml").write_bytes(example.read_bytes())
        assert load_project(folder).sources
