from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight

from journeyflow.analysis.incidence import Incidence, incidence, interval
from journeyflow.analysis.shares import effective_size, wilson

Rows = list[tuple[int, int]]  # when, and how it ended: 0 while still waiting

# Freireich et al. (1963, Blood 21:699): weeks of remission under 6-MP, as printed by Kleinbaum &
# Klein, Survival Analysis, chapter 2.
SIX_MP = [6, 6, 6, 7, 10, 13, 16, 22, 23]
SIX_MP_CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]

rows = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), max_size=40)


def _curves(rows: Rows) -> Incidence:
    times = [time for time, _ in rows]
    ways = [way for _, way in rows]
    return incidence(
        times,
        [[way == 1 for way in ways], [way == 2 for way in ways]],
        [way == 0 for way in ways],
    )


def test_remissions_under_6_mp_are_those_of_the_textbook() -> None:
    times = [*SIX_MP, *SIX_MP_CENSORED]
    relapsed = [1] * 9 + [0] * 12
    curve = incidence(times, [relapsed], [1 - each for each in relapsed])
    at = curve.at([6, 7, 10, 13, 16, 22, 23])
    expected = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert curve.waiting[at] == pytest.approx(expected, abs=5e-5)
    assert curve.at_risk[at].tolist() == [21, 17, 15, 12, 11, 7, 6]
    # Greenwood's standard errors: with one way to end, the variances are the same.
    greenwood = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert np.sqrt(curve.variance[0][at]) == pytest.approx(greenwood, abs=5e-5)


def test_two_ways_by_hand() -> None:
    # Of 5: one advances at 1; one is censored at 2; of the 3 left one is lost at 3, one advances
    # at 4, and the last one is still on the way at 5.
    curve = _curves([(1, 1), (2, 0), (3, 2), (4, 1), (5, 0)])
    assert curve.times.tolist() == [1, 2, 3, 4, 5]
    assert curve.at_risk.tolist() == [5, 4, 3, 2, 1]
    # After 1: 4/5 wait. A third of them is lost, half of the rest advances.
    assert curve.waiting == pytest.approx([4 / 5, 4 / 5, 8 / 15, 4 / 15, 4 / 15])
    assert curve.ended[0] == pytest.approx([1 / 5, 1 / 5, 1 / 5, 7 / 15, 7 / 15])
    assert curve.ended[1] == pytest.approx([0, 0, 4 / 15, 4 / 15, 4 / 15])


@given(rows)
def test_the_shares_add_up_to_one_at_every_moment(rows: Rows) -> None:
    curve = _curves(rows)
    assert curve.waiting + curve.ended.sum(axis=0) == pytest.approx(np.ones(len(curve.times)))
    assert (np.diff(curve.ended) >= 0).all()
    assert (curve.variance >= 0).all()
    assert np.isfinite(curve.variance).all()


@given(rows.filter(bool))
def test_statsmodels_estimates_the_same(rows: Rows) -> None:
    curve = _curves(rows)
    ended = [row for row in rows if row[1]]
    if {way for _, way in ended} != {1, 2}:
        return  # it wants to see each way once
    with np.errstate(all="ignore"):
        other = CumIncidenceRight(*np.array(rows).T)
    at = curve.at(other.times)
    for way in (0, 1):
        assert curve.ended[way][at] == pytest.approx(other.cinc[way])
        known = np.isfinite(other.cinc_se[way])  # NaN where all that were at risk end at once
        assert np.sqrt(curve.variance[way][at][known]) == pytest.approx(
            other.cinc_se[way][known], abs=1e-7
        )


@given(rows.filter(bool))
def test_where_nobody_is_censored_they_are_plain_shares(rows: Rows) -> None:
    ended = [(time, max(way, 1)) for time, way in rows]
    curve = _curves(ended)
    for position, time in enumerate(curve.times):
        share = sum(when <= time and way == 1 for when, way in ended) / len(ended)
        assert curve.ended[0][position] == pytest.approx(share)
        # Sums that run on lose digits; of a variance eight are plenty.
        assert curve.variance[0][position] == pytest.approx(
            share * (1 - share) / len(ended), abs=1e-10
        )


@given(rows, st.randoms(use_true_random=False))
def test_neither_order_nor_grouping_changes_anything(rows: Rows, dice: st.DrawFn) -> None:
    curve = _curves(rows)
    mixed = list(rows)
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    times = sorted({time for time, _ in rows})
    counts = [[rows.count((time, way)) for time in times] for way in (0, 1, 2)]
    for other in (_curves(mixed), incidence(times, counts[1:], counts[0])):
        assert other.times.tolist() == curve.times.tolist()
        assert other.ended.tolist() == curve.ended.tolist()
        assert other.variance.tolist() == curve.variance.tolist()


def test_an_interval_without_censoring_is_wilsons() -> None:
    # 81 of 263: 0.2553 to 0.3662 (Newcombe 1998, Statistics in Medicine 17:857, method 3).
    share = 81 / 263
    low, high = interval([share], [share * (1 - share) / 263], [263])
    assert (low[0], high[0]) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_where_all_or_none_ended_the_interval_rests_on_whom_we_saw_to_the_end() -> None:
    # Wilson's interval of 0 of 10 ends at z² / (n + z²) = 0.2775.
    low, high = interval([0.0, 1.0], [0.0, 0.0], [10, 10])
    assert low == pytest.approx([0, 0.7225], abs=5e-5)
    assert high == pytest.approx([0.2775, 1], abs=5e-5)
    low, high = interval([0.0], [0.0], [0])
    assert (low[0], high[0]) == (0, 1)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=12))
def test_where_all_went_one_way_the_moments_in_between_change_nothing(gone: list[int]) -> None:
    # Sums of shares that come to 1 leave a rest of rounding, which is no variance.
    curves = incidence(np.arange(len(gone)), [gone, np.zeros(len(gone), int)], np.zeros(len(gone)))
    n = sum(gone)
    low, high = interval(curves.ended[0, -1:], curves.variance[0, -1:], [n])
    assert (low[0], high[0]) == pytest.approx(wilson(n, n))
    assert effective_size(curves.ended[0, -1], curves.variance[0, -1] ** 0.5, n) == n


def test_of_nothing_there_are_no_curves() -> None:
    curve = incidence([], [[], []], [])
    assert (len(curve.times), curve.ended.shape, curve.at([3]).tolist()) == (0, (2, 0), [-1])


def test_the_interval_covers_the_truth() -> None:
    # Half of 300 advance at once, by chance; all others wait for an exponential time, then
    # advance or get lost, and are censored at random: F_1 = 1/2 + 1/2 · 0.6 · (1 - e^-t).
    dice = np.random.default_rng(20261101)
    truth = 0.5 + 0.3 * (1 - np.exp(-1.5))
    covered = 0
    for _ in range(400):
        wait = np.where(dice.random(300) < 0.5, 0.0, dice.exponential(size=300))
        way = np.where((wait == 0) | (dice.random(300) < 0.6), 1, 2)
        until = dice.uniform(0, 3, size=300)
        time, way = np.minimum(wait, until), np.where(wait <= until, way, 0)
        curve = incidence(time, [way == 1, way == 2], way == 0)
        (at,) = curve.at([1.5])
        low, high = interval(curve.ended[0][[at]], curve.variance[0][[at]], [1])
        covered += bool(low[0] <= truth <= high[0])
    # 95 % of 400 are 380, give or take 4.4.
    assert 366 <= covered <= 394
