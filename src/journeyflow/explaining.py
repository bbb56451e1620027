"""Where a person and a journey come from: the rows, the identifiers, the rules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from journeyflow.errors import DataError, WarehouseBusyError
from journeyflow.identity.keys import load_secret
from journeyflow.project import Project, load_project
from journeyflow.store import Store, open_store
from journeyflow.warehouse.asking import PERSONS, Whose, ask, whose
from journeyflow.warehouse.database import key_check
from journeyflow.warehouse.models import create_temp, load_model
from journeyflow.warehouse.peeking import private_opened

EVENTS = """
select step_number, occurred_at, kind, e.touchpoint, e.stage, e.channel, touchpoint_rule,
    conversion_id is not null as converts, source, file, line
from events as e
asof left join (
    select journey_id, step_number, event_number from steps where journey_id = $journey
) as s on e.journey_id = s.journey_id and e.event_number >= s.event_number
where e.journey_id = $journey order by e.event_number
"""

MODELS = ("person_rows", "person_evidence", "person_links")
KNOWN = "select count(*) as n from persons where person_id = $person_id"
CHANGES = """
select changed_at, old_person_id, new_person_id, reason from person_history
where $person_id in (old_person_id, new_person_id) order by changed_at
"""

ASKED = frozenset({"asked_identifiers"})
MOST_TOLD = 20

# What the company says of two identifiers, None where it is events that show both.
TITLES = {
    None: "seen together:",
    "same": "linked as the same:",
    "different": "known to be different:",
    "refused": "refused:",
}


@dataclass(frozen=True)
class PersonEvidence:
    """Why a person is one person.

    `identifiers`: type, key (its beginning), events, first_seen_at, file, line, is_disputed.
    `links`: type, key, other_type, other_key, `relation` (NULL where events show both, else what
    the company says of them), events or rows, file, line of the earliest, and the `rule` by which
    the link was refused, NULL where it was not.
    `changes`: what `person_history` tells. While a run writes, only this is known: the other two
    are None, and `unknown` says why.
    """

    person_id: str
    identifiers: pd.DataFrame | None
    links: pd.DataFrame | None
    changes: pd.DataFrame
    unknown: str = ""


def explain_person(directory: Path | str, person_id: str) -> PersonEvidence:
    """Tell which rows joined which identifiers to this person, and which links were refused.

    Nothing is written. Raises DataError where no identifier stands for the person.
    """
    project = load_project(directory)
    asked = {"person_id": person_id}
    with open_store(project.directory) as store:
        changes = store.query(CHANGES, asked)
        known = bool(store.query(KNOWN, asked)["n"].iloc[0]) or not changes.empty
    rows, *told = (load_model("explain", name) for name in MODELS)
    needed = frozenset().union(rows.inputs, *(each.inputs for each in told)) - {rows.name}
    try:
        with private_opened(project.directory, needed) as con:
            create_temp(con, [rows], asked)
            identifiers, links = (con.sql(each.sql).to_arrow_table().to_pandas() for each in told)
    except WarehouseBusyError as fault:
        if known:
            return PersonEvidence(person_id, None, None, changes, fault.message)
    else:
        if known or not identifiers.empty:
            return PersonEvidence(person_id, identifiers, links, changes)
    raise DataError(
        f"no identifier stands for the person {person_id!r}",
        "persons and their ids are in the table persons; of merged ones, in person_history",
    )


def explain_identifier(directory: Path | str, type: str, value: str) -> Whose:
    """Tell whom an identifier stands for, given as exports spell it, or whose it may be.

    Nothing is written. Raises SettingsError for a type or value that nobody can have and for
    another key than the rows were made with, DataError where it is nobody's, WarehouseBusyError
    while a run writes.
    """
    project = load_project(directory)
    needed = PERSONS.inputs - ASKED | {"facts"}
    with private_opened(project.directory, needed) as con:
        secret = load_secret(project.directory, untouched=True)
        stored = key_check(con)
        if stored:
            secret.verify(stored)
        ask(con, project, secret, type, value)
        found = whose(con)
        (rows,) = con.execute(
            "select count(*) from landed_identifiers semi join asked_identifiers using (type, key)"
        ).fetchall()[0]
    if found.theirs or found.perhaps:
        return found
    if rows:
        raise DataError(
            f"--identifier {type}=…: {rows} rows carry this identifier, and none is anybody's",
            "events of bots, rows that were replaced, and orders, clicks, landlines or toll-free "
            "numbers that nothing ties to a person are nobody's",
        )
    raise DataError(
        f"--identifier {type}=…: no row that was read carries this identifier",
        "look at its spelling, and whether its file was read: journeyflow status; rows of a "
        "forgotten person are gone",
    )


def explain_journey(store: Store, journey_id: str) -> tuple[pd.Series, pd.DataFrame]:
    """The journey's row, and its events with the rows of the exports that they come from.

    Raises DataError for an unknown journey.
    """
    found = store.query("from journeys where journey_id = $journey", {"journey": journey_id})
    if found.empty:
        raise DataError(
            f"there is no journey {journey_id!r} in the store of run {store.run_id}",
            "journeys and their ids are in the table journeys",
        )
    return found.iloc[0], store.query(EVENTS, {"journey": journey_id})


def person_in_words(project: Project, evidence: PersonEvidence) -> list[str]:
    """The evidence as lines of text, with times in the project's zone."""
    lines = [f"person {evidence.person_id}"]
    if evidence.identifiers is None or evidence.links is None:
        lines.append(f"identifiers and links cannot be told: {evidence.unknown}")
    else:
        lines += _links_in_words(project, evidence.identifiers, evidence.links)
    lines += ["changes:"] if len(evidence.changes) else []
    for row in evidence.changes.itertuples():
        became = row.new_person_id if isinstance(row.new_person_id, str) else "nobody"
        day = f"{row.changed_at.tz_convert(project.project.timezone):%Y-%m-%d}"
        lines.append(f"  {day}: {row.old_person_id} → {became} ({row.reason})")
    return lines


def _links_in_words(project: Project, identifiers: pd.DataFrame, links: pd.DataFrame) -> list[str]:
    lines = [] if len(identifiers) else ["no identifier stands for this person any more"]
    for row in identifiers.itertuples():
        claimed = "; claimed by several persons" if row.is_disputed else ""
        lines.append(
            f"  {row.type} {row.key}…: {row.events} events since "
            f"{project.told_at(row.first_seen_at)}, first in {row.file}, row {row.line}{claimed}"
        )
    told: dict[str, list[str]] = {title: [] for title in TITLES.values()}
    for row in links.itertuples():
        relation = row.relation if isinstance(row.relation, str) else None
        refused = isinstance(row.rule, str) and relation != "different"
        told["refused:" if refused else TITLES[relation]].append(
            f"  {row.type} {row.key}… and {row.other_type} {row.other_key}…: {row.events} "
            f"{'links' if relation else 'events'}, first in {row.file}, row {row.line}"
            + (f"; {row.rule}" if refused else "")
        )
    for title, found in told.items():
        lines += [title, *found] if found else []
    return lines


def journey_in_words(project: Project, journey: pd.Series, events: pd.DataFrame) -> list[str]:
    """A journey and its events as lines of text, with times in the project's zone."""
    zone = project.project.timezone
    number = f"number {journey.journey_number} of person {journey.person_id}"
    told = f"{journey.outcome}, {journey.steps} steps; times of {zone}"
    lines = [f"journey {journey.journey_id}, {number}: {told}"]
    for row in events.itertuples():
        stage = f" ({row.stage})" if isinstance(row.stage, str) else ""
        rule = _rule_in_words(project, row.touchpoint_rule)
        converts = ", a conversion" if row.converts else ""
        lines.append(
            f"  {row.step_number:>3.0f}  {row.occurred_at.tz_convert(zone):%Y-%m-%d %H:%M:%S}  "
            f"{row.touchpoint}{stage}  [{row.source}: {row.kind}{rule}{converts}; "
            f"{row.file}, row {row.line}]"
        )
    return lines


def _rule_in_words(project: Project, rule: float) -> str:
    if pd.isna(rule):
        return ""
    if rule > len(project.touchpoints):
        return ", named by the list of stages"
    return f", touchpoint rule {rule:.0f}"


def identifier_in_words(project: Project, type: str, found: Whose) -> list[str]:
    """Of each person whom the identifier stands for the evidence; of others, who they are."""
    lines = [
        line
        for each in found.theirs
        for line in person_in_words(project, explain_person(project.directory, each))
    ]
    if not found.perhaps:
        return lines
    several = found.is_shared or len(found.perhaps) > 1
    why = "several persons share it" if several else "it alone tells no person"
    lines += [f"{type}=… stands for nobody alone, since {why}; it may be of:"]
    lines += [f"  person {each}" for each in found.perhaps[:MOST_TOLD]]
    left = len(found.perhaps) - MOST_TOLD
    return [*lines, f"  and {left} more"] if left > 0 else lines


def explain(
    directory: Path | str,
    *,
    person: str | None = None,
    journey: str | None = None,
    identifier: tuple[str, str] | None = None,
) -> list[str]:
    """What the command line says of a person, a journey, or an identifier (its type and value)."""
    project = load_project(directory)
    if identifier:
        found = explain_identifier(directory, *identifier)
        return identifier_in_words(project, identifier[0], found)
    if person:
        return person_in_words(project, explain_person(directory, person))
    with open_store(directory) as store:
        return journey_in_words(project, *explain_journey(store, str(journey)))
