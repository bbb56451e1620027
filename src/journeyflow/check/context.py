"""What is already known about the project that an export is meant for."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from journeyflow.errors import SettingsError
from journeyflow.project import SETTINGS_FILE
from journeyflow.settings import ProjectTable
from journeyflow.sources.files import matching_files


@dataclass(frozen=True)
class Context:
    """A project's folder and what its settings say, each None where they do not (yet)."""

    directory: Path
    zone: str | None = None
    currency: str | None = None
    region: str | None = None
    has_identity: bool = False
    source_names: frozenset[str] = frozenset()
    source_files: tuple[tuple[str, str], ...] = ()
    currencies: frozenset[str] = frozenset()
    conversions_in: str | None = None
    losses_in: str | None = None
    has_stages: bool = False


def project_context(
    directory: Path | None, zone: str | None = None, currency: str | None = None
) -> Context:
    """Read what a new source needs to know; a project without sources is as good as any.

    `zone` and `currency` are the user's answers and win. Raises SettingsError where
    journeyflow.toml is no TOML, or an answer is no zone or currency.
    """
    directory = (directory or Path()).resolve()
    document = read_document(directory / SETTINGS_FILE)
    project, identity = _table(document, "project"), _table(document, "identity")
    zone = zone or project.get("timezone")
    currency = currency or project.get("currency")
    try:
        ProjectTable(name="check", timezone=zone or "UTC", currency=currency or "XXX")
    except ValidationError as fault:
        listing = "; ".join(
            f"{each['loc'][0]}: {each['msg'].removeprefix('Value error, ')}"
            for each in fault.errors(include_url=False)
        )
        raise SettingsError(
            listing, "a zone such as Europe/Moscow, a currency such as RUB"
        ) from None
    sources = document.get("sources")
    rates = _table(_table(document, "currency"), "rates")
    return Context(
        directory=directory,
        zone=zone,
        currency=currency,
        region=identity.get("region"),
        has_identity="identity" in document,
        source_names=frozenset(
            str(each.get("name"))
            for each in (sources if isinstance(sources, list) else [])
            if isinstance(each, dict)
        ),
        source_files=tuple(
            (str(each.get("name")), pattern)
            for each in (sources if isinstance(sources, list) else [])
            if isinstance(each, dict)
            for pattern in _texts(each.get("files"))
        ),
        currencies=frozenset({*rates, *([currency] if currency else [])}),
        conversions_in=_said_in(document, "conversions"),
        losses_in=_said_in(document, "losses"),
        has_stages=bool(document.get("stages")),
    )


def _said_in(document: Mapping[str, Any], key: str) -> str | None:
    """Which of the two ways to name outcomes the settings use."""
    if document.get(key):
        return "tables"
    return "journeys" if _table(document, "journeys").get(key) else None


def read_document(path: Path) -> dict[str, Any]:
    """The settings file as TOML, or nothing where there is none."""
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{path}: not valid TOML: {fault}") from fault


def _table(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> list[str]:
    """One text or a list of them, whatever else may stand in unchecked settings."""
    each = [value] if isinstance(value, str) else value
    return [text for text in each if isinstance(text, str)] if isinstance(each, list) else []


def claimed_by(context: Context, path: Path) -> str | None:
    """The source of the project that reads this file already, or None."""
    for name, pattern in context.source_files:
        try:
            if path.resolve() in [
                each.resolve() for each in matching_files(context.directory, pattern)
            ]:
                return name
        except SettingsError:
            continue
    return None
