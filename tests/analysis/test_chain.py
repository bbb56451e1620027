from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from journeyflow.analysis.chain import OTHER, absorbing_chain, chain_measures, fold, measures

Journey = tuple[list[str], str]


def _edges(*rows: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["from_touchpoint", "to_touchpoint", "transitions"])


def _table(journeys: list[Journey]) -> pd.DataFrame:
    counts: Counter[tuple[str, str]] = Counter()
    for steps, outcome in journeys:
        counts.update(pairwise(["(start)", *steps, f"({outcome})"]))
    return _edges(*((source, target, count) for (source, target), count in counts.items()))


def _journeys(outcomes: list[str]) -> st.SearchStrategy[list[Journey]]:
    steps = st.lists(st.sampled_from("ABCDEFG"), min_size=1, max_size=9)
    return st.lists(st.tuples(steps, st.sampled_from(outcomes)), min_size=1, max_size=40)


finished = _journeys(["converted", "lost"])
any_journeys = _journeys(["converted", "lost", "open"])


def test_a_chain_solved_by_hand() -> None:
    # A 10 starts: 6 to B, 4 lost. B 6: 3 converted, 1 lost, 2 back to A … which are 12 visits of A.
    table = _edges(
        ("(start)", "A", 10),
        ("A", "B", 6),
        ("A", "(lost)", 6),
        ("B", "A", 2),
        ("B", "(converted)", 3),
        ("B", "(lost)", 1),
    )
    chain = absorbing_chain(table)
    assert chain.touchpoints == ("A", "B")
    # h_A = h_B / 2 and h_B = 1/2 + h_A / 3, so h_B = 3/5 and h_A = 3/10.
    assert chain.p_convert == pytest.approx([0.3, 0.6])
    assert chain.conversion == pytest.approx(0.3)
    # v_A = 1 + v_B / 3 and v_B = v_A / 2, so 1.2 and 0.6; losses 0.6 and 0.1.
    assert chain.visits == pytest.approx([1.2, 0.6])
    assert chain.losses() == pytest.approx([0.6, 0.1])
    found = chain_measures(table).set_index("touchpoint")
    assert found.loc["A", "share_of_losses"] == pytest.approx(6 / 7)
    assert found["removal_effect"].tolist() == pytest.approx([1, 1])


def test_open_journeys_add_transitions_and_no_exit() -> None:
    # Of 10 at A, 4 went on to B and 2 are still at A: A's row is 4 to B, 3 converted, 1 lost.
    table = _edges(
        ("(start)", "A", 10),
        ("A", "B", 4),
        ("A", "(converted)", 3),
        ("A", "(lost)", 1),
        ("A", "(open)", 2),
        ("B", "(lost)", 1),
        ("B", "(open)", 3),
    )
    found = chain_measures(table).set_index("touchpoint")
    assert found["p_convert"].tolist() == pytest.approx([3 / 8, 0])
    assert found["share_of_losses"].tolist() == pytest.approx([0.125 / 0.625, 0.5 / 0.625])


def test_a_touchpoint_that_everybody_is_still_at_has_no_figure() -> None:
    # C is only ever left for D and D for C: nothing is known about where they lead.
    table = _edges(
        ("(start)", "A", 9),
        ("A", "C", 3),
        ("A", "(converted)", 2),
        ("A", "(lost)", 4),
        ("C", "D", 3),
        ("D", "C", 1),
        ("D", "(open)", 2),
        ("C", "(open)", 1),
    )
    found = measures(table).set_index("touchpoint")
    assert found.loc["A", "p_convert"] == pytest.approx(1 / 3)
    assert found.loc["A", "share_of_losses"] == 1
    chain_columns = ["p_convert", "share_of_losses", "removal_effect"]
    assert found.loc[["C", "D"], chain_columns].isna().to_numpy().all()
    assert found.loc[["C", "D"], ["pagerank", "betweenness"]].notna().to_numpy().all()


@given(finished)
def test_on_finished_journeys_the_chain_converts_as_observed(journeys: list[Journey]) -> None:
    observed = sum(outcome == "converted" for _, outcome in journeys) / len(journeys)
    chain = absorbing_chain(_table(journeys))
    assert chain.conversion == pytest.approx(observed, abs=1e-12)
    assert chain.losses().sum() == pytest.approx(1 - observed, abs=1e-12)
    visits = Counter(step for steps, _ in journeys for step in steps)
    expected = [visits[name] / len(journeys) for name in chain.touchpoints]
    assert chain.visits == pytest.approx(expected, abs=1e-12)


@given(any_journeys)
def test_removal_effect_is_what_deleting_and_solving_again_gives(journeys: list[Journey]) -> None:
    chain = absorbing_chain(_table(journeys))
    assume(chain.conversion > 0)
    for place, effect in enumerate(chain.removal_effects()):
        kept = np.arange(len(chain.touchpoints)) != place
        transient = chain.transient[np.ix_(kept, kept)]  # its inflow is gone: it is lost
        solved = np.linalg.solve(np.eye(kept.sum()) - transient, chain.converted[kept])
        without = float(chain.start[kept] @ solved)
        assert effect == pytest.approx(1 - without / chain.conversion, abs=1e-10)


@given(any_journeys)
def test_figures_are_probabilities_and_shares_sum_to_one(journeys: list[Journey]) -> None:
    found = measures(_table(journeys))
    names = {step for steps, _ in journeys for step in steps}
    assert found["touchpoint"].tolist() == sorted(names)
    for column in ("p_convert", "share_of_losses", "removal_effect", "pagerank", "betweenness"):
        known = found[column].dropna()
        assert ((known > -1e-12) & (known < 1 + 1e-12)).all()
    assert found["pagerank"].sum() == pytest.approx(1, abs=1e-9)
    shares = found["share_of_losses"].dropna()
    lost = any(outcome == "lost" for _, outcome in journeys)
    assert shares.sum() == pytest.approx(1 if lost else 0, abs=1e-12)


@given(any_journeys, st.randoms(use_true_random=False), st.integers(1, 8))
def test_the_order_of_rows_changes_nothing(journeys: list[Journey], dice: object, n: int) -> None:
    table = _table(journeys)
    order = list(range(len(table)))
    dice.shuffle(order)  # type: ignore[attr-defined]
    pd.testing.assert_frame_equal(
        measures(table, n), measures(table.iloc[order].reset_index(drop=True), n), check_exact=True
    )


def test_only_the_most_visited_take_part_and_the_rest_is_one_node() -> None:
    journeys: list[Journey] = [
        (["A", "B", "C"], "lost"),
        (["A", "D"], "converted"),
        (["A", "B"], "lost"),
        (["B", "E"], "lost"),
    ]  # visits: A 3, B 3, then C, D, E with one each
    found = measures(_table(journeys), limit=2)
    assert found["touchpoint"].tolist() == ["A", "B", "C", "D", "E", OTHER]
    by_name = found.set_index("touchpoint")
    assert by_name.loc[["C", "D", "E"]].isna().to_numpy().all()
    assert by_name.loc[OTHER, "p_convert"] == pytest.approx(1 / 3)
    assert by_name["share_of_losses"].sum() == pytest.approx(1)
    edges, folded = fold(_table(journeys), limit=2)
    assert folded == ["C", "D", "E"]
    assert edges["transitions"].sum() == _table(journeys)["transitions"].sum()


def test_no_journeys_no_figures() -> None:
    empty = _edges().astype({"transitions": "int64"})
    assert measures(empty).empty
    assert math.isnan(absorbing_chain(empty).conversion)


def test_without_losses_there_are_no_shares_and_without_conversions_no_effects() -> None:
    won = measures(_table([(["A"], "converted")]))
    assert won["share_of_losses"].isna().all()
    assert won["removal_effect"].tolist() == [1]
    lost = measures(_table([(["A"], "lost")]))
    assert lost["removal_effect"].isna().all()
    assert lost["share_of_losses"].tolist() == [1]
