"""The whole simulation: live, look through every lens, write exports, truth and settings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast, get_args

from journeyflow.errors import SettingsError
from journeyflow.simulate import planted, truth
from journeyflow.simulate.choices import Choices
from journeyflow.simulate.clock import Period
from journeyflow.simulate.company import Language
from journeyflow.simulate.faults import NONE, PLANTED
from journeyflow.simulate.figures import true_figures
from journeyflow.simulate.lenses import (
    amocrm,
    bitrix24,
    callrail,
    calltouch,
    counter,
    feedback,
    ga4,
    metrica,
    newsletter,
    platforms,
    showroom,
    survey,
    uis,
)
from journeyflow.simulate.lenses import costs as cost_table
from journeyflow.simulate.lenses import crm as deal_events
from journeyflow.simulate.lenses import orders as contracts
from journeyflow.simulate.lenses.files import Exports
from journeyflow.simulate.settings_text import settings_text
from journeyflow.simulate.world import live

MANIFEST = "truth/manifest.json"
SETTINGS = "journeyflow.toml"
MADE_BY_RUNS = {"warehouse", "published", "reports", "journeys.duckdb", "workspace.yaml"}
LAST_DAY = date(2026, 10, 31)
SAMPLE_PERSONS, SAMPLE_SEED = 1500, 7
CALLS = {"calltouch": calltouch, "uis": uis, "callrail": callrail}
CRMS = {"csv": deal_events, "bitrix24": bitrix24, "amocrm": amocrm}
ANSWERS = {"feedback": feedback, "surveys": survey}
COSTS = {"csv": cost_table, "vendors": platforms}
MIN_PERSONS, MIN_DAYS = 100, 7  # fewer could leave the website without a single visit


@dataclass(frozen=True)
class SimulationSummary:
    """What was written and what is true.

    `files`: path below the directory → rows (records of an export, 0 for other files).
    `calls`, `offers`, `contracts`: true numbers within the period; `figures`: all true figures,
    as in `truth/planted.json`.
    """

    directory: Path
    files: Mapping[str, int]
    persons: int
    calls: int
    offers: int
    contracts: int
    figures: Mapping[str, Any]


def simulate(
    directory: Path,
    *,
    persons: int = 12_000,
    days: int = 90,
    seed: int = 7,
    faults: bool = True,
    language: str = "ru",
    end: date = LAST_DAY,
    calls: str = "calltouch",
    second_counter: str = "csv",
    crm: str = "csv",
    costs: str = "csv",
    orders: str = "none",
    answers: str = "feedback",
) -> SimulationSummary:
    """Write the exports of an invented company, its settings and the truth into `directory`.

    Args:
        directory: new, empty, or of an earlier simulation, whose files are replaced.
        persons: how many people meet the company, at least 100.
        days: length of the observed period in local days, at least 7.
        seed: the same arguments give the same bytes, on every machine and in every zone.
        faults: plant the business and data faults; without them the same people live in a
            company that works, and its exports are clean.
        language: "ru" or "en", for the names of touchpoints, products, people and reasons.
        end: the last observed day.
        calls: "calltouch", "uis" or "callrail", the call tracker that exports the calls.
        second_counter: what the website's second counter writes: "csv", a table to be mapped, or
            "metrica", the visits and hits of Yandex Metrica's Logs API.
        crm: what the CRM writes: "csv", a table of deal events to be mapped, or "bitrix24" or
            "amocrm", what their APIs answer: a history of stages, deals and contacts.
        costs: what tells the spend: "csv", a table of the company's own, or "vendors", the reports
            of Yandex Direct, Google Ads and VK Ads, and the expenses that are uploaded to Metrica.
        orders: "orders" if the office lists its contracts as orders, which then tell what a
            contract came to, else "none".
        answers: what the surveys export: "feedback", a row per answer, or "surveys", a row per
            response with a column for each question, the staff's among them.

    Raises:
        SettingsError: an argument is out of range, or the directory is a file or holds files
            that no simulation wrote or that were changed since.
    """
    choices = Choices(calls, second_counter, crm, costs, orders, answers)
    if persons < MIN_PERSONS or days < MIN_DAYS or language not in get_args(Language):
        raise SettingsError(
            f"simulate: found persons={persons}, days={days}, language={language!r}; "
            f"expected at least {MIN_PERSONS} persons, at least {MIN_DAYS} days, language ru or en"
        )
    if directory.exists() and not directory.is_dir():
        raise SettingsError(f"{directory} is a file; expected a new folder")
    old = _own_files(directory)
    directory.mkdir(parents=True, exist_ok=True)  # what cannot be made is known before the work
    chosen, spoken = PLANTED if faults else NONE, cast("Language", language)
    company = live(seed, persons, Period.ending(end, days), chosen)
    exports = Exports()
    ga4.write(company, exports, spoken)
    if choices.metrica:
        metrica.write(company, exports)
    else:
        counter.write(company, exports, spoken)
    CALLS[calls].write(company, exports)
    CRMS[crm].write(company, exports, spoken)
    if choices.has_orders:
        contracts.write(company, exports, spoken)
    showroom.write(company, exports, spoken)
    newsletter.write(company, exports)
    COSTS[costs].write(company, exports)
    ANSWERS[answers].write(company, exports, spoken, crm_api=choices.crm_api)
    figures = true_figures(company)
    contents = (
        exports.contents
        | truth.tables(company, exports, spoken)
        | planted.describe(company, exports, figures, spoken, choices)
        | {SETTINGS: settings_text(chosen, spoken, choices).encode()}
    )
    for path in old - contents.keys():
        (directory / path).unlink()
    _save(directory, contents)
    return SimulationSummary(
        directory=directory,
        files={path: exports.rows.get(path, 0) for path in sorted(contents)},
        persons=persons,
        calls=figures["calls"]["calls"],
        offers=figures["offers"]["offers"],
        contracts=figures["contracts"]["contracts"],
        figures=figures,
    )


def write_sample(directory: Path) -> SimulationSummary:
    """Write the small company of `data/sample`: under 3 MB together with its truth."""
    return simulate(directory, persons=SAMPLE_PERSONS, seed=SAMPLE_SEED)


def _save(directory: Path, contents: Mapping[str, bytes]) -> None:
    for path, content in sorted(contents.items()):
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    digests = {path: hashlib.sha256(content).hexdigest() for path, content in contents.items()}
    manifest = json.dumps(dict(sorted(digests.items())), indent=1) + "\n"
    (directory / MANIFEST).write_text(manifest, encoding="utf-8")


def _own_files(directory: Path) -> set[str]:
    """The files of an earlier simulation; anything else is foreign, but what a run has made.

    Hidden files are left alone: systems and editors put them anywhere.
    """
    manifest = directory / MANIFEST
    known: dict[str, str] = {}
    if manifest.is_file():
        known = json.loads(manifest.read_text(encoding="utf-8"))
    present = {
        path.relative_to(directory).as_posix()
        for part in ("exports", "truth")
        for path in (directory / part).rglob("*")
        if not path.is_dir()
    }
    if (directory / SETTINGS).exists():
        present.add(SETTINGS)
    present.discard(MANIFEST if known else "")
    beside = {
        path.name for path in directory.glob("[!.]*") if path.name not in ("exports", "truth")
    }
    foreign = sorted(
        (beside - present - (MADE_BY_RUNS if known else set()))
        | {
            path
            for path in present
            if known.get(path) != hashlib.sha256((directory / path).read_bytes()).hexdigest()
        }
    )
    if foreign:
        raise SettingsError(
            f"{directory}: found {len(foreign)} files that this simulation did not write or that "
            f"were changed since, the first {foreign[0]}; expected an empty folder",
            hint="simulate into another folder, or move these files away first",
        )
    return present
