"""What the invented company's customers answered, as a form exports it, against what is true."""

from __future__ import annotations

from pathlib import Path

import pytest

import journeyflow as jf
from journeyflow.simulate import simulate
from journeyflow.simulate.clock import Period
from journeyflow.simulate.faults import PLANTED
from journeyflow.simulate.lenses.feedback import answered_acts
from journeyflow.simulate.lenses.survey import OF_STAFF, PREVIEWS, RECOMMEND, VISIT
from journeyflow.simulate.run import LAST_DAY
from journeyflow.simulate.world import live
from tests.support.projects import lean

PERSONS, SEED = 600, 6
ANSWERS = """
select occurred_at, kind, score, touchpoint, stage, person_id is not null, journey_id is not null
from feedback where respondent = 'customer' order by all
"""
SCORES = """
select question, answers, favourable, unfavourable, score from survey_scores
where respondent = $respondent and scope = 'all' order by question
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> jf.Store:
    folder = tmp_path_factory.mktemp("surveys")
    simulate(folder, persons=PERSONS, seed=SEED, answers="surveys")
    jf.run(lean(folder))
    return jf.open_store(folder)


def test_customers_are_told_as_they_answered_and_staff_apart(store: jf.Store) -> None:
    company = live(SEED, PERSONS, Period.ending(LAST_DAY, 90), PLANTED)
    acts = [act for act, _ in answered_acts(company)]
    moods = [act.facts["mood"] for act in acts if act.kind == "showroom_visit"]
    likely = [act.facts["nps"] for act in acts if act.kind != "showroom_visit"]
    assert min(len(moods), len(likely)) >= 5
    pleased = sum(mood >= 1 for mood in moods)
    up, down = sum(each >= 9 for each in likely), sum(each <= 6 for each in likely)
    found = store.query(SCORES, {"respondent": "customer"})
    assert found.astype(object).where(found.notna(), None).to_numpy().tolist() == [
        [VISIT["ru"], len(moods), pleased, None, pytest.approx(pleased / len(moods))],
        [RECOMMEND["ru"], len(likely), up, down, pytest.approx(100 * (up - down) / len(likely))],
    ]
    (praise,) = store.query(SCORES, {"respondent": "staff"}).to_numpy().tolist()
    assert praise == [RECOMMEND["ru"], OF_STAFF, OF_STAFF, 0, 100]
    skipped = store.query("select reason, rows from skipped where source = 'feedback'")
    assert skipped.to_numpy().tolist() == [["test answer", PREVIEWS]]


def test_the_answers_are_those_of_one_row_each(store: jf.Store, tmp_path: Path) -> None:
    simulate(tmp_path, persons=PERSONS, seed=SEED)
    jf.run(lean(tmp_path))
    with jf.open_store(tmp_path) as other:
        assert other.query(ANSWERS).equals(store.query(ANSWERS))
