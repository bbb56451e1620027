"""The commands that a newcomer is told to type are there, explained, and the ones CI runs."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
CI = ROOT / ".ci" / "run"


def make(*arguments: str) -> str:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def make_targets() -> set[str]:
    """The targets meant to be typed: those that the Makefile declares phony."""
    (phony,) = re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return set(phony.split())


def commands_in(markdown: str) -> set[str]:
    """Every `make …` at the start of a line of a fenced block."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)
    return {
        target
        for block in blocks
        for target in re.findall(r"^(?:\$ )?make (\w+)", block, re.MULTILINE)
    }


def test_bare_make_explains_every_target() -> None:
    explained = dict(re.findall(r"^make (\w+) +(\S.*)$", make(), re.MULTILINE))
    assert set(explained) == make_targets()
    assert make() == make("help")


def test_readme_shows_the_two_commands_and_no_target_that_is_not_there() -> None:
    told = commands_in((ROOT / "README.md").read_text())
    assert {"demo", "test"} <= told <= make_targets()


def test_ci_can_be_executed_and_runs_the_checks_and_the_tests_of_the_readme() -> None:
    assert os.access(CI, os.X_OK)
    lines = CI.read_text().splitlines()
    assert lines[-2:] == ["make check", "make test"]
    assert "export JOURNEYFLOW_REQUIRE_BROWSER=1" in lines
    subprocess.run(["bash", "-n", str(CI)], check=True)
