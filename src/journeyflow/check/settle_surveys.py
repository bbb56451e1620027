"""A form's export: a row per response, and a column per question, of which some are scores."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from journeyflow.check.draft import Draft, Taken
from journeyflow.check.masking import plain
from journeyflow.check.profile import Column, one
from journeyflow.check.settle_feedback import settle_id_and_touchpoint
from journeyflow.spelling import toml
from journeyflow.warehouse.layout import script

SCORE = re.compile(r"[-+]?\d{1,2}")
QUESTION = re.compile(r"\?\s*(?:\(.*\))?$")
STATED = re.compile(r"\(\D*(-?\d{1,2})\s*(?:-|–|to|до|bis|a|à|do)\s*(\d{1,2})\D*\)")
MOST_SCORES, MOST_WORDS = 11, 7
RECOMMEND = re.compile(
    r"\bnps\b|recommend|порекоменд|рекомендовать|empfehl|recomend|recommand|poleci|consiglier",
    re.IGNORECASE,
)
EFFORT = re.compile(
    r"\beas[yi]|effort|легко|просто|усили|einfach|aufwand|fácil|facile|łatw", re.IGNORECASE
)
CONTENT = re.compile(
    r"satisf|\bhapp[yi]|\brat(?:e|ing)\b|how was|csat|удовлетвор|довол|оцен|понрав|как прош|"
    r"как вам|zufrieden|gefallen|bewert|contento|soddisf|zadowol|ocen",
    re.IGNORECASE,
)
OPINIONS = (RECOMMEND, EFFORT, CONTENT)
#: Scales that are in use; the narrowest that holds what was answered is the likeliest.
SCALES = ((1, 3), (-1, 1), (1, 5), (-2, 2), (0, 5), (1, 7), (1, 10), (0, 10))


def survey_columns(draft: Draft) -> list[Column]:
    """Columns named by a question, or a scale, whose cells are scores; one asks for an opinion.

    Else none: a form may as well ask customers how many rooms they have.
    """
    found = [
        each
        for each in draft.all_columns
        if (_is_question(each) or STATED.search(each.name))
        and 0 < each.distinct <= MOST_SCORES
        and each.share(SCORE.fullmatch) == 1
    ]
    asked = (pattern.search(each.name) for each in found for pattern in OPINIONS)
    return found if any(asked) else []


def settle_surveys(draft: Draft, scores: list[Column]) -> None:
    """Make the draft a source of responses; scales and who answered are for the user to say."""
    draft.format = "surveys"
    names = {each.name for each in scores}
    draft.identifiers = {
        type: each for type, each in draft.identifiers.items() if each not in names
    }
    questions = [_question(each) for each in scores]
    for column, question in zip(scores, questions, strict=True):
        draft.taken[column.name] = Taken("questions", f"scores, asked as {question['kind']}")
    settle_id_and_touchpoint(draft, "response_id")
    _settle_respondent(draft)
    in_words = [
        plain(each.name, 60)
        for each in draft.free()
        if _is_question(each) and each.distinct <= MOST_WORDS
    ]
    if in_words:
        draft.notes.append(
            f"answered in words: {', '.join(in_words)}. To count one, add it to questions with "
            'the score of each word: scores = { "Very easy" = 7 }'
        )
    if all(each["kind"] == "nps" for each in questions):
        draft.settings["questions"] = questions
        return
    draft.trial["questions"] = questions
    ends = "; ".join(f"{plain(each.name, 60)!r} from {_ends(each)}" for each in scores)
    draft.ask(
        "questions",
        f"what was asked, and which scores could be given? Answered were {ends}. Kind, scale and "
        "good end below are guesses from that: correct them",
        [f"questions = {toml(questions)}"],
    )


def _is_question(column: Column) -> bool:
    return bool(QUESTION.search(column.name.strip()))


def _settle_respondent(draft: Draft) -> None:
    con = draft.all_columns[0].con
    con.execute(script("feedback_macros"))
    for name in ("null_values", "respondent_words", "respondent_meanings"):
        con.execute(f"set variable {name} = []::text[]")
    for column in draft.free():
        if column.share_of_rows("respondent_of(v) is not null") == 1:
            draft.map(column, "respondent", "says who answered, customers or staff")
            return
    if draft.said("respondent"):
        return
    draft.constants["respondent"] = "customer"
    draft.ask(
        "respondent",
        "who answered, customers or staff? Their figures are never mixed",
        [f'respondent = {{ value = "{each}" }}' for each in ("customer", "staff")],
    )


def _question(column: Column) -> Mapping[str, Any]:
    lowest, highest = _ends_of(column)
    stated = STATED.search(column.name)
    said = [(int(stated[1]), int(stated[2]))] if stated else []
    scale = next(
        (each for each in (*said, *SCALES) if each[0] <= lowest and highest <= each[1]),
        (lowest, highest),
    )
    if RECOMMEND.search(column.name) and lowest >= 0 and highest <= 10 and highest > 5:
        return {"column": column.name, "kind": "nps", "scale": [0, 10]}
    asked = {"column": column.name, "kind": "csat", "scale": [*scale]}
    if EFFORT.search(column.name):
        return asked | {"kind": "ces", "higher_is_better": True}
    return asked


def _ends(column: Column) -> str:
    lowest, highest = _ends_of(column)
    return f"{lowest} to {highest}"


def _ends_of(column: Column) -> tuple[int, int]:
    lowest, highest = one(
        column.con, f"select min(try_cast(v as int)), max(try_cast(v as int)) from v{column.place}"
    )
    return int(lowest), int(highest)
