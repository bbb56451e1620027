from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, fisher_exact
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    power_proportions_2indep,
    proportion_confint,
)

from journeyflow.analysis.shares import (
    detectable,
    difference,
    effective_size,
    newcombe,
    share,
    share_test,
    shown_as_share,
    wilson,
)

Counts = tuple[int, int]


@st.composite
def counts(draw: st.DrawFn, largest: int = 2000) -> Counts:
    whole = draw(st.integers(1, largest))
    return draw(st.integers(0, whole)), whole


@given(counts(10_000))
def test_it_is_the_interval_of_statsmodels(given_counts: Counts) -> None:
    expected = proportion_confint(*given_counts, method="wilson")
    assert wilson(*given_counts) == pytest.approx(expected, abs=1e-9)


def test_published_intervals_of_one_share() -> None:
    # Newcombe, Statistics in Medicine 17 (1998) 857, table I: 81 of 263 and 1 of 29, method 3.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)
    assert wilson(0, 10) == pytest.approx((0, 0.2775), abs=5e-5)


def test_nothing_observed_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert all(map(math.isnan, share(0, 0)))
    assert all(map(math.isnan, newcombe(0, 0, 3, 9)))
    assert math.isnan(detectable(0.5, 0, 10))


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998) 873, table II, method 10, examples a to h.
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0000),
        ((10, 10, 0, 10), 0.6075, 1.0000),
    ],
)
def test_published_intervals_of_a_difference(
    table: tuple[int, int, int, int], low: float, high: float
) -> None:
    found = newcombe(*table)
    assert found.value == table[0] / table[1] - table[2] / table[3]
    assert found[1:] == pytest.approx((low, high), abs=5e-5)


@given(counts(), counts())
def test_a_difference_is_that_of_statsmodels_and_swapping_negates_it(a: Counts, b: Counts) -> None:
    found, swapped = newcombe(*a, *b), newcombe(*b, *a)
    expected = confint_proportions_2indep(*a, *b, method="newcomb", compare="diff")
    assert found[1:] == pytest.approx(expected, abs=1e-9)
    assert (-found.value, -found.high, -found.low) == pytest.approx(swapped, abs=1e-12)
    assert -1 - 1e-12 <= found.low <= found.value <= found.high <= 1 + 1e-12
    once, again = share_test(*a, *b), share_test(*b, *a)
    assert once == (pytest.approx(again.p, rel=1e-9, nan_ok=True), again.method)


@given(counts(), counts())
def test_without_open_ones_an_estimate_with_a_standard_error_is_a_plain_share(
    a: Counts, b: Counts
) -> None:
    rates = [part / whole for part, whole in (a, b)]
    errors = [
        math.sqrt(rate * (1 - rate) / whole) for rate, (_, whole) in zip(rates, (a, b), strict=True)
    ]
    found = difference(rates[0], errors[0], rates[1], errors[1], observed_a=a[1], observed_b=b[1])
    assert found == pytest.approx(newcombe(*a, *b), abs=1e-9)


def test_a_rate_of_nought_or_one_needs_the_number_that_was_observed() -> None:
    assert math.isnan(effective_size(0, 0))
    assert effective_size(0, 0, 12) == effective_size(1, 0, 12) == 12
    # Half of them, known as well as 25 fully observed ones: 0.5 * 0.5 / 0.1 ** 2.
    assert effective_size(0.5, 0.1, 999) == pytest.approx(25)
    assert math.isnan(effective_size(0.5, 0))
    assert math.isnan(effective_size(math.nan, 0.1))
    assert all(map(math.isnan, difference(0, 0, 0.5, 0.1)))


@given(counts(300), counts(300))
def test_the_test_is_the_score_test_where_cells_expect_five_and_else_fishers(
    a: Counts, b: Counts
) -> None:
    table = [[part, whole - part] for part, whole in (a, b)]
    found = share_test(*a, *b)
    if 0 in (table[0][0] + table[1][0], table[0][1] + table[1][1]):
        assert found.method == "none"
        assert math.isnan(found.p)
        return
    pearson = chi2_contingency(table, correction=False)
    if pearson.expected_freq.min() >= 5 + 1e-9:
        assert found == (pytest.approx(pearson.pvalue, rel=1e-6, abs=1e-12), "z")
    elif pearson.expected_freq.min() < 5 - 1e-9:
        assert found == (pytest.approx(fisher_exact(table).pvalue, rel=1e-9), "fisher")


def test_effective_numbers_go_to_fishers_test_rounded_down() -> None:
    # 1.2 of 8.4 and 4.5 of 6.9 stand for 1 of 8 and 4 of 6: 0.14 * 8 = 1.1 and 0.65 * 6 = 3.9.
    found = share_test(1.2, 8.4, 4.5, 6.9)
    assert found == (pytest.approx(fisher_exact([[1, 7], [4, 2]]).pvalue), "fisher")
    # 0.4 of 0.8 is known worse than one unit would be: there is no test.
    assert share_test(0.4, 0.8, 3, 9).method == "none"


@given(st.floats(0, 1), st.integers(20, 10**6), st.integers(20, 10**6))
def test_the_detectable_difference_is_found_in_four_of_five_cases(
    base: float, whole_a: int, whole_b: int
) -> None:
    found = detectable(base, whole_a, whole_b)
    nearer = min(base, 1 - base)
    assume(nearer + found < 1)
    # One-sided at half the level: a find on the wrong side is no find.
    power = power_proportions_2indep(
        found, nearer, whole_a, whole_b / whole_a, 0.025, alternative="larger", return_results=False
    )
    assert power == pytest.approx(0.8, abs=1e-6)
    assert found == pytest.approx(detectable(1 - base, whole_a, whole_b), rel=1e-6)


@given(st.floats(0, 1), st.integers(20, 10**6), st.integers(20, 10**6))
def test_more_data_find_smaller_differences(base: float, whole_a: int, whole_b: int) -> None:
    assert detectable(base, 2 * whole_a, whole_b) < detectable(base, whole_a, whole_b)


def test_no_difference_is_large_enough_for_two_against_two() -> None:
    assert math.isnan(detectable(0.5, 2, 2))
    assert math.isnan(detectable(0, 1, 1))


def test_a_percentage_needs_twenty_and_five_of_each_kind() -> None:
    assert shown_as_share(5, 20)
    assert shown_as_share(15, 20)
    assert not shown_as_share(5, 19)
    assert not shown_as_share(4, 2000)
    assert not shown_as_share(16, 20)
