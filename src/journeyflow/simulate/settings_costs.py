"""What journeyflow.toml says of the costs: one source, or one for each platform."""

from __future__ import annotations

from journeyflow.simulate.choices import Choices
from journeyflow.simulate.lenses import costs, platforms
from journeyflow.simulate.settings_block import source_text

NET = 'vat = "excluded"'


def costs_text(choices: Choices) -> list[str]:
    """The blocks of whatever tells what advertising cost."""
    if choices.costs == "csv":
        columns = {column: column for column in costs.HEADER}
        return [source_text(costs.SOURCE, "costs", "costs_*.csv", columns=columns)]
    gross = ('vat = "included"', f"vat_rate = {platforms.VAT_RATE}")
    return [
        source_text(platforms.DIRECT, "yandex_direct", "*.tsv", *gross),
        source_text(platforms.GOOGLE, "google_ads", "campaigns_*.csv", NET),
        source_text(platforms.VK, "vk_ads", "*.json", NET),
        "# What no advertising account tells, as it is uploaded to Metrica.",
        source_text(platforms.EXPENSES, "metrica_expenses", "*.csv"),
    ]
