from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeyflow.analysis.chain import OTHER, solved
from journeyflow.analysis.gains import recovery_gains
from journeyflow.analysis.weakest import (
    FEW_PERSONS,
    NO_GROUP,
    NO_OTHER_WAY,
    NOBODY_CONVERTED,
    NOBODY_LOST,
    NOBODY_LOST_HERE,
    NOTHING_ENDED,
    NOTHING_GAINED,
    OFTEN_UNDEFINED,
    ON_THE_WAY,
    ONLY_ROW,
    THE_REST,
    weakest_links,
)
from journeyflow.errors import SettingsError
from tests.support.bags import COLUMNS, LOOPING, Journey, bags_of, walks

INTERVAL = ["gain_low", "gain_high", "rank_low", "rank_high"]


def _by_name(bags: pd.DataFrame, **options: Any) -> pd.DataFrame:
    return weakest_links(bags, **options).set_index("name")


def _journeys(outcomes: list[str], least: int = 1) -> st.SearchStrategy[list[Journey]]:
    steps = st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=6)
    return st.lists(st.tuples(steps, st.sampled_from(outcomes)), min_size=least, max_size=30)


def test_the_weakest_link_by_hand() -> None:
    # Of 100 at A 40 are lost; of 60 at B 30. A: c f (1 - p) / p = 0.3 · 0.2 · 0.4 / 0.6 = 0.04;
    # B: 0.3 · 0.2 · 0.5 / 0.5 = 0.06. So B is the weaker, though A loses more.
    told: list[Journey] = [("A", "lost")] * 40 + [("AB", "lost")] * 30 + [("AB", "converted")] * 30
    found = weakest_links(bags_of(told), draws=0)
    assert found["name"].tolist() == ["B", "A"]
    assert found["visits"].tolist() == [60, 100]
    assert found["exits"].tolist() == [30, 40]
    assert found["losses"].tolist() == pytest.approx([0.3, 0.4])
    assert found["share_of_losses"].tolist() == pytest.approx([3 / 7, 4 / 7])
    assert found["p_convert"].tolist() == pytest.approx([0.5, 0.3])
    assert found["gain"].tolist() == pytest.approx([0.06, 0.04])
    assert found["rank"].tolist() == [1, 2]
    assert found[[*INTERVAL, "distinguishable", "reason"]].isna().to_numpy().all()
    # Both at once: A keeps 0.68 and B 0.6.
    both = weakest_links(bags_of(told), {"A": "shop", "B": "shop", "C": "call"}, draws=0)
    assert both["name"].tolist() == ["shop"]
    assert both["gain"].tolist() == pytest.approx([0.68 * 0.6 - 0.3])
    assert both["p_convert"].tolist() == pytest.approx([60 / 160])
    assert both["losses"].tolist() == pytest.approx([0.7])


@settings(max_examples=30)
@given(_journeys(["converted", "lost"]), st.integers(1, 6), st.booleans())
def test_on_finished_journeys_the_losses_are_those_observed_and_the_shares_add_up(
    journeys: list[Journey], limit: int, grouped: bool
) -> None:
    groups = {"A": "x", "B": "x", "C": "y"} if grouped else None
    found = weakest_links(bags_of(journeys), groups, draws=0, limit=limit)
    lost = sum(outcome == "lost" for _, outcome in journeys)
    assert found["exits"].sum() == lost
    assert found["visits"].sum() == sum(len(steps) for steps, _ in journeys)
    assert found["losses"].sum() == pytest.approx(lost / len(journeys), abs=1e-12)
    if lost:
        assert found["share_of_losses"].sum() == pytest.approx(1, abs=1e-12)
    else:
        assert found["share_of_losses"].isna().all()
        assert set(found["reason"]) == {NOBODY_LOST}


@settings(max_examples=15)  # each draws and solves forty chains or more
@given(_journeys(["converted", "lost", "open"], least=20), st.randoms(use_true_random=False))
def test_names_and_the_order_of_rows_change_nothing(journeys: list[Journey], dice: Any) -> None:
    bags = bags_of(journeys)
    shuffled = list("ABCDE")
    dice.shuffle(shuffled)
    new = dict(zip("ABCDE", shuffled, strict=True))
    order = list(range(len(bags)))
    dice.shuffle(order)
    renamed = bags.replace({"from_touchpoint": new, "to_touchpoint": new}).iloc[order]
    mixed = weakest_links(renamed, draws=40)
    back = {name: old for old, name in new.items()}
    pd.testing.assert_frame_equal(
        weakest_links(bags, draws=40).set_index("name").sort_index(),
        mixed.assign(name=mixed["name"].map(back)).set_index("name").sort_index(),
        check_exact=False, rtol=1e-9, atol=1e-12, check_index_type=False,
    )  # fmt: skip


@settings(max_examples=15)  # each draws and solves forty chains or more
@given(_journeys(["converted", "lost", "open"], least=20))
def test_groups_of_one_are_ranked_as_touchpoints_are(journeys: list[Journey]) -> None:
    alone = weakest_links(bags_of(journeys), draws=40)
    # F is nowhere, so the names of the groups are as many as those of the touchpoints.
    grouped = weakest_links(bags_of(journeys), {name: name for name in "ABCDEF"}, draws=40)
    pd.testing.assert_frame_equal(alone, grouped)
    low, high, rank = (alone[name].dropna() for name in ("rank_low", "rank_high", "rank"))
    assert (low <= high).all()
    assert set(low.index) <= set(rank.index)
    assert (alone["gain_low"].dropna() <= alone["gain_high"].dropna()).all()
    assert (alone["gain"].dropna() >= 0).all()


def test_intervals_cover_the_true_gain_about_as_often_as_they_say() -> None:
    between = np.array([[0, 0.7], [0.2, 0]])
    start, converted, lost = np.array([1.0, 0]), np.array([0, 0.4]), np.array([0.3, 0.4])
    true = recovery_gains(solved("AB", between, start, converted, lost), 0.2)
    rng = np.random.default_rng(4)
    runs = [bags_of(walks(rng, 100, LOOPING)) for _ in range(40)]
    found = [_by_name(bags, draws=100).loc[["A", "B"], ["gain_low", "gain_high"]] for bags in runs]
    ends = np.array([each.to_numpy() for each in found])
    covered = ((ends[..., 0] <= true) & (true <= ends[..., 1])).mean(axis=0)
    # 95 % of 40 is 38 with a standard deviation of 1.4.
    assert ((covered >= 0.84) & (covered <= 1)).all()
    assert (ends[..., 0] > 0).all()


def test_persons_who_do_the_same_ten_times_are_no_more_persons() -> None:
    bags = bags_of(walks(np.random.default_rng(9), 60, LOOPING))
    often = bags.assign(transitions=bags["transitions"] * 10)
    counts = ["visits", "exits"]
    pd.testing.assert_frame_equal(
        weakest_links(bags, draws=60).drop(columns=counts),
        weakest_links(often, draws=60).drop(columns=counts),
    )


def test_equal_rows_are_not_distinguishable_and_plainly_weaker_ones_are() -> None:
    # Half go by A and half by B, and as many are lost there: one is as weak as the other. C keeps
    # nearly everybody.
    told: list[Journey] = []
    for first in "AB":
        told += (
            [(first, "lost")] * 60 + [(f"{first}C", "converted")] * 58 + [(f"{first}C", "lost")] * 2
        )
    found = _by_name(bags_of(told), draws=200)
    assert found["rank"].to_dict() == {"A": 1, "B": 1, "C": 3}
    assert found["distinguishable"].to_dict() == {"A": False, "B": False, "C": True}
    assert found.loc["C", ["rank_low", "rank_high"]].tolist() == [3, 3]
    # Where A's and B's persons are never drawn apart the two are equal in every draw.
    pairs = [person % 120 for person in range(len(told))]
    tied = _by_name(bags_of(told, pairs), draws=200)
    assert tied.loc[["A", "B"], ["rank_low", "rank_high"]].to_numpy().tolist() == [[1, 2], [1, 2]]
    # 60 of 120 against 2 of 60: the first is told apart from the second.
    alone = _by_name(bags_of(told).replace("B", "A"), draws=200)
    assert alone["distinguishable"].tolist() == [True, True]


def test_draws_that_lack_something_count_and_are_counted() -> None:
    # One of 30 converts: of 30 drawn none does with (29/30)^30 = 0.36.
    rare: list[Journey] = [("AB", "converted"), *[("ABA", "lost")] * 9, *[("AB", "lost")] * 20]
    found = _by_name(bags_of(rare), draws=400)
    assert found["gain_low"].tolist() == [0, 0]
    assert found["undefined_draws"].tolist() == [0, 0]
    assert found["zero_draws"].between(100, 190).all()
    assert (found["rank_high"] == 2).all()  # without a conversion the two are equal
    # Only one of 30 comes to C at all, and would go on to A or get lost there.
    seldom = [*[("A", "converted"), ("A", "lost")] * 14, ("AB", "converted"), ("CAC", "lost")]
    absent = _by_name(bags_of(seldom), draws=400)
    assert absent["undefined_draws"].tolist() == [0, 0, 0]
    assert 100 < absent.loc["C", "zero_draws"] < 190
    assert absent.loc["C", "gain_low"] == 0 < absent.loc["C", "gain_high"]
    # Only one of those at B goes on: without that one there is no other way to spread over.
    dead: list[Journey] = [("B", "lost")] * 29 + [("BA", "converted")] + [("A", "converted")] * 9
    unknown = _by_name(bags_of([*dead, ("A", "lost")]), draws=400)
    assert 100 < unknown.loc["B", "undefined_draws"] < 190
    assert unknown.loc["B", "reason"] == OFTEN_UNDEFINED
    assert unknown.loc["B", ["gain_low", "gain_high"]].isna().all()
    assert unknown.loc["B", ["rank_low", "rank_high"]].tolist() == [1, 2]


ONE: Journey = ("A", "converted")
DEGENERATE: dict[str, tuple[list[Journey], dict[str, str]]] = {
    "one journey": ([ONE], {"A": NOBODY_LOST}),
    "all converting": ([ONE, ("AB", "converted")] * 15, {"A": NOBODY_LOST, "B": NOBODY_LOST}),
    "none converting": ([("AB", "lost")] * 30, {"A": NOBODY_CONVERTED, "B": NOBODY_CONVERTED}),
    "all open": ([("AB", "open")] * 30, {"A": NOTHING_ENDED, "B": NOTHING_ENDED}),
    "a loop without exit": (
        [ONE, ("A", "lost"), ("ACDC", "open")] * 15,
        {"A": ONLY_ROW, "C": ON_THE_WAY, "D": ON_THE_WAY},
    ),
    "a dead end": ([("AB", "lost"), ONE] * 15, {"A": NOTHING_GAINED, "B": NO_OTHER_WAY}),
    "few persons": (
        [("AB", "lost"), ("BA", "converted")] * 9,
        {"A": FEW_PERSONS, "B": FEW_PERSONS},
    ),
    "one touchpoint": ([ONE, ("A", "lost")] * 15, {"A": ONLY_ROW}),
}


@pytest.mark.parametrize("case", DEGENERATE)
def test_figures_that_are_not_there_have_a_reason(case: str) -> None:
    journeys, reasons = DEGENERATE[case]
    found = _by_name(bags_of(journeys), draws=40)
    assert found["reason"].to_dict() == reasons
    if case in {"none converting", "all open"}:
        assert found[["gain", "rank", *INTERVAL]].isna().to_numpy().all()
    numbers = found.select_dtypes("number").astype("float64")
    assert not np.isinf(numbers.to_numpy()).any()


def test_no_rows_give_no_rows() -> None:
    for empty in (bags_of([]), pd.DataFrame(columns=COLUMNS)):
        assert weakest_links(empty).empty
        assert weakest_links(empty, {"A": "x"}).columns.tolist()[0] == "name"


def test_where_nobody_was_lost_yet_the_gain_is_zero_and_its_interval_unknown() -> None:
    told: list[Journey] = [("AB", "converted"), ("A", "lost")] * 20
    found = _by_name(bags_of(told), draws=40)
    assert found["gain"].tolist() == pytest.approx([0.1, 0])
    assert found.loc["B", ["gain_low", "gain_high"]].isna().all()
    assert found["rank_low"].tolist() == [1, 2]
    assert found.loc["B", "reason"] == NOBODY_LOST_HERE


def test_what_is_folded_has_figures_and_no_rank() -> None:
    told: list[Journey] = [("AC", "lost"), ("AB", "converted"), ("BD", "converted"), ("A", "lost")]
    found = weakest_links(bags_of(told * 10), {"A": "x", "C": "x"}, limit=2, draws=40)
    assert found["name"].tolist() == ["x", NO_GROUP, OTHER]
    other = found.set_index("name").loc[OTHER]
    assert (other["visits"], other["exits"], other["reason"]) == (20, 10, THE_REST)
    assert other["gain_low"] < other["gain"] < other["gain_high"]
    assert other[["rank", "rank_low", "distinguishable"]].isna().all()


def test_two_hundred_touchpoints_and_one_more() -> None:
    names = [f"{number:03d}" for number in range(201)]
    told: list[Journey] = [
        ([first, second], "lost" if place % 3 else "converted")
        for place, (first, second) in enumerate(pairwise([*names, *names]))
    ]
    found = weakest_links(bags_of(told), draws=0)
    assert len(found) == 201
    assert found["share_of_losses"].sum() == pytest.approx(1, abs=1e-12)
    assert found["rank"].notna().sum() <= 200


@pytest.mark.parametrize(
    "wrong", [{"recover": 0}, {"recover": 1.5}, {"draws": -1}, {"draws": 39}, {"limit": 0}]
)
def test_options_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="expected"):
        weakest_links(bags_of([ONE]), **wrong)
