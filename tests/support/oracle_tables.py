"""What is counted over everyone, once more from the definitions: plain loops."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from tests.support.oracle import Conversion, Journey, Step, World, judge_direct


def sources_shared(world: World) -> dict[tuple[str, str], int]:
    """Of the persons of one source, how many the other also knows."""
    known: dict[str, set[int]] = defaultdict(set)
    for number, person in world.persons.items():
        for event in person.events:
            known[event.source].add(number)
    return {(a, b): len(known[a] & known[b]) for a in known for b in known}


Moves = dict[tuple[str, str], list[tuple[Journey, float | None]]]


def transitions(journeys: Iterable[Journey]) -> Moves:
    """Moves up to the step that holds the first conversion, with starts and ends."""
    moves: Moves = defaultdict(list)
    for journey in journeys:
        taken = [step for step in journey.steps if not step.after_conversion]
        moves["(start)", taken[0].touchpoint].append((journey, None))
        for before, step in pairwise(taken):
            moves[before.touchpoint, step.touchpoint].append((journey, step.wait_s))
        moves[taken[-1].touchpoint, f"({journey.outcome})"].append((journey, None))
    return moves


def transitions_after(journeys: Iterable[Journey]) -> Moves:
    """Moves after the first conversion, from (converted) to (end)."""
    moves: Moves = defaultdict(list)
    for journey in journeys:
        if journey.outcome != "converted":
            continue
        before = "(converted)"
        for step in (each for each in journey.steps if each.after_conversion):
            moves[before, step.touchpoint].append((journey, step.wait_s))
            before = step.touchpoint
        moves[before, "(end)"].append((journey, None))
    return moves


def move_rows(moves: Moves) -> dict[tuple[str, str], tuple[object, ...]]:
    """(from, to) -> transitions, journeys, persons, share, median of the waits."""
    leaving = Counter[str]()
    for (source, _), found in moves.items():
        leaving[source] += len(found)
    rows: dict[tuple[str, str], tuple[object, ...]] = {}
    for (source, target), found in moves.items():
        waits = [wait for _, wait in found if wait is not None]
        rows[source, target] = (
            len(found),
            len({(j.person, j.number) for j, _ in found}),
            len({j.person for j, _ in found}),
            len(found) / leaving[source],
            median(waits) if waits else None,
        )
    return rows


def stage_rows(
    journeys: Iterable[Journey], world: World, covered_from: Mapping[str, datetime | None]
) -> dict[str, tuple[object, ...]]:
    """stage -> entered, started_here, advanced, lost, open, rate, median wait, exit touchpoint."""
    journeys, rules = list(journeys), world.rules
    rows: dict[str, tuple[object, ...]] = {}
    for position, stage in enumerate(rules.stages):
        later = rules.stages[position + 1 :]
        entered = started = advanced = lost = still = 0
        waits, exits = [], Counter[str]()
        fates: list[tuple[timedelta, str]] = []
        for journey in journeys:
            inside = [n for n, step in enumerate(journey.steps) if step.stage == stage]
            if not inside:
                continue
            entered += 1
            started += next(step.stage for step in journey.steps if step.stage) == stage
            onward = [step for step in journey.steps[inside[0] + 1 :] if step.stage in later]
            begun = journey.steps[inside[0]].entered_at
            if begun >= (covered_from[stage] or begun):
                fates.append(_fate(journey, begun, onward, world))
            if onward:
                advanced += 1
                waits.append((onward[0].entered_at - begun).total_seconds())
            elif journey.ended_by:
                lost += 1
                exits[left_at(journey)] += 1
            else:
                still += 1
        left = min(exits, key=lambda name: (-exits[name], name)) if exits else None
        wait = median(waits) if waits else None
        rows[stage] = (
            (entered, started, advanced, lost, still, _gone_on(fates), wait, left)
            if later
            else (entered, started, None, None, None, None, None, None)
        )
    return rows


def left_at(journey: Journey) -> str:
    """Where the customer stood last; a step that only records the loss is no such place."""
    return journey.path[-2 if records_loss(journey) else -1]


def records_loss(journey: Journey) -> bool:
    """Whether the last step holds nothing but the loss, and is not the only one."""
    return len(journey.steps) > 1 and journey.steps[-1].events == [journey.loss]


def critical_rows(journeys: Iterable[Journey]) -> dict[tuple[str, str | None], tuple[int, ...]]:
    """(level, point) -> journeys, visits, returns, ping-pongs, exits."""
    met: dict[tuple[str, str | None], list[tuple[int, int, bool, bool, bool]]] = defaultdict(list)
    for number, journey in enumerate(journeys):
        walked = journey.steps[:-1] if records_loss(journey) else journey.steps
        kept = [step for step in walked if not step.after_conversion]
        for place, step in enumerate(kept):
            seen = [(each.touchpoint, each.stage) for each in kept[:place]]
            row = (
                number,
                place,
                (step.touchpoint, step.stage) in seen,
                place > 1 and kept[place - 2].touchpoint == step.touchpoint,
                journey.outcome == "lost" and place == len(kept) - 1,
            )
            met["touchpoint", step.touchpoint].append(row)
            met["stage", step.stage].append(row)
    return {
        key: (
            len({row[0] for row in rows}),
            len(rows),
            *(sum(r[k] for r in rows) for k in (2, 3, 4)),
        )
        for key, rows in met.items()
    }


def _fate(
    journey: Journey, begun: datetime, onward: list[Step], world: World
) -> tuple[timedelta, str]:
    if onward:
        return onward[0].entered_at - begun, "advanced"
    if journey.ended_by:
        patience = world.rules.lost_after if journey.ended_by == "silence" else timedelta(0)
        return max(journey.ended_at + patience - begun, timedelta(0)), "lost"
    return world.observed_until - begun, "open"


def _gone_on(fates: list[tuple[timedelta, str]]) -> float | None:
    """Aalen and Johansen's share that has gone on in the end, in fractions."""
    if not fates:
        return None
    share, waiting = Fraction(0), Fraction(1)
    for after in sorted({after for after, _ in fates}):
        at_risk = sum(each >= after for each, _ in fates)
        share += waiting * Fraction(fates.count((after, "advanced")), at_risk)
        waiting *= 1 - Fraction(
            fates.count((after, "advanced")) + fates.count((after, "lost")), at_risk
        )
    return float(share)


def path_rows(
    conversions: Iterable[Conversion], journeys: Iterable[Journey], world: World
) -> dict[tuple[str, ...], tuple[int, int, Decimal]]:
    """path -> conversions, nulls, value."""
    taken = {event.key for each in world.conversions for event, _ in each.touches}
    rows: dict[tuple[str, ...], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for conversion in conversions:
        row = rows[tuple(channel for _, channel in conversion.touches)]
        row[0] += 1
        row[2] += conversion.value
    for journey in journeys:
        if journey.outcome == "lost":
            judged = judge_direct(journey.touches, world.rules)
            path = tuple(channel for event, channel in judged if event.key not in taken)
            if path:
                rows[path][1] += 1
    return {path: (int(c), int(n), value) for path, (c, n, value) in rows.items()}


def credit_rows(
    conversions: Iterable[Conversion],
) -> dict[tuple[str, str], tuple[float, float]]:
    """(model, channel) -> conversions, value, for first, last and linear."""
    credit: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for conversion in conversions:
        channels = [channel for _, channel in conversion.touches] or ["(no touch)"]
        for model, earners in (
            ("first", channels[:1]),
            ("last", channels[-1:]),
            ("linear", channels),
        ):
            for channel in earners:
                credit[model, channel][0] += 1 / len(earners)
                credit[model, channel][1] += float(conversion.value) / len(earners)
    # A channel that some model credits has a row of its own in each.
    for channel in {channel for _, channel in credit}:
        for model in ("first", "last", "linear"):
            credit[model, channel][0] += 0
    return {key: (count, value) for key, (count, value) in credit.items()}


def month_of(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date().replace(day=1)
