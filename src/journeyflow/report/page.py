"""The page: sections put together, rendered, and sealed against requests."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from journeyflow.errors import SettingsError
from journeyflow.figures.safe import clean, library
from journeyflow.language import Language, words_in
from journeyflow.report.ahead import ahead_sections
from journeyflow.report.answers import answers_sections
from journeyflow.report.caveats import caveats_section
from journeyflow.report.channels import channels_section
from journeyflow.report.context import Context, Section, records
from journeyflow.report.losses import losses_sections
from journeyflow.report.paths import last_steps_section, paths_section
from journeyflow.report.period import Period
from journeyflow.report.quality import overlap_section, quality_section, reconciliation_section
from journeyflow.report.queries import PROJECT
from journeyflow.report.stages import curves_sections, stage_frame, stages_section
from journeyflow.report.summary import headline, key_figures
from journeyflow.report.waits import waits_sections
from journeyflow.report.weekly import weekly_sections
from journeyflow.store import Store

# Nothing may be fetched or sent; scripts run only if they are the ones written here.
LONGEST_TEXT, LONGEST_CELL = 2000, 160
_POLICY = (
    "default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
    "img-src data: blob:; base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True)
class Written:
    """A report that was written: where, and how many journeys it is about."""

    path: Path
    journeys: int


def write_report(
    store: Store,
    output: Path,
    *,
    date_from: date | None = None,
    date_to: date | None = None,
    steps: int | None = None,
) -> Written:
    """Write the report of a store as one self-contained HTML file.

    date_from, date_to: only journeys begun on these local days of the project's zone, both
    included; credit and costs follow by whole months, what was read does not follow.
    steps: how many steps of paths the pictures show, instead of as many as can be read.
    Raises SettingsError for a period that ends before it begins, for steps that cannot be shown,
    and for an output that does not end in .html or that is there and no regular file.
    """
    if output.suffix.lower() != ".html":
        raise SettingsError(f"{output}: expected the name of a file that ends in .html")
    if output.is_symlink() or (output.exists() and not output.is_file()):
        raise SettingsError(f"{output}: expected a file or nothing there, found something else")
    project = next(records(store.query(PROJECT)))
    period = Period(date_from, date_to, str(project["timezone"]))
    ctx = Context(store, period, words_in(str(project["language"])), project, steps)
    page = render(ctx)
    output.parent.mkdir(parents=True, exist_ok=True)
    # A reader must never find half a report under the final name.
    unfinished = output.with_name(output.name + ".part")
    unfinished.write_text(page, encoding="utf-8", newline="\n")
    unfinished.replace(output)
    return Written(output, int(ctx.summary["journeys"]))


def render(ctx: Context) -> str:
    """The page as text."""
    summary, stages = ctx.summary, stage_frame(ctx)
    journeys = int(summary["journeys"])
    sections = _sections(ctx, stages, journeys)
    scripts = _scripts(sections)
    environment = Environment(
        loader=PackageLoader("journeyflow.report"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=_readable,
    )  # fmt: skip
    environment.filters["short"] = lambda text: clean(text, LONGEST_CELL)
    return environment.get_template("report.html.j2").render(
        t=ctx.words.text,
        language=ctx.words.code,
        policy=_POLICY.format(hashes=" ".join(map(_hash, scripts)) or "'none'"),
        style=_own("style.css"),
        project=ctx.project["name"],
        scope=ctx.scope(journeys),
        meta=_meta(ctx, observed=bool(summary["journeys_in_store"])),
        headline=headline(ctx, summary, list(records(stages))) if journeys else "",
        empty=_empty(ctx.words, journeys, int(summary["journeys_in_store"])),
        figures=key_figures(ctx, summary) if journeys else [],
        sections=sections,
        words=_words(ctx),
        scripts=scripts,
    )


def _readable(value: Any) -> Any:
    # Strangers' text can hold characters that turn what follows it around.
    if isinstance(value, str) and not isinstance(value, Markup):
        return clean(value, LONGEST_TEXT)
    return value


def _sections(ctx: Context, stages: Any, journeys: int) -> list[Section]:
    sections = []
    if journeys:
        sections += [*weekly_sections(ctx), paths_section(ctx)]
        if ctx.summary["converted"]:
            sections += [last_steps_section(ctx)]
        sections += [stages_section(ctx, stages, journeys), *curves_sections(ctx, journeys)]
        sections += [*waits_sections(ctx, journeys), *answers_sections(ctx, journeys)]
        sections += losses_sections(ctx, journeys)
    sections += ahead_sections(ctx) if journeys else []
    sections += [channels_section(ctx), overlap_section(ctx), caveats_section(ctx)]
    return [*sections, quality_section(ctx), reconciliation_section(ctx)]


def _scripts(sections: Iterable[Section]) -> list[Markup]:
    figures = [section.figure.script for section in sections if section.figure]
    if not figures:
        return []
    return [library(), *figures, _own("figures.js")]


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _own(name: str) -> Markup:
    text = files(__package__).joinpath("templates", name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 - a file of this package


def _meta(ctx: Context, *, observed: bool) -> list[str]:
    words, project = ctx.words, ctx.project
    zone = str(project["timezone"])
    found = []
    if observed and project["observed_until"]:  # without an event that takes part it says 1970
        moment = words.moment(project["observed_until"], zone)
        found.append(f"{words.text('page.observed', moment=moment)} ({zone})")
    if project["built_at"]:
        found.append(words.text("page.built", moment=words.moment(project["built_at"], zone)))
    found.append(words.text("page.run", run=project["run_id"], version=project["version"]))
    return found


def _empty(words: Language, journeys: int, in_store: int) -> tuple[str, str] | None:
    if journeys:
        return None
    if not in_store:
        return words.text("page.none_yet"), words.text("page.none_yet_more")
    outside = words.count("journeys", in_store)
    return (
        words.text("page.none_in_period"),
        words.text("page.none_in_period_more", journeys=outside),
    )


def _words(ctx: Context) -> list[tuple[str, str]]:
    silence = ctx.words.duration(ctx.project["lost_after_s"])
    meanings = ctx.words.texts["words"]
    return [
        (meanings[name][0], meanings[name][1].format(lost_after=silence))
        for name in ("journey", "step", "converted", "lost", "open", "continues", "earlier")
    ]
