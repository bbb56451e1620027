"""Stitching: which identifiers belong together."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def components(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """Plain connected components of `identifiers` under `identifier_edges`.

    Out: (type, key, component), one row per identifier. The component numbers mean nothing
    beyond this table.
    """
    nodes = con.sql(
        "select type, key, (row_number() over (order by type, key) - 1)::integer as node "
        "from identifiers order by node"
    ).to_arrow_table()
    con.register("nodes", nodes)
    edges = con.sql(
        "select one.node as one, other.node as other from identifier_edges as e "
        "inner join nodes as one on e.type = one.type and e.key = one.key "
        "inner join nodes as other on e.other_type = other.type and e.other_key = other.key"
    ).to_arrow_table()
    con.unregister("nodes")
    ones, others = (edges.column(each).to_numpy() for each in ("one", "other"))
    size = nodes.num_rows
    matrix = coo_array((np.ones(len(ones), dtype=np.int8), (ones, others)), shape=(size, size))
    labels = connected_components(matrix, directed=False)[1] if size else np.empty(0, np.int32)
    return nodes.drop_columns("node").append_column("component", pa.array(labels, pa.int32()))
