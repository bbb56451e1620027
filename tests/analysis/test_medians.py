from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from journeyflow.analysis.medians import compare_medians, median
from journeyflow.errors import SettingsError

seconds = st.integers(0, 40)
waits = st.dictionaries(st.sampled_from("abcde"), st.lists(seconds, max_size=40), max_size=5)


@pytest.mark.parametrize(
    ("n", "low", "high"), [(6, 1, 6), (10, 2, 9), (15, 4, 12), (20, 6, 15), (30, 10, 21)]
)
def test_the_ends_are_the_tabled_order_statistics(n: int, low: int, high: int) -> None:
    # Conover 1971, table A3: distribution-free intervals of a median at 95 % or more.
    assert median(np.arange(n, 0, -1)) == ((n + 1) / 2, low, high)


@given(st.integers(1, 400))
def test_the_interval_is_the_closest_that_holds_the_median_often_enough(n: int) -> None:
    _, low, high = median(np.arange(1, n + 1))
    if np.isnan(low):
        assert n < 6
        return
    # Values low to high hold the median if from low to high - 1 of n lie below it.
    assert binom.cdf(high - 1, n, 0.5) - binom.cdf(low - 1, n, 0.5) >= 0.95
    assert high - low == 1 or binom.cdf(high - 2, n, 0.5) - binom.cdf(low, n, 0.5) < 0.95


@given(waits, st.sampled_from(["rest", "largest"]), st.randoms(use_true_random=False))
def test_figures_are_known_or_have_a_reason_and_order_changes_nothing(
    given_waits: dict[str, list[int]], against: str, dice: object
) -> None:
    found = compare_medians(given_waits, against=against)
    assert found["segment"].tolist() == sorted(given_waits)
    unsure = found["difference_low"].isna() | found["p"].isna()
    assert found.loc[unsure & (found["verdict"] != "reference"), "reason"].notna().all()
    shown = found[~found["suppressed"]]
    assert (shown["median"].isna() == (shown["n"] == 0)).all()
    assert found.loc[found["suppressed"], ["n", "median", "low", "p"]].isna().to_numpy().all()
    for values in given_waits.values():
        dice.shuffle(values)  # type: ignore[attr-defined]
    again = compare_medians(dict(reversed(given_waits.items())), against=against)
    pd.testing.assert_frame_equal(again, found)


@given(st.lists(seconds, min_size=6, max_size=60), st.lists(seconds, min_size=6, max_size=60))
def test_swapping_two_segments_negates_the_difference(a: list[int], b: list[int]) -> None:
    found = compare_medians({"a": a, "b": b})
    value, low, high = (
        found[name].tolist() for name in ("difference", "difference_low", "difference_high")
    )
    assert value == [np.median(a) - np.median(b), np.median(b) - np.median(a)]
    assert (low[0], high[0]) == (-high[1], -low[1])
    assert found["p"].iloc[0] == pytest.approx(found["p"].iloc[1], nan_ok=True)


def test_long_tails_are_compared_by_their_middle() -> None:
    # Waits of a are twice those of b; a few of b's take a thousand times as long.
    dice = np.random.default_rng(4)
    b = dice.lognormal(9, 1, 2000)
    b[:20] *= 1000
    found = compare_medians({"a": 2 * dice.lognormal(9, 1, 2000), "b": b}).set_index("segment")
    assert found["verdict"].tolist() == ["higher", "lower"]
    # Medians are 2 e^9 and e^9: the truth is in between.
    assert found.loc["a", "difference_low"] < np.exp(9) < found.loc["a", "difference_high"]
    assert found.loc["a", "difference"] == pytest.approx(np.exp(9), rel=0.15)


def test_the_interval_of_a_difference_holds_the_truth_as_often_as_it_says() -> None:
    dice = np.random.default_rng(6)
    held = false = 0
    for _ in range(200):
        sides = {"a": dice.exponential(3600, 60), "b": dice.exponential(3600, 45)}
        row = compare_medians(sides, against="b").iloc[0]
        held += row["difference_low"] <= 0 <= row["difference_high"]
        false += row["p"] <= 0.05
    assert held >= 0.93 * 200
    assert false <= 0.08 * 200  # 0.05 and two standard errors


def test_small_segments_are_hidden_and_persons_may_be_fewer_than_waits() -> None:
    given_waits = {"a": [1.0] * 40, "b": [2.0] * 30, "c": [3.0] * 9, "d": [float("nan")] * 3}
    found = compare_medians(given_waits, persons={"a": 20, "b": 8, "c": 2, "d": 0})
    assert found["suppressed"].tolist() == [False, True, True, False]
    assert found["reason"].tolist()[2:] == ["too few persons", "nobody in the segment"]
    named = compare_medians(given_waits, persons={"a": 20, "b": 8, "c": 2, "d": 0}, against="c")
    assert named["reason"][0] == "what it is compared with has too few persons"
    with pytest.raises(SettingsError, match="how many 'd' has"):
        compare_medians(given_waits, persons={"a": 20, "b": 8, "c": 2})
