from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import StratifiedTable

from journeyflow.analysis.shares import newcombe
from journeyflow.analysis.simpson import CHECKS, SimpsonCheck, candidate_strata, simpson_check
from journeyflow.analysis.stratified import Strata, risk_difference, standardised
from journeyflow.errors import SettingsError

# Bickel, Hammel & O'Connell, Science 187 (1975) 398; the six largest departments of Berkeley, 1973:
# men admitted and rejected, women admitted and rejected.
BERKELEY = {
    "A": (512, 313, 89, 19),
    "B": (353, 207, 17, 8),
    "C": (120, 205, 202, 391),
    "D": (138, 279, 131, 244),
    "E": (53, 138, 94, 299),
    "F": (22, 351, 24, 317),
}

Cell = tuple[str, str, int, int]


def _counts(cells: list[Cell]) -> pd.DataFrame:
    return pd.DataFrame(cells, columns=["segment", "stratum", "n", "successes"])


def _berkeley() -> pd.DataFrame:
    cells = [
        (who, department, row[at] + row[at + 1], row[at])
        for department, row in BERKELEY.items()
        for who, at in (("men", 0), ("women", 2))
    ]
    return _counts(cells)


@st.composite
def cells(draw: st.DrawFn, segments: str = "ab", fewest: int = 0) -> list[Cell]:
    found = []
    for stratum in draw(st.lists(st.sampled_from("stuvw"), unique=True, max_size=5)):
        for segment in segments:
            n = draw(st.integers(fewest, 60))
            found.append((segment, stratum, n, draw(st.integers(0, n))))
    return found


def test_berkeley_looks_the_other_way_round_within_departments() -> None:
    found = simpson_check(_berkeley(), "men", "women")
    assert found.pooled.value == pytest.approx(0.4452 - 0.3035, abs=1e-4)
    assert found.odds.ratio == pytest.approx(0.905, abs=5e-4)
    assert found.odds.cmh_p == pytest.approx(0.217, abs=5e-4)
    # R, mantelhaen.test(UCBAdmissions, correct = FALSE): X-squared 1.5246, 0.7719 to 1.0603.
    assert (found.odds.low, found.odds.high) == pytest.approx((0.7719, 1.0603), abs=5e-5)
    # By the weights of all 4,526 (933, 585, 918, 792, 584, 714): 0.3873 of men, 0.4300 of women.
    assert found.standardised.value == pytest.approx(0.3873 - 0.4300, abs=1e-4)
    assert found.verdict == "reversed"
    assert found.coverage == 1
    assert found.strata["sign"].tolist() == [-1, -1, 1, -1, 1, -1]
    assert found.strata["weight"].tolist() == pytest.approx(
        np.array([933, 585, 918, 792, 584, 714]) / 4526
    )


def _two_strata(easy: tuple[int, int, int, int], hard: tuple[int, int, int, int]) -> SimpsonCheck:
    found = []
    for stratum, row in (("easy", easy), ("hard", hard)):
        found += [("a", stratum, *row[:2]), ("b", stratum, *row[2:])]
    return simpson_check(_counts(found), "a")


def test_a_difference_that_the_mix_makes_is_attenuated() -> None:
    # Both convert 60 % of the easy and 20 % of the hard; a has 800 easy of 1000, b 200.
    found = _two_strata((800, 480, 200, 120), (200, 40, 800, 160))
    assert found.pooled.value == pytest.approx(0.52 - 0.28)
    assert found.standardised.value == pytest.approx(0)
    assert found.change == pytest.approx(0.24)
    assert found.verdict == "attenuated"


def test_a_difference_that_the_mix_hides_is_told() -> None:
    # a converts 70 % and 30 %, b 60 % and 20 %; a has 400 easy of 1000, b 650: 0.46 and 0.46.
    found = _two_strata((400, 280, 650, 390), (600, 180, 350, 70))
    assert found.pooled.value == pytest.approx(0)
    assert found.standardised.value == pytest.approx(0.1)
    assert found.verdict == "hidden"


def test_a_difference_within_every_stratum_holds() -> None:
    found = _two_strata((500, 350, 450, 225), (500, 200, 550, 110))
    assert found.verdict == "holds"
    assert found.mantel_haenszel.low > 0


def test_strata_of_one_segment_count_against_the_coverage() -> None:
    # Of 1000 only 200 + 200 are in the stratum that holds both.
    table = _counts(
        [("a", "x", 300, 90), ("b", "y", 300, 30), ("a", "z", 200, 50), ("b", "z", 200, 50)]
    )
    found = simpson_check(table, "a")
    assert found.coverage == pytest.approx(0.4)
    assert found.verdict == "not comparable"
    assert found.strata["weight"].tolist() == [0, 0, 1]
    assert found.strata["difference"].isna().tolist() == [True, True, False]
    apart = simpson_check(table[table["stratum"] != "z"], "a")
    assert apart.reason == "no stratum holds both segments"
    assert np.isnan(apart.standardised.value)


@given(cells())
def test_degenerate_tables_give_unknown_figures_and_no_faults(found: list[Cell]) -> None:
    table = _counts([*found, ("a", "s0", 0, 0), ("b", "s0", 0, 0)])
    check, mirrored = simpson_check(table, "a"), simpson_check(table, "b")
    assert check.verdict in CHECKS
    assert (check.verdict == "not comparable") == (check.reason is not None)
    # Swapping negates the differences and leaves the tests as they are.
    for name in ("pooled", "standardised", "mantel_haenszel"):
        value, low, high = getattr(check, name)
        expected = tuple(-each for each in (value, high, low))
        assert getattr(mirrored, name) == pytest.approx(expected, abs=1e-9, nan_ok=True)
        assert not any(map(np.isinf, (value, low, high)))
    assert mirrored.verdict == check.verdict
    assert mirrored.odds.cmh_p == pytest.approx(check.odds.cmh_p, rel=1e-6, nan_ok=True)
    assert not any(map(np.isinf, check.odds))
    assert check.strata["sign"].tolist() == (-mirrored.strata["sign"]).tolist() or (
        check.strata["sign"].isna().any()
    )


@given(cells(fewest=1))
def test_the_same_mix_of_strata_leaves_the_pooled_difference(found: list[Cell]) -> None:
    # b's stratum becomes as large as a's by repeating both its units and its successes.
    sizes = {stratum: n for segment, stratum, n, _ in found if segment == "a"}
    table = _counts(
        [
            (segment, stratum, n * sizes[stratum], x * sizes[stratum])
            if segment == "b"
            else (segment, stratum, n * own, x * own)
            for segment, stratum, n, x in found
            for own in [next(c[2] for c in found if c[:2] == ("b", stratum))]
        ]
    )
    if table.empty:
        return
    check = simpson_check(table, "a")
    assert check.standardised.value == pytest.approx(check.pooled.value, abs=1e-12)
    assert check.mantel_haenszel.value == pytest.approx(check.pooled.value, abs=1e-12)
    assert check.change == pytest.approx(0, abs=1e-12)
    assert np.isnan(check.change_p)
    assert check.verdict in ("holds", "no difference")


@given(st.integers(1, 500), st.integers(1, 500), st.data())
def test_in_one_stratum_all_differences_are_the_plain_one(
    n_a: int, n_b: int, data: st.DataObject
) -> None:
    x_a, x_b = data.draw(st.integers(0, n_a)), data.draw(st.integers(0, n_b))
    strata = Strata(*(np.array([float(each)]) for each in (n_a, x_a, n_b, x_b)))
    plain = newcombe(x_a, n_a, x_b, n_b).value
    assert standardised(strata).value == pytest.approx(plain)
    value, low, high = risk_difference(strata)
    assert value == pytest.approx(plain)
    # Sato's variance is then p q / n of both, worked out by hand from its terms.
    p_a, p_b = x_a / n_a, x_b / n_b
    se = np.sqrt(p_a * (1 - p_a) / n_a + p_b * (1 - p_b) / n_b)
    if se > 1e-6 and abs(plain) + 2 * se < 1:
        assert high - low == pytest.approx(2 * 1.959964 * se, rel=1e-5)


@given(cells(fewest=2))
def test_odds_are_those_of_statsmodels(found: list[Cell]) -> None:
    check = simpson_check(_counts([*found, ("a", "s0", 9, 4), ("b", "s0", 9, 5)]), "a")
    pairs = [[found[at][2:], found[at + 1][2:]] for at in range(0, len(found), 2)]
    telling = [[(9, 4), (9, 5)]]
    telling += [(a, b) for a, b in pairs if 0 < a[1] + b[1] < a[0] + b[0]]
    expected = StratifiedTable([np.array([[x, n - x] for n, x in pair]) for pair in telling])
    assert check.odds.cmh_p == pytest.approx(expected.test_null_odds().pvalue)
    ratio = check.odds.ratio
    assert ratio == pytest.approx(expected.oddsratio_pooled)
    if len(telling) > 1 and abs(ratio - 1) > 1e-6:  # at 1 statsmodels divides by zero
        p = expected.test_equal_odds().pvalue
        assert check.odds.heterogeneity_p == pytest.approx(p, rel=1e-5)


def test_the_interval_of_a_standardised_difference_holds_it_as_often_as_it_says() -> None:
    # 500 tables of 20 strata of about 12; the truth is 0.1 in each stratum.
    dice = np.random.default_rng(3)
    held = 0
    for _ in range(500):
        base = dice.uniform(0.05, 0.6, 20)
        n_a, n_b = dice.integers(3, 20, (2, 20))
        x_a, x_b = dice.binomial(n_a, base + 0.1), dice.binomial(n_b, base)
        strata = Strata(*(each.astype(float) for each in (n_a, x_a, n_b, x_b)))
        held += standardised(strata).low <= 0.1 <= standardised(strata).high
    assert 0.93 <= held / 500 <= 0.99


def test_of_several_properties_the_one_that_matters_comes_first() -> None:
    # The department explains the pooled difference; a coin tossed for every applicant does not.
    dice = np.random.default_rng(1)
    rows = []
    for row in _berkeley().itertuples():
        heads, admitted_heads = dice.binomial(row.n, 0.5), 0
        admitted_heads = dice.hypergeometric(row.successes, row.n - row.successes, heads)
        rows += [
            (row.segment, row.stratum, "heads", heads, admitted_heads),
            (row.segment, row.stratum, None, row.n - heads, row.successes - admitted_heads),
        ]
    table = pd.DataFrame(rows, columns=["segment", "department", "coin", "n", "successes"])
    found = candidate_strata(table, ["coin", "department"], against="women")
    assert found["stratifier"].tolist() == ["department", "coin"]
    assert found["verdict"].tolist() == ["reversed", "holds"]
    assert found["matters"].tolist() == [True, False]
    shuffled = table.sample(frac=1, random_state=2)
    pd.testing.assert_frame_equal(
        candidate_strata(shuffled, ["coin", "department"], against="women"), found
    )
    assert candidate_strata(table.iloc[:0], ["coin"]).empty


def test_properties_of_no_meaning_seldom_matter() -> None:
    # Five segments alike, six properties drawn at random with 2 to 12 values: 30 checks each time.
    # An alarm in one family of ten or fewer is expected; three or more have a chance of 7 %.
    dice = np.random.default_rng(8)
    alarms = 0
    for _ in range(10):
        units = pd.DataFrame({"segment": dice.choice(list("abcde"), 600), "n": 1})
        units["successes"] = dice.binomial(1, 0.3, 600)
        names = [f"p{number}" for number in range(6)]
        for number, name in enumerate(names):
            units[name] = dice.integers(0, 2 * number + 2, 600)
        alarms += candidate_strata(units, names)["matters"].any()
    assert alarms <= 2


def test_what_makes_no_sense_is_refused() -> None:
    table = _berkeley()
    with pytest.raises(SettingsError, match="no segment 'man'") as fault:
        simpson_check(table, "man")
    assert "'men'" in str(fault.value)
    with pytest.raises(SettingsError, match="no column 'device'"):
        candidate_strata(table, ["device"])
    with pytest.raises(SettingsError, match="make no sense"):
        simpson_check(_counts([("a", "s", 3, 4)]), "a")
