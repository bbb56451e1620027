"""Counts that scatter more than Poisson's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from journeyflow.analysis.counts import (
    Dispersion,
    count_difference,
    count_interval,
    count_test,
    dispersion,
)

POISSON = Dispersion(1.0, 1e9)
counts = st.integers(0, 60)


@given(counts, counts)
def test_two_poisson_counts_are_compared_by_the_exact_conditional_test(
    one: int, other: int
) -> None:
    found = count_test(one, other, POISSON)
    if not one + other:
        assert np.isnan(found)
        return
    exact = binomtest(one, one + other).pvalue
    # The normal one is larger in the far tails alone, where neither matters.
    normal = 2 * norm.sf(abs(one - other) / np.sqrt(one + other))
    assert found == pytest.approx(max(exact, normal))
    assert exact < 0.001 or normal <= exact + 1e-9
    assert found == pytest.approx(count_test(other, one, POISSON))


def test_the_interval_of_a_poisson_count_is_garwoods() -> None:
    # Tables of the Poisson distribution: 0 (0, 3.69), 10 (4.80, 18.39), 100 (81.36, 121.63).
    for count, low, high in ((0, 0, 3.69), (10, 4.80, 18.39), (100, 81.36, 121.63)):
        assert count_interval(count, POISSON) == pytest.approx((count, low, high), abs=0.006)


def test_the_dispersion_of_neighbours_by_hand() -> None:
    # Each pair differs by 10 of 30 together: 100 / 30. Three pairs: 2 * 9 / 8 degrees of freedom.
    assert dispersion([[10, 20, 10, 20]]) == pytest.approx((10 / 3, 2.25))
    # Pairs of different runs are no neighbours; two pairs tell nothing.
    assert dispersion([[10, 20], [1000, 1000]]) is None
    assert dispersion([[10, 20, 10], [1000, 1000]]) == pytest.approx((20 / 9, 2.25))
    # Steady growth is no scatter, and less than Poisson's is taken for Poisson's.
    assert dispersion([np.arange(100, 200, 10)]) == (1.0, pytest.approx(2 * 81 / 26))


def test_what_scatters_is_less_sure() -> None:
    plain, wide = (Dispersion(factor, 20.0) for factor in (1.0, 9.0))
    assert count_test(130, 80, wide) > 0.05 > count_test(130, 80, plain)
    for ends in (count_interval, lambda count, scatter: count_difference(count, 80, scatter)):
        inner, outer = ends(130, plain), ends(130, wide)
        assert outer.low < inner.low < inner.value < inner.high < outer.high


def test_without_knowing_the_scatter_nothing_is_said() -> None:
    assert np.isnan(count_test(10, 100, None))
    assert count_interval(10, None) == pytest.approx((10, np.nan, np.nan), nan_ok=True)


@pytest.mark.parametrize(("factor", "least"), [(1, 0.01), (4, 0.03)], ids=["poisson", "scattered"])
def test_without_a_change_few_weeks_differ(factor: int, least: float) -> None:
    dice = np.random.default_rng(7)
    size = (2000, 22)
    weeks = dice.poisson(200, size)
    if factor > 1:
        weeks = dice.negative_binomial(200 / (factor - 1), 1 / factor, size)
    found = [count_test(row[-1], row[-2], dispersion([row[:-2]])) for row in weeks]
    assert least < np.mean(np.array(found) <= 0.05) < 0.065
    naive = [count_test(row[-1], row[-2], POISSON) for row in weeks]
    assert factor == 1 or np.mean(np.array(naive) <= 0.05) > 0.25
