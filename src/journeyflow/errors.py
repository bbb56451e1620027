"""Every fault that journeyflow reports on purpose, and the exit code that goes with it.

A message says what was found and what was expected, names the file, row, column or key,
and may carry a hint at the way out. Nothing here may hold a raw identifier.
"""

from __future__ import annotations


class JourneyflowError(Exception):
    """Base of all faults a user can act on.

    `message` states the fact; `hint` the way out. `exit_code`: 1 the data is at fault,
    2 the settings or the command line are, 3 the environment is.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(f"{message}\nHint: {hint}" if hint else message)


class DataError(JourneyflowError):
    """An export, or what was computed from it, cannot be trusted."""


class SettingsError(JourneyflowError):
    """journeyflow.toml or the command line is at fault."""

    exit_code = 2


class EnvironmentFault(JourneyflowError):
    """The machine is at fault: a missing program, a damaged database."""

    exit_code = 3


class PassingFault(EnvironmentFault):
    """The machine is at fault, and the same may succeed in a minute: a lock, a full disk."""


class WarehouseBusyError(PassingFault):
    """Another process holds the warehouse's lock; `holder` says which, as far as is known."""

    def __init__(
        self, message: str, hint: str | None = None, holder: str = "another process"
    ) -> None:
        self.holder = holder
        super().__init__(message, hint)
