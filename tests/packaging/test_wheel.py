"""What `pip install` of the built wheel puts where, found by building it, without a network."""

from __future__ import annotations

import configparser
import fnmatch
import shutil
import subprocess
import sys
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILT_FROM = (
    ".gitignore",  # hatchling leaves out what it names
    "src",
    "pipelines",
    "sql",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
)
IMPORT = """
import sys
sys.path.insert(0, sys.argv[1])
import journeyflow
print(journeyflow.__file__, journeyflow.__version__)
"""
LEFT_BEHIND = shutil.ignore_patterns("__pycache__", "*.pyc")


def build(source: Path, kind: str) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", "dist"],
        cwd=source,
        check=True,
    )
    (built,) = (source / "dist").iterdir()
    return built


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is built from, so that building leaves nothing in the checkout."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in BUILT_FROM:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=LEFT_BEHIND)
        else:
            shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="session")
def wheel(tree: Path) -> Path:
    return build(tree, "wheel")


@pytest.fixture(scope="session")
def names(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def metadata_file(wheel: Path, name: str) -> str:
    archive = zipfile.ZipFile(wheel)
    (path,) = (path for path in archive.namelist() if path.endswith(f".dist-info/{name}"))
    return archive.read(path).decode()


def files_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_wheel_holds_every_file_of_the_three_trees_and_no_other(
    tree: Path, names: set[str]
) -> None:
    expected = (
        files_below(tree / "src")
        | files_below(tree / "pipelines")
        | {f"journeyflow/sql/{name}" for name in files_below(tree / "sql")}
    )
    assert {name for name in names if ".dist-info/" not in name} == expected


def test_top_level_names_are_our_own(names: set[str]) -> None:
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {
        "journeyflow",
        "journeyflow_pipelines",
    }


@pytest.mark.parametrize(
    "pattern",
    [
        "journeyflow/py.typed",
        "journeyflow/check/column_names/*.toml",
        "journeyflow/language/*.toml",
        "journeyflow/report/*.html*",
        "journeyflow/rules/*.csv",
        "journeyflow/sql/everyone/*.sql",
        "journeyflow/sql/person/*.sql",
        "journeyflow_pipelines/*.py",
    ],
)
def test_what_the_library_reads_beside_its_code_is_carried(names: set[str], pattern: str) -> None:
    assert fnmatch.filter(names, pattern)


def test_command_licence_and_version(tree: Path, wheel: Path, tmp_path: Path) -> None:
    scripts = configparser.ConfigParser()
    scripts.read_string(metadata_file(wheel, "entry_points.txt"))
    assert dict(scripts["console_scripts"]) == {"journeyflow": "journeyflow.cli:main"}
    assert metadata_file(wheel, "licenses/LICENSE") == (tree / "LICENSE").read_text()

    zipfile.ZipFile(wheel).extractall(tmp_path)
    told = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            IMPORT,
            str(tmp_path),
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    version = HeaderParser().parsestr(metadata_file(wheel, "METADATA"))["Version"]
    assert told == [f"{tmp_path}/journeyflow/__init__.py", version]


def test_wheel_made_from_the_source_archive_is_the_same(
    tree: Path, names: set[str], tmp_path: Path
) -> None:
    copy = tmp_path / "checkout"
    shutil.copytree(tree, copy, ignore=shutil.ignore_patterns("dist"))
    subprocess.run(["tar", "-xzf", build(copy, "sdist"), "-C", tmp_path], check=True)
    (unpacked,) = tmp_path.glob("journeyflow-*")
    assert set(zipfile.ZipFile(build(unpacked, "wheel")).namelist()) == names
