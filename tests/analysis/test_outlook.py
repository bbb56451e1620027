from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from journeyflow.analysis.landmarks import ANY, FEW, UNSEEN
from journeyflow.analysis.outlook import CLASSES, NEVER_SEEN, NOBODY_MET, outlook
from journeyflow.analysis.outlook_calibration import NOBODY_OPEN, UNKNOWN_THEN, outlook_calibration

COLUMNS = [
    "part",
    "touchpoint",
    "silent_from_s",
    "name",
    "seen_days",
    "days",
    "moments",
    "silences",
]
Cell = str | int | None


def table(*rows: tuple[Cell, ...]) -> pd.DataFrame:
    return pd.DataFrame([dict(zip(COLUMNS, row, strict=False)) for row in rows], columns=COLUMNS)


def fates(touchpoint: str, converted: int, of: int, silent: int = 0) -> list[tuple[Cell, ...]]:
    """Silences that were seen for 30 days, one landmark each."""
    told = (("converted", converted, 9), (None, of - converted, 30))
    return [("fate", touchpoint, silent, name, 30, day, n, n) for name, n, day in told]


def test_where_a_journey_is_met_next() -> None:
    # Of 100 at A 40 are met at B by day 3. Of the 60 others half are seen no longer; of the 30
    # left ten are met at B by day 9, five elsewhere or get lost: 0.4 + 0.6 / 3, by either 0.7.
    nexts = [
        ("next", "A", 0, "B", None, 3, 40), ("next", "A", 0, None, None, 5, 30),
        ("next", "A", 0, "B", None, 9, 10), ("next", "A", 0, "(other)", None, 9, 5),
        ("next", "A", 0, None, None, 30, 15),
    ]  # fmt: skip
    told = outlook(table(*fates("A", 20, 100), *nexts)).set_index("touchpoint").loc["A"]
    assert told["next_touchpoint"] == "B"
    assert told["next_p"] == pytest.approx(0.6)
    assert told["next_low"] < 0.6 < told["next_high"]
    assert (told["p_convert_30d"], told["n"]) == (0.2, 100)
    assert pd.isna(told["reason"])


def test_open_journeys_stand_in_their_states_and_all_together() -> None:
    rows = [*fates("A", 20, 100), *fates("B", 2, 10), *fates("B", 0, 30, silent=86_400)]
    now = [("open", "A", 0, None, None, None, 7), ("open", "C", 0, None, None, None, 2)]
    told = outlook(table(*rows, *now, ("open", "C", 3600, None, None, None, 1)))
    told = told.set_index(["touchpoint", "silent_from_s"])
    assert told["journeys"].to_dict() == {
        (ANY, 0): 9, (ANY, 3600): 1, (ANY, 86_400): 0, ("A", 0): 7, ("B", 0): 0, ("B", 86_400): 0,
        ("C", 0): 2, ("C", 3600): 1,
    }  # fmt: skip
    # C was never seen: it expects what all did that were silent for so long, 22 of 110.
    assert told.loc[("C", 0), "p_expected"] == pytest.approx(0.2)
    assert told.loc[("C", 0), ["n", "reason"]].tolist() == [0, NEVER_SEEN]
    # Nobody was ever silent for an hour: of that class nothing is known.
    assert np.isnan(told.loc[("C", 3600), "p_expected"])
    assert told.loc[("C", 3600), "reason"] == UNSEEN
    assert told.loc[("B", 0), "reason"] == FEW
    assert told.loc[("B", 86_400), "reason"] == NOBODY_MET
    assert told.loc[("A", 0), "silent_until_s"] == 3600


def test_the_last_class_of_silence_has_no_end() -> None:
    told = outlook(table(*fates("A", 1, 30, silent=CLASSES[-1])))
    assert told["silent_until_s"].isna().all()


def test_of_nothing_there_is_no_outlook() -> None:
    empty = outlook(table())
    assert empty.empty
    assert empty.dtypes.astype(str).to_dict() == (
        outlook(table(*fates("A", 1, 30))).dtypes.astype(str).to_dict()
    )
    alone = outlook(table(("open", "A", 0, None, None, None, 1)))
    assert alone[["n", "journeys"]].to_numpy().tolist() == [[0, 1], [0, 1]]
    assert set(alone["reason"]) == {UNSEEN}


def asked(touchpoint: str, converted: int, of: int, silent: int = 0) -> list[tuple[Cell, ...]]:
    told = (("converted", converted), (None, of - converted))
    return [("asked", touchpoint, silent, name, None, None, n) for name, n in told if n]


def test_predictions_beside_what_happened() -> None:
    # Of the class 390 of 1,960 convert; of each state's 980 and of 20 more that do as the class.
    known = [*fates("A", 300, 980), *fates("B", 90, 980)]
    chance = {name: (n + 20 * 390 / 1960) / 1000 for name, n in (("A", 300), ("B", 90))}
    result = outlook_calibration(table(*known, *asked("A", 5, 10), *asked("B", 1, 40)))
    result = result.set_index("part")
    bins = result.loc[["bin"]]
    assert bins[["p_from", "p_until"]].to_numpy().tolist() == [[0.05, 0.1], [0.2, 0.5]]
    assert bins["journeys"].tolist() == [40, 10]
    assert bins["expected"].tolist() == pytest.approx([40 * chance["B"], 10 * chance["A"]])
    assert bins["converted"].tolist() == [1, 5]
    assert result.loc["all", "share"] == pytest.approx(6 / 50)
    off = [5 * (1 - chance["A"]) ** 2, 5 * chance["A"] ** 2,
           (1 - chance["B"]) ** 2, 39 * chance["B"] ** 2]  # fmt: skip
    assert result.loc["all", "brier"] == pytest.approx(sum(off) / 50)
    base = 390 / 1960
    assert result.loc["base rate", "expected"] == pytest.approx(50 * base)
    assert result.loc["base rate", "brier"] == pytest.approx(
        (6 * (1 - base) ** 2 + 44 * base**2) / 50
    )
    assert "unknown" not in result.index


def test_a_state_unknown_then_expects_what_its_class_did() -> None:
    known = fates("A", 300, 980)
    result = outlook_calibration(
        table(*known, *asked("New", 1, 10), *asked("New", 0, 4, silent=3600))
    ).set_index("part")
    assert result.loc["bin", "expected"] == pytest.approx(10 * 300 / 980)
    assert result.loc["unknown", ["journeys", "reason"]].tolist() == [4, UNKNOWN_THEN]


def test_where_nothing_was_known_or_nobody_open_it_says_so() -> None:
    nobody = outlook_calibration(table(*fates("A", 3, 98)))
    assert set(nobody["reason"]) == {NOBODY_OPEN}
    assert nobody["journeys"].tolist() == [0, 0]
    unknown = outlook_calibration(table(*asked("A", 1, 5))).set_index("part")
    assert unknown["reason"].to_dict() == dict.fromkeys(
        ("all", "base rate", "unknown"), UNKNOWN_THEN
    )
    assert unknown["expected"].isna().all()


@pytest.mark.parametrize("converted", [0, 40])
def test_certain_predictions_stand_in_the_outer_bins(converted: int) -> None:
    result = outlook_calibration(
        table(*fates("A", converted, 40), *asked("A", converted, 40))
    ).set_index("part")
    bounds = [0.5, 1.0] if converted else [0.0, 0.001]
    assert result.loc["bin", ["p_from", "p_until"]].tolist() == bounds
    assert result.loc["all", "brier"] == 0
