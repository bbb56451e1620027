"""Colours by what a mark means: the palette of Okabe and Ito, safe for colour-blind readers.

Source: M. Okabe and K. Ito, Color Universal Design (2008).
"""

from __future__ import annotations

from collections.abc import Iterable

BLUE, SKY, ORANGE, PINK = "#0072B2", "#56B4E9", "#E69F00", "#CC79A7"
VERMILION, GREEN, YELLOW = "#D55E00", "#009E73", "#F0E442"

KIND = {
    "touchpoint": BLUE,
    "other": "#9A9A9A",
    "continues": "#C4CBD2",
    "converted": GREEN,
    "open": "#8FA3B5",
    "lost": "#4D4D4D",
    "earlier": "#C4CBD2",
    "begins": "#7A8793",
}
# Never by colour alone: each way to end or to begin has a symbol too.
SYMBOL = {
    "converted": "✓", "lost": "✕", "open": "…", "continues": "→", "earlier": "←", "begins": "○",
}  # fmt: skip
UNGROUPED = "#B9A88C"
TEXT, MUTED, LINE = "#1A1F24", "#565F68", "#DFE3E8"

_GROUPS = (SKY, BLUE, ORANGE, PINK, VERMILION, YELLOW)


def group_colours(groups: Iterable[str]) -> dict[str, str]:
    """A colour for each group, in the order given; beyond six groups colours return."""
    unique = dict.fromkeys(groups)
    return {group: _GROUPS[i % len(_GROUPS)] for i, group in enumerate(unique)}


def band(colour: str, alpha: float = 0.34) -> str:
    """A hex colour made see-through, for links under labels."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"
