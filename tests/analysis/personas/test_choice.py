from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.personas.choice import (
    SIMULATIONS,
    Choice,
    Search,
    choose,
    jaccard,
    no_more_than_chance,
    null_gains,
    simulated,
)
from journeyflow.analysis.personas.counted import count, distinct
from tests.analysis.personas.walking import RING, Path, ring, walk

FAST = Search(most=3, restarts=4, seed=1)
SYMBOLS = len(RING)
steps = st.lists(st.integers(0, SYMBOLS - 1), min_size=1, max_size=9)


def _bytes(paths: Sequence[Path]) -> tuple[list[bytes], np.ndarray]:
    return distinct((bytes(map(RING.index, path)) for path in paths), [1] * len(paths))


def _choose(paths: Sequence[Path], search: Search = FAST) -> Choice:
    return choose(*_bytes(paths), SYMBOLS, search)


def _kinds(choice: Choice) -> list[str]:
    return [note.kind for note in choice.notes]


def test_jaccard_by_hand() -> None:
    labels, others = np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 1])
    # 0 against 0: 2 of 3 paths, 1 against 1: 2 of 3; with weights 1, 1, 2, 3, 3: 2 of 4, 6 of 8.
    assert jaccard(labels, others, np.ones(5), 2) == pytest.approx([2 / 3, 2 / 3])
    assert jaccard(labels, others, np.array([1.0, 1, 2, 3, 3]), 2) == pytest.approx([0.5, 0.75])
    assert jaccard(labels, others, np.zeros(5), 2).tolist() == [0, 0]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5)), min_size=1), st.permutations(range(4))
)
def test_a_grouping_found_again_is_stable_whatever_its_numbers(
    rows: list[tuple[int, int]], numbers: list[int]
) -> None:
    labels = np.array([label for label, _ in rows])
    weights = np.array([float(weight) for _, weight in rows])
    found = jaccard(labels, np.array(numbers)[labels], weights, 4)
    assert found.tolist() == [float(k in labels) for k in range(4)]


def test_two_directions_round_a_ring_are_two_groups() -> None:
    found = _choose(walk(ring(1), 300, 1) + walk(ring(-1), 200, 2))
    assert found.mixture.groups == 2
    assert min(found.bic, key=lambda k: found.bic[k]) == 2
    assert (found.stability > 0.95).all()
    assert found.gain == pytest.approx(found.bic[1] - found.bic[2])
    assert len(found.null_gains) == SIMULATIONS
    assert max(found.null_gains) < 0
    assert found.notes == []


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.85])
@pytest.mark.parametrize("seed", range(4))
def test_journeys_of_one_chain_are_one_group(keep: float, seed: int) -> None:
    found = _choose(walk(ring(1, keep), 300, seed))
    assert found.mixture.groups == 1
    assert _kinds(found) == ["bic"]


@pytest.mark.parametrize("seed", range(4))
def test_few_journeys_among_many_touchpoints_are_one_group(seed: int) -> None:
    # 60 journeys that walk nearly every cell once: with ln n of one alone, each split would pay.
    dice = np.random.default_rng(seed)
    paths = [bytes(dice.integers(0, 20, dice.integers(2, 7)).tolist()) for _ in range(60)]
    search = Search(most=3, restarts=4, seed=1, smallest=2, stable=0)
    assert choose(*distinct(paths, [1] * 60), 20, search).mixture.groups == 1


def test_a_group_of_fewer_than_fifty_is_none() -> None:
    found = _choose(walk(ring(1, 0.9), 400, 1, 8) + walk(ring(-1, 0.9), 40, 2, 8))
    assert found.bic[2] < found.bic[1]
    assert found.mixture.groups == 1
    assert _kinds(found) == ["small"]
    assert found.notes[0].values == {"groups": 2, "journeys": 40, "needed": 50}


def test_groups_that_are_not_found_again_are_none() -> None:
    # Every other step goes anywhere, so that many journeys fit both directions.
    paths = walk(ring(1, 0.5), 300, 1) + walk(ring(-1, 0.5), 300, 2)
    found = _choose(paths, Search(most=2, restarts=4, seed=1, stable=0.95))
    assert found.bic[2] < found.bic[1]
    assert found.mixture.groups == 1
    assert _kinds(found) == ["most", "unstable"]
    assert 0.75 < found.notes[1].values["jaccard"] < 0.95


def test_journeys_of_one_step_do_not_make_groups_unstable() -> None:
    # They fit both directions alike, so that each sample sends them elsewhere.
    paths = walk(ring(1), 250, 1) + walk(ring(-1), 250, 2) + [(each,) for each in RING * 150]
    found = _choose(paths, Search(most=2, restarts=4, seed=1))
    assert found.mixture.groups == 2
    assert (found.stability > 0.95).all()


def test_a_gain_that_one_chain_reaches_is_chance() -> None:
    assert no_more_than_chance(2, 5.0, (-4.0, 4.0)) is None
    for gain in (4.0, 3.0):
        note = no_more_than_chance(2, gain, (-4.0, 4.0))
        assert note is not None
        assert note.values == {"groups": 2, "gain": gain, "null_gain": 4.0}
    data = count(*_bytes(walk(ring(1), 60, 1)), SYMBOLS)
    assert len(null_gains(data, SYMBOLS, 2, FAST, enough=-np.inf)) == 1


@given(st.lists(steps.map(bytes), min_size=1, max_size=30), st.integers(0, 999))
def test_simulated_journeys_are_as_many_and_walk_only_what_was_walked(
    journeys: list[bytes], seed: int
) -> None:
    data = count(*distinct(journeys, [1] * len(journeys)), SYMBOLS)
    table = simulated(data, SYMBOLS, np.random.default_rng(seed))
    assert table.journeys == len(journeys)
    assert set(table.cells) <= set(data.cells)
    walked = sorted(np.repeat(table.counts.sum(axis=1), table.weights.astype(int)))
    assert all(a <= b for a, b in zip(walked, sorted(map(len, journeys)), strict=True))


def test_simulated_journeys_go_as_often_each_way() -> None:
    data = count(*_bytes(walk(ring(1, 0.6), 400, 1)), SYMBOLS)
    table = simulated(data, SYMBOLS, np.random.default_rng(1))
    assert table.cells.tolist() == data.cells.tolist()
    # About 3000 steps: a share has a standard error of at most 0.02 in rows of 600.
    assert table.pooled == pytest.approx(data.pooled, abs=0.1)
    assert table.counts.sum(axis=1).max() == data.counts.sum(axis=1).max()


def test_on_a_sample_the_groups_are_found_and_everybody_is_in_one() -> None:
    paths = walk(ring(1), 600, 1) + walk(ring(-1), 400, 2)
    found = _choose(paths, Search(most=2, restarts=4, seed=1, sample=300))
    assert found.mixture.groups == 2
    assert _kinds(found) == ["sample", "most"]
    known, weights = _bytes(paths)
    everyone = count(known, weights, SYMBOLS)
    sizes = weights @ found.mixture.posterior(everyone.counts)
    assert sorted(sizes) == pytest.approx([400, 600], abs=15)


def test_too_few_journeys_and_too_few_paths_are_one_group() -> None:
    assert _kinds(_choose(walk(ring(1), 99, 1))) == ["few"]
    assert _kinds(_choose([("A", "B")] * 500)) == ["few"]
