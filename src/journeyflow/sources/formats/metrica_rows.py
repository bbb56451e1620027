"""Whether rows of Yandex Metrica's exports are what their header says, and their ids whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb

from journeyflow.errors import DataError
from journeyflow.settings import Source
from journeyflow.warehouse.models import load_model

FEWEST_ROUNDED = 3
FIELDS = {"ym_client_id": "clientID", "visit_id": "visitID"}


def found(con: duckdb.DuckDBPyConnection, model: str) -> list[dict[str, Any]]:
    """The rows that a model of `sql/sources/` gives now."""
    result = con.execute(load_model("sources", model).sql)
    names = [each[0] for each in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def hit_faults(con: duckdb.DuckDBPyConnection, _: Source) -> Iterator[tuple[int, DataError]]:
    """The files of a batch of hits, by their place in it, that no row can be trusted of."""
    yield from row_faults(con, "metrica_hit_rows")


def row_faults(con: duckdb.DuckDBPyConnection, table: str) -> Iterator[tuple[int, DataError]]:
    """Files with a second header of other columns, and files whose ids lost digits.

    In: the decoded rows of the batch in `table`, and `raw_identifiers`.
    """
    headers = con.execute(
        f"select file_of(line), min(line_of(line)) from {table} where is_header group by 1"
    ).fetchall()
    for place, line in headers:
        yield (
            place,
            DataError(
                f"row {line} is a header whose columns are not those of the first one",
                "put only parts of one request together, or keep the parts as files of their own",
            ),
        )
    for told in found(con, "metrica_ids"):
        name = FIELDS[told["type"]]
        hint = "keep the file as it was downloaded: no spreadsheet, and no ids as floats"
        if told["floating_line"] is not None:
            message = f"{name} in row {told['floating_line']} is a rounded number such as 1.7E+18"
            yield told["place"], DataError(message, hint)
        elif told["rounded"] >= FEWEST_ROUNDED and 2 * told["rounded"] > told["ids"]:
            message = (
                f"{told['rounded']} of {told['ids']} different {name} end in 000: their last "
                "digits are lost"
            )
            yield told["place"], DataError(message, hint)
