"""The touchpoint graph: touchpoints as nodes, transitions as edges, and what their shape says."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

START, CONVERTED, LOST, OPEN = "(start)", "(converted)", "(lost)", "(open)"
PSEUDO = {START: "start", CONVERTED: "converted", LOST: "lost", OPEN: "open"}

_EDGE_COLUMNS = ("transitions", "journeys", "persons", "share", "wait_median_s", "wait_p90_s")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def touchpoint_graph(transitions: pd.DataFrame, touchpoints: pd.DataFrame) -> nx.DiGraph:
    """The two published tables as one directed graph.

    In: `transitions` (from_touchpoint, to_touchpoint, transitions, journeys, persons, share,
    wait_median_s, wait_p90_s; waits in seconds) and `touchpoints` (touchpoint, then any columns).
    Out: a node per touchpoint, with every column of `touchpoints` as attribute, and one per pseudo
    touchpoint in use; `kind` is touchpoint, start, converted, lost or open. A pseudo touchpoint
    knows its journeys only: a person with two journeys may stand on both of its edges, so persons
    cannot be added up. An unknown figure (NULL) is an absent attribute. Nodes and edges are
    sorted by name, so equal tables give equal graphs.
    """
    graph = nx.DiGraph()
    nodes: dict[str, dict[str, Any]] = {
        str(row.pop("touchpoint")): {"kind": "touchpoint", **_known(row)}
        for row in touchpoints.to_dict("records")
    }
    edges: dict[tuple[str, str], dict[str, Any]] = {}
    for row in transitions.to_dict("records"):
        ends = str(row["from_touchpoint"]), str(row["to_touchpoint"])
        edges[ends] = _known({column: row.get(column) for column in _EDGE_COLUMNS})
        for name in ends:
            nodes.setdefault(name, {"kind": PSEUDO.get(name, "touchpoint")})
            if name in PSEUDO:
                journeys = nodes[name].get("journeys", 0)
                nodes[name]["journeys"] = journeys + edges[ends].get("journeys", 0)
    graph.add_nodes_from(sorted(nodes.items(), key=lambda node: node[0]))
    graph.add_edges_from((*ends, edges[ends]) for ends in sorted(edges))
    return graph


def write_graphml(graph: nx.DiGraph, path: Path | str) -> None:
    """Writes the graph for Gephi, yEd or Cytoscape.

    GraphML has no null, so attributes without a value are left out. Characters that XML 1.0
    cannot hold (names come from strangers) are written as a backslash escape.
    """
    clean = nx.DiGraph()
    for name, attributes in graph.nodes(data=True):
        clean.add_node(_xml(str(name)), **_writable(attributes))
    for source, target, attributes in graph.edges(data=True):
        clean.add_edge(_xml(str(source)), _xml(str(target)), **_writable(attributes))
    # networkx picks lxml where it is installed; the plain writer gives the same bytes everywhere.
    nx.write_graphml_xml(clean, str(path))


def centrality(transitions: pd.DataFrame) -> pd.DataFrame:
    """PageRank and betweenness of every touchpoint, pseudo touchpoints left out.

    In: `transitions` (from_touchpoint, to_touchpoint, transitions). Out: touchpoint, pagerank,
    betweenness, sorted by touchpoint.

    PageRank (Brin & Page 1998, damping 0.85) follows the transitions by their counts; a
    touchpoint that nobody left for another one jumps anywhere. Betweenness (Brandes 2001, exact,
    normalised) takes 1 / transitions as the length of an edge: with unweighted edges a way that
    one person went would count as much as one that ten thousand went, and in web data nearly
    every touchpoint has been followed by every other once.
    """
    real = ~transitions["from_touchpoint"].isin(PSEUDO)
    names = {
        *transitions.loc[real, "from_touchpoint"],
        *transitions.loc[~transitions["to_touchpoint"].isin(PSEUDO), "to_touchpoint"],
    }
    graph = nx.DiGraph()
    graph.add_nodes_from(sorted(names))
    inner = transitions[real & ~transitions["to_touchpoint"].isin(PSEUDO)]
    counts = inner.groupby(["from_touchpoint", "to_touchpoint"], sort=True)["transitions"].sum()
    for (source, target), count in counts.items():
        if count > 0:
            graph.add_edge(source, target, transitions=int(count), distance=1 / int(count))
    pagerank = nx.pagerank(graph, weight="transitions", tol=1e-12, max_iter=1000)
    between = nx.betweenness_centrality(graph, weight="distance")
    return pd.DataFrame(
        {
            "touchpoint": pd.Series(list(graph), dtype="str"),
            "pagerank": pd.Series([pagerank[name] for name in graph], dtype="float64"),
            "betweenness": pd.Series([between[name] for name in graph], dtype="float64"),
        }
    )


def _known(row: dict[str, Any]) -> dict[str, Any]:
    plain = ((key, _plain(value)) for key, value in row.items())
    return {str(key): value for key, value in plain if value is not None}


def _plain(value: Any) -> Any:
    """A Python int, float, bool or str instead of numpy's and Decimal; None for NULL."""
    if isinstance(value, np.generic):
        value = value.item()
    if pd.isna(value):
        return None
    if isinstance(value, (bool, int, float, str)):
        return value
    return float(value) if isinstance(value, Decimal) else str(value)


def _writable(attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value if isinstance(value, (bool, int, float)) else _xml(str(value))
        for key, value in attributes.items()
        if value is not None
    }


def _xml(text: str) -> str:
    return _NOT_XML.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
