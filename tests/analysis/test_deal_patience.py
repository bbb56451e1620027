from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.deal_patience import FEW_WENT_ON, TOO_YOUNG, deal_patience

HOUR_US, HOUR = 3_600_000_000, 3600.0
COLUMNS = ["source", "pipeline", "touchpoint", "after_us", "went_on", "lost", "standing"]


def stage(*stays: tuple[float, int, int, int], name: str = "Offer") -> pd.DataFrame:
    """Hours in the stage, went on, lost, standing."""
    return pd.DataFrame(
        [("crm", None, name, round(hours * HOUR_US), *counts) for hours, *counts in stays],
        columns=COLUMNS,
    )


def test_the_time_by_which_nine_in_ten_have_gone_on() -> None:
    # 28 deals: one goes on in each of 24 hours, one stands for ten hours by now, one is lost later,
    # two stand for ever. Up to 10 h F grows by 1/28 each; then 18/28 wait and 17 are watched, so by
    # 18/28/17. F(24) is 0.8866; nine tenths of it, 0.798, are reached 12 hours after the tenth.
    hours = [(float(hour), 1, 0, int(hour == 10)) for hour in range(1, 25)]
    (row,) = deal_patience(
        stage(*hours, (100, 0, 1, 0), (200, 0, 0, 1), (300, 0, 0, 1))
    ).itertuples()
    assert (row.deals, row.went_on, row.lost) == (28, 24, 1)
    assert row.p_goes_on == pytest.approx(10 / 28 + 14 * 18 / 28 / 17)
    assert (row.late_after_s, row.watched_s) == (22 * HOUR, 200 * HOUR)
    # Half of it, 0.443, is reached 3 hours after the tenth.
    assert row.median_s == 13 * HOUR
    assert pd.isna(row.reason)


def watched(seed: int, days: int, deals: int = 4000) -> pd.DataFrame:
    """Deals that come all the time; six in ten go on after 10 days on average, one is lost after 5,
    three stand for ever."""
    dice = np.random.default_rng(seed)
    age = dice.uniform(0, days, deals)
    way = dice.choice(["went_on", "lost", "standing"], deals, p=[0.6, 0.1, 0.3])
    mean = np.select([way == "went_on", way == "lost"], [10.0, 5.0], np.inf)
    wait = dice.exponential(1, deals) * mean
    way = np.where(wait < age, way, "standing")
    hours = np.minimum(wait, age) * 24
    return pd.concat([
        stage(*((h, int(w == "went_on"), int(w == "lost"), int(w == "standing"))
                for h, w in zip(hours, way, strict=True)))
    ])  # fmt: skip


def test_deals_that_are_forgotten_do_not_hide_those_that_are_late() -> None:
    (row,) = deal_patience(watched(5, days=200)).itertuples()
    # Nine in ten of an exponential wait of ten days: 10 ln 10 days.
    assert row.late_after_s == pytest.approx(10 * np.log(10) * 24 * HOUR, rel=0.08)
    assert row.p_goes_on == pytest.approx(0.6, abs=0.03)
    assert row.median_s == pytest.approx(10 * np.log(2) * 24 * HOUR, rel=0.08)


def test_those_that_went_on_alone_would_call_too_many_late() -> None:
    # Watched for 50 days, the slow ones are those that still stand.
    counts = watched(5, days=50)
    gone = counts.loc[counts["went_on"] > 0, "after_us"] / 1e6
    (row,) = deal_patience(counts).itertuples()
    truth = 10 * np.log(10) * 24 * HOUR
    assert np.quantile(gone, 0.9) < 0.87 * truth
    assert row.late_after_s == pytest.approx(truth, rel=0.1)


def test_a_stage_that_is_too_young_tells_no_time() -> None:
    (row,) = deal_patience(watched(5, days=20)).itertuples()
    assert row.reason == TOO_YOUNG
    assert np.isnan(row.late_after_s)


@pytest.mark.parametrize("way", [0, 1, 2], ids=["all go on", "all lost", "all stand"])
@pytest.mark.parametrize("deals", [1, 19, 20, 500])
def test_one_way_alone(way: int, deals: int) -> None:
    counts = [deals if way == each else 0 for each in range(3)]
    (row,) = deal_patience(stage((5.0, counts[0], counts[1], counts[2]))).itertuples()
    assert row.p_goes_on == float(way == 0)
    if way == 0 and deals >= 20:
        assert (row.late_after_s, row.median_s) == (5 * HOUR, 5 * HOUR)
    else:
        assert row.reason == FEW_WENT_ON


def test_of_no_deal_there_is_no_row() -> None:
    empty, some = deal_patience(stage()), deal_patience(stage((1.0, 20, 0, 0)))
    assert empty.empty
    assert (empty.dtypes == some.dtypes).all()


STAYS = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)).filter(
        lambda stay: sum(stay[1:]) > 0
    ),
    min_size=1,
    max_size=20,
)


@given(STAYS, st.randoms(use_true_random=False))
def test_a_time_comes_with_no_reason_and_order_changes_nothing(stays: list[Any], dice: Any) -> None:
    table = deal_patience(stage(*stays))
    (row,) = table.itertuples()
    assert pd.isna(row.reason) != np.isnan(row.late_after_s)
    assert row.went_on >= 20 or row.reason == FEW_WENT_ON
    if pd.isna(row.reason):
        assert 0 <= row.median_s <= row.late_after_s <= row.watched_s
        # Without any that stand, it is the time by which nine in ten of all that went on had.
        if not any(stay[3] for stay in stays):
            gone = sorted(hours for hours, went_on, *_ in stays for _ in range(went_on))
            assert row.late_after_s == gone[-(-9 * len(gone) // 10) - 1] * HOUR
    dice.shuffle(stays)
    pd.testing.assert_frame_equal(deal_patience(stage(*stays)), table)
