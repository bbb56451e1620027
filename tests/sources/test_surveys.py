"""Responses with a column for each question, and answers of customers and staff kept apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import multinomial

from journeyflow.errors import SettingsError
from journeyflow.project import load_project
from journeyflow.sources.landing import NULLS
from journeyflow.warehouse.layout import script
from journeyflow.warehouse.models import load_model
from tests.support.projects import Project, csv_text, few, settings, source, toml
from tests.support.reading import Desk, bench, identifiers

LOOSE = "[checks]\nmax_reject_share = 1"
RECOMMEND = "How likely are you to recommend us?"
EASY = "How easy was it to order?"
Row = dict[str, Any]


def survey(**more: Any) -> Row:
    """A source of responses with two questions."""
    return {
        "name": "survey", "format": "surveys", "files": ["exports/survey/*.csv"],
        "timezone": "UTC",
        "columns": {"response_id": "id", "responded_at": "at", "respondent": "who",
                    "is_test": "preview"},
        "identifiers": {"email": "mail"},
        "respondents": {"Gast": "customer"},
        "questions": [
            {"column": RECOMMEND, "kind": "nps", "scale": [0, 10]},
            {"column": EASY, "kind": "ces", "scale": [1, 7], "higher_is_better": True,
             "touchpoint": "Order form", "scores": {"Very easy": 7, "Very hard": 1}},
        ],
    } | more  # fmt: skip


def response(id: str, recommend: str = "", easy: str = "", **more: str) -> Row:
    """A row of the file."""
    return {
        "id": id, "at": "2026-10-01 12:00:00", "who": "customer", "preview": "", "mail": "",
        RECOMMEND: recommend, EASY: easy,
    } | more  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    keys = {key: value for key, value in survey().items() if key not in ("name", "files")}
    with bench(tmp_path_factory.mktemp("survey"), more=LOOSE, **keys) as desk:
        yield desk


def test_a_response_gives_an_answer_for_each_question_that_was_answered(desk: Desk) -> None:
    rows = [
        response("1", "9", "very EASY", mail="Anna@Example.com"),
        response("2", "", "5"),
        response("3"),
        response("4", "10", "7", preview="yes"),
    ]
    found = desk.read("survey.csv", csv_text(rows))
    told = ("line", "part", "feedback_id", "kind", "score", "scale_max", "touchpoint")
    assert [tuple(row[key] for key in told) for row in found.rows] == [
        (1, 0, f"1/{RECOMMEND}", "nps", 9, 10, None),
        (1, 1, f"1/{EASY}", "ces", 7, 7, "Order form"),
        (2, 0, f"2/{EASY}", "ces", 5, 7, "Order form"),
    ]
    assert [identifiers(row) for row in found.rows[:2]] == [
        {"email": desk.key("email", "anna@example.com")}
    ] * 2
    assert (found.skips, found.rejects) == ({"no answer": 1, "test answer": 1}, [])


def test_a_score_outside_its_scale_takes_no_other_answer_with_it(desk: Desk) -> None:
    rows = [
        response("1", "11", "6"),
        response("2", "often", "hardly"),
        response("3", "7.5", "2"),
        response("4", "8", "3", at="soon"),
    ]
    found = desk.read("survey.csv", csv_text(rows))
    assert [(row["line"], row["kind"], row["score"]) for row in found.rows] == [
        (1, "ces", 6), (3, "ces", 2),
    ]  # fmt: skip
    assert [(line, column, reason) for line, column, _, reason in found.rejects] == [
        (1, "score", "outside its scale"),
        (2, "score", "not a number written with the decimal ."),
        (2, "score", "not a number written with the decimal ."),
        (3, "score", "not a whole number"),
        (4, "responded_at", "not a time"),
    ]


def test_what_identifies_staff_is_not_read(desk: Desk) -> None:
    rows = [
        response("1", "9", mail="olga@example.com", who="Сотрудник"),
        response("2", "9", mail="olga@example.com", who="Клиент"),
        response("3", "9", who="robot"),
        response("4", "9", who=""),
        response("5", "9", who="Gast"),
    ]
    found = desk.read("survey.csv", csv_text(rows))
    assert [(row["respondent"], identifiers(row)) for row in found.rows] == [
        ("staff", {}),
        ("customer", {"email": desk.key("email", "olga@example.com")}),
        ("customer", {}),
    ]
    assert [(line, column, reason) for line, column, _, reason in found.rejects] == [
        (3, "respondent", "not among respondents"),
        (4, "respondent", "missing"),
    ]


@pytest.mark.parametrize(
    ("question", "fault"),
    [
        ({"kind": "nps", "scale": [1, 5]}, "nps is asked from 0 (or 1) to 10"),
        ({"kind": "nps", "scale": [0, 10], "higher_is_better": False}, "higher_is_better = false"),
        ({"kind": "ces", "scale": [1, 7]}, "of 'ces' nobody knows which end is good"),
        ({"kind": "csat", "scale": [5, 1]}, "the least score and a higher one, found [5, 1]"),
        ({"kind": "csat", "scale": [1, 5], "scores": {"Good": 6}}, "'Good' is outside the scale"),
    ],
)
def test_a_scale_that_would_give_a_wrong_figure_is_refused(
    tmp_path: Path, question: Row, fault: str
) -> None:
    asked = survey(questions=[{"column": RECOMMEND} | question])
    project = Project(tmp_path, settings(source(), asked))
    project.write("exports/site/1.csv", [])
    project.write("exports/survey/1.csv", csv_text([response("1", "3")]))
    with pytest.raises(SettingsError) as refused:
        load_project(tmp_path)
    assert fault in refused.value.message


def test_questions_stand_once_and_somewhere(tmp_path: Path) -> None:
    def faults(**more: Any) -> str:
        (tmp_path / "journeyflow.toml").write_text(toml(settings(survey(**more))))
        with pytest.raises(SettingsError) as refused:
            load_project(tmp_path)
        return refused.value.message

    (tmp_path / "exports/survey").mkdir(parents=True)
    (tmp_path / "exports/survey/1.csv").write_text(csv_text([response("1", "3")]))
    twice = {"column": "mail", "kind": "csat", "scale": [1, 5]}
    assert "questions: missing; expected a [[sources.questions]]" in faults(questions=[])
    told = faults(questions=[twice, twice])
    assert "the column 'mail' stands 2 times" in told
    assert "'mail' is an identifier too" in told


NUMBER = re.compile(r"[+-]?(?=.*[0-9])([0-9]+|[0-9]{1,3}(,[0-9]{3})+)?(\.[0-9]+)?")
SPACES = "".join(each for each in map(chr, range(0x3001)) if unicodedata.category(each) == "Zs")
CELLS = st.sampled_from(("", "null", "0", "10", "7", "7.0", "7.5", "+5", "-1", "11", "1e1", "٣",
                         "Very easy", "very hard", "9" * 30)) | st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=6
)  # fmt: skip


@few(15)
@given(data=st.data())
@example(data=None)
def test_every_answer_is_kept_or_told(desk: Desk, data: st.DataObject | None) -> None:
    """As the questions define it: an answer is nothing, a score on its scale, or a fault."""
    pairs = st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=12)
    rows = data.draw(pairs) if data else [("7.5", "7"), ("", ""), ("11", ""), ("3", "Very hard")]
    sheet = [response(str(n), *pair) for n, pair in enumerate(rows, 1)]
    found = desk.read("survey.csv", csv_text(sheet))
    words = {"very easy": 7.0, "very hard": 1.0}
    expected, faulty, silent = [], [], 0
    for line, (recommend, easy) in enumerate(rows, 1):
        given_answers = 0
        for kind, cell, low, high in (("nps", recommend, 0, 10), ("ces", easy, 1, 7)):
            text = cell.strip(SPACES)
            if text in NULLS:
                continue
            given_answers += 1
            score = words.get(text.lower()) if kind == "ces" else None
            if score is None and NUMBER.fullmatch(text):
                score = float(text.replace(",", ""))
            if score is None or not low <= score <= high or (kind == "nps" and score % 1):
                faulty.append(line)
            else:
                expected.append((line, kind, score))
        silent += not given_answers
    kept = [(row["line"], row["kind"], row["score"]) for row in found.rows]
    assert sorted(kept) == sorted(expected)
    assert {line for line, *_ in found.rejects} == set(faulty)
    assert found.skips == ({"no answer": silent} if silent else {})


SCORES = ("respondent", "scope", "touchpoint", "answers", "favourable", "unfavourable", "score")


def told_scores(project: Project, question: str) -> list[tuple[Any, ...]]:
    found = [row for row in project.rows("survey_scores") if row["question"] == question]
    return sorted((tuple(row[key] for key in SCORES) for row in found), key=str)


def test_scores_of_customers_and_of_staff_never_meet(tmp_path: Path) -> None:
    """Of six customers three promote and one detracts; of the staff the one who answered does."""
    project = Project(tmp_path, settings(source(), survey()))
    project.write("exports/site/1.csv", [
        {"id": "a", "ts": "2026-09-30T10:00:00Z", "kind": "visit", "touchpoint": "Showroom",
         "email": "anna@example.com"},
    ])  # fmt: skip
    rows = [response(str(n), score) for n, score in enumerate(("9", "10", "10", "8", "7"))]
    rows += [response("6", "6", mail="anna@example.com")]
    rows += [response("7", "0", mail="anna@example.com", who="staff")]
    project.write("exports/survey/1.csv", csv_text(rows))
    project.run()
    total = 100 * (3 - 1) / 6
    (whole, *_) = [
        row
        for row in project.rows("survey_scores")
        if row["respondent"] == "customer" and row["scope"] == "all"
    ]
    # One promoter and one detractor more: (4 − 2) / 8 ± 1.96 √((6/8 − (2/8)²) / 8).
    assert (whole["score_low"], whole["score_high"]) == (
        pytest.approx(-32.457, abs=0.001), pytest.approx(82.457, abs=0.001),
    )  # fmt: skip
    assert told_scores(project, RECOMMEND) == [
        ("customer", "all", None, 6, 3, 1, pytest.approx(total)),
        ("customer", "touchpoint", "Showroom", 1, 0, 1, -100),
        ("customer", "touchpoint", None, 5, 3, 0, 60),
        ("staff", "all", None, 1, 0, 1, -100),
        ("staff", "touchpoint", None, 1, 0, 1, -100),
    ]
    known = {row["feedback_id"]: row["person_id"] for row in project.rows("feedback")}
    assert known[f"6/{RECOMMEND}"] is not None
    assert known[f"7/{RECOMMEND}"] is None


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Row], list[Row]]:
    """The answers of two nights, the second of which corrects them, in the format of responses
    and in that of one row per answer."""
    columns = {
        "feedback_id": "id", "responded_at": "at", "kind": "kind", "score": "score",
        "scale_min": {"value": "1"}, "scale_max": {"value": "5"}, "respondent": "who",
        "higher_is_better": "up",
    }  # fmt: skip
    answers = {
        "name": "answers", "format": "feedback", "files": ["exports/answers/*.csv"],
        "timezone": "UTC", "columns": columns,
    }  # fmt: skip
    plain = {
        "id": "1", "at": "2026-10-01 12:00:00", "kind": "CSAT", "score": "4", "who": "client",
        "up": "",
    }  # fmt: skip
    nights = (
        ([response("1", "9", "3"), response("2", "2")], plain),
        (
            [response("1", "9", "4"), response("2", "2", who="staff")],
            plain | {"who": "staff", "up": "no"},
        ),
    )
    folder = tmp_path_factory.mktemp("corrected")
    project = Project(folder, settings(source(), survey(), answers))
    project.write("exports/site/1.csv", [])
    found = []
    for night, (responses, answer) in enumerate(nights, 1):
        project.write(f"exports/survey/{night}.csv", csv_text(responses))
        project.write(f"exports/answers/{night}.csv", csv_text([answer]))
        project.run()
        found.append(project.rows("feedback"))
    before, after = found
    return before, after


def test_a_corrected_response_replaces_the_earlier_one(
    corrected: tuple[list[Row], list[Row]],
) -> None:
    found = [
        (row["feedback_id"], row["score"], row["respondent"])
        for row in corrected[1]
        if row["source"] == "survey"
    ]
    assert sorted(found) == [
        (f"1/{EASY}", 4, "customer"),
        (f"1/{RECOMMEND}", 9, "customer"),
        (f"2/{RECOMMEND}", 2, "staff"),
    ]


def test_a_corrected_answer_changes_who_answered_and_which_end_is_good(
    corrected: tuple[list[Row], list[Row]],
) -> None:
    told = ("kind", "respondent", "higher_is_better")
    before, after = (
        [tuple(row[key] for key in told) for row in night if row["source"] == "answers"]
        for night in corrected
    )
    assert before == [("csat", "customer", True)]
    assert after == [("csat", "staff", False)]


FACES = {"scale": [1, 3], "higher_is_better": True}
ASKED: dict[str, tuple[Row, list[str]]] = {
    # Source: its question and the answers to it.
    "newcombe": (
        {"kind": "csat", "scale": [1, 5]},
        ["4"] * 40 + ["5"] * 41 + ["3"] * 100 + ["1"] * 82,
    ),
    "lower": (
        {"kind": "csat", "scale": [1, 5], "higher_is_better": False},
        ["1", "2", "2", "4", "5"],
    ),
    "thirty-ces": ({"kind": "ces"} | FACES, ["1", "3"] * 15),
    "fewer-ces": ({"kind": "ces"} | FACES, ["1", "3"] * 14),
    "thirty-csat": ({"kind": "csat"} | FACES, ["1", "3"] * 15),
    "fewer-csat": ({"kind": "csat"} | FACES, ["1", "3"] * 14),
}


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """The line of `survey_scores` for each of these questions."""
    asked = [
        survey(name=name, files=[f"exports/{name}.csv"], questions=[{"column": "Q"} | question])
        for name, (question, _) in ASKED.items()
    ]
    project = Project(tmp_path_factory.mktemp("scores"), settings(source(), *asked))
    project.write("exports/site/1.csv", [])
    for name, (_, answers) in ASKED.items():
        rows = [response(str(n), Q=answer) for n, answer in enumerate(answers)]
        project.write(f"exports/{name}.csv", csv_text(rows))
    project.run()
    found = [row for row in project.rows("survey_scores") if row["scope"] == "all"]
    assert len(found) == len(ASKED)
    return {row["source"]: row for row in found}


def test_the_share_of_the_best_two_scores_has_wilsons_interval(scores: dict[str, Row]) -> None:
    """81 of 263: an example of R. G. Newcombe, Statistics in Medicine 17 (1998), p. 861."""
    found = scores["newcombe"]
    assert (found["measure"], found["favourable"], found["answers"]) == ("top_two_share", 81, 263)
    assert found["score"] == pytest.approx(81 / 263)
    assert (round(found["score_low"], 4), round(found["score_high"], 4)) == (0.2553, 0.3662)


def test_the_best_two_scores_are_the_lowest_where_lower_is_better(scores: dict[str, Row]) -> None:
    found = scores["lower"]
    assert (found["favourable"], found["score"]) == (3, pytest.approx(0.6))


@pytest.mark.parametrize("kind", ["ces", "csat"])
def test_other_scores_are_a_mean_with_an_interval_from_thirty_answers_on(
    scores: dict[str, Row], kind: str
) -> None:
    """1 and 3 alternate: a mean of 2 and a standard deviation of √(30/29); three faces are no
    scale of which two could be the best."""
    found, few = scores[f"thirty-{kind}"], scores[f"fewer-{kind}"]
    half = 1.959963984540054 * (30 / 29) ** 0.5 / 30**0.5
    assert (found["measure"], found["favourable"]) == ("mean", None)
    assert (found["score_low"], found["score"], found["score_high"]) == (
        pytest.approx(2 - half), 2, pytest.approx(2 + half),
    )  # fmt: skip
    assert (few["score"], few["score_low"], few["score_high"]) == (2, None, None)


def test_the_interval_of_nps_covers_the_truth() -> None:
    """Exactly: over all that 20 customers may answer, each with its multinomial probability.

    The intervals are made for 95 % and keep at least 93 % in each of these cases.
    """
    size = 20
    splits = [(up, down) for up in range(size + 1) for down in range(size + 1 - up)]
    scores = load_model("everyone", "survey_scores").sql
    with duckdb.connect() as con:
        for name in ("landing_macros", "feedback_macros"):
            con.execute(script(name))
        con.execute(
            "create table splits as from range(0, 21) as u(up), range(0, 21) as d(down) "
            "where up + down <= 20"
        )
        con.execute(
            "create table feedback as select up || '/' || down as source, null::text as question, "
            "'nps' as kind, 'customer' as respondent, 0.0 as scale_min, 10.0 as scale_max, "
            "true as higher_is_better, null::text as stage, null::text as touchpoint, "
            "null::text as person_id, "
            "case when n <= up then 10 when n <= up + down then 3 else 8 end as score "
            "from splits, range(1, 21) as t(n)"
        )
        found = con.execute(
            f"select source, score_low, score_high from ({scores}) where scope = 'all'"
        ).fetchall()
    bounds = {source: (low, high) for source, low, high in found}
    assert len(bounds) == len(splits) == 231
    for p, q in ((0.5, 0.2), (0.2, 0.2), (0.8, 0.05), (0.1, 0.6), (0.05, 0.05), (0.95, 0.02)):
        truth = 100 * (p - q)
        covered = sum(
            multinomial.pmf([up, down, size - up - down], size, [p, q, 1 - p - q])
            for up, down in splits
            if bounds[f"{up}/{down}"][0] <= truth <= bounds[f"{up}/{down}"][1]
        )
        assert covered >= 0.93
    assert bounds["20/0"][1] == 100
    assert bounds["0/0"][0] == -bounds["0/0"][1]
