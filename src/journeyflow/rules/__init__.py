r"""Which channel an arrival came by: rules as data, and what they mean.

**An arrival** is (source, medium, campaign, click, referrer host); `click` is the name of a click
id parameter, such as gclid. Each text is trimmed and in lower case, and NULL where it is `BLANK`.

**Fallback.** With neither source nor medium, the referrer's host is the source, and the medium is
`organic` for a host of category search, else `referral`; without a host both are `(not set)` where
a campaign is known, and else the source is `(direct)` and the medium `(none)`. With a medium
alone, the source is the host or `(not set)`; with a source alone, the medium is `(not set)`.

**Category.** That of the first row of `source_categories.csv` whose pattern matches the source.

**Channel.** That of the first row of `channel_rules.csv` of which every condition matches; a
condition that is not there always does, and a NULL is matched as empty text. Patterns are RE2
and match the whole text, so SQL says `regexp_full_match(text, pattern)`.

The rules follow GA4's default channel groups (https://support.google.com/analytics/answer/9756891)
in their order. Added: QR and Outdoor before them; click ids that only an ad sets, which outweigh
a missing or a wrong medium and yield only to one that names a kind of advertising; AI
Assistants, Messenger and Maps before the organic groups; webmail as Email.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from journeyflow.rules.domains import plain_host, registrable_domain

__all__ = [
    "BLANK",
    "RULES_VERSION",
    "ChannelRule",
    "SourceCategory",
    "category_of",
    "channel_rules",
    "classify",
    "fall_back",
    "plain_host",
    "registrable_domain",
    "source_categories",
]

#: Changes with either table. What was classified by another version is classified again.
RULES_VERSION = "1"

#: Texts that mean that a parameter is missing, and templates that no ad server filled in.
BLANK = (
    r"|-+|null|none|nan|undefined|not set|\(not set\)|\(not provided\)|<не указано>|<не заполнено>"
    r"|\$?\{.*\}|__.*__|%7b.*%7d|%%.*%%"
)

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class ChannelRule:
    """One row of channel_rules.csv; a condition is an RE2 pattern for the whole text, or None."""

    priority: int
    channel: str
    source: str | None
    medium: str | None
    campaign: str | None
    category: str | None
    click: str | None


@dataclass(frozen=True)
class SourceCategory:
    """One row of source_categories.csv; `priority` is its place in the file, from 1."""

    priority: int
    category: str
    pattern: str


@cache
def channel_rules() -> tuple[ChannelRule, ...]:
    """All rules by priority; the last one has no condition."""
    rows = (
        ChannelRule(
            int(row["priority"]),
            row["channel"],
            *(row[name] or None for name in ("source", "medium", "campaign", "category", "click")),
        )
        for row in _rows("channel_rules.csv")
    )
    return tuple(sorted(rows, key=lambda rule: rule.priority))


@cache
def source_categories() -> tuple[SourceCategory, ...]:
    """What kind of place a source is: ai, maps, email, messenger, shopping, video, social, search.

    In order: the special hosts of a company (gemini.google.com) stand before its general ones.
    """
    return tuple(
        SourceCategory(place, row["category"], row["pattern"])
        for place, row in enumerate(_rows("source_categories.csv"), start=1)
    )


def category_of(source: str | None) -> str | None:
    """The category of a source or a referrer host, None where none is known."""
    text = _clean(source)
    for entry in source_categories() if text else ():
        if re.fullmatch(entry.pattern, text or ""):
            return entry.category
    return None


def fall_back(
    source: str | None, medium: str | None, campaign: str | None, referrer_host: str | None
) -> tuple[str, str]:
    """Source and medium of an arrival, from the referrer where its parameters name none."""
    source, medium, host = _clean(source), _clean(medium), _clean(referrer_host)
    if source or medium:
        return source or host or "(not set)", medium or "(not set)"
    if host:
        return host, "organic" if category_of(host) == "search" else "referral"
    return ("(not set)", "(not set)") if _clean(campaign) else ("(direct)", "(none)")


def classify(
    source: str | None = None,
    medium: str | None = None,
    campaign: str | None = None,
    click: str | None = None,
    referrer_host: str | None = None,
) -> str:
    """The channel of one arrival.

    SQL does the same for many at once; this is what its result is checked against.
    """
    source, medium = fall_back(source, medium, campaign, referrer_host)
    texts = source, medium, _clean(campaign), category_of(source), _clean(click)
    for rule in channel_rules():
        patterns = rule.source, rule.medium, rule.campaign, rule.category, rule.click
        if all(
            pattern is None or re.fullmatch(pattern, text or "")
            for pattern, text in zip(patterns, texts, strict=True)
        ):
            return rule.channel
    raise AssertionError("the last rule has no condition")


def _clean(text: str | None) -> str | None:
    text = (text or "").strip().lower()
    return None if re.fullmatch(BLANK, text) else text


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
