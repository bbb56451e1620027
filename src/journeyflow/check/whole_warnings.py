"""What is worth a warning when several sources are looked at together."""

from __future__ import annotations

import duckdb

from journeyflow.check.findings import ProjectReport
from journeyflow.identity.types import IdClass, class_of
from journeyflow.project import Project
from journeyflow.sources.formats import FORMATS
from journeyflow.warehouse.settings_tables import conversion_rules
from journeyflow.warehouse.warnings import unclaimed_files, unmet_rules


def source_warnings(
    con: duckdb.DuckDBPyConnection, project: Project, report: ProjectReport
) -> list[str]:
    """Sources that cannot meet, conversions counted twice, a funnel without stages."""
    return [
        *_strangers(report),
        *_two_deliver(con, project),
        *_no_goal(project, report),
        *unmet_rules(con, project),
        *unclaimed_files(project),
        *_personless(project, report),
    ]


def _strangers(report: ProjectReport) -> list[str]:
    """Sources with rows that share no type of identifier with any other."""
    types = {each.name: each.identifiers.keys() for each in report.sources if each.identifiers}
    found = []
    for name, mine in types.items():
        others = {type for other, theirs in types.items() if other != name for type in theirs}
        if others and not mine & others:
            found.append(
                f"source {name!r} shares no type of identifier with the others: it has "
                f"{', '.join(sorted(mine))}, they have {', '.join(sorted(others))}; its journeys "
                "will never meet theirs"
            )
    return found


def _two_deliver(con: duckdb.DuckDBPyConnection, project: Project) -> list[str]:
    """Two sources deliver conversions and no rule says which."""
    rules = conversion_rules(project)
    if not rules:
        return []
    rows = con.execute(
        "select distinct source, unnest(conversion_rules) as rule, "
        "count(order_key) over (partition by source) = 0 as without_order "
        "from tagged_events where conversion_rules is not null order by all"
    ).fetchall()
    found = []
    for goal in dict.fromkeys(goal for _, goal in rules):
        numbers = {n for n, (_, each) in enumerate(rules, start=1) if each == goal}
        delivering = [row for row in rows if row[1] in numbers]
        found_in = {source for source, _, _ in delivering}
        sources = [each.name for each in project.sources if each.name in found_in]
        loose = [
            source for source, rule, _ in delivering if "source" not in rules[rule - 1][0].when
        ]
        if len(sources) > 1 and loose:
            found.append(
                f"{' and '.join(sources)} both deliver conversions, and no rule says which counts: "
                f'write "{sources[0]}:kind" in the order of trust, or one of them only'
            )
        apart = sorted({source for source, _, without in delivering if without})
        if len(sources) > 1 and apart:
            found.append(
                f"{', '.join(apart)}: conversions without an order_id; the same purchase reported "
                "by another source counts twice"
            )
    return found


def _no_goal(project: Project, report: ProjectReport) -> list[str]:
    found = []
    if not conversion_rules(project):
        found.append("no conversions are named in [journeys]: no journey can be a success")
    if not project.stages:
        found.append("there are no [[stages]]: no stage table, and no map columns")
    else:
        events = sum(each.events for each in report.sources)
        unmapped = sum(each.unmapped_events for each in report.sources)
        if unmapped:
            found.append(f"{unmapped / events:.0%} of the events have no stage")
    return found


def _personless(project: Project, report: ProjectReport) -> list[str]:
    return [
        f"source {each.name!r} holds nothing that stands for a person "
        f"({', '.join(each.identifiers) or 'no identifiers'}): its rows only attach to persons of "
        "other sources"
        for each in report.sources
        if FORMATS[each.format].lands == "events"
        and each.used
        and IdClass.MERGE not in {class_of(t, project.identity.types) for t in each.identifiers}
    ]
