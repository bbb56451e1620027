"""A funnel: how many units took the company's steps, how long it took them, who may still come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from journeyflow.analysis.funnel.attempts import attempts, best
from journeyflow.analysis.funnel.counts import count_rows
from journeyflow.analysis.funnel.reading import check_by, count_units, read_items
from journeyflow.analysis.funnel.switches import Duration, Switches, checked

NO_VALUE = "(none)"
NO_STEP = "(no such step)"
NOTES = {
    "open": "Those open may still come; until then they count as not having come in the shares.",
    "totals": "Attempts of one unit are not independent: the intervals are too narrow.",
    "exclude": "An attempt ends before an excluded touchpoint; what it matched until then counts.",
    "session": "A session that ended does not go on, so none is open.",
    "entry": "count holds those who came from the step before and those who entered here; "
    "share_of_previous is of those who came, share_of_first of those who entered at step 1.",
    "any": "A wait runs from when all steps before were done, in whatever order.",
    "by": f"{NO_STEP} holds those without the step that is broken down by.",
}


@dataclass(frozen=True)
class FunnelTable:
    """The steps of a funnel, and what must be printed with them.

    steps: one row per position (and segment), in order; columns:
    segment (with `by` only; the most frequent first), position (from 1), step (touchpoint);
    count: units (or attempts) that got here; entered: of these, those whose first step it is;
    share_of_first: of those who entered at position 1, the share that got here;
    share_of_previous: of those counted at the position before, the share that came here, with
    low and high, its 95 % interval (Wilson 1927); wait_median_s, wait_p90_s: seconds from
    leaving the step before to entering this one, of those who came, zero counts;
    open, lost: of those counted at the position before who did not come, those who may still do
    so, and the rest. So count - entered + open + lost is the count of the position before.
    NaN (of open and lost: NA) where there is no position before or nobody to count.
    switches: the definition of this funnel, by the names of the arguments, durations as text.
    total: how many units were chosen, whatever they met. notes: sentences for the reader.
    """

    steps: pd.DataFrame
    switches: Mapping[str, object]
    total: int
    notes: tuple[str, ...]


def funnel_table(
    con: duckdb.DuckDBPyConnection,
    steps: Sequence[str],
    *,
    unit: str = "journey",
    order: str = "ordered",
    window: Duration = "14d",
    step_window: Duration | Sequence[Duration] = None,
    entry: str = "closed",
    attempt: str = "best",
    counting: str = "unique",
    exclude: Sequence[str] = (),
    by: str | None = None,
    by_step: int = 1,
    until: str = "end",
) -> FunnelTable:
    """Counts a funnel in `con`, a published store whose journeys, steps, events and sessions may
    be views of what was chosen.

    An attempt is a choice of items (steps of journeys, or a session's runs of one touchpoint),
    each for one step of the funnel and no item for two. Later means later in item order.

    steps: touchpoints, in order; one may stand several times.
    unit: "journey"; "person": the steps of all journeys of a person, one after the other;
    "session": runs of one touchpoint among the events of a session.
    order: "ordered": each item later than the one before; "strict": the very next; "any": an
    attempt gets to k if it has an item for each of the first k steps, wherever they stand.
    window: most time between the first and any item of an attempt; a time equal to it is inside;
    None: no bound. step_window: most time from entering one step to entering the next, one
    for all or a list with one for each step after the first.
    entry: "closed": attempts begin with step 1; "open": at any step, as in Google Analytics: from
    there on none is skipped. Position k then counts who came from k - 1 or entered at k.
    attempt: which of its attempts a unit makes, given an anchor, the item that it begins with (in
    any order: the item of step 1 that it contains): "first": that of the earliest anchor;
    "best": of most steps, of equal ones that of the earliest anchor; "every": one per anchor,
    from the earliest on, and an item that an earlier attempt took is gone. From its anchor
    an attempt gets as far as its items allow, and of equal choices takes the earliest items.
    counting: "unique": each unit once, by its attempt of most steps; "totals": attempts.
    exclude: touchpoints that may not lie between the first and the last item of an attempt: it
    gets to the step before, and no further.
    by: what to break down by: a column of steps (channel, stage), of the item's first event (page,
    device, region, product, utm_source, utm_medium, utm_campaign), of journeys (first_channel,
    started_stage, journey_number, month), or "attributes." and a key. by_step: whose
    item is asked. A missing value is "(none)"; attempts without this step are "(no such step)".
    until: "conversion" takes no item after the journey's first conversion, "end" takes all.

    A unit is open at a step if its journey (a person: any journey; a session never) goes on,
    and no window of its attempt had run out at the end of observation.

    Raises SettingsError for touchpoints that the store does not know, values that do not exist,
    windows that are no duration above zero, and a step that is excluded.
    """
    known = {name for (name,) in con.execute("select touchpoint from touchpoints").fetchall()}
    switches = checked(
        known, steps, window=window, step_window=step_window, exclude=exclude, by=by,
        by_step=by_step, unit=unit, order=order, entry=entry, attempt=attempt, counting=counting,
        until=until,
    )  # fmt: skip
    if by is not None:
        check_by(con, by)
    items, goes_on, values = read_items(con, switches)
    found = attempts(items, switches.rules, order=order, entry=entry, attempt=attempt)
    if counting == "unique":
        found = best(found)
    ((observed_until,),) = con.execute("select epoch_us(observed_until) from project").fetchall()
    is_open = goes_on[found.anchor] & (found.until > observed_until)
    if values is None:
        rows = count_rows(items, found, is_open, switches.steps)
    else:
        place = found.places[:, by_step - 1]
        told = values.take(np.maximum(place, 0)).fill_null(NO_VALUE).to_pandas()
        rows = count_rows(items, found, is_open, switches.steps, told.where(place >= 0, NO_STEP))
    return FunnelTable(rows, switches.told(), count_units(con, unit), _notes(switches, rows))


def _notes(switches: Switches, rows: pd.DataFrame) -> tuple[str, ...]:
    holds = {
        "open": bool((rows["open"] > 0).any()),
        "totals": switches.counting == "totals" and switches.attempt == "every",
        "exclude": bool(switches.exclude),
        "session": switches.unit == "session",
        "entry": switches.entry == "open",
        "any": switches.order == "any",
        "by": switches.by is not None and bool((rows["segment"] == NO_STEP).any()),
    }
    return tuple(sentence for key, sentence in NOTES.items() if holds[key])
