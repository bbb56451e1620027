"""Aalen–Johansen curves of real patients, as R and statsmodels estimate them."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.duration.survfunc import CumIncidenceRight

from journeyflow.analysis.incidence import Incidence, incidence
from tests.analysis.mgus2 import MEN, WOMEN, counts


def mean_months(curve: Incidence, until: float) -> list[float]:
    """How long, of the first `until` months, a patient spends in the entry state and after."""
    seen = curve.times < until
    shares = np.vstack([curve.waiting, curve.ended])[:, seen]
    lengths = np.diff([0, *curve.times[seen], until])
    return [float(part @ lengths) for part in np.hstack([[[1], [0], [0]], shares])]


def test_the_data_have_the_published_counts() -> None:
    # Printed by the vignette "Multi-state models and competing risks" of R's survival (Therneau,
    # Crowson & Atkinson), table(event): 409 censored, 115 pcm, 860 deaths.
    whole = [counts(each) for each in (WOMEN, MEN)]
    assert [[sum(way) for way in ended] for _, ended, _ in whole] == [[59, 370], [56, 490]]
    assert sum(sum(censored) for _, _, censored in whole) == 409
    assert [sum(map(sum, [*ended, censored])) for _, ended, censored in whole] == [631, 753]


@pytest.mark.parametrize(
    ("patients", "at_risk", "shares", "months"),
    [
        (WOMEN, 214, [0.4456, 0.0739, 0.4805], [82.983485, 4.794595, 32.221921]),
        (MEN, 210, [0.3695, 0.0553, 0.5752], [74.808346, 3.501305, 41.690349]),
    ],
    ids=["women", "men"],
)
def test_ten_years_after_the_diagnosis_they_are_the_published_ones(
    patients: dict[str, str], at_risk: int, shares: list[float], months: list[float]
) -> None:
    # Printed by the article "Example analyses" of R's eventglm (Sachs & Gabriel), with survfit:
    # summary(crfit, times = 120) and print(crfit, rmean = 120).
    curve = incidence(*counts(patients))
    (at,) = curve.at([120])
    found = [curve.waiting[at], *curve.ended[:, at]]
    assert found == pytest.approx(shares, abs=5e-5)
    assert mean_months(curve, 120) == pytest.approx(months, abs=5e-7)
    assert curve.at_risk[np.searchsorted(curve.times, 120)] == at_risk


def test_twenty_years_of_men_are_as_the_vignette_says() -> None:
    # The same vignette: 8.7 of 20 years in the entry state, 1.1 with the malignancy, 10.3 dead.
    curve = incidence(*counts(MEN))
    years = [each / 12 for each in mean_months(curve, 240)]
    assert years == pytest.approx([8.7, 1.1, 10.3], abs=0.05)


@pytest.mark.parametrize("patients", [WOMEN, MEN], ids=["women", "men"])
def test_statsmodels_estimates_the_same_of_them(patients: dict[str, str]) -> None:
    # Recomputed, not published.
    months, ended, censored = counts(patients)
    curve = incidence(months, ended, censored)
    ways = np.repeat([1, 2, 0], [sum(ended[0]), sum(ended[1]), sum(censored)])
    times = np.repeat(months, np.array([*ended, censored]).sum(axis=0))
    with np.errstate(all="ignore"):
        other = CumIncidenceRight(times, ways)
    at = curve.at(other.times)
    for way in (0, 1):
        assert curve.ended[way][at] == pytest.approx(other.cinc[way], abs=1e-12)
        known = np.isfinite(other.cinc_se[way])  # NaN where all that were at risk end at once
        assert np.sqrt(curve.variance[way][at][known]) == pytest.approx(
            other.cinc_se[way][known], abs=1e-9
        )
