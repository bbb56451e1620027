"""Many comparisons at once: what is left of each when all that are printed count."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

HIGHER, LOWER, NO_DIFFERENCE, TOO_FEW = "higher", "lower", "no difference found", "too few"
REFERENCE = "reference"
VERDICTS = (HIGHER, LOWER, NO_DIFFERENCE, TOO_FEW, REFERENCE)

_Floats = npt.NDArray[np.float64]


def q_values(p: npt.ArrayLike) -> tuple[_Floats, int]:
    """The q-value of each p, and the size of the family: how many p are known.

    Rejecting every q of at most 0.1 keeps the expected share of false among the rejected at 0.1.
    A p that is NULL stays NULL and is not part of the family. Source: Y. Benjamini & Y. Hochberg,
    Controlling the false discovery rate, JRSS B 57 (1995), 289-300. It holds for independent
    comparisons and for those that rise and fall together, such as several against one reference.
    """
    given = np.asarray(p, dtype=np.float64)
    known = ~np.isnan(given)
    found = np.full(given.shape, np.nan)
    if known.any():
        from scipy.stats import false_discovery_control  # late: few runs compare

        found[known] = false_discovery_control(given[known])
    return found, int(known.sum())


def judged(
    table: pd.DataFrame, family: npt.ArrayLike | None = None, q: float = 0.1
) -> pd.DataFrame:
    """The table with q, family (its size) and verdict, from p, difference and reason.

    In: p, difference, reason (NULL: nothing stands in the way), verdict (only `reference` is
    read). `family` holds the p of the other comparisons that are printed. A difference is called
    higher or lower where its q is at most `q`; if not, a row with a reason is `too few`.
    """
    others = np.asarray([] if family is None else family, dtype=np.float64)
    found, size = q_values(np.concatenate([table["p"].to_numpy(np.float64), others]))
    of_table = found[: len(table)]
    verdict = np.where(
        of_table <= q,
        np.where(table["difference"] > 0, HIGHER, LOWER),
        np.where(table["reason"].notna() | np.isnan(of_table), TOO_FEW, NO_DIFFERENCE),
    )
    kept = table["verdict"] == REFERENCE
    return table.assign(
        q=of_table,
        family=size,
        verdict=pd.Series(verdict, index=table.index, dtype="str").mask(kept, REFERENCE),
    )


def one_family(tables: Sequence[pd.DataFrame], q: float = 0.1) -> list[pd.DataFrame]:
    """Judges several tables of comparisons again, as the one family that a report prints."""
    every = [table["p"].to_numpy(np.float64) for table in tables]
    return [
        judged(table, np.concatenate([[], *every[:place], *every[place + 1 :]]), q)
        for place, table in enumerate(tables)
    ]
