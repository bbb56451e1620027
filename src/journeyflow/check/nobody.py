"""Rows that belong to nobody: what share they are, and which column may say whose they are."""

from __future__ import annotations

import re

from journeyflow.check.draft import Draft
from journeyflow.check.findings import FileReport
from journeyflow.check.masking import plain
from journeyflow.check.names import NAMED, name_score, words
from journeyflow.check.profile import Column
from journeyflow.check.settle_people import GA, SHAPED, TOKEN
from journeyflow.check.settle_segments import MOST_VALUES
from journeyflow.language import words_in
from journeyflow.sources.formats import FORMATS, WEB_COLUMNS
from journeyflow.spelling import toml

#: From this share of rows without a person on it is said, from the second on a way out is shown.
MANY, MOST = 1 / 3, 0.5
#: What can be done for rows without a person, by format.
WAY_OUT = {
    "table": "If a column tells people apart on those rows, name it under [sources.identifiers]; "
    "if none does, ask for an export with an id on every row",
    "ga4": "GA4 keeps no id of visitors who refused consent: that share stays unknown",
}
FILLED = 0.9
ROWS_EACH = 1.5
LONGEST_ID = 64  # a SHA-256 in hexadecimal
MANY_NUMBERS = 0.1
#: An amount, a position on the map, an address of a computer, a change up or down.
NUMBER = re.compile(r"[-+]?[\d.,]*[.,][\d.,]*|[-+]\d+|[\da-f]*(?::[\da-f]*){2,}", re.IGNORECASE)
COUNTED = ("value", "cost", "score", "duration_s", "wait_s", "sequence", "impressions", "clicks")
COUNTED_WORDS = {
    "zip", "postcode", "postal", "plz", "индекс", "quantity", "qty", "menge", "anzahl", "count",
    "количество", "age", "alter", "возраст", "lat", "lon", "lng", "latitude", "longitude",
    "seconds", "minutes", "sekunden", "minuten", "секунды", "минуты",
}  # fmt: skip
#: What a name that is no known name of an id may still hold, and whose id that would be.
STEMS = (
    ("visitor_id", re.compile("visit|besuch|посетит|browser|cookie")),
    ("customer_id", re.compile(r"\bkunde|gast|gäst|guest|customer|client|клиент|покупат|member")),
    ("user_id", re.compile("user|nutzer|пользоват|person|account|konto")),
)


def settle_perhaps_people(draft: Draft) -> None:
    """Set apart the columns that nothing was taken for and that are shaped like ids of persons."""
    for column in draft.free():
        if _is_shaped(column):
            draft.perhaps_people.append((_type_of(draft, column), column))
            each_has = column.filled / column.distinct
            why = f"shaped like an id: {column.distinct:,} values, {each_has:.1f} rows each"
            draft.leave(column, why, "id")


def _is_shaped(column: Column) -> bool:
    """On nearly every row, of many values that come again, each short, of one word, with digits."""
    return (
        column.fill > FILLED
        and column.distinct > MOST_VALUES
        and column.filled >= ROWS_EACH * column.distinct
        and column.longest <= LONGEST_ID
        and column.share(lambda v: TOKEN.fullmatch(v) and re.search(r"\d", v)) >= SHAPED
        and column.share(lambda v: NUMBER.fullmatch(v) and not GA.fullmatch(v)) <= MANY_NUMBERS
        and not COUNTED_WORDS & set(words(column.name).split())
        and not any(name_score(role, column.name) >= NAMED for role in COUNTED)
    )


def _type_of(draft: Draft, column: Column) -> str:
    """The type that fits by a part of the name; else a browser's where there are pages."""
    said = words(column.name)
    by_name = [type for type, stem in STEMS if stem.search(said)]
    is_web = bool(set(WEB_COLUMNS) & draft.columns.keys())
    free = [
        type
        for type in (
            *by_name,
            *(("visitor_id", "user_id") if is_web else ("user_id", "visitor_id")),
        )
        if type not in draft.identifiers
    ]
    return free[0] if free else "customer_id"


def tell_nobody(report: FileReport, draft: Draft) -> None:
    """Say what share of the rows nobody did, and name the columns that may say who did."""
    if report.persons is None or not report.used:
        return
    share = report.events_of_nobody / report.landed
    if share < MANY or FORMATS[draft.format].companions:
        return
    if any(each.about == "identifiers" for each in draft.questions):
        report.notes.append(
            f"{share:.0%} of the rows belong to nobody until the question is answered which column "
            "tells people apart"
        )
        return
    types = " or ".join(draft.identifiers) or "identifier"
    text = (
        f"{share:.0%} of the rows belong to nobody and come into no journey: they hold no "
        f"{types} that leads to a person"
    )
    found = draft.perhaps_people if share > MOST else []
    for type, column in found:
        each_has = column.filled / column.distinct
        fill = words_in("en").percent(column.fill)
        text += (
            f". {plain(column.name)!r} is shaped like an id of persons ({column.distinct:,} "
            f"values, {each_has:.1f} rows each, on {fill} of the rows): if it is one, "
            f"write {type} = {toml(column.name)} under [sources.identifiers]"
        )
        draft.hint("identifiers", type, column.name, "if it tells people apart")
    if not found:
        text += f". {WAY_OUT.get(draft.format, WAY_OUT['table'])}"
    report.notes.append(text)
