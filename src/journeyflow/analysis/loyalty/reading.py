"""Reading the models of sql/loyalty, each with the models that it reads."""

from __future__ import annotations

import duckdb
import pandas as pd

from journeyflow.warehouse.models import Model, in_order, load_models

LAYER = "loyalty"


def read(con: duckdb.DuckDBPyConnection, name: str, **values: object) -> pd.DataFrame:
    """Rows of the model `name` over the published store in `con`, sorted.

    The models of the layer that it reads become parts of one query. A parameter without a value is
    NULL.
    """
    parts = _with_inputs(name)
    query = ", ".join(f"{each.name} as materialized ({each.sql})" for each in parts)
    asked = {parameter for each in parts for parameter in each.parameters}
    bound = {parameter: values.get(parameter) for parameter in asked}
    return con.execute(f"with {query} from {name} order by all", bound).df()


def _with_inputs(name: str) -> list[Model]:
    layer = {each.name: each for each in load_models(LAYER)}
    wanted, found = [name], dict[str, Model]()
    while wanted:
        model = layer[wanted.pop()]
        found[model.name] = model
        wanted += [each for each in model.inputs if each in layer]
    return in_order(list(found.values()))
