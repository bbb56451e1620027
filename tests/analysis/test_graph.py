from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest

from journeyflow.analysis.graph import centrality, touchpoint_graph, write_graphml

TRANSITIONS = pd.DataFrame(
    {
        "from_touchpoint": ["(start)", "(start)", "Catalogue", "Catalogue", "Call", "Call"],
        "to_touchpoint": ["Catalogue", "Call", "Call", "(lost)", "(converted)", "(open)"],
        "transitions": [5, 1, 3, 2, 3, 1],
        "journeys": [5, 1, 3, 2, 3, 1],
        "persons": [4, 1, 3, 2, 3, 1],
        "share": [5 / 6, 1 / 6, 0.6, 0.4, 0.75, 0.25],
        "wait_median_s": [None, None, 60.0, None, None, None],
        "wait_p90_s": [None, None, 90.5, None, None, None],
    }
)
TOUCHPOINTS = pd.DataFrame(
    {
        "touchpoint": ["Call", "Catalogue"],
        "stage": ["purchase", None],
        "owner": [None, "Content team"],
        "journeys": [4, 5],
        "persons": [4, 4],
        "steps": [4, 5],
        "exits": [1, 2],
        "pagerank": [Decimal("0.65"), None],
    }
)


def test_nodes_and_edges_carry_what_the_tables_know() -> None:
    graph = touchpoint_graph(TRANSITIONS, TOUCHPOINTS)
    assert list(graph) == ["(converted)", "(lost)", "(open)", "(start)", "Call", "Catalogue"]
    assert graph.nodes["Catalogue"] == {
        "kind": "touchpoint", "owner": "Content team",
        "journeys": 5, "persons": 4, "steps": 5, "exits": 2,
    }  # fmt: skip
    assert graph.nodes["Call"]["pagerank"] == 0.65
    assert graph.nodes["(start)"] == {"kind": "start", "journeys": 6}
    ends = [graph.nodes[name]["journeys"] for name in ("(converted)", "(lost)", "(open)")]
    assert sum(ends) == graph.nodes["(start)"]["journeys"]
    assert graph.edges["Catalogue", "Call"] == {
        "transitions": 3, "journeys": 3, "persons": 3, "share": 0.6,
        "wait_median_s": 60.0, "wait_p90_s": 90.5,
    }  # fmt: skip
    assert "wait_median_s" not in graph.edges["(start)", "Catalogue"]
    assert all(type(value) in (int, float, str) for _, data in graph.nodes(data=True)
               for value in data.values())  # fmt: skip


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    one, other = tmp_path / "one.graphml", tmp_path / "other.graphml"
    write_graphml(touchpoint_graph(TRANSITIONS, TOUCHPOINTS), one)
    write_graphml(touchpoint_graph(TRANSITIONS[::-1], TOUCHPOINTS[::-1]), other)
    assert one.read_bytes() == other.read_bytes()


def test_graphml_comes_back_as_it_was(tmp_path: Path) -> None:
    graph = touchpoint_graph(TRANSITIONS, TOUCHPOINTS)
    write_graphml(graph, tmp_path / "graph.graphml")
    back = nx.read_graphml(tmp_path / "graph.graphml")
    assert dict(back.nodes(data=True)) == dict(graph.nodes(data=True))
    assert {(a, b): data for a, b, data in back.edges(data=True)} == {
        (a, b): data for a, b, data in graph.edges(data=True)
    }


def test_graphml_survives_names_by_strangers_and_missing_values(tmp_path: Path) -> None:
    graph = nx.DiGraph()
    graph.add_node("a<b>&\"'\x00\x1b\ud800", owner=None, stage="x\x07")
    graph.add_edge("a<b>&\"'\x00\x1b\ud800", "Ёлка", wait_median_s=None, transitions=1)
    write_graphml(graph, tmp_path / "graph.graphml")
    back = nx.read_graphml(tmp_path / "graph.graphml")
    assert list(back) == ["a<b>&\"'\\x00\\x1b\\ud800", "Ёлка"]
    assert back.nodes["a<b>&\"'\\x00\\x1b\\ud800"] == {"stage": "x\\x07"}
    assert [data for _, _, data in back.edges(data=True)] == [{"transitions": 1}]


def test_pagerank_of_three_touchpoints_by_hand() -> None:
    # A goes to B three times of four and to C once, B always to C, C always to A. With damping d
    # and t = (1 - d) / 3: A = t + d C, B = t + 0.75 d A, C = t + d (0.25 A + B).
    edges = pd.DataFrame(
        [("A", "B", 3), ("A", "C", 1), ("B", "C", 7), ("C", "A", 2), ("(start)", "A", 9),
         ("C", "(lost)", 9)],
        columns=["from_touchpoint", "to_touchpoint", "transitions"],
    )  # fmt: skip
    found = centrality(edges).set_index("touchpoint")
    a, b, c = found["pagerank"]
    d, t = 0.85, 0.05
    assert (a, b, c) == pytest.approx((t + d * c, t + 0.75 * d * a, t + d * (0.25 * a + b)))
    assert a + b + c == pytest.approx(1)


def test_betweenness_follows_the_busy_ways() -> None:
    # From A to C ten go through B and one goes directly: 1/10 + 1/10 is shorter than 1/1, so B
    # lies on the one shortest path that passes anybody, of the (3 - 1)(3 - 2) = 2 possible pairs.
    edges = pd.DataFrame(
        [("A", "B", 10), ("B", "C", 10), ("A", "C", 1)],
        columns=["from_touchpoint", "to_touchpoint", "transitions"],
    )
    found = centrality(edges).set_index("touchpoint")["betweenness"]
    assert found.to_dict() == {"A": 0, "B": 0.5, "C": 0}
