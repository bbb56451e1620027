"""What a run found, in words with numbers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from journeyflow.counts import NO_JOURNEY, journeys, left_out
from journeyflow.language import words_in
from journeyflow.project import Project, load_project
from journeyflow.sources.formats import FORMATS
from journeyflow.store import Store, open_store
from journeyflow.warehouse.run import RunResult

LANDED = {"events": "events", "costs": "cost rows", "feedback": "answers", "links": "links"}


def summary_of(directory: Path, result: RunResult) -> str:
    """A few lines: what was read, what was set apart, what the journeys say, what to do next."""
    with open_store(directory) as store:
        lines = [
            _rows(store, load_project(directory), result),
            _set_apart(store),
            _journeys(store),
            _unmapped(store),
        ]
    lines.append(f"mode        {result.mode}{f' ({result.reason})' if result.reason else ''}")
    lines.append(f"published   {result.store}")
    lines.append(f"next        journeyflow report {directory}")
    return "\n".join(line for line in lines if line)


def _rows(store: Store, project: Project, result: RunResult) -> str:
    counts = result.counts
    lands = {source.name: FORMATS[source.format].lands for source in project.sources}
    used: Counter[str] = Counter()
    for file in store.query(
        "select source, rows_used, events from files where run_number = $number",
        {"number": int(result.run_id.partition("-")[0])},
    ).itertuples():
        events = lands[file.source] == "events"
        used[lands[file.source]] += file.events if events else file.rows_used
    kinds = [
        f"{used[kind]:,} {words}, "
        for kind, words in LANDED.items()
        if kind == "events" or kind in used
    ]
    return (
        f"read        {counts['rows_read']:,} new rows: {''.join(kinds)}"
        f"{counts['duplicates']:,} duplicates, {counts['rejects']:,} rejected, "
        f"{counts['skipped']:,} skipped; {counts['touched_persons']:,} persons touched"
    )


def _set_apart(store: Store) -> str:
    row = left_out(store)
    rejected = store.query(
        "select reason, count(*) as n from rejects group by reason order by n desc, reason limit 2"
    )
    reasons = "; ".join(f"{each.n:,} {each.reason}" for each in rejected.itertuples())
    text = f"set apart   {row.bots:,} events of bots, {row.unknown:,} events without a person"
    return f"{text}; rejected: {reasons}" if reasons else text


def _journeys(store: Store) -> str:
    row = journeys(store)
    if not row.journeys:
        return f"journeys    {NO_JOURNEY}"
    (project,) = store.query(
        "select strftime(timezone(timezone, observed_until), '%Y-%m-%d %H:%M') as until, currency "
        "from project"
    ).itertuples()
    # A journey may convert more than once. Where no export tells amounts the value is 0.
    value = f", {row.value:,.2f} {project.currency}" if row.value else ""
    conversions = f" ({row.conversions:,} conversions{value})" if row.conversions else ""
    return (
        f"journeys    {row.journeys:,} of {row.persons:,} persons: "
        f"{row.converted:,} converted{conversions}, {row.lost:,} lost, {row.open:,} still open, "
        f"as of {project.until}"
    )


def _unmapped(store: Store) -> str:
    row = store.query(
        "select count(*) filter (stage is null) as unmapped, count(*) as events "
        "from events where journey_id is not null"
    ).iloc[0]
    if not row.events or not row.unmapped:
        return ""
    share = words_in("en").percent(row.unmapped / row.events)
    return (
        f"unmapped    {row.unmapped:,} of {row.events:,} events ({share}) have no stage: "
        "add [[stages]] and [[touchpoints]] rules"
    )
