"""The BG/NBD model: how often customers come back, and when they have silently gone for good.

Fader, Hardie & Lee (2005, Marketing Science 24:275). While active, a customer orders as a Poisson
process of rate λ, and after each order is gone with chance p. Over the customers, λ has a Gamma
distribution of shape r and rate alpha, and p a Beta distribution of a and b. What a customer did is
told by x repeat orders, the last of them at t_x, and the time T since the first order; the
likelihood of it is their equation (6),

    Γ(r+x) α^r / Γ(r) · B(a, b+x) / B(a, b)
        · { (α+T)^-(r+x) + [x > 0] · a / (b+x-1) · (α+t_x)^-(r+x) }

of whose two terms the first is that of a customer who is still active. Who never came back is
active for certain in this model: customers leave only after a repeat order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh_tridiagonal
from scipy.optimize import minimize
from scipy.special import digamma, gammaln
from statsmodels.tools.numdiff import approx_fprime

MIN_REPEATERS = 50

Floats = npt.NDArray[np.float64]

_NAMES = ("r", "alpha", "a", "b")
# Of the logarithms of r, alpha / mean T, a and b; who runs beyond has found no optimum.
_EDGE = float(np.log(1e3))
_STARTS = ((0.0, 0.0, 0.0, 0.0), (-1.5, -1.5, -0.5, 1.0), (1.0, 1.0, -1.0, 0.0))
# Nodes of the quadrature over p: eight digits even a year ahead of customers of a month.
_NODES = 64


@dataclass(frozen=True)
class Histories:
    """Customers who did the same, counted together; all (k) and in one unit of time.

    repeats: x. last: t_x, 0 where x is 0. age: T. customers: how many, whole and above 0.
    """

    repeats: Floats
    last: Floats
    age: Floats
    customers: Floats


@dataclass(frozen=True)
class BgNbd:
    """A fitted model, in the unit of time that it was fitted in.

    covariance: (4, 4) of the logarithms of r, alpha, a, b, from the observed information.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    covariance: Floats

    @property
    def logarithms(self) -> Floats:
        """Of r, alpha, a, b: what `covariance` is of."""
        return np.log([self.r, self.alpha, self.a, self.b])


def fit(histories: Histories) -> BgNbd | str:
    """Maximise the likelihood, from several starts; the best counts.

    Out: the model, or in words why there is none: too few customers came back, no start
    converged, or the likelihood rises towards a parameter of 0 or infinity, or is flat: then the
    histories do not tell the parameters apart, and what follows from them would be made up.
    """
    repeaters = int(histories.customers[histories.repeats > 0].sum())
    if repeaters < MIN_REPEATERS:
        return f"only {repeaters} customers ordered again; expected {MIN_REPEATERS} or more"
    customers = histories.customers.sum()
    unit = float(histories.customers @ histories.age / customers)
    scaled = Histories(
        histories.repeats, histories.last / unit, histories.age / unit, histories.customers
    )

    def loss(logarithms: Floats) -> tuple[float, Floats]:
        value, gradient = log_likelihood(logarithms, scaled)
        return -value / customers, -gradient / customers

    def slope(logarithms: Floats) -> Floats:
        return loss(logarithms)[1]

    # L-BFGS-B waits for threads of its linear algebra: on a busy machine a hundred times longer.
    tries = [
        minimize(
            loss, start, jac=True, method="SLSQP", bounds=[(-_EDGE, _EDGE)] * 4,
            options={"maxiter": 1000, "ftol": 1e-13},
        )
        for start in _STARTS
    ]  # fmt: skip
    best = min(tries, key=lambda found: float(found.fun))
    beyond = [
        f"{name} to {'infinity' if value > 0 else '0'}"
        for name, value in zip(_NAMES, best.x, strict=True)
        if abs(value) > _EDGE - 0.01
    ]
    if beyond:
        return f"the likelihood has no optimum at plausible values: {', '.join(beyond)}"
    if np.abs(best.jac).max() > 1e-4:
        return "the search for the maximum of the likelihood did not converge"
    information = customers * approx_fprime(best.x, slope, centered=True)
    information = (information + information.T) / 2
    strengths = np.linalg.eigvalsh(information)
    # A standard error of a logarithm of 5 is a factor of 150 either way.
    if strengths[0] < 1 / 25:
        return "the likelihood is flat at its maximum: it does not tell the parameters apart"
    r, alpha, a, b = np.exp(best.x)
    logarithms = best.x + np.array([0, np.log(unit), 0, 0])
    return BgNbd(
        float(r), float(alpha * unit), float(a), float(b),
        log_likelihood(logarithms, histories)[0], np.linalg.inv(information),
    )  # fmt: skip


def log_likelihood(logarithms: Floats, histories: Histories) -> tuple[float, Floats]:
    """Of all customers together, and its gradient by the logarithms of r, alpha, a, b."""
    r, alpha, a, b = np.exp(logarithms)
    x, last, age = histories.repeats, histories.last, histories.age
    active, gone, both = _fates(logarithms, x, last, age)
    late, early = np.exp(active - both), np.exp(gone - both)
    # Of the many customers most have one of a few numbers of orders.
    orders, of = np.arange(x.max(initial=0) + 1), x.astype(int)
    value = (
        gammaln(r + orders) - gammaln(r) + r * np.log(alpha)
        + gammaln(b + orders) - gammaln(a + b + orders) - gammaln(b) + gammaln(a + b)
    )[of] + both  # fmt: skip
    left = digamma(a + b) - digamma(a + b + orders)
    slopes = (
        (digamma(r + orders) - digamma(r))[of] + np.log(alpha)
        - late * np.log(alpha + age) - early * np.log(alpha + last),
        r / alpha - (r + x) * (late / (alpha + age) + early / (alpha + last)),
        left[of] + early / a,
        (digamma(b + orders) - digamma(b) + left)[of] - early / np.where(x > 0, b + x - 1, 1.0),
    )  # fmt: skip
    gradient = np.array([histories.customers @ slope for slope in slopes])
    return float(histories.customers @ value), gradient * np.exp(logarithms)


def p_active(logarithms: Floats, repeats: Floats, last: Floats, age: Floats) -> Floats:
    """The chance that a customer with x, t_x, T is still active at T; 1 for x = 0."""
    active, _, both = _fates(logarithms, repeats, last, age)
    return np.asarray(np.exp(active - both))


def _fates(
    logarithms: Floats, x: Floats, last: Floats, age: Floats
) -> tuple[Floats, Floats, Floats]:
    """Logarithms of the likelihood's two terms, active and gone, and of their sum."""
    r, alpha, a, b = np.exp(logarithms)
    active = -(r + x) * np.log(alpha + age)
    came = x > 0
    left = np.where(came, b + x - 1, 1.0)
    gone = np.where(came, np.log(a / left) - (r + x) * np.log(alpha + last), -np.inf)
    return active, gone, np.logaddexp(active, gone)


def future(
    logarithms: Floats, repeats: Floats, last: Floats, age: Floats, span: float
) -> tuple[Floats, Floats]:
    """How many orders customers with x, t_x, T will place within `span` after T.

    Out: mean and variance of it, given the parameters. For an active customer of rate λ and chance
    p the mean is (1 - exp(-λpt)) / p and the mean of n (n - 1) is
    2 (1 - p) / p² · (1 - (1 + λpt) exp(-λpt)): an order at u > s needs one at s after which the
    customer stayed. Both are averaged over λ ~ Gamma(r + x, alpha + T) in closed form and over
    p ~ Beta(a, b + x) by Gauss–Jacobi quadrature. The paper's equation (10) says the mean with a
    hypergeometric function, 0 / 0 at a = 1 and inexact for many orders; they agree elsewhere.
    """
    r, alpha, a, b = np.exp(logarithms)
    mean, pairs = np.zeros(len(repeats)), np.zeros(len(repeats))
    for orders in np.unique(repeats):
        here = repeats == orders
        ages, of = np.unique(age[here], return_inverse=True)
        p, weights = _beta_nodes(a, b + orders)
        shape, rate = r + orders, alpha + ages[:, None]
        part = p * span / (rate + p * span)
        silent = shape * np.log1p(-part)
        mean[here] = (-np.expm1(silent) @ (weights / p))[of]
        again = -np.expm1(silent + np.log1p(shape * part))
        pairs[here] = (again @ (weights * 2 * (1 - p) / p**2))[of]
    active = p_active(logarithms, repeats, last, age)
    mean, pairs = active * mean, active * pairs
    return mean, pairs + mean - mean**2


def _beta_nodes(a: float, b: float) -> tuple[Floats, Floats]:
    """Points and weights that average over a Beta distribution (Golub & Welsch 1969).

    The weights add up to 1; scipy's roots_jacobi scales them by a power that overflows for
    customers with a thousand orders.
    """
    n = np.arange(1, _NODES)
    whole = a + b - 2 + 2 * n
    middle = np.concatenate(
        ([a / (a + b)], (1 + ((a - 1) ** 2 - (b - 1) ** 2) / (whole * (whole + 2))) / 2)
    )
    beside = n * (n + a - 1) * (n + b - 1) / whole**2 / (whole + 1)
    # With n = 1 this factor over the next is 1, and 0 / 0 where a + b = 1.
    rest = np.concatenate(([1.0], (n + a + b - 2)[1:] / (whole - 1)[1:]))
    points, vectors = eigh_tridiagonal(middle, np.sqrt(beside * rest))
    return np.maximum(points, np.finfo(float).tiny), vectors[0] ** 2
