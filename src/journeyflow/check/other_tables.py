"""Tables that are no events: advertising costs, and answers to surveys."""

from __future__ import annotations

import duckdb

from journeyflow.check.context import Context
from journeyflow.check.draft import Draft
from journeyflow.check.names import name_score
from journeyflow.check.numbers import numbers
from journeyflow.check.people import NAMED
from journeyflow.check.settle_kind import settle_kind
from journeyflow.check.settle_time import settle_time
from journeyflow.errors import DataError

NUMBERS = ("cost", "impressions", "clicks", "score", "scale_min", "scale_max")
NPS = ("0", "10")


def costs_columns(draft: Draft) -> dict[str, str] | None:
    """The mapping of an advertising cost table: a cost, no person, and where it was spent."""
    best: dict[str, tuple[float, str]] = {}
    roles = {
        "cost": "cost",
        "impressions": "impressions",
        "clicks": "clicks",
        "source": "utm_source",
        "medium": "utm_medium",
        "campaign": "utm_campaign",
        "currency": "currency",
    }
    for column in draft.all_columns:
        for role, vocabulary in roles.items():
            score = name_score(vocabulary, column.name)
            if role == "source":
                score = max(score, name_score("channel", column.name))
            if score >= NAMED and score > best.get(role, (0.0, ""))[0] and column.filled:
                best[role] = (score, column.name)
    if "cost" not in best or not {"source", "campaign", "clicks", "impressions"} & set(best):
        return None
    return {role: name for role, (_, name) in best.items()}


def feedback_columns(draft: Draft) -> dict[str, str] | None:
    """The mapping of a survey export: a score together with its scale."""
    found = {}
    for role in ("score", "scale_min", "scale_max"):
        named = [(name_score(role, each.name), each.name) for each in draft.all_columns]
        score, name = max(named, default=(0.0, ""))
        if score >= 3:
            found[role] = name
    return found if "score" in found else None


def settle_costs(
    con: duckdb.DuckDBPyConnection, draft: Draft, context: Context, mapping: dict[str, str]
) -> None:
    """Make the draft a source of advertising costs."""
    draft.format = "costs"
    draft.taken = {}
    if not settle_time(con, draft, context, "day"):
        raise DataError("a table of costs without a day", "export the costs by day")
    for about in ("timezone",):  # a day of the advertising account is moved by no zone
        draft.settings.pop(about, None)
        draft.trial.pop(about, None)
        draft.questions = [each for each in draft.questions if each.about != about]
    draft.notes.clear()
    for role, name in mapping.items():
        draft.map(draft.column(name), role, "by its name", 1.0)
    if "source" not in mapping:
        draft.constants["source"] = "…"
        draft.ask(
            "source",
            "where was the money spent? Write the utm_source of these campaigns "
            'in place of "…" below, such as "google" or "yandex"',
        )
    _decimal(con, draft)


def settle_feedback(con: duckdb.DuckDBPyConnection, draft: Draft, mapping: dict[str, str]) -> None:
    """Make the draft a source of survey answers; a scale that nobody told is asked for."""
    draft.format = "feedback"
    for role, name in mapping.items():
        draft.taken.pop(name, None)
        draft.map(draft.column(name), role, "by its name", 1.0)
    settle_kind(draft, "nps" if "nps" in mapping["score"].lower() else "survey")
    draft.notes = [each for each in draft.notes if "every row becomes an event" not in each]
    for column in draft.free():
        if column.unique and name_score("event_id", column.name) >= 3:
            draft.map(column, "feedback_id", "different in every row", 1.0, "id")
        elif name_score("touchpoint", column.name) >= NAMED:
            draft.map(column, "touchpoint", f"{column.distinct} different", 1.0)
    if "scale_min" not in mapping or "scale_max" not in mapping:
        seen = draft.column(mapping["score"]).sample
        if "nps" in mapping["score"].lower():
            draft.constants |= {"scale_min": NPS[0], "scale_max": NPS[1]}
        else:
            draft.constants |= {"scale_min": "…", "scale_max": "…"}
            low, high = min(seen, key=_number), max(seen, key=_number)
            draft.ask(
                "scale",
                f"the scores go from {low} to {high}: which are the lowest and the "
                'highest that could be given? Write them in place of "…" below',
            )
    _decimal(con, draft)


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return 0.0


def _decimal(con: duckdb.DuckDBPyConnection, draft: Draft) -> None:
    mapped = [draft.column(draft.columns[each]) for each in NUMBERS if each in draft.columns]
    if any(numbers(con, each).best == "," for each in mapped):
        draft.settings["decimal"] = ","
