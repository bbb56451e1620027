"""What a published store is asked about loyalty, with what its settings say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date

import duckdb
import pandas as pd

from journeyflow.analysis.loyalty import calibration as calibrations
from journeyflow.analysis.loyalty import cohorts, forecast, lifecycle, rfm
from journeyflow.analysis.loyalty import repeats as curves

Cursor = Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]]


class Loyalty:
    """Who comes back. An order is all that a person converted to on one local day.

    names, everywhere: the conversions that are orders; by default all primary ones. Days are local
    days of the project's zone. Raises SettingsError for options out of range.
    """

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor

    def repeats(
        self,
        horizons: Sequence[int] = curves.HORIZONS,
        *,
        names: Sequence[str] | None = None,
    ) -> curves.RepeatCurves:
        """Time to the next order, by the number of the order; see `repeats.repeat_curves`."""
        with self._cursor() as cursor:
            return curves.repeat_curves(cursor, horizons=horizons, names=names)

    def cohorts(self, *, names: Sequence[str] | None = None) -> pd.DataFrame:
        """Who ordered again, by month of the first order and months since."""
        with self._cursor() as cursor:
            return cohorts.order_cohorts(cursor, names=names)

    def rfm(self, as_of: date | None = None, *, names: Sequence[str] | None = None) -> rfm.Rfm:
        """Recency, frequency and monetary value in five classes each."""
        with self._cursor() as cursor:
            return rfm.rfm(cursor, as_of=as_of, names=names)

    def forecast(
        self,
        days: int = forecast.SPAN,
        as_of: date | None = None,
        *,
        names: Sequence[str] | None = None,
    ) -> forecast.Forecast:
        """Expected orders of the next days (BG/NBD), or why there is no forecast."""
        with self._cursor() as cursor:
            return forecast.forecast(cursor, span=days, as_of=as_of, names=names)

    def calibration(
        self, as_of: date | None = None, *, names: Sequence[str] | None = None
    ) -> calibrations.Calibration:
        """The forecast of a past day against what happened since."""
        with self._cursor() as cursor:
            return calibrations.calibration(cursor, as_of=as_of, names=names)

    def dormant_after(self, *, names: Sequence[str] | None = None) -> curves.Dormancy:
        """The days within which nine in ten come back of those who do."""
        with self._cursor() as cursor:
            return curves.dormant_after(cursor, names=names)

    def lifecycle(
        self,
        days: Sequence[date] | int | None = None,
        *,
        silence: int | None = None,
        names: Sequence[str] | None = None,
    ) -> lifecycle.Lifecycle:
        """What persons were to the company at the end of `days`, and how they moved between them.

        days: by default the last one observed; a number asks for as many past ends of months.
        silence: the days after which a customer is dormant; by default those of the settings.
        """
        with self._cursor() as cursor:
            ((dormant, promoters),) = cursor.execute(
                "select dormant_after_days, promoters from project"
            ).fetchall()
            advocacy = cursor.execute(
                "select concat_ws(':', source, kind) from kind_roles where role = 'advocacy'"
            ).fetchall()
            ends = lifecycle.month_ends(cursor, days) if isinstance(days, int) else days
            return lifecycle.lifecycle(
                cursor,
                ends,
                silence=silence or dormant,
                advocacy=[kind for (kind,) in advocacy],
                promoters=promoters,
                names=names,
            )
