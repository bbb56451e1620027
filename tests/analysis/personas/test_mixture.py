from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.personas.counted import Counted, count, distinct
from journeyflow.analysis.personas.mixture import Mixture, climb, fit, settle, single

SYMBOLS = 5
steps = st.lists(st.integers(0, SYMBOLS - 1), min_size=1, max_size=9)
paths = st.lists(steps.map(bytes), min_size=2, max_size=30)
seeds = st.integers(0, 999)


def _counted(journeys: list[bytes]) -> Counted:
    return count(*distinct(journeys, [1] * len(journeys)), SYMBOLS)


def _cells(path: bytes) -> Counter[int]:
    return Counter([path[0], *(SYMBOLS + SYMBOLS * a + b for a, b in pairwise(path))])


@given(paths)
def test_cells_are_first_touchpoints_and_transitions(journeys: list[bytes]) -> None:
    data = _counted(journeys)
    expected = sum((_cells(path) for path in journeys), Counter[int]())
    walks = data.weights @ data.counts
    assert dict(zip(data.cells.tolist(), walks.tolist(), strict=True)) == expected
    for path, row in zip(sorted(set(journeys)), data.counts.toarray(), strict=True):
        found = {cell: n for cell, n in zip(data.cells.tolist(), row.tolist(), strict=True) if n}
        assert found == _cells(path)


def test_one_chain_by_hand() -> None:
    # Everybody begins at 0; three go on to 1 and one to 2, who goes on to 1 as well.
    one = single(_counted([b"\0\1"] * 3 + [b"\0\2\1"]))
    assert one.likelihood == pytest.approx(3 * math.log(3 / 4) + math.log(1 / 4))
    # One free parameter, 0's share of 1 against 2, observed four times: ln 4 is less than 2.
    assert one.penalty == 2
    many = single(_counted([b"\0\1"] * 30 + [b"\0\2\1"] * 10))
    assert many.bic == pytest.approx(math.log(40) - 60 * math.log(3 / 4) - 20 * math.log(1 / 4))


@given(paths, st.integers(2, 4), seeds)
def test_the_likelihood_never_falls_during_em(
    journeys: list[bytes], groups: int, seed: int
) -> None:
    data = _counted(journeys)
    dice = np.random.default_rng(seed)
    logs = np.log(dice.dirichlet(np.ones(len(data.cells)), size=groups).T)[:, None]
    shares = np.log(dice.dirichlet(np.ones(groups)))[None]
    # The first is of a start in which rows are no distributions.
    history = climb(data, shares, logs, 60, 0)[2][1:, 0]
    assert (np.diff(history) >= -1e-9 * (1 + np.abs(history[1:]))).all()
    fitted = np.array(fit(data, groups, 3, dice).history)
    assert (np.diff(fitted) >= -1e-9 * (1 + np.abs(fitted[1:]))).all()


@given(paths, st.integers(1, 4), seeds)
def test_posteriors_are_shares_times_chances_and_sum_to_one(
    journeys: list[bytes], groups: int, seed: int
) -> None:
    data = _counted(journeys)
    fitted = fit(data, groups, 3, np.random.default_rng(seed))
    assert np.exp(fitted.shares).sum() == pytest.approx(1)
    place = {cell: number for number, cell in enumerate(fitted.cells.tolist())}
    posterior = fitted.posterior(data.counts)
    assert posterior.sum(axis=1) == pytest.approx(1)
    likelihood = 0.0
    for path, found in zip(sorted(set(journeys)), posterior, strict=True):
        chances = [
            math.exp(fitted.shares[k])
            * math.prod(math.exp(fitted.logs[place[c], k]) ** n for c, n in _cells(path).items())
            for k in range(fitted.groups)
        ]
        assert found == pytest.approx(np.array(chances) / sum(chances))
        likelihood += journeys.count(path) * math.log(sum(chances))
    assert fitted.likelihood == pytest.approx(likelihood)


@given(paths, st.integers(2, 4), seeds)
def test_every_row_of_every_group_is_a_distribution_without_zeros(
    journeys: list[bytes], groups: int, seed: int
) -> None:
    data = _counted(journeys)
    fitted = fit(data, groups, 2, np.random.default_rng(seed))
    chances = np.exp(fitted.logs)
    assert (chances > 0).all()
    assert data.per_row(chances) == pytest.approx(1)
    for cell in fitted.cells:
        assert cell in set().union(*map(_cells, journeys))


@given(paths, seeds)
def test_groups_that_nobody_is_in_die(journeys: list[bytes], seed: int) -> None:
    data = _counted(journeys)
    fitted = fit(data, len(journeys), 2, np.random.default_rng(seed))
    sizes = data.weights @ fitted.posterior(data.counts)
    assert 1 <= fitted.groups <= len(journeys)
    assert sizes.sum() == pytest.approx(len(journeys))
    assert fitted.groups == 1 or (np.exp(fitted.shares) * len(journeys) >= 1 - 1e-9).all()


def test_a_group_carried_to_other_journeys_keeps_what_they_do_not_show() -> None:
    early = _counted([b"\0\1\0\1"] * 20 + [b"\0\2\0\2"] * 20)
    late = _counted([b"\0\1\0\1"] * 30 + [b"\0\2\0\2"] * 10 + [b"\0\3"])
    before = fit(early, 2, 4, np.random.default_rng(1))
    after = settle(late, before, 0)
    assert isinstance(after, Mixture)
    assert after.shares.tolist() == pytest.approx(before.shares.tolist())
    # What early journeys never did is as likely in both groups, as it is among all late ones.
    new = after.logs[np.flatnonzero(after.cells == SYMBOLS + 3)[0]]
    assert np.exp(new) == pytest.approx(1 / 81)
