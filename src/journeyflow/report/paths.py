"""The Sankeys of real paths, each with its summary in words and its table."""

from __future__ import annotations

from journeyflow.analysis.sankey import FATES, SankeyTable
from journeyflow.figures import palette
from journeyflow.figures.safe import figure_parts
from journeyflow.figures.sankey import least_width, node_name, sankey
from journeyflow.language import Language
from journeyflow.report.context import Column, Context, Figure, Section, Table
from journeyflow.report.queries import ENOUGH_STEPS

TOP = 6
# The page's width leaves room to read seven steps and how they end; fewer than five say little.
FEWEST_STEPS, MOST_STEPS = 5, 7


def paths_section(ctx: Context) -> Section:
    """Paths of the period's journeys from their first step, up to their first conversion."""
    words = ctx.words
    table = ctx.store.sankey(
        steps=ctx.steps or enough_steps(ctx), top=TOP, named=ctx.successes,
        began=ctx.period.moments(),
    )  # fmt: skip
    return Section(
        name="paths",
        heading=words.text("sankey.heading"),
        lead=words.text("sankey.lead"),
        scope=ctx.scope(table.total),
        figure=_figure(table, "path-bands", summary(table, words)),
        legend=legend(table, words),
        notes=[words.text("sankey.rule", top=TOP), *_later(ctx, table)],
        folded=[(words.text("sankey.table"), link_table(table, words))],
    )


def last_steps_section(ctx: Context) -> Section:
    """Paths of the period's converted journeys, counted back from the first conversion."""
    words = ctx.words
    table = ctx.store.sankey(
        steps=ctx.steps or FEWEST_STEPS, top=TOP, where={"outcome": "converted"}, anchor="end",
        named=ctx.successes, began=ctx.period.moments(),
    )  # fmt: skip
    nodes = table.nodes
    most = nodes[nodes["step"] == table.steps].iloc[0]
    spoken = words.text(
        "last_steps.summary",
        journeys=words.count("journeys", table.total),
        steps=table.steps,
        touchpoint=node_name(most["kind"], most["label"], words),
        share=words.share(most["value"], table.total),
        earlier=words.number(nodes.loc[nodes["kind"] == "earlier", "value"].sum()),
    )
    return Section(
        name="last-steps",
        heading=words.text("last_steps.heading"),
        lead=words.text("last_steps.lead"),
        scope=ctx.scope(table.total),
        figure=_figure(table, "last-bands", spoken),
        legend=legend(table, words),
        folded=[(words.text("sankey.table"), link_table(table, words))],
    )


def enough_steps(ctx: Context) -> int:
    """The fewest steps in which four of five conversions happen, if the page has room for them."""
    (steps,) = ctx.of_period(ENOUGH_STEPS)["steps"].fillna(FEWEST_STEPS)
    return int(min(max(steps, FEWEST_STEPS), MOST_STEPS))


def _figure(table: SankeyTable, name: str, spoken: str) -> Figure:
    return Figure(*figure_parts(sankey(table), name), spoken, least_width(table))


def _later(ctx: Context, table: SankeyTable) -> list[str]:
    """How many convert beyond the last step shown: their goal is not in the picture."""
    words, converted = ctx.words, int(ctx.summary["converted"])
    shown = int(table.nodes.loc[table.nodes["kind"] == "converted", "value"].sum())
    if shown == converted:
        return []
    return [
        words.text(
            "sankey.later",
            shown=words.number(shown),
            all=words.number(converted),
            n=words.number(converted - shown),
            steps=table.steps,
        )
    ]


def summary(table: SankeyTable, words: Language) -> str:
    """The picture in one or two sentences: how journeys end, and where most begin."""
    nodes = table.nodes
    ends = nodes[nodes["kind"].isin(FATES)].groupby("kind")["value"].sum()
    parts = [
        words.text(
            "sankey.summary_end",
            word=words.text(f"kinds.{kind}"),
            n=words.number(ends[kind]),
            share=words.share(ends[kind], table.total),
        )
        for kind in ("converted", "lost", "open", "continues")
        if kind in ends
    ]
    first = nodes.iloc[0]
    return words.text(
        "sankey.summary",
        journeys=words.count("journeys", table.total),
        steps=table.steps,
        ends="; ".join(parts) + ".",
        start=node_name(first["kind"], first["label"], words),
        share=words.share(first["value"], table.total),
    )


def legend(table: SankeyTable, words: Language) -> list[tuple[str, str]]:
    """(colour, word) of all that is drawn: stages of touchpoints, then the kinds of nodes."""
    groups, kinds = table.groups, set(table.nodes["kind"])
    labels = set(table.nodes.loc[table.nodes["kind"] == "touchpoint", "label"])
    shown = {groups[label] for label in labels if label in groups}
    colours = palette.group_colours(groups.values())
    chips = [(colour, group) for group, colour in colours.items() if group in shown]
    if groups and labels - set(groups):
        chips.append((palette.UNGROUPED, words.text("sankey.no_stage")))
    chips += [
        (palette.KIND[kind], node_name(kind, "", words)) for kind in palette.KIND
        if kind in kinds and kind != "touchpoint"
    ]  # fmt: skip
    return chips


def link_table(table: SankeyTable, words: Language) -> Table:
    """Every band of the picture as a row."""
    nodes = table.nodes.set_index("id")
    rows = []
    for link in table.links.itertuples():
        source, target = nodes.loc[link.source], nodes.loc[link.target]
        rows.append([
            node_name(source["kind"], source["label"], words),
            node_name(target["kind"], target["label"], words),
            words.number(source["step"]),
            words.number(link.value),
            words.share(link.value, source["value"]),
            words.share(link.value, table.total),
        ])  # fmt: skip
    titles = ("from", "to", "step", "journeys", "share_from", "share_all")
    columns = [
        Column(words.text(f"sankey.col_{name}"), number=position > 1)
        for position, name in enumerate(titles)
    ]
    return Table(words.text("sankey.table_caption"), columns, rows)
