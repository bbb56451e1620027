"""Which sources are late: judged here for the run, its status and the doctor alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from journeyflow.errors import DataError
from journeyflow.project import Project
from journeyflow.sources.formats import FORMATS

DAY_S = 86_400
MOMENT = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class Freshness:
    """The latest row of a source; `late` is None without `max_age` or a row to judge it by.

    `arrived_at`: when a run first met the latest of its files; None where none was read, or where
    the ledger was not asked.
    """

    source: str
    latest: datetime | None
    max_age_s: float | None
    late: bool | None
    arrived_at: datetime | None = None


def freshness(project: Project, latest: Mapping[str, datetime]) -> tuple[Freshness, ...]:
    """Each source of the settings, given the moment of its latest row where it has one.

    A source is late if that is more than its `max_age` before the newest event of all sources.
    Days of costs and answers are no moments to judge others by.
    """
    events = event_sources(project)
    newest = max((latest[name] for name in events & latest.keys()), default=None)
    found = []
    for source in project.sources:
        moment, age = latest.get(source.name), source.max_age
        judged = age is not None and moment is not None and newest is not None
        late = newest - moment > age if judged else None  # type: ignore[operator]
        seconds = None if age is None else age.total_seconds()
        found.append(Freshness(source.name, moment, seconds, late))
    return tuple(found)


def event_sources(project: Project) -> set[str]:
    """Names of the sources whose rows are events: journeys are judged at the latest of these."""
    return {each.name for each in project.sources if FORMATS[each.format].lands == "events"}


def judged_at(project: Project, found: Iterable[Freshness], newest: datetime) -> datetime:
    """The end of observation: `newest`, or the latest event of the source that is latest of all."""
    events = event_sources(project)
    silent = [each.latest for each in found if each.late and each.source in events and each.latest]
    return min([newest, *silent])


def told(found: Iterable[Freshness], judged: datetime) -> list[str]:
    """A warning for each source that is late; journeys are judged at the moment `judged`."""
    warnings = []
    for each in found:
        if each.max_age_s is not None and each.latest is None:
            warnings.append(f"source {each.source} has delivered no row yet")
        elif each.late and each.latest:
            at = "; journeys are judged at that moment" * (each.latest == judged)
            warnings.append(
                f"source {each.source} is late: its latest row is of {each.latest:{MOMENT}} UTC{at}"
            )
    return warnings


def stop_if_late(project: Project, found: Iterable[Freshness]) -> None:
    """Raise one DataError where sources are late whose `late` is `stop`; nothing is published."""
    stopping = {each.name for each in project.sources if each.late == "stop"}
    silent = [each for each in found if each.source in stopping and (each.late or not each.latest)]
    if not silent:
        return
    listing = "\n".join(
        f"  - source {each.source}: "
        + (f"its latest row is of {each.latest:{MOMENT}} UTC" if each.latest else "no row yet")
        + f", and its max_age is {(each.max_age_s or 0) / DAY_S:g} days"
        for each in silent
    )
    count = "1 source is late" if len(silent) == 1 else f"{len(silent)} sources are late"
    raise DataError(
        f'{count}, and late = "stop": nothing is published\n{listing}',
        "bring newer exports and run again: what was read is kept; to publish without them, set "
        'late = "warn" or a longer max_age in [[sources]]',
    )
