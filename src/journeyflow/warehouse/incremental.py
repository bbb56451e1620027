"""Touched persons: whose events changed, and replacing their rows and nobody else's.

A per-person model reads nothing but one person's rows. So the same SQL makes the tables of
everybody or of a few: temporary views of the same names narrow its inputs to the touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from journeyflow.sources.formats import FORMATS
from journeyflow.warehouse.models import Model, create, load_model, load_models

if TYPE_CHECKING:
    from journeyflow.warehouse.run import Run

MICROSECOND = timedelta(microseconds=1)


def settle_observation(run: Run) -> None:
    """Fix `observed_until` and `lost_after_us` for this run.

    Journeys are judged at the latest event that can take part in them, or at the moment that
    the settings name. A source that is late by its `max_age` takes the end back to its own
    latest event, whoever's it was: its silence is not the customers'.
    """
    until = run.project.journeys.observed_until or run.scalar(
        "select coalesce(max(occurred_at), timestamptz '1970-01-01 00:00:00+00') "
        "from tagged_events semi join event_persons using (ref) "
        "where not is_bot and not is_excluded"
    )
    latest: dict[str, datetime] = dict(
        run.con.execute(
            "select source, max(last_event_at) from files where last_event_at is not null "
            "group by source"
        ).fetchall()
    )
    events = {each.name for each in run.project.sources if FORMATS[each.format].lands == "events"}
    newest = max((latest[name] for name in events & latest.keys()), default=until)
    for source in run.project.sources:
        moment = latest.get(source.name)
        if source.max_age is None:
            continue
        if moment is None:
            run.warnings.append(f"source {source.name} has delivered no row yet")
        elif newest - moment > source.max_age:
            judged = source.name in events
            run.warnings.append(
                f"source {source.name} is late: its latest row is of {moment:%Y-%m-%d %H:%M} UTC"
                + ("; journeys are judged at that moment" if judged else "")
            )
            until = min(until, moment) if judged else until
    lost_after = run.project.journeys.lost_after
    run.values |= {"observed_until": until, "lost_after_us": lost_after // MICROSECOND}


def replace_person_events(model: Model, run: Run) -> None:
    """Make `person_events` anew; the temporary table `touched` lists whose rows changed."""
    con = run.con
    kept = f"{model.home}.{model.name}"
    if run.mode == "full":
        create(con, model, model.target, run.values)
        run.counts["touched_persons"] = run.scalar(f"select count(distinct person_id) from {kept}")
    else:
        con.execute(f"create or replace temp table lived as {model.sql}", model.bind(run.values))
        con.execute(
            f"""create or replace temp table touched as
            with before as (
                select person_id, sum(hash(e)) as trace from {kept} as e group by person_id
            ), after as (
                select person_id, sum(hash(e)) as trace from lived as e group by person_id
            )
            select person_id from before full join after using (person_id)
            where before.trace is distinct from after.trace
            union
            select person_id from warehouse.main.journeys
            where ended_by is distinct from 'loss' and (closed is distinct from
                (epoch_us($observed_until) - epoch_us(ended_at) > $lost_after_us))""",
            {key: run.values[key] for key in ("observed_until", "lost_after_us")},
        )
        con.execute(f"delete from {kept} where person_id in (select person_id from touched)")
        con.execute(f"insert into {kept} from lived semi join touched using (person_id)")
        con.execute("drop table lived")
        run.counts["touched_persons"] = run.scalar("select count(*) from touched")


def replace_touched(model: Model, run: Run) -> None:
    """Delete and insert the touched persons' rows of one per-person table.

    A transient table holds nobody else's to begin with.
    """
    kept = f"{model.home}.{model.name}"
    with _narrowed(run, model):
        if model.transient:
            create(run.con, model, model.target, run.values)
            return
        run.con.execute(f"delete from {kept} where person_id in (select person_id from touched)")
        run.con.execute(f"insert into {kept} by name {model.sql}", model.bind(run.values))


@contextmanager
def _narrowed(run: Run, model: Model) -> Iterator[None]:
    """Let the model's per-person inputs show the touched persons alone."""
    kept = [*load_models("person"), load_model("events", "person_events")]
    homes = {each.name: each.home for each in kept if not each.transient}
    inputs = sorted(model.inputs & homes.keys())
    for name in inputs:
        run.con.execute(
            f"create or replace temp view {name} as "
            f"select * from {homes[name]}.{name} semi join touched using (person_id)"
        )
    try:
        yield
    finally:
        for name in inputs:
            run.con.execute(f"drop view temp.{name}")
