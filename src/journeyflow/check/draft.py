"""A proposed source while it is being put together: what each column becomes, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from journeyflow.check.findings import Question
from journeyflow.check.masking import role_of
from journeyflow.check.names import NAMED, name_score
from journeyflow.check.profile import Column
from journeyflow.errors import SettingsError
from journeyflow.project import SETTINGS_FILE, project_table, read_settings
from journeyflow.settings import Source
from journeyflow.sources.files import matching_files
from journeyflow.spelling import toml

#: Table of a source, or of the project -> key -> value; "" holds a source's own keys.
Answers = dict[str, dict[str, Any]]
NO_CURRENCY = "XXX"  # ISO 4217: no currency is involved; it stands in where none is known yet


@dataclass(frozen=True)
class Context:
    """A project's folder and what its settings say so far; `zone` and so on None where nothing.

    `answers` are what the user says of the file at hand. The settings are not judged as a whole: a
    project that has no source yet is as good as any.
    """

    directory: Path
    settings: dict[str, Any]
    zone: str | None
    currency: str | None
    answers: Answers = field(default_factory=dict)

    def table(self, *keys: str) -> dict[str, Any]:
        """A table of the settings, empty where there is none."""
        found: Any = self.settings
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def region(self) -> str | None:
        """The country of phones without a country code."""
        said = self.answers.get("identity", {}).get("region")
        return said or self.table("identity").get("region")

    @property
    def sources(self) -> list[dict[str, Any]]:
        """The sources that stand there already."""
        sources = self.settings.get("sources")
        return [each for each in sources if isinstance(each, dict)] if sources else []

    @property
    def currencies(self) -> set[str]:
        """Currencies whose worth is known."""
        told = {*self.table("currency", "rates"), *self.answers.get("currency.rates", {})}
        return told | ({self.currency} if self.currency else set())


def project_context(
    directory: Path | None,
    zone: str | None = None,
    currency: str | None = None,
    answers: Answers | None = None,
) -> Context:
    """Read what a new source needs to know; `zone`, `currency`, `answers` are the user's and win.

    Raises SettingsError where journeyflow.toml is no TOML, an answer is no zone or currency, or
    belongs to a table that stands there: that is changed by hand.
    """
    directory = (directory or Path()).resolve()
    settings = read_settings(directory) or {}
    answers = answers or {}
    for name in answers:
        if name.partition(".")[0] in settings:
            raise SettingsError(
                f"--answer: [{name}] belongs to a table that stands in {SETTINGS_FILE} already",
                "write the answer there, and give the command without it",
            )
    zone = zone or answers.get("", {}).get("timezone")
    said = Context(directory, settings, None, None).table("project")
    zone, currency = zone or said.get("timezone"), currency or said.get("currency")
    project_table(name="check", timezone=zone or "UTC", currency=currency or NO_CURRENCY)
    return Context(directory, settings, zone, currency, answers)


def claimed_by(context: Context, path: Path) -> dict[str, Any] | None:
    """The source of the project that reads this file already, as it is written there, or None."""
    for source in context.sources:
        patterns = source.get("files")
        for pattern in [patterns] if isinstance(patterns, str) else patterns or ():
            try:
                found = matching_files(context.directory, str(pattern))
            except SettingsError:
                continue
            if path.resolve() in (each.resolve() for each in found):
                return source
    return None


@dataclass(frozen=True)
class Taken:
    """What a column was taken for: its place in the settings, the evidence, how to mask it."""

    becomes: str | None
    why: str
    fits: float | None = None
    masked_as: str = ""


@dataclass(frozen=True)
class Hint:
    """A setting that may hold and that the file does not prove: in a table of the source, or ""."""

    table: str
    setting: str
    why: str


@dataclass
class Draft:
    """One `[[sources]]` in the making.

    `constants` are columns that every row shares, `reasons` what speaks for them; `clocks` are
    second columns of moments: those that hold the time of day apart from the date. `trial`
    answers open questions for this look.
    `perhaps_people` are columns shaped like an id of persons, each with the type that fits.
    `nested` are lists and other columns that hold no plain values, `above` the lines over the
    header. `standing` is the source that reads the file already.
    """

    all_columns: list[Column]
    context: Context
    nested: list[str] = field(default_factory=list)
    above: tuple[str, ...] = ()
    format: str = "table"
    settings: dict[str, object] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    clocks: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    identifiers: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    taken: dict[str, Taken] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)
    perhaps_people: list[tuple[str, Column]] = field(default_factory=list)
    region: str | None = None
    is_day_only: bool = False
    has_offset: bool = False
    trial: dict[str, object] = field(default_factory=dict)
    standing: Source | None = None

    def free(self) -> list[Column]:
        """Columns with values that nothing has taken yet."""
        return [each for each in self.all_columns if each.filled and each.name not in self.taken]

    def said(self, role: str) -> Any:
        """What the user says that one of journeyflow's own columns is, None where nothing."""
        return self.context.answers.get("columns", {}).get(role)

    def named(
        self, role: str, least: float = NAMED, among: Iterable[Column] | None = None
    ) -> Column | None:
        """The free column whose name says the role best, the first of equals; or None."""
        columns = [*(self.free() if among is None else among)]
        best = max(columns, key=lambda each: name_score(role, each.name), default=None)
        return best if best and name_score(role, best.name) >= least else None

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(each for each in self.all_columns if each.name == name)

    def becomes(self, column: Column) -> str | None:
        """The column's place in the settings, None where it has none (yet)."""
        taken = self.taken.get(column.name)
        return taken.becomes if taken else None

    def map(self, column: Column, role: str, why: str, fits: float = 1.0) -> None:
        """Take the column for one of journeyflow's own columns."""
        self.columns[role] = column.name
        self._take(column, role, why, fits)

    def map_clock(self, column: Column, role: str, why: str) -> None:
        """Take the column for the time of day of a moment that is mapped already."""
        self.clocks[role] = column.name
        self._take(column, role, why)

    def identify(self, column: Column, type: str, why: str, fits: float) -> None:
        """Take the column for an identifier."""
        self.identifiers[type] = column.name
        self._take(column, f"identifiers.{type}", why, fits)

    def attribute(self, column: Column, why: str) -> None:
        """Take the column for something to segment by."""
        key = column.name.removeprefix("$.").rsplit(".", 1)[-1].strip('"')
        key = key if key and key not in self.attributes else column.name
        self.attributes[key] = column.name
        self._take(column, f"attributes.{key}", why, 1.0)

    def leave(self, column: Column, why: str, masked_as: str = "") -> None:
        """Decide not to read the column."""
        self.taken[column.name] = Taken(None, why, masked_as=masked_as)

    def ask(self, about: str, text: str, choices: Iterable[str] = ()) -> None:
        """Note something that the file cannot tell."""
        self.questions.append(Question(about, text, tuple(choices)))

    def hint(self, table: str, key: str, value: object, why: str) -> None:
        """Propose a setting as a comment, the first of a key: two would contradict each other."""
        start = f"{key} = "
        if not any(each.table == table and each.setting.startswith(start) for each in self.hints):
            self.hints.append(Hint(table, start + toml(value), why))

    def _take(self, column: Column, place: str, why: str, fits: float | None = None) -> None:
        taken = Taken(place, why, fits, role_of(place))
        earlier = self.taken.get(column.name)
        # One column may serve twice: an order number and the row's id.
        if earlier and earlier.becomes:
            taken = replace(
                earlier, becomes=f"{earlier.becomes}, {place}", why=f"{earlier.why}; {why}"
            )
        self.taken[column.name] = taken
