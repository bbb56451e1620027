"""The one gate to plotly: what strangers wrote is shown as text, and nothing can be uploaded.

Two things make this gate necessary. Plotly renders links and tags found in labels, so a
campaign name could put a working link into a chart. And plotly 7 offers "Share chart…" on
every figure by default, which sends the figure's data to a server.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio
from markupsafe import Markup
from plotly.offline import get_plotlyjs

CONFIG: dict[str, Any] = {
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "displaylogo": False,
    # Lasso and box selection merge the nodes of a Sankey, without them it has nothing to reset;
    # zoom makes bars incomparable.
    "modeBarButtonsToRemove": [
        "select2d",
        "lasso2d",
        "zoom2d",
        "pan2d",
        "zoomIn2d",
        "zoomOut2d",
        "autoScale2d",
        "resetScale2d",
        "resetSankeyGroup",
    ],
    "responsive": True,
}
LABEL_LENGTH = 22
HOVER_LENGTH = 90

# Bidirectional controls can make a label read as something else; Cc covers terminal escapes.
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class SafeFigure(go.Figure):  # type: ignore[misc]
    """A plotly figure that keeps CONFIG however it is shown or written."""

    def show(self, *args: Any, **options: Any) -> Any:
        """Show it as plotly does, under CONFIG."""
        return super().show(*args, **_protected(options))

    def to_html(self, *args: Any, **options: Any) -> str:
        """Its HTML as plotly writes it, under CONFIG."""
        return str(super().to_html(*args, **_protected(options)))

    def write_html(self, *args: Any, **options: Any) -> Any:
        """Write its HTML as plotly does, under CONFIG."""
        return super().write_html(*args, **_protected(options))

    def _repr_mimebundle_(self, *args: Any, **options: Any) -> Any:
        return super()._repr_mimebundle_(*args, **_protected(options))


def safe_figure(traces: list[dict[str, Any]], layout: dict[str, Any]) -> SafeFigure:
    """A figure from plotly's dictionaries in which every plain string is escaped.

    Only strings marked as `Markup` (see `fill`) reach plotly as they are.
    """
    figure = SafeFigure()
    figure.add_traces([_escaped(trace) for trace in traces])
    figure.update_layout(_escaped(layout))
    return figure


def clean(value: object, length: int | None = None) -> str:
    """Text without control and bidirectional characters, its middle cut out beyond `length`."""
    text = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c
        for c in _BIDI.sub("", str(value))
    )
    text = re.sub(" {2,}", " ", text).strip(" ")
    if length is None or len(text) <= length:
        return text
    tail = (length - 1) // 2
    return f"{text[: length - 1 - tail]}…{text[len(text) - tail :]}"


def plotly_text(value: object, length: int | None = None) -> Markup:
    """Data as text that plotly shows literally, in labels and in hover templates alike."""
    text = html.escape(clean(value, length), quote=False)
    return Markup(text.replace("%{", "&#37;{"))  # noqa: S704 - escaped in the line above


def fill(template: str, **values: object) -> Markup:
    """A template of ours with data put in; the template's own tags stay tags."""
    safe = {name: plotly_text(value, HOVER_LENGTH) for name, value in values.items()}
    return Markup(template.format(**safe))  # noqa: S704 - every value is escaped above


def figure_parts(figure: SafeFigure, name: str) -> tuple[Markup, Markup]:
    """(element, script) that draw a figure in a page that holds `library()` once.

    name: the element's id. The script has no tags, so that a page can hash it for its policy.
    """
    body = json.loads(pio.to_json(figure, validate=False))
    arguments = [_script_json(part) for part in (name, body["data"], body["layout"], CONFIG)]
    return (
        Markup('<div id="{}" class="plot"></div>').format(name),
        Markup(f"Plotly.newPlot({','.join(arguments)});"),  # noqa: S704 - JSON without < and >
    )


def library() -> Markup:
    """plotly.js, for one inline script per page."""
    text: str = get_plotlyjs()
    # A page's hash is taken over what the browser's parser sees, and that has no CR.
    return Markup(text.replace("\r\n", "\n").replace("\r", "\n"))  # noqa: S704 - plotly's own


def protect_renderers() -> None:
    """Give CONFIG to plotly's own renderers, for notebooks that ask them and not the figure."""
    for name in pio.renderers:
        renderer = pio.renderers[name]
        if isinstance(getattr(renderer, "config", None), dict):
            renderer.config = {**renderer.config, **CONFIG}


def _protected(options: Mapping[str, Any]) -> dict[str, Any]:
    return {**options, "config": {**(options.get("config") or {}), **CONFIG}}


def _escaped(value: Any) -> Any:
    if isinstance(value, Markup):
        return str(value)
    if isinstance(value, str):
        return str(plotly_text(value))
    if isinstance(value, Mapping):
        return {name: _escaped(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(item) for item in value]
    return value


def _script_json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
