"""Format `surveys`: what a survey tool exports, a row per response and a column per question."""

from __future__ import annotations

from journeyflow.sources.formats.declaration import Format

FORMAT = Format(
    name="surveys",
    describes="responses to a survey, with a column for each question",
    shape="columns",
    lands="feedback",
    columns=(
        "response_id",
        "responded_at",
        "respondent",
        "touchpoint",
        "is_test",
    ),
    required=("responded_at", "respondent"),
    keys=("questions", "respondents"),
)
