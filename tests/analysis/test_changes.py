"""Before and after of declared changes, from counts written by hand or drawn at random."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.change_figures import OF_MEASURES, PART_OF
from journeyflow.analysis.changes import change_effects

Row = dict[str, Any]
CHANGE: Row = {
    "change_number": 1, "day": date(2026, 3, 2), "touchpoint": "Form", "what": "A shorter form",
    "author": None, "follow_days": 14, "days": 14, "reason": None, "other_changes": 0,
    "changing_before": 0.0, "changing_after": 0.0,
}  # fmt: skip
COLUMNS = [*CHANGE, "measure", "side", "part", "whole", "happened", "waits_s"]
SIDES = ("before", "after")


def told(*rows: Row) -> pd.DataFrame:
    return pd.DataFrame([CHANGE | each for each in rows], columns=COLUMNS)


def weeks(*counts: int, first: int = -4) -> list[Row]:
    """Journeys of weeks, of which number 0 begins with the change."""
    return [
        {"measure": "volume", "follow_days": 0, "side": "block", "part": str(week), "whole": count}
        for week, count in enumerate(counts, start=first)
    ]


def channels(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> list[Row]:
    """Journeys and conversions by channel."""
    rows = [
        {"measure": "conversion", "side": side, "part": name, "whole": n, "happened": x}
        for side, parts in (("before", before), ("after", after))
        for name, (n, x) in parts.items()
    ]
    return rows or [{"measure": "conversion", "side": None}]


def form(measure: str, *cells: tuple[int, int], waits: tuple[Any, ...] = (None, None)) -> list[Row]:
    """Of both sides how many there were, and to how many it happened."""
    return [
        {"measure": measure, "side": side, "whole": n, "happened": x, "waits_s": seconds}
        for side, (n, x), seconds in zip(SIDES, cells, waits, strict=True)
    ]


QUIET = weeks(100, 104, 98, 102, 101, 103, 99, 102)
SAME = {"Email": (100, 10), "Search": (100, 30)}


def figure(table: pd.DataFrame, name: str, change: int = 1) -> Any:
    (row,) = table[(table["figure"] == name) & (table["change_number"] == change)].itertuples()
    return row


def test_volume_mix_and_rate_stand_apart_and_add_up() -> None:
    # 200 journeys with a rate of 0.2 become 400, three quarters of them from Search, where still
    # 30 % convert: a rate of 0.25. Over 14 days that is 40 conversions before and 100 after.
    after = {"Email": (100, 10), "Search": (300, 90)}
    table = change_effects(told(*QUIET, *channels(SAME, after)))
    assert len(table) == len(OF_MEASURES["volume"]) + len(OF_MEASURES["conversion"])
    rate = figure(table, "conversion")
    assert (rate.before, rate.after, rate.n_before, rate.n_after) == (0.2, 0.25, 200, 400)
    assert figure(table, "conversion_by_mix").difference == pytest.approx(0.05)
    assert figure(table, "conversion_by_rate").difference == pytest.approx(0)
    a_day = figure(table, "conversions_per_day")
    assert (a_day.before, a_day.after) == pytest.approx((40 / 14, 100 / 14))
    # 200 journeys more at 22.5 % in the middle, and 300 in the middle at 5 % more: 45 + 15.
    assert figure(table, "conversions_by_volume").difference == pytest.approx(45 / 14)
    assert figure(table, "conversions_by_mix").difference == pytest.approx(15 / 14)
    assert figure(table, "conversions_by_rate").difference == pytest.approx(0)
    assert a_day.reason == "judged_by_its_factors"
    assert pd.isna(a_day.verdict)


def test_windows_take_whole_weeks_on_both_sides() -> None:
    found = figure(
        change_effects(told(*weeks(500, 500, 130, 150, 100, 110, 900, 900))), "journeys_per_day"
    )
    assert (found.before, found.after) == (280 / 14, 210 / 14)
    assert (found.n_before, found.n_after, found.difference) == (280, 210, -5)
    assert (found.before_from, found.after_to) == (date(2026, 2, 16), date(2026, 3, 15))


def test_the_touchpoint_of_a_change_by_hand() -> None:
    waits = (np.arange(1.0, 49), np.arange(11.0, 67))
    rows = [
        *form("meeting", (80, 48), (70, 56)),
        *form("going_on", (80, 48), (70, 56), waits=waits),
    ]
    table = change_effects(told(*QUIET, *rows))
    for name in ("touchpoint_share", "touchpoint_going_on"):
        found = figure(table, name)
        # Newcombe (1998), table II, method 10.
        ends = (found.difference, found.difference_low, found.difference_high)
        assert ends == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
        assert found.verdict == "higher"
    wait = figure(table, "touchpoint_wait_s")
    assert (wait.before, wait.after, wait.difference) == (24.5, 38.5, 14)
    assert (wait.n_before, wait.n_after, wait.verdict) == (48, 56, "higher")


def test_a_change_of_sources_is_marked_and_not_judged() -> None:
    half = {"Email": (100, 5), "Search": (100, 5)}
    rows = [*QUIET, *channels(SAME, half)]
    plain = change_effects(told(*rows))
    assert figure(plain, "conversion").verdict == "lower"
    for side in SIDES:
        table = change_effects(told(*[each | {f"changing_{side}": 0.2} for each in rows]))
        assert (table["verdict"] == "source_changed").all()
        assert (table["reason"] == "source_changed").all()
        assert table["p"].isna().all()
        assert figure(table, "conversion").difference == figure(plain, "conversion").difference
    assert (
        change_effects(told(*[each | {"other_changes": 1} for each in rows]))["note"]
        == "another_change"
    ).all()


def test_what_cannot_be_compared_says_why() -> None:
    none = {"days": None, "side": None}
    young = [each | none | {"reason": "not_observed_yet"} for each in channels(SAME, SAME)[:1]]
    empty = [{"measure": "going_on", "side": None}, *form("meeting", (0, 0), (5, 1))]
    early = {"measure": "volume", "change_number": 2, "reason": "nothing_before"} | none
    table = change_effects(told(*weeks(9, 9, first=-1), *young, *empty, early))
    for name in OF_MEASURES["conversion"]:
        assert (figure(table, name).reason, pd.isna(figure(table, name).days)) == (
            "not_observed_yet",
            True,
        )
    assert figure(table, "journeys_per_day", 2).reason == "nothing_before"
    assert figure(table, "journeys_per_day").reason == "scatter_unknown"
    for name in ("touchpoint_share", "touchpoint_going_on", "touchpoint_wait_s"):
        assert figure(table, name).reason == "nobody"
        assert pd.isna(figure(table, name).difference)
    assert table["p"].isna().all()
    assert table["verdict"].dropna().tolist() == ["too few"]
    nothing = change_effects(told())
    assert len(nothing) == 0
    pd.testing.assert_series_equal(nothing.dtypes, table.dtypes)


cells = st.integers(0, 80).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
sides = st.dictionaries(st.sampled_from(["Direct", "Email", "Search", "(none)"]), cells)


@given(
    st.lists(st.integers(0, 60), min_size=4, max_size=9), sides, sides, cells, cells, st.randoms()
)
def test_parts_add_up_and_rows_may_come_in_any_order(
    volumes: list[int], before: Any, after: Any, one: Any, other: Any, dice: Any
) -> None:
    waits = tuple(np.arange(each[1], dtype=float) for each in (one, other))
    rows = [
        *weeks(*volumes), *channels(before, after), *form("meeting", one, other),
        *form("going_on", one, other, waits=waits),
    ]  # fmt: skip
    table = change_effects(told(*rows))
    assert table["figure"].tolist() == [name for names in OF_MEASURES.values() for name in names]
    for whole in ("conversion", "conversions_per_day"):
        parts = table[table["part_of"] == whole]
        total = figure(table, whole).difference
        assert len(parts) == sum(name == whole for name in PART_OF.values()) - (
            whole == "conversion"
        )
        assert parts["difference"].sum(skipna=False) == pytest.approx(total, abs=1e-12, nan_ok=True)
    assert not np.isinf(table.select_dtypes("float64")).to_numpy().any()
    assert (table["p"].notna() | table["reason"].notna()).all()
    family = table["p"].notna().sum()
    assert (table["family"] == family).all()
    dice.shuffle(rows)
    pd.testing.assert_frame_equal(table, change_effects(told(*rows)))
