"""A mixture of Markov chains, fitted by EM to weighted paths.

Each group k has a share, a distribution of first touchpoints and a transition matrix. A path
comes from k with probability in proportion to (Cadez et al. 2003; Melnykov 2016)

    share_k * start_k(first) * product over transitions a -> b of T_k(a, b) ^ n_ab

so of a path no more is needed than where it begins and how often it makes each transition. How
it ends is left out: ends tell the outcome.

**Smoothing.** Every row of every group has a Dirichlet prior with the weight of one journey and
the shape of that row over all journeys. No walked cell is then impossible, and a group that was
hardly ever at a touchpoint leaves it as everybody does. EM climbs likelihood times prior.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from journeyflow.analysis.personas.counted import Counted, Floats, Ints

PRIOR = 1.0
# A start that is to come to something shows it soon (Biernacki, Celeux & Govaert 2003): all
# starts run for SHORT steps, the best KEPT to the end. The end is where a step gains less than
# TOLERANCE of what is climbed, COARSE where the result is only compared.
SHORT, LONG, KEPT = 15, 500, 3
TOLERANCE, COARSE = 1e-7, 1e-6
_SEEDS = 5
_AIC = 2.0


@dataclass(frozen=True)
class Mixture:
    """K groups: log `shares` (K) and `logs` (C x K), the log probabilities of `cells`.

    `likelihood`: log-likelihood of the paths that it was fitted to; `penalty`: see `bic`;
    `history`: what EM climbs, log-likelihood plus log prior, at each of its steps.
    """

    cells: Ints
    shares: Floats
    logs: Floats
    likelihood: float
    penalty: float
    history: tuple[float, ...] = ()

    @property
    def groups(self) -> int:
        """How many groups."""
        return len(self.shares)

    @property
    def bic(self) -> float:
        """-2 log-likelihood + for each parameter the log of how often it was observed.

        Less is better. Schwarz (1978) charges every parameter ln n because n observations speak
        about it. About a row of a group speak only the n_kr times that this group left it; so a
        row with m walked cells costs (m - 1) ln n_kr, first touchpoints (m - 1) ln n_k, shares
        (K - 1) ln n. With ln n for all, rows that are hardly ever visited hide groups that are
        plainly there. Where observations are so few that the logarithm means little, a parameter
        costs what Akaike (1974) charges; one that was never observed, nothing.
        """
        return self.penalty - 2 * self.likelihood

    def posterior(self, counts: Any) -> Floats:
        """How probable each group is (V x K) for paths counted in this mixture's cells.

        One column of zeros where there is no group.
        """
        if not self.groups:
            return np.zeros((counts.shape[0], 1))
        held, _ = _judged(counts, self.shares[None], self.logs[:, None])
        return np.asarray(held[0].T, dtype=np.float64)

    def ordered(self, order: Ints) -> Mixture:
        """The same groups in another order."""
        return replace(self, shares=self.shares[order], logs=self.logs[:, order])


def single(data: Counted) -> Mixture:
    """All journeys as one chain."""
    return _mixture(data, np.zeros(1), np.log(data.pooled)[:, None], ())


def fit(
    data: Counted,
    groups: int,
    restarts: int,
    dice: np.random.Generator,
    *,
    warm: Mixture | None = None,
    tolerance: float = TOLERANCE,
) -> Mixture:
    """The best of `restarts` random starts, and of `warm` where one is given.

    Groups that end with less than one journey are dropped, so that there may be fewer.
    """
    if groups == 1:
        return single(data)
    shares, logs = _seeded(data, groups, restarts, dice)
    if warm is not None:
        shares = np.concatenate([warm.shares[None], shares])
        logs = np.concatenate([_carried(data, warm)[:, None], logs], axis=1)
    shares, logs, history = climb(data, shares, logs, SHORT, tolerance)
    best = np.argsort(-history[-1], kind="stable")[:KEPT]
    return _best(data, *climb(data, shares[best], logs[:, best], LONG, tolerance))


def settle(data: Counted, start: Mixture, most: int) -> Mixture:
    """The same groups fitted to other data, in at most so many steps from where they are."""
    return _best(data, *climb(data, start.shares[None], _carried(data, start)[:, None], most))


def climb(
    data: Counted, shares: Floats, logs: Floats, most: int, tolerance: float = TOLERANCE
) -> tuple[Floats, Floats, Floats]:
    """At most `most` EM steps from R starts at once: `shares` R x K, `logs` C x R x K.

    Out: both after the last step, and log-likelihood plus log prior (steps + 1 x R) on the way.
    """
    history: list[Floats] = []
    while True:
        held, evidence = _judged(data.counts, shares, logs)
        prior = PRIOR * np.einsum("c,crk->r", data.pooled, logs)
        history.append(evidence @ data.weights + prior)
        gain = np.inf if len(history) == 1 else history[-1] - history[-2]
        if len(history) > most or (gain <= tolerance * np.abs(history[-1])).all():
            return shares, logs, np.array(history)
        # A group that died keeps a share too small to matter, since a log needs one.
        shares = np.log(np.maximum(held @ (data.weights / data.journeys), 1e-12))
        held *= data.weights
        expected = data.turned @ held.reshape(-1, held.shape[-1]).T
        logs = _smoothed(data, expected, PRIOR).reshape(logs.shape)


def _judged(counts: Any, shares: Floats, logs: Floats) -> tuple[Floats, Floats]:
    """The E step: probabilities of groups (R x K x V), log-likelihood of paths (R x V).

    Paths come last: numpy is quick along the last axis, and there are many of them.
    """
    scores = np.ascontiguousarray((counts @ logs.reshape(len(logs), -1)).T)
    held = scores.reshape(*shares.shape, -1)
    held += shares[..., None]
    top = held.max(axis=1, keepdims=True)
    np.exp(held - top, out=held)
    total = held.sum(axis=1, keepdims=True)
    held /= total
    return held, (np.log(total) + top)[:, 0]


def _smoothed(data: Counted, expected: Floats, prior: float) -> Floats:
    """Log probabilities of cells (first axis) from how often each is expected to be walked."""
    expected = expected + prior * data.pooled[:, None]
    return np.log(expected / data.per_row(expected)[data.rows])


def _seeded(
    data: Counted, groups: int, restarts: int, dice: np.random.Generator
) -> tuple[Floats, Floats]:
    """Each group starts from a few journeys drawn at random, among what all journeys do."""
    drawn = dice.choice(
        len(data.weights), size=(restarts * groups, _SEEDS), p=data.weights / data.journeys
    )
    whose = np.repeat(np.arange(len(drawn)), _SEEDS)
    picked = sparse.csr_array(
        (np.ones(drawn.size), (whose, drawn.ravel())), shape=(len(drawn), len(data.weights))
    )
    logs = _smoothed(data, (picked @ data.counts).toarray().T, _SEEDS)
    shares = np.full((restarts, groups), -np.log(groups))
    return shares, logs.reshape(-1, restarts, groups)


def _carried(data: Counted, model: Mixture) -> Floats:
    """A model's logs in the cells of `data`; cells new to it as all journeys have them."""
    logs = np.repeat(np.log(data.pooled)[:, None], model.groups, axis=1)
    _, here, there = np.intersect1d(
        data.cells, model.cells, assume_unique=True, return_indices=True
    )
    logs[here] = model.logs[there]
    return logs


def _best(data: Counted, shares: Floats, logs: Floats, history: Floats) -> Mixture:
    run = int(np.argmax(history[-1]))
    sizes = np.exp(shares[run]) * data.journeys
    alive = np.flatnonzero(sizes >= min(1, sizes.max()))
    kept = shares[run, alive] - np.log(np.exp(shares[run, alive]).sum())
    return _mixture(data, kept, logs[:, run, alive], tuple(history[:, run].tolist()))


def _mixture(data: Counted, shares: Floats, logs: Floats, history: tuple[float, ...]) -> Mixture:
    held, evidence = _judged(data.counts, shares[None], logs[:, None])
    left = data.per_row(data.turned @ (held[0] * data.weights).T)
    penalty = (len(shares) - 1) * np.log(data.journeys)
    cost = np.maximum(np.log(np.maximum(left, 1)), _AIC) * np.minimum(left, 1)
    penalty += data.free @ cost.sum(axis=1)
    likelihood = float(evidence[0] @ data.weights)
    return Mixture(data.cells, shares, logs, likelihood, float(penalty), history)
