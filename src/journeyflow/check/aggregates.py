"""Tables of counts, as the screens of a web counter export them: no journeys are in them."""

from __future__ import annotations

import re
from typing import NamedTuple

from journeyflow.check.draft import Draft
from journeyflow.check.looking import RULE
from journeyflow.check.masking import plain
from journeyflow.check.names import words
from journeyflow.errors import DataError

MOST_NAMED = 3


class Counter(NamedTuple):
    """A web counter: what its reports call their counts, and where its events come from instead.

    One of the `telling` names is enough; `common` ones stand in tables of other systems too.
    """

    name: str
    way_out: str
    telling: frozenset[str]
    common: frozenset[str]


def _names(text: str) -> frozenset[str]:
    return frozenset(words(each) for each in text.split("|"))


COUNTERS = (
    Counter(
        "Google Analytics",
        "in Google Analytics link the property to BigQuery, and export its tables "
        "events_YYYYMMDD whole, as JSON or Parquet (format ga4)",
        _names(
            "event count|total users|active users|new users|returning users|engaged sessions|"
            "engagement rate|key events|views per active user|event count per active user|"
            "average engagement time per active user|average engagement time per session|"
            "events per session|total revenue|items purchased|количество событий|"
            "всего пользователей|активные пользователи|новые пользователи|"
            "вернувшиеся пользователи|сеансы с взаимодействием|доля взаимодействий|"
            "коэффициент взаимодействий|ключевые события|общий доход"
        ),
        _names("users|sessions|views|pageviews|bounce rate|пользователи|сеансы|просмотры"),
    ),
    Counter(
        "Yandex Metrica",
        "in Yandex Metrica request the visits and hits themselves from the Logs API (formats "
        "metrica_visits and metrica_hits)",
        _names(
            "глубина просмотра|доля новых посетителей|новые посетители|целевые визиты|"
            "достижения цели|достижения целей|конверсия посетителей|page depth|"
            "share of new users|goals reached|goal reaches"
        ),
        _names(
            "визиты|посетители|просмотры|отказы|время на сайте|конверсия|sessions|users|"
            "pageviews|bounce rate|time on site"
        ),
    ),
)
PERSONLESS = (
    "this file has no column that tells people apart, so no journeys can be made of it: it holds "
    "counts, and who did what cannot be got back out of them. Ask for the raw export instead, one "
    "row per event or order with an id, an e-mail or a phone"
)
COUNTS = {
    "users", "sessions", "visitors", "visits", "pageviews", "views", "bounce", "rate", "clicks",
    "impressions", "conversions", "events", "hits", "пользователи", "визиты", "посетители",
    "просмотры", "отказы", "показы", "клики", "конверсии",
}  # fmt: skip


def refuse_counts(draft: Draft) -> None:
    """Refuse a table that counts what people did and does not say who.

    Raises DataError, with what to export instead. A column that tells people apart saves the
    table, except where the lines above it are those of Google Analytics: there it is counted by.
    """
    is_screen = bool(draft.above) and draft.above[0].startswith(RULE)
    if draft.identifiers and not is_screen:
        return
    names = {each.name: _bare(each.name) for each in draft.all_columns}
    found = {
        counter: [name for name, bare in names.items() if bare in counter.telling | counter.common]
        for counter in (COUNTERS[:1] if is_screen else COUNTERS)
    }
    most = max(map(len, found.values()))
    best = [
        counter
        for counter, counts in found.items()
        if counts and len(counts) == most
        and (is_screen or most > 1 or _bare(counts[0]) in counter.telling)
    ]  # fmt: skip
    if best:
        raise _refusal(best, list(names), found[best[0]])
    said = {word for bare in names.values() for word in bare.split()}
    if not draft.identifiers and len(said & COUNTS) >= 2:
        raise DataError(PERSONLESS)


def _bare(name: str) -> str:
    """A column's name in words, without what stands in brackets: a goal, a kind of grouping."""
    return words(re.sub(r"\(.*?\)", "", name) or name)


def _refusal(counters: list[Counter], names: list[str], counts: list[str]) -> DataError:
    by = [each for each in names if each not in counts]
    each_of = f", one row for each {_listed(by)}" if by else ""
    message = (
        f"these are counts ({_listed(counts)}){each_of}, as the reports of "
        f"{' and '.join(each.name for each in counters)} show them. Such a table is an aggregate: "
        "who did what, and in which order, cannot be got back out of it, so no journeys can be "
        "made of it"
    )
    ways = "; ".join(each.way_out for each in counters)
    return DataError(message, f"export what was counted: {ways}")


def _listed(names: list[str]) -> str:
    shown = ", ".join(plain(each, 40) for each in names[:MOST_NAMED])
    return shown + ", …" * (len(names) > MOST_NAMED)
