"""What all figures share: font, colours, separators."""

from __future__ import annotations

from typing import Any

from journeyflow.figures import palette
from journeyflow.language import NO_BREAK, Language

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def base_layout(words: Language) -> dict[str, Any]:
    """Layout settings that every figure starts from."""
    return {
        "template": "none",
        "autosize": True,
        "font": {"family": FONT, "size": 12, "color": palette.TEXT},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "separators": f",{NO_BREAK}" if words.code == "ru" else ".,",
        "hoverlabel": {
            "bgcolor": "#FFFFFF",
            "bordercolor": palette.LINE,
            "font": {"color": palette.TEXT, "size": 12},
            "align": "left",
        },
        "modebar": {
            "bgcolor": "rgba(0,0,0,0)",
            "color": palette.MUTED,
            "activecolor": palette.TEXT,
        },
        "dragmode": False,
    }
