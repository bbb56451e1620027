"""What the figures of the report do not say, with how much of the data that is about."""

from __future__ import annotations

from journeyflow.report.context import Context, Section, records
from journeyflow.report.queries import CAVEATS, SILENCES

DAY_S = 86_400
_HORIZONS = {"": 1, "half_": 0.5, "double_": 2}


def caveats_section(ctx: Context) -> Section:
    """What always holds, then a sentence per caveat that is about anything."""
    words = ctx.words
    told = [row for row in records(ctx.frame(CAVEATS)) if row["part"]]
    notes = [
        words.text("caveats.observed"),
        *(
            words.text(
                f"caveats.{row['caveat']}",
                part=words.number(row["part"]),
                whole=words.number(row["whole"]),
                share=words.share(row["part"], row["whole"]),
            )
            for row in told
        ),
    ]
    notes += _silence(ctx)
    fitted = ctx.project.get("persona_fitted_at")
    if fitted:
        moment = words.moment(fitted, str(ctx.project["timezone"]))
        notes.append(words.text("caveats.personas", moment=moment))
    return Section(
        name="caveats",
        heading=words.text("caveats.heading"),
        scope=words.text("page.whole_store"),
        notes=notes,
    )


def _silence(ctx: Context) -> list[str]:
    """How many come back whom the horizon calls lost, and with half of it and double."""
    words, seconds = ctx.words, ctx.project["lost_after_s"]
    come_back = dict(ctx.frame(SILENCES).dropna().itertuples(index=False))
    told: dict[str, str] = {}
    for name, times in _HORIZONS.items():
        day = round(seconds * times / DAY_S)
        if times == 1 and day not in come_back:
            return []
        share = words.percent(come_back[day], fine=True) if day in come_back else "–"
        told |= {f"{name}share": share, f"{name}days": words.duration(day * DAY_S)}
    return [words.text("caveats.silence", **told)]
