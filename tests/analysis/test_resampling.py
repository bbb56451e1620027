from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.gains import conversion_variance
from journeyflow.analysis.resampling import Bags, percentiles, rank_span
from tests.support.bags import LOOPING, bags_of, walks


@given(
    st.lists(
        st.tuples(st.text("ABCDE", min_size=1, max_size=9), st.sampled_from(["converted", "lost"])),
        min_size=1,
        max_size=40,
    )
)
def test_on_finished_journeys_the_variance_is_that_of_a_share(
    journeys: list[tuple[str, str]],
) -> None:
    # The terms telescope: n_i = n v_i, and E h(next)² - h(here)² adds up along the journey to
    # 1 - h(first)² or 0 - h(first)², the starts adding E h(first)² - c²: (c - c²) / n.
    share = sum(outcome == "converted" for _, outcome in journeys) / len(journeys)
    variance = conversion_variance(Bags(bags_of(journeys)).everybody().chain)
    assert variance == pytest.approx(share * (1 - share) / len(journeys), abs=1e-12)


def test_the_delta_method_and_the_bootstrap_agree_on_independent_steps() -> None:
    ways = {**LOOPING, "B": {"A": 0.2, "converted": 0.3, "lost": 0.3, "open": 0.2}}
    bags = Bags(bags_of(walks(np.random.default_rng(5), 1000, ways)))
    drawn = [each.chain.conversion for each in bags.draws(500, seed=6)]
    # 500 draws know a standard deviation to 3 %; open ends make it no share of journeys.
    expected = math.sqrt(conversion_variance(bags.everybody().chain))
    assert np.std(drawn) == pytest.approx(expected, rel=0.1)


def test_random_groups_of_persons_spread_as_persons_do() -> None:
    told = walks(np.random.default_rng(7), 2000, LOOPING)
    share = sum(outcome == "converted" for _, outcome in told) / len(told)
    bags = Bags(bags_of(told, [person % 200 for person in range(len(told))]))
    drawn = [each.chain.conversion for each in bags.draws(500, seed=8)]
    # Known from the 200 bags to 5 %, by 500 draws to 3 %.
    assert np.std(drawn) == pytest.approx(math.sqrt(share * (1 - share) / len(told)), rel=0.2)


def test_a_draw_is_the_persons_drawn_counted_again() -> None:
    told = walks(np.random.default_rng(1), 25, LOOPING)
    weights = np.random.default_rng(3).multinomial(25, np.full(25, 1 / 25), size=60)
    for weight, sample in zip(weights, Bags(bags_of(told)).draws(60, seed=3), strict=True):
        again = [journey for journey, times in zip(told, weight, strict=True) for _ in range(times)]
        expected = Bags(bags_of(again)).everybody()
        steps = [step for path, _ in again for step in path]
        assert sample.visits.tolist() == [steps.count("A"), steps.count("B")]
        assert sample.exits.sum() == sum(outcome == "lost" for _, outcome in again)
        assert sample.chain.conversion == pytest.approx(expected.chain.conversion, abs=1e-12)


@given(
    st.lists(
        st.lists(
            st.sampled_from([0.0, 0.1, 0.1 + 1e-16, 0.3, 0.7, math.nan]), min_size=4, max_size=4
        ),
        min_size=1,
        max_size=5,
    )
)
def test_ranks_span_all_that_ties_and_the_unknown_allow(rows: list[list[float]]) -> None:
    low, high = rank_span(np.array(rows))
    for row, best, worst in zip(rows, low, high, strict=True):
        for place, value in enumerate(row):
            others = row[:place] + row[place + 1 :]
            if math.isnan(value):
                expected = (1, 4)
            else:
                ahead = sum(other > value + 1e-12 for other in others)
                behind = sum(other < value - 1e-12 for other in others)
                expected = (1 + ahead, 4 - behind)
            assert (best[place], worst[place]) == expected


def test_an_interval_leaves_out_a_fortieth_at_either_end_and_no_more() -> None:
    # 41 figures 0 … 40: the 2nd and the 40th; 2.5 % of 40 intervals between them is one.
    figures = np.random.default_rng(2).permutation(np.arange(41.0))[:, None]
    assert [float(end[0]) for end in percentiles(figures, figures)] == [1, 39]
    assert [float(end[0]) for end in percentiles(figures[:3], figures[:3])] == [
        figures[:3].min(), figures[:3].max(),
    ]  # fmt: skip
