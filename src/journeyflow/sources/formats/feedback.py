"""Format `feedback`: answers to surveys."""

from __future__ import annotations

from journeyflow.sources.formats.declaration import Format

FORMAT = Format(
    name="feedback",
    describes="answers to surveys, with their scale",
    shape="columns",
    lands="feedback",
    columns=(
        "feedback_id",
        "responded_at",
        "kind",
        "score",
        "scale_min",
        "scale_max",
        "touchpoint",
        "question",
        "higher_is_better",
        "respondent",
        "is_test",
    ),
    required=("responded_at", "kind", "score", "scale_min", "scale_max"),
    keys=("respondents",),
    assumed={"respondent": "customer"},
)
