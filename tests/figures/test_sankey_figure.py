from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from journeyflow import figures
from journeyflow.analysis.sankey import SankeyTable
from journeyflow.errors import SettingsError
from journeyflow.figures import palette
from journeyflow.store import open_store
from tests.support.hostile import HOSTILE
from tests.support.published import visit, write_published


def table_of(tmp_path: Path, *journeys: object, **options: object) -> SankeyTable:
    write_published(tmp_path, journeys)  # type: ignore[arg-type]
    with open_store(tmp_path) as store:
        return store.sankey(**options)  # type: ignore[arg-type]


def test_it_draws_the_table_and_nothing_else(tmp_path: Path) -> None:
    table = table_of(
        tmp_path,
        visit("a", "Home", "Order", outcome="converted"),
        visit("b", "Home", outcome="lost"),
    )
    trace = figures.sankey(table).data[0]
    assert [f"n.{name}" for name in table.nodes["id"]] == list(trace.node.customdata)
    assert list(trace.node.label) == ["Home 2", "Order 1", "✕ Lost 1", "✓ Converted 1"]
    assert list(trace.node.color) == [
        palette.BLUE, palette.BLUE, palette.KIND["lost"], palette.KIND["converted"],
    ]  # fmt: skip
    ids = list(table.nodes["id"])
    drawn = [
        (f"l.{ids[s]}.{ids[t]}", v)
        for s, t, v in zip(trace.link.source, trace.link.target, trace.link.value, strict=True)
    ]
    told = [(f"l.{x.source}.{x.target}", x.value) for x in table.links.itertuples()]
    assert drawn == told
    assert list(trace.link.customdata) == [name for name, _ in told]
    assert (trace.arrangement, trace.node.sort, trace.link.sort, trace.node.align) == (
        "fixed", "input", "input", "left",
    )  # fmt: skip


def test_shares_stand_from_twenty_journeys_on(tmp_path: Path) -> None:
    few = table_of(tmp_path / "few", *[visit(str(n), "Home") for n in range(19)])
    many = table_of(tmp_path / "many", *[visit(str(n), "Home") for n in range(20)])
    assert figures.sankey(few).data[0].node.label[0] == "Home 19"
    assert figures.sankey(many).data[0].node.label[0] == "Home 100%"
    assert "19 of 19 of all" in figures.sankey(few).data[0].link.label[0]
    assert "100\u00a0% от всех" in figures.sankey(many, language="ru").data[0].link.label[0]


def test_the_stage_of_a_touchpoint_can_colour_it(tmp_path: Path) -> None:
    table = table_of(tmp_path, visit("a", "Home", "Call", "Page"))
    drawn = figures.sankey(table, groups={"Home": "awareness", "Call": "contact"}).data[0]
    assert list(drawn.node.color)[:3] == [palette.SKY, palette.BLUE, palette.UNGROUPED]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_touchpoints_are_text(tmp_path: Path, hostile: str) -> None:
    table = table_of(tmp_path, visit("a", hostile, "Home", hostile))
    told = json.dumps(figures.sankey(table).to_plotly_json(), default=str).replace("<br>", "")
    told = told.replace("<b>", "").replace("</b>", "").replace("<extra></extra>", "")
    assert "<" not in told
    assert "\\u202e" not in told
    assert "%{customdata}" not in told


def test_no_journeys_is_said_in_words() -> None:
    empty = SankeyTable(pd.DataFrame(), pd.DataFrame(), 0, 5)
    assert figures.sankey(empty).layout.annotations[0].text == "No journeys to show"


def test_what_nobody_can_read_is_refused() -> None:
    nodes = pd.DataFrame(
        {"id": ["a"], "step": [1], "label": ["a"], "kind": ["other"], "value": [1]}
    )
    links = pd.DataFrame({"source": ["a"] * 1501, "target": ["b"] * 1501, "value": [1] * 1501})
    with pytest.raises(SettingsError, match="1501 links"):
        figures.sankey(SankeyTable(nodes, links, 1, 5))
