from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from journeyflow.report.rates import wilson


@given(st.integers(1, 10_000), st.data())
def test_it_is_the_interval_of_statsmodels(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    expected = proportion_confint(part, whole, method="wilson")
    assert wilson(part, whole) == pytest.approx(expected, abs=1e-9)


def test_published_figures() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263 and 1 of 29, method 3.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


def test_nothing_observed_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
