from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.multiple import judged, one_family, q_values

probabilities = st.lists(st.none() | st.floats(0, 1), max_size=40)


def test_the_example_of_benjamini_and_hochberg() -> None:
    # JRSS B 57 (1995), section 4: of 15 the four smallest are rejected at 0.05, and no fifth:
    # 4 * 0.05 / 15 = 0.0133 is above 0.0095, and 5 * 0.05 / 15 = 0.0167 below 0.0201.
    p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
        0.5719, 0.6528, 0.7590, 1.0000,
    ]  # fmt: skip
    found, size = q_values(p)
    assert size == 15
    assert [each for each, q in zip(p, found, strict=True) if q <= 0.05] == p[:4]
    assert found[3] == pytest.approx(0.0095 * 15 / 4)


@given(probabilities)
def test_q_is_the_least_rate_at_which_the_step_up_rule_rejects(p: list[float | None]) -> None:
    found, size = q_values(p)
    known = sorted(each for each in p if each is not None)
    assert size == len(known)
    for each, q in zip(p, found, strict=True):
        if each is None:
            assert np.isnan(q)
            continue
        # Rejected at rate q: p is at most some k-th smallest that is at most k q / m.
        rates = [size * limit / rank for rank, limit in enumerate(known, start=1) if limit >= each]
        assert q == pytest.approx(min(1, *rates, 1))
        assert q >= each * (1 - 1e-12)
    order = sorted((each, q) for each, q in zip(p, found, strict=True) if each is not None)
    assert all(a[1] <= b[1] + 1e-12 for a, b in pairwise(order))


def _table(p: list[float | None]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "p": np.array(p, dtype=np.float64),
            "difference": 0.1,
            "reason": pd.Series([None] * len(p), dtype="str"),
            "verdict": pd.Series([None] * len(p), dtype="str"),
        }
    )


@given(probabilities, probabilities)
def test_tables_that_are_printed_together_are_one_family(
    first: list[float | None], second: list[float | None]
) -> None:
    tables = one_family([_table(first), _table(second)])
    together, size = q_values([*first, *second])
    found = np.concatenate([table["q"].to_numpy() for table in tables])
    assert found == pytest.approx(together, nan_ok=True)
    assert {each for table in tables for each in table["family"]} <= {size}
    pd.testing.assert_frame_equal(tables[0], judged(_table(first), second))


def test_a_verdict_is_told_by_q_and_the_sign() -> None:
    table = _table([0.001, 0.001, 0.9, 0.9, None, None]).assign(
        difference=[0.1, -0.1, 0.1, 0.1, None, None],
        reason=pd.Series([None, "small", None, "small", "nobody", None], dtype="str"),
        verdict=pd.Series([None] * 5 + ["reference"], dtype="str"),
    )
    assert judged(table)["verdict"].tolist() == [
        "higher", "lower", "no difference found", "too few", "too few", "reference",
    ]  # fmt: skip
