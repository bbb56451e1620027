"""What the figures of the report do not say, with how much of the data that is about."""

from __future__ import annotations

from journeyflow.report.context import Context, Section, records
from journeyflow.report.queries import CAVEATS


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
