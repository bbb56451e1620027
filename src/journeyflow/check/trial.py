"""The proposed source tried on the file: by the real reader, exactly as the block says it."""

from __future__ import annotations

import tomllib
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from journeyflow.check import figures
from journeyflow.check.block import source_block
from journeyflow.check.context import Context
from journeyflow.check.draft import Draft
from journeyflow.check.findings import FileReport
from journeyflow.check.masking import mask
from journeyflow.check.raw import one
from journeyflow.check.rehearsal import Rehearsal, Rehearsed, rehearse
from journeyflow.project import Project
from journeyflow.settings import Currency, Identity, ProjectTable, Source
from journeyflow.sources.formats import FORMATS

SHOWN_ROWS = 3
ANY_CURRENCY = "XXX"


def try_out(
    report: FileReport, draft: Draft, context: Context, look: duckdb.DuckDBPyConnection
) -> None:
    """Fill the report with what the reader makes of the files under the draft.

    `look` holds the table `raw` of the first file. Open questions are answered for this look
    alone, by what `draft.trial` says. Raises DataError where a file cannot be read at all.
    """
    source = _source(report, draft)
    project = Project(
        directory=context.directory,
        project=ProjectTable(
            name="check",
            timezone=context.zone or "UTC",
            currency=context.currency or ANY_CURRENCY,
        ),
        sources=(source,),
        identity=Identity(region=draft.region or context.region),
        currency=Currency(rates=_rates(draft, context)),
    )
    files = [Rehearsed(source, path.name, path) for path in report.paths]
    with rehearse(project, files) as rehearsal:
        for fault in rehearsal.faults.values():
            raise fault
        _count(report, draft, context, rehearsal)
        if FORMATS[draft.format].lands == "events":
            _persons(report, rehearsal)
        report.first_rows = _first_rows(rehearsal.con, draft, look, report.zone or "UTC")


def _source(report: FileReport, draft: Draft) -> Source:
    block = tomllib.loads(source_block(draft, report.name, ["any"]))["sources"][0]
    if draft.columns:  # those that a question is about are missing in the block
        block["columns"] = draft.columns | block["columns"]
    if "scale_min" in draft.constants and draft.constants["scale_min"] == "…":
        block["columns"] |= {"scale_min": {"value": "-1000000"}, "scale_max": {"value": "1000000"}}
    return Source(**(block | draft.trial))


def _rates(draft: Draft, context: Context) -> dict[str, Any]:
    """Every currency of the file is worth something for this look."""
    name = draft.columns.get("currency")
    found = [value.upper() for value, _ in draft.column(name).top] if name else []
    known = context.currency or ANY_CURRENCY
    return {each: 1 for each in found if each != known and each.isascii() and each.isalpha()}


def _count(report: FileReport, draft: Draft, context: Context, rehearsal: Rehearsal) -> None:
    con, lands = rehearsal.con, FORMATS[draft.format].lands
    ids = [row[0] for row in con.execute("select file_id from private.ledger").fetchall()]
    report.rows, report.used, report.rejected = figures.counts(con, lands, ids)
    report.rejects, report.skips = figures.rejects(con, ids), figures.skips(con, ids)
    report.first_at, report.last_at = figures.period(con, lands, ids)
    report.identifiers = figures.identifiers(con, lands, ids)
    report.blocked = figures.blocked(con, ids)
    report.zone = str(draft.settings.get("timezone") or context.zone or "UTC")
    report.zone_assumed = not (draft.settings.get("timezone") or context.zone)
    report.has_offset = draft.has_offset
    if lands != "costs":
        report.kinds, report.kinds_in_all = figures.kinds(con, ids, lands)
    if lands == "events" and not draft.is_day_only:
        report.busiest = figures.busiest_hours(con, ids, report.zone)


def _persons(report: FileReport, rehearsal: Rehearsal) -> None:
    """Persons by the real identity rules: hubs, bots and null-like values are out of it."""
    rehearsal.build("event_persons")
    report.folders = figures.folders(rehearsal.con)
    report.persons, report.events_with_person = one(
        rehearsal.con, "select count(distinct person_id), count(*) from event_persons"
    )


def _first_rows(
    con: duckdb.DuckDBPyConnection, draft: Draft, look: duckdb.DuckDBPyConnection, zone: str
) -> list[dict[str, str]]:
    """The first records under journeyflow's names; what landed, and identifiers as exported."""
    lands = FORMATS[draft.format].lands
    described = con.execute(
        f"select * exclude (ref, file_id, content) from private.landed_{lands} "
        f"where file_id = 1 order by line limit {SHOWN_ROWS}"
    )
    names = [each[0] for each in described.description]
    rows = [dict(zip(names, row, strict=True)) for row in described.fetchall()]
    return [_shown(row, draft, look, ZoneInfo(zone)) for row in rows]


def _shown(
    row: dict[str, Any], draft: Draft, look: duckdb.DuckDBPyConnection, zone: ZoneInfo
) -> dict[str, str]:
    made_up = () if draft.format != "table" or "event_id" in draft.columns else ("event_id",)
    shown: dict[str, str] = {}
    for name, value in row.items():
        if name == "local_day" and "occurred_at" in row:
            continue
        if value is None or value in ({}, []) or name in ("identifiers", *made_up):
            continue
        if name == "attributes":
            shown |= {f"attributes.{key}": mask(inner) for key, inner in value.items()}
        elif isinstance(value, datetime):
            shown[name] = f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S %z}"
        elif isinstance(value, Decimal | float):
            shown[name] = f"{value:.2f}".removesuffix(".00")
        else:
            masked_as = "name" if name == "owner" else "id" if name == "event_id" else ""
            shown[name] = mask(str(value), masked_as)
    for type, column in draft.identifiers.items():
        place = draft.column(column).place
        value = one(
            look, f"select trim(c{place}) from raw where line = $line", {"line": row["line"]}
        )
        if value and value[0]:
            masked_as = type if type in ("phone", "email") else "id"
            shown[f"identifiers.{type}"] = mask(value[0], masked_as)
    for each in row.get("identifiers") or ():
        shown.setdefault(f"identifiers.{each['type']}", "(read)")
    return shown
