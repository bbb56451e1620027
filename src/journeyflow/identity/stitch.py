"""Stitching: which identifiers belong together."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from journeyflow.identity.rows import table_of
from journeyflow.identity.union import Union

GROUPS = {"node": pa.int32(), "person": pa.int32(), "browser": pa.int32()}
REFUSED = {
    "node": pa.int32(),
    "other_node": pa.int32(),
    "is_told": pa.bool_(),
    "is_lent": pa.bool_(),
    "rule": pa.string(),
}


def components(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """Plain connected components of `identifiers` under `identifier_edges`.

    Out: (node, component), one row per identifier. The component numbers mean nothing beyond
    this table.
    """
    ((size,),) = con.execute("select count(*) from identifiers").fetchall()
    edges = con.sql("select node, other_node from identifier_edges").to_arrow_table()
    ones, others = (edges.column(each).to_numpy() for each in ("node", "other_node"))
    matrix = coo_array((np.ones(len(ones), dtype=np.int8), (ones, others)), shape=(size, size))
    labels = connected_components(matrix, directed=False)[1] if size else np.empty(0, np.int32)
    nodes = pa.array(np.arange(size), pa.int32())
    return pa.table({"node": nodes, "component": pa.array(labels, pa.int32())})


def regrouped(con: duckdb.DuckDBPyConnection) -> tuple[pa.Table, pa.Table]:
    """The persons within strained components, joined anew link by link.

    Out: (node, person, browser), one row per identifier of a strained component, where `browser`
    numbers the ids seen together in one browser; and (node, other_node, is_told, is_lent, rule),
    the links that were refused, each from the end that tells less.
    """
    nodes = con.execute(
        "select node, type, is_web from identifiers inner join components using (node) "
        "semi join strained_components using (component)"
    ).fetchall()
    limits = dict(con.execute("select type, most from person_limits").fetchall())
    edges = con.execute(
        "select node, other_node, is_told, is_lent, is_browser from strained_edges order by place"
    ).fetchall()
    different = con.execute("select node, other_node from kept_apart").fetchall()
    persons = Union({node: type for node, type, _ in nodes}, limits, different)
    browsers = Union({node: type for node, type, is_web in nodes if is_web}, {})
    refused: list[tuple[int, int, bool, bool, str]] = []
    for node, other, is_told, is_lent, is_browser in edges:
        rule = persons.join(node, other, is_told=is_told, is_lent=is_lent)
        if rule:
            refused.append((node, other, is_told, is_lent, rule))
        elif is_browser:
            browsers.join(node, other)
    groups = [
        (node, persons.find(node), browsers.find(node) if is_web else None)
        for node, _, is_web in nodes
    ]
    return table_of(groups, GROUPS), table_of(refused, REFUSED)
