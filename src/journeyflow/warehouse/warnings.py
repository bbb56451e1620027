"""What an analyst must hear of settings and files after a run, although nothing in it is wrong."""

from __future__ import annotations

import difflib

import duckdb

from journeyflow.project import Project, source_files
from journeyflow.warehouse.settings_tables import conversion_rules, loss_rules

MOST_NAMED = 8
LONGEST_NAME = 60


def warnings(con: duckdb.DuckDBPyConnection, project: Project) -> list[str]:
    """All that the settings and the files of a run give cause to say."""
    return [
        *unmet_rules(con, project),
        *hidden_stages(con),
        *forgotten_sources(con),
        *twice_read(con),
        *unclaimed_files(project),
        *events_to_come(con),
    ]


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


def twice_read(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Files that two sources read: everything in them counts twice."""
    return [
        f"{file} is read by {count} sources; everything in it counts {count} times"
        for file, count in con.execute(
            "select min(file), count(distinct source) from ledger inner join source_settings "
            "using (source) group by content_hash having count(distinct source) > 1 order by 1"
        ).fetchall()
    ]


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


def _named(names: list[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
