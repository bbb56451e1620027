"""A change of a rate, taken apart into who came and what became of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.mix import Change, mix_and_rate
from journeyflow.analysis.stratified import Strata


def strata(*cells: tuple[int, int, int, int]) -> Strata:
    """Of each group: units and successes after, units and successes before."""
    return Strata(*np.array(cells, dtype=float).reshape(-1, 4).T)


def values(change: Change) -> tuple[float, float]:
    return change.mix.estimate.value, change.rate.estimate.value


@st.composite
def tables(draw: st.DrawFn) -> Strata:
    groups = draw(st.integers(1, 6))
    cells = []
    for _ in range(groups):
        n_a, n_b = draw(st.integers(0, 200)), draw(st.integers(0, 200))
        cells.append((n_a, draw(st.integers(0, n_a)), n_b, draw(st.integers(0, n_b))))
    return strata(*cells)


def test_by_hand() -> None:
    # Rates of 10 % and 30 %, whose shares go from half and half to a quarter and three quarters:
    # 0.2 to 0.25, all of it mix.
    mix, rate = values(mix_and_rate(strata((50, 5, 100, 10), (150, 45, 100, 30))))
    assert (mix, rate) == (pytest.approx(0.05), 0)
    # The same shares, and rates of 20 % and 30 % after 10 % and 30 %: 0.1 times a half.
    mix, rate = values(mix_and_rate(strata((100, 20, 50, 5), (100, 30, 50, 15))))
    assert (mix, rate) == (0, pytest.approx(0.05))
    # Shares 0.5 to 0.75 and rates 0.1 to 0.3 of the one, 0.5 throughout of the other:
    # mix 0.25 * (0.1 + 0.3) / 2 - 0.25 * 0.5, rate 0.2 * (0.5 + 0.75) / 2.
    mix, rate = values(mix_and_rate(strata((150, 45, 100, 10), (50, 25, 100, 50))))
    assert (mix, rate) == (pytest.approx(-0.075), pytest.approx(0.125))


def test_a_group_that_came_only_once_is_mix_alone() -> None:
    # A campaign of 100 without success beside 100 with a rate of a half: 0.5 to 0.25.
    change = mix_and_rate(strata((100, 50, 100, 50), (100, 0, 0, 0)))
    assert values(change) == (pytest.approx(-0.25), 0)


@given(tables())
def test_mix_and_rate_add_up_to_the_change(table: Strata) -> None:
    n_a, x_a, n_b, x_b = (each.sum() for each in table)
    change = mix_and_rate(table)
    if not (n_a and n_b):
        assert np.isnan(values(change)).all()
        return
    assert sum(values(change)) == pytest.approx(x_a / n_a - x_b / n_b, abs=1e-12)
    back = mix_and_rate(Strata(*table[2:], *table[:2]))
    assert values(back) == pytest.approx([-each for each in values(change)], abs=1e-12)
    turned = mix_and_rate(Strata(*[each[::-1] for each in table]))
    for part, other in zip(change, turned, strict=True):
        assert part.estimate == pytest.approx(other.estimate, abs=1e-12)
        assert part.estimate.low <= part.estimate.value <= part.estimate.high


def test_the_intervals_hold_what_they_promise() -> None:
    dice = np.random.default_rng(3)
    shares, rates = np.array([0.5, 0.3, 0.2]), np.array([0.02, 0.1, 0.3])
    others, better = np.array([0.4, 0.3, 0.3]), rates * 1.3
    truth = ((others - shares) @ (rates + better) / 2, (better - rates) @ (others + shares) / 2)
    held = np.zeros(2)
    for _ in range(1000):
        n_a, n_b = dice.multinomial(900, others), dice.multinomial(800, shares)
        x_a, x_b = dice.binomial(n_a, better), dice.binomial(n_b, rates)
        change = mix_and_rate(Strata(*np.array([n_a, x_a, n_b, x_b], dtype=float)))
        held += [
            part.estimate.low <= true <= part.estimate.high
            for part, true in zip(change, truth, strict=True)
        ]
    assert (held / 1000 > 0.93).all()
