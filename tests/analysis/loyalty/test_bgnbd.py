from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import hyp2f1
from statsmodels.tools.numdiff import approx_fprime

from journeyflow.analysis.loyalty.bgnbd import (
    BgNbd,
    Histories,
    fit,
    future,
    log_likelihood,
    p_active,
)
from tests.analysis.loyalty.cdnow import cdnow
from tests.analysis.loyalty.shop import customers

NEW = (np.zeros(1), np.zeros(1), np.zeros(1))

parameters = st.tuples(*[st.floats(-1.5, 1.5)] * 4).map(np.array)
rows = st.lists(
    st.tuples(st.integers(0, 12), st.floats(0, 1), st.floats(0.5, 60), st.integers(1, 9)),
    min_size=1, max_size=8,
)  # fmt: skip


def histories(rows: list[tuple[int, float, float, int]]) -> Histories:
    x, part, age, many = np.array(rows, dtype=float).T
    return Histories(x, np.where(x > 0, part * age, 0), age, many)


def simulated(dice: np.random.Generator, many: int, *truth: float) -> Histories:
    ages = np.floor(dice.uniform(30, 200, many))
    told = [customers(dice, 1, age, *truth)[0] for age in ages]
    last = [moments[-1] if len(moments) else 0 for moments in told]
    return Histories(
        np.array([len(each) for each in told], dtype=float), np.array(last), ages, np.ones(many)
    )


@pytest.fixture(scope="module")
def model() -> BgNbd:
    found = fit(cdnow())
    assert isinstance(found, BgNbd)
    return found


def test_cdnow_has_the_published_parameters_and_likelihood(model: BgNbd) -> None:
    # Fader, Hardie & Lee (2005), table 2.
    assert (model.r, model.alpha, model.a, model.b) == pytest.approx(
        (0.243, 4.414, 0.793, 2.426), abs=5e-4
    )
    assert model.log_likelihood == pytest.approx(-9582.4, abs=0.05)


def test_cdnow_is_expected_to_order_as_published(model: BgNbd) -> None:
    # The workbook to "Implementing the BG/NBD Model for Customer Base Analysis in Excel" (2005):
    # customer 1 in the 39 weeks to come, and what is expected of a new customer by these weeks.
    one = np.array([2.0]), np.array([30.43]), np.array([38.86])
    assert future(model.logarithms, *one, 39)[0] == pytest.approx(1.226, abs=5e-4)
    weeks = [0.1429, 1, 3, 31.8571, 32, 78]
    found = [float(future(model.logarithms, *NEW, week)[0][0]) for week in weeks]
    published = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576]
    # Its parameters have three decimals, which in the 78th week is the fourth.
    assert found == pytest.approx(published, rel=3e-4, abs=6e-5)


@given(parameters, rows)
def test_the_slope_of_the_likelihood_is_its_difference(
    logarithms: np.ndarray, rows: list[tuple[int, float, float, int]]
) -> None:
    told = histories(rows)
    expected = approx_fprime(logarithms, lambda each: log_likelihood(each, told)[0], centered=True)
    found = log_likelihood(logarithms, told)[1]
    assert found == pytest.approx(expected, rel=1e-4, abs=1e-3)


@given(parameters, rows, st.floats(0.5, 60))
def test_the_future_is_the_papers(
    logarithms: np.ndarray, rows: list[tuple[int, float, float, int]], span: float
) -> None:
    """Equation (10), with its hypergeometric function."""
    if abs(logarithms[2]) < 1e-3:
        return  # 0 / 0 there
    told = histories(rows)
    r, alpha, a, b = np.exp(logarithms)
    x, last, age = told.repeats, told.last, told.age
    stay = (alpha + age) / (alpha + age + span)
    if_active = (
        (a + b + x - 1)
        / (a - 1)
        * (1 - stay ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, 1 - stay))
    )
    gone = (x > 0) * a / np.maximum(b + x - 1, 1e-9) * ((alpha + age) / (alpha + last)) ** (r + x)
    mean, variance = future(logarithms, x, last, age, span)
    assert mean == pytest.approx(if_active / (1 + gone), rel=1e-6)
    assert p_active(logarithms, x, last, age) == pytest.approx(1 / (1 + gone), rel=1e-9)
    assert (variance >= 0).all()


def test_where_a_is_one_the_future_has_no_gap() -> None:
    around = [future(np.log([0.5, 8, a, 2]), *NEW, 40)[0][0] for a in (0.999, 1, 1.001)]
    assert around[0] > around[1] > around[2]
    assert around[1] == pytest.approx((around[0] + around[2]) / 2, rel=1e-5)


def test_a_thousand_orders_are_no_overflow() -> None:
    orders = np.array([5000.0])
    mean, variance = future(np.log([0.5, 8, 0.8, 2]), orders, np.array([5000.0]), orders, 90)
    # Nearly one a day, and hardly ever the last one.
    assert 85 < mean[0] < 90
    assert 80 < variance[0] < 200


def test_mean_and_variance_are_those_of_customers_played_out() -> None:
    dice = np.random.default_rng(20261128)
    truth = 0.8, 12.0, 0.7, 2.5
    orders = [len(each) for each in customers(dice, 20_000, 60, *truth)]
    mean, variance = future(np.log(truth), *NEW, 60)
    # Three standard errors of a mean, and of a variance of a long-tailed count.
    assert np.mean(orders) == pytest.approx(mean[0], abs=3 * np.sqrt(variance[0] / 20_000))
    assert np.var(orders) == pytest.approx(variance[0], rel=0.08)


def test_customers_of_known_parameters_tell_them() -> None:
    truth = np.log([0.8, 12, 0.7, 2.5])
    found = fit(simulated(np.random.default_rng(1), 4000, *np.exp(truth)))
    assert isinstance(found, BgNbd)
    away = (found.logarithms - truth) / np.sqrt(np.diag(found.covariance))
    assert (np.abs(away) < 3).all()


def test_neither_order_nor_grouping_nor_unit_changes_the_model(model: BgNbd) -> None:
    told = cdnow()
    turned = Histories(*(np.repeat(each, 2)[::-1] for each in vars(told).values()))
    halves = fit(Histories(turned.repeats, turned.last * 7, turned.age * 7, turned.customers / 2))
    assert isinstance(halves, BgNbd)
    assert (halves.r, halves.alpha / 7, halves.a, halves.b) == pytest.approx(
        (model.r, model.alpha, model.a, model.b), rel=1e-5
    )
    assert halves.covariance == pytest.approx(model.covariance, rel=1e-3, abs=1e-5)


def test_few_who_came_back_tell_nothing() -> None:
    # Of the first 50 rows of CDNOW six count customers who never came back.
    told = Histories(*(each[:50] for each in vars(cdnow()).values()))
    assert fit(told) == "only 44 customers ordered again; expected 50 or more"
    nobody = fit(Histories(*np.zeros((4, 0))))
    assert nobody == "only 0 customers ordered again; expected 50 or more"


def test_where_nobody_leaves_there_is_no_model() -> None:
    dice = np.random.default_rng(3)
    told = simulated(dice, 800, 1.0, 20.0, 1e-9, 1.0)
    reason = fit(told)
    assert isinstance(reason, str)
    assert "a to 0" in reason


@pytest.mark.parametrize(
    ("repeats", "last", "age"), [(1, 1, 1), (1, 0, 300), (1, 300, 300), (299, 299, 299), (40, 5, 9)]
)
def test_customers_who_all_did_the_same_are_no_model(repeats: int, last: int, age: int) -> None:
    told = Histories(*(np.array([each], dtype=float) for each in (repeats, last, age, 400)))
    assert isinstance(fit(told), str)
