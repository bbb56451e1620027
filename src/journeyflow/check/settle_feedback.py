"""A table of answers to surveys, one a row."""

from __future__ import annotations

from journeyflow.check.draft import Draft
from journeyflow.check.profile import decimal_of, one
from journeyflow.check.settle_kind import settle_kind

SCORES = ("score", "scale_min", "scale_max")
NPS = {"scale_min": "0", "scale_max": "10"}


def feedback_columns(draft: Draft) -> dict[str, str] | None:
    """The mapping of a survey export: a score together with its scale."""
    found = {
        role: column.name for role in SCORES if (column := draft.named(role, 3, draft.all_columns))
    }
    return found if "score" in found else None


def settle_feedback(draft: Draft, mapping: dict[str, str]) -> None:
    """Make the draft a source of survey answers; a scale that nobody told is asked for."""
    draft.format = "feedback"
    for role, name in mapping.items():
        draft.taken.pop(name, None)
        draft.map(draft.column(name), role, "by its name")
    is_nps = "nps" in mapping["score"].lower()
    settle_kind(draft, "nps" if is_nps else "survey", "each row is an answer")
    settle_id_and_touchpoint(draft, "feedback_id")
    if not NPS.keys() <= mapping.keys():
        draft.constants |= NPS if is_nps else dict.fromkeys(NPS, "…")
        if not is_nps:
            column = draft.column(mapping["score"])
            number = "try_cast(replace(v, ',', '.') as double)"
            ends = f"arg_min(v, {number}), min(v)), coalesce(arg_max(v, {number}), max(v)"
            lowest, highest = one(column.con, f"select coalesce({ends}) from v{column.place}")
            draft.ask(
                "scale",
                f"the scores go from {lowest} to {highest}: which are the lowest and the "
                'highest that could be given? Write them in place of "…" below',
            )
    mapped = [draft.column(draft.columns[each]) for each in SCORES if each in draft.columns]
    if any(decimal_of(each)[0] == "," for each in mapped):
        draft.settings["decimal"] = ","


def settle_id_and_touchpoint(draft: Draft, role: str) -> None:
    """What is different in every row becomes `role`; and what was asked about."""
    column = draft.named("event_id", 3, (each for each in draft.free() if each.unique))
    if column:
        draft.map(column, role, "different in every row")
    column = draft.named("touchpoint")
    if column:
        draft.map(column, "touchpoint", f"{column.distinct} different")
