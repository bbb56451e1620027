"""What an analyst must hear of files and figures after a run: a query each, and a sentence.

A cause is told once for every row that its query finds; the sentence names the row's columns by
their places.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import duckdb

from journeyflow.warehouse.models import load_model

MOST_TOLD = 8
OLD_DEAL_DAYS = 180
FEWEST_JUDGED = 20


class Cause(NamedTuple):
    """What gives reason to say something, and what is said."""

    query: str
    sentence: str


HIDDEN_STAGES = Cause(
    # A step shows only the first stage of its neighbouring events. Most touchpoints have one only,
    # and journeys that never met another kind need no look.
    "with mixed as (select touchpoint from events where journey_id is not null "
    "group by touchpoint having min(stage) <> max(stage)), "
    "met as (select distinct journey_id from events semi join mixed using (touchpoint)) "
    "select touchpoint, count(distinct journey_id) from ("
    " select journey_id, touchpoint, stage, lag(touchpoint) over lived as touchpoint_before,"
    " lag(stage) over lived as stage_before from events semi join met using (journey_id)"
    " window lived as (partition by journey_id order by event_number)"
    ") where touchpoint = touchpoint_before and stage <> stage_before "
    f"group by touchpoint order by 2 desc, 1 limit {MOST_TOLD}",
    "at {0!r} neighbouring events of {1} journeys are of several stages, and a step shows the "
    "first alone; map or name a touchpoint of its own for each stage",
)
FORGOTTEN_SOURCES = Cause(
    "select source, count(*) from ledger anti join source_settings using (source) "
    "group by source order by source",
    "source {0!r} is no longer in the settings: its {1} files take no part",
)
TWICE_READ = Cause(
    "select min(file), count(distinct source) from ledger inner join source_settings "
    "using (source) group by content_hash having count(distinct source) > 1 order by 1",
    "{0} is read by {1} sources; everything in it counts {1} times",
)
SPLIT_DAYS = Cause(
    load_model("nightly", "split_days").sql,
    "{0} rows of {1} count no more, since another file covers their days and has none of them; "
    "parts of one export count together where their names differ in nothing but _part0, _part1",
)
EVENTS_TO_COME = Cause(
    # A zone or a clock is wrong, or it is a plan.
    "select source, count(*), max(occurred_at) from landed_events "
    "semi join current_rows using (ref) inner join ledger using (file_id) "
    "where occurred_at > arrived_at group by source order by source",
    "{1} events of {0} are later than the arrival of their file, up to {2:%Y-%m-%d %H:%M} UTC: "
    "look at the source's timezone",
)
OLD_DEALS = Cause(
    "select count(*) from (select deal_key from deals inner join person_events "
    "using (person_id, deal_key) where settled_by is null group by person_id, deal_key "
    "having max(occurred_at) < (select max(occurred_at) from person_events) "
    f"- to_days({OLD_DEAL_DAYS})) having count(*) > 0",
    f"{{0}} deals have had neither conversion nor loss nor any event for {OLD_DEAL_DAYS} days and "
    "keep their journeys open; name what ends a deal in losses, or set "
    'open_deals = "ignore"',
)
SPLIT_ORDERS = Cause(
    "select count(*) from (select order_key from person_events "
    "where order_key is not null and conversion_rules is not null "
    "group by order_key having count(distinct person_id) > 1) having count(*) > 0",
    "{0} orders are reported under more than one person and count once for each, since nothing "
    "but their number links these; where no two orders share a number, let it: "
    '[identity] types = {{ order_id = "merge" }}',
)
STRAY_CONVERSIONS = Cause(
    "select count(*), name from conversions where journey_id is null group by name order by name",
    "{0} conversions named {1!r} belong to no journey: acts of the company begin none, and their "
    "customers had done nothing before",
)
TOUCHLESS_CONVERSIONS = Cause(
    # Their one touch is a visit that they began themselves: perhaps none at all. Fewer than a
    # tenth of the conversions are ordinary.
    "with alone as ("
    " select conversion_id from conversion_touches group by conversion_id having count(*) = 1"
    "), own as ("
    " select conversion_id from conversion_touches inner join conversions using (conversion_id)"
    " where channel = 'Direct' and touched_at = occurred_at"
    ") select count(own.conversion_id), count(*) from conversions "
    "left join (from alone semi join own using (conversion_id)) as own using (conversion_id) "
    "where is_primary having count(own.conversion_id) > 0 "
    "and 10 * count(own.conversion_id) >= count(*)",
    "{0} of {1} conversions have no touch but a Direct visit that they began themselves: rows that "
    "are no visits, such as calls or payments at a desk, belong into a file and a source of their "
    "own, with sessions = false",
)
TWIN_CONVERSIONS = Cause(
    # An export that writes rows twice, or one row for each line of an order.
    "select sum(twins)::bigint, name from ("
    " select claims.name, count(*) - 1 as twins from conversion_claims as claims"
    " inner join person_events using (ref) where claims.stands and order_key is null"
    " group by claims.person_id, claims.name, claims.occurred_at, claims.value having count(*) > 1"
    ") group by name order by name",
    "{0} conversions named {1!r} equal another one in person, moment and value, and no order "
    "number tells whether they are the same; each counts. Where rows were written twice, or are "
    "the lines of one order, map its number as order_id",
)
VAST_AMOUNTS = Cause(
    # No table can hold them in the project's currency: mostly a wrong rate.
    "select count(*), source from ("
    " select ref, file_id, value as amount, currency from landed_events"
    " union all select ref, file_id, cost, currency from landed_costs"
    ") semi join current_rows using (ref) inner join ordered_files using (file_id) "
    "inner join rates using (currency) "
    "where amount is not null and in_currency(amount, rate) is null group by 2 order by 2",
    "{0} amounts of {1} exceed 12 digits in the project's currency and are left out: look at "
    "[currency.rates], or whether the column holds an amount",
)
THIN_DAYS = Cause(
    load_model("nightly", "thin_days").sql,
    "source {0!r} brought {1} rows for {2:%Y-%m-%d}, less than {3:g} of the {4:g} that are usual "
    "on that weekday, by the {5} weeks before",
)
CONTRADICTED_LINKS = Cause(
    f"with link_pairs as ({load_model('events', 'link_pairs').sql}) "
    "select count(*) from link_pairs where is_contradicted having count(*) > 0",
    "{0} pairs of identifiers are linked both as the same and as different; the latest word "
    "counts, of one moment `different`: correct the other rows",
)
REFUSED_LINKS = Cause(
    "select count(*) from refusals where is_told having count(*) > 0",
    "{0} pairs that are linked as the same are kept apart, since others that are linked as "
    "different would become one person with them; journeyflow explain --person shows which",
)
NOBODYS_EVENTS = Cause(
    # Some visitors refuse cookies and some rows lack their ids; a third is a column left unmapped.
    "select count(*) filter (person_id is null) as nobodys, count(*) as n, source from events "
    "where not is_bot group by source "
    f"having n >= {FEWEST_JUDGED} and 3 * nobodys > n order by source",
    "{0} of {1} events of source {2!r} belong to nobody: no identifier of theirs is mapped, or "
    "none tells a person; journeys see the others alone",
)
FILES = (HIDDEN_STAGES, FORGOTTEN_SOURCES, TWICE_READ, SPLIT_DAYS)
FIGURES = (
    THIN_DAYS, NOBODYS_EVENTS, EVENTS_TO_COME, OLD_DEALS, SPLIT_ORDERS, STRAY_CONVERSIONS,
    TOUCHLESS_CONVERSIONS, TWIN_CONVERSIONS, VAST_AMOUNTS, CONTRADICTED_LINKS, REFUSED_LINKS,
)  # fmt: skip


def told(con: duckdb.DuckDBPyConnection, causes: Iterable[Cause]) -> list[str]:
    """What the causes give reason to say, in their order."""
    return [
        sentence.format(*row) for query, sentence in causes for row in con.execute(query).fetchall()
    ]
