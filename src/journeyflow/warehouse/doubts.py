"""What an analyst must hear of the figures of a run before she trusts them."""

from __future__ import annotations

import duckdb

TOUCHLESS = 0.1  # of the conversions; fewer are ordinary
OLD_DEAL_DAYS = 180


def doubts(con: duckdb.DuckDBPyConnection) -> list[str]:
    """All that the tables of a run give cause to say."""
    return [
        *old_deals(con),
        *split_orders(con),
        *stray_conversions(con),
        *touchless_conversions(con),
        *vast_amounts(con),
    ]


def old_deals(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Deals that nothing has settled for long: they keep their journeys open all the while."""
    ((deals,),) = con.execute(
        "select count(*) from (select deal_key from deals inner join person_events "
        "using (person_id, deal_key) where settled_by is null group by person_id, deal_key "
        "having max(occurred_at) < (select max(occurred_at) from person_events) "
        "- to_days($days::integer))",
        {"days": OLD_DEAL_DAYS},
    ).fetchall()
    if not deals:
        return []
    message = (
        f"{deals} deals have had neither conversion nor loss nor any event for {OLD_DEAL_DAYS} "
        "days and keep their journeys open; name what ends a deal in losses, or set "
        'open_deals = "ignore"'
    )
    return [message]


def split_orders(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Orders that are reported under more than one person count once for each of them."""
    found = con.execute(
        "select count(*) from (select order_key from person_events "
        "where order_key is not null and conversion_rules is not null "
        "group by order_key having count(distinct person_id) > 1)"
    ).fetchall()
    split = found[0][0]
    if not split:
        return []
    message = (
        f"{split} orders are reported under more than one person and count once for each, since "
        "nothing but their number links these; where no two orders share a number, let it: "
        '[identity] types = { order_id = "merge" }'
    )
    return [message]


def stray_conversions(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Conversions outside any journey: mostly acts of the company, with no visit before them."""
    found = con.execute(
        "select name, count(*) from conversions where journey_id is null group by name order by 1"
    ).fetchall()
    return [
        f"{count} conversions named {name!r} belong to no journey: acts of the "
        "company begin none, and their customers had done nothing before"
        for name, count in found
    ]


def touchless_conversions(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Conversions whose one touch is a visit that they began themselves: perhaps none at all."""
    ((alone, conversions),) = con.execute(
        "select count(*), (select count(*) from conversions where is_primary) from ("
        " select conversion_id from conversion_touches group by conversion_id having count(*) = 1"
        ") semi join ("
        " select conversion_id from conversion_touches inner join conversions using (conversion_id)"
        " where channel = 'Direct' and touched_at = occurred_at"
        ") using (conversion_id)"
    ).fetchall()
    if alone < TOUCHLESS * conversions or not alone:
        return []
    message = (
        f"{alone} of {conversions} conversions have no touch but a Direct visit that they began "
        "themselves: rows that are no visits, such as calls or payments at a desk, belong into a "
        "file and a source of their own, with sessions = false"
    )
    return [message]


def vast_amounts(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Amounts that no table can hold in the project's currency: mostly a wrong rate."""
    found = con.execute(
        "select source, count(*) from ("
        " select ref, file_id, value as amount, currency from landed_events"
        " union all select ref, file_id, cost, currency from landed_costs"
        ") semi join current_rows using (ref) inner join ordered_files using (file_id) "
        "inner join rates using (currency) "
        "where amount is not null and in_currency(amount, rate) is null group by 1 order by 1"
    ).fetchall()
    return [
        f"{count} amounts of {source} exceed 12 digits in the project's currency and are left "
        "out: look at [currency.rates], or whether the column holds an amount"
        for source, count in found
    ]
