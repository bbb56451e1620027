"""True journeys: the true acts of each person, cut by the product's published definitions.

Written from the definitions alone, in plain Python, so that it can contradict the product's SQL.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from journeyflow.simulate.acts import Act
from journeyflow.simulate.clock import DAY
from journeyflow.simulate.places import (
    COMPANY_KINDS,
    LOST_AFTER_DAYS,
)

LOST_AFTER = LOST_AFTER_DAYS * DAY
CONVERSION, LOSS = "contract_signed", "deal_lost"


@dataclass
class Journey:
    """One true journey. Moments are microseconds since 1970 in UTC."""

    person: int
    number: int
    acts: list[Act] = field(default_factory=list)
    alive_at: int = 0
    lost_explicitly: bool = False

    @property
    def converted_at(self) -> int | None:
        """The first contract."""
        return next((act.at for act in self.acts if act.kind == CONVERSION), None)

    @property
    def value(self) -> int:
        """Rubles of all its contracts."""
        return sum(act.deal.amount for act in self.acts if act.kind == CONVERSION and act.deal)

    @property
    def path(self) -> list[str]:
        """Touchpoint keys, neighbouring repeats collapsed."""
        path: list[str] = []
        for act in self.acts:
            if not path or path[-1] != act.touch:
                path.append(act.touch)
        return path

    def closed(self, observed_until: int, *, deal_open: bool) -> bool:
        """Ended by an explicit loss, or by silence with no deal open."""
        silent = observed_until - self.alive_at > LOST_AFTER
        return self.lost_explicitly or (silent and not deal_open)

    def outcome(self, observed_until: int, *, deal_open: bool) -> str:
        """`converted`, `lost` or `open`."""
        if self.converted_at is not None:
            return "converted"
        return "lost" if self.closed(observed_until, deal_open=deal_open) else "open"


def cut(person: int, acts: Iterable[Act]) -> list[Journey]:
    """Cut one person's acts, given in order of time, into journeys.

    The customer's silence longer than LOST_AFTER splits, and so does an explicit loss. What the
    company does belongs to the journey still running, and starts none: without one it is left out.
    """
    journeys: list[Journey] = []
    running: Journey | None = None
    for act in acts:
        if running and (running.lost_explicitly or act.at - running.alive_at > LOST_AFTER):
            running = None
        by_company = act.kind in COMPANY_KINDS
        if running is None:
            if by_company:
                continue
            running = Journey(person, len(journeys) + 1)
            journeys.append(running)
        running.acts.append(act)
        if not by_company:
            running.alive_at = act.at
        running.lost_explicitly = act.kind == LOSS
    return journeys


def deal_is_open(journey: Journey) -> bool:
    """A deal of the journey has neither contract nor loss by the end of the journey's acts."""
    last = next(
        (a.kind for a in reversed(journey.acts) if a.kind in {"deal_created", CONVERSION, LOSS}),
        None,
    )
    return last == "deal_created"
