"""What a run brought, in three lines, in the language of the project's reports."""

from __future__ import annotations

from typing import Any

from journeyflow.check.masking import mask_text
from journeyflow.language import Language, words_in
from journeyflow.report.context import records
from journeyflow.store import Store
from journeyflow.warehouse.models import load_model
from journeyflow.warehouse.run import RunResult

FEWEST_WEEKS = 3


def digest(store: Store, result: RunResult) -> str:
    """Rows read; conversions of the last complete day beside what is usual; what is doubtful.

    Usual is the median of the same weekday in up to eight weeks before, where there are at least
    three of them; else the day before is told.
    """
    words = words_in(next(records(store.query("select language from project")))["language"])
    counts = result.counts
    read = words.text(
        "digest.read",
        rows=words.count("rows", counts["rows_read"]),
        events=words.number(counts["new_events"]),
        rejects=words.number(counts["rejects"]),
    )
    return "\n".join([read, _day(store, words), _doubts(result, words)])


def _day(store: Store, words: Language) -> str:
    row = next(records(store.query(load_model("digest", "last_day").sql)), None)
    if row is None:
        return words.text("digest.no_day")

    def told(conversions: float, value: float) -> str:
        return words.text(
            "digest.worth",
            conversions=words.number(conversions, 0 if conversions == int(conversions) else 1),
            value=words.money(value, row["currency"]),
        )

    parts: dict[str, Any] = {"day": words.day(row["last_day"])}
    parts["found"] = told(row["conversions"], row["value"])
    if row["weeks"] >= FEWEST_WEEKS:
        usual = told(row["usual"], row["usual_value"])
        return words.text("digest.usual", usual=usual, weeks=words.number(row["weeks"]), **parts)
    if row["day_before"] is not None:
        before = told(row["day_before"], row["value_day_before"])
        return words.text("digest.before", before=before, **parts)
    return words.text("digest.day", **parts)


def _doubts(result: RunResult, words: Language) -> str:
    # The late sources come first: `settle_observation` speaks before all others.
    if not result.warnings:
        return words.text("digest.sound")
    first, *others = (mask_text(words.stored(each)) for each in result.warnings)
    if not others:
        return words.text("digest.doubt", first=first)
    return words.text("digest.doubts", first=first, others=words.number(len(others)))
