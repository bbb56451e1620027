"""Whether the costs of a file add up to its totals rows, and are in the money they are read as."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import duckdb

from journeyflow.errors import DataError
from journeyflow.settings import Source
from journeyflow.sources.formats.declaration import Format
from journeyflow.warehouse.models import load_model

DEAREST_CLICK = 10_000  # of what advertisers pay in any currency, and millionths of a cent


def cost_faults(
    con: duckdb.DuckDBPyConnection, source: Source, format: Format
) -> Iterator[tuple[int, DataError]]:
    """The files of a batch, by their place in it, whose costs cannot be taken as they stand.

    In: the table `cost_figures`.
    """
    for place, measure, line, told, summed in con.execute(
        load_model("landing", "cost_totals").sql
    ).fetchall():
        yield (
            place,
            DataError(
                f"{measure}: {_plain(summed)} in all rows, and the totals row {line} says "
                f"{_plain(told)}",
                "rows are missing or stand twice: export every campaign, or leave the totals out",
            ),
        )
    if source.micros is not None or "micros" not in format.keys:
        return
    for place, is_whole, per_click in con.execute(
        load_model("landing", "cost_units").sql
    ).fetchall():
        dear = per_click > DEAREST_CLICK
        if is_whole and dear != format.whole_is_micros:
            yield (
                place,
                DataError(
                    f"amounts are whole numbers, and the median click costs {per_click:,.0f}: "
                    "is that the currency, or millionths of it?",
                    "say it in [[sources]]: micros = true for millionths, micros = false for the "
                    "currency itself",
                ),
            )


def _plain(amount: Decimal) -> str:
    whole, _, rest = f"{amount:,f}".partition(".")
    return f"{whole}.{rest.rstrip('0')}".rstrip(".")
