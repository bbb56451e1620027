"""What a run found, in words with numbers, read from the published store alone."""

from __future__ import annotations

from pathlib import Path

from journeyflow.store import Store, open_store
from journeyflow.warehouse.run import RunResult


def summary_of(directory: Path, result: RunResult) -> str:
    """A few lines: what was read, what was set apart, what the journeys say, what to do next."""
    with open_store(directory) as store:
        lines = [
            _rows(result),
            _set_apart(store),
            _journeys(store),
            _unmapped(store),
        ]
    lines.append(f"mode        {result.mode}{f' ({result.reason})' if result.reason else ''}")
    lines.append(f"published   {result.store}")
    lines.append(f"next        journeyflow report {directory}")
    return "\n".join(line for line in lines if line)


def _rows(result: RunResult) -> str:
    counts = result.counts
    return (
        f"read        {counts['rows_read']:,} new rows: {counts['new_events']:,} events, "
        f"{counts['duplicates']:,} duplicates, {counts['rejects']:,} rejected, "
        f"{counts['skipped']:,} skipped; {counts['touched_persons']:,} persons touched"
    )


def _set_apart(store: Store) -> str:
    row = store.query(
        "select count(*) filter (is_bot) as bots, "
        "count(*) filter (person_id is null and not is_bot) as unknown, count(*) as events "
        "from events"
    ).iloc[0]
    rejected = store.query(
        "select reason, count(*) as n from rejects group by reason order by n desc, reason limit 2"
    )
    reasons = "; ".join(f"{each.n:,} {each.reason}" for each in rejected.itertuples())
    text = f"set apart   {row.bots:,} events of bots, {row.unknown:,} events without a person"
    return f"{text}; rejected: {reasons}" if reasons else text


def _journeys(store: Store) -> str:
    row = store.query(
        "select count(*) as journeys, count(distinct person_id) as persons, "
        "count(*) filter (outcome = 'converted') as converted, "
        "count(*) filter (outcome = 'lost') as lost, count(*) filter (outcome = 'open') as open, "
        "(select strftime(timezone(timezone, observed_until), '%Y-%m-%d %H:%M') from project) "
        "as until from journeys"
    ).iloc[0]
    return (
        f"journeys    {row.journeys:,} of {row.persons:,} persons: {row.converted:,} converted, "
        f"{row.lost:,} lost, {row.open:,} still open, as of {row.until}"
    )


def _unmapped(store: Store) -> str:
    row = store.query(
        "select count(*) filter (stage is null) as unmapped, count(*) as events "
        "from events where journey_id is not null"
    ).iloc[0]
    if not row.events or not row.unmapped:
        return ""
    share = row.unmapped / row.events
    return (
        f"unmapped    {row.unmapped:,} of {row.events:,} events ({share:.0%}) have no stage: "
        "add [[stages]] and [[touchpoints]] rules"
    )
