"""What is already known about the project that an export is meant for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journeyflow.errors import SettingsError
from journeyflow.project import project_table, read_settings
from journeyflow.sources.files import matching_files


@dataclass(frozen=True)
class Context:
    """A project's folder and what its settings say so far; `zone` and so on None where nothing.

    The settings are not judged as a whole: a project that has no source yet is as good as any.
    """

    directory: Path
    settings: dict[str, Any]
    zone: str | None
    currency: str | None

    def table(self, *keys: str) -> dict[str, Any]:
        """A table of the settings, empty where there is none."""
        found: Any = self.settings
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def region(self) -> str | None:
        """The country of phones without a country code."""
        return self.table("identity").get("region")

    @property
    def sources(self) -> list[dict[str, Any]]:
        """The sources that stand there already."""
        sources = self.settings.get("sources")
        return [each for each in sources if isinstance(each, dict)] if sources else []

    @property
    def currencies(self) -> set[str]:
        """Currencies whose worth is known."""
        return {*self.table("currency", "rates"), *([self.currency] if self.currency else [])}


def project_context(
    directory: Path | None, zone: str | None = None, currency: str | None = None
) -> Context:
    """Read what a new source needs to know. `zone` and `currency` are the user's answers and win.

    Raises SettingsError where journeyflow.toml is no TOML, or an answer is no zone or currency.
    """
    directory = (directory or Path()).resolve()
    settings = read_settings(directory) or {}
    said = Context(directory, settings, None, None).table("project")
    zone, currency = zone or said.get("timezone"), currency or said.get("currency")
    project_table(name="check", timezone=zone or "UTC", currency=currency or "XXX")
    return Context(directory, settings, zone, currency)


def claimed_by(context: Context, path: Path) -> str | None:
    """The source of the project that reads this file already, or None."""
    for source in context.sources:
        patterns = source.get("files")
        for pattern in [patterns] if isinstance(patterns, str) else patterns or ():
            try:
                found = matching_files(context.directory, str(pattern))
            except SettingsError:
                continue
            if path.resolve() in (each.resolve() for each in found):
                return str(source.get("name"))
    return None
