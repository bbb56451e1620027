"""Per-person tables of the touched persons: replacing their rows and nobody else's.

A per-person model reads nothing but one person's rows. So the same SQL makes the tables of
everybody or of a few: its inputs are narrowed to the touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from journeyflow.warehouse import lateness, monthly, nightly, summing
from journeyflow.warehouse.database import transaction
from journeyflow.warehouse.models import Model, create, create_temp, load_model
from journeyflow.warehouse.narrowing import (
    NUMBERED,
    WHOLE,
    before_that,
    fresh_rows,
    from_there_on,
    narrowed,
    shown,
)

if TYPE_CHECKING:
    from journeyflow.warehouse.run import Run

MICROSECOND = timedelta(microseconds=1)
# Of more, half the persons (a quarter, …) are enough to tell how long customers fall silent.
ENOUGH_EVENTS = 2_000_000
UNTOLD_HORIZON = (
    'lost_after = "auto": the data does not tell after how long a silence nobody comes back, since '
    "too few silences are known or the history is too short; {} days are taken. Name a duration in "
    "[journeys] lost_after, or look at the table silences"
)
SETTLED = ("changed_persons", "touched_persons", "retold_events", "unclaimed_events")
TOUCHED = (
    "person_id text, resumed_at timestamptz, events_before bigint, sessions_before bigint, "
    "journeys_before bigint, steps_before bigint"
)


def settle_observation(run: Run) -> None:
    """Fix `observed_until` for this run, and how many of very many persons silences are told of.

    Journeys are judged at the latest event that can take part in them, or at the moment that
    the settings name. A source that is late by its `max_age` takes the end back to its own
    latest event, whoever's it was: its silence is not the customers'.
    """
    until = run.project.journeys.observed_until or run.scalar(
        "select coalesce(max(occurred_at), timestamptz '1970-01-01 00:00:00+00') "
        "from event_persons anti join (select ref from landed_events "
        "semi join excluded_kinds using (kind)) using (ref)"
    )
    judged = lateness.judged_at(run.project, run.freshness, until)
    run.warnings += lateness.told(run.freshness, judged)
    events = run.scalar("select count(*) from event_persons")
    run.values |= {
        "observed_until": judged,
        "one_person_in": 1 << max(0, (events // ENOUGH_EVENTS).bit_length()),
    }


def settle_lost_after(run: Run) -> None:
    """Fix `lost_after_us` for this run: as declared, or as the silences tell."""
    from journeyflow.analysis.silences import DEFAULT_DAYS, horizon

    lost_after = run.project.journeys.lost_after
    if lost_after == "auto":
        days = horizon(run.con.sql("from silences order by day").to_arrow_table().to_pandas())
        if days is None:
            run.warnings.append(UNTOLD_HORIZON.format(DEFAULT_DAYS))
        lost_after = timedelta(days=days or DEFAULT_DAYS)
        if run.mode != "full":
            before = timedelta(seconds=run.scalar("select lost_after_s from project"))
            if before != lost_after:
                run.reason = f"a silence of {lost_after.days} days is a loss now: all journeys anew"
    run.values["lost_after_us"] = lost_after // MICROSECOND


def touch(run: Run) -> None:
    """Settle whose journeys are made anew, and from which on; in a full run everybody's."""
    if run.mode == "full":
        run.con.execute(f"create or replace temp table touched_persons ({TOUCHED})")
        return
    create_temp(run.con, (load_model("nightly", name) for name in SETTLED), run.values)
    monthly.note_remade_months(run)
    summing.keep_before(run)
    run.counts["touched_persons"] = run.scalar("select count(*) from touched_persons")


def replace_person_events(model: Model, run: Run) -> None:
    """Make the touched persons' events anew."""
    if run.mode == "full":
        create(run.con, model, model.target, run.values)
        run.counts["touched_persons"] = run.scalar(
            f"select count(distinct person_id) from {model.home}.{model.name}"
        )
        return
    with narrowed(run.con, ("landed_events", "event_persons"), "retold_events", "ref"):
        _replace(model, run)


def replace_touched(model: Model, run: Run) -> None:
    """Replace the touched persons' rows of one per-person table.

    A transient table holds nobody else's to begin with.
    """
    with _of_the_touched(run, model):
        if model.transient:
            create(run.con, model, model.target, run.values)
        else:
            _replace(model, run)


def replace_claims(model: Model, run: Run) -> None:
    """Replace the touched persons' claims to conversions.

    Where that changes an earlier conversion, all of the person's journeys are made anew.
    """
    con, kept = run.con, f"{model.home}.{model.name}"
    con.execute(f"create or replace temp table earlier_claims as {before_that(model.name, kept)}")
    replace_touched(model, run)
    create_temp(con, [load_model("nightly", "reopened_persons")], run.values)
    if not run.scalar("select count(*) from reopened_persons"):
        return
    con.execute(
        "update touched_persons set resumed_at = '-infinity', events_before = 0, "
        "sessions_before = 0, journeys_before = 0, steps_before = 0 "
        "where person_id in (select person_id from reopened_persons)"
    )
    lived = from_there_on("person_events", "private.work.person_events")
    con.execute(f"create or replace temp table fresh_person_events as {lived}")
    nightly.retell(run)
    monthly.note_remade_months(run)


@contextmanager
def _of_the_touched(run: Run, model: Model) -> Iterator[None]:
    """Let the model's inputs show the touched persons alone, from where they are made anew."""
    resumed = set() if model.name in WHOLE else NUMBERED.keys() & model.inputs
    with (
        narrowed(run.con, model.inputs - resumed, "touched_persons", "person_id"),
        shown(run.con, {name: fresh_rows(name) for name in resumed}),
    ):
        yield


def _replace(model: Model, run: Run) -> None:
    kept = f"{model.home}.{model.name}"
    number = NUMBERED.get(model.name)
    later = f"and {number[0]} > {number[1]}" if number and model.name not in WHOLE else ""
    create(run.con, model, f"temp table fresh_{model.name}", run.values)
    with transaction(run.con):
        run.con.execute(
            f"delete from {kept} as kept using touched_persons as t "
            f"where kept.person_id = t.person_id {later}"
        )
        run.con.execute(f"insert into {kept} by name from fresh_{model.name}")
