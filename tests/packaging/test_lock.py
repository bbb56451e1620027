"""The locks in requirements/ still say what pyproject.toml asks for, and nothing about whence."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["ui"]]
GROUPS = PROJECT["dependency-groups"]
ASKED = {
    "uv": GROUPS["bootstrap"],
    "run": [*RUNTIME, *GROUPS["build"], *PROJECT["build-system"]["requires"]],
    "test": [*RUNTIME, *GROUPS["build"], *GROUPS["test"]],
}


@dataclass(frozen=True)
class Locked:
    version: Version
    hashes: int
    needed_by: str


def read_lock(name: str) -> dict[str, Locked]:
    """Canonical name → what the lock holds for it."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    locked: dict[str, Locked] = {}
    for entry in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]:
        requirement = Requirement(entry.split("\\")[0])
        (pin,) = requirement.specifier
        assert pin.operator == "=="
        locked[canonicalize_name(requirement.name)] = Locked(
            Version(pin.version), len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", entry)), entry
        )
    return locked


@pytest.mark.parametrize("name", ASKED)
def test_lock_satisfies_pyproject(name: str) -> None:
    lock = read_lock(name)
    unmet = [
        text
        for text in ASKED[name]
        if (requirement := Requirement(text)).specifier
        and (
            (locked := lock.get(canonicalize_name(requirement.name))) is None
            or locked.version not in requirement.specifier
        )
    ]
    assert not unmet, f"requirements/{name}.txt no longer satisfies pyproject.toml: run `make lock`"


@pytest.mark.parametrize("name", ASKED)
def test_lock_names_exactly_what_pyproject_asks_for(name: str) -> None:
    asked = {canonicalize_name(Requirement(text).name) for text in ASKED[name]}
    directly = {
        package
        for package, locked in read_lock(name).items()
        if re.search(r"journeyflow \(pyproject\.toml|pyproject\.toml:\w+", locked.needed_by)
    }
    assert directly == asked


@pytest.mark.parametrize("name", ASKED)
def test_every_entry_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert [package for package, locked in read_lock(name).items() if not locked.hashes] == []
    assert "://" not in text
    assert "index-url" not in text


def test_tests_run_on_the_versions_that_users_get() -> None:
    run, test = read_lock("run"), read_lock("test")
    assert {name: test[name].version for name in run} == {
        name: locked.version for name, locked in run.items()
    }


def test_versions_that_classify_are_exact() -> None:
    exact = {"crawler-user-agents", "phonenumbers", "publicsuffixlist", "tzdata"}
    pins = {
        requirement.name: {pin.operator for pin in requirement.specifier}
        for requirement in map(Requirement, RUNTIME)
    }
    assert {name for name in exact if pins[name] != {"=="}} == set()
