"""Curves and tests against scikit-survival, where it is installed (group `oracles`)."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeyflow.analysis.curve_tests import NEVER_TOGETHER, log_rank
from journeyflow.analysis.incidence import incidence

compare = pytest.importorskip("sksurv.compare")
nonparametric = pytest.importorskip("sksurv.nonparametric")
util = pytest.importorskip("sksurv.util")

# It divides by nothing where the last at risk all end at once, which it says by a warning.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
# How long somebody waited, and how it ended: 0 not yet, 1 gone on, 2 lost. Ties are common.
lives = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 2)), min_size=8, max_size=80)


@settings(max_examples=100)
@given(lives)
def test_incidence_is_that_of_scikit_survival_with_its_variance(
    lived: list[tuple[int, int]],
) -> None:
    times, ways = np.array(lived).T
    if {1, 2} - set(ways.tolist()):
        return  # it refuses a way that nobody took
    ended = [(ways == way).astype(int) for way in (1, 2)]
    ours = incidence(times, ended, ways == 0)
    moments, shares, ends = nonparametric.cumulative_incidence_competing_risks(
        ways, times.astype(float), conf_type="log-log", var_type="Dinse_Approx"
    )
    at = ours.at(moments)
    # Its first row is that of all ways together.
    np.testing.assert_allclose(shares[0], 1 - ours.waiting[at], atol=1e-12)
    np.testing.assert_allclose(shares[1:], ours.ended[:, at], atol=1e-12)
    if ours.waiting[-1] == 0:
        return  # where the last at risk all end it has no variance, for the moments before neither
    for way, (low, high) in enumerate(ends[1:]):
        share, variance = ours.ended[way, at], ours.variance[way, at]
        told = share > 0
        share, width = share[told], NormalDist().inv_cdf(0.975) * np.sqrt(variance[told])
        width = width / (share * np.log(share))
        np.testing.assert_allclose(low[told], share ** np.exp(-width), atol=1e-9)
        np.testing.assert_allclose(high[told], share ** np.exp(width), atol=1e-9)


@settings(max_examples=100)
@given(lives)
def test_one_way_alone_is_kaplan_meier(lived: list[tuple[int, int]]) -> None:
    times, ways = np.array(lived).T
    happened = ways == 1
    ours = incidence(times, [happened], ~happened)
    moments, waiting = nonparametric.kaplan_meier_estimator(happened, times.astype(float))
    np.testing.assert_allclose(waiting, ours.waiting[ours.at(moments)], atol=1e-12)


@settings(max_examples=60)
@given(lives, st.integers(2, 3), st.integers(0, 10**6))
def test_the_log_rank_test_is_that_of_scikit_survival(
    lived: list[tuple[int, int]], segments: int, seed: int
) -> None:
    times, ways = np.array(lived).T
    happened = ways == 1
    segment = np.random.default_rng(seed).integers(0, segments, len(times))
    ours = log_rank(times, happened, segment)
    if len(set(segment.tolist())) < segments or not happened.any():
        return
    told = util.Surv.from_arrays(happened, times.astype(float))
    if ours.reason:
        assert ours.reason == NEVER_TOGETHER
        return
    found, p = compare.compare_survival(told, segment)
    assert ours.chi2 == pytest.approx(found, rel=1e-9, abs=1e-12)
    assert ours.p == pytest.approx(p, rel=1e-9, abs=1e-12)
