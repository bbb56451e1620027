"""The shop's project and a Dagster instance that leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from tests.pipelines.shop import make_shop
from tests.support.projects import lean

SECRET = "a secret for tests alone"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shop's project folder, with a key that is the same for every copy of it."""
    monkeypatch.setenv("JOURNEYFLOW_SECRET", SECRET)
    return lean(make_shop(tmp_path / "shop"))


@pytest.fixture
def whole_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, with all that a run can make."""
    monkeypatch.setenv("JOURNEYFLOW_SECRET", SECRET)
    return make_shop(tmp_path / "shop")


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """Where Dagster keeps what happened, in memory, telling nobody."""
    with dg.DagsterInstance.ephemeral(settings={"telemetry": {"enabled": False}}) as instance:
        yield instance
