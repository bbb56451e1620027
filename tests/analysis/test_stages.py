from __future__ import annotations

import pandas as pd
import pytest

from journeyflow.analysis.stages import DAY_US, stage_curves
from journeyflow.figures.curves import mature


def fates(
    *rows: tuple[float, int, int, int], stage: str = "look", position: int = 1
) -> pd.DataFrame:
    """Days after entering, advanced, lost, open."""
    return pd.DataFrame(
        [(stage, position, round(days * DAY_US), *counts) for days, *counts in rows],
        columns=["stage", "position", "after_us", "advanced", "lost", "open"],
    )


def test_a_curve_is_read_off_at_whole_days() -> None:
    # Of ten, four go on within the hour; two of the other six are still on their way when the
    # observation ends after a day and a half; one of the last four goes on and three get lost.
    curve = stage_curves(fates((1 / 24, 4, 0, 0), (1.5, 0, 0, 2), (2.5, 1, 0, 0), (3, 0, 3, 0)))
    assert curve["day"].tolist() == [0, 1, 2, 3]
    assert curve["at_risk"].tolist() == [10, 6, 4, 3]
    # After two days and a half a quarter of the six tenths that wait.
    assert curve["p_advanced"].tolist() == pytest.approx([0, 0.4, 0.4, 0.55])
    assert curve["p_lost"].tolist() == pytest.approx([0, 0, 0, 0.45])
    assert curve["p_open"].tolist() == pytest.approx([1, 0.6, 0.6, 0])
    assert ((curve["low"] <= curve["p_advanced"]) & (curve["p_advanced"] <= curve["high"])).all()


def test_what_happens_in_the_moment_of_entering_stands_at_day_zero() -> None:
    curve = stage_curves(fates((0, 3, 1, 0)))
    assert curve["day"].tolist() == [0]
    assert curve.loc[0, ["p_advanced", "p_lost", "p_open"]].tolist() == [0.75, 0.25, 0]


@pytest.mark.parametrize(
    ("rows", "advanced", "lost"),
    [([(2.0, 0, 0, 5)], 0, 0), ([(2.0, 5, 0, 0)], 1, 0), ([(2.0, 0, 5, 0)], 0, 1)],
    ids=["all open", "all go on", "all lost"],
)
def test_one_way_alone(rows: list[tuple[float, int, int, int]], advanced: int, lost: int) -> None:
    last = stage_curves(fates(*rows)).iloc[-1]
    assert (last["p_advanced"], last["p_lost"]) == (advanced, lost)
    assert last[["low", "high"]].between(0, 1).all()


def test_of_nobody_there_is_no_curve_and_stages_keep_their_order() -> None:
    assert stage_curves(fates()).empty
    both = pd.concat([fates((1, 1, 0, 0), stage="a", position=2), fates((1, 1, 0, 0), stage="b")])
    assert stage_curves(both)["stage"].unique().tolist() == ["b", "a"]


def test_no_more_is_drawn_than_is_known() -> None:
    # 40 enter; after two days 12 are still at risk, after three 9: too few for a line.
    curve = stage_curves(fates((1.5, 10, 0, 18), (2.5, 1, 0, 2), (4, 9, 0, 0)))
    assert curve["at_risk"].tolist() == [40, 40, 12, 9, 9]
    assert mature(curve)["day"].tolist() == [0, 1, 2]
    assert mature(stage_curves(fates((0.5, 30, 0, 0), (9, 1, 0, 8))))["day"].tolist() == []
