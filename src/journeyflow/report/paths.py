"""The Sankey of real paths with its summary in words and its table."""

from __future__ import annotations

from journeyflow.analysis.sankey import SankeyTable
from journeyflow.figures import palette
from journeyflow.figures.safe import figure_parts
from journeyflow.figures.sankey import least_width, node_name, sankey
from journeyflow.language import Language
from journeyflow.report.context import Column, Context, Figure, Section, Table, records
from journeyflow.report.queries import GROUPS, SUMMARY

STEPS, TOP = 5, 6


def paths_section(ctx: Context) -> Section:
    """Paths of the period's journeys, up to their first conversion."""
    words = ctx.words
    table = ctx.store.sankey(steps=STEPS, top=TOP, began=ctx.period.moments())
    shown = set(table.nodes.loc[table.nodes["kind"] == "touchpoint", "label"])
    groups = {
        touchpoint: stage
        for touchpoint, stage in ctx.frame(GROUPS).itertuples(index=False)
        if touchpoint in shown
    }
    drawn = sankey(table, groups=groups, language=words.code)
    element, script = figure_parts(drawn, "path-bands")
    return Section(
        name="paths",
        heading=words.text("sankey.heading"),
        lead=words.text("sankey.lead"),
        scope=ctx.scope(table.total),
        figure=Figure(element, script, summary(table, words), least_width(table)),
        legend=legend(table, groups, words),
        notes=[words.text("sankey.rule", top=TOP), *_later(ctx, table)],
        folded=[(words.text("sankey.table"), link_table(table, words))],
    )


def _later(ctx: Context, table: SankeyTable) -> list[str]:
    """How many convert beyond the last step shown: their goal is not in the picture."""
    (whole,) = records(ctx.of_period(SUMMARY))
    nodes = table.nodes
    shown = int(nodes.loc[nodes["kind"] == "converted", "value"].sum())
    later = int(whole["converted"]) - shown
    if later <= 0:
        return []
    return [ctx.words.text("sankey.later", n=ctx.words.number(later), steps=table.steps)]


def summary(table: SankeyTable, words: Language) -> str:
    """The picture in one or two sentences: how journeys end, and where most begin."""
    nodes = table.nodes
    ends = nodes[nodes["kind"].isin(list(palette.SYMBOL))].groupby("kind")["value"].sum()
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


def legend(table: SankeyTable, groups: dict[str, str], words: Language) -> list[tuple[str, str]]:
    """(colour, word) of all that is drawn: stages of touchpoints, then the kinds of nodes."""
    chips = [(colour, group) for group, colour in palette.group_colours(groups.values()).items()]
    kinds = list(dict.fromkeys(table.nodes["kind"]))
    labels = set(table.nodes.loc[table.nodes["kind"] == "touchpoint", "label"])
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
