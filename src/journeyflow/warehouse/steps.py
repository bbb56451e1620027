"""What each step of a plan does. A step may be repeated at any time with the same result."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import crawleruseragents
import pyarrow as pa

from journeyflow.errors import DataError
from journeyflow.rules import plain_host, registrable_domain
from journeyflow.settings import Source
from journeyflow.warehouse import fingerprints, history, incremental, publishing, settings_tables
from journeyflow.warehouse.ledger import land_files
from journeyflow.warehouse.models import Model, create, create_from
from journeyflow.warehouse.monthly import build_monthly
from journeyflow.warehouse.run import Run, version

MICROSECOND = timedelta(microseconds=1)


def load_ahead() -> None:
    """Load what later steps import; done beside the reading, nobody waits for that second."""
    import_module("journeyflow.identity.stitch")
    import_module("journeyflow.analysis.chain")


def read_source(source: Source, run: Run) -> None:
    """Land the pending files of one source."""
    pending = [file for file in run.pending if file.source.name == source.name]
    land_files(run.con, run.project, run.secret, pending, run.run_number, run.progress)


def write_settings(run: Run) -> None:
    """Write the rule tables, settle the parameters, and decide how much is to be rebuilt."""
    project = run.project
    settings_tables.write_settings(run.con, project, run.secret)
    run.values = {
        "currency": project.project.currency,
        "max_events_per_minute": project.bots.max_events_per_minute,
        "session_timeout_us": project.sessions.timeout // MICROSECOND,
        "new_on_source_change": project.sessions.new_on_source_change,
        "lookback_us": project.attribution.lookback // MICROSECOND,
        "direct": project.attribution.direct,
        "collapse_repeats": project.journeys.collapse_repeats,
        # Where no rule says what settles a deal, none is known to be open.
        "open_deals": project.journeys.open_deals
        if settings_tables.conversion_rules(project) or settings_tables.loss_rules(project)
        else "ignore",
    }
    fingerprints.decide_mode(run)
    run.remember("building", run.run_id)


def build(model: Model, run: Run) -> None:
    """Make a table anew."""
    create(run.con, model, model.target, run.values)


def host_domains(run: Run) -> None:
    """Which hosts belong together, and which are never where somebody came from."""
    sites = run.project.sites
    inside = [plain_host(each) for each in (*sites.own_domains, *sites.ignored_referrers)]
    hosts = [
        host
        for (host,) in run.con.execute(
            "select host from landed_events semi join current_rows using (ref) "
            "where host is not null union "
            "select referrer_host from landed_events semi join current_rows using (ref) "
            "where referrer_host is not null order by all"
        ).fetchall()
    ]
    table = pa.table(
        {
            "host": pa.array(hosts, pa.string()),
            "domain": pa.array([registrable_domain(host) for host in hosts], pa.string()),
            "is_inside": pa.array(
                [_belongs(plain_host(host), inside) for host in hosts],
                pa.bool_(),
            ),
        }
    )
    create_from(run.con, "host_domains", table)


def _belongs(host: str, sites: list[str]) -> bool:
    return any(host == site or host.endswith(f".{site}") for site in sites)


def crawlers(run: Run) -> None:
    """The user agents that declare themselves as bots."""
    agents = [
        agent
        for (agent,) in run.con.execute(
            "select distinct user_agent from landed_events semi join current_rows using (ref) "
            "where user_agent is not null "
            "order by all"
        ).fetchall()
    ]
    declared = [agent for agent in agents if crawleruseragents.is_crawler(agent)]
    create_from(run.con, "crawlers", pa.table({"user_agent": pa.array(declared, pa.string())}))


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


def observe(run: Run) -> None:
    """Settle until when journeys are judged, and after how long a silence means loss."""
    incremental.settle_observation(run)


def build_person_events(model: Model, run: Run) -> None:
    """Make the participating events anew and find the persons whose events changed."""
    incremental.replace_person_events(model, run)


def build_person(model: Model, run: Run) -> None:
    """Make a per-person table: for everybody, or for the touched persons alone."""
    if run.mode == "full":
        create(run.con, model, model.target, run.values)
    else:
        incremental.replace_touched(model, run)


def touchpoints(run: Run) -> None:
    """Touchpoints with what the chain and the graph say of them."""
    _touchpoints(run, "table warehouse.main.touchpoints")


def _touchpoints(run: Run, into: str) -> None:
    from journeyflow.analysis.chain import measures

    transitions = (
        run.con.sql("select * from transitions order by from_touchpoint, to_touchpoint")
        .to_arrow_table()
        .to_pandas()
    )
    run.con.register("incoming", pa.Table.from_pandas(measures(transitions)))
    run.con.execute(
        f"create or replace {into} as "
        "select v.touchpoint, v.stage, v.owner, v.journeys, v.persons, v.steps, v.exits, "
        "m.p_convert, m.share_of_losses, m.removal_effect, m.pagerank, m.betweenness "
        "from touchpoint_visits as v left join incoming as m using (touchpoint)"
    )
    run.con.unregister("incoming")


def monthly(run: Run) -> None:
    """The siblings in schema `monthly`."""
    build_monthly(run, _touchpoints)


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
