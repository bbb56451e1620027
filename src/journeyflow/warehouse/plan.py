"""The plan: settings and `sql/` as ordered steps, for any driver to walk."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from graphlib import TopologicalSorter

from journeyflow.project import Project
from journeyflow.warehouse import incremental, nightly, personas, steps
from journeyflow.warehouse.models import LAYERS, Model, left_out, load_models, over_everyone
from journeyflow.warehouse.run import Run


@dataclass(frozen=True)
class Step:
    """One piece of a run: what it makes, from which other steps, and how.

    `name` is the table it makes, or what it does. `group` places it in the flow: sources,
    settings, events, identity, persons, everyone, analysis, publish.
    """

    name: str
    group: str
    inputs: frozenset[str]
    run: Callable[[Run], None]
    model: Model | None = None


IDENTITY = {
    "event_identifiers",
    "bot_identifiers",
    "bot_events",
    "identifier_pairs",
    "hubs",
    "link_pairs",
    "identifiers",
    "identifier_edges",
    "kept_apart",
    "strained_components",
    "strained_edges",
    "disputed_identifiers",
    "person_identifiers",
    "refusals",
    "recognised_events",
    "shared_browser_events",
    "known_events",
    "tied_identifiers",
    "event_persons",
}
# Parameters that no setting alone tells, and the steps that do.
SETTLED_BY = {"observed_until": "observation", "lost_after_us": "lost_after"}
# Publishing waits for every step, and reads of their transient tables these alone.
READ_TO_PUBLISH = frozenset({"ordered_files"})
GROUPS = {
    "events": "events",
    "person": "persons",
    "everyone": "everyone",
    "analysis": "analysis",
}


def make_plan(project: Project) -> list[Step]:
    """Order all steps of a run of this project, each after its inputs."""
    reads = [
        Step(f"read_{source.name}", "sources", frozenset(), partial(steps.read_source, source))
        for source in project.sources
    ]
    landed = frozenset(step.name for step in reads)
    gone = left_out(project.analyses.tables)
    models = [
        _model_step(model)
        for layer in LAYERS
        for model in load_models(layer)
        if model.name not in gone
    ]
    python = [
        Step("settings", "settings", landed, steps.write_settings),
        Step("host_domains", "events", frozenset({"current_rows"}), steps.host_domains),
        Step("crawlers", "events", frozenset({"current_rows"}), steps.crawlers),
        Step(
            "components", "identity", frozenset({"identifiers", "identifier_edges"}), steps.stitch
        ),
        Step(
            "identifier_groups",
            "identity",
            frozenset({"strained_components", "strained_edges", "kept_apart"}),
            steps.regroup,
        ),
        Step(
            "person_changes",
            "identity",
            frozenset({"person_identifiers"}),
            steps.note_person_changes,
        ),
        Step(
            "restated_figures",
            "everyone",
            frozenset({"conversions", "events", "costs", "person_changes"}),
            steps.note_restatements,
        ),
        Step(
            "observation",
            "events",
            frozenset({"event_persons"}),
            steps.observe,
        ),
        Step("lost_after", "events", frozenset({"silences"}), steps.settle_lost_after),
        Step(
            "touched_persons",
            "persons",
            frozenset({"event_persons", "lost_after"}),
            incremental.touch,
        ),
        Step("personas", "analysis", frozenset({"journeys", "steps"}), personas.settle_personas),
        Step(
            "monthly",
            "analysis",
            frozenset(each.name for each in over_everyone() if each.monthly) - gone,
            steps.monthly,
        ),
    ]
    everything = reads + python + models
    made = {step.name for step in everything}
    settled = [
        replace(step, inputs=_inputs(step, made))
        if step.group not in ("sources", "settings")
        else step
        for step in everything
    ]
    publish = Step("publish", "publish", frozenset(made), steps.publish)
    return _in_order([*settled, publish])


def made_from(plan: list[Step], step: Step) -> list[Step]:
    """The steps that must be done before `step`, its inputs' inputs too, in the plan's order."""
    wanted = set(step.inputs)
    for each in reversed(plan):
        if each.name in wanted:
            wanted |= each.inputs
    return [each for each in plan if each.name in wanted]


def let_go(run: Run, plan: list[Step], done: Collection[str], last: Step) -> None:
    """Drop what `last`, of the steps `done` the latest, was the last one to read or alone made.

    Transient tables alone, and none that a step still to come reads. In a full run they hold a row
    per event each: what they fill is memory that later steps need.
    """
    if run.mode != "full":
        return
    coming = [step for step in plan if step.name not in done and step.group != "publish"]
    wanted = READ_TO_PUBLISH.union(*(step.inputs for step in coming))
    transient = {step.name for step in plan if step.model and step.model.transient}
    for name in ((last.inputs | {last.name}) & transient) - wanted:
        run.con.execute(f"drop table if exists temp.{name}")


def _model_step(model: Model) -> Step:
    group = "identity" if model.name in IDENTITY else GROUPS[model.layer]
    if model.name == "person_events":
        action = partial(steps.build_person_events, model)
    elif model.layer == "person":
        action = partial(steps.build_person, model)
    else:
        action = partial(steps.build, model)
    inputs = model.inputs | {
        step for parameter, step in SETTLED_BY.items() if parameter in model.parameters
    }
    inputs |= nightly.BEFORE.get(model.name, frozenset())
    return Step(model.name, group, frozenset(inputs), action, model)


def _inputs(step: Step, made: set[str]) -> frozenset[str]:
    """Settings tables and landed rows are not steps of their own; all else is."""
    return frozenset((step.inputs & made) | {"settings"})


def _in_order(steps: list[Step]) -> list[Step]:
    """Sort by inputs; among those that are ready, keep the order given."""
    place = {step.name: number for number, step in enumerate(steps)}
    sorter = TopologicalSorter({step.name: step.inputs for step in steps})
    sorter.prepare()
    ready: list[str] = []
    ordered: list[Step] = []
    while sorter.is_active():
        ready = sorted({*ready, *sorter.get_ready()}, key=place.__getitem__)
        name = ready.pop(0)
        ordered.append(steps[place[name]])
        sorter.done(name)
    return ordered
