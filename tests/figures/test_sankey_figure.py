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
    trace = figures.sankey(table, groups={}).data[0]
    assert [f"n.{name}" for name in table.nodes["id"]] == list(trace.node.customdata)[:-1]
    assert list(trace.node.label)[:-1] == ["Home 2", "Order 1", "✕ Lost 1", "✓ Converted 1"]
    assert list(trace.node.color)[:-1] == [
        palette.BLUE, palette.BLUE, palette.KIND["lost"], palette.KIND["converted"],
    ]  # fmt: skip
    ids = list(table.nodes["id"])
    drawn = [
        (f"l.{ids[s]}.{ids[t]}", v)
        for s, t, v in zip(trace.link.source, trace.link.target, trace.link.value, strict=True)
        if t < len(ids)
    ]
    told = [(f"l.{x.source}.{x.target}", x.value) for x in table.links.itertuples()]
    assert drawn == told
    assert list(trace.link.customdata)[:-1] == [name for name, _ in told]
    assert (trace.arrangement, trace.node.sort, trace.link.sort, trace.node.align) == (
        "fixed", "input", "input", "left",
    )  # fmt: skip


def test_the_column_behind_the_last_is_not_seen(tmp_path: Path) -> None:
    table = table_of(tmp_path, visit("a", "Home", outcome="lost"), visit("b", "Home"))
    trace = figures.sankey(table).data[0]
    node, link = trace.node, trace.link
    assert (node.label[-1], node.color[-1], node.customdata[-1]) == ("", "rgba(0,0,0,0)", "")
    behind = [k for k, target in enumerate(link.target) if target == len(table.nodes)]
    assert [table.nodes["kind"][link.source[k]] for k in behind] == ["open", "lost"]
    assert {(link.label[k], link.color[k], link.customdata[k]) for k in behind} == {
        ("", "rgba(0,0,0,0)", "")
    }
    assert max(link.value[k] for k in behind) < 1e-5


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("→ Continues 1", "After step 1")), ("ru", ("→ Продолжение 1", "После шага 1"))],
)
def test_a_table_of_a_store_is_drawn_as_its_project_says(
    tmp_path: Path, language: str, words: tuple[str, str]
) -> None:
    write_published(tmp_path, [visit("a", "Call", "Order")], language=language)
    with open_store(tmp_path) as store:
        drawn = figures.sankey(store.sankey(steps=1))
        channels = figures.sankey(store.sankey(level="channel"))
    # Call belongs to the first of the two stages that have touchpoints here.
    assert drawn.data[0].node.color[0] == palette.SKY
    assert drawn.data[0].node.label[1] == words[0]
    assert [note.text for note in drawn.layout.annotations][-1] == f"<b>{words[1]}</b>"
    assert channels.data[0].node.color[0] == palette.BLUE


def test_columns_counted_back_are_named_from_the_end(tmp_path: Path) -> None:
    table = table_of(
        tmp_path,
        visit("a", "Home", "Catalogue", "Order", outcome="converted"),
        visit("b", "Order", outcome="converted"),
        steps=2, anchor="end",
    )  # fmt: skip
    drawn = figures.sankey(table)
    assert drawn.data[0].node.align == "right"
    assert list(drawn.data[0].node.label) == [
        "← Earlier steps 1", "Catalogue 1", "○ Begins 1", "Order 2", "✓ Converted 2", "",
    ]  # fmt: skip
    assert [note.text for note in drawn.layout.annotations] == [
        "<b>Before</b>", "<b>Step −2</b>", "<b>Step −1</b>", "<b>Outcome</b>",
    ]  # fmt: skip


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
