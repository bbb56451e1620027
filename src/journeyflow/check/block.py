"""The proposed settings as text to paste: what was found as it stands, what was not as comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from journeyflow.check.draft import Draft
from journeyflow.check.findings import Question
from journeyflow.check.masking import plain
from journeyflow.check.outcomes import When
from journeyflow.spelling import toml, toml_key

FIRST = ("occurred_at", "kind", "responded_at", "day", "event_id")
#: Questions whose answer stands in another place than at the top of `[[sources]]`.
OUTSIDE = ("region", "currency", "files")
OPEN = "# QUESTION: "
PATTERN_SIGNS = re.compile(r"[\[*?]")  # signs of patterns; in brackets each means itself


def source_block(draft: Draft, name: str, files: Iterable[str], later: str | None = None) -> str:
    """The `[[sources]]` table of a draft. `later` is a pattern for files still to come."""
    lines = ["[[sources]]", f"name = {toml(name)}", f"format = {toml(draft.format)}"]
    lines.append(f"files = {toml(list(files))}")
    if later:
        lines.append(f"# files = {toml([later])}    # to take later exports of this kind too")
    settings = sorted(draft.settings.items(), key=lambda each: each[0] != "timezone")
    lines += [f"{key} = {toml(value)}" for key, value in settings]
    inside = {each.about: asked(each) for each in draft.questions}
    elsewhere = {*OUTSIDE, "identifiers", *draft.columns}
    lines += [line for about in inside if about not in elsewhere for line in inside[about]]
    columns = {
        key: toml([value, draft.clocks[key]] if key in draft.clocks else value)
        for key, value in draft.columns.items()
        if key not in inside
    }
    columns |= {key: f"{{ value = {toml(value)} }}" for key, value in draft.constants.items()}
    columns = {key: columns[key] for key in sorted(columns, key=lambda each: each not in FIRST)}
    open_columns = [line for key in draft.columns for line in inside.get(key, ())]
    lines += _table("columns", columns, open_columns)
    identifiers = {key: toml(value) for key, value in draft.identifiers.items()}
    lines += _table("identifiers", identifiers, inside.get("identifiers", ()))
    lines += _table("attributes", {key: toml(value) for key, value in draft.attributes.items()})
    left = [plain(each.name, 40) for each in draft.all_columns if not draft.becomes(each)]
    if left and draft.columns:
        lines.append(f"# not read: {', '.join(left)}")
    return "\n".join(lines) + "\n"


def asked(question: Question) -> list[str]:
    """An open question as comments, its possible answers below it."""
    return [OPEN + plain(question.text), *(f"# {plain(each)}" for each in question.choices)]


def outside_block(draft: Draft) -> str:
    """What belongs to other tables: the region of phones, and open questions about others."""
    text = ""
    if draft.region and "identity" not in draft.context.settings:
        comment = "# for phones without a country code"
        text += f"\n[identity]\nregion = {toml(draft.region)}    {comment}\n"
    found = [asked(each) for each in draft.questions if each.about in OUTSIDE]
    return text + "".join("\n" + "\n".join(lines) + "\n" for lines in found)


def suggestions(draft: Draft, conversions: list[When], losses: list[When]) -> str:
    """Likely conversions and losses, all commented out: what counts is for the user to say."""
    lines = [
        *_outcomes(draft, "conversions", "success", conversions),
        *_outcomes(draft, "losses", "an explicit loss", losses),
    ]
    return "".join(plain(f"# {line}" if line else "") + "\n" for line in lines)


def _outcomes(draft: Draft, key: str, meaning: str, found: list[When]) -> list[str]:
    if not found:
        return []
    if draft.context.table("journeys").get(key):  # the two ways to say it exclude each other
        listing = ", ".join(toml(each["kind"]) for each in found)
        return ["", f"Likely {meaning} here; add to [journeys] {key}: {listing}"]
    lines = ["", f"What counts as {meaning} is for you to say. Likely here (remove the signs #):"]
    for when in found:
        name = [*when.values()][-1]
        exact = {key: PATTERN_SIGNS.sub("[\\g<0>]", text) for key, text in when.items()}
        rule = ", ".join(f"{toml_key(key)} = {toml(text)}" for key, text in exact.items())
        lines += [f"[[{key}]]", f"name = {toml(name)}", f"when = {{ {rule} }}"]
    return lines


def _table(name: str, entries: Mapping[str, str], comments: Iterable[str] = ()) -> list[str]:
    lines = [*(f"{toml_key(key)} = {text}" for key, text in entries.items()), *comments]
    return [f"[sources.{name}]", *lines] if lines else []
