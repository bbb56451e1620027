"""The counts of a published store that the summary of a run and the findings both tell."""

from __future__ import annotations

from typing import Any

from journeyflow.store import Store

JOURNEYS = """
select count(*) as journeys, count(distinct person_id) as persons,
    count(*) filter (outcome = 'converted') as converted,
    count(*) filter (outcome = 'lost') as lost,
    count(*) filter (outcome = 'open') as open,
    sum(conversions)::bigint as conversions,
    sum(value)::double as value
from journeys"""

LEFT_OUT = """
select count(*) filter (is_bot) as bots,
    count(*) filter (person_id is null and not is_bot) as unknown,
    count(same_conversion_as) as same
from events"""

NO_JOURNEY = "No event takes part in a journey yet."


def journeys(store: Store) -> Any:
    """Journeys, their persons, outcomes, conversions and value, by attribute."""
    return _row(store, JOURNEYS)


def left_out(store: Store) -> Any:
    """Events of bots and of nobody known; conversions that were reported twice, by attribute."""
    return _row(store, LEFT_OUT)


def _row(store: Store, sql: str) -> Any:
    # Not as a Series: it would make all numbers floats where one is.
    return next(store.query(sql).itertuples(index=False))
