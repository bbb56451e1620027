"""What journeyflow.toml says of the answers to surveys."""

from __future__ import annotations

from journeyflow.simulate import company
from journeyflow.simulate.choices import Choices
from journeyflow.simulate.company import Language
from journeyflow.simulate.lenses import feedback, survey
from journeyflow.simulate.settings_block import ZONE, source_text
from journeyflow.spelling import toml


def answers_text(choices: Choices, language: Language) -> str:
    """The block of the answers."""
    identifiers = {company.PHONE: "phone", company.DEAL: "deal"}
    if choices.answers == "feedback":
        return source_text(
            feedback.SOURCE,
            "feedback",
            "answers*.csv",
            ZONE,
            columns={
                "feedback_id": "answer_id",
                **{column: column for column in feedback.HEADER[1:7]},
            },
            identifiers=identifiers,
        )
    block = source_text(
        feedback.SOURCE,
        "surveys",
        "answers*.csv",
        ZONE,
        f"delimiter = {toml(survey.DELIMITER)}",
        columns={
            "response_id": "id",
            "responded_at": "submitted_at",
            "respondent": "role",
            "touchpoint": "about",
            "is_test": "preview",
        },
        identifiers=identifiers,
    )
    words = {names[language]: score for score, names in survey.WORDS.items()}
    return f"""\
{block}[[sources.questions]]
column = {toml(survey.VISIT[language])}
kind = "csat"
scale = [-2, 2]
scores = {toml(words)}
[[sources.questions]]
column = {toml(survey.RECOMMEND[language])}
kind = "nps"
scale = [0, 10]
"""
