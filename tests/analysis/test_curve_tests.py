from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.curve_tests import _score, gray, log_rank

# Freireich et al. 1963: weeks of remission, + still in remission; 6-MP and placebo.
MERCAPTOPURINE = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"

# Scrucca, Santucci & Aversa 2010 (Bone Marrow Transplantation 45, 1388), months after transplant.
TRANSPLANTS = {
    ("ALL", "open"): "16.13 16.83 19.9 24.77 29.2 35.5 43.67 45.3 56.6 71.83 72.93 82.6 112.23 "
    "121.1 123.9 124.83 131.77",
    ("ALL", "relapse"): "1.1 1.23 1.67 1.7 1.8 1.87 2 2.23 2.4 2.53 2.87 3.07 3.57 3.63 4.07 4.23 "
    "5.37 6.13 7.53 7.57 7.63 7.93 8.63 9.43 10.3 13.07 17.23 20.83",
    ("ALL", "death"): "0.27 0.37 0.4 0.67 0.87 1.1 1.43 1.47 1.7 2.23 2.7 2.8 3.23 3.3 3.43 3.63 "
    "4.17 5.43 6 6.03 6.6 7.47 7.5 8 8.17 10.53 12.17 24.03",
    ("AML", "open"): "9.97 10.2 14.5 15.17 16.6 26.13 28.7 29.9 32.63 35.5 41.3 42.5 43.2 49.27 58 "
    "58.23 59.17 67.8 68.83 70.2 76.03 77 81.67 85.1 106.13 110.37 112.93 114.1 114.7",
    ("AML", "relapse"): "1.2 1.3 1.6 1.87 2.03 2.3 2.53 3.03 4.2 4.73 5 5.6 5.63 5.7 5.87 6 6.07 "
    "6.2 6.63 7 7.63 9.13 9.5 12.27 12.57 28.53 35 42.17",
    ("AML", "death"): "0.13 0.87 1 1.23 1.47 1.77 1.97 2 2.3 2.8 2.83 3.17 3.4 3.47 3.5 3.57 3.57 "
    "3.6 3.7 3.9 3.93 4.4 4.4 4.57 4.57 4.8 5.23 5.27 6.1 6.3 6.33 6.7 7.2 7.2 7.63 8.6 8.73 8.8 9 "
    "9.17 9.2 9.63 9.97 10.9 11.8 13.8 20.93",
}


def test_log_rank_of_the_leukaemia_remissions() -> None:
    # The published 16.79 with p = 4.17e-05 (R, survdiff).
    weeks = [*MERCAPTOPURINE.split(), *PLACEBO.split()]
    found = log_rank(
        [float(each.strip("+")) for each in weeks],
        ["+" not in each for each in weeks],
        ["6-MP"] * 21 + ["placebo"] * 21,
    )
    assert (found.chi2, found.df) == (pytest.approx(16.793, abs=5e-4), 1)
    assert found.p == pytest.approx(4.17e-05, abs=5e-8)


def test_gray_of_the_transplants_is_what_cmprsk_prints() -> None:
    # R, cmprsk::cuminc, by disease: relapse 2.8623325, p 0.09067592; death 0.4481279, 0.50322531.
    rows = [
        (float(month), outcome, disease)
        for (disease, outcome), months in TRANSPLANTS.items()
        for month in months.split()
    ]
    time, outcome, disease = zip(*rows, strict=True)
    assert len(rows) == 177
    relapse = gray(time, outcome, disease, of="relapse")
    assert relapse == (pytest.approx(2.8623325), 1, pytest.approx(0.09067592), None)
    death = gray(time, outcome, disease, of="death")
    assert death == (pytest.approx(0.4481279), 1, pytest.approx(0.50322531), None)


units = st.lists(
    st.tuples(
        st.integers(0, 12), st.sampled_from(["converted", "lost", "open"]), st.sampled_from("ABC")
    ),
    max_size=60,
)
Units = list[tuple[int, str, str]]


def _columns(rows: Units) -> tuple[list[int], list[str], list[str]]:
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


@given(units, st.randoms(use_true_random=False))
def test_neither_order_nor_names_nor_the_unit_of_time_matter(rows: Units, dice: object) -> None:
    time, outcome, segment = _columns(rows)
    found = gray(time, outcome, segment)
    dice.shuffle(rows)  # type: ignore[attr-defined]
    time, outcome, segment = _columns(rows)
    renamed = [{"A": "z", "B": "y", "C": "x"}[each] for each in segment]
    again = gray([7 * each for each in time], outcome, renamed)
    assert again.df == found.df
    assert again.reason == found.reason
    assert again.p == pytest.approx(found.p, rel=1e-6, abs=1e-9, nan_ok=True)
    assert math.isnan(found.p) == (found.reason is not None)


@given(units)
def test_without_competing_outcomes_grays_score_is_the_one_of_log_rank(rows: Units) -> None:
    time, outcome, segment = (np.array(each) for each in _columns(rows))
    names, place = np.unique(segment, return_inverse=True)
    happened = outcome == "converted"
    if not happened.any():
        return
    score, covariance = _score(time.astype(float), happened, np.zeros(len(rows), bool), place)
    # Observed less expected, by the definition.
    for k in range(len(names)):
        expected = 0.0
        for moment in set(time[happened].tolist()):
            at_risk = time >= moment
            share = (at_risk & (place == k)).sum() / at_risk.sum()
            expected += ((time == moment) & happened).sum() * share
        assert score[k] == pytest.approx((happened & (place == k)).sum() - expected, abs=1e-9)
    assert covariance.sum(axis=0) == pytest.approx(np.zeros(len(names)), abs=1e-9)


def test_the_covariance_is_that_of_scores_when_segments_are_alike() -> None:
    # 400 repeats of three segments of 60, 80 and 100 from one distribution, with censoring.
    dice = np.random.default_rng(5)
    place = np.repeat([0, 1, 2], [60, 80, 100])
    scores, covariances = [], []
    for _ in range(400):
        kind = dice.choice(2, size=240, p=[0.4, 0.6])
        waited = dice.exponential(np.where(kind == 0, 5.0, 8.0))
        followed = dice.uniform(2, 15, 240)
        seen = waited <= followed
        time = np.minimum(waited, followed)
        score, covariance = _score(time, seen & (kind == 0), seen & (kind == 1), place)
        scores.append(score)
        covariances.append(covariance)
    observed, claimed = np.cov(np.array(scores).T), np.mean(covariances, axis=0)
    # A variance from 400 draws has a relative standard error of sqrt(2 / 400) = 0.07.
    assert np.diag(observed) / np.diag(claimed) == pytest.approx(np.ones(3), abs=0.2)
    assert np.abs(observed - claimed).max() < 0.2 * np.diag(claimed).max()


@given(units)
def test_log_rank_is_its_definition_for_two_segments(rows: Units) -> None:
    rows = [row for row in rows if row[2] != "C"]
    time, outcome, segment = (np.array(each) for each in _columns(rows))
    happened, first = outcome == "converted", segment == "A"
    found = log_rank(time, happened, segment)
    score = variance = 0.0
    for moment in set(time[happened].tolist()):
        now, at_risk = happened & (time == moment), time >= moment
        n, d, share = at_risk.sum(), now.sum(), (at_risk & first).sum() / at_risk.sum()
        score += (now & first).sum() - d * share
        variance += d * share * (1 - share) * (n - d) / (n - 1) if n > 1 else 0
    if variance > 0:
        assert found.chi2 == pytest.approx(score**2 / variance, abs=1e-9)
    else:
        assert found.reason


def test_no_test_where_there_is_nothing_to_compare() -> None:
    assert log_rank([], [], []).reason == "fewer than two segments"
    assert gray([], [], []).reason == "fewer than two segments"
    assert gray([1, 2], ["open", "lost"], ["A", "B"]).reason == "nobody had the outcome"
    # B was out of sight before anything happened in A.
    early = gray([1, 2, 3], ["open", "converted", "lost"], ["B", "A", "A"])
    assert early.reason == "a segment was never at risk together with the others"
    assert log_rank([1, 2, 3], [0, 1, 1], ["B", "A", "A"]).reason == early.reason


@given(
    st.lists(st.tuples(st.integers(1, 6), st.booleans()), min_size=2, max_size=12),
    st.integers(2, 4),
    st.randoms(use_true_random=False),
)
def test_where_a_segment_was_not_there_with_the_others_neither_test_makes_up_a_figure(
    lived: list[tuple[int, bool]], segments: int, dice: random.Random
) -> None:
    times, happened = np.array(lived).T
    segment = [dice.randrange(segments) for _ in lived]
    outcome = np.where(happened, "converted", "open")
    ours, alike = log_rank(times, happened, segment), gray(times, outcome, segment)
    assert (ours.reason, ours.df) == (alike.reason, alike.df)
    assert np.isnan(ours.chi2) == np.isnan(alike.chi2) == (ours.reason is not None)
