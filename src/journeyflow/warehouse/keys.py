"""What tells the rows of each published table apart."""

from __future__ import annotations

KEYS: dict[str, tuple[str, ...]] = {
    "blocked_identifiers": ("source", "type", "reason"),
    "channel_credit": ("model", "channel"),
    "conversion_paths": ("path",),
    "conversion_touches": ("conversion_id", "position"),
    "conversions": ("conversion_id",),
    "costs": ("day", "source", "medium", "campaign"),
    "deal_stages": ("source", "event_id"),
    "events": ("source", "event_id"),
    "feedback": ("source", "feedback_id"),
    "files": ("source", "file", "run_number"),
    "journeys": ("journey_id",),
    "missed_calls": ("source", "event_id"),
    "persons": ("person_id",),
    "sessions": ("session_id",),
    "source_overlap": ("source", "other_source"),
    "stage_conversion": ("stage",),
    "steps": ("journey_id", "step_number"),
    "survey_scores": (
        "source",
        "question",
        "kind",
        "respondent",
        "scale_min",
        "scale_max",
        "higher_is_better",
        "scope",
        "stage",
        "touchpoint",
    ),
    "touches": ("person_id", "event_number"),
    "touchpoints": ("touchpoint",),
    "transitions": ("from_touchpoint", "to_touchpoint"),
    "transitions_after": ("from_touchpoint", "to_touchpoint"),
}
