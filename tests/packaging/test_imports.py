"""What the code imports is what pyproject.toml declares: an indirect dependency may go any day."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
OWN = {"journeyflow", "journeyflow_pipelines"}


def imported_packages(folder: Path) -> Iterator[tuple[str, str]]:
    """(file, top-level package) of every import outside the standard library and this project."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in names:
                package = name.split(".")[0]
                if package not in OWN | sys.stdlib_module_names:
                    yield path.relative_to(ROOT).as_posix(), package


def test_every_import_is_a_declared_dependency() -> None:
    declared = {canonicalize_name(Requirement(text).name) for text in PROJECT["dependencies"]}
    provided_by = packages_distributions()
    undeclared = [
        (path, package)
        for folder in ("src", "pipelines")
        for path, package in imported_packages(ROOT / folder)
        if declared.isdisjoint(map(canonicalize_name, provided_by.get(package, [])))
    ]
    assert undeclared == []


def test_library_knows_nothing_of_dagster() -> None:
    found = [path for path, package in imported_packages(ROOT / "src") if "dagster" in package]
    assert found == []
