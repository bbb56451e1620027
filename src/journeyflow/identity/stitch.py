"""Stitching: which identifiers belong together."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from journeyflow.identity.union import Union


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
    """Persons: components, of which the strained ones are joined anew link by link.

    Out: (node, person, browser), one row per identifier, where `browser` numbers the ids seen
    together in one browser of a strained component; and (node, other_node, is_lent, rule), the
    links that were refused, each from the end that tells less.
    """
    nodes = con.execute(
        "select node, type, is_web from identifiers inner join components using (node) "
        "semi join strained_components using (component)"
    ).fetchall()
    limits = dict(con.execute("select type, most from person_limits").fetchall())
    union = Union({node: type for node, type, _ in nodes}, limits)
    refused: list[tuple[int, int, bool, str]] = []
    edges = con.execute(
        "select node, other_node, is_lent, is_browser from strained_edges order by place"
    ).fetchall()
    browser = Union({node: type for node, type, web in nodes if web}, {})
    for node, other, is_lent, is_browser in edges:
        rule = union.join(node, other, is_lent=is_lent)
        if rule:
            refused.append((node, other, is_lent, rule))
        elif is_browser:
            browser.join(node, other)
    browsers = {node: browser.find(node) for node, _, web in nodes if web}
    groups = con.sql("select node, component from components order by node").to_arrow_table()
    persons = groups.column("component").to_numpy().astype(np.int64)
    # Beyond all components, so that no two groups share a number.
    persons[[node for node, _, _ in nodes]] = [
        len(persons) + union.find(node) for node, _, _ in nodes
    ]
    return (
        pa.table(
            {
                "node": groups.column("node"),
                "person": pa.array(persons, pa.int64()),
                "browser": pa.array([browsers.get(n) for n in range(len(persons))], pa.int32()),
            }
        ),
        pa.table(
            {
                "node": pa.array([each[0] for each in refused], pa.int32()),
                "other_node": pa.array([each[1] for each in refused], pa.int32()),
                "is_lent": pa.array([each[2] for each in refused], pa.bool_()),
                "rule": pa.array([each[3] for each in refused], pa.string()),
            }
        ),
    )
