"""Patience and answers: against known distributions, the definition, and by hand."""

from __future__ import annotations

from math import exp

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.patience import patience, patience_whatif, what_if

DAY = 86_400
#: How it ended, after how many seconds, and when the customer was seen last.
Wait = tuple[str, float, float]
fates = st.sampled_from(["answered", "lost", "open"])
waits = st.lists(st.tuples(fates, st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=40)


def counted(rows: list[Wait], **columns: object) -> pd.DataFrame:
    """Each wait a row of its own; nobody was watched after an answer, unless told."""
    table = pd.DataFrame(rows, columns=["fate", "wait_us", "seen_us"])
    table["seen_us"] = table[["wait_us", "seen_us"]].min(axis=1).where(table["fate"] == "lost")
    seconds = table[["wait_us", "seen_us"]].astype("float64") * 1e6
    told = {"waits_for": "answer", "touchpoint": "Form", "waits": 1, "watched": 0, "went_on": 0}
    return table.assign(**seconds, **(told | columns))


def kaplan_meier(rows: list[Wait], fate: str, moment: float) -> float:
    """The share for whom `fate` comes later than the moment, or at it."""
    still = 1.0
    for when in sorted({wait for how, wait, _ in rows if how == fate and wait < moment}):
        at_risk = sum(wait >= when for _, wait, _ in rows)
        still *= 1 - sum(how == fate and wait == when for how, wait, _ in rows) / at_risk
    return still


def test_exponential_patience_and_answers_give_the_closed_form() -> None:
    # Patience with rate mu = 1, answers with rate l = 2: l / (l + mu) = 2/3 are served. If every
    # answer came within c, those who wait at c are served too, of whom there are exp(-(l + mu) c).
    dice = np.random.default_rng(20261101)
    given_up, answer = dice.exponential(1.0, 40_000), dice.exponential(0.5, 40_000)
    fate = np.where(answer < given_up, "answered", "lost")
    wait = np.minimum(given_up, answer)
    caps = [0.1, 0.3, 1.0]
    found = what_if(counted(list(zip(fate, wait, wait, strict=True))), caps)
    assert found["served_now"][0] == pytest.approx(2 / 3, abs=0.01)
    for cap, most in zip(caps, found["served_then_most"], strict=True):
        assert most == pytest.approx(2 / 3 * (1 - exp(-3 * cap)) + exp(-3 * cap), abs=0.01)
    assert found["lost_now"][0] == pytest.approx(1 / 3, abs=0.01)
    # Whoever was lost was there until then: the least is what is left of them at c or later.
    assert found["served_then_least"].tolist() == pytest.approx(found["served_then_most"].tolist())


@given(waits, st.integers(0, 14))
def test_the_most_is_the_integral_of_patience_over_the_capped_waits(
    rows: list[Wait], cap: int
) -> None:
    # An answer and a loss at one moment would not be independent: answers come half a second later.
    rows = [(how, wait + (how == "answered") / 2, seen) for how, wait, seen in rows]
    moments = sorted({wait for how, wait, _ in rows if how == "answered"})
    served = sum(
        kaplan_meier(rows, "lost", min(wait, cap))
        * (kaplan_meier(rows, "answered", wait) - kaplan_meier(rows, "answered", wait + 0.1))
        for wait in moments
    )
    never = kaplan_meier(rows, "answered", 99) * kaplan_meier(rows, "lost", cap)
    found = what_if(counted(rows), [cap])
    assert found["served_then_most"][0] == pytest.approx(served + never)


@given(waits, st.lists(st.integers(0, 14), min_size=2, max_size=5).map(sorted))
def test_the_least_lies_between_now_and_the_most_and_sooner_is_never_worse(
    rows: list[Wait], caps: list[int]
) -> None:
    found = what_if(counted(rows), caps)
    ends = ["served_then_low", "served_then_least", "served_then_most", "served_then_high"]
    ordered = found[["served_now", *ends[1:3]]].to_numpy()
    assert (np.diff(ordered) >= -1e-9).all()
    assert (np.diff(found[ends].to_numpy()) >= -1e-9).all()
    assert (found[ends[1:3]].diff().dropna() <= 1e-9).to_numpy().all()
    assert found["at_risk"].tolist() == [sum(w >= cap for _, w, _ in rows) for cap in caps]


def test_the_lost_count_for_the_least_as_long_as_they_gave_a_sign() -> None:
    # Two are answered after 2 days; of three lost after 50 days one was seen last on day 4, two
    # at once. Answers within 3 days reach the two, that one, and perhaps the others.
    rows = (
        [("answered", 2 * DAY, 0)] * 2 + [("lost", 50 * DAY, 4 * DAY)] + [("lost", 50 * DAY, 0)] * 2
    )
    (row,) = what_if(counted(rows), [3 * DAY]).to_dict("records")
    assert row["served_now"] == pytest.approx(2 / 5)
    assert (row["served_then_least"], row["served_then_most"]) == (pytest.approx(3 / 5), 1)
    # Wilson's interval of 3 of 5 begins at 0.2307.
    assert row["served_then_low"] == pytest.approx(0.2307, abs=5e-5)


def test_the_table_tells_both_curves_up_to_where_ten_still_wait() -> None:
    # Forty: ten are answered within the half hour, ten lost after two hours; of the others, who
    # wait longer than a day, five are answered on the second day, five on the third, ten never.
    rows: list[Wait] = [
        *[("answered", 1200, 0)] * 10, *[("lost", 7200, 7200)] * 10,
        *[("answered", 1.5 * DAY, 0)] * 5, *[("answered", 2.5 * DAY, 0)] * 5,
        *[("open", 2.8 * DAY, 0)] * 10,
    ]  # fmt: skip
    watched = [1] * 10 + [0] * 10 + [1] * 5 + [0] * 15
    went = [1] * 9 + [0] * 11 + [1] * 2 + [0] * 18
    table = patience(counted(rows, watched=watched, went_on=went)).set_index("after_s")
    assert table.index.tolist() == [0, 900, 1800, 3600, 7200, 14400, 28800, 43200, DAY, 2 * DAY]
    assert table["at_risk"].tolist() == [40, 40, 30, 30, 30, 20, 20, 20, 20, 15]
    # Of 30 who waited two hours 10 were lost; nobody later. 10 of 40 were answered, then 5 of 20.
    assert table["still_waiting"].tolist() == pytest.approx([1] * 4 + [2 / 3] * 6)
    assert table["answered"].tolist() == pytest.approx([0, 0] + [1 / 4] * 7 + [7 / 16])
    assert table["answers"].tolist() == [0, 0, 10, 0, 0, 0, 0, 0, 0, 5]
    assert table[["watched", "went_on"]].sum().tolist() == [15, 11]
    assert table.loc[1800, ["watched", "went_on"]].tolist() == [10, 9]
    # Wilson's interval of 10 of 40.
    assert table.loc[1800, ["answered_low", "answered_high"]].tolist() == pytest.approx(
        [0.1419, 0.4019], abs=5e-5
    )
    caps = patience_whatif(counted(rows, watched=watched, went_on=went)).set_index("within_s")
    assert caps.index.tolist() == [900, 3600, 14400, DAY]
    assert caps["served_then_most"].tolist() == pytest.approx([1, 1, 3 / 4, 3 / 4])
    split = ["watched_within", "went_on_within", "watched_later", "went_on_later"]
    assert caps.loc[DAY, split].tolist() == [10, 9, 5, 2]


@given(waits, st.randoms(use_true_random=False))
def test_neither_order_nor_grouping_change_anything(rows: list[Wait], dice: object) -> None:
    mixed = list(rows * 10)
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    keys = [name for name in counted(rows).columns if name not in ("waits", "watched", "went_on")]
    grouped = counted(mixed).groupby(keys, as_index=False, dropna=False).sum()
    for maker in (patience, patience_whatif):
        pd.testing.assert_frame_equal(maker(counted(rows * 10)), maker(grouped))


@pytest.mark.parametrize("fate", ["answered", "lost", "open"])
def test_where_all_waits_end_alike_or_are_few_nothing_is_made_up(fate: str) -> None:
    assert patience(counted([(fate, 5, 5)] * 9)).empty
    table = patience(counted([(fate, 0, 0)] * 10))
    assert table["after_s"].tolist() == [0]
    assert table["still_waiting"].tolist() == [0 if fate == "lost" else 1]
    assert table["answered"].tolist() == [1 if fate == "answered" else 0]
    assert patience_whatif(counted([(fate, 1000, 5)] * 10))["within_s"].tolist() == [900]
    nothing = counted([])
    assert patience(nothing).empty
    assert patience_whatif(nothing).empty
