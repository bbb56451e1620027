"""What each step of a plan does.

In a full run a step may be repeated at any time with the same result. An incremental run replaces
rows: where one of its steps is stopped, the run is taken up as a full one (`resuming`; for the next
process, `building` among the warehouse's facts).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from importlib import import_module
from itertools import pairwise
from typing import Any

import crawleruseragents
import pyarrow as pa

from journeyflow.errors import DataError
from journeyflow.identity.rows import table_of
from journeyflow.rules import plain_host, registrable_domain
from journeyflow.settings import Source
from journeyflow.warehouse import (
    calendar_tables,
    fingerprints,
    history,
    incremental,
    lateness,
    nightly,
    publishing,
    settings_tables,
    summing,
)
from journeyflow.warehouse.ledger import land_files
from journeyflow.warehouse.models import Model, create, create_from, left_out, load_model
from journeyflow.warehouse.monthly import build_monthly
from journeyflow.warehouse.narrowing import homes, shown
from journeyflow.warehouse.run import Run, version

# So many events are joined at once with what is known of each: about 1 GB. A table whose rows each
# stand for one event -> its inputs that do so too.
SLICE = 1 << 21
LAST_REF = (1 << 63) - 1
SLICED = {
    "event_identifiers": ("landed_events", "landed_identifiers", "current_rows"),
    "events": ("landed_events", "event_persons", "event_places", "conversion_claims"),
}
ROBOT = "(robot)"  # as sql/sources/metrica_rows.sql and calls that are spam have it
MICROSECOND = timedelta(microseconds=1)


def load_ahead() -> None:
    """Load what later steps import; done beside the reading, nobody waits for that second."""
    import_module("journeyflow.identity.stitch")
    import_module("journeyflow.analysis.tables")
    import_module("journeyflow.analysis.personas")


def read_source(source: Source, run: Run) -> None:
    """Land the pending files of one source."""
    pending = [file for file in run.pending if file.source.name == source.name]
    land_files(run.con, run.project, run.secret, pending, run.run_number, run.progress)


def write_settings(run: Run) -> None:
    """Write the rule tables, settle the parameters, and decide how much is to be rebuilt.

    Raises DataError where a source is late and its settings stop the run for that: before any
    table is touched, so that the next run is no more work than this one.
    """
    project = run.project
    settings_tables.write_settings(run.con, project, run.secret)
    calendar_tables.write_calendars(run.con, project)
    latest = run.con.execute(load_model("nightly", "latest_rows").sql).fetchall()
    run.freshness = lateness.freshness(project, dict(latest))
    lateness.stop_if_late(project, run.freshness)
    run.values = {
        "run_number": run.run_number,
        "currency": project.project.currency,
        "max_events_per_minute": project.bots.max_events_per_minute,
        "session_timeout_us": project.sessions.timeout // MICROSECOND,
        "new_on_source_change": project.sessions.new_on_source_change,
        "lookback_us": project.attribution.lookback // MICROSECOND,
        "direct": project.attribution.direct,
        "dormant_after_days": project.loyalty.dormant_after.days,
        "promoters": project.loyalty.promoters,
        "collapse_repeats": project.journeys.collapse_repeats,
        # Where no rule says what settles a deal, none is known to be open.
        "open_deals": project.journeys.open_deals
        if settings_tables.conversion_rules(project) or settings_tables.loss_rules(project)
        else "ignore",
    }
    fingerprints.decide_mode(run)
    _drop(run, left_out(project.analyses.tables))
    run.remember("building", run.run_id)


def _drop(run: Run, tables: Collection[str]) -> None:
    """Drop what the settings leave out, of which an earlier run may have made tables."""
    made = run.con.execute(
        "select concat_ws('.', database_name, schema_name, table_name) from duckdb_tables() "
        "where database_name in ('warehouse', 'private') and list_contains($tables, table_name)",
        {"tables": sorted(tables)},
    ).fetchall()
    for (name,) in made:
        run.con.execute(f"drop table {name}")


def build(model: Model, run: Run) -> None:
    """Make a table anew; after the first run some of them row by row."""
    if run.mode != "full" and model.name in nightly.OWN:
        nightly.OWN[model.name](model, run)
    elif run.mode != "full" and model.is_summed:
        summing.replace_sums(model, run)
    elif model.name in SLICED:
        _create_in_slices(model, run)
    else:
        create(run.con, model, model.target, run.values)


def _create_in_slices(model: Model, run: Run) -> None:
    """Make a table of rows that each stand for one landed event, some after others.

    Where all of a big warehouse are joined at once, what DuckDB keeps of them does not fit into
    its memory: then it fails, or is slow.
    """
    con = run.con
    slices = run.scalar("select count(*) from landed_events") // SLICE + 1
    shares = [number / slices for number in range(1, slices)]
    bounds = run.scalar("select quantile_disc(ref, $shares) from landed_events", {"shares": shares})
    into = f"{model.home}.{model.name}"
    for number, (after, until) in enumerate(pairwise([-1, *(bounds or []), LAST_REF])):
        parts = {
            name: f"from {homes()[name]}.{name} where ref > {after} and ref <= {until}"
            for name in SLICED[model.name]
        }
        with shown(con, parts):
            if number:
                con.execute(f"insert into {into} by name {model.sql}", model.bind(run.values))
            else:
                create(con, model, model.target, run.values)


def host_domains(run: Run) -> None:
    """Which hosts belong together, and which are never where somebody came from."""
    sites = run.project.sites
    inside = [plain_host(each) for each in (*sites.own_domains, *sites.ignored_referrers)]
    hosts = _told(run, "host") | _told(run, "referrer_host")
    _know(
        run,
        "host_domains",
        [(h, registrable_domain(h), _belongs(plain_host(h), inside)) for h in sorted(hosts)],
        {"host": pa.string(), "domain": pa.string(), "is_inside": pa.bool_()},
    )


def _belongs(host: str, sites: list[str]) -> bool:
    return any(host == site or host.endswith(f".{site}") for site in sites)


def crawlers(run: Run) -> None:
    """The user agents that declare themselves as bots, and what a counter calls one."""
    told = _told(run, "user_agent")
    declared = [(each,) for each in told if each == ROBOT or crawleruseragents.is_crawler(each)]
    _know(run, "crawlers", sorted(declared), {"user_agent": pa.string()})


def _told(run: Run, column: str) -> set[str]:
    """What the events say in one column; in an incremental run those that changed."""
    # What superseded rows say besides does no harm: it is asked for nowhere.
    of_the_night = "semi join changed_rows using (ref) " if run.mode != "full" else ""
    return {
        value
        for (value,) in run.con.execute(
            f"select distinct {column} from landed_events {of_the_night}where {column} is not null"
        ).fetchall()
    }


def _know(
    run: Run, name: str, rows: list[tuple[Any, ...]], columns: dict[str, pa.DataType]
) -> None:
    """Keep what is known of texts for good; an incremental run learns more of them."""
    kept = f"private.work.{name}"
    if run.mode == "full":
        run.con.execute(f"drop table if exists {kept}")
    create_from(run.con, "learned", table_of(rows, columns))
    run.con.execute(f"create table if not exists {kept} as from learned limit 0")
    run.con.execute(
        f"insert into {kept} from learned anti join {kept} using ({next(iter(columns))})"
    )


def stitch(run: Run) -> None:
    """Identifiers that belong together."""
    from journeyflow.identity.stitch import components

    create_from(run.con, "components", components(run.con))


def regroup(run: Run) -> None:
    """Persons: components, and strained ones joined anew; what was refused is kept beside."""
    from journeyflow.identity.stitch import regrouped

    groups, refused = regrouped(run.con)
    create_from(run.con, "identifier_groups", groups)
    create_from(run.con, "refused_links", refused)


def note_person_changes(run: Run) -> None:
    """Who became somebody else since the last published run."""
    history.note_person_changes(run)


def note_restatements(run: Run) -> None:
    """By how much published figures moved."""
    stores = {each.stem: each for each in publishing.published_stores(run.project.directory)}
    history.note_restatements(run, stores.get(f"journeys-{run.landed_fact('published')}"))


def observe(run: Run) -> None:
    """Settle until when journeys are judged."""
    incremental.settle_observation(run)


def settle_lost_after(run: Run) -> None:
    """Settle after how long a silence means loss."""
    incremental.settle_lost_after(run)


def build_person_events(model: Model, run: Run) -> None:
    """Make the participating events: everybody's, or those of the touched persons alone."""
    incremental.replace_person_events(model, run)


def build_person(model: Model, run: Run) -> None:
    """Make a per-person table: for everybody, or for the touched persons alone."""
    if run.mode == "full":
        create(run.con, model, model.target, run.values)
    elif model.name == "conversion_claims":
        incremental.replace_claims(model, run)
    else:
        incremental.replace_touched(model, run)


def monthly(run: Run) -> None:
    """The siblings in schema `monthly`."""
    build_monthly(run)


def publish(run: Run) -> None:
    """Prove that the figures agree, then publish a snapshot under the run's name."""
    broken = run.con.execute(
        "select rule, left_value, right_value from reconciliation where not holds order by rule"
    ).fetchall()
    if broken:
        listing = "\n".join(f"  - {rule}: {left} against {right}" for rule, left, right in broken)
        message = f"{len(broken)} reconciliation rules do not hold; nothing is published\n{listing}"
        raise DataError(message, "this is a fault of journeyflow: please report it")
    publishing.finish_run(run, version())
    publishing.publish(run)
