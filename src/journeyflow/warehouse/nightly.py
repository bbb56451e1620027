"""A night's part in events and identity: from the rows that came to the persons they touch.

What a model says of a row depends on few others. So each is run over inputs that hold at least
these, and of its answer those rows are taken over for which the inputs were whole: `redone`
identifiers, `changed` rows. A full run is the same models over everything. The sets of a night
are the models of `sql/nightly`, temporary tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from journeyflow.warehouse.database import transaction
from journeyflow.warehouse.models import Model, create, create_temp, load_model
from journeyflow.warehouse.narrowing import fresh_rows, narrowed, shown

if TYPE_CHECKING:
    from journeyflow.warehouse.run import Run

IDENTIFIER = 'type, "key"'
LANDED = {"landed_events", "landed_costs", "landed_feedback", "landed_links"}


def _create(run: Run, *names: str, layer: str = "nightly") -> None:
    create_temp(run.con, (load_model(layer, name) for name in names), run.values)


def _create_fresh(run: Run, model: Model, name: str) -> None:
    create(run.con, model, f"temp table {name}", run.values)


def _replace(run: Run, model: Model, fresh: str, keys: str, by: str) -> None:
    """Of a kept table, let those rows be `fresh` whose columns `by` are among the `keys`."""
    kept = f"{model.home}.{model.name}"
    with transaction(run.con):
        run.con.execute(f"delete from {kept} where ({by}) in (select ({by}) from {keys})")
        run.con.execute(
            f"insert into {kept} by name select * from {fresh} semi join {keys} using ({by})"
        )


def landed_rows(model: Model, run: Run) -> None:
    """Weigh only rows of which another version may count from now on."""
    create(run.con, model, model.target, run.values)
    _create(run, "changed_files", "restated_rows", "weighed_rows")
    run.con.execute("create or replace temp view landed_rows as from weighed_rows")


def files(model: Model, run: Run) -> None:
    """Count again the rows of files that came, and of those whose rows count no more."""
    _create(run, "recounted_files")
    with narrowed(run.con, model.inputs & LANDED, "recounted_files", "file_id"):
        _create_fresh(run, model, "fresh_files")
    _replace(run, model, "fresh_files", "recounted_files", "source, file, run_number")


def current_rows(model: Model, run: Run) -> None:
    """Find which rows count from now on, and which no more."""
    kept = f"{model.home}.{model.name}"
    _create_fresh(run, model, "fresh_rows")
    _create(run, "changed_rows")
    with transaction(run.con):
        run.con.execute(f"delete from {kept} where ref in (select ref from changed_rows)")
        run.con.execute(f"insert into {kept} select ref from changed_rows where counts")


def _consider(run: Run, sought: str, *models: str) -> None:
    """Let the identity models look at the events that carry one of the sought identifiers.

    `models` are to be made anew of these events, beside their identifiers.
    """
    run.con.execute(f"create or replace temp table sought_identifiers as {sought}")
    _create(run, "considered_events")
    with narrowed(run.con, ("landed_events", "landed_identifiers"), "considered_events", "ref"):
        _create(run, "event_identifiers", *models, layer="events")


def event_identifiers(_: Model, run: Run) -> None:
    """Look at all events of whatever the changed rows carry."""
    _create(run, "changed_identifiers")
    _consider(run, f"select {IDENTIFIER} from changed_identifiers")


def _judge(run: Run, model: Model) -> None:
    """Judge the changed identifiers; those `judged_otherwise` than before stand in that table."""
    _create_fresh(run, model, "judged_now")
    with shown(run.con, {"judged_before": f"from {model.home}.{model.name}"}):
        _create(run, "judged_otherwise")
    _replace(run, model, "judged_now", "changed_identifiers", IDENTIFIER)


def bot_identifiers(model: Model, run: Run) -> None:
    """Judge the pace of the changed identifiers; events of those judged otherwise changed too."""
    with narrowed(run.con, ("landed_events",), "considered_events", "ref"):
        _judge(run, model)
    if run.scalar("select count(*) from judged_otherwise"):
        run.con.execute(
            "insert into changed_rows select distinct ref, true from event_identifiers "
            f"semi join judged_otherwise using ({IDENTIFIER}) anti join changed_rows using (ref)"
        )
        event_identifiers(model, run)


def bot_events(model: Model, run: Run) -> None:
    """Leave out the considered events that no customer made."""
    with narrowed(run.con, ("landed_events",), "considered_events", "ref"):
        create(run.con, model, model.target, run.values)


def hubs(model: Model, run: Run) -> None:
    """Judge the changed identifiers, then look at all whose persons may be others."""
    _judge(run, model)
    _create(run, "redone_identifiers")
    _consider(run, f"select {IDENTIFIER} from redone_identifiers", "bot_events")
    # Not all events of any other identifier are looked at: it keeps the person that it has.
    run.con.execute(
        "update event_identifiers set may_merge = false "
        f"where may_merge and ({IDENTIFIER}) not in (select ({IDENTIFIER}) from redone_identifiers)"
    )
    _create(run, "identifier_pairs", layer="events")


def link_pairs(model: Model, run: Run) -> None:
    """Look at the links of the redone identifiers: of any pair that counts both ends are redone."""
    with narrowed(run.con, ("landed_links", "landed_identifiers"), "considered_events", "ref"):
        create(run.con, model, model.target, run.values)


def person_identifiers(model: Model, run: Run) -> None:
    """Take over the persons of the redone identifiers, then look at whole shared browsers."""
    _create_fresh(run, model, "fresh_identifiers")
    _replace(run, model, "fresh_identifiers", "redone_identifiers", IDENTIFIER)
    while True:
        _create(run, "considered_browsers")
        missing = "from considered_browsers anti join sought_identifiers using (type, key)"
        if not run.scalar(f"select count(*) {missing}"):
            return
        _also_consider(run, "considered_browsers")


def refusals(model: Model, run: Run) -> None:
    """Take over which links of the redone identifiers were refused."""
    _create_fresh(run, model, "fresh_refusals")
    _replace(run, model, "fresh_refusals", "redone_identifiers", IDENTIFIER)


def _also_consider(run: Run, identifiers: str) -> None:
    _consider(
        run,
        f"select {IDENTIFIER} from sought_identifiers union select {IDENTIFIER} from {identifiers}",
        "bot_events",
    )


def recognised_events(model: Model, run: Run) -> None:
    """Whose the considered events are that say so themselves."""
    with narrowed(run.con, ("person_identifiers",), "event_identifiers", IDENTIFIER):
        create(run.con, model, model.target, run.values)


def known_events(model: Model, run: Run) -> None:
    """Whose the considered events are; then look at all that orders, clicks and hubs tie to them.

    These further events keep the person that they name themselves.
    """
    _create_fresh(run, model, "anew")
    _create(run, "hanging_identifiers")
    run.con.execute("create or replace temp table considered_before as from considered_events")
    _also_consider(run, "hanging_identifiers")
    run.con.execute(
        "create or replace temp table known_events as from anew union all "
        "select ref, occurred_at, person_id from event_persons semi join considered_events "
        "using (ref) anti join considered_before using (ref) where not is_attached"
    )


def tied_identifiers(model: Model, run: Run) -> None:
    """Take over whose the hanging identifiers are; a redone one hangs no more, or not yet."""
    _create_fresh(run, model, "fresh_ties")
    run.con.execute(
        "create or replace temp table retied_identifiers as "
        f"select {IDENTIFIER} from redone_identifiers union from hanging_identifiers"
    )
    _replace(run, model, "fresh_ties", "retied_identifiers", IDENTIFIER)


def event_persons(model: Model, run: Run) -> None:
    """Take over whose the considered events are."""
    _create_fresh(run, model, "fresh_persons")
    _create(run, "moved_events")
    _replace(run, model, "fresh_persons", "moved_events", "ref")


def retold(model: Model, run: Run) -> None:
    """Make what is said of events for the retold ones alone."""
    with narrowed(run.con, ("landed_events", "landed_identifiers"), "retold_events", "ref"):
        create(run.con, model, model.target, run.values)


def retell(run: Run) -> None:
    """Make what is said of events once more, where more of them are to be told anew."""
    _create(run, "retold_events")
    for name in RETOLD:
        retold(load_model("events", name), run)


def events(model: Model, run: Run) -> None:
    """Tell the retold events anew."""
    con, kept = run.con, f"{model.home}.{model.name}"
    with (
        narrowed(con, ("landed_events", "event_persons"), "retold_events", "ref"),
        narrowed(con, ("conversion_claims",), "touched_persons", "person_id"),
        shown(con, {"event_places": fresh_rows("event_places")}),
    ):
        _create_fresh(run, model, "fresh_events")
    with transaction(con):
        con.execute(
            f"delete from {kept} as kept using touched_persons as t "
            "where kept.person_id = t.person_id and kept.occurred_at >= t.resumed_at"
        )
        con.execute(
            f"delete from {kept} where person_id is null and (source, event_id) in "
            "(select (source, event_id) from unclaimed_events)"
        )
        con.execute(f"insert into {kept} by name from fresh_events")
        con.execute("drop table fresh_events")


# What a night's part of a model reads besides what the model reads.
BEFORE = {
    "landed_rows": frozenset({"ordered_files"}),
    "link_pairs": frozenset({"hubs"}),  # which consider all that carries a redone identifier
    "session_starts": frozenset({"conversion_claims"}),
    "refusals": frozenset({"identifier_groups"}),  # refused_links are made beside it
}
RETOLD = ("arrivals", "event_channels", "signatures", "rule_matches", "tagged_events")
BEFORE |= dict.fromkeys(RETOLD, frozenset({"touched_persons"}))
OWN: Mapping[str, Callable[[Model, Run], None]] = {
    "landed_rows": landed_rows,
    "current_rows": current_rows,
    "event_identifiers": event_identifiers,
    "bot_identifiers": bot_identifiers,
    "bot_events": bot_events,
    "hubs": hubs,
    "link_pairs": link_pairs,
    "person_identifiers": person_identifiers,
    "refusals": refusals,
    "known_events": known_events,
    "tied_identifiers": tied_identifiers,
    "event_persons": event_persons,
    "events": events,
    "files": files,
    "recognised_events": recognised_events,
    **dict.fromkeys(RETOLD, retold),
}
