"""A bridge from the number on another tool's screen to ours, line by line."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from journeyflow.errors import DataError
from journeyflow.sources.small_tables import small_table
from journeyflow.store import Store, open_store
from journeyflow.warehouse.models import load_model

REQUIRED = ("day", "metric", "value")
MOST_DAYS, MOST_TOLD = 5, 20
VISITS = ("visit", "session_start")
PAGE_VIEWS = ("page_view", "pageview", "screen_view", "page", "screen")
COSTS = ("cost", "clicks", "impressions")
# What other tools call a metric -> ours.
SPELLED = {
    "sessions": "visits", "визиты": "visits", "сеансы": "visits",
    "pageviews": "page_views", "views": "page_views", "просмотры": "page_views",
    "visitors": "users", "посетители": "users", "пользователи": "users",
    "transactions": "purchases", "orders": "purchases", "покупки": "purchases",
    "доход": "revenue", "звонки": "calls", "конверсии": "conversions",
    "spend": "cost", "расход": "cost", "клики": "clicks", "показы": "impressions",
}  # fmt: skip
KINDS = {
    "visits": VISITS, "page_views": PAGE_VIEWS, "purchases": ("purchase",),
    "revenue": ("purchase",), "calls": ("call",), "conversions": (),
}  # fmt: skip
LINES = (
    ("bots", "of bots"),
    ("nobodys", "without a person"),
    ("apart", "of excluded kinds, or after the end of observation"),
    ("repeats", "the same order told again"),
)
Days = Mapping[date, Mapping[str, Decimal]]


@dataclass
class Bridge:
    """From `theirs` to `ours` of one metric over the days of the totals.

    All figures are of the days that the totals name, `days_compared` of `days_in_range`; what we
    have on the other days from the first to the last is `ours_elsewhere`. `lines` are what lies
    between, each with its sign, and add up: theirs + lines = ours. `days` are those that differ
    most: day, theirs, ours.
    """

    metric: str
    source: str | None
    first_day: date
    last_day: date
    theirs: Decimal
    ours: Decimal
    days_compared: int
    days_in_range: int
    ours_elsewhere: Decimal
    lines: list[tuple[str, Decimal]] = field(default_factory=list)
    days: list[tuple[date, Decimal, Decimal]] = field(default_factory=list)


def compare(totals: Path | str, directory: Path | str = ".") -> list[Bridge]:
    """Compare totals of another tool with the published store of a project.

    In: a CSV with the columns `day` (ISO), `metric` and `value`, and perhaps `source`, a source of
    the project; metrics are visits, page_views, users, conversions, purchases, revenue, calls,
    cost, clicks, impressions, or a kind of event. Days are those of the project's zone. Raises
    DataError that names all rows which cannot be read.
    """
    told = _totals(Path(totals))
    with open_store(directory) as store:
        return [
            _bridge(store, metric, source, days)
            for (metric, source), days in sorted(told.items(), key=str)
        ]


def _totals(path: Path) -> dict[tuple[str, str | None], dict[date, Decimal]]:
    try:
        names, rows = small_table(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        message = f"{path}: not a CSV that can be read ({fault})"
        raise DataError(message, "save it as CSV (UTF-8)") from fault
    missing = [each for each in REQUIRED if each not in names]
    if missing:
        message = f"{path}: no column {', '.join(missing)}; found {', '.join(names)}"
        raise DataError(message, "expected day, metric, value, and perhaps source")
    told: dict[tuple[str, str | None], dict[date, Decimal]] = {}
    faults = []
    for number, row in enumerate(rows, start=1):
        try:
            day = date.fromisoformat(row["day"])
            value = Decimal(row["value"].replace(" ", "").replace("\u00a0", ""))
        except (ValueError, InvalidOperation):
            found = f"day {row['day'][:20]!r}, value {row['value'][:20]!r}"
            faults.append(f"row {number}: {found}; expected a day such as 2026-10-01 and a number")
            continue
        days = told.setdefault((_metric(row["metric"]), row.get("source") or None), {})
        if day in days:
            faults.append(f"row {number}: {row['metric']} of {day} stands twice")
        days[day] = value
    if faults or not told:
        listing = "\n".join(f"  - {each}" for each in faults[:MOST_TOLD] or ["no rows"])
        message = f"{path}: {len(faults)} rows cannot be read\n{listing}"
        raise DataError(message, "correct these rows")
    return told


def _metric(text: str) -> str:
    """Our name of a metric; what is none of these is a kind of event, as it stands."""
    name = text.lower().replace(" ", "_")
    name = SPELLED.get(name, name)
    return name if name in KINDS or name in COSTS or name == "users" else text


def _bridge(
    store: Store, metric: str, source: str | None, theirs: Mapping[date, Decimal]
) -> Bridge:
    exported, ours = _ours(store, metric, source)
    total = sum(theirs.values(), Decimal(0))
    mine = sum((ours.get(day, Decimal(0)) for day in theirs), Decimal(0))
    first, last = min(theirs), max(theirs)
    elsewhere = (n for day, n in ours.items() if first <= day <= last and day not in theirs)
    lines: list[tuple[str, Decimal]] = []
    if exported:
        held = {key: _sum(exported, theirs, key) for key in ("exported", *(k for k, _ in LINES))}
        lines.append(("not in the exports, or counted otherwise there", held["exported"] - total))
        lines += [(label, -held[key]) for key, label in LINES]
        if metric == "visits":
            rest = mine - (total + sum(amount for _, amount in lines))
            lines.append(("session rule: visits joined (-) or split (+)", rest))
    else:
        lines.append(("not explained: the exports do not tell it event by event", mine - total))
    differing = sorted(theirs, key=lambda day: -abs(theirs[day] - ours.get(day, Decimal(0))))
    return Bridge(
        metric=metric,
        source=source,
        first_day=first,
        last_day=last,
        theirs=total,
        ours=mine,
        days_compared=len(theirs),
        days_in_range=(last - first).days + 1,
        ours_elsewhere=sum(elsewhere, Decimal(0)),
        lines=[each for each in lines if each[1] or each is lines[0]],
        days=[(day, theirs[day], ours.get(day, Decimal(0))) for day in differing[:MOST_DAYS]],
    )


def _ours(store: Store, metric: str, source: str | None) -> tuple[Days, dict[date, Decimal]]:
    """By day: what the exports hold and why some of it counts not, and what counts."""
    zone = store.query("select timezone from project").timezone[0]
    values: dict[str, Any] = {"zone": zone, "source": source}
    if metric in COSTS:
        found = _days(store, "compared_costs", {"metric": metric, "source": source})
        return {}, _only(found, "ours")
    if metric == "users":
        return {}, _only(_days(store, "compared_persons", values), "ours")
    kinds = KINDS.get(metric, (metric,))
    _refuse_unknown(store, metric, source, kinds)
    told = set(store.query("select distinct kind from events").kind)
    # Where no event is called a purchase, what the project calls a conversion is one.
    converting = metric == "conversions" or (kinds == ("purchase",) and "purchase" not in told)
    values |= {
        "kinds": list(kinds), "amounts": metric == "revenue", "converting": converting,
    }  # fmt: skip
    found = _days(store, "compared_events", values)
    if metric == "visits":
        sessions = _days(store, "compared_sessions", {"zone": zone, "source": source})
        return found, _only(sessions, "ours")
    return found, _only(found, "ours")


def _refuse_unknown(store: Store, metric: str, source: str | None, kinds: Iterable[str]) -> None:
    known = store.query(
        "select distinct source from events union select distinct source from costs"
    )
    if source is not None and source not in set(known.source):
        listing = ", ".join(sorted(known.source))
        raise DataError(f"no source {source!r} in the store", f"its sources: {listing}")
    if metric in KINDS:
        return
    found = store.query("select kind, count(*) as n from events group by kind order by n desc")
    if not set(kinds) & set(found.kind):
        listing = ", ".join([*KINDS, "users", *COSTS, *found.kind[:12]])
        raise DataError(f"no metric and no kind of event {metric!r}", f"known: {listing}")


def _days(store: Store, model: str, values: Mapping[str, Any]) -> Days:
    frame = store.query(load_model("compare", model).sql, values)
    return {
        row["day"].date() if hasattr(row["day"], "date") else row["day"]: {
            key: Decimal(str(value)) for key, value in row.items() if key != "day"
        }
        for row in frame.to_dict("records")
    }


def _only(days: Days, key: str) -> dict[date, Decimal]:
    return {day: values[key] for day, values in days.items()}


def _sum(days: Days, asked: Iterable[date], key: str) -> Decimal:
    return sum((days[day][key] for day in asked if day in days), Decimal(0))


def render(bridges: Iterable[Bridge]) -> str:
    """The bridges as text: theirs, what lies between, ours."""
    lines = []
    for each in bridges:
        title = each.metric + (f" of {each.source}" if each.source else "")
        lines.append(f"{title}, {each.first_day} to {each.last_day}")
        if each.days_compared < each.days_in_range:
            lines.append(
                f"  {each.days_compared:,} of {each.days_in_range:,} days compared; "
                f"{_spelled(each.ours_elsewhere)} of ours lie on days that the file does not name"
            )
        lines.append(f"{_spelled(each.theirs):>16}  theirs")
        lines += [f"{_spelled(amount, '+'):>16}  {label}" for label, amount in each.lines]
        lines.append(f"{_spelled(each.ours):>16}  ours")
        if each.theirs != each.ours:
            lines.append("  days that differ most: day, theirs, ours")
            lines += [
                f"    {day}  {_spelled(theirs):>12}  {_spelled(ours):>12}"
                for day, theirs, ours in each.days
            ]
        lines.append("")
    return "\n".join(lines).rstrip()


def _spelled(amount: Decimal, sign: str = "") -> str:
    whole = amount == amount.to_integral_value()
    return f"{amount:{sign},.0f}" if whole else f"{amount:{sign},.2f}"
