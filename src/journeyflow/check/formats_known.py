"""Exports that have a format of their own, by the keys or columns that no other export has."""

from __future__ import annotations

from journeyflow.check.draft import Draft
from journeyflow.check.names import words
from journeyflow.sources.formats import FORMATS

#: Format -> the keys that must all be there, in any of the spellings that its exports come in.
SIGNATURES: dict[str, tuple[frozenset[str], ...]] = {
    "ga4": (frozenset({"event_timestamp", "event_name", "user_pseudo_id"}),),
    "calltouch": (
        frozenset({"callId", "callerNumber", "uniqueCall"}),
        frozenset({"callId", "callerNumber", "ctCallerId"}),
    ),
    "callrail": (
        frozenset({"customer_phone_number", "tracking_phone_number", "start_time"}),
        frozenset({"Customer Phone Number", "Tracking Number", "Start Time"}),
    ),
}
PERSONLESS = (
    "this file has no column that tells people apart, so no journeys can be made of it: it holds "
    "counts, and who did what cannot be got back out of them. Ask for the raw export instead, one "
    "row per event or order with an id, an e-mail or a phone"
)
NOBODY = "no column of this file was recognised as telling people apart"
NAME_THEM = (
    "journeys need one: an id, an e-mail, a phone, a card. If there is one, name it under "
    "[sources.identifiers]; if not, no journeys can be made of this file"
)
COUNTS = frozenset(
    [
        "users",
        "sessions",
        "visitors",
        "visits",
        "pageviews",
        "views",
        "bounce",
        "rate",
        "impressions",
        "clicks",
        "conversions",
        "пользователи",
        "визиты",
        "посетители",
        "просмотры",
        "отказы",
        "показы",
        "клики",
        "конверсии",
        "events",
        "hits",
    ]
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
    return not draft.identifiers and len(said & COUNTS) >= 2
