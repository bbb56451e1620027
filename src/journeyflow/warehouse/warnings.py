"""What an analyst must hear after a run, although nothing in it is wrong."""

from __future__ import annotations

import difflib

import duckdb

from journeyflow.project import Project, source_files
from journeyflow.warehouse.settings_tables import conversion_rules, loss_rules

MOST_NAMED = 8
LONGEST_NAME = 60
TOUCHLESS = 0.1  # of the conversions; fewer are ordinary
OLD_DEAL_DAYS = 180


def unmet_rules(con: duckdb.DuckDBPyConnection, project: Project) -> list[str]:
    """Rules that no event meets: mostly a kind that is spelled otherwise."""
    met = con.execute(
        "select unnest(conversion_rules) as rule, 'conversion' as purpose from tagged_events "
        "union select loss_rule, 'loss' from rule_matches where loss_rule is not null "
        "union select touchpoint_rule, 'touchpoint' from rule_matches "
        "where touchpoint_rule is not null"
    ).fetchall()
    kinds = [
        kind
        for (kind,) in con.execute(
            "select kind from tagged_events group by kind order by count(*) desc, kind"
        ).fetchall()
    ]
    if not kinds:
        return []
    seen = _named([each[:LONGEST_NAME] for each in kinds])
    found = []
    for purpose, rules in (
        ("conversion", [rule for rule, _ in conversion_rules(project)]),
        ("loss", loss_rules(project)),
    ):
        for number, rule in enumerate(rules, start=1):
            if (number, purpose) in met:
                continue
            near = difflib.get_close_matches(str(rule.when.get("kind", rule.name)), kinds, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else "."
            found.append(f"no event meets the {purpose} {rule.name!r}{hint} Kinds seen: {seen}")
    touchpoints = [each.name for each in project.touchpoints]
    unused = [name for n, name in enumerate(touchpoints, start=1) if (n, "touchpoint") not in met]
    if unused:
        found.append(
            f"{len(unused)} of {len(touchpoints)} touchpoint rules place no event, since none "
            f"meets them or an earlier rule takes it: {_named(unused)}"
        )
    return found


def hidden_stages(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Touchpoints whose neighbouring events are of several stages: a step shows only the first."""
    found = con.execute(
        "select touchpoint, count(distinct journey_id) from ("
        " select journey_id, touchpoint, stage, lag(touchpoint) over lived as touchpoint_before,"
        " lag(stage) over lived as stage_before from events where journey_id is not null"
        " window lived as (partition by journey_id order by event_number)"
        ") where touchpoint = touchpoint_before and stage <> stage_before "
        "group by touchpoint order by 2 desc, 1"
    ).fetchall()
    return [
        f"at {touchpoint!r} neighbouring events of {journeys} journeys are of several stages, and "
        "a step shows the first alone; map or name a touchpoint of its own for each stage"
        for touchpoint, journeys in found[:MOST_NAMED]
    ]


def unclaimed_files(project: Project) -> list[str]:
    """Files of a source's type that lie beside its files and belong to no source."""
    claimed = {path for source in project.sources for path in source_files(project, source)}
    kinds = {(path.parent, path.suffix.lower()) for path in claimed}
    beside = sorted(
        path.relative_to(project.directory).as_posix()
        for folder in {folder for folder, _ in kinds}
        for path in folder.iterdir()
        if path.is_file() and (folder, path.suffix.lower()) in kinds and path not in claimed
    )
    # A project's own files may share a suffix with exports that lie at its top.
    beside = [each for each in beside if "/" in each]
    if not beside:
        return []
    message = (
        f"{len(beside)} files beside the exports belong to no source and are not read: "
        f"{_named(beside)}. "
        'Widen files in [[sources]], for example files = ["exports/name*.csv"]'
    )
    return [message]


def forgotten_sources(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Sources that were read once and that the settings name no more."""
    return [
        f"source {source!r} is no longer in the settings: its {files} files take no part"
        for source, files in con.execute(
            "select source, count(*) from ledger anti join source_settings using (source) "
            "group by source order by source"
        ).fetchall()
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


def twice_read(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Files that two sources read: everything in them counts twice."""
    return [
        f"{file} is read by {count} sources; everything in it counts {count} times"
        for file, count in con.execute(
            "select min(file), count(distinct source) from ledger inner join source_settings "
            "using (source) group by content_hash having count(distinct source) > 1 order by 1"
        ).fetchall()
    ]


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


def events_to_come(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Events later than the arrival of their file: a zone or a clock is wrong, or it is a plan."""
    found = con.execute(
        "select source, count(*), max(occurred_at) from landed_events "
        "semi join current_rows using (ref) inner join ledger using (file_id) "
        "where occurred_at > arrived_at group by source order by source"
    ).fetchall()
    return [
        f"{count} events of {source} are later than the arrival of their file, up to "
        f"{last:%Y-%m-%d %H:%M} UTC: look at the source's timezone"
        for source, count, last in found
    ]


def stray_conversions(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Conversions outside any journey: mostly acts of the company, with no visit before them."""
    found = con.execute(
        "select name, count(*) from conversions where journey_id is null group by name order by 1"
    ).fetchall()
    return [
        f"{count} conversions named {name[:LONGEST_NAME]!r} belong to no journey: acts of the "
        "company begin none, and their customers had done nothing before"
        for name, count in found
    ]


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


def _named(names: list[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
