from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeyflow.analysis.chain import OTHER, solved
from journeyflow.analysis.gains import conversion_variance, recovery_gains
from journeyflow.analysis.resampling import Bags, percentiles, rank_span
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

Journey = tuple[Sequence[str], str]
COLUMNS = ["bag", "from_touchpoint", "to_touchpoint", "transitions"]
INTERVAL = ["gain_low", "gain_high", "rank_low", "rank_high"]


def _bags(journeys: Sequence[Journey], bag_of: Sequence[int] | None = None) -> pd.DataFrame:
    """One person per journey and one bag per person, unless `bag_of` says otherwise."""
    counts: Counter[tuple[int, str, str]] = Counter()
    for person, (steps, outcome) in enumerate(journeys):
        bag = bag_of[person] if bag_of else person
        counts.update((bag, *ends) for ends in pairwise(["(start)", *steps, f"({outcome})"]))
    rows = [(*key, count) for key, count in counts.items()]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"bag": "int64", "transitions": "int64"})


def _by_name(bags: pd.DataFrame, **options: Any) -> pd.DataFrame:
    return weakest_links(bags, **options).set_index("name")


def _journeys(outcomes: list[str], least: int = 1) -> st.SearchStrategy[list[Journey]]:
    steps = st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=6)
    return st.lists(st.tuples(steps, st.sampled_from(outcomes)), min_size=least, max_size=30)


def test_the_weakest_link_by_hand() -> None:
    # Of 100 at A 40 are lost; of 60 at B 30. A: c f (1 - p) / p = 0.3 · 0.2 · 0.4 / 0.6 = 0.04;
    # B: 0.3 · 0.2 · 0.5 / 0.5 = 0.06. So B is the weaker, though A loses more.
    told: list[Journey] = [("A", "lost")] * 40 + [("AB", "lost")] * 30 + [("AB", "converted")] * 30
    found = weakest_links(_bags(told), draws=0)
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
    both = weakest_links(_bags(told), {"A": "shop", "B": "shop", "C": "call"}, draws=0)
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
    found = weakest_links(_bags(journeys), groups, draws=0, limit=limit)
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
    bags = _bags(journeys)
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
    alone = weakest_links(_bags(journeys), draws=40)
    # F is nowhere, so the names of the groups are as many as those of the touchpoints.
    grouped = weakest_links(_bags(journeys), {name: name for name in "ABCDEF"}, draws=40)
    pd.testing.assert_frame_equal(alone, grouped)
    low, high, rank = (alone[name].dropna() for name in ("rank_low", "rank_high", "rank"))
    assert (low <= high).all()
    assert set(low.index) <= set(rank.index)
    assert (alone["gain_low"].dropna() <= alone["gain_high"].dropna()).all()
    assert (alone["gain"].dropna() >= 0).all()


def _walks(rng: np.random.Generator, persons: int, ways: Mapping[str, Any]) -> list[Journey]:
    """Journeys from A on by a chain: {touchpoint: {next or outcome: chance}}."""
    told: list[Journey] = []
    for _ in range(persons):
        steps = ["A"]
        while (
            after := str(rng.choice(list(ways[steps[-1]]), p=[*ways[steps[-1]].values()]))
        ) in ways:
            steps.append(after)
        told.append((steps, after))
    return told


LOOPING = {
    "A": {"B": 0.7, "lost": 0.3},
    "B": {"A": 0.2, "converted": 0.4, "lost": 0.4},
}


def test_intervals_cover_the_true_gain_about_as_often_as_they_say() -> None:
    between = np.array([[0, 0.7], [0.2, 0]])
    start, converted, lost = np.array([1.0, 0]), np.array([0, 0.4]), np.array([0.3, 0.4])
    true = recovery_gains(solved("AB", between, start, converted, lost), 0.2)
    rng = np.random.default_rng(4)
    runs = [_bags(_walks(rng, 100, LOOPING)) for _ in range(40)]
    found = [_by_name(bags, draws=100).loc[["A", "B"], ["gain_low", "gain_high"]] for bags in runs]
    ends = np.array([each.to_numpy() for each in found])
    covered = ((ends[..., 0] <= true) & (true <= ends[..., 1])).mean(axis=0)
    # 95 % of 40 is 38 with a standard deviation of 1.4.
    assert ((covered >= 0.84) & (covered <= 1)).all()
    assert (ends[..., 0] > 0).all()


def test_the_delta_method_and_the_bootstrap_agree_on_independent_steps() -> None:
    ways = {**LOOPING, "B": {"A": 0.2, "converted": 0.3, "lost": 0.3, "open": 0.2}}
    bags = Bags(_bags(_walks(np.random.default_rng(5), 1000, ways)))
    drawn = [each.chain.conversion for each in bags.draws(500, seed=6)]
    # 500 draws know a standard deviation to 3 %; open ends make it no share of journeys.
    expected = math.sqrt(conversion_variance(bags.everybody().chain))
    assert np.std(drawn) == pytest.approx(expected, rel=0.1)


def test_random_groups_of_persons_spread_as_persons_do() -> None:
    told = _walks(np.random.default_rng(7), 2000, LOOPING)
    share = sum(outcome == "converted" for _, outcome in told) / len(told)
    bags = Bags(_bags(told, [person % 200 for person in range(len(told))]))
    drawn = [each.chain.conversion for each in bags.draws(500, seed=8)]
    # Known from the 200 bags to 5 %, by 500 draws to 3 %.
    assert np.std(drawn) == pytest.approx(math.sqrt(share * (1 - share) / len(told)), rel=0.2)


def test_persons_who_do_the_same_ten_times_are_no_more_persons() -> None:
    bags = _bags(_walks(np.random.default_rng(9), 60, LOOPING))
    often = bags.assign(transitions=bags["transitions"] * 10)
    counts = ["visits", "exits"]
    pd.testing.assert_frame_equal(
        weakest_links(bags, draws=60).drop(columns=counts),
        weakest_links(often, draws=60).drop(columns=counts),
    )


def test_a_draw_is_the_persons_drawn_counted_again() -> None:
    told = _walks(np.random.default_rng(1), 25, LOOPING)
    weights = np.random.default_rng(3).multinomial(25, np.full(25, 1 / 25), size=60)
    for weight, sample in zip(weights, Bags(_bags(told)).draws(60, seed=3), strict=True):
        again = [journey for journey, times in zip(told, weight, strict=True) for _ in range(times)]
        expected = Bags(_bags(again)).everybody()
        steps = [step for path, _ in again for step in path]
        assert sample.visits.tolist() == [steps.count("A"), steps.count("B")]
        assert sample.exits.sum() == sum(outcome == "lost" for _, outcome in again)
        assert sample.chain.conversion == pytest.approx(expected.chain.conversion, abs=1e-12)


def test_equal_rows_are_not_distinguishable_and_plainly_weaker_ones_are() -> None:
    # Half go by A and half by B, and as many are lost there: one is as weak as the other. C keeps
    # nearly everybody.
    told: list[Journey] = []
    for first in "AB":
        told += (
            [(first, "lost")] * 60 + [(f"{first}C", "converted")] * 58 + [(f"{first}C", "lost")] * 2
        )
    found = _by_name(_bags(told), draws=200)
    assert found["rank"].to_dict() == {"A": 1, "B": 1, "C": 3}
    assert found["distinguishable"].to_dict() == {"A": False, "B": False, "C": True}
    assert found.loc["C", ["rank_low", "rank_high"]].tolist() == [3, 3]
    # Where A's and B's persons are never drawn apart the two are equal in every draw.
    pairs = [person % 120 for person in range(len(told))]
    tied = _by_name(_bags(told, pairs), draws=200)
    assert tied.loc[["A", "B"], ["rank_low", "rank_high"]].to_numpy().tolist() == [[1, 2], [1, 2]]
    # 60 of 120 against 2 of 60: the first is told apart from the second.
    alone = _by_name(_bags(told).replace("B", "A"), draws=200)
    assert alone["distinguishable"].tolist() == [True, True]


def test_draws_that_lack_something_count_and_are_counted() -> None:
    # One of 30 converts: of 30 drawn none does with (29/30)^30 = 0.36.
    rare: list[Journey] = [("AB", "converted"), *[("ABA", "lost")] * 9, *[("AB", "lost")] * 20]
    found = _by_name(_bags(rare), draws=400)
    assert found["gain_low"].tolist() == [0, 0]
    assert found["undefined_draws"].tolist() == [0, 0]
    assert found["zero_draws"].between(100, 190).all()
    assert (found["rank_high"] == 2).all()  # without a conversion the two are equal
    # Only one of 30 comes to C at all, and would go on to A or get lost there.
    seldom = [*[("A", "converted"), ("A", "lost")] * 14, ("AB", "converted"), ("CAC", "lost")]
    absent = _by_name(_bags(seldom), draws=400)
    assert absent["undefined_draws"].tolist() == [0, 0, 0]
    assert 100 < absent.loc["C", "zero_draws"] < 190
    assert absent.loc["C", "gain_low"] == 0 < absent.loc["C", "gain_high"]
    # Only one of those at B goes on: without that one there is no other way to spread over.
    dead: list[Journey] = [("B", "lost")] * 29 + [("BA", "converted")] + [("A", "converted")] * 9
    unknown = _by_name(_bags([*dead, ("A", "lost")]), draws=400)
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
    found = _by_name(_bags(journeys), draws=40)
    assert found["reason"].to_dict() == reasons
    if case in {"none converting", "all open"}:
        assert found[["gain", "rank", *INTERVAL]].isna().to_numpy().all()
    numbers = found.select_dtypes("number").astype("float64")
    assert not np.isinf(numbers.to_numpy()).any()


def test_no_rows_give_no_rows() -> None:
    for empty in (_bags([]), pd.DataFrame(columns=COLUMNS)):
        assert weakest_links(empty).empty
        assert weakest_links(empty, {"A": "x"}).columns.tolist()[0] == "name"


def test_where_nobody_was_lost_yet_the_gain_is_zero_and_its_interval_unknown() -> None:
    told: list[Journey] = [("AB", "converted"), ("A", "lost")] * 20
    found = _by_name(_bags(told), draws=40)
    assert found["gain"].tolist() == pytest.approx([0.1, 0])
    assert found.loc["B", ["gain_low", "gain_high"]].isna().all()
    assert found["rank_low"].tolist() == [1, 2]
    assert found.loc["B", "reason"] == NOBODY_LOST_HERE


def test_what_is_folded_has_figures_and_no_rank() -> None:
    told: list[Journey] = [("AC", "lost"), ("AB", "converted"), ("BD", "converted"), ("A", "lost")]
    found = weakest_links(_bags(told * 10), {"A": "x", "C": "x"}, limit=2, draws=40)
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
    found = weakest_links(_bags(told), draws=0)
    assert len(found) == 201
    assert found["share_of_losses"].sum() == pytest.approx(1, abs=1e-12)
    assert found["rank"].notna().sum() <= 200


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


@pytest.mark.parametrize(
    "wrong", [{"recover": 0}, {"recover": 1.5}, {"draws": -1}, {"draws": 39}, {"limit": 0}]
)
def test_options_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="expected"):
        weakest_links(_bags([ONE]), **wrong)
