from __future__ import annotations

import json
import re
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from journeyflow import figures
from journeyflow.figures.safe import CONFIG, clean, figure_parts, fill, plotly_text, safe_figure
from tests.support.hostile import HOSTILE

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"


@given(st.text(max_size=60), st.integers(4, 40))
def test_clean_text_is_short_and_holds_no_controls(text: str, length: int) -> None:
    shown = clean(text, length)
    assert len(shown) <= length
    assert not set(shown) & set(BIDI)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", shown)


def test_the_middle_is_cut_out_of_long_labels() -> None:
    assert clean("/shop/kitchens/cart", 13) == "/shop/…s/cart"
    assert clean("exactly ten", 11) == "exactly ten"


@given(st.text())
def test_no_tag_and_no_template_field_survives(text: str) -> None:
    shown = plotly_text(text)
    assert "<" not in shown
    assert ">" not in shown
    assert "%{" not in shown


def test_only_marked_strings_keep_their_tags() -> None:
    figure = safe_figure(
        [{"type": "bar", "x": ["<b>x</b>"], "y": [1], "name": "<i>n</i>",
          "hovertemplate": fill("<b>{a}</b>%{{y}}", a="<u>")}],
        {"title": {"text": "<a href='x'>t</a>"}, "annotations": [{"text": Markup("<b>ok</b>")}]},
    )  # fmt: skip
    bar = figure.data[0]
    assert list(bar.x) == ["&lt;b&gt;x&lt;/b&gt;"]
    assert bar.name == "&lt;i&gt;n&lt;/i&gt;"
    assert bar.hovertemplate == "<b>&lt;u&gt;</b>%{y}"
    assert figure.layout.title.text == "&lt;a href='x'&gt;t&lt;/a&gt;"
    assert figure.layout.annotations[0].text == "<b>ok</b>"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_bars_show_what_strangers_wrote_as_text(hostile: str) -> None:
    credit = pd.DataFrame({"model": ["first"], "channel": [hostile], "conversions": [2.0]})
    stage = pd.DataFrame(
        {"stage": [hostile], "position": [1], "advanced": [1], "lost": [2], "open": [3]}
    )
    for figure in (figures.channels(credit), figures.stages(stage)):
        told = json.dumps(figure.to_plotly_json(), default=str)
        assert not re.search(r"<(script|img|a )", told)


def test_a_script_cannot_be_ended_by_data() -> None:
    figure = safe_figure([{"type": "bar", "x": [1], "name": Markup("</script><!--")}], {})
    _, script = figure_parts(figure, "</script>")
    assert "<" not in script
    assert script.startswith('Plotly.newPlot("\\u003c/script\\u003e",')


def test_the_upload_button_is_off_on_every_way_out(tmp_path: Any) -> None:
    assert CONFIG["showSendToCloud"] is False
    figure = safe_figure([{"type": "bar", "y": [1]}], {})
    figure.write_html(tmp_path / "x.html", config={"showSendToCloud": True, "scrollZoom": True})
    written = (tmp_path / "x.html").read_text()
    for page in (figure.to_html(include_plotlyjs=False), written[-4000:]):
        assert '"showSendToCloud": false' in page
        assert '"showSendToCloud": true' not in page
    assert '"scrollZoom": true' in written[-4000:]


def test_the_upload_button_is_off_in_plotly_renderers() -> None:
    # A plain figure of plotly's own, shown by a notebook after journeyflow was imported.
    for name in ("notebook", "browser", "plotly_mimetype"):
        assert pio.renderers[name].config["showSendToCloud"] is False
    bundle = pio.renderers["plotly_mimetype"].to_mimebundle(go.Figure().to_dict())
    told = bundle["application/vnd.plotly.v1+json"]
    assert told["config"]["showSendToCloud"] is False
