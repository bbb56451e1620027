"""What an analyst must hear of the settings, although nothing in them is wrong."""

from __future__ import annotations

import difflib
import fnmatch

import duckdb

from journeyflow.project import Project, source_files
from journeyflow.sources.companions import list_files
from journeyflow.warehouse.settings_tables import conversion_rules, loss_rules

MOST_NAMED = 8
LONGEST_NAME = 60
NO_CONVERSIONS = (
    "no rule says what a conversion is, so that no journey converts: name the kinds of events that "
    "are success in [journeys] conversions, or take the # off the rules that check proposed"
)


def unmet_rules(
    con: duckdb.DuckDBPyConnection, project: Project, told: str = "events"
) -> list[str]:
    """Rules that no event meets, mostly for a kind spelled otherwise; that none is of conversions.

    `told` is the table that says of each event which rules it meets.
    """
    met = con.execute(
        f"select unnest(conversion_rules) as rule, 'conversion' as purpose from {told} "
        f"union select loss_rule, 'loss' from {told} where loss_rule is not null "
        f"union select touchpoint_rule, 'touchpoint' from {told} where touchpoint_rule is not null"
    ).fetchall()
    kinds = [
        kind
        for (kind,) in con.execute(
            f"select kind from {told} group by kind order by count(*) desc, kind"
        ).fetchall()
    ]
    if not kinds:
        return []
    seen = _named([each[:LONGEST_NAME] for each in kinds])
    found = [] if conversion_rules(project) else [NO_CONVERSIONS]
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
    named = project.touchpoints
    unused = [rule for n, rule in enumerate(named, start=1) if (n, "touchpoint") not in met]
    of_no_kind = [
        rule for rule in unused if not fnmatch.filter(kinds, str(rule.when.get("kind", "*")))
    ]
    if of_no_kind:
        names = _named([f"{each.name} ({each.when['kind']})" for each in of_no_kind])
        found.append(
            f"{len(of_no_kind)} of {len(named)} touchpoint rules place no event, since none is of "
            f"the kind that they name: {names}. Kinds seen: {seen}"
        )
    others = [each.name for each in unused if each not in of_no_kind]
    if others:
        found.append(
            f"{len(others)} of {len(named)} touchpoint rules place no event, since none "
            f"meets them or an earlier rule takes it: {_named(others)}. There are events of the "
            "kinds that they name: look at their other conditions and at the rules above"
        )
    return found


def unclaimed_files(project: Project) -> list[str]:
    """Files of a source's type that lie beside its files and belong to no source."""
    claimed = {path for source in project.sources for path in source_files(project, source)}
    for source in project.sources:
        claimed.update(*list_files(project.directory, source).values())
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


def _named(names: list[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
