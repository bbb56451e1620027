"""Exports that have a format of their own, by the keys or columns that no other export has."""

from __future__ import annotations

from journeyflow.check.draft import Draft
from journeyflow.check.names import name_score, words
from journeyflow.check.people import NAMED
from journeyflow.sources.formats import FORMATS

#: Format -> the keys that must all be there, in any of the spellings that its exports come in.
SIGNATURES: dict[str, tuple[frozenset[str], ...]] = {
    "ga4": (frozenset({"event_timestamp", "event_name", "user_pseudo_id"}),),
    "calltouch": (frozenset({"callId", "callerNumber", "uniqueCall"}),
                  frozenset({"callId", "callerNumber", "ctCallerId"})),
    "callrail": (frozenset({"customer_phone_number", "tracking_phone_number", "start_time"}),
                 frozenset({"Customer Phone Number", "Tracking Number", "Start Time"})),
}
PERSONLESS = (
    "this file has no column that tells people apart, so no journeys can be made of it: it holds "
    "counts, and who did what cannot be got back out of them. Ask for the raw export instead, one "
    "row per event or order with an id, an e-mail or a phone"
)
COUNTS = frozenset(
    "users sessions visitors visits pageviews views bounce rate impressions clicks conversions "
    "пользователи визиты посетители просмотры отказы показы клики конверсии events hits".split()
)


def recognise(columns: list[str]) -> tuple[str | None, bool]:
    """The format whose keys are all among the columns, and whether this version reads it."""
    tops = {each.removeprefix("$.").split(".", 1)[0].strip('"') for each in columns}
    for name, signatures in SIGNATURES.items():
        if any(signature <= tops for signature in signatures):
            return name, name in FORMATS
    return None, False


def is_aggregate(draft: Draft) -> bool:
    """Columns named like counts stand where people would."""
    said = {word for each in draft.all_columns for word in words(each.name).split()}
    return not draft.identifiers and len(said & COUNTS) >= 2  # noqa: PLR2004


def costs_columns(draft: Draft) -> dict[str, str] | None:
    """The mapping of an advertising cost table: a cost, no person, and where it was spent."""
    best: dict[str, tuple[float, str]] = {}
    roles = {"cost": "cost", "impressions": "impressions", "clicks": "clicks",
             "source": "utm_source", "medium": "utm_medium", "campaign": "utm_campaign",
             "currency": "currency"}
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
        if score >= 3:  # noqa: PLR2004
            found[role] = name
    return found if "score" in found else None
