from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.personas.coding import Coded, encode
from journeyflow.analysis.personas.medoid import edit_distances, medoid
from journeyflow.analysis.personas.naming import (
    first_touchpoints,
    log_odds,
    presence,
    weighted_median,
)

walks = st.lists(st.integers(0, 4), min_size=1, max_size=8)


def _coded(paths: list[str], journeys: list[int]) -> Coded:
    return encode([list(path) for path in paths], np.array(journeys), 40, 200)


def test_log_odds_by_hand() -> None:
    # Two touchpoints, two groups; a prior of 10 counts, 6 of which fall to the first (60 of 100).
    delta, z = log_odds(np.array([[40.0, 20.0], [10.0, 30.0]]), prior=10)
    # First in group 1: (40 + 6) to (50 + 10 - 46) = 46 : 14; elsewhere (20 + 6) to 34.
    expected = math.log(46 / 14) - math.log(26 / 34)
    assert delta[0] == pytest.approx([expected, -expected])
    assert delta[1] == pytest.approx([-expected, expected])
    assert z[0, 0] == pytest.approx(expected / math.sqrt(1 / 46 + 1 / 26))
    # Second: 10 + 4 in group 1, 30 + 4 elsewhere.
    assert z[1, 1] == pytest.approx(expected / math.sqrt(1 / 14 + 1 / 34))


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=6))
def test_of_two_groups_what_stands_out_in_one_is_short_in_the_other(
    rows: list[tuple[int, int]],
) -> None:
    delta, z = log_odds(np.array([row for row in rows if sum(row)] or [(1, 0)], dtype=float))
    assert np.isfinite(delta).all()
    assert np.isfinite(z).all()
    assert delta[:, 0] == pytest.approx(-delta[:, 1], abs=1e-9)
    assert (np.sign(delta) == np.sign(z)).all()


def test_nothing_stands_out_where_there_is_nothing_else() -> None:
    for counts in ([[3.0], [4.0]], [[3.0, 4.0]], np.zeros((0, 2))):
        delta, z = log_odds(np.array(counts))
        assert not delta.any()
        assert not z.any()


def test_a_journey_meets_a_touchpoint_once_however_often_it_returns() -> None:
    # Visits: A 3 * 3 + 2 = 11, B 3 * 2 + 1 = 7, C 2, so they are numbered in this order.
    coded = _coded(["ABABA", "AC", "B"], [3, 2, 1])
    assert coded.touchpoints == ("A", "B", "C")
    # The paths stand in the order of numbers: ABABA, AC, B.
    labels = np.array([0, 1, 1])
    assert presence(coded, labels, 2).tolist() == [[3, 2], [3, 1], [0, 2]]
    assert first_touchpoints(coded, labels, 2).T.tolist() == [
        [1, 0, 0],
        pytest.approx([2 / 3, 1 / 3, 0]),
    ]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4)), min_size=1))
def test_the_median_counts_every_journey(rows: list[tuple[int, int]]) -> None:
    values, weights = np.array(rows).T
    expected = np.median(np.repeat(values, weights))
    assert weighted_median(values, weights.astype(float)) == expected


@given(walks, st.lists(walks, min_size=1, max_size=5))
def test_edit_distances_are_the_fewest_changes(path: list[int], others: list[list[int]]) -> None:
    @cache
    def fewest(a: tuple[int, ...], b: tuple[int, ...]) -> int:
        if not a or not b:
            return len(a) + len(b)
        if a[0] == b[0]:
            return fewest(a[1:], b[1:])
        return 1 + min(fewest(a[1:], b), fewest(a, b[1:]), fewest(a[1:], b[1:]))

    found = edit_distances(np.array(path), [np.array(other) for other in others])
    assert found.tolist() == [fewest(tuple(path), tuple(other)) for other in others]


def test_the_medoid_by_hand() -> None:
    # From AB: 1/3 to ABC and 2/4 to ABCD; from ABC: 1/3 and 1/4; from ABCD: 2/4 and 1/4.
    coded = _coded(["AB", "ABC", "ABCD", "A"], [100, 100, 100, 900])
    number = medoid(coded, np.arange(4), 200, np.random.default_rng(1))
    assert [coded.touchpoints[step] for step in coded.path(number)] == ["A", "B", "C"]
    # Nine in ten make one step; they say nothing about the way of those who go on …
    only = medoid(coded, np.array([0]), 200, np.random.default_rng(1))
    assert coded.path(only).tolist() == [0]  # … but are there where nobody goes on.


@given(st.lists(st.text("ABCD", min_size=1, max_size=6), min_size=1, unique=True), st.data())
def test_the_medoid_is_a_member(paths: list[str], data: st.DataObject) -> None:
    coded = _coded(paths, [1] * len(paths))
    members = np.array(sorted(data.draw(st.sets(st.sampled_from(range(len(paths))), min_size=1))))
    assert medoid(coded, members, 5, np.random.default_rng(1)) in members
