"""What the tables were made from: when any of it changes, everything after it is made anew."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version as installed
from typing import TYPE_CHECKING

from journeyflow._version import __version__
from journeyflow.project import Project
from journeyflow.rules import RULES_VERSION
from journeyflow.warehouse.models import LAYERS, load_models, sql_root
from journeyflow.warehouse.stage_names import stage_names

if TYPE_CHECKING:
    from journeyflow.warehouse.run import Run

FORGOTTEN = "a person was forgotten"
# The name of a fact about the landed rows: a person is noted, and not yet gone from everywhere.
FORGETTING = "forgetting"
CLASSIFYING = ("phonenumbers", "crawler-user-agents", "publicsuffixlist", "tzdata", "duckdb")


def fingerprint(project: Project) -> dict[str, str]:
    """Everything that decides what the tables hold besides the landed rows, piece by piece."""
    pieces = {
        f"[{name}]": repr(getattr(project, name))
        for name in (
            "identity",
            "sites",
            "bots",
            "sessions",
            "journeys",
            "attribution",
            "loyalty",
            "personas",
            "analyses",
            "currency",
            "stages",
            "touchpoints",
            "conversions",
            "losses",
            "calendars",
        )
    }
    pieces["[project]"] = repr((project.project.timezone, project.project.currency))
    pieces["[[sources]]"] = repr(
        [
            (each.name, each.sessions, each.replaces, each.max_age, each.covers_from)
            for each in project.sources
        ]
    )
    for layer in LAYERS:
        for model in load_models(layer):
            pieces[f"sql/{layer}/{model.name}.sql"] = model.sql
    macros = sql_root() / "private" / "event_macros.sql"
    pieces["sql/private/event_macros.sql"] = macros.read_text(encoding="utf-8")
    pieces["journeyflow"] = __version__
    pieces["channel rules"] = RULES_VERSION
    for package in CLASSIFYING:
        pieces[package] = installed(package)
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in pieces.items()}


def code_of(pieces: dict[str, str]) -> dict[str, str]:
    """The pieces that are no settings: versions and SQL."""
    return {name: digest for name, digest in pieces.items() if not name.startswith("[")}


def decide_mode(run: Run) -> None:
    """Set `run.mode` and `run.reason`: full where anything but new rows asks for it."""
    now = fingerprint(run.project)
    if stages := stage_names(run.con, run.project):
        told = repr(sorted(stages.items()))
        now["names of stages"] = hashlib.sha256(told.encode()).hexdigest()
    before: dict[str, str] = json.loads(run.fact("fingerprint") or "{}")
    names = now.keys() | before.keys()
    changed = sorted(name for name in names if now.get(name) != before.get(name))
    reread = sum(file.earlier is not None for file in run.pending)
    run.settings_changed = bool(before) and bool(reread or changed)
    if run.full_refresh:
        run.mode, run.reason = "full", "asked for"
    elif not before:
        run.mode, run.reason = "full", "first run"
    elif run.fact("building") == FORGOTTEN:
        run.mode, run.reason = "full", FORGOTTEN
    elif run.fact("building"):
        run.mode, run.reason = "full", "the run before did not finish"
    elif run.fact("built") != run.landed_fact("built"):
        run.mode, run.reason = "full", "the two databases are not of one run"
    elif run.fact("built") != run.landed_fact("published"):
        run.mode, run.reason = "full", "the run before was not published"
    elif reread:
        run.mode, run.reason = "full", f"reading settings changed: {reread} files read again"
    elif changed:
        run.mode, run.reason = "full", "changed: " + ", ".join(changed)
    else:
        run.mode, run.reason = "incremental", None
    run.remember("pending_fingerprint", json.dumps(now))
