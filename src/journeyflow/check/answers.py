"""Answers to what a file leaves open, as the user says them, and how each is given."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from journeyflow.check.draft import Answers, Draft
from journeyflow.check.findings import Question
from journeyflow.check.masking import plain
from journeyflow.check.profile import Column
from journeyflow.clashes import MOMENTS
from journeyflow.errors import SettingsError
from journeyflow.project import SETTINGS_FILE, read_settings, source_table
from journeyflow.settings import Source
from journeyflow.sources.formats import FORMATS

LINE = re.compile(r"(?:\[(?:sources\.)?([\w.]+)\])?(.*)", re.DOTALL)
TABLES = ("columns", "identifiers")
AS_SAID = "as you say"
MOST_NAMED = 12
#: What else is proposed depends on these, so answers to them are looked at where they are settled.
SETTLED_FIRST = ("kind", *MOMENTS)
#: What answers a question that has no choices.
FILLED_IN = {
    "scale": ('scale_min = { value = "…" }', 'scale_max = { value = "…" }'),
}
#: Tables of a project that an answer may stand in, beside those of a source.
OUTSIDE_TABLES = ("identity", "currency.rates")
ROLES = frozenset(
    column for each in FORMATS.values() if each.shape == "columns" for column in each.columns
)


def read_answers(lines: Iterable[str], **said: str | None) -> Answers:
    """Read answers as check shows them: `decimal = ","`, or `[identity] region = "DE"`.

    `said` are keys of a source that have an option of their own. Out: table of a source, "" for
    its own keys, or another table of the settings -> key -> value. Raises SettingsError for a
    line that is no setting, or of a table that no answer belongs to, and for an encoding that
    nobody knows.
    """
    found: Answers = {"": {key: value for key, value in said.items() if value}}
    for line in lines:
        table, rest = LINE.fullmatch(line.strip()).groups(default="")  # type: ignore[union-attr]
        try:
            pairs = tomllib.loads(rest)
        except tomllib.TOMLDecodeError:
            pairs = {}
        if not pairs or table not in ("", *TABLES, *OUTSIDE_TABLES):
            message = f"--answer {line!r}: no answer to a question of check"
            raise SettingsError(message, "write it as the question shows it: 'decimal = \",\"'")
        for key, value in pairs.items():
            if not table and key in (*TABLES, *OUTSIDE_TABLES) and isinstance(value, dict):
                found.setdefault(key, {}).update(value)
            else:
                found.setdefault(table or _table_of(key), {})[key] = value
    if "encoding" in found[""]:  # by which the file is read before anything else
        source_table({"name": "said", "format": "table", "files": "any", **found[""]})
    return found


def _table_of(key: str) -> str:
    """Where a setting of a source stands; an order's number tells orders apart in most formats."""
    if key in Source.model_fields:
        return ""
    return "columns" if key in ROLES - {"order_id"} else "identifiers"


def take_answers(draft: Draft) -> None:
    """Let the user's answers win over what the file says, and drop the questions they answer."""
    answers = draft.context.answers
    keys = answers.get("", {})
    draft.settings |= keys
    draft.trial = {key: value for key, value in draft.trial.items() if key not in keys}
    columns = answers.get("columns", {})
    for role, value in columns.items():
        if role not in SETTLED_FIRST:
            map_as_said(draft, role, value)
    answered = {*keys, *columns, *({"identifiers"} if draft.identifiers else ())}
    answered |= {"scale"} if columns.keys() >= {"scale_min", "scale_max"} else set()
    draft.questions = [each for each in draft.questions if each.about not in answered]


def map_as_said(draft: Draft, role: str, said: object) -> None:
    """Let a column of ours be what the user says: a column of the file, or a constant.

    Raises SettingsError for a column that the file does not have.
    """
    draft.columns.pop(role, None)
    draft.constants.pop(role, None)
    if isinstance(said, dict):
        draft.constants[role] = str(said.get("value", ""))
    else:
        draft.map(column_as_said(draft, said), role, AS_SAID)


def column_as_said(draft: Draft, name: object) -> Column:
    """The column that an answer names, free of what it was taken for without knowing better."""
    names = [each.name for each in draft.all_columns]
    if name not in names:
        listing = ", ".join(plain(each, 30) for each in names[:MOST_NAMED])
        raise SettingsError(f"--answer: the file has no column {name!r}", f"it has {listing}")
    draft.taken.pop(str(name), None)
    draft.attributes = {key: each for key, each in draft.attributes.items() if each != name}
    return draft.column(str(name))


def refuse_open(questions: Iterable[Question], directory: Path) -> None:
    """Raise SettingsError where questions are open: each with the options that answer it.

    `directory` is the project's: what belongs to a table that stands there is written by hand.
    """
    asked = list(questions)
    if not asked:
        return
    standing = read_settings(directory) or {}
    listing = "".join(f"\n  - {plain(each.text)}{_ways_out(each, standing)}" for each in asked)
    message = f"not written: {len(asked)} open question{'s' * (len(asked) > 1)}{listing}"
    raise SettingsError(message, "give the same command the answers as well")


def _ways_out(question: Question, standing: Mapping[str, Any]) -> str:
    if question.about == "timezone":
        zones = [each.partition('"')[2].rstrip('"') for each in question.choices]
        return "\n    answer with " + " or ".join(f"--timezone {each}" for each in zones)
    choices = question.choices or FILLED_IN.get(question.about, ())
    lines = [plain(each).partition("    #")[0] for each in choices]
    table, _, bare = (lines or [""])[0].partition("] ")
    joined = " and " if question.about in FILLED_IN or question.about == "currency" else " or "
    if bare and table.strip("[").partition(".")[0] in standing:
        there = joined.join(each.partition("] ")[2] for each in lines)
        return f"\n    answer under {table}] in {SETTINGS_FILE}: {there}"
    options = joined.join(f"--answer {shlex.quote(each)}" for each in lines)
    return f"\n    answer with {options}" if options else ""
