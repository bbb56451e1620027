"""The switches that define a funnel, checked; each is printed with the numbers it makes."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from journeyflow.analysis.funnel.items import FOREVER, Rules
from journeyflow.errors import SettingsError
from journeyflow.settings import LONGEST, parse_duration

CHOICES: Mapping[str, tuple[str, ...]] = {
    "unit": ("journey", "person", "session"),
    "order": ("strict", "ordered", "any"),
    "entry": ("closed", "open"),
    "attempt": ("first", "every", "best"),
    "counting": ("unique", "totals"),
    "until": ("conversion", "end"),
}

Duration = str | timedelta | None
_MICROSECOND = timedelta(microseconds=1)
_SIZES = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


@dataclass(frozen=True)
class Switches:
    """What a funnel is, every switch of `funnel_table` with a value that can be used.

    step_window has one bound per step after the first.
    """

    steps: tuple[str, ...]
    unit: str
    order: str
    window: timedelta | None
    step_window: tuple[timedelta | None, ...]
    entry: str
    attempt: str
    counting: str
    exclude: tuple[str, ...]
    until: str
    by: str | None
    by_step: int

    @property
    def named(self) -> list[str]:
        """The touchpoints asked about, each once, the excluded ones last."""
        return [*dict.fromkeys(self.steps), *self.exclude]

    @property
    def rules(self) -> Rules:
        """The same for the matching; a name is its place in `named`."""
        steps = tuple(self.named.index(step) for step in self.steps)
        within = (FOREVER, *(_microseconds(each) for each in self.step_window))
        return Rules(steps, _microseconds(self.window), within, self.order == "strict")

    def told(self) -> dict[str, object]:
        """The switches to print, durations as text."""
        bounds = [_text(each) for each in self.step_window]
        told: dict[str, object] = {
            "unit": self.unit, "order": self.order, "window": _text(self.window),
            "step_window": bounds[0] if len(set(bounds)) == 1 else bounds or None,
            "entry": self.entry, "attempt": self.attempt, "counting": self.counting,
            "exclude": list(self.exclude), "until": self.until,
        }  # fmt: skip
        return told if self.by is None else told | {"by": self.by, "by_step": self.by_step}


def checked(
    known: Collection[str],
    steps: Sequence[str],
    *,
    window: Duration,
    step_window: Duration | Sequence[Duration],
    exclude: Sequence[str],
    by: str | None,
    by_step: int,
    **choices: str,
) -> Switches:
    """The switches of `funnel_table`, each one usable, all together too.

    known: the touchpoints of the store; choices: the switches with named values. Raises
    SettingsError.
    """
    for switch, value in choices.items():
        if value not in CHOICES[switch]:
            raise SettingsError(
                f"{switch} is {value!r}; expected one of {', '.join(CHOICES[switch])}.",
                hint=nearest(value, CHOICES[switch]),
            )
    names = _touchpoints("steps", steps, known)
    if not names:
        raise SettingsError("steps is empty; expected the touchpoints of a funnel, in order.")
    unwanted = tuple(dict.fromkeys(_touchpoints("exclude", exclude, known)))
    for name in unwanted:
        if name in names:
            raise SettingsError(f"{name!r} is a step of the funnel and excluded from it.")
    if choices["order"] == "any" and choices["entry"] == "open":
        raise SettingsError(
            'Steps in any order have no place to enter at: with order "any", entry is "closed".'
        )
    if choices["order"] == "any" and step_window is not None:
        raise SettingsError(
            'Steps in any order have none before them: with order "any", only window is a bound.'
        )
    if not isinstance(by_step, int) or not 1 <= by_step <= len(names):
        raise SettingsError(f"by_step is {by_step!r}; expected 1 to {len(names)}.")
    return Switches(
        steps=names,
        window=_duration("window", window),
        step_window=_step_durations(step_window, len(names)),
        exclude=unwanted,
        by=by,
        by_step=by_step,
        **choices,
    )


def _touchpoints(switch: str, names: object, known: Collection[str]) -> tuple[str, ...]:
    if not isinstance(names, list | tuple):
        raise SettingsError(f"{switch} is {names!r}; expected a list of touchpoints.")
    for name in names:
        if not isinstance(name, str) or name not in known:
            raise SettingsError(
                f"{switch} names {name!r}, which is no touchpoint of this store.",
                hint=nearest(name, known),
            )
    return tuple(names)


def _duration(switch: str, value: object) -> timedelta | None:
    try:
        if isinstance(value, timedelta) and timedelta(0) < value <= LONGEST:
            return value
        return None if value is None else parse_duration(value)
    except ValueError as fault:
        raise SettingsError(f"{switch}: {fault}.") from fault


def _step_durations(value: object, steps: int) -> tuple[timedelta | None, ...]:
    """One bound for all steps after the first, or one for each of them."""
    if not isinstance(value, list | tuple):
        return (_duration("step_window", value),) * (steps - 1)
    if len(value) != steps - 1:
        raise SettingsError(
            f"step_window has {len(value)} durations; expected {steps - 1}, one for each step "
            "after the first, or a single one for all."
        )
    return tuple(_duration("step_window", each) for each in value)


def nearest(word: object, choices: Collection[str]) -> str:
    """A hint at the choice that `word` may have meant, else at all of them."""
    close = difflib.get_close_matches(str(word), list(choices), n=1)
    return f"Did you mean {close[0]}?" if close else f"There are: {', '.join(sorted(choices))}."


def _microseconds(value: timedelta | None) -> int:
    return FOREVER if value is None else value // _MICROSECOND


def _text(value: timedelta | None) -> str | None:
    """As settings spell it: 14d, 36h, 90s."""
    if value is None:
        return None
    for unit, size in _SIZES.items():
        if value % size == timedelta(0):
            return f"{value // size}{unit}"
    return f"{value / timedelta(seconds=1):.6f}".rstrip("0").rstrip(".") + "s"
