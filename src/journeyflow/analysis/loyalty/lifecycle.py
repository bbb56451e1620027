"""The label of the relationship with each person as of a day, and how persons change theirs.

One definition (sql/loyalty/lifecycle_labels.sql), the first that holds:

    prospect    has not ordered yet
    dormant     has neither ordered nor advocated for more than `dormant_after` days
    advocate    has referred somebody or written a review, or is a promoter if these are to count
    first-time  has ordered on one day
    regular     has ordered on two days or more

"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import pandas as pd

from journeyflow.analysis.loyalty.reading import read
from journeyflow.analysis.loyalty.repeats import Dormancy, dormant_after
from journeyflow.errors import SettingsError

LABELS = ("prospect", "first-time", "regular", "advocate", "dormant")


@dataclass(frozen=True)
class Lifecycle:
    """Labels of persons at the end of days.

    persons: on the last of the days: person_id, orders, last_order_on, last_advocacy_on, lifecycle.
    Persons first seen later are not there.
    counts: day, lifecycle (each of LABELS), persons.
    moves: from_day, to_day (neighbours among the days), from_lifecycle, to_lifecycle (equal for
    those who stayed), persons. Who was first seen in between comes from "(new)".
    dormancy: the days of silence, and why they are not from the data.
    """

    persons: pd.DataFrame
    counts: pd.DataFrame
    moves: pd.DataFrame
    dormancy: Dormancy


def lifecycle(
    con: duckdb.DuckDBPyConnection,
    days: Sequence[date] | None = None,
    *,
    silence: int | None = None,
    advocacy: Sequence[str] = (),
    promoters: bool = False,
    names: Sequence[str] | None = None,
) -> Lifecycle:
    """Label the persons of the published store in `con`.

    days: in any order; by default the last one observed. silence: the days after which a customer
    is dormant; by default `dormant_after`, of the whole history for all days alike. advocacy: kinds
    of events, or "source:kind", that make an advocate of the person. promoters: whether a person
    whose last NPS answer by then was 9 or 10 is one too. names: the conversions that are orders;
    all primary ones by default.
    Raises SettingsError for a silence below 1, no days, and days after the last one observed.
    """
    if silence is not None and silence < 1:
        raise SettingsError(f"silence is {silence}; expected 1 day or more.")
    until = _date(con, "until")
    chosen = sorted({until} if days is None else set(days))
    if not chosen or chosen[-1] > until:
        raise SettingsError(
            f"Expected days until {until}, the last one observed; got "
            f"{chosen[-1] if chosen else 'none'}."
        )
    dormancy = Dormancy(silence, None) if silence else dormant_after(con, names=names)
    values = {
        "dormant_after": dormancy.days,
        "advocacy": list(advocacy),
        "promoters": promoters,
        "names": names,
    }
    moves = read(con, "lifecycle_moves", days=chosen, **values)
    # Everybody comes from somewhere, on the first of the days from (new).
    counts = moves.groupby(["to_day", "to_lifecycle"])["persons"].sum()
    every = pd.MultiIndex.from_product(
        [pd.DatetimeIndex(chosen), LABELS], names=["day", "lifecycle"]
    )
    return Lifecycle(
        read(con, "lifecycle_persons", days=chosen[-1:], **values),
        counts.reindex(every, fill_value=0).reset_index(),
        moves.dropna(subset="from_day").reset_index(drop=True),
        dormancy,
    )


def month_ends(con: duckdb.DuckDBPyConnection, months: int = 12) -> list[date]:
    """The last days of the latest `months` months that were observed to their end, in order.

    Months are those of the project's zone. Raises SettingsError for months below 1.
    """
    if months < 1:
        raise SettingsError(f"months is {months}; expected 1 or more.")
    last = _date(con, "last_whole_day")
    ends = pd.date_range(end=last, periods=months, freq="ME")
    return [each.date() for each in ends]


def _date(con: duckdb.DuckDBPyConnection, column: str) -> date:
    day: date = read(con, "observed_days")[column].iloc[0].date()
    return day
