"""How long customers wait for the company before they are lost, and what sooner answers would do.

A wait ends with an answer, or with the loss of the customer, or still runs (censored; so is one
whose customer bought meanwhile). Of patience the loss is the event and the answer censors it, of
the company's waits it is the other way round, both by Kaplan & Meier. That each is censored by the
other is harmless only if they are independent, given the touchpoint. Often they are not: who looks
easy is answered first.

**The moment of giving up.** Nobody sees it. A customer counts as lost at the recorded loss, or when
their silence has lasted for `lost_after`, here as in the stages. The last sign of life would be no
moment for it: that it was the last is known only `lost_after` later. Until then the customer may be
answered, so those with an answer would never have given up, and those without at once, whatever
they felt. The price: the curve is an upper bound. It says who could still be reached before the
company itself holds them for lost, not who still wants to hear of it. What is seen of the latter
are the customers who did anything more after an answer that came so late (`went_on`).

**What if.** With W the company's wait and P the patience, P(served) is the integral of S_P(w-) over
the distribution of W; a cap c puts min(W, c) in its place. In both, whoever is answered or lost
before c is as observed, and whoever waits at c is answered then: so the share answered is one minus
the share that is lost before c (Aalen & Johansen), and no patience beyond c has to be known. That
is the most there can be. The least counts, beside those who are answered now, only the lost who
gave a sign of life, or were not yet lost, at c or later: they were surely there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from journeyflow.analysis.incidence import Incidence, incidence, interval, is_mature

SECOND_US = 1_000_000
HOUR_S, DAY_S = 3600, 86_400
# Moments within the first day that curves are read off at; then every whole day.
EARLY_S = (0, 900, 1800, HOUR_S, 2 * HOUR_S, 4 * HOUR_S, 8 * HOUR_S, 12 * HOUR_S)
WITHIN_S = (900, HOUR_S, 4 * HOUR_S, DAY_S, 3 * DAY_S, 7 * DAY_S, 14 * DAY_S)
_PLACE = {"waits_for": "str", "touchpoint": "str"}
_CURVES = _PLACE | {
    "after_s": "int64", "at_risk": "int64", "still_waiting": "float64",
    "still_waiting_low": "float64", "still_waiting_high": "float64", "answered": "float64",
    "answered_low": "float64", "answered_high": "float64", "answers": "int64", "watched": "int64",
    "went_on": "int64",
}  # fmt: skip
_WHAT_IF = _PLACE | {
    "within_s": "int64", "waits": "int64", "at_risk": "int64", "served_now": "float64",
    "served_now_low": "float64", "served_now_high": "float64", "lost_now": "float64",
    "served_then_least": "float64", "served_then_most": "float64", "served_then_low": "float64",
    "served_then_high": "float64", "watched_within": "int64", "went_on_within": "int64",
    "watched_later": "int64", "went_on_later": "int64",
}  # fmt: skip
_ENDS = ("", "_low", "_high")
_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]


class Shares(NamedTuple):
    """Shares and the ends of their 95 % intervals."""

    value: _Floats
    low: _Floats
    high: _Floats

    def others(self) -> Shares:
        """What the shares leave of 1."""
        return Shares(1 - self.value, 1 - self.high, 1 - self.low)


def patience(counts: pd.DataFrame) -> pd.DataFrame:
    """The curves of patience and of answers, and who went on after an answer.

    In: `counts` (waits_for, touchpoint, fate: `answered`, `lost` or `open`, wait_us, waits, and of
    these watched, whose answer is long enough ago, and went_on, who of them did more since). Out:
    waits_for, touchpoint, after_s; at_risk (waits that lasted at least so long: rows end where
    fewer than 10, or 5 %, did); still_waiting (the share whose patience is longer) and answered
    (the share of waits that end by then), each as if the other never came, with 95 % intervals
    `_low` and `_high`; answers, watched, went_on (counts since the row before).
    """
    parts = [_curve(rows).assign(**place) for place, rows in _places(counts)]
    return _typed(parts, _CURVES)


def patience_whatif(counts: pd.DataFrame) -> pd.DataFrame:
    """`what_if` every answer came within 15 minutes, 1 or 4 hours, 1, 3, 7 or 14 days.

    In: as for `patience`. Out: waits_for, touchpoint, and the rows of `what_if`, up to where fewer
    than 10 waits, or 5 %, last so long.
    """
    parts = []
    for place, rows in _places(counts):
        table = what_if(rows, WITHIN_S)
        parts.append(table[is_mature(table["at_risk"], table["waits"])].assign(**place))
    return _typed(parts, _WHAT_IF)


def what_if(counts: pd.DataFrame, within_s: Sequence[float]) -> pd.DataFrame:
    """What the share of answered waits would be if every answer came within some time.

    In: `counts` as for `patience` with seen_us, after how long who was lost gave the last sign of
    life, or was lost by word; and the times. Out, a row for each of them: within_s, waits, at_risk
    (waits that lasted at least so long, and would end then); served_now (the share that is answered
    before it is lost, as far as the curve goes, with its 95 % interval) and lost_now;
    served_then_least and served_then_most (see the module), served_then_low (the lower end of the
    interval of the one) and served_then_high (the upper end of that of the other); of the watched
    answers how many came within that time or later, and how many went on after them.
    """
    wait, ended = _ended(counts)
    curve = incidence(wait, [ended["answered"], ended["lost"]], ended["open"])
    moments = np.asarray(within_s, dtype=float) * SECOND_US
    now = _by(curve, 0, curve.times[-1:], wait, ended["open"])
    # Whoever is lost at that very moment was answered.
    most = _by(curve, 1, np.nextafter(moments, -np.inf), wait, ended["open"]).others()
    seen = counts["seen_us"].to_numpy(dtype=float)
    least = [_surely(wait, ended, seen >= moment) for moment in moments]
    early = wait <= moments[:, None]
    told = {
        f"{name}_{when}": which @ counts[name].to_numpy()
        for when, which in (("within", early), ("later", ~early))
        for name in ("watched", "went_on")
    }
    return pd.DataFrame(
        {"within_s": within_s, "waits": curve.at_risk[0], "at_risk": _at_risk(curve, moments)}
        | {f"served_now{end}": each[0] for end, each in zip(_ENDS, now, strict=True)}
        | {
            "lost_now": curve.ended[1][-1],
            "served_then_least": [each.value[0] for each in least],
            "served_then_most": most.value,
            "served_then_low": [each.low[0] for each in least],
            "served_then_high": most.high,
        }
        | told
    )


def _surely(wait: _Floats, ended: dict[str, _Ints], was_there: npt.NDArray[np.bool_]) -> Shares:
    """The share that is answered, or lost although it was there."""
    reachable = ended["answered"] + np.where(was_there, ended["lost"], 0)
    others = ended["answered"] + ended["lost"] - reachable
    curve = incidence(wait, [reachable, others], ended["open"])
    return _by(curve, 0, curve.times[-1:], wait, ended["open"])


def _curve(counts: pd.DataFrame) -> pd.DataFrame:
    wait, ended = _ended(counts)
    waits = sum(ended.values())
    days = np.arange(1, int(wait.max() // (DAY_S * SECOND_US)) + 1) * DAY_S
    moments = np.concatenate((EARLY_S, days)) * SECOND_US
    lost, answered = (
        incidence(wait, [ended[fate]], waits - ended[fate]) for fate in ("lost", "answered")
    )
    moments = moments[is_mature(_at_risk(lost, moments), lost.at_risk[0])]
    since = np.searchsorted(moments, wait, side="left")
    shares = {
        "still_waiting": _by(lost, 0, moments, wait, waits - ended["lost"]).others(),
        "answered": _by(answered, 0, moments, wait, waits - ended["answered"]),
    }
    numbers = {"answers": ended["answered"], "watched": counts["watched"]}
    numbers["went_on"] = counts["went_on"]
    return pd.DataFrame(
        {"after_s": moments / SECOND_US, "at_risk": _at_risk(lost, moments)}
        | {
            f"{name}{end}": each
            for name, told in shares.items()
            for end, each in zip(_ENDS, told, strict=True)
        }
        | {name: np.bincount(since, each, len(moments) + 1)[:-1] for name, each in numbers.items()}
    )


def _places(counts: pd.DataFrame) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    for place, rows in counts.groupby(list(_PLACE)):
        yield dict(zip(_PLACE, place, strict=True)), rows


def _ended(counts: pd.DataFrame) -> tuple[_Floats, dict[str, _Ints]]:
    """How long the waits are, and how many of each length came to which end."""
    waits = counts["waits"].to_numpy()
    fates = ("answered", "lost", "open")
    return counts["wait_us"].to_numpy(dtype=float), {
        fate: np.where(counts["fate"] == fate, waits, 0) for fate in fates
    }


def _by(curve: Incidence, way: int, moments: _Floats, wait: _Floats, censored: _Ints) -> Shares:
    """The shares that ended this way by the moments."""
    at = curve.at(moments)
    share, variance = (
        np.where(at >= 0, each[way][at], 0.0) for each in (curve.ended, curve.variance)
    )
    unseen = censored @ (wait[:, None] <= moments)
    return Shares(share, *interval(share, variance, curve.at_risk[0] - unseen))


def _at_risk(curve: Incidence, moments: _Floats) -> _Ints:
    return np.append(curve.at_risk, 0)[np.searchsorted(curve.times, moments, side="left")]


def _typed(parts: list[pd.DataFrame], types: dict[str, str]) -> pd.DataFrame:
    empty = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})
    return pd.concat([empty, *parts], ignore_index=True)[list(types)].astype(types)
