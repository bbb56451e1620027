from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from journeyflow.analysis.silences import DAY_US, horizon, silences

RETURNING, NEVER = 0.6, 0.4


def history(days: int, *, seed: int = 7, pace: float = 10.0, persons: int = 4000) -> pd.DataFrame:
    """Silences of persons of whom six in ten come back, after `pace` days on average.

    They fall silent at random times of a history of so many days, and are seen until its end.
    """
    dice = np.random.default_rng(seed)
    begun = dice.uniform(0, days, persons)
    back = np.where(dice.random(persons) < RETURNING, dice.exponential(pace, persons), np.inf)
    returned = begun + back < days
    after = np.round(np.where(returned, back, days - begun) * DAY_US).astype("int64")
    return pd.DataFrame({"after_us": after, "returned": returned * 1, "silent": ~returned * 1})


def test_the_horizon_is_where_hardly_anybody_comes_back() -> None:
    table = silences(history(400))
    # Of those silent for t days 0.6 e^(-t/10) / (0.4 + 0.6 e^(-t/10)) come back: 7 % after 30
    # days, 1.6 % after 45.
    told = table.set_index("day")["come_back"]
    assert told[30] == pytest.approx(0.6 * np.exp(-3) / (0.4 + 0.6 * np.exp(-3)), abs=0.02)
    assert horizon(table) == 45


def test_silences_that_are_over_alone_would_mislead() -> None:
    # Seen for 80 days only, those that are over look shorter than they are; the curve does not.
    counts = history(80)
    over = counts[counts["returned"] > 0]["after_us"] / DAY_US
    table = silences(counts).set_index("day")
    truth = NEVER + RETURNING * np.exp(-2)
    assert table.loc[20, "still_silent"] == pytest.approx(truth, abs=0.02)
    assert (over > 20).mean() < RETURNING * np.exp(-2) / RETURNING - 0.02


def test_a_history_too_short_or_too_small_tells_nothing() -> None:
    # 45 days would have to be seen three times over.
    assert horizon(silences(history(100))) is None
    few = silences(history(400, persons=150))
    assert few["come_back"].isna().all()
    assert horizon(few) is None


def test_faster_customers_are_lost_sooner() -> None:
    assert horizon(silences(history(400, pace=2.0))) == 7


def test_of_no_silence_there_is_no_table() -> None:
    nothing = silences(pd.DataFrame({"after_us": [], "returned": [], "silent": []}))
    assert nothing.empty
    assert horizon(nothing) is None
    # All silences still last: nobody has come back, and no day is told of.
    lasting = pd.DataFrame({"after_us": [3 * DAY_US], "returned": [0], "silent": [300]})
    assert horizon(silences(lasting)) is None
