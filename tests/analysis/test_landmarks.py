from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import expm

from journeyflow.analysis.landmarks import ANY, FEW, UNSEEN, chances, everybody
from journeyflow.analysis.outlook import CLASSES
from journeyflow.analysis.outlook_calibration import outlook_calibration
from journeyflow.analysis.shares import wilson

END, HORIZON = 240, 30
#: Per day: to A, to B, to convert, to be lost. How long somebody has been silent changes nothing.
RATES = {"A": (0.03, 0.05, 0.004, 0.02), "B": (0.04, 0.06, 0.02, 0.01)}
COLUMNS = ["touchpoint", "silent_from_s", "name", "seen_days", "days", "moments", "silences"]
Landmark = tuple[str, int, int, float, str | None, bool]


def truth() -> dict[str, float]:
    """The chance to convert within 30 days: the exponential of the generator (Kolmogorov)."""
    generator = np.zeros((4, 4))
    for row, rates in enumerate(RATES.values()):
        generator[row] += rates
        generator[row, row] -= sum(rates)
    return dict(zip(RATES, expm(HORIZON * generator)[:, 2], strict=False))


def walks(seed: int, persons: int = 2500, since: float = 0.0) -> list[Landmark]:
    """Every landmark of journeys that begin at random: touchpoint, class, days before the end,
    days to the fate, the fate, and whether it is the first of this silence in this class."""
    dice = np.random.default_rng(seed)
    found: list[Landmark] = []
    for _ in range(persons):
        at, place = dice.uniform(since, END), dice.choice(["A", "B"])
        stays: list[tuple[str, float, float]] = []
        while True:
            rates = np.array(RATES[place])
            until = at + dice.exponential(1 / rates.sum())
            stays.append((place, at, until))
            at, place = (
                until,
                str(dice.choice(["A", "B", "converted", "lost"], p=rates / rates.sum())),
            )
            if place not in RATES or at > END:
                break
        for touchpoint, begun, over in stays:
            before = -1
            for day in range(int(np.ceil(begun)), int(np.ceil(min(over, END)))):
                silent = max(each for each in CLASSES if each <= (day - begun) * 86_400)
                fate = place if place not in RATES else None
                found.append((touchpoint, silent, END - day, at - day, fate, silent > before))
                before = silent
    return found


def counts(landmarks: list[Landmark], known_before: int = 0) -> pd.DataFrame:
    """The landmarks as `chances` takes them: what was known so many days before the end."""
    rows = []
    for touchpoint, silent, before, to_fate, fate, first in landmarks:
        seen = min(HORIZON, before - known_before)
        days = int(np.ceil(to_fate))
        if seen > 0:
            known = (fate, days) if fate and days <= seen else (None, seen)
            rows.append((touchpoint, silent, known[0], seen, known[1], 1, int(first)))
    return grouped(pd.DataFrame(rows, columns=COLUMNS))


def grouped(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.groupby(COLUMNS[:5], dropna=False, as_index=False).sum()


@pytest.fixture(scope="module")
def landmarks() -> list[Landmark]:
    return walks(7)


def test_the_chances_of_a_known_process_are_found(landmarks: list[Landmark]) -> None:
    told = chances(counts(landmarks))
    states = told[(told["touchpoint"] != ANY) & (told["followed"] >= 100)]
    assert len(states) >= 10
    true = states["touchpoint"].map(truth())
    assert (states["p_convert_30d"] - true).abs().max() < 0.05
    held = (states["low"] <= true) & (true <= states["high"])
    assert held.mean() >= 0.8
    assert (states["p_expected"] - true).abs().mean() < 0.02


def test_young_journeys_do_not_lower_a_chance() -> None:
    # All journeys are of the last 45 days, so most landmarks have not been seen for 30 days.
    young = counts(walks(3, persons=4000, since=END - 45))
    told = chances(young).set_index(["touchpoint", "silent_from_s"])
    for touchpoint, true in truth().items():
        of = young[young["touchpoint"] == touchpoint]
        naive = of.loc[of["name"] == "converted", "moments"].sum() / of["moments"].sum()
        assert naive < 0.75 * true
        assert told.loc[(touchpoint, 86_400), "p_convert_30d"] == pytest.approx(true, abs=0.05)


def test_what_was_expected_is_what_happened(landmarks: list[Landmark]) -> None:
    asked = [each for each in landmarks if each[2] == 35]
    rows = [
        (touchpoint, silent, fate if to_fate <= HORIZON else None, 1)
        for touchpoint, silent, _, to_fate, fate, _ in asked
    ]
    of = pd.DataFrame(rows, columns=["touchpoint", "silent_from_s", "name", "moments"])
    both = pd.concat([counts(landmarks, 35).assign(part="fate"), of.assign(part="asked")])
    table = outlook_calibration(both).set_index("part")
    assert table.loc["all", "journeys"] == len(asked) == table.loc[["bin"], "journeys"].sum()
    # Of n journeys as many convert as are expected, give or take three of their deviations.
    close = 3 * np.sqrt(table.loc["all", "expected"])
    assert table.loc["all", "converted"] == pytest.approx(table.loc["all", "expected"], abs=close)
    assert table.loc["all", "brier"] < table.loc["base rate", "brier"]
    for one in table.loc[["bin"]].itertuples():
        assert one.p_from * one.journeys <= one.expected <= one.p_until * one.journeys


STATES = st.tuples(st.sampled_from(["A", "B", "C"]), st.sampled_from(CLASSES[:3]))
FATES = st.sampled_from(["converted", "lost", None])
ROWS = st.lists(
    st.tuples(STATES, FATES, st.integers(1, HORIZON), st.integers(1, 40)), min_size=1, max_size=25
)


def seen_whole(rows: list[tuple[tuple[str, int], str | None, int, int]]) -> pd.DataFrame:
    """Landmarks that were all seen for 30 days, one to a silence."""
    return pd.DataFrame(
        [
            (*state, fate, HORIZON, days if fate else HORIZON, moments, moments)
            for state, fate, days, moments in rows
        ],
        columns=COLUMNS,
    )


@given(ROWS)
def test_where_nobody_is_cut_off_chances_are_shares(rows: list[Any]) -> None:
    given_rows = seen_whole(rows)
    told = chances(given_rows).set_index(["touchpoint", "silent_from_s"])
    for silent in {state[1] for state, *_ in rows}:
        of_class = [each for each in rows if each[0][1] == silent]
        whole = sum(each[3] for each in of_class)
        converted = sum(each[3] for each in of_class if each[1] == "converted")
        for touchpoint in {state[0] for state, *_ in of_class}:
            mine = [each for each in of_class if each[0][0] == touchpoint]
            n = sum(each[3] for each in mine)
            mine_converted = sum(each[3] for each in mine if each[1] == "converted")
            found = told.loc[(touchpoint, silent)]
            assert (found["n"], found["followed"]) == (n, n)
            if whole < 20:
                assert found["reason"] == UNSEEN
                assert np.isnan(found["p_expected"])
                continue
            expected = (mine_converted + 20 * converted / whole) / (n + 20)
            assert found["p_expected"] == pytest.approx(expected)
            if n < 20:
                assert found["reason"] == FEW
                assert np.isnan(found["p_convert_30d"])
            else:
                assert found["p_convert_30d"] == pytest.approx(mine_converted / n)
                low, high = wilson(mine_converted, n)
                assert tuple(found[["low", "high"]]) == pytest.approx((low, high))
    total = given_rows["moments"].sum()
    if total >= 20:
        share = given_rows.loc[given_rows["name"] == "converted", "moments"].sum() / total
        assert everybody(given_rows) == pytest.approx(share)


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_names_change_nothing_but_names(rows: list[Any], dice: Any) -> None:
    one = chances(seen_whole(rows))
    names = {"A": "Z", "B": "Y", "C": "X", ANY: ANY}
    shuffled = [((names[state[0]], state[1]), *rest) for state, *rest in rows]
    dice.shuffle(shuffled)
    other = chances(seen_whole(shuffled))
    renamed = one.assign(touchpoint=one["touchpoint"].map(names).astype("str"))
    keys = ["touchpoint", "silent_from_s"]
    pd.testing.assert_frame_equal(
        renamed.sort_values(keys, ignore_index=True), other, rtol=1e-12, check_dtype=True
    )


def test_all_landmarks_of_a_silence_count_as_one_for_the_interval() -> None:
    # 200 landmarks of 50 silences know as much as 50 would: half of all convert.
    rows = [("A", 0, name, 30, 30, 100, 25) for name in ("converted", None)]
    found = chances(pd.DataFrame(rows, columns=COLUMNS)).iloc[-1]
    assert tuple(found[["low", "high"]]) == pytest.approx(wilson(25, 50))


def test_a_state_that_is_new_goes_on_as_its_class_does() -> None:
    # Of A's 1000 a tenth converts by day 10 and a third of the other 900 by day 30. B was met ten
    # days ago for the first time; two of its hundred have converted, so the others have 98 %.
    rows = [
        ("A", 0, "converted", 30, 10, 100, 100), ("A", 0, "converted", 30, 30, 300, 300),
        ("A", 0, None, 30, 30, 600, 600),
        ("B", 0, "converted", 10, 5, 2, 2), ("B", 0, None, 10, 10, 98, 98),
    ]  # fmt: skip
    told = chances(pd.DataFrame(rows, columns=COLUMNS)).set_index("touchpoint")
    # The class: 1100 at risk, 2 by day 5, of 1098 a hundred by day 10, then a third of A's 900.
    by_ten = 1 - (1 - 2 / 1100) * (1 - 100 / 1098)
    whole = by_ten + (1 - by_ten) / 3
    assert told.loc[ANY, "p_convert_30d"] == pytest.approx(whole)
    own = 0.02 + 0.98 / 3
    assert told.loc["B", "p_expected"] == pytest.approx((100 * own + 20 * whole) / 120)
    assert told.loc["B", "reason"] == FEW


def test_nothing_and_hardly_anything_make_no_figure() -> None:
    nothing = pd.DataFrame({name: [] for name in COLUMNS})
    assert chances(nothing).empty
    assert np.isnan(everybody(nothing))
    one = chances(pd.DataFrame([("A", 0, None, 3, 3, 1, 1)], columns=COLUMNS))
    assert one["p_expected"].isna().all()
    assert set(one["reason"]) == {UNSEEN}


@pytest.mark.parametrize("fate", ["converted", "lost", None])
def test_two_hundred_touchpoints_with_one_fate(fate: str | None) -> None:
    rows = [(f"t{number}", 0, fate, 30, 4 if fate else 30, 3, 3) for number in range(200)]
    told = chances(pd.DataFrame(rows, columns=COLUMNS))
    assert len(told) == 201
    assert told["p_expected"].tolist() == pytest.approx([float(fate == "converted")] * 201)
    assert (told["expected_low"] >= 0).all()
    assert (told["expected_high"] <= 1).all()
