from __future__ import annotations

import pandas as pd

from journeyflow import figures
from journeyflow.analysis.stages import DAY_US, stage_curves
from tests.support.hostile import HOSTILE


def test_curves_draw_what_is_known_and_their_stages_in_order() -> None:
    rows = [(stage, position, round(days * DAY_US), *counts)
            for position, stage in enumerate(("look", "ask"), 1)
            for days, *counts in ((0.5, 20, 0, 0), (3.5, 5, 15, 0), (9, 0, 2, 0))]  # fmt: skip
    columns = ["stage", "position", "after_us", "advanced", "lost", "open"]
    frame = stage_curves(pd.DataFrame(rows, columns=columns))
    lines = [each for each in figures.stage_curves(frame).data if each.name]
    assert [each.name for each in lines] == ["look", "ask"]
    # After four days two of 42 are left: too few to be drawn.
    assert list(lines[0].x) == [0, 1, 2, 3]
    assert list(lines[0].y) == [0, 20 / 42, 20 / 42, 20 / 42]


def test_a_funnel_draws_who_came_who_may_come_and_who_did_not() -> None:
    frame = pd.DataFrame(
        {
            "position": [1, 2],
            "step": ["Home", HOSTILE[0]],
            "count": [9, 4],
            "open": pd.array([None, 2], dtype="Int64"),
            "lost": pd.array([None, 3], dtype="Int64"),
        }
    )
    came, still, lost = figures.funnel(frame).data
    assert [list(came.x), list(still.x), list(lost.x)] == [[9, 4], [0, 2], [0, 3]]
    assert came.y[0] == "1. Home"
    assert "<script" not in came.y[1]


def test_dots_stand_with_their_intervals() -> None:
    frame = pd.DataFrame(
        {"link": ["Call", "Form"], "gain": [0.004, 0.002], "gain_low": [0.003, None],
         "gain_high": [0.006, None]}
    )  # fmt: skip
    (dots,) = figures.weakest_links(frame).data
    assert list(dots.y) == ["Call"]
    assert [round(float(each), 6) for each in (dots.x[0], dots.error_x.array[0])] == [4, 2]
