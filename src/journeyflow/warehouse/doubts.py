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
    " select name, count(*) - 1 as twins from conversion_claims where stands and order_key is null"
    " group by person_id, name, occurred_at, value having count(*) > 1"
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
GIVEN_UP_ROWS = Cause(
    # Parts of one export that are not named as such would replace each other.
    load_model("nightly", "given_up_rows").sql,
    "source {0!r}: {3} rows of {1} for {2:%Y-%m-%d} gave way to another file of that day, which "
    "has other rows. Where both are parts of one export, name them so: part0, part1, …; where a "
    'file holds only some rows of a day, say replaces = "row"',
)
UNTIMED_CALLS = Cause(
    "select count(*), source from landed_events semi join current_rows using (ref) "
    "inner join ordered_files using (file_id) inner join source_settings using (source) "
    "where may_be_offline and kind = 'call' and attributes['time'] is not null "
    "group by source order by source",
    "{0} calls of source {1!r} have no time of their own and stand at the start of their visit; "
    "name the goals that are calls as call_goals, or read the calls from the call tracking itself",
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
# Some visitors refuse cookies and some rows lack their ids; a third is a column left unmapped.
NOBODYS = (
    "select count(*) filter (person_id is null) as nobodys, count(*) as n, source from events "
    "inner join source_settings using (source) where not is_bot and format {formats} "
    f"group by source having n >= {FEWEST_JUDGED} and 3 * nobodys > n order by source"
)
NOBODYS_EVENTS = Cause(
    NOBODYS.format(formats="<> 'ga4'"),
    "{0} of {1} events of source {2!r} belong to nobody: no identifier of theirs is mapped, or "
    "none tells a person; journeys see the others alone",
)
DEALS_OF_NOBODY = Cause(
    "select count(distinct landed_identifiers.key) filter (person_id is not null) as joined, "
    "count(distinct landed_identifiers.key) as deals, source, "
    "coalesce(any_value(lacks), 'nothing tells whose they are') "
    "from landed_identifiers semi join current_rows using (ref) "
    "inner join landed_events using (ref) inner join ordered_files using (file_id) "
    "inner join source_settings using (source) left join event_persons using (ref) "
    "where type = 'deal_id' and attributes['deal_stage'] is not null "
    "group by source having 10 * joined < 9 * deals order by source",
    "{0} of {1} deals of source {2!r} joined to a person: {3}",
)
NAMELESS_STAGES = Cause(
    "select count(distinct tagged.touchpoint), source, min(tagged.touchpoint) "
    "from events as tagged inner join source_settings using (source) "
    "semi join (select distinct source, touchpoint from deal_stages) using (source, touchpoint) "
    "where touchpoint_rule is null and format in ('bitrix24', 'amocrm') "
    "group by source order by source",
    "{0} stages of source {1!r} are shown by their ids, such as {2}: export the list of stages and "
    "name it among the companions of the source",
)
NO_HISTORY = Cause(
    "select source from source_settings where lacks = 'history' order by source",
    "source {0!r} is a list of deals, which tells no stages and no waits: history missing",
)
UNTOLD_OUTCOMES = Cause(
    "select count(*) filter (attributes['outcome'] = 'unknown') as untold, count(*), source "
    "from landed_events semi join current_rows using (ref) inner join ordered_files "
    "using (file_id) inner join source_settings using (source) "
    "where format in ('calltouch', 'callrail', 'uis') "
    "group by source having untold > 0 order by source",
    "{0} of {1} calls of source {2!r} do not say whether anybody answered: their "
    "attributes.outcome is unknown; export the fields that the page of their format lists",
)
ENDLESS_CHAINS = Cause(
    # Only the last attempt of a chain is a call, and only its mark tells which that is.
    'select sum("rows")::bigint, source from skipped_rows inner join ordered_files '
    "using (file_id) where reason = 'leg of a chain' and source not in ("
    " select source from landed_events inner join ordered_files using (file_id)"
    " inner join source_settings using (source)"
    " where format = 'calltouch' and attributes['attempts'] is not null"
    ") group by source order by source",
    "{0} callbacks of source {1!r} that reached nobody are skipped as attempts of chains, and no "
    "call is marked as the last of one: who was never reached is missing; export the calls with "
    "their tags",
)
REFUSED_CONSENT = Cause(
    # Nothing is unmapped there: the export itself leaves the visitor out.
    NOBODYS.format(formats="= 'ga4'"),
    "{0} of {1} events of source {2!r} belong to nobody: GA4 keeps no id of visitors who refused "
    "consent; journeys see the others alone",
)
NOBODYS_CONVERSIONS = Cause(
    # A hundredth is what files may have of rejected rows, too.
    "select count(*) filter (person_id is null) as nobodys, count(*) as n, source from events "
    "where not is_bot and conversion_rules is not null group by source "
    "having nobodys > 0 and 100 * nobodys >= n order by source",
    "{0} of {1} events of source {2!r} that are conversions by the settings belong to nobody and "
    "count in no figure: they carry neither an identifier that tells a person (a landline alone "
    "does not) nor an order that another event with one knows",
)
LANDLINES_ALONE = Cause(
    "select count(distinct ref), source from landed_identifiers "
    "semi join current_rows using (ref) anti join event_persons using (ref) "
    "inner join landed_events using (ref) inner join ordered_files using (file_id) "
    "where type = 'phone' and weak group by source order by source",
    "{0} events of source {1!r} tell of nobody but a landline or a toll-free number, which may be "
    "anybody's in a house: they belong to nobody; a mobile number, an e-mail or an account beside "
    "it would tell",
)
VALUELESS_CONVERSIONS = Cause(
    # Where most have a value, one without is a cell left empty.
    "select count(*) filter (value is null) as valueless, count(*) as n, source, name "
    "from conversions group by source, name having valueless > 0 and 2 * valueless < n "
    "order by source, name",
    "{0} of {1} conversions {3!r} of source {2!r} have no value and count as 0 in every sum",
)
BLIND_CANCELLATIONS = Cause(
    "select count(*) as blind, kind from person_events inner join events using (source, event_id) "
    "where is_cancellation and not exists (from person_events as sale "
    " where sale.conversion_rules is not null and sale.person_id = person_events.person_id "
    " and sale.order_key = person_events.order_key) group by kind order by kind",
    "{0} events of the kind {1!r} make no order void: they carry no order number (order_id), or "
    "one that no conversion of the same person carries; what they cancelled still counts",
)
CANCELLED_ORDERS = Cause(
    # Only what is called so: deliveries and calls carry the number of an order as well.
    "select count(*), kind from person_events inner join events using (source, event_id) "
    "semi join (select distinct person_id, order_key from conversion_claims where stands) as won "
    "on person_events.person_id = won.person_id and person_events.order_key = won.order_key "
    "where not is_cancellation and person_events.conversion_rules is null and "
    "regexp_matches(lower(kind), 'cancel|annul|anul|refund|storn|erstatt|отмен|возврат|аннул') "
    "group by kind order by kind",
    "{0} events of the kind {1!r} carry the number of an order that counts as a conversion; where "
    "they make it void, name the kind in [journeys] cancellations",
)
LATE_SOURCES = Cause(
    "select source, string_agg(stage, ', ' order by position), covered_from from stage_coverage "
    "where source is not null group by source, covered_from order by source, covered_from",
    "source {0!r} tells of later stages and begins on {2:%Y-%m-%d}, later than others: who entered "
    "{1} before is left out of its rates, since an advance could not be seen. Where it does not "
    "begin late, say so: covers_from in [[sources]]",
)
UNMET_CHANGES = Cause(
    "select changes.touchpoint, arg_min(known.touchpoint, "
    "(levenshtein(known.touchpoint, changes.touchpoint), known.touchpoint)), day "
    "from declared_changes as changes cross join touchpoints as known "
    "where changes.touchpoint not in (select touchpoint from touchpoints) "
    "group by change_number, day, changes.touchpoint order by change_number",
    "[[changes]] of {2:%Y-%m-%d}: no journey meets the touchpoint {0!r}; did you mean {1!r}?",
)
FILES = (HIDDEN_STAGES, FORGOTTEN_SOURCES, TWICE_READ)
FIGURES = (
    THIN_DAYS, GIVEN_UP_ROWS, UNTIMED_CALLS, NOBODYS_EVENTS, REFUSED_CONSENT, NOBODYS_CONVERSIONS,
    LANDLINES_ALONE, EVENTS_TO_COME, OLD_DEALS, SPLIT_ORDERS, STRAY_CONVERSIONS,
    TOUCHLESS_CONVERSIONS, TWIN_CONVERSIONS, CANCELLED_ORDERS, BLIND_CANCELLATIONS,
    VALUELESS_CONVERSIONS, VAST_AMOUNTS, CONTRADICTED_LINKS, REFUSED_LINKS, UNTOLD_OUTCOMES,
    DEALS_OF_NOBODY, NAMELESS_STAGES, NO_HISTORY, ENDLESS_CHAINS, LATE_SOURCES, UNMET_CHANGES,
)  # fmt: skip


def told(con: duckdb.DuckDBPyConnection, causes: Iterable[Cause]) -> list[str]:
    """What the causes give reason to say, in their order."""
    return [
        sentence.format(*row) for query, sentence in causes for row in con.execute(query).fetchall()
    ]
