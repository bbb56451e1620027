"""Which systems the invented company uses, and so which formats its exports have."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from journeyflow.errors import SettingsError

OPTIONS = {
    "calls": ("calltouch", "uis", "callrail"),
    "second_counter": ("csv", "metrica"),
    "crm": ("csv", "bitrix24", "amocrm"),
    "costs": ("csv", "vendors"),
    "orders": ("none", "orders"),
    "answers": ("feedback", "surveys"),
}


@dataclass(frozen=True)
class Choices:
    """One of `OPTIONS` each. Raises SettingsError for anything else."""

    calls: str = "calltouch"
    second_counter: str = "csv"
    crm: str = "csv"
    costs: str = "csv"
    orders: str = "none"
    answers: str = "feedback"

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            *others, last = OPTIONS[name]
            if value not in OPTIONS[name]:
                raise SettingsError(
                    f"simulate: found {name}={value!r}; expected {', '.join(others)} or {last}"
                )

    @property
    def metrica(self) -> bool:
        """Whether Yandex Metrica is the second counter."""
        return self.second_counter == "metrica"

    @property
    def has_orders(self) -> bool:
        """Whether the office lists its contracts as orders."""
        return self.orders == "orders"

    @property
    def crm_api(self) -> bool:
        """Whether the CRM's API tells of stages, and lists say whose the deals are."""
        return self.crm != "csv"
