"""Credit per channel and model beside what the channel cost."""

from __future__ import annotations

from datetime import date

import pandas as pd

from journeyflow.figures import channels as channel_bars
from journeyflow.figures.safe import figure_parts
from journeyflow.language import Language
from journeyflow.report.context import Column, Context, Figure, Section, Table
from journeyflow.report.queries import CREDIT, CREDIT_OF_MONTHS

# In the order they are easiest to explain; models not named here follow.
MODELS = (
    "first", "last", "last_non_direct", "linear", "position", "time_decay", "markov", "shapley",
    "markov_shapley",
)  # fmt: skip
# Value and cost are set against one model; the unfolded table has all.
NO_TOUCH = "(no touch)"
MAIN_MODELS = ("markov_shapley", "linear")


def channels_section(ctx: Context) -> Section:
    """Bars and tables of channel credit; by whole months where a period was asked for."""
    words, period = ctx.words, ctx.period
    if period.unbounded:
        credit, scope, notes = ctx.frame(CREDIT), words.text("channels.all"), []
    else:
        first, last = period.months()
        credit = ctx.frame(CREDIT_OF_MONTHS, first=first, last=last)
        scope = words.text("channels.months", months=_months(first, last, words))
        notes = [words.text("channels.months_wider")] if period.cuts_months() else []
    heading = words.text("channels.heading")
    if credit.empty:
        return Section(
            "channels", heading, scope=scope, notes=[words.text("channels.none"), *notes]
        )
    models = _models(credit)
    credit["channel"] = credit["channel"].replace(NO_TOUCH, words.text("channels.no_touch"))
    credit = credit.assign(
        order=credit["model"].map({model: place for place, model in enumerate(models)})
    ).sort_values(["order", "channel"])
    total = round(credit.loc[credit["model"] == models[0], "conversions"].sum())
    figure = None
    if credit["conversions"].sum() > 0:
        drawn = channel_bars(credit, language=words.code)
        summary = words.text("channels.figure_label", parts=words.count("credited", total) + ".")
        figure = Figure(*figure_parts(drawn, "channel-bars"), summary)
    return Section(
        name="channels",
        heading=heading,
        lead=words.text("channels.lead"),
        scope=f"{scope} {words.count('credited', total)}.",
        figure=figure,
        tables=[_table(credit, models, ctx)],
        notes=notes,
        folded=[(words.text("channels.details"), _every_model(credit, ctx))],
    )


def _models(credit: pd.DataFrame) -> list[str]:
    present = set(credit["model"])
    return [m for m in MODELS if m in present] + sorted(present - set(MODELS))


def _table(credit: pd.DataFrame, models: list[str], ctx: Context) -> Table:
    words = ctx.words
    main = next((model for model in MAIN_MODELS if model in models), models[0])
    wide = credit.pivot_table(
        index="channel", columns="model", values="conversions", aggfunc="sum", fill_value=0
    )
    value = credit[credit["model"] == main].set_index("channel")["value"]
    cost = credit.groupby("channel")["cost"].max()
    order = sorted(wide.index, key=lambda channel: (-float(wide.loc[channel, main]), channel))

    def row(name: str, counts: list[float], worth: float, spent: float | None) -> list[str]:
        return [
            name,
            *(_fraction(n, words) for n in counts),
            words.money(worth, ctx.currency),
            words.money(spent, ctx.currency),
            words.number(worth / spent, 2) if spent else "–",
            words.money(spent / counts[models.index(main)], ctx.currency)
            if spent and counts[models.index(main)] >= 1
            else "–",
        ]

    rows = [
        row(channel, [float(wide.loc[channel, m]) for m in models],
            float(value.get(channel, 0.0)), _spent(cost[channel]))
        for channel in order
    ]  # fmt: skip
    # No ratios here: they would set the value of free channels against the cost of paid ones.
    total = [
        words.text("channels.total"),
        *(_fraction(float(wide[model].sum()), words) for model in models),
        words.money(float(value.sum()), ctx.currency),
        words.money(_spent(cost.sum(min_count=1)), ctx.currency),
        "", "",
    ]  # fmt: skip
    columns = [
        Column(words.text("channels.channel")),
        *(Column(words.model(model), number=True) for model in models),
        Column(words.text("channels.value_of", model=words.model(main).lower()), number=True),
        Column(words.text("channels.cost"), number=True),
        Column(words.text("channels.roas_of"), number=True),
        Column(words.text("channels.per_of"), number=True),
    ]
    return Table(words.text("channels.caption"), columns, rows, total)


def _every_model(credit: pd.DataFrame, ctx: Context) -> Table:
    words = ctx.words
    rows = []
    for row in credit.itertuples():
        spent = _spent(row.cost)
        rows.append([
            words.model(row.model), row.channel, _fraction(row.conversions, words),
            words.money(row.value, ctx.currency), words.money(spent, ctx.currency),
            words.number(row.value / spent, 2) if spent else "–",
        ])  # fmt: skip
    titles = ("model", "channel", "conversions", "value", "cost", "roas")
    columns = [
        Column(words.text(f"channels.{title}"), number=place > 1)
        for place, title in enumerate(titles)
    ]
    return Table(words.text("channels.details_caption"), columns, rows)


def _fraction(value: float, words: Language) -> str:
    shown = round(float(value), 1)
    return words.number(shown, 0 if shown.is_integer() else 1)


def _spent(cost: float) -> float | None:
    return None if pd.isna(cost) else float(cost)


def _months(first: date | None, last: date | None, words: Language) -> str:
    if first == last and first is not None:
        return words.month(first)
    return " – ".join(words.month(day) if day else "…" for day in (first, last))
