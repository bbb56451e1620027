"""What truly happened: acts of persons, and the visits and browsers they happened in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from journeyflow.simulate.company import CHANNELS, Channel


@dataclass(frozen=True, slots=True, eq=False)
class Browser:
    """One browser with its cookies. `ga`, `ym`, `ct` are the ids that three counters gave it."""

    key: str
    system: str
    ga: str
    ym: str
    ct: str
    first_seen: int
    city: int
    consents: bool
    ga_works: bool
    ym_works: bool
    shared: bool = False


@dataclass(slots=True, eq=False)
class Visit:
    """A stay on the website; `landing` is the key of its first page in PLACES."""

    browser: Browser
    channel_key: str
    started: int
    number: int
    click_id: str
    landing: str

    @property
    def channel(self) -> Channel:
        """Where the visit came from."""
        return CHANNELS[self.channel_key]


@dataclass(slots=True, eq=False)
class Act:
    """One thing that one person did or met: `kind` as exports call it, `touch` a key of PLACES."""

    person: int
    at: int
    kind: str
    touch: str
    visit: Visit | None = None
    deal: Deal | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    number: int = -1


@dataclass(slots=True, eq=False)
class Deal:
    """A deal with its whole true life, also the part after the observed days (None: never)."""

    person: int
    opened: int
    line: int
    showroom: int
    origin: str
    manager: int
    amount: int
    has_email: bool
    browser: Browser | None
    number: int = -1
    measured: int | None = None
    offered: int | None = None
    won: int | None = None
    lost: int | None = None
    reason: str | None = None
    own_number: bool = False

    @property
    def crm_id(self) -> int:
        """The number that the CRM's API knows it by."""
        return 41000 + self.number

    @property
    def deal_id(self) -> str:
        """The same number as people write it."""
        return f"D-{self.crm_id}"

    @property
    def order_id(self) -> str:
        """The contract's number, which the payment page reports too."""
        return f"KP-{8000 + self.number}"
