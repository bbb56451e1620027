"""What every section of the report draws on, and the shapes that sections are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd
from markupsafe import Markup

from journeyflow.language import Language
from journeyflow.report.period import Period
from journeyflow.report.queries import SUCCESSES, SUMMARY
from journeyflow.store import Store


@dataclass(frozen=True)
class Context:
    """A store, the period and the steps asked for, the language, the row of table `project`."""

    store: Store
    period: Period
    words: Language
    project: dict[str, Any]
    steps: int | None = None

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The journeys of the period, counted once for all sections."""
        return next(records(self.of_period(SUMMARY)))

    @cached_property
    def successes(self) -> list[str]:
        """The touchpoints at which most conversions happen: pictures name where paths lead."""
        return list(self.store.query(SUCCESSES)["touchpoint"])

    @cached_property
    def journeys(self) -> Store:
        """The store of the period's journeys alone."""
        if self.period.unbounded:
            return self.store
        return self.store.only(began=self.period.moments())

    @property
    def currency(self) -> str:
        """The currency that all money in the store is in."""
        return str(self.project["currency"])

    def frame(self, sql: str, **params: object) -> pd.DataFrame:
        """Rows of a query with its parameters bound."""
        return self.store.query(sql, params or None)

    def of_period(self, sql: str) -> pd.DataFrame:
        """Rows of a query that is bound to the journeys of the period."""
        begin, before = self.period.moments()
        return self.frame(sql, begin=begin, before=before)

    def scope(self, journeys: int) -> str:
        """The filter and the N that stand above a figure."""
        return f"{self.period.words(self.words)} · {self.words.count('journeys', journeys)}"


@dataclass(frozen=True)
class Column:
    """A column's title, and whether it holds numbers."""

    title: str
    number: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of text; the first cell of each row is its heading. `total` is a last row."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    total: Sequence[str] | None = None


@dataclass(frozen=True)
class Figure:
    """A drawn figure: its element, its script, what it says in words, its least width."""

    element: Markup
    script: Markup
    summary: str
    least_width: int = 0


@dataclass(frozen=True)
class Section:
    """A part of the page: text, figure, warnings, tables, and tables to unfold (summary, table)."""

    name: str
    heading: str
    lead: str = ""
    scope: str = ""
    figure: Figure | None = None
    legend: Sequence[tuple[str, str]] = ()
    warnings: Sequence[str] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
    folded: Sequence[tuple[str, Table]] = ()
    parts: Sequence[Section] = field(default=())
    alarm: bool = False


def records(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Rows as dictionaries in which every missing value is None."""
    for row in frame.to_dict("records"):
        yield {str(k): None if _missing(v) else v for k, v in row.items()}


def _missing(value: object) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or value != value  # noqa: PLR0124
