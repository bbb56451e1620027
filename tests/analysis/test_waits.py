"""Waits between touchpoints: against the definition, by hand, and where little is known."""

from __future__ import annotations

from fractions import Fraction
from statistics import median as plain_median

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.medians import median
from journeyflow.analysis.wait_tables import (
    handovers,
    owner_waits,
    touchpoint_waits,
    transition_waits,
)

#: Where from, where to or what became of it, after how many seconds. Many are equal, some zero.
Wait = tuple[str, str, int]
LOST, OPEN = "(lost)", "(open)"
waits = st.lists(
    st.tuples(
        st.sampled_from("AB"), st.sampled_from(["C", "D", LOST, OPEN, OPEN]), st.integers(0, 9)
    ),
    max_size=30,
)
DAY = 86_400


def counted(rows: list[Wait]) -> pd.DataFrame:
    """Each wait a row of its own."""
    table = pd.DataFrame(rows, columns=["from_touchpoint", "to_touchpoint", "wait_us"])
    wait = table["wait_us"].astype("float64") * 1e6
    told = {"from_owner": "Sales", "to_owner": "Sales", "calendar": None, "counts": True}
    return table.assign(wait_us=wait, waits=1, **told).astype({"waits": "int64", "counts": bool})


def between(rows: list[Wait]) -> dict[tuple[str, str], pd.Series]:
    table = transition_waits(counted(rows))
    return {(row["from_touchpoint"], row["to_touchpoint"]): row for _, row in table.iterrows()}


def defined(rows: list[Wait], source: str, target: str, p: Fraction) -> float | None:
    """The quantile as the module defines it, in fractions; None where the curve is too young."""
    here = [(to, wait) for start, to, wait in rows if start == source]
    still, risen, curve = Fraction(1), Fraction(0), []
    for moment in sorted({wait for _, wait in here}):
        at_risk = sum(wait >= moment for _, wait in here)
        risen += still * Fraction(here.count((target, moment)), at_risk)
        ended = sum(wait == moment and to != OPEN for to, wait in here)
        still *= 1 - Fraction(ended, at_risk)
        curve.append((moment, risen))
    if p * risen / (1 - still) > risen:
        return None
    first = next(moment for moment, share in curve if share >= p * risen)
    above = next(moment for moment, share in curve if share > p * risen)
    return (first + above) / 2


@given(waits)
def test_quantiles_are_read_off_the_curve_of_the_way_that_was_taken(rows: list[Wait]) -> None:
    found = between(rows)
    assert found.keys() == {(a, b) for a, b, _ in rows if b not in (LOST, OPEN)}
    for (source, target), row in found.items():
        mine = [to for start, to, _ in rows if start == source]
        assert row["transitions"] == mine.count(target)
        assert (row["lost"], row["running"]) == (mine.count(LOST), mine.count(OPEN))
        told = [defined(rows, source, target, Fraction(p, 10)) for p in (5, 9)]
        for figure, expected in zip(row[["wait_median_s", "wait_p90_s"]], told, strict=True):
            assert figure == pytest.approx(np.nan if expected is None else expected, nan_ok=True)
        reasons = [
            reason
            for reason, expected in zip(
                ("median_not_reached", "p90_not_reached"), told, strict=True
            )
            if expected is None
        ]
        assert [row["reason"]] == (reasons[:1] or [pytest.approx(np.nan, nan_ok=True)])
        low, middle, high = row[["wait_median_low_s", "wait_median_s", "wait_median_high_s"]]
        assert not low > middle
        assert not middle > high


@given(waits)
def test_where_nothing_runs_medians_are_the_plain_ones_with_their_order_statistics(
    rows: list[Wait],
) -> None:
    ended = [row for row in rows if row[1] != OPEN]
    found = between(ended)
    for (source, target), row in found.items():
        mine = [wait for *ends, wait in ended if ends == [source, target]]
        ends = row[["wait_median_low_s", "wait_median_high_s"]].tolist()
        assert row["wait_median_s"] == plain_median(mine)
        if len(mine) != 17:  # where the normal distribution finds a rank less than the binomial
            assert ends == pytest.approx(median(mine)[1:], nan_ok=True)
    if any(wait for _, to, wait in ended if to != LOST):
        assert sum(row["wait_share"] for row in found.values()) == pytest.approx(1)
    else:
        assert all(np.isnan(row["wait_share"]) for row in found.values())


def test_a_wait_that_runs_longer_than_all_others_took_counts() -> None:
    rows = [("A", "B", 1), ("A", "B", 2), ("A", "B", 3), ("A", OPEN, 10)]
    row = between(rows)["A", "B"]
    # F is 1/4, 2/4, 3/4 and ends there; half of that is passed at 2. A quarter still waits: it
    # would end at 1 if they went too, and nine tenths of 1 lie beyond 3/4.
    assert row["wait_median_s"] == 2
    assert np.isnan(row["wait_p90_s"])
    assert row["reason"] == "p90_not_reached"
    row = between([*rows, *[("A", OPEN, 10)] * 3])["A", "B"]
    # Now 4 of 7 still wait, more than half.
    assert np.isnan(row["wait_median_s"])
    assert row["reason"] == "median_not_reached"


def test_waits_that_still_run_make_the_others_longer() -> None:
    # Eight wait; two go on after 1 s, then four of the six left are seen no longer; of the last two
    # one goes after 5 s, one after 9. F rises by 2/8, then by 6/8 x 1/2 each: 0.25, 0.625, 1.
    rows = [("A", "B", 1)] * 2 + [("A", OPEN, 2)] * 4 + [("A", "B", 5), ("A", "B", 9)]
    row = between(rows)["A", "B"]
    assert row["wait_median_s"] == 5
    assert plain_median(wait for _, to, wait in rows if to == "B") == 3


def test_waits_of_no_time_count() -> None:
    row = between([("A", "B", 0)] * 3 + [("A", "B", 4)])["A", "B"]
    assert (row["wait_median_s"], row["transitions"], row["wait_share"]) == (0, 4, 1)
    row = between([("A", "B", 0)] * 4)["A", "B"]
    assert (row["wait_median_s"], row["wait_p90_s"]) == (0, 0)
    assert np.isnan(row["wait_share"])


@given(waits, st.randoms(use_true_random=False))
def test_neither_order_nor_grouping_nor_names_change_anything(
    rows: list[Wait], dice: st.DrawFn
) -> None:
    mixed = [(source, {"C": "Z"}.get(to, to), wait) for source, to, wait in rows]
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    keys = [name for name in counted([]).columns if name != "waits"]
    grouped = counted(mixed).groupby(keys, as_index=False, dropna=False).sum()
    other = transition_waits(grouped).replace("Z", "C")
    ends = ["from_touchpoint", "to_touchpoint"]
    pd.testing.assert_frame_equal(
        transition_waits(counted(rows)), other.sort_values(ends).reset_index(drop=True)
    )


def test_how_many_have_gone_on_from_a_touchpoint_by_a_day_a_week_and_a_month() -> None:
    # Ten wait at A: four go on after half a day, one gets lost on day 2, two are seen for 3 days
    # alone; of the three others one goes on day 7 and one on day 20, and one is seen for 25 days.
    rows = [
        *[("A", "B", DAY // 2)] * 2, *[("A", "C", DAY // 2)] * 2, ("A", LOST, 2 * DAY),
        *[("A", OPEN, 3 * DAY)] * 2, ("A", "B", 7 * DAY), ("A", "C", 20 * DAY),
        ("A", OPEN, 25 * DAY), ("B", OPEN, DAY), ("C", LOST, 5),
    ]  # fmt: skip
    at = touchpoint_waits(counted(rows)).set_index("touchpoint")
    here = at.loc["A"]
    assert here[["waits", "transitions", "lost", "running"]].tolist() == [10, 6, 1, 3]
    # 0.4 by day 1; 0.5 still wait after day 2, of whom a third goes each time: 0.4 + 0.5 / 3.
    assert here["within_1d"] == pytest.approx(0.4)
    assert here["within_7d"] == pytest.approx(0.4 + 0.5 / 3)
    # Wilson's interval of 4 of 10.
    assert here[["within_1d_low", "within_1d_high"]].tolist() == pytest.approx(
        [0.1682, 0.6873], abs=5e-5
    )
    assert here["within_7d_low"] < here["within_7d"] < here["within_7d_high"]
    assert np.isnan(here[["within_30d", "within_30d_low", "within_30d_high"]].astype(float)).all()
    # The curve ends at 0.4 + 2 x 0.5 / 3 = 0.7333, with a sixth still waiting.
    assert here["wait_median_s"] == DAY // 2
    assert here["reason"] == "p90_not_reached"
    assert at.loc["B", "within_1d"] == 0
    assert np.isnan(at.loc["B", "within_7d"])
    # Nobody is left at C who could still go on.
    assert at.loc["C", ["within_1d", "within_30d"]].tolist() == [0, 0]
    assert at.loc[["B", "C"], "reason"].tolist() == ["nobody_went_on"] * 2


#: B has no owner.
OWNERS = {"A": "Ann", "C": "Ann", "D": "Dan"}


def owned(rows: list[Wait]) -> pd.DataFrame:
    table = counted(rows)
    return table.assign(
        from_owner=table["from_touchpoint"].map(OWNERS), to_owner=table["to_touchpoint"].map(OWNERS)
    )


@given(waits)
def test_each_wait_is_for_the_owner_of_the_next_step_and_each_loss_at_that_of_the_last(
    rows: list[Wait],
) -> None:
    table = owner_waits(owned(rows)).set_index("owner")
    here = [OWNERS.get(source, "(no owner)") for source, _, _ in rows]
    there = [OWNERS.get(to) for _, to, _ in rows]
    assert set(table.index) == {*here, *filter(None, there)}
    over = handovers(owned(rows)).set_index(["from_owner", "to_owner"])
    for owner, row in table.iterrows():
        assert row["transitions"] == there.count(str(owner))
        ends = [to for source, (_, to, _) in zip(here, rows, strict=True) if source == owner]
        assert (row["lost"], row["running"]) == (ends.count(LOST), ends.count(OPEN))
        assert (row["reason"] == "no_wait_ended") == (row["transitions"] == 0)
    pairs = [pair for pair in zip(here, there, strict=True) if pair[1]]
    assert over["transitions"].to_dict() == {
        pair: pairs.count(pair) for pair in pairs if pair[0] != pair[1]
    }
    shares = table["wait_share"].sum()
    assert shares == 0 or shares == pytest.approx(1)
    if LOST in [to for _, to, _ in rows]:
        assert table["loss_share"].sum() == pytest.approx(1)
    same = sum(
        wait for source, to, wait in rows if to in OWNERS and OWNERS.get(source) == OWNERS[to]
    )
    whole = sum(wait for _, to, wait in rows if to in OWNERS)
    if whole:
        assert over["wait_share"].sum() == pytest.approx(1 - same / whole)


def test_waits_from_several_touchpoints_count_as_what_each_of_them_stands_for() -> None:
    # At A one of two is seen to go, after 1 s; the other was watched for no time, so that one
    # stands for two. At B three go to D after 2, 3 and 4 s. Together 5, half of which end by 2 s.
    rows = [("A", OPEN, 0), ("A", "D", 1), ("B", "D", 2), ("B", "D", 3), ("B", "D", 4)]
    (dan,) = owner_waits(owned(rows)).query("owner == 'Dan'").to_dict("records")
    assert (dan["transitions"], dan["wait_median_s"]) == (4, 2)
    assert plain_median([1, 2, 3, 4]) == 2.5


def test_of_nothing_there_are_no_rows() -> None:
    for maker in (transition_waits, touchpoint_waits, owner_waits, handovers):
        assert maker(owned([])).empty
        assert not maker(owned([("A", "D", 1)])).empty
    assert transition_waits(counted([("A", OPEN, 1), ("B", LOST, 1)])).empty


def test_the_interval_covers_the_true_median_with_censoring_and_another_way_to_go() -> None:
    # 60 of 100 would go to B, the others elsewhere, both after an exponential time: whichever way
    # it is, its median is ln 2. Two of five waits are cut off by the end of observation.
    dice = np.random.default_rng(20261101)
    tried, each = 400, 120
    wait, until = dice.exponential(size=(tried, each)), dice.uniform(0, 2.4, size=(tried, each))
    to = np.where(wait > until, OPEN, np.where(dice.random((tried, each)) < 0.6, "B", "C"))
    rows = counted([(f"A{place:03}", "B", 0) for place in range(tried) for _ in range(each)])
    rows = rows.assign(wait_us=np.minimum(wait, until).ravel() * 1e6, to_touchpoint=to.ravel())
    table = transition_waits(rows)
    found = table[table["to_touchpoint"] == "B"]
    # Of those who go within the 2.4 that anybody was watched: F(t) = F(2.4) / 2.
    truth = -np.log(1 - (1 - np.exp(-2.4)) / 2)
    missed = (found["wait_median_low_s"] > truth) | (found["wait_median_high_s"] < truth)
    # 5 % or less of 400 are 20, give or take 4.4.
    assert len(found) == tried
    assert missed.sum() <= 28
