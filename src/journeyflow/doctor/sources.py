"""Checks of each source, from what was published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from journeyflow.doctor.finding import Finding
from journeyflow.doctor.zones import HOURS, Days, Fit, fits
from journeyflow.project import Project
from journeyflow.report.context import records
from journeyflow.settings import Source
from journeyflow.sources.formats import FORMATS
from journeyflow.status import published_freshness
from journeyflow.store import Store
from journeyflow.warehouse.models import load_model

MOST_DUPLICATES = 0.1
ROUND_BY_CHANCE = 1 / 1000
FAR_MORE = 10
FEWEST_ROUND = 3
SILENT = timedelta(days=7)
Row = dict[str, Any]


def source_findings(store: Store, project: Project) -> Iterator[Finding]:
    """Per source of the settings: freshness, duplicates and, for events, days, ids, persons, zone.

    A source without a published row has its freshness told and nothing else.
    """
    files, days, ids = (
        _by_source(store, name) for name in ("source_files", "source_days", "event_ids")
    )
    zones = fits(_hours(store))
    overlap = [*records(store.query("from source_overlap"))]
    for source in project.sources:
        name = source.name
        if name in files:
            yield _duplicates(files[name])
        if name in days and FORMATS[source.format].lands == "events":
            yield _gaps(days[name])
            yield _ids(ids[name])
            yield _persons(source, overlap)
            if name in zones:
                yield _zone(name, zones[name])


def freshness_findings(store: Store | None, project: Project, now: datetime) -> Iterator[Finding]:
    """Whether each source has rows, and new enough ones; and whether any has, by the clock."""
    fresh = published_freshness(project, store)
    newest = max((each.latest for each in fresh if each.latest), default=None)
    if newest:
        found, about = project.told_at(newest), "all sources"
        if now - newest > SILENT:
            found = f"nothing newer than {found}: are exports still coming?"
            expected = f"rows of the last {SILENT.days} days"
            mend = "see that exports are still made and put where [[sources]] looks for them"
            yield Finding("fresh", about, "look", found, expected, mend)
        else:
            yield Finding("fresh", about, "fine", f"newest row {found}")
    for each in fresh:
        found = f"latest row {project.told_at(each.latest)}" if each.latest else "no row yet"
        if each.late:
            days = (each.max_age_s or 0) / 86_400
            expected = f"at most {days:g} days before the newest event of all sources (max_age)"
            mend = "bring newer exports and run; or set max_age to what this source can do"
            yield Finding("fresh", each.source, "look", found, expected, mend)
        elif each.latest is None:
            mend = "see what journeyflow check says of its files, then journeyflow run"
            yield Finding("fresh", each.source, "look", found, "published rows", mend)
        else:
            found += "" if each.max_age_s else "; no max_age is set to judge it by"
            yield Finding("fresh", each.source, "fine", found)


def _duplicates(row: Row) -> Finding:
    read, twice = row["rows_read"], row["duplicates"]
    share = twice / read if read else 0
    found = f"{twice:,} of {read:,} rows read are duplicates ({share:.1%})"
    return Finding(
        "duplicates", row["source"], "look" if share > MOST_DUPLICATES else "fine", found,
        f"at most {MOST_DUPLICATES:.0%}, unless exports overlap on purpose",
        "see that each export covers its own days, and that event_id tells rows apart",
    )  # fmt: skip


def _gaps(row: Row) -> Finding:
    silent, odd = row["silent_days"], row["odd_days"]
    found = f"{silent} of {row['days']} days have no event"
    if odd:
        found += f"; {odd} of them in gaps that its own pace by weekday makes improbable, "
        found += f"first {row['first_odd_day']}"
    return Finding(
        "days", row["source"], "look" if odd else "fine", found,
        "no silence that is longer than chance would make it at the pace of the weeks around it",
        "look for exports of those days that are missing, and bring them",
    )  # fmt: skip


def _ids(row: Row) -> Finding:
    numbers, rounded, scientific = row["long_numbers"], row["rounded"], row["scientific"]
    too_round = rounded >= FEWEST_ROUND and rounded > FAR_MORE * ROUND_BY_CHANCE * numbers
    found = f"{scientific:,} of {row['events']:,} event ids are written like 1.23E+18, and "
    found += f"{rounded:,} of {numbers:,} long numbers end in 000"
    return Finding(
        "ids", row["source"], "look" if scientific or too_round else "fine", found,
        "ids as the other system wrote them: about one number of 1,000 ends in 000",
        "export again without opening the file in a spreadsheet: it rounds long numbers, and "
        "events whose ids became the same replace each other",
    )  # fmt: skip


def _persons(source: Source, overlap: list[Row]) -> Finding:
    mine = [row for row in overlap if row["source"] == source.name]
    others = [row for row in mine if row["other_source"] != source.name]
    if not mine or not others:
        found = "no other source has persons" if mine else "its events tell nobody apart"
        return Finding("persons", source.name, "fine", found)
    shares = [
        f"{row['shared_persons']:,} ({row['shared_persons'] / row['persons']:.0%}) in "
        f"{row['other_source']}"
        for row in sorted(others, key=lambda row: (-row["shared_persons"], row["other_source"]))
    ]
    known = any(row["shared_persons"] for row in others)
    return Finding(
        "persons", source.name, "fine" if known else "look",
        f"of its {mine[0]['persons']:,} persons other sources know {', '.join(shares)}",
        "some persons that another source knows, else it adds nothing to their journeys",
        "map an identifier that both write, such as an e-mail, phone or order number",
    )  # fmt: skip


def _zone(name: str, fit: Fit | str) -> Finding:
    if isinstance(fit, str):
        return Finding("zone", name, "fine", fit)
    if not fit.shifted:
        found = "no shift by whole hours makes its day that of another source"
        return Finding("zone", name, "fine", found)
    shift = f"{abs(fit.shift)} h {'later' if fit.shift > 0 else 'earlier'}"
    return Finding(
        "zone", name, "look",
        f"its day is that of {fit.other}, {shift} "
        f"(chi-square {fit.best:.0f} when moved, {fit.apart:.0f} as it is)",
        "the same hours of the day as other sources of the same persons",
        "check the source's timezone against a moment that you know; of two sources it may be "
        "the other one that is shifted",
    )  # fmt: skip


def _by_source(store: Store, model: str) -> dict[str, Row]:
    return {row["source"]: row for row in records(store.query(load_model("doctor", model).sql))}


def _hours(store: Store) -> Days:
    days: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0 for _ in HOURS])
    for row in records(store.query(load_model("doctor", "source_hours").sql)):
        days[row["source"], row["other_source"]][row["hour"]] = row["hours_lived"]
    return days
