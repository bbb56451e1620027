"""A published store built by hand from literal journeys, to read without any writer.

    store = write_published(tmp_path, [visit("ann", "Home", "Catalogue", outcome="converted")])

The tables are those of docs/data_model.md. What follows from journeys (steps, transitions, stage
counts, credit, reconciliation) is counted here in plain Python, apart from the code under test.
Tables that no journey implies (files, rejects, costs, source_overlap …) take literal `extra` rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import pyarrow as pa
from statsmodels.stats.proportion import proportion_confint

from journeyflow.analysis.narrowed import make

BEGIN = datetime(2026, 10, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
STAGES = {"awareness": "Marketing", "consideration": None, "purchase": "Sales"}
TOUCHPOINTS = {
    "Home": "awareness",
    "Advert": "awareness",
    "Catalogue": "consideration",
    "Call": "consideration",
    "Order": "purchase",
}
Row = Mapping[str, Any]
LEDGER = ("journeys", "steps", "events", "touches", "conversions")


@dataclass(frozen=True)
class Journey:
    """One journey in words. `path` holds every step; the first conversion is in step
    `converted_in` (default: the last), later steps are after it. Steps are `pace` apart."""

    person: str
    path: tuple[str, ...]
    outcome: str = "open"
    began: datetime = BEGIN
    pace: timedelta = HOUR
    channels: tuple[str, ...] = ()
    converted_in: int | None = None
    value: int = 100
    number: int = 1
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def journey_id(self) -> str:
        return f"{self.person}-{self.number}"

    @property
    def converts_at(self) -> int | None:
        """Number of the step that holds the first conversion."""
        return (self.converted_in or len(self.path)) if self.outcome == "converted" else None

    def at(self, step: int) -> datetime:
        return self.began + (step - 1) * self.pace


def visit(person: str, *path: str, **options: Any) -> Journey:
    return Journey(person, path, **options)


# Made of the ledger by the models themselves, which other tests hold against definitions.
ANALYSED = (
    "critical_points", "handovers", "loss_reasons", "patience_whatif", "stage_curves",
    "touchpoint_waits", "weakest_links",
)  # fmt: skip


def write_published(
    project: Path,
    journeys: Iterable[Journey],
    *,
    run_id: str = "20261101T030000Z",
    stages: Mapping[str, str | None] = STAGES,
    touchpoints: Mapping[str, str] = TOUCHPOINTS,
    extra: Mapping[str, Sequence[Row]] | None = None,
    analysed: Sequence[str] = (),
    **settings: Any,
) -> Path:
    """Writes <project>/published/journeys-<run_id>.duckdb and returns its path.

    `extra`: more rows per table; `analysed`: tables that follow from the ledger, all of which
    reports read; `settings`: columns of table project.
    """
    told = list(journeys)
    rows = _rows(told, dict(stages), dict(touchpoints))
    rows["project"] = [_PROJECT | {"run_id": run_id} | settings]
    for table, more in (extra or {}).items():
        rows[table] = [*rows.get(table, []), *more]
    path = project / "published" / f"journeys-{run_id}.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute("create schema monthly")
        for table, columns in SCHEMA.items():
            con.execute(f"create table {table} ({columns})")
            if table in _BY_MONTH:
                con.execute(f"create table monthly.{table} (month date, {columns})")
        for table, content in rows.items():
            insert(con, table, content)
        make(con, analysed)
        for table in analysed:
            con.execute(f"create table main.{table} as from temp.{table}")
    return path


def insert(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Row]) -> None:
    """Inserts dictionaries; columns that are left out stay NULL."""
    content = [dict(row) for row in rows]
    if content:
        names = list(dict.fromkeys(name for row in content for name in row))
        given = pa.table({name: [row.get(name) for row in content] for name in names})
        con.register("given", given)
        con.execute(f"insert into {table} by name select * from given")
        con.unregister("given")


def fill_ledger(con: duckdb.DuckDBPyConnection, told: Iterable[Journey]) -> None:
    """Replaces the rows of journeys, steps and events; for tests that need no other table."""
    rows = _rows(list(told), dict(STAGES), dict(TOUCHPOINTS))
    for table in LEDGER:
        con.execute(f"delete from {table}")
        insert(con, table, rows[table])


def _rows(
    told: list[Journey], stages: dict[str, str | None], touchpoints: dict[str, str]
) -> dict[str, list[Row]]:
    position = {name: place for place, name in enumerate(stages, 1)}
    rows: dict[str, list[Row]] = defaultdict(list)
    rows["stages"] = [{"name": n, "position": position[n], "owner": o} for n, o in stages.items()]
    for journey in told:
        _tell(journey, touchpoints, rows, position)
    rows["persons"] = [
        {"person_id": person, "journeys": count, "identifiers": 1}
        for person, count in Counter(j.person for j in told).items()
    ]
    rows["transitions"] = _transitions(told)
    rows["touchpoints"] = _touchpoints(told, touchpoints)
    rows["stage_conversion"] = _stages(told, position, touchpoints)
    rows["stage_coverage"] = [{"stage": n, "position": position[n]} for n in stages]
    rows["channel_credit"], rows["monthly.channel_credit"] = _credit(told)
    kept = sum(len(journey.path) for journey in told)
    rows["reconciliation"] = [
        {"rule": "steps = sum of journeys.steps", "left_value": kept, "right_value": kept,
         "holds": True},
    ]  # fmt: skip
    return rows


def _tell(
    j: Journey, touchpoints: dict[str, str], rows: dict[str, list[Row]], position: dict[str, int]
) -> None:
    stages = [touchpoints.get(t) for t in j.path]
    known = [s for s in stages if s in position]
    converted_at = j.at(j.converts_at) if j.converts_at else None
    rows["journeys"].append({
        "journey_id": j.journey_id, "person_id": j.person, "journey_number": j.number,
        "started_at": j.began, "ended_at": j.at(len(j.path)), "outcome": j.outcome,
        "closed": j.outcome != "open",
        "closed_at": None if j.outcome == "open" else j.at(len(j.path)),
        "converted_at": converted_at,
        "conversions": int(converted_at is not None), "value": j.value if converted_at else 0,
        "steps": len(j.path), "path": list(j.path), "channel_path": list(j.channels),
        "first_channel": j.channels[0] if j.channels else None,
        "last_touchpoint": j.path[(j.converts_at or len(j.path)) - 1],
        "exit_touchpoint": None if j.outcome == "open" else j.path[-1],
        "started_stage": stages[0] if stages else None,
        "furthest_stage": max(known, key=position.__getitem__) if known else None,
        **j.attributes,
    })  # fmt: skip
    for number, (touchpoint, stage) in enumerate(zip(j.path, stages, strict=True), 1):
        channel = j.channels[number - 1] if number <= len(j.channels) else None
        shared = {
            "journey_id": j.journey_id, "person_id": j.person, "touchpoint": touchpoint,
            "stage": stage, "channel": channel,
        }  # fmt: skip
        rows["steps"].append(shared | {
            "step_number": number, "from_touchpoint": j.path[number - 2] if number > 1 else None,
            "event_number": number, "entered_at": j.at(number), "left_at": j.at(number),
            "events": 1, "wait_s": j.pace.total_seconds() if number > 1 else None,
            "after_conversion": j.converts_at is not None and number > j.converts_at,
            "records_loss": False,
        })  # fmt: skip
        rows["events"].append(shared | {
            "event_id": f"{j.journey_id}/{number}", "source": "site", "kind": "page_view",
            "occurred_at": j.at(number), "event_number": number,
            "page": f"/{touchpoint.lower()}", "is_bot": False, "participates": True,
            "file": "exports/site/1.csv", "line": number,
        })  # fmt: skip
    rows["touches"] += [
        {"journey_id": j.journey_id, "person_id": j.person, "event_number": number,
         "channel": channel, "touched_at": j.at(number)}
        for number, channel in enumerate(j.channels, 1)
    ]  # fmt: skip
    if converted_at:
        rows["conversions"].append({
            "conversion_id": f"c-{j.journey_id}", "person_id": j.person, "name": "purchase",
            "journey_id": j.journey_id, "occurred_at": converted_at, "value": j.value,
            "source": "site", "event_number": j.converts_at,
        })  # fmt: skip


def _transitions(told: list[Journey]) -> list[Row]:
    moves: dict[tuple[str, str], list[Journey]] = defaultdict(list)
    for j in told:
        path = ["(start)", *j.path[: j.converts_at], f"({j.outcome})"]
        for pair in pairwise(path):
            moves[pair].append(j)
    leaving = Counter[str]()
    for (source, _), found in moves.items():
        leaving[source] += len(found)
    return [
        {
            "from_touchpoint": a, "to_touchpoint": b, "transitions": len(found),
            "journeys": len({j.journey_id for j in found}),
            "persons": len({j.person for j in found}), "share": len(found) / leaving[a],
        }
        for (a, b), found in moves.items()
    ]  # fmt: skip


def _touchpoints(told: list[Journey], touchpoints: dict[str, str]) -> list[Row]:
    seen = {t for j in told for t in j.path}
    return [
        {
            "touchpoint": t, "stage": touchpoints.get(t),
            "journeys": sum(t in j.path for j in told),
            "persons": len({j.person for j in told if t in j.path}),
            "steps": sum(j.path.count(t) for j in told),
        }
        for t in sorted(seen)
    ]  # fmt: skip


def _stages(
    told: list[Journey], position: dict[str, int], touchpoints: dict[str, str]
) -> list[Row]:
    rows: list[Row] = []
    for stage, place in position.items():
        entered, advanced, lost, exits, waits, started = 0, 0, 0, Counter[str](), [], 0
        for j in told:
            where = [touchpoints.get(t, "") for t in j.path]
            if stage not in where:
                continue
            entered += 1
            started += where[0] == stage
            first = where.index(stage)
            later = [k for k in range(first, len(where)) if position.get(where[k], 0) > place]
            if later:
                advanced += 1
                waits.append((later[0] - first) * j.pace.total_seconds())
            elif j.outcome != "open":
                lost += 1
                exits[j.path[-1]] += 1
        row = {"stage": stage, "position": place, "entered": entered, "started_here": started}
        if place < len(position):
            most = min(exits, key=lambda t: (-exits[t], t)) if exits else None
            row |= {
                "advanced": advanced, "lost": lost, "open": entered - advanced - lost,
                "rate_so_far": advanced / entered if entered else None, "covered": entered,
                "wait_median_s": median(waits) if waits else None, "exit_touchpoint": most,
            }  # fmt: skip
            if entered and entered == advanced + lost:  # of the open this page knows nothing
                low, high = proportion_confint(advanced, entered, method="wilson")
                row |= {"rate": advanced / entered, "rate_low": low, "rate_high": high}
        rows.append(row)
    return rows


def _credit(told: list[Journey]) -> tuple[list[Row], list[Row]]:
    """First, last and linear credit of each journey's channels to its conversion."""
    sums: dict[tuple[Any, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for j in told:
        if not j.converts_at:
            continue
        touched = j.channels or ("(none)",)
        month = j.at(j.converts_at).date().replace(day=1)
        parts = {"first": touched[:1], "last": touched[-1:], "linear": touched}
        for model, credited in parts.items():
            for channel in credited:
                for key in ((None, model, channel), (month, model, channel)):
                    sums[key][0] += 1 / len(credited)
                    sums[key][1] += j.value / len(credited)
    rows = [
        {"month": month, "model": model, "channel": channel, "conversions": n, "value": worth}
        for (month, model, channel), (n, worth) in sums.items()
    ]
    whole = [{k: v for k, v in row.items() if k != "month"} for row in rows if row["month"] is None]
    return whole, [row for row in rows if row["month"] is not None]


_PROJECT: Row = {
    "name": "Kitchens", "timezone": "Europe/Moscow", "currency": "RUB", "language": "en",
    "observed_until": BEGIN + 30 * DAY, "lost_after_s": 45 * 86400, "version": "0.1.0",
    "built_at": BEGIN + 31 * DAY,
}  # fmt: skip
_BY_MONTH = (
    "transitions", "transitions_after", "touchpoints", "stage_conversion", "conversion_paths",
    "channel_credit", "costs", "source_overlap",
)  # fmt: skip
SCHEMA = {
    "restatements": "run_id text, restated_at timestamptz, day date, figure text, reason text, "
    "published decimal(18, 2), moved decimal(18, 2), reports text[]",
    "project": """name text, timezone text, currency text, language text,
        observed_until timestamptz, lost_after_s bigint, dormant_after_days bigint,
        promoters boolean, persona_fitted_at timestamptz, run_id text, version text,
        built_at timestamptz""",
    "files": """source text, file text, rows_read bigint, rows_used bigint, duplicates bigint,
        rejects bigint, skipped bigint, first_event_at timestamptz, last_event_at timestamptz""",
    "warnings": "warning text",
    "skipped": "source text, file text, reason text, rows bigint",
    "stages": "name text, position bigint, owner text",
    "events": """event_id text, source text, kind text, occurred_at timestamptz, person_id text,
        session_id text, journey_id text, channel text, utm_source text, utm_medium text,
        utm_campaign text, touchpoint text, stage text, page text, device text, region text,
        product text, direction text, value decimal(18, 2), currency text, is_bot boolean,
        participates boolean, time_flag text, event_number bigint, file text, line bigint""",
    "persons": """person_id text, first_seen_at timestamptz, last_seen_at timestamptz,
        events bigint, sessions bigint, journeys bigint, conversions bigint,
        value decimal(18, 2), identifiers bigint, lifecycle text""",
    "sessions": """session_id text, person_id text, started_at timestamptz, ended_at timestamptz,
        events bigint, channel text, utm_source text, utm_medium text, utm_campaign text,
        landing text, device text, region text""",
    "journeys": """journey_id text, person_id text, journey_number bigint, started_at timestamptz,
        ended_at timestamptz, outcome text, closed boolean, closed_at timestamptz,
        ended_by text,
        converted_at timestamptz, conversions bigint, value decimal(18, 2), steps bigint,
        path text[], channel_path text[], first_channel text, last_touchpoint text,
        exit_touchpoint text, started_stage text, furthest_stage text, device text,
        region text, product text, loss_reason text,
        attributes map(text, text), month date""",
    "steps": """journey_id text, person_id text, step_number bigint, from_touchpoint text,
        touchpoint text, stage text, channel text, event_number bigint,
        entered_at timestamptz, left_at timestamptz, events bigint, wait_s double,
        after_conversion boolean, records_loss boolean""",
    "conversions": """conversion_id text, person_id text, journey_id text, name text,
        occurred_at timestamptz, value decimal(18, 2), source text, event_number bigint""",
    "touches": """person_id text, journey_id text, session_id text, event_number bigint,
        channel text, touched_at timestamptz, source text, event_id text""",
    "transitions": """from_touchpoint text, to_touchpoint text, transitions bigint,
        journeys bigint, persons bigint, share double, wait_median_s double, wait_p90_s double""",
    "transitions_after": """from_touchpoint text, to_touchpoint text, transitions bigint,
        journeys bigint, persons bigint, share double, wait_median_s double, wait_p90_s double""",
    "touchpoints": """touchpoint text, stage text, owner text, journeys bigint, persons bigint,
        steps bigint, exits bigint, p_convert double, share_of_losses double,
        removal_effect double, pagerank double, betweenness double""",
    "stage_conversion": """stage text, position bigint, entered bigint, started_here bigint,
        advanced bigint, lost bigint, open bigint, rate double, rate_low double, rate_high double,
        covered bigint, reason text, rate_so_far double, rate_of_closed double,
        wait_median_s double, wait_p90_s double, exit_touchpoint text""",
    "calendars": "owner text, calendar text, timezone text",
    "working_hours": "calendar text, opens_at timestamptz, closes_at timestamptz, "
    "worked_before_s double",
    "key_figures": "week date, figure text, value double, low double, high double, "
    "previous double, is_complete boolean, is_more_than_noise boolean",
    "change_effects": "change_number bigint",
    "caveats": "caveat text, part bigint, whole bigint",
    "kind_roles": "role text, source text, kind text",
    "expected_journeys": "name text, level text, position bigint, step text",
    "complaints": "person_id text, journey_id text, event_number bigint",
    "missed_calls": "person_id text, journey_id text, event_number bigint, event_id text",
    "company_waits": """person_id text, journey_id text, waits_for text, event_number bigint,
        touchpoint text, began_at timestamptz, answered_at timestamptz, answered_by text,
        wait_s double, went_on boolean""",
    "silences": "day bigint, at_risk bigint, still_silent double, come_back double",
    "stage_coverage": "stage text, position bigint, covered_from timestamptz, source text",
    "source_coverage": """source text, first_event_at timestamptz, last_event_at timestamptz,
        events bigint, days bigint, longest_silence_s double, began_after_s double,
        covered_from timestamptz, tells_calls boolean""",
    "conversion_touches": """conversion_id text, person_id text, position bigint, channel text,
        touched_at timestamptz, event_id text""",
    "conversion_paths": "path text[], conversions bigint, nulls bigint, value decimal(18, 2)",
    "channel_credit": """model text, channel text, conversions double, conversions_se double,
        value double, value_se double, cost double, roas double""",
    "costs": """day date, source text, medium text, campaign text, channel text,
        impressions bigint, clicks bigint, cost decimal(18, 2)""",
    "feedback": """feedback_id text, person_id text, journey_id text, occurred_at timestamptz,
        kind text, score double, touchpoint text, stage text""",
    "source_overlap": "source text, other_source text, persons bigint, shared_persons bigint",
    "rejects": 'source text, file text, line bigint, "column" text, value text, reason text',
    "reconciliation": "rule text, left_value double, right_value double, holds boolean",
    "runs": """run_id text, started_at timestamptz, finished_at timestamptz, engine text,
        mode text, reason text, rows_read bigint, duplicates bigint, rejects bigint,
        skipped bigint, new_events bigint, tied_events bigint, touched_persons bigint,
        version text""",
}
