"""The proposed settings as text to paste: what was found as it stands, what was not as comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from journeyflow.check.context import Context
from journeyflow.check.draft import Draft
from journeyflow.check.findings import FileReport, Question
from journeyflow.check.masking import plain
from journeyflow.check.spelling import toml, toml_key

FIRST = ("occurred_at", "kind", "responded_at", "day", "event_id")
ORDER = (
    "timezone",
    "sessions",
    "encoding",
    "delimiter",
    "decimal",
    "time_format",
    "skip_rows",
    "null_values",
)
OUTSIDE = ("region", "currency", "files")
INSIDE = ("identifiers",)
OPEN = "# QUESTION: "
EXAMPLES = 5
PAGE_VIEW = re.compile(r"page.?view|просмотр страниц|^hit$", re.IGNORECASE)
When = dict[str, str]


def source_block(draft: Draft, name: str, files: Iterable[str], later: str | None = None) -> str:
    """The `[[sources]]` table of a draft. `later` is a pattern for files still to come."""
    lines = ["[[sources]]", f"name = {toml(name)}", f"format = {toml(draft.format)}"]
    lines.append(f"files = {toml(list(files))}")
    if later:
        lines.append(f"# files = {toml([later])}    # to take later exports of this kind too")
    lines += [f"{key} = {toml(draft.settings[key])}" for key in ORDER if key in draft.settings]
    open_columns = [each for each in draft.questions if each.about in draft.columns]
    for question in draft.questions:
        if question.about not in (*OUTSIDE, *INSIDE) and question not in open_columns:
            lines += asked(question)
    columns = {
        key: toml([value, draft.clocks[key]] if key in draft.clocks else value)
        for key, value in draft.columns.items()
        if key not in {each.about for each in open_columns}
    }
    columns |= {key: f"{{ value = {toml(value)} }}" for key, value in draft.constants.items()}
    columns = {key: columns[key] for key in sorted(columns, key=lambda each: each not in FIRST)}
    lines += _table("columns", columns)
    lines += [line for question in open_columns for line in asked(question)]
    lines += _table("identifiers", {key: toml(value) for key, value in draft.identifiers.items()})
    for question in draft.questions:
        if question.about in INSIDE:
            lines += [f"[sources.{question.about}]", *asked(question)]
    lines += _table("attributes", {key: toml(value) for key, value in draft.attributes.items()})
    left = [
        plain(each.name, 40)
        for each in draft.all_columns
        if each.name not in draft.taken or draft.taken[each.name].becomes is None
    ]
    if left and draft.columns:
        lines.append(f"# not read: {', '.join(left)}")
    return "\n".join(lines) + "\n"


def asked(question: Question) -> list[str]:
    """An open question as comments, its possible answers below it."""
    return [OPEN + plain(question.text), *(f"# {plain(each)}" for each in question.choices)]


def identity_block(draft: Draft, context: Context) -> str:
    """`[identity] region`, where phones need it and the project has no such table yet."""
    if not draft.region or context.has_identity:
        return ""
    comment = "# for phones without a country code"
    return f"\n[identity]\nregion = {toml(draft.region)}    {comment}\n"


def outside_questions(draft: Draft) -> str:
    """Open questions that are answered outside `[[sources]]`."""
    found = [asked(each) for each in draft.questions if each.about in OUTSIDE]
    return "".join("\n" + "\n".join(lines) + "\n" for lines in found)


def suggestions(
    context: Context, conversions: list[When], losses: list[When], report: FileReport
) -> str:
    """Likely conversions and losses, and an example of touchpoints, all commented out."""
    lines = [
        *_outcomes("conversions", "success", conversions, context.conversions_in),
        *_outcomes("losses", "an explicit loss", losses, context.losses_in),
    ]
    told = {each["kind"] for each in conversions}
    rules: list[tuple[str, When]] = [
        (folder.strip("/").capitalize(), {"path": f"{folder}*"}) for folder in report.folders
    ]
    rules += [
        (kind, {"kind": kind})
        for kind, _ in report.kinds
        if kind not in told and not (report.folders and PAGE_VIEW.search(kind))
    ]
    if len(rules) > 1 and not context.has_stages:
        lines += [
            "",
            "# Stages in their order, and touchpoints by rule. An example to edit:",
            "# [[stages]]",
            '# name = "consideration"',
            "# [[stages]]",
            '# name = "purchase"',
        ]
        for name, when in rules[:EXAMPLES]:
            lines += [
                "# [[touchpoints]]",
                f"# name = {toml(name)}",
                '# stage = "consideration"',
                f"# when = {_inline(when, as_pattern='path' in when)}",
            ]
    return "\n".join(map(plain, lines)) + "\n" if lines else ""


def _outcomes(key: str, meaning: str, found: list[When], stands: str | None) -> list[str]:
    if not found:
        return []
    if stands == "journeys":  # the two ways to say it exclude each other
        listing = ", ".join(toml(each["kind"]) for each in found)
        return ["", f"# Likely {meaning} here; add to [journeys] {key}: {listing}"]
    lines = ["", f"# What counts as {meaning} is for you to say. Likely here (remove the signs #):"]
    for when in found:
        lines += [
            f"# [[{key}]]",
            f"# name = {toml(list(when.values())[-1])}",
            f"# when = {_inline(when)}",
        ]
    return lines


def _inline(when: When, as_pattern: bool = False) -> str:
    pairs = (
        f"{toml_key(key)} = {toml(value if as_pattern else _literal(key, value))}"
        for key, value in when.items()
    )
    return f"{{ {', '.join(pairs)} }}"


def _literal(key: str, value: str) -> str:
    """A pattern that matches exactly this value."""
    return value if key == "source" else re.sub(r"([\[*?])", r"[\1]", value)


def _table(name: str, entries: Mapping[str, str]) -> list[str]:
    if not entries:
        return []
    return [f"[sources.{name}]", *(f"{toml_key(key)} = {text}" for key, text in entries.items())]
