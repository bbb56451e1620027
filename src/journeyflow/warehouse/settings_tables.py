"""Settings that are lists, as tables: so the SQL stays plain and never changes with them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from journeyflow.identity import hubs
from journeyflow.identity.keys import Secret
from journeyflow.identity.normalise import Rejected, normalise_cell
from journeyflow.identity.types import DEFAULTS, WEB_TYPES, rank
from journeyflow.project import Project
from journeyflow.rules import BLANK, channel_rules, source_categories
from journeyflow.settings import ConversionRule, Pattern, Source, Touchpoint
from journeyflow.sources.companions import Companion
from journeyflow.sources.formats import FORMATS, WEB_COLUMNS
from journeyflow.warehouse.stage_names import StageNames, keep_stage_names, stage_names

Rows = Iterable[tuple[Any, ...]]


def write_settings(con: duckdb.DuckDBPyConnection, project: Project, secret: Secret) -> None:
    """Write every rule table and variable that the models read."""
    names = stage_names(con, project)
    keep_stage_names(con, names)
    journeys = project.journeys
    write_table(
        con,
        "source_settings",
        "source text, position integer, format text, lands text, sessions boolean, "
        "replaces text, min_rows_vs_usual double, may_be_offline boolean, lacks text, "
        "covers_from timestamptz",
        _sources(project),
    )
    write_table(
        con,
        "kind_ranks",
        "kind text, rank integer",
        ((kind, rank) for rank, kind in enumerate(journeys.kind_order)),
    )
    answers = journeys.answers or journeys.company_kinds
    write_table(
        con,
        "company_kinds",
        "kind text, answers boolean",
        ((kind, kind in answers) for kind in journeys.company_kinds),
    )
    write_table(con, "page_kinds", "kind text", ((kind,) for kind in journeys.page_views))
    calls = dict.fromkeys(journeys.talks, True) | dict.fromkeys(journeys.missed_calls, False)
    write_table(con, "call_kinds", "kind text, answered boolean", calls.items())
    apart = {kind for each in project.sources for kind in FORMATS[each.format].apart}
    excluded = sorted(apart.union(journeys.exclude_kinds))
    write_table(con, "excluded_kinds", "kind text", ((kind,) for kind in excluded))
    write_table(
        con,
        "rates",
        "currency text, rate decimal(18, 8)",
        # As text: Arrow would take the digits of the first rate for those of all.
        [(name, str(rate)) for name, rate in _rates(project)],
    )
    write_table(
        con,
        "stages",
        "name text, position integer, owner text",
        ((stage.name, n, stage.owner) for n, stage in enumerate(project.stages, start=1)),
        schema="warehouse.main",
    )
    write_table(
        con,
        "kind_roles",
        "role text, source text, kind text",
        [
            (role, rule.when.get("source"), rule.when["kind"])
            for role, kinds in (
                ("complaint", journeys.complaints),
                ("advocacy", project.loyalty.advocacy),
            )
            for rule in map(_kind_rule, kinds)
        ],
        schema="warehouse.main",
    )
    write_table(
        con,
        "expected_journeys",
        "name text, level text, position integer, step text",
        (
            (each.name, each.level, position, step)
            for each in project.expected
            for position, step in enumerate(each.steps, start=1)
        ),
        schema="warehouse.main",
    )
    write_table(
        con,
        "declared_changes",
        "change_number integer, day date, touchpoint text, what text, author text",
        (
            (number, each.date, each.touchpoint, each.what, each.author)
            for number, each in enumerate(project.changes, start=1)
        ),
    )
    _write_rules(con, project, names)
    _write_identity(con, project, secret)
    write_table(
        con,
        "channel_rules",
        "priority integer, channel text, source text, medium text, "
        "campaign text, category text, click text",
        (
            (r.priority, r.channel, r.source, r.medium, r.campaign, r.category, r.click)
            for r in channel_rules()
        ),
    )
    write_table(
        con,
        "source_categories",
        "priority integer, category text, pattern text",
        ((c.priority, c.category, c.pattern) for c in source_categories()),
    )
    con.execute("set variable blank = $blank", {"blank": BLANK})
    con.execute("set variable zone = $zone", {"zone": project.project.timezone})


def _rates(project: Project) -> Rows:
    yield from sorted((project.currency.rates | {project.project.currency: Decimal(1)}).items())


def makes_sessions(source: Source) -> bool:
    """Whether the source's events form sessions: as declared, else as format or mapping say."""
    if source.sessions is not None:
        return source.sessions
    return FORMATS[source.format].sessions or any(each in source.columns for each in WEB_COLUMNS)


def _sources(project: Project) -> Rows:
    zone = ZoneInfo(project.project.timezone)
    for position, source in enumerate(project.sources, start=1):
        format = FORMATS[source.format]
        yield (
            source.name,
            position,
            format.name,
            format.lands,
            makes_sessions(source),
            source.replaces or format.replaces,
            source.min_rows_vs_usual,
            format.offline,
            _lacks(source),
            source.covers_from and datetime.combine(source.covers_from, time.min, zone),
        )


def _lacks(source: Source) -> str | None:
    """What a CRM's source would need besides to say whose deals are, or how long they waited."""
    format = FORMATS[source.format]
    if format.companions:
        missing = [each for each in format.companions if each not in source.companions]
        return ", ".join(f"no {each} file" for each in missing) or None
    histories = [each.companions.get("deals") for each in FORMATS.values()]
    if source.format in histories and not isinstance(source, Companion):
        return "history"
    return None


def conversion_rules(project: Project) -> list[tuple[ConversionRule, str]]:
    """The conversion rules with the goal each serves.

    All primary rules serve one goal, so that an order counts once whoever reports it; every
    other rule is a goal of its own.
    """
    if project.conversions:
        return [
            (rule, "conversion" if rule.primary else f"goal {rule.name}")
            for rule in project.conversions
        ]
    return [(_kind_rule(each), "conversion") for each in project.journeys.conversions]


def loss_rules(project: Project) -> list[ConversionRule]:
    """The loss rules, whichever way they are written."""
    return list(project.losses) or [_kind_rule(each) for each in project.journeys.losses]


def _kind_rule(text: str) -> ConversionRule:
    """Read "kind" or "source:kind"."""
    source, colon, kind = text.partition(":")
    when: dict[str, Pattern] = {"source": source, "kind": kind} if colon else {"kind": text}
    return ConversionRule(name=kind if colon else text, when=when)


def _write_rules(con: duckdb.DuckDBPyConnection, project: Project, names: StageNames) -> None:
    goals = conversion_rules(project)
    # What nobody named otherwise has the name that the CRM's list of stages gives it.
    touchpoints = [*project.touchpoints, *_named_stages(names)]
    write_table(
        con,
        "touchpoint_rules",
        "rule integer, touchpoint text, stage text, owner text",
        ((n, each.name, each.stage, each.owner) for n, each in enumerate(touchpoints, start=1)),
    )
    write_table(
        con,
        "touchpoint_owners",
        "touchpoint text, owner text",
        {each.name: each.owner for each in reversed(touchpoints)}.items(),
    )
    write_table(
        con,
        "conversion_rules",
        "rule integer, name text, goal text, is_primary boolean, first_only boolean",
        (
            (n, rule.name, goal, rule.primary, bool(rule.when.get("first", False)))
            for n, (rule, goal) in enumerate(goals, start=1)
        ),
    )
    conditions = [
        *_conditions("touchpoint", [each.when for each in project.touchpoints], names),
        *_conditions(
            "touchpoint",
            [each.when for each in _named_stages(names)],
            exact=True,
            after=len(project.touchpoints),
        ),
        # A kind named in [journeys] is that kind; only `when` speaks in patterns.
        *_conditions(
            "conversion", [rule.when for rule, _ in goals], names, exact=not project.conversions
        ),
        *_conditions(
            "loss", [rule.when for rule in loss_rules(project)], names, exact=not project.losses
        ),
        *_conditions(
            "cancellation",
            [_kind_rule(each).when for each in project.journeys.cancellations],
            names,
            exact=True,
        ),
    ]
    write_table(
        con,
        "rule_conditions",
        "purpose text, rule integer, conditions integer, field text, pattern text, exact boolean",
        conditions,
    )
    fields = sorted(
        {"attributes" if each[3].startswith("attributes.") else each[3] for each in conditions}
    )
    con.execute("set variable rule_fields = $fields", {"fields": fields or ["kind"]})


def _named_stages(names: StageNames) -> list[Touchpoint]:
    return [
        Touchpoint(name=name, when={"source": source, "touchpoint": stage})
        for source, stages in names.items()
        for stage, name in stages.items()
    ]


def _conditions(
    purpose: str,
    rules: list[dict[str, Pattern]],
    names: StageNames | None = None,
    *,
    exact: bool = False,
    after: int = 0,
) -> list[tuple[Any, ...]]:
    rows = []
    for number, when in enumerate(rules, start=after + 1):
        patterns = {field: pattern for field, pattern in when.items() if field != "first"}
        rows += [
            (purpose, number, len(patterns), field, _spelled(pattern), exact)
            for field, pattern in patterns.items()
        ]
        # A rule speaks of a stage by its name, the CRM's history by its id.
        rows += [
            (purpose, number, len(patterns), "touchpoint", stage, True)
            for stages in (names or {}).values()
            for stage, name in stages.items()
            if "touchpoint" in patterns and fnmatchcase(name, _spelled(patterns["touchpoint"]))
        ]
    return rows


def _spelled(pattern: Pattern) -> str:
    return str(pattern).lower() if isinstance(pattern, bool) else str(pattern)


def _write_identity(con: duckdb.DuckDBPyConnection, project: Project, secret: Secret) -> None:
    identity = project.identity
    classes = {kind: str(value) for kind, value in DEFAULTS.items()} | dict(identity.types)
    write_table(
        con,
        "identifier_types",
        "type text, class text, is_web boolean, rank integer",
        ((kind, value, kind in WEB_TYPES, rank(kind)) for kind, value in sorted(classes.items())),
    )
    merging = [kind for kind, value in classes.items() if value == "merge"]
    write_table(
        con,
        "person_limits",
        "type text, most integer",
        sorted(hubs.person_limits(merging, identity.limits).items()),
    )
    write_table(
        con,
        "hub_limits",
        "type text, other_type text, most integer",
        (
            (one, other, most)
            for (one, other), most in sorted(hubs.limits(merging, identity.limits).items())
        ),
    )
    own = [
        ("phone", secret.key("phone", number.value))
        for text in identity.own_numbers
        for number in normalise_cell("phone", text, identity.region)
        if not isinstance(number, Rejected)
    ]
    write_table(con, "own_identifiers", "type text, key uuid", own)


def write_table(
    con: duckdb.DuckDBPyConnection,
    name: str,
    columns: str,
    rows: Rows,
    schema: str = "private.work",
) -> None:
    """Make a table anew from rows that Python made."""
    con.execute(f"create or replace table {schema}.{name} ({columns})")
    rows = list(rows)
    if rows:
        cells = [list(column) for column in zip(*rows, strict=True)]
        names = [f"c{number}" for number in range(len(cells))]
        con.register("incoming", pa.table(dict(zip(names, cells, strict=True))))
        con.execute(f"insert into {schema}.{name} from incoming")
        con.unregister("incoming")
