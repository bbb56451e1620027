from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.multiple import VERDICTS
from journeyflow.analysis.segments import REASONS, compare_segments
from journeyflow.analysis.shares import detectable, newcombe, share_test, wilson
from journeyflow.analysis.suppression import suppressed
from journeyflow.errors import SettingsError

FIGURES = [
    "persons", "n", "successes", "rate", "low", "high", "difference", "difference_low",
    "difference_high", "p", "q", "detectable",
]  # fmt: skip


def _table(cells: dict[str, tuple[int, int]]) -> pd.DataFrame:
    return pd.DataFrame(
        [(name, n, x) for name, (n, x) in cells.items()], columns=["segment", "n", "successes"]
    )


def _estimates(table: pd.DataFrame) -> pd.DataFrame:
    """The same rates with standard errors, as if they came from curves with nobody open."""
    n = table["n"].to_numpy(float)
    rate = np.divide(table["successes"], n, out=np.full(len(n), np.nan), where=n > 0)
    se = np.sqrt(np.divide(rate * (1 - rate), n, out=np.full(len(n), np.nan), where=n > 0))
    return table.assign(rate=rate, se=se, observed=n)


@st.composite
def tables(draw: st.DrawFn, most: int = 120) -> pd.DataFrame:
    names = draw(st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8))
    sizes = [draw(st.integers(0, most)) for _ in names]
    return _table(
        {name: (n, draw(st.integers(0, n))) for name, n in zip(names, sizes, strict=True)}
    )


def test_a_table_worked_out_by_hand() -> None:
    found = compare_segments(_table({"mail": (200, 60), "ads": (400, 60), "shop": (100, 18)}))
    assert found["segment"].tolist() == ["ads", "mail", "shop"]
    mail = found.set_index("segment").loc["mail"]
    # The rest is 78 of 500.
    assert (mail["rate"], mail["compared_with"]) == (0.3, "rest")
    assert (mail["low"], mail["high"]) == wilson(60, 200)
    assert mail["difference"] == pytest.approx(0.3 - 0.156)
    expected = newcombe(60, 200, 78, 500)
    assert (mail["difference_low"], mail["difference_high"]) == expected[1:]
    assert mail["p"] == share_test(60, 200, 78, 500).p
    assert mail["detectable"] == detectable(0.156, 200, 500)
    assert found["verdict"].tolist() == ["lower", "higher", "no difference found"]
    assert found["family"].tolist() == [3, 3, 3]
    assert found["shown_as_share"].all()
    assert not found["suppressed"].any()
    assert found["reason"].isna().all()


@given(tables(), st.sampled_from(["rest", "largest"]), st.integers(1, 9))
def test_every_figure_is_known_or_has_a_reason(table: pd.DataFrame, against: str, k: int) -> None:
    found = compare_segments(table, against=against, k=k)
    assert found["segment"].tolist() == sorted(table["segment"])
    assert set(found["verdict"]) <= set(VERDICTS)
    assert set(found["reason"].dropna()) <= set(REASONS)
    unknown = found[FIGURES].isna().any(axis=1) & (found["verdict"] != "reference")
    # A difference that could be found may not exist: then the verdict says too few.
    assert found.loc[unknown, "reason"].notna().all()
    assert not np.isinf(found[FIGURES].astype(float)).to_numpy().any()
    assert found.loc[found["suppressed"], FIGURES].isna().to_numpy().all()
    assert ((found["verdict"] == "too few") <= found["reason"].notna()).all()
    known = found.dropna(subset=["p"])
    assert (known["q"] >= known["p"] * (1 - 1e-12)).all()
    assert known.sort_values("p")["q"].is_monotonic_increasing
    assert (found["family"] == len(known)).all()
    shuffled = compare_segments(table.sample(frac=1, random_state=1), against=against, k=k)
    pd.testing.assert_frame_equal(shuffled, found)


@given(tables(), st.sampled_from(["rest", "largest"]))
def test_estimates_with_nobody_open_are_compared_like_counts(
    table: pd.DataFrame, against: str
) -> None:
    plain = compare_segments(table, against=against, k=1)
    found = compare_segments(_estimates(table), against=against, k=1)
    pd.testing.assert_frame_equal(found, plain, rtol=1e-6, atol=1e-9)


@given(tables())
def test_two_segments_mirror_each_other(table: pd.DataFrame) -> None:
    table = table.head(2)
    if len(table) < 2:
        return
    one, other = compare_segments(table, k=1).to_dict("records")
    assert one["difference"] == pytest.approx(-other["difference"], nan_ok=True)
    assert one["difference_low"] == pytest.approx(-other["difference_high"], nan_ok=True)
    assert one["p"] == pytest.approx(other["p"], nan_ok=True)
    # The same comparison twice is a family in which q is p.
    assert one["q"] == pytest.approx(one["p"], nan_ok=True)
    opposite = {"higher": "lower", "lower": "higher"}
    if one["rate"] == one["rate"] and other["rate"] == other["rate"]:
        assert other["verdict"] == opposite.get(one["verdict"], one["verdict"])


@given(
    st.dictionaries(st.text("abcdefgh", min_size=1), st.integers(0, 12)),
    st.integers(1, 9),
    st.data(),
)
def test_what_is_hidden_cannot_be_computed_from_the_total(
    persons: dict[str, int], k: int, data: st.DataObject
) -> None:
    spare = data.draw(st.sampled_from([None, *sorted(persons)]))
    small, more = suppressed(persons, k, spare=spare)
    assert small == {name for name, count in persons.items() if 0 < count < k}
    hidden = small | more
    shown = [name for name, count in persons.items() if count > 0 and name not in hidden]
    if small and shown:
        assert len(hidden) >= 2
        assert sum(persons[name] for name in hidden) >= k
        assert spare not in more
    if not small:
        assert not more
    # No more than it takes: without the largest of the others it would not do.
    if more and shown:
        less = hidden - {max(more, key=lambda name: (persons[name], name))}
        assert len(less) < 2 or sum(persons[name] for name in less) < k


def test_a_small_segment_takes_another_one_with_it() -> None:
    table = _table({"a": (900, 90), "b": (50, 9), "c": (40, 9), "d": (7, 2)})
    found = compare_segments(table.assign(persons=[800, 45, 39, 4])).set_index("segment")
    assert found["suppressed"].to_dict() == {"a": False, "b": False, "c": True, "d": True}
    assert found.loc["d", "reason"] == "too few persons"
    assert found.loc["c", "reason"] == "hidden so that a smaller segment cannot be computed"
    assert found["family"].tolist() == [2] * 4
    # Compared with a hidden one, the others would give it away: rate less difference.
    named = compare_segments(table.assign(persons=[800, 45, 39, 4]), against="d")
    assert named["difference"].isna().all()
    assert named["reason"].tolist()[0] == "what it is compared with has too few persons"
    # The one that the others are compared with is hidden last.
    spared = compare_segments(table.assign(persons=[800, 45, 39, 4]), against="c")
    assert spared["suppressed"].tolist() == [False, True, False, True]


def test_an_estimate_without_a_standard_error_says_so() -> None:
    table = pd.DataFrame(
        {
            "segment": ["a", "b", "c", "d"],
            "n": [100, 200, 50, 80],
            "rate": [0.2, 0.3, 0.0, math.nan],
            "se": [0.05, 0.04, 0.0, math.nan],
        }
    )
    found = compare_segments(table).set_index("segment")
    assert found.loc[["c", "d"], "reason"].tolist() == ["no rate, or no standard error"] * 2
    # a: 0.2 * 0.8 / 0.05 ** 2 = 64 effective units.
    assert (found.loc["a", "low"], found.loc["a", "high"]) == pytest.approx(wilson(12.8, 64))
    # Of c, 30 were followed to the horizon, none of whom converted.
    known = compare_segments(table.assign(observed=[80, 150, 30, 70])).set_index("segment")
    assert known.loc["c", "high"] == pytest.approx(wilson(0, 30)[1])
    assert known.loc["c", "verdict"] == "lower"


def test_without_any_true_difference_verdicts_are_rare() -> None:
    # 120 tables of eight segments with the same rate: the false discovery rate is then the chance
    # that a table calls any of them different; 0.1 with a standard error of 0.027.
    dice = np.random.default_rng(2)
    called = 0
    for _ in range(120):
        sizes = dice.integers(15, 600, 8)
        cells = zip("abcdefgh", sizes.tolist(), dice.binomial(sizes, 0.15).tolist(), strict=True)
        table = pd.DataFrame(cells, columns=["segment", "n", "successes"])
        called += compare_segments(table)["verdict"].isin(["higher", "lower"]).any()
    assert called <= 0.155 * 120


def test_other_comparisons_of_the_report_join_the_family() -> None:
    table = _table({"a": (300, 60), "b": (300, 85)})
    alone = compare_segments(table)
    together = compare_segments(table, family=[0.5, None, 0.9, 0.7])
    assert alone["verdict"].tolist() == ["lower", "higher"]
    assert together["family"].tolist() == [5, 5]
    assert together["q"].tolist() == pytest.approx((alone["p"] * 5 / 2).tolist())


def test_those_of_whom_nothing_is_known_are_no_rest_and_are_hidden_first() -> None:
    table = _table({"a": (300, 60), "b": (400, 80), "(none)": (1000, 1)})
    found = compare_segments(table).set_index("segment")
    assert found.loc["a", "difference"] == pytest.approx(0)
    assert found.loc["(none)", "difference"] == pytest.approx(0.001 - 0.2)
    alone = compare_segments(_table({"a": (300, 60), "(none)": (1000, 1)})).set_index("segment")
    assert alone.loc["a", "reason"] == "nothing to compare with"
    small = suppressed({"a": 30, "b": 40, "c": 3, "(none)": 1000})
    assert small == ({"c"}, {"(none)"})


def test_the_others_are_compared_with_the_largest_or_a_named_one() -> None:
    table = _table({"a": (300, 60), "b": (400, 85), "c": (400, 20)})
    largest = compare_segments(table, against="largest")  # of equal ones the first by name
    assert largest["compared_with"].fillna("").tolist() == ["b", "", "b"]
    assert largest["verdict"].tolist()[1] == "reference"
    named = compare_segments(table, against="c")
    assert named["difference"].tolist()[:2] == pytest.approx([0.15, 0.1625])
    with pytest.raises(SettingsError, match="no segment 'larges'") as fault:
        compare_segments(table, against="larges")
    assert "'largest'" in str(fault.value)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (_table({"a": (3, 4)}), "'a' make no sense"),
        (_table({"a": (3, -1)}), "'a' make no sense"),
        (_table({"a": (3, 1)}).drop(columns="successes"), "no successes"),
        (pd.concat([_table({"a": (3, 1)})] * 2), "'a' has two rows"),
        (_table({"a": (3, 1)}).assign(rate=1.5, se=0.1), "'a' make no sense"),
        (_table({"a": (3, 1)}).assign(n=2.5), "'a' make no sense"),
    ],
)
def test_figures_of_no_sense_are_refused(table: pd.DataFrame, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        compare_segments(table)
