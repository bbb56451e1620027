"""The settings of analyses: loyalty, personas, expected journeys, changes, what runs leave out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from pydantic import Field, model_validator

from journeyflow.errors import SettingsError
from journeyflow.settings import Duration, Settings


class Loyalty(Settings):
    """`[loyalty]`: when a customer counts as an advocate, and when as dormant."""

    dormant_after: Duration = timedelta(days=365)
    """Whoever has bought and has neither bought nor advocated for longer is dormant, in whole days.
    `store.loyalty.dormant_after()` measures after how long hardly anybody comes back."""
    advocacy: tuple[str, ...] = ()
    """Event kinds, or `source:kind`, that make an advocate of a customer: referrals, reviews."""
    promoters: bool = False
    """Whether customers whose last NPS answer was 9 or 10 are advocates too."""


# What a run can leave out, and the tables that it makes.
ANALYSES = {
    "deals": ("deal_patience", "late_deals"),
    "losses": ("critical_points", "loss_reasons"),
    "outlook": ("outlook", "outlook_calibration"),
    "patience": ("company_waits", "patience", "patience_whatif"),
    "waits": ("handovers", "owner_waits", "touchpoint_waits", "transition_waits"),
    "weakest_links": ("weakest_links",),
    "weekly": ("change_effects", "key_figures"),
}
Analysis = Literal["deals", "losses", "outlook", "patience", "waits", "weakest_links", "weekly"]


class Analyses(Settings):
    """`[analyses]`: what runs make of journeys besides paths, stages and credit."""

    skip: tuple[Analysis, ...] = ()
    """Analyses that runs leave out, where time is dear; the store has no tables of them. Of
    `deals`, `losses`, `outlook`, `patience`, `waits`, `weakest_links`, `weekly`."""

    @property
    def tables(self) -> frozenset[str]:
        """The tables that are not made."""
        return frozenset(table for each in self.skip for table in ANALYSES[each])


class PersonaSettings(Settings):
    """`[personas]`: groups of journeys that go alike; full builds fit them anew."""

    most: int = Field(default=8, ge=1, le=20)
    """How many there may be; 1: none are looked for. Fewer are found where the data show fewer."""


class Expected(Settings):
    """`[[expected]]`: a journey that the company expects, to hold the real ones against."""

    name: str = Field(min_length=1)
    """What `store.conformance` calls it by."""
    level: Literal["touchpoint", "stage"] = "touchpoint"
    """What its steps are."""
    steps: tuple[str, ...] = Field(min_length=1)
    """In order: names, `Call | Form` for alternatives, `Catalogue?` or `(Call | Form)?` for what
    may be left out."""

    @model_validator(mode="after")
    def readable(self) -> Expected:
        """What cannot be read is told with the other faults of the settings."""
        from journeyflow.analysis.expected import read_expected  # late: it loads numpy

        try:
            read_expected(self.steps, self.level)
        except SettingsError as fault:
            msg = f"{fault.message} {fault.hint or ''}".strip()
            raise ValueError(msg) from fault
        return self


class Change(Settings):
    """`[[changes]]`: what the company changed; `change_effects` shows figures before and after."""

    date: date
    """The first local day on which it held, such as `2026-09-01`."""
    what: str = Field(min_length=1)
    """The change in words."""
    touchpoint: str | None = None
    """Where it was made, as the table `touchpoints` calls it: how many get there, go on and wait
    is compared too."""
    author: str | None = None
    """Who noted it."""
