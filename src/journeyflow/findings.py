"""What the journeys say first, in sentences that each carry their numbers."""

from __future__ import annotations

from collections.abc import Iterator

from journeyflow import counts
from journeyflow.store import Store

DAY, HOUR = 86_400, 3_600


def findings(store: Store) -> str:
    """A few sentences about a published store; what it does not know is left out."""
    return "\n".join(f"- {sentence}" for sentence in _sentences(store))


def _sentences(store: Store) -> Iterator[str]:
    yield from _read(store)
    yield from _journeys(store)
    yield from _stages(store)
    yield from _calls(store)
    yield from _channels(store)
    yield from _care(store)


def _read(store: Store) -> Iterator[str]:
    row = store.query(
        "select count(*) as files, count(distinct source) as sources, "
        "sum(rows_read)::bigint as read, sum(rows_used)::bigint as used, "
        "sum(duplicates)::bigint as duplicates, sum(rejects)::bigint as rejects, "
        "sum(skipped)::bigint as skipped from files"
    ).iloc[0]
    yield (
        f"{row.files:,} export files of {row.sources} sources hold {row.read:,} rows: "
        f"{row.used:,} count, {row.duplicates:,} are duplicates or superseded, "
        f"{row.rejects:,} were rejected, {row.skipped:,} are no data."
    )


def _journeys(store: Store) -> Iterator[str]:
    row = counts.journeys(store)
    if not row.journeys:
        yield counts.NO_JOURNEY
        return
    currency = store.query("select currency from project")["currency"][0]
    worth = f", worth {row.value:,.0f} {currency}" if row.value else ""
    yield (
        f"{row.persons:,} persons made {row.journeys:,} journeys: {row.converted:,} converted"
        f"{worth}, {row.lost:,} are lost, {row.open:,} are still open and count as neither."
    )


def _stages(store: Store) -> Iterator[str]:
    rows = store.query(
        "select stage, entered, advanced, lost, open, exit_touchpoint, wait_median_s "
        "from stage_conversion where advanced is not null and entered > 0 order by position"
    )
    if rows.empty:
        return
    worst = rows.loc[rows.lost.idxmax()]
    after = f", most of them after {worst.exit_touchpoint}" if worst.exit_touchpoint else ""
    yield (
        f"The largest loss is in {worst.stage}: of {worst.entered:,} journeys that entered, "
        f"{worst.lost:,} were lost{after}, {worst.advanced:,} went on, {worst.open:,} are open."
    )
    waited = store.query(
        "select from_touchpoint, to_touchpoint, transitions, wait_median_s, wait_p90_s "
        "from transitions where transitions >= 20 and wait_median_s is not null "
        "order by wait_median_s desc, transitions desc limit 1"
    )
    for row in waited.itertuples():
        yield (
            f"The longest usual wait lies between {row.from_touchpoint} and {row.to_touchpoint}: "
            f"half of {row.transitions:,} waited more than {_time(row.wait_median_s)}, "
            f"one in ten more than {_time(row.wait_p90_s)}."
        )


def _calls(store: Store) -> Iterator[str]:
    row = store.query(
        "select count(*) as calls, count(*) filter (not answered) as missed from events "
        "where answered is not null and not is_bot"
    ).iloc[0]
    if row.calls:
        yield f"Of {row.calls:,} calls {row.missed:,} were missed ({row.missed / row.calls:.0%})."


def _channels(store: Store) -> Iterator[str]:
    rows = store.query(
        "select channel, conversions, value, cost, roas from channel_credit "
        "where model = 'linear' and conversions > 0 order by conversions desc, channel limit 1"
    )
    for row in rows.itertuples():
        yield (
            f"{row.channel} earns most credit: {row.conversions:,.1f} conversions when each is "
            "shared equally among its touches. First and last touch may say otherwise: see the "
            "report."
        )
    idle = store.query(
        "select channel, cost from channel_credit where model = 'linear' and cost > 0 "
        "and conversions = 0 order by cost desc, channel limit 1"
    )
    for row in idle.itertuples():
        yield f"{row.channel} cost {row.cost:,.0f} and no journey shows a touch of it."


def _care(store: Store) -> Iterator[str]:
    row = counts.left_out(store)
    yield (
        f"Left out of journeys: {row.bots:,} events of bots, {row.unknown:,} events that tell "
        f"nobody apart. {row.same:,} conversions were reported twice and count once."
    )
    rules = store.query("select count(*) as n, count(*) filter (holds) as held from reconciliation")
    yield f"{rules.held[0]} of {rules.n[0]} reconciliation rules hold."


def _time(seconds: float) -> str:
    if seconds >= 2 * DAY:
        return f"{seconds / DAY:.1f} days"
    return f"{seconds / HOUR:.1f} hours" if seconds >= HOUR else f"{seconds / 60:.0f} minutes"
