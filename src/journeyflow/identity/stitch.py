"""Stitching: which identifiers belong together."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


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
