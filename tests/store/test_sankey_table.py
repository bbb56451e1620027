from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.sankey import ANCHORS, FATES, KINDS, SankeyTable, node_id, sankey_table
from journeyflow.errors import SettingsError
from tests.support.published import BEGIN, DAY, LEDGER, SCHEMA, Journey, fill_ledger, visit

LABELS = ("A", "B", "C", "D", "E", "Other", "Ж")
ENDS = ("converted", "lost", "open")


@pytest.fixture(scope="module")
def con() -> Any:
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        for table in LEDGER:
            con.execute(f"create table {table} ({SCHEMA[table]})")
        yield con


def count(con: duckdb.DuckDBPyConnection, told: Sequence[Journey], **options: Any) -> SankeyTable:
    fill_ledger(con, told)
    return sankey_table(con, **options)


def nodes(table: SankeyTable) -> dict[tuple[int, str, str], int]:
    return {
        (row.step, row.kind, row.label): row.value for row in table.nodes.itertuples(index=False)
    }


def links(table: SankeyTable) -> dict[tuple[str, str], int]:
    names = {row.id: f"{row.step} {row.label}" for row in table.nodes.itertuples()}
    return {(names[x.source], names[x.target]): x.value for x in table.links.itertuples()}


TOLD = [
    visit("a", "Home", "Catalogue", "Order", outcome="converted"),
    visit("b", "Home", "Catalogue", outcome="lost"),
    visit("c", "Home", "Call"),
    visit("d", "Advert", "Home", "Catalogue", "Call", outcome="lost"),
]


def test_counts_by_hand(con: duckdb.DuckDBPyConnection) -> None:
    table = count(con, TOLD, steps=3, top=2)
    assert table.total == 4
    assert nodes(table) == {
        (1, "touchpoint", "Home"): 3,
        (1, "touchpoint", "Advert"): 1,
        (2, "touchpoint", "Catalogue"): 2,
        (2, "touchpoint", "Call"): 1,
        (2, "other", "Other"): 1,
        (3, "touchpoint", "Catalogue"): 1,
        (3, "touchpoint", "Order"): 1,
        (3, "lost", "Lost"): 1,
        (3, "open", "Open"): 1,
        (4, "continues", "Continues"): 1,
        (4, "converted", "Converted"): 1,
    }
    assert links(table) == {
        ("1 Home", "2 Catalogue"): 2,
        ("1 Home", "2 Call"): 1,
        ("1 Advert", "2 Other"): 1,
        ("2 Catalogue", "3 Order"): 1,
        ("2 Catalogue", "3 Lost"): 1,
        ("2 Call", "3 Open"): 1,
        ("2 Other", "3 Catalogue"): 1,
        ("3 Order", "4 Converted"): 1,
        ("3 Catalogue", "4 Continues"): 1,
    }


def test_order_is_volume_then_label_and_ends_come_last(con: duckdb.DuckDBPyConnection) -> None:
    table = count(con, TOLD, steps=3, top=2)
    second = table.nodes[table.nodes["step"] == 2]
    assert list(second["label"]) == ["Catalogue", "Call", "Other"]
    assert list(table.nodes[table.nodes["step"] == 3]["kind"]) == [
        "touchpoint", "touchpoint", "open", "lost",
    ]  # fmt: skip


def test_until_the_first_conversion_or_the_end(con: duckdb.DuckDBPyConnection) -> None:
    told = [visit("a", "Home", "Order", "Call", "Home", outcome="converted", converted_in=2)]
    short = count(con, told)
    assert [key for key in nodes(short) if key[0] == 3] == [(3, "converted", "Converted")]
    whole = count(con, told, until="end")
    assert (5, "converted", "Converted") in nodes(whole)
    assert (3, "touchpoint", "Call") in nodes(whole)


def test_start_and_end_anchor_the_path(con: duckdb.DuckDBPyConnection) -> None:
    told = [
        visit("a", "Advert", "Home", "Call", "Order", outcome="converted"),
        visit("b", "Home", "Catalogue", "Order", outcome="converted"),
        visit("c", "Order", "Home", outcome="lost"),
        visit("d", "Catalogue", "Order", "Home", "Order", "Call"),
    ]
    table = count(con, told, start="Home", end="Order")
    assert table.total == 3  # c has no Order after its Home
    assert nodes(table) == {
        (1, "touchpoint", "Home"): 3,
        (2, "touchpoint", "Call"): 1,
        (2, "touchpoint", "Catalogue"): 1,
        (2, "touchpoint", "Order"): 1,
        (3, "touchpoint", "Order"): 2,
        (3, "continues", "Continues"): 1,  # d goes on after its Order
        (4, "converted", "Converted"): 2,
    }
    assert count(con, told, start="Home").total == 4
    assert count(con, told, end="Order").total == 4
    assert count(con, told, start="nowhere").total == 0


def test_counted_back_from_the_end(con: duckdb.DuckDBPyConnection) -> None:
    table = count(con, TOLD, steps=3, top=2, anchor="end")
    assert table.total == 4
    assert nodes(table) == {
        (0, "begins", "Begins"): 1,  # a has three steps
        (0, "earlier", "Earlier"): 1,  # d has four
        (1, "touchpoint", "Home"): 2,
        (1, "begins", "Begins"): 2,
        (2, "touchpoint", "Catalogue"): 2,
        (2, "touchpoint", "Home"): 2,
        (3, "touchpoint", "Call"): 2,
        (3, "touchpoint", "Catalogue"): 1,
        (3, "other", "Other"): 1,
        (4, "converted", "Converted"): 1,
        (4, "open", "Open"): 1,
        (4, "lost", "Lost"): 2,
    }
    assert links(table)["0 Earlier", "1 Home"] == 1
    assert links(table)["1 Begins", "2 Home"] == 2
    assert links(table)["3 Other", "4 Converted"] == 1


def test_the_same_start_and_end_needs_two_visits(con: duckdb.DuckDBPyConnection) -> None:
    told = [visit("a", "Home", "Call", "Home", "Call"), visit("b", "Home", "Call")]
    table = count(con, told, start="Home", end="Home")
    assert table.total == 1
    assert nodes(table)[3, "touchpoint", "Home"] == 1


def test_where_binds_values_and_lists_and_none(con: duckdb.DuckDBPyConnection) -> None:
    told = [
        visit("a", "Home", attributes={"device": "phone"}),
        visit("b", "Home", attributes={"device": "x' or true --"}),
        visit("c", "Call", outcome="lost"),
    ]
    assert count(con, told, where={"device": "phone"}).total == 1
    assert count(con, told, where={"device": "x' or true --"}).total == 1
    assert count(con, told, where={"device": ["phone", None]}).total == 2
    assert count(con, told, where={"device": []}).total == 0
    assert count(con, told, where={"device": None, "outcome": ["lost", "open"]}).total == 1
    assert count(con, told, where={"closed": True}).total == 1
    assert count(con, told, where={"value": 0}).total == 3


@pytest.mark.parametrize("column", ["nothing", "path", "attributes", 'device" or true --'])
def test_where_names_the_columns_that_exist(con: duckdb.DuckDBPyConnection, column: str) -> None:
    with pytest.raises(SettingsError, match="device, ended_at"):
        count(con, TOLD, where={column: "x"})


@pytest.mark.parametrize(
    "wrong", [{"level": "stage"}, {"until": "never"}, {"steps": 0}, {"top": 0},
              {"where": {"steps": "many"}}],
)  # fmt: skip
def test_what_does_not_exist_is_refused(
    con: duckdb.DuckDBPyConnection, wrong: dict[str, Any]
) -> None:
    with pytest.raises(SettingsError):
        count(con, TOLD, **wrong)


def test_began_is_half_open(con: duckdb.DuckDBPyConnection) -> None:
    told = [visit(str(n), "Home", began=BEGIN + n * DAY) for n in range(4)]
    assert count(con, told, began=(BEGIN + DAY, BEGIN + 3 * DAY)).total == 2
    assert count(con, told, began=(None, BEGIN + DAY)).total == 1


def test_channels_collapse_and_stop_at_the_conversion(con: duckdb.DuckDBPyConnection) -> None:
    bought = visit(
        "a", "Home", "Call", "Order", "Home", outcome="converted", converted_in=3,
        channels=("Direct", "Direct", "Email", "Advert"),
    )  # fmt: skip
    looked = visit("b", "Home", "Call", channels=("Direct", "Direct"))
    unknown = visit("c", "Home")
    table = count(con, [bought, looked, unknown], level="channel")
    assert links(table) == {
        ("1 Direct", "2 Email"): 1,
        ("1 Direct", "2 Open"): 1,
        ("1 (none)", "2 Open"): 1,
        ("2 Email", "3 Converted"): 1,
    }
    whole = count(con, [bought], level="channel", until="end")
    assert ("2 Email", "3 Advert") in links(whole)


def test_pages_collapse_per_journey(con: duckdb.DuckDBPyConnection) -> None:
    table = count(con, [visit("a", "Home", "Home", "Call", outcome="lost")], level="page")
    assert links(table) == {("1 /home", "2 /call"): 1, ("2 /call", "3 Lost"): 1}


def test_an_empty_ledger(con: duckdb.DuckDBPyConnection) -> None:
    table = count(con, [])
    assert (table.total, len(table.nodes), len(table.links)) == (0, 0, 0)
    assert list(table.nodes.columns) == ["id", "step", "label", "kind", "value"]


@st.composite
def journeys(draw: st.DrawFn) -> list[Journey]:
    paths = draw(st.lists(st.lists(st.sampled_from(LABELS), min_size=1, max_size=6), max_size=25))
    return [
        Journey(
            f"p{n}",
            tuple(path),
            draw(st.sampled_from(ENDS)),
            converted_in=draw(st.integers(1, len(path))),
        )
        for n, path in enumerate(paths)
    ]


SHAPES = st.fixed_dictionaries(
    {"steps": st.integers(1, 5), "top": st.integers(1, 4),
     "until": st.sampled_from(["conversion", "end"]), "anchor": st.sampled_from(ANCHORS)},
    optional={"start": st.sampled_from(LABELS), "end": st.sampled_from(LABELS),
              "named": st.lists(st.sampled_from(LABELS), max_size=2)},
)  # fmt: skip


@given(journeys(), SHAPES)
def test_no_journey_is_lost_in_any_column(
    con: duckdb.DuckDBPyConnection, told: list[Journey], shape: dict[str, Any]
) -> None:
    table = count(con, told, **shape)
    ends = table.nodes["kind"].isin(FATES)
    origins = table.nodes["kind"].isin(["earlier", "begins"])
    for step in range(1, shape["steps"] + 1):
        here = (table.nodes["step"] == step) & ~ends & ~origins
        ended = (table.nodes["step"] <= step) & ends
        to_begin = (table.nodes["step"] >= step) & origins
        assert table.nodes.loc[here | ended | to_begin, "value"].sum() == table.total
    out = table.links.groupby("source")["value"].sum()
    into = table.links.groupby("target")["value"].sum()
    first = 0 if shape["anchor"] == "end" else 1
    for node, is_end, is_origin in zip(table.nodes.itertuples(), ends, origins, strict=True):
        assert is_end == (node.id not in out)
        assert is_end or out[node.id] == node.value
        assert (is_origin or node.step == first) == (node.id not in into)
        assert node.id not in into or into[node.id] == node.value
    assert (table.links["value"] > 0).all()
    assert table.nodes["id"].is_unique
    assert set(table.nodes["kind"]) <= set(KINDS)


@given(journeys(), SHAPES)
def test_it_equals_a_plain_count(
    con: duckdb.DuckDBPyConnection, told: list[Journey], shape: dict[str, Any]
) -> None:
    table = count(con, told, **shape)
    expected_nodes, expected_links = plain_count(told, **shape)
    assert {row.id: row.value for row in table.nodes.itertuples()} == expected_nodes
    found = {(x.source, x.target): x.value for x in table.links.itertuples()}
    assert found == expected_links


@given(journeys(), SHAPES, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    con: duckdb.DuckDBPyConnection, told: list[Journey], shape: dict[str, Any], random: Any
) -> None:
    table = count(con, told, **shape)
    shuffled = random.sample(told, len(told))
    again = count(con, shuffled, **shape)
    assert table.nodes.equals(again.nodes)
    assert table.links.equals(again.links)
    renamed = count(con, [replace(j, person=f"x{j.person}") for j in told], **shape)
    assert table.nodes.equals(renamed.nodes)


def plain_count(
    told: list[Journey], *, steps: int, top: int, until: str, anchor: str,
    start: str | None = None, end: str | None = None, named: Sequence[str] = (),
) -> tuple[dict[str, int], dict[tuple[str, str], int]]:  # fmt: skip
    """The table as one would count it with pencil and paper."""
    taken = []
    for journey in told:
        path = list(journey.path)
        if until == "conversion":
            path = path[: journey.converts_at]
        if start is not None:
            if start not in path:
                continue
            path = path[path.index(start) :]
        cut = len(path)
        if end is not None:
            if end not in path[start is not None :]:
                continue
            cut = path.index(end, int(start is not None)) + 1
        fate = "continues" if cut < len(path) else journey.outcome
        if anchor == "end":
            shown = path[max(cut - steps, 0) : cut]
            origin = "earlier" if cut > steps else "begins"
            taken.append((steps - len(shown), [origin, *shown, fate]))
        else:
            taken.append((0, ["", *path[: min(cut, steps)], "continues" if cut > steps else fate]))
    kept: dict[int, list[str]] = {}
    for step in range(1, steps + 1):
        seen = Counter(
            path[step - before] for before, path in taken if 0 < step - before < len(path) - 1
        )
        rank = {label: (label not in named, -seen[label], label) for label in seen}
        kept[step] = sorted(seen, key=rank.__getitem__)[:top]
    found, moves = Counter[str](), Counter[tuple[str, str]]()
    for before, path in taken:
        ids = [
            node_id(n, "touchpoint", label) if label in kept[n] else node_id(n, "other", "Other")
            for n, label in enumerate(path[1:-1], before + 1)
        ]
        if path[0]:
            ids.insert(0, node_id(before, path[0], path[0].capitalize()))
        ids.append(node_id(before + len(path) - 1, path[-1], path[-1].capitalize()))
        found.update(ids)
        moves.update(itertools.pairwise(ids))
    return dict(found), dict(moves)
