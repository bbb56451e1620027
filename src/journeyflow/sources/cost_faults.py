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
    for place, per_click, largest in con.execute(
        load_model("landing", "cost_units").sql
    ).fetchall():
        doubt = unit_doubt(per_click, largest, format.whole_is_micros)
        if doubt:
            yield (
                place,
                DataError(
                    doubt,
                    "say it in [[sources]]: micros = true for millionths, micros = false for the "
                    "currency itself",
                ),
            )


def unit_doubt(
    per_click: float | None, largest: Decimal | None, whole_is_micros: bool
) -> str | None:
    """The question whether whole amounts are millionths, where neither way is beyond doubt.

    In: what the median click costs, if any does; the largest amount; and what whole amounts of the
    format are unless the settings say otherwise.
    """
    if per_click is not None:
        doubtful = (per_click > DEAREST_CLICK) != whole_is_micros
        found = f"the median click costs {per_click:,.0f}"
    else:
        doubtful = whole_is_micros and 0 < (largest or 0) <= DEAREST_CLICK
        found = f"the largest is {_plain(largest or Decimal(0))}"
    question = "is that the currency, or millionths of it?"
    return f"amounts are whole numbers, and {found}: {question}" if doubtful else None


def _plain(amount: Decimal) -> str:
    whole, _, rest = f"{amount:,f}".partition(".")
    return f"{whole}.{rest.rstrip('0')}".rstrip(".")
