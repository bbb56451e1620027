"""The walk-through of docs/adding_a_format.md, followed to the letter."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from journeyflow.check import check_files
from journeyflow.sources import landing
from journeyflow.sources.formats import FORMATS
from journeyflow.warehouse.models import Model
from tests.support.reading import bench

TEXT = (Path(__file__).parents[2] / "docs" / "adding_a_format.md").read_text("utf-8")


def block(language: str) -> str:
    (text,) = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    return str(text)


@pytest.fixture(autouse=True)
def desk_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    module: dict[str, Any] = {"__name__": "desk"}
    exec(block("python"), module)
    monkeypatch.setitem(FORMATS, "desk", module["FORMAT"])
    found = landing.load_model
    lines = re.findall(r"^-- (\w+): (.*)$", block("sql"), re.MULTILINE)
    desk = Model("desk", "sources", block("sql"), dict(lines))
    assert [name for name, _ in lines] == ["purpose", "grain", "kind", "note"]
    monkeypatch.setattr(
        landing, "load_model", lambda layer, name: desk if name == "desk" else found(layer, name)
    )


def test_the_blocks_of_the_page_read_its_sample(tmp_path: Path) -> None:
    loose = "[checks]\nmax_reject_share = 1"
    with bench(tmp_path, more=loose, format="desk", timezone="Europe/Moscow") as desk:
        read = desk.read("tickets.csv", block("csv"))
        first, second = read.rows
        assert (first["event_id"], first["kind"], first["owner"]) == ("T-1", "ticket", "Olga")
        assert first["occurred_at"] == datetime(2026, 3, 1, 6, 15, tzinfo=UTC)
        assert first["identifiers"] == {"email": desk.key("email", "anna@example.com")}
        assert (second["kind"], second["identifiers"]) == ("ticket_escalated", {})
        assert [each[0::3] for each in read.rejects] == [(3, "not a time")]


def test_check_knows_it_by_its_header(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text(block("csv"), encoding="utf-8")
    (report,) = check_files([path], tmp_path, timezone="Europe/Moscow", currency="RUB")
    assert (report.fault, report.format) == (None, "desk")
    assert (report.rows, report.used, report.rejected) == (3, 2, 1)
    assert 'timezone = "Europe/Moscow"' in report.settings_block
