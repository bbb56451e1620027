"""The proposed settings as text to paste: what was found as it stands, what was not as comments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from journeyflow.check.context import Context
from journeyflow.check.draft import Draft
from journeyflow.check.findings import Question
from journeyflow.check.masking import plain

BARE = re.compile(r"[A-Za-z0-9_-]+")
ORDER = ("timezone", "encoding", "delimiter", "decimal", "time_format", "skip_rows", "null_values")
OUTSIDE = ("region", "currency")
OPEN = "# QUESTION: "
EXAMPLE_KINDS = 4


def toml(value: object) -> str:
    """A value as TOML; text as a basic string, whose escapes are those of JSON."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(toml(each) for each in value)}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\\x7f", "\\\\u007f")
    return str(value).lower() if isinstance(value, bool) else str(value)


def toml_key(key: str) -> str:
    """A key, quoted where it must be."""
    return key if BARE.fullmatch(key) else toml(key)


def source_block(draft: Draft, name: str, files: Iterable[str], later: str | None = None) -> str:
    """The `[[sources]]` table of a draft. `later` is a pattern for files still to come."""
    lines = ["[[sources]]", f"name = {toml(name)}", f"format = {toml(draft.format)}"]
    lines.append(f"files = {toml(list(files))}")
    if later:
        lines.append(f"# files = {toml([later])}    # to take later exports of this kind too")
    lines += [f"{key} = {toml(draft.settings[key])}" for key in ORDER if key in draft.settings]
    for question in draft.questions:
        if question.about not in OUTSIDE:
            lines += asked(question)
    columns = {key: toml(value) for key, value in draft.columns.items()}
    columns |= {key: f"{{ value = {toml(value)} }}" for key, value in draft.constants.items()}
    lines += _table("columns", columns)
    lines += _table("identifiers", {key: toml(value) for key, value in draft.identifiers.items()})
    lines += _table("attributes", {key: toml(value) for key, value in draft.attributes.items()})
    left = [plain(each.name, 40) for each in draft.all_columns
            if each.name not in draft.taken or draft.taken[each.name].becomes is None]
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
    context: Context, conversions: list[dict[str, str]], kinds: list[str]
) -> str:
    """Likely conversions, and an example of stages and touchpoints, all commented out."""
    lines: list[str] = []
    if conversions and context.conversions_in == "journeys":
        names = ", ".join(toml(each["kind"]) for each in conversions)
        lines += ["", f"# Likely success here: add to [journeys] conversions: {names}"]
    elif conversions:
        lines += ["", "# What counts as success is for you to say. Likely here:"]
        for when in conversions:
            lines += ["# [[conversions]]", f"# name = {toml(list(when.values())[-1])}",
                      f"# when = {_inline(when)}"]
    successes = {each["kind"] for each in conversions}
    others = [each for each in kinds if each not in successes][:EXAMPLE_KINDS]
    if others and not context.has_stages:
        lines += ["", "# Stages in their order, and touchpoints by rule. An example to edit:",
                  "# [[stages]]", '# name = "consideration"', "# [[stages]]", '# name = "purchase"']
        for kind in others:
            lines += ["# [[touchpoints]]", f"# name = {toml(kind)}", '# stage = "consideration"',
                      f"# when = {_inline({'kind': kind})}"]
    return "\n".join(plain_lines(lines)) + "\n" if lines else ""


def plain_lines(lines: list[str]) -> list[str]:
    """Comment lines that no value of a file can end early."""
    return [plain(line) for line in lines]


def _inline(when: Mapping[str, str]) -> str:
    pairs = (f"{toml_key(key)} = {toml(_literal(key, value))}" for key, value in when.items())
    return f"{{ {', '.join(pairs)} }}"


def _literal(key: str, value: str) -> str:
    """A pattern that matches exactly this value."""
    return value if key == "source" else re.sub(r"([\[*?])", r"[\1]", value)


def _table(name: str, entries: Mapping[str, str]) -> list[str]:
    if not entries:
        return []
    return [f"[sources.{name}]", *(f"{toml_key(key)} = {text}" for key, text in entries.items())]
