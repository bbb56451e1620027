"""The interval of a share that was fully observed."""

from __future__ import annotations

from math import sqrt

Z95 = 1.959963984540054


def wilson(part: float, whole: float, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval of part ÷ whole, as shares; (0, 1) for nothing observed.

    Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference,
    JASA 22 (1927), 209-212.
    """
    if whole <= 0:
        return 0.0, 1.0
    share = part / whole
    centre = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * sqrt(share * (1 - share) / whole + z * z / (4 * whole**2))
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return (0.0 if part <= 0 else low), (1.0 if part >= whole else high)
