"""Where customers are lost: critical points, the weakest link, stated reasons."""

from __future__ import annotations

from typing import Any

import pandas as pd

from journeyflow.figures import weakest_links
from journeyflow.figures.safe import figure_parts
from journeyflow.language import SMALLEST_SHARE_BASE, Language
from journeyflow.report.context import Column, Context, Figure, Section, Table, records
from journeyflow.report.queries import CRITICAL_POINTS, LOSS_REASONS, WEAKEST_LINKS

MOST_POINTS, MOST_REASONS = 15, 15
PER = 1000


def losses_sections(ctx: Context, journeys: int) -> list[Section]:
    """Nothing where runs leave these analyses out."""
    if not (ctx.store.has("critical_points") and ctx.store.has("weakest_links")):
        return []
    return [_losses(ctx, journeys)]


def _losses(ctx: Context, journeys: int) -> Section:
    """The weakest link and the critical points, of touchpoints; stages and owners to unfold."""
    words = ctx.words
    points = ctx.journeys.query(CRITICAL_POINTS)
    links = ctx.journeys.query(WEAKEST_LINKS)
    heading = words.text("losses.heading")
    if not points["exits"].sum():
        return Section("losses", heading, notes=[words.text("losses.none")])
    ranked = links[(links["level"] == "touchpoint") & links["rank"].notna()]
    drawn = ranked[ranked["gain_low"].notna()].head(MOST_POINTS)
    return Section(
        name="losses",
        heading=heading,
        lead=words.text("losses.lead"),
        scope=ctx.scope(journeys),
        figure=None
        if drawn.empty
        else Figure(
            *figure_parts(weakest_links(drawn, language=words.code), "weakest-links"),
            words.text("losses.figure_label", first=str(drawn["link"].iloc[0])),
        ),
        tables=[_points("touchpoint", points, links, words)],
        folded=[
            (words.text(f"losses.by_{level}"), _points(level, points, links, words))
            for level in ("stage", "owner")
            if (points["level"] == level).any()
        ]
        + _reasons(ctx),
        notes=[
            *_weakest(ranked, words),
            words.text("losses.note"),
            words.text("losses.what_if"),
            *_compared(ranked, words),
        ],
    )


def _weakest(ranked: pd.DataFrame, words: Language) -> list[str]:
    """What the first of the ranking would bring, and which others may as well be the first."""
    if ranked.empty:
        return []
    first = ranked.iloc[0]
    told = words.text("losses.weakest", link=first["link"], gain=_per(first["gain"], words))
    if pd.notna(first["gain_low"]):
        low, high = (_per(first[each], words) for each in ("gain_low", "gain_high"))
        told += words.text("losses.weakest_interval", low=low, high=high)
    rivals = ranked.iloc[1:]
    rivals = rivals[~rivals["distinguishable"].astype("boolean").fillna(True)]
    if rivals.empty:
        return [f"{told}."]
    names = ", ".join(rivals["link"].head(5))
    return [f"{told}. {words.text('losses.rivals', links=names)}"]


def _compared(ranked: pd.DataFrame, words: Language) -> list[str]:
    if len(ranked) < 2:
        return []
    apart = int(ranked["distinguishable"].iloc[1:].fillna(False).sum())
    whole = words.number(len(ranked))
    return [words.text("losses.compared", whole=whole, part=words.number(apart))]


def _per(share: float, words: Language) -> str:
    return words.number(PER * share, 2)


_TITLES = (
    "owner", "journeys", "exits", "share", "gain", "rank", "returns", "waiting", "missed",
    "complaints",
)  # fmt: skip


def _points(level: str, points: pd.DataFrame, links: pd.DataFrame, words: Language) -> Table:
    chosen = points[points["level"] == level]
    told = links[links["level"] == level].set_index("link")
    lost = int(chosen["exits"].sum())
    rows = [
        _row(
            row, told.loc[row["point"]].to_dict() if row["point"] in told.index else {}, lost, words
        )
        for row in records(chosen.head(MOST_POINTS))
    ]
    # What nobody can do or say is no column.
    empty = {"owner"} if level == "owner" else set()
    empty |= {"missed"} if not chosen["missed_calls"].any() else set()
    empty |= {"complaints"} if not chosen["complaints"].any() else set()
    shown = [place for place, title in enumerate(_TITLES, 1) if title not in empty]
    columns = [
        Column(words.text(f"losses.{title}"), number=title != "owner")
        for title in (_TITLES[place - 1] for place in shown)
    ]
    return Table(
        words.text(f"losses.by_{level}"),
        [Column(words.text(f"losses.{level}")), *columns],
        [[row[0], *(row[place] for place in shown)] for row in rows],
    )


def _row(row: dict[str, Any], link: dict[str, Any], lost: int, words: Language) -> list[str]:
    gain, rank = "–", "–"
    if link and pd.notna(link["gain"]):
        gain = _per(link["gain"], words)
        if pd.notna(link["gain_low"]):
            low, high = (_per(link[each], words) for each in ("gain_low", "gain_high"))
            gain = f"{gain} ({low} – {high})"
    if link and pd.notna(link["rank"]):
        rank = words.number(link["rank"])
        if pd.notna(link["rank_low"]):
            rank = f"{rank} ({link['rank_low']:.0f} – {link['rank_high']:.0f})"
    return [
        row["point"] or words.text("losses.nameless"),
        row["owner"] or words.text("stages.not_assigned"),
        words.number(row["journeys"]),
        words.number(row["exits"]),
        words.share(row["exits"], lost),
        gain,
        rank,
        words.number(row["returns"]),
        "–"
        if row["share_of_waiting"] is None or lost < SMALLEST_SHARE_BASE
        else words.percent(row["share_of_waiting"], fine=True),
        words.number(row["missed_calls_per_100"], 1),
        words.number(row["complaints_per_100"], 1),
    ]


def _reasons(ctx: Context) -> list[tuple[str, Table]]:
    """Why journeys were lost, as it was stated, where any reason was."""
    words = ctx.words
    frame = ctx.journeys.query(LOSS_REASONS)
    if frame["loss_reason"].isna().all():
        return []
    columns = [
        Column(words.text("losses.reason")),
        Column(words.text("losses.touchpoint")),
        Column(words.text("losses.owner")),
        Column(words.text("losses.exits"), number=True),
        Column(words.text("losses.share"), number=True),
    ]
    lost = int(frame["journeys"].sum())
    rows = [
        [
            row["loss_reason"] or words.text(f"losses.ended_by_{row['ended_by']}"),
            row["exit_touchpoint"],
            row["owner"] or words.text("stages.not_assigned"),
            words.number(row["journeys"]),
            words.share(row["journeys"], lost),
        ]
        for row in records(frame.head(MOST_REASONS))
    ]
    title = words.text("losses.reasons")
    return [(title, Table(title, columns, rows))]
