from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from journeyflow.analysis.chain import AbsorbingChain, absorbing_chain, solved
from journeyflow.analysis.gains import (
    NO_OTHER_WAY,
    NO_SEGMENT,
    NOBODY_CONVERTED,
    NONE_BETTER,
    benchmark_gains,
    best_segments,
    conversion_variance,
    converters_visits,
    group_gain,
    recovery_gains,
    seconds_saved,
    segment_gains,
)
from journeyflow.errors import SettingsError

Journey = tuple[list[str], str]
SHARES = st.floats(0, 1)


def _edges(*rows: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["from_touchpoint", "to_touchpoint", "transitions"])


def _chain(journeys: list[Journey]) -> AbsorbingChain:
    counts: Counter[tuple[str, str]] = Counter()
    for steps, outcome in journeys:
        counts.update(pairwise(["(start)", *steps, f"({outcome})"]))
    return absorbing_chain(_edges(*((*ends, count) for ends, count in counts.items())))


def _journeys(outcomes: list[str]) -> st.SearchStrategy[list[Journey]]:
    steps = st.lists(st.sampled_from("ABCDEFG"), min_size=1, max_size=9)
    return st.lists(st.tuples(steps, st.sampled_from(outcomes)), min_size=1, max_size=40)


any_journeys = _journeys(["converted", "lost", "open"])


def _refitted(chain: AbsorbingChain, exits: dict[str, float]) -> float:
    """The chance to convert with these exit rates, the other ways in proportion, solved anew."""
    transient, converted = chain.transient.copy(), chain.converted.copy()
    for place, name in enumerate(chain.touchpoints):
        if name in exits and chain.lost[place] < 1:
            factor = (1 - exits[name]) / (1 - chain.lost[place])
            transient[place] *= factor
            converted[place] *= factor
    # Only those with a way to convert: the others may be shut in, where no equation has one answer.
    able = converted > 0
    for _ in able:
        able |= (transient[:, able] > 0).any(axis=1)
    inner = transient[np.ix_(able, able)]
    return float(chain.start[able] @ np.linalg.solve(np.eye(able.sum()) - inner, converted[able]))


def _exits(chain: AbsorbingChain, share: float) -> dict[str, float]:
    return dict(zip(chain.touchpoints, (1 - share) * chain.lost, strict=True))


# A 10 starts and 2 from B: 6 to B, 6 lost. B 6: 3 converted, 1 lost, 2 back to A.
# v = 1.2, 0.6; h = 0.3, 0.6; N_AA = N_BB = 1 / (1 - 1/2 * 1/3) = 1.2; c = 0.3.
BY_HAND = _edges(
    ("(start)", "A", 10),
    ("A", "B", 6),
    ("A", "(lost)", 6),
    ("B", "A", 2),
    ("B", "(converted)", 3),
    ("B", "(lost)", 1),
)


def test_gains_by_hand() -> None:
    chain = absorbing_chain(BY_HAND)
    # A keeps 0.6 instead of 0.5: h_A = 0.6 (1/2 + h_A / 3), so 0.375. B goes 0.52 and 0.26 / 0.75
    # instead of 1/2 and 1/3: h_B = 0.52 + (0.26 / 0.75) h_B / 2, so 0.52 / 0.82666...
    assert recovery_gains(chain, 0.2) == pytest.approx([0.075, 0.52 / (1 - 0.13 / 0.75) / 2 - 0.3])
    assert group_gain(chain, ["A", "B"], 1) == pytest.approx(0.7)  # nobody is lost any more
    assert converters_visits(chain) == pytest.approx([1.2, 1.2])
    assert seconds_saved(chain, 60) == pytest.approx([72, 72])
    assert seconds_saved(chain, np.array([10, 0])) == pytest.approx([12, 0])


@given(any_journeys, SHARES)
def test_a_gain_is_what_changing_the_row_and_solving_again_gives(
    journeys: list[Journey], share: float
) -> None:
    chain = _chain(journeys)
    assume(chain.conversion >= 0)
    gains, exits = recovery_gains(chain, share), _exits(chain, share)
    for place, name in enumerate(chain.touchpoints):
        if chain.lost[place] == 1:
            assert math.isnan(gains[place])
        else:
            refitted = _refitted(chain, {name: exits[name]})
            assert gains[place] == pytest.approx(refitted - chain.conversion, abs=1e-12)


@given(any_journeys, SHARES, st.sets(st.sampled_from("ABCDEFG")))
def test_so_is_the_gain_of_a_group(journeys: list[Journey], share: float, some: set[str]) -> None:
    chain = _chain(journeys)
    group = some & set(chain.touchpoints)
    gain = group_gain(chain, group, share)
    lost = [chain.lost[chain.touchpoints.index(name)] for name in group]
    if math.isnan(chain.conversion) or (any(lost) and set(lost) <= {0, 1}):
        assert math.isnan(gain)
        return
    exits = {name: rate for name, rate in _exits(chain, share).items() if name in group}
    assert gain == pytest.approx(_refitted(chain, exits) - chain.conversion, abs=1e-12)


@given(any_journeys, SHARES)
def test_a_group_of_one_gains_what_the_one_does(journeys: list[Journey], share: float) -> None:
    chain = _chain(journeys)
    single = [group_gain(chain, [name], share) for name in chain.touchpoints]
    assert single == pytest.approx(recovery_gains(chain, share), abs=1e-12, nan_ok=True)


@given(any_journeys)
def test_nothing_recovered_gains_nothing_and_all_recovered_loses_nobody(
    journeys: list[Journey],
) -> None:
    chain = _chain(journeys)
    assert not np.nan_to_num(recovery_gains(chain, 0)).any()
    assume(len(chain.touchpoints) and (chain.lost < 1).all() and (chain.p_convert > 1e-9).all())
    everything = group_gain(chain, chain.touchpoints, 1)
    assert everything == pytest.approx(1 - chain.conversion, abs=1e-12)


@given(st.lists(st.integers(1, 99), min_size=1, max_size=8), SHARES)
def test_in_a_linear_funnel_the_lowest_rate_gains_most_and_elasticities_are_all_one(
    percent: list[int], share: float
) -> None:
    # c = p_1 … p_n; the exits 1 - p_k have one other way, so p_k becomes p_k + f (1 - p_k) and c
    # is multiplied by 1 + f (1 - p_k) / p_k. Keeping one per cent more at any stage is one per
    # cent more of c.
    rates = np.array(percent) / 100
    n = len(rates)
    converted, between = np.zeros(n), np.diag(rates[:-1], 1)
    converted[-1] = rates[-1]
    names = [f"stage {k}" for k in range(n)]
    chain = solved(names, between, np.eye(n)[0], converted, 1 - rates)
    expected = rates.prod() * share * (1 - rates) / rates
    assert recovery_gains(chain, share) == pytest.approx(expected, abs=1e-12)
    assert converters_visits(chain) == pytest.approx(np.ones(n))


def _walk(corners: int, right: float) -> AbsorbingChain:
    """The drunkard between the bar (lost) and home (converted), with `corners` in between."""
    between = np.diag([right] * (corners - 1), 1) + np.diag([1 - right] * (corners - 1), -1)
    home, bar, start = np.zeros((3, corners))
    home[-1], bar[0], start[corners // 2] = right, 1 - right, 1
    return solved([str(k) for k in range(corners)], between, start, home, bar)


def test_the_drunkards_walk_as_published() -> None:
    # Grinstead & Snell, Introduction to Probability (1997), section 11.2, example 11.13 and those
    # that go on with it: four blocks, 1/2 to either side; the matrices N and B = N R.
    fair = _walk(3, 1 / 2)
    assert fair.fundamental == pytest.approx(np.array([[3, 2, 1], [2, 4, 2], [1, 2, 3]]) / 2)
    assert fair.p_convert == pytest.approx([1 / 4, 1 / 2, 3 / 4])
    # Exercise 8 of that section, 2/3 to the right, solved by hand: I - Q has determinant 5/9.
    home = _walk(3, 2 / 3)
    assert home.fundamental == pytest.approx(np.array([[7, 6, 4], [3, 9, 6], [1, 3, 7]]) / 5)
    assert home.p_convert == pytest.approx([8 / 15, 12 / 15, 14 / 15])
    # With the way to the bar half closed, corner 1 goes 3/4 to the right: h_1 = 3/4 h_2,
    # h_2 = (h_1 + h_3) / 2 and h_3 = (h_2 + 1) / 2 make h_2 = 2/3 from 1/2.
    assert recovery_gains(fair, 0.5) == pytest.approx([1 / 6, 0, 0])


@pytest.mark.parametrize("corners", [1, 2, 9, 40])
def test_walks_of_any_length_meet_each_corner_as_often_as_is_known(corners: int) -> None:
    # The fair walk on 0 … n (Kemeny & Snell 1960): N_ij = 2 i (n - j) / n for i <= j,
    # and symmetric. It solves N = I + Q N: second differences of N_ij in i are -2 at i = j, else 0.
    n, i = corners + 1, np.arange(1, corners + 1)
    known = 2 * np.minimum.outer(i, i) * (n - np.maximum.outer(i, i)) / n
    assert _walk(corners, 1 / 2).fundamental == pytest.approx(known)


@given(any_journeys, st.lists(SHARES, min_size=7, max_size=7))
def test_a_benchmark_is_reached_exactly_and_never_makes_things_worse(
    journeys: list[Journey], rates: list[float]
) -> None:
    chain = _chain(journeys)
    assume(chain.conversion >= 0)
    aim = np.array(rates[: len(chain.touchpoints)])
    gains = benchmark_gains(chain, aim)
    for place, name in enumerate(chain.touchpoints):
        if chain.lost[place] == 1:
            assert math.isnan(gains[place])
        else:
            rate = min(aim[place], chain.lost[place])
            refitted = _refitted(chain, {name: rate})
            assert gains[place] == pytest.approx(refitted - chain.conversion, abs=1e-12)
    assert np.isnan(benchmark_gains(chain, np.full_like(aim, np.nan))).all()


def _segments(*rows: tuple[str, str, int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["segment", "touchpoint", "exits", "left"])


def test_the_best_segment_has_the_lowest_upper_bound_and_enough_people() -> None:
    table = _segments(
        ("tiny", "A", 0, 19),  # too few
        ("small", "A", 0, 20),
        ("large", "A", 50, 1000),
        ("b", "B", 30, 100),
        ("a", "B", 30, 100),  # equal: by name
    )
    found = best_segments(table).set_index("touchpoint")
    # Wilson 1927, upper end: (p + z²/2n + z sqrt(p (1 - p) / n + z²/4n²)) / (1 + z²/n). For 0 of 20
    # that is z² / (20 + z²) = 0.161, for 50 of 1000 0.065.
    assert found["segment"].to_dict() == {"A": "large", "B": "a"}
    z = 1.959963984540054
    upper = (0.05 + z**2 / 2000 + z * math.sqrt(0.0475 / 1000 + z**2 / 4e6)) / (1 + z**2 / 1000)
    assert found.loc["A", "benchmark"] == pytest.approx(upper)
    only = best_segments(table.iloc[:2])
    assert only["benchmark"].tolist() == pytest.approx([z**2 / (20 + z**2)])


def test_segment_gains_say_why_there_is_none() -> None:
    chain = absorbing_chain(
        _edges(
            *[("(start)", name, 100) for name in "ABCD"],
            *[(name, "(lost)", 50) for name in "ABC"],
            *[(name, "(converted)", 50) for name in "ABC"],
            ("D", "(lost)", 100),
        )
    )
    table = _segments(("x", "A", 10, 100), ("y", "B", 49, 100), ("y", "D", 0, 50))
    found = segment_gains(chain, table).set_index("touchpoint")
    # A quarter starts at A: going from 1/2 to the benchmark's rate is worth a quarter of that.
    assert found.loc["A", "gain"] == pytest.approx((0.5 - found.loc["A", "benchmark"]) / 4)
    assert found.loc["B", "gain"] == 0
    assert found.loc[["C", "D"], "gain"].isna().all()
    assert pd.isna(found.loc["A", "reason"])
    assert found["reason"].tolist()[1:] == [NONE_BETTER, NO_SEGMENT, NO_OTHER_WAY]
    lost = absorbing_chain(_edges(("(start)", "A", 5), ("A", "B", 2), ("A", "(lost)", 3)))
    assert segment_gains(lost, table)["reason"].tolist() == [NOBODY_CONVERTED]
    assert segment_gains(absorbing_chain(_edges()), _segments()).empty


@given(any_journeys)
def test_converters_visits_are_those_of_the_chain_given_that_it_converts(
    journeys: list[Journey],
) -> None:
    chain = _chain(journeys)
    assume(chain.conversion > 0)
    # Given conversion, i goes to j with p_ij h_j / h_i (Kemeny & Snell 1960, chapter 3).
    able = chain.p_convert > 1e-12
    h = chain.p_convert[able]
    given_it = chain.transient[np.ix_(able, able)] * h / h[:, None]
    visits = chain.start[able] * h @ np.linalg.inv(np.eye(len(h)) - given_it) / chain.conversion
    assert converters_visits(chain)[able] == pytest.approx(visits, abs=1e-10)
    # The elasticity to keeping people, as a difference over a small step.
    step = 1e-7
    for place, name in enumerate(chain.touchpoints):
        if 0 < chain.lost[place] < 1:
            more = _refitted(chain, {name: 1 - (1 - chain.lost[place]) * (1 + step)})
            elasticity = (more / chain.conversion - 1) / step
            assert converters_visits(chain)[place] == pytest.approx(elasticity, rel=1e-3, abs=1e-6)


def test_chains_without_figures_give_none_and_no_error() -> None:
    empty = absorbing_chain(_edges())
    assert len(recovery_gains(empty, 0.2)) == len(converters_visits(empty)) == 0
    assert math.isnan(group_gain(empty, [], 0.2))
    assert math.isnan(conversion_variance(empty))
    lost = _chain([(["A", "B"], "lost"), (["A"], "lost")])
    assert recovery_gains(lost, 1) == pytest.approx([0, math.nan], nan_ok=True)
    assert np.isnan(converters_visits(lost)).all()
    # A and B lead to each other or out: with no exits left nobody would ever come to an end.
    round_about = _chain(
        [(["A", "B", "A"], "lost"), (["B", "A", "B"], "lost"), (["C"], "converted")]
    )
    assert recovery_gains(round_about, 1) == pytest.approx([0, 0, 0], abs=0)
    assert group_gain(round_about, "ABC", 1) == 0


def test_what_is_no_share_and_no_touchpoint_is_refused() -> None:
    chain = _chain([(["Catalogue", "Call"], "converted")])
    for share in (-0.1, 1.1, math.nan):
        with pytest.raises(SettingsError, match="expected 0 to 1"):
            recovery_gains(chain, share)
    with pytest.raises(SettingsError, match=r"(?s)'Catalog' is no.*'Catalogue'"):
        group_gain(chain, ["Catalog"], 0.5)
