"""What a look at an export found, as plain data for the terminal, for machines, for the block."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

When = dict[str, str]


@dataclass(frozen=True)
class ColumnFinding:
    """One column of the file and what is proposed for it.

    `becomes` is its place in the settings (`occurred_at`, `identifiers.phone`,
    `attributes.plan`) or None where it is left out; `fits` the share of its values that fit,
    0 to 1; `filled` the share of rows with a value; `examples` are masked.
    """

    name: str
    becomes: str | None
    why: str
    fits: float | None
    filled: float
    distinct: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """Something that the file cannot tell. `choices` are settings of which one must be chosen."""

    about: str
    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reject:
    """Rows that the reader would refuse: how many, for what, and where the first stands."""

    column: str | None
    reason: str
    rows: int
    first_line: int
    example: str | None = None


@dataclass(kw_only=True)
class Figures:
    """What landed of some files. Times are UTC instants as ISO text; of costs, days.

    `used` are rows of the files; `landed` is what they tell of, which may be several events a row.
    """

    rows: int = 0
    used: int = 0
    landed: int = 0
    rejected: int = 0
    rejects: list[Reject] = field(default_factory=list)
    skips: list[tuple[str, int]] = field(default_factory=list)
    first_at: str | None = None
    last_at: str | None = None
    kinds: list[tuple[str, int]] = field(default_factory=list)
    kinds_in_all: int = 0
    identifiers: dict[str, int] = field(default_factory=dict)
    blocked: list[tuple[str, str, int]] = field(default_factory=list)


@dataclass
class FileReport(Figures):
    """Everything found in one export (or in several files of one kind).

    `zone` is the zone that times are shown in, and `zone_assumed` says that it is only so for
    this look. `claimed_by` is the source of the project that reads the file already; there is no
    block then. `persons` is None where the rows are no events; a robot's rows are no person's and
    not nobody's.
    """

    paths: tuple[Path, ...]
    name: str
    format: str | None = None
    described: str = ""
    fault: str | None = None
    hint: str | None = None
    zone: str = "UTC"
    zone_assumed: bool = False
    has_offset: bool = False
    busiest: tuple[int, int, float] | None = None
    silences: dict[str, float] = field(default_factory=dict)
    touchpoints: list[tuple[str, When]] = field(default_factory=list)
    columns: list[ColumnFinding] = field(default_factory=list)
    conversions: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    persons: int | None = None
    events_with_person: int = 0
    events_of_nobody: int = 0
    first_rows: list[dict[str, str]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    settings_block: str = ""
    claimed_by: str | None = None

    @property
    def sound(self) -> bool:
        """The block, or the source that reads the file already, can be used as it stands."""
        is_written = bool(self.settings_block or self.claimed_by)
        return self.fault is None and not self.questions and is_written

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; `unmapped` are the columns that no setting reads."""
        return asdict(self) | {
            "paths": [str(path) for path in self.paths],
            "unmapped": [each.name for each in self.columns if each.becomes is None],
            "sound": self.sound,
        }


@dataclass
class SourceReport(Figures):
    """What one source of a project delivers. `files` counts new, known, changed, left_out."""

    name: str
    format: str
    files: dict[str, int] = field(default_factory=dict)
    reread: list[str] = field(default_factory=list)
    persons: int = 0
    events: int = 0
    unmapped_events: int = 0
    events_of_nobody: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass
class ProjectReport:
    """What a project's settings and exports would give, told without touching it."""

    directory: Path
    zone: str
    sources: list[SourceReport] = field(default_factory=list)
    persons: int = 0
    silences: dict[str, float] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """A run would read every file."""
        return not any(each.faults for each in self.sources)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self) | {"directory": str(self.directory), "sound": self.sound}
