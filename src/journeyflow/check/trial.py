"""The proposed source tried on the file: by the real reader, exactly as the block says it."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from journeyflow.check import figures
from journeyflow.check.block import source_block
from journeyflow.check.draft import NO_CURRENCY, Draft
from journeyflow.check.findings import FileReport
from journeyflow.check.masking import mask, role_of
from journeyflow.check.profile import one
from journeyflow.check.rehearsal import rehearse
from journeyflow.project import Project, source_table
from journeyflow.settings import Currency, Identity, ProjectTable, Source
from journeyflow.sources.formats import FORMATS

SHOWN_ROWS = 3
ANY_SCALE = {"scale_min": {"value": "-1000000"}, "scale_max": {"value": "1000000"}}


def try_out(report: FileReport, draft: Draft) -> None:
    """Fill the report with what the reader makes of the files under the draft.

    Open questions are answered for this look alone, by what `draft.trial` says. Raises DataError
    where a file cannot be read at all.
    """
    context = draft.context
    source = _source(report, draft)
    zone, currency = context.zone or "UTC", context.currency or NO_CURRENCY
    project = Project(
        directory=context.directory,
        project=ProjectTable(name="check", timezone=zone, currency=currency),
        sources=(source,),
        identity=Identity(region=draft.region or context.region),
        currency=Currency(rates=_rates(draft, currency)),
    )
    lands = FORMATS[draft.format].lands
    with rehearse(project, {source.name: {path.name: path for path in report.paths}}) as rehearsal:
        for fault in rehearsal.faults[source.name].values():
            raise fault
        con = rehearsal.run.con
        ids = [number for (number,) in con.execute("select file_id from private.ledger").fetchall()]
        figures.fill(report, con, lands, ids)
        report.zone, report.zone_assumed = source.timezone or zone, "timezone" in draft.trial
        report.has_offset = draft.has_offset
        if lands == "events":
            rehearsal.build("tagged_events", "event_persons")
            report.persons, report.events_with_person, report.events_of_nobody = one(
                con,
                "select count(distinct person_id), count(person_id), "
                "count(*) filter (person_id is null and not is_bot) "
                "from tagged_events left join event_persons using (ref)",
            )
            if not draft.is_day_only:
                report.busiest = figures.busiest_hours(con, report.zone)
            report.silences = figures.silences(con, project.sessions.timeout)
            report.touchpoints = figures.touchpoints(
                con, source.name if "kind" in draft.constants else None
            )
        found = con.execute(
            "select * exclude (ref, file_id), (select list(distinct type order by type) "
            "from private.landed_identifiers as i where i.ref = l.ref) as identifiers "
            f"from private.landed_{lands} as l where file_id = 1 "
            f"order by line, ref limit {SHOWN_ROWS}"
        )
        names = [each[0] for each in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    report.first_rows = [_shown(row, draft, ZoneInfo(report.zone)) for row in rows]


def _source(report: FileReport, draft: Draft) -> Source:
    if draft.standing:
        return draft.standing.model_copy(update=draft.trial)
    block = tomllib.loads(source_block(draft, report.name, ["any"]))["sources"][0]
    if draft.columns:  # those that a question is about are missing in the block
        constants = {role: {"value": value} for role, value in draft.constants.items()}
        block["columns"] = draft.columns | constants | block["columns"]
    if draft.constants.get("scale_min") == "…":
        block["columns"] |= ANY_SCALE
    return source_table(block | draft.trial)


def _rates(draft: Draft, known: str) -> dict[str, Any]:
    """Every currency of the file is worth something for this look."""
    name = draft.columns.get("currency")
    holding = [draft.column(name)] if name else []
    if not draft.columns:  # a format that knows its own fields
        holding = [each for each in draft.all_columns if "currency" in each.name.lower()]
    told = " ".join(value.upper() for each in holding for value, _ in each.top)
    told += f" {draft.constants.get('currency', '')}"
    return {each: 1 for each in re.findall(r"\b[A-Z]{3}\b", told) if each != known}


def _shown(row: dict[str, Any], draft: Draft, zone: ZoneInfo) -> dict[str, str]:
    """A landed record under journeyflow's names; its identifiers, masked, as exported."""
    identifiers = row.pop("identifiers") or ()
    if "occurred_at" in row:
        row.pop("local_day", None)
    if draft.format == "table" and "event_id" not in draft.columns:
        row.pop("event_id")  # made up from the content
    for key, text in (row.pop("attributes", None) or {}).items():
        row[f"attributes.{key}"] = text
    shown = {}
    for name, value in row.items():
        if isinstance(value, datetime):
            shown[name] = f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S %z}"
        elif isinstance(value, Decimal | float):
            shown[name] = f"{value:.2f}".removesuffix(".00")
        elif value is not None:
            shown[name] = mask(str(value), role_of(name))
    for type, column in draft.identifiers.items():
        found = draft.column(column)
        cell = f"select trim(c{found.place}) from raw where line = $line"
        (text,) = one(found.con, cell, {"line": row["line"]})
        if text:
            shown[f"identifiers.{type}"] = mask(text, role_of(f"identifiers.{type}"))
    for type in identifiers:
        shown.setdefault(f"identifiers.{type}", "(read)")
    return shown
