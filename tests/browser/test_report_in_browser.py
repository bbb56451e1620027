from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from journeyflow.language import words_in
from journeyflow.report import write_report
from journeyflow.store import open_store
from tests.support.hostile import HOSTILE
from tests.support.published import ANALYSED, Journey, visit, write_published

MODEBAR = {"Download plot as a PNG"}
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@dataclass
class Visited:
    """A page, and what it said and asked for while it was open."""

    page: Any
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def visited(browser: Browser) -> Iterator[Callable[..., Visited]]:
    """Opens a report; what was opened is closed after the test."""
    with ExitStack() as opened:

        def open_page(path: Path, width: int = 1280) -> Visited:
            page = browser.new_page(viewport={"width": width, "height": 900})
            opened.callback(page.close)
            seen = Visited(page)
            page.on("console", lambda message: seen.console.append(message.text))
            page.on("pageerror", lambda error: seen.console.append(str(error)))
            page.on("request", lambda request: seen.requests.append(request.url))
            page.goto(path.as_uri())
            page.wait_for_selector("#path-bands .sankey-node")
            return seen

        yield open_page


def written(folder: Path, journeys: list[Journey], **options: Any) -> Path:
    write_published(folder, journeys, analysed=ANALYSED, **options)
    with open_store(folder) as store:
        return write_report(store, folder / "report.html").path


def hostile_journeys() -> list[Journey]:
    told = [
        visit(f"p{n}", text, "Home", outcome="converted", channels=(text,))
        for n, text in enumerate(HOSTILE)
    ]
    return [*told, *[visit(f"q{n}", "Home", text) for n, text in enumerate(HOSTILE)]]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of texts of strangers."""
    return written(tmp_path_factory.mktemp("hostile"), hostile_journeys())


@pytest.fixture(scope="module", params=["en", "ru"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def long_paths(tmp_path_factory: pytest.TempPathFactory, language: str) -> Path:
    """A report of journeys of up to eight steps, in each language."""
    told = [visit(f"p{n}", *("Home", "Call") * 4, outcome="converted") for n in range(30)]
    told += [visit(f"q{n}", *("Call", "Home") * (n % 5), "Advert") for n in range(30)]
    return written(tmp_path_factory.mktemp(language), told, language=language)


def test_hostile_text_is_shown_and_nothing_leaves_the_page(
    visited: Callable[..., Visited], tmp_path: Path, language: str
) -> None:
    stages = {"awareness": HOSTILE[2], HOSTILE[0]: None}
    path = written(tmp_path, hostile_journeys(), language=language, stages=stages, name=HOSTILE[1])
    seen = visited(path)
    page = seen.page
    for node in page.locator("#path-bands .node-rect").all():
        node.hover(force=True)
    for band in page.locator("#path-bands .sankey-link").all():
        band.hover(force=True)
    for plot in page.locator(".plot").all():
        plot.hover()
    titles = [button.get_attribute("data-title") for button in page.locator(".modebar-btn").all()]
    assert set(titles) == MODEBAR
    assert page.locator("svg a").count() == 0
    assert page.evaluate("window.PWN") is None
    assert page.locator("#path-bands .node-label", has_text="<script>").count() > 0
    assert page.locator("img").count() == 0
    # The drawing itself is silent; its summary and its table speak.
    assert page.locator(".main-svg:not([aria-hidden=true])").count() == 0
    assert [url for url in seen.requests if not url.startswith(("file:", "data:"))] == []
    assert seen.console == []


def test_hovering_says_what_the_band_is(visited: Callable[..., Visited], tmp_path: Path) -> None:
    told = [visit(f"p{n}", "%{label}", "Home", outcome="lost") for n in range(25)]
    page = visited(written(tmp_path, told)).page
    page.locator("#path-bands .sankey-link").first.hover(force=True)
    hover = page.locator(".hoverlayer .hovertext")
    hover.wait_for()
    said = hover.text_content()
    assert "%{label} → Home" in said
    assert "25 journeys · 100% of those at this step · 100% of all" in said


def test_every_node_and_band_of_the_table_is_drawn(
    visited: Callable[..., Visited], hostile: Path
) -> None:
    with open_store(hostile.parent) as store:
        tables = {
            "path-bands": store.sankey(),
            "last-bands": store.sankey(where={"outcome": "converted"}, anchor="end"),
        }
    page = visited(hostile).page
    for name, table in tables.items():
        # One more node, and links to it, hold the place of the last labels.
        last = int((table.nodes["step"] == table.nodes["step"].max()).sum())
        assert page.locator(f"#{name} .sankey-node").count() == len(table.nodes) + 1
        assert page.locator(f"#{name} .sankey-link").count() == len(table.links) + last


@pytest.mark.parametrize("width", [390, 1280])
def test_the_last_column_is_named_and_nothing_covers_it(
    visited: Callable[..., Visited], long_paths: Path, width: int, language: str
) -> None:
    page = visited(long_paths, width).page
    kinds = words_in(language).texts["kinds"]
    for plot, kind in (("#path-bands", "continues"), ("#last-bands", "converted")):
        label = page.locator(f"{plot} .node-label", has_text=kinds[kind]).last.bounding_box()
        heading = page.locator(f"{plot} .annotation").last.bounding_box()
        for box in (label, heading):
            assert (
                box["x"] + box["width"]
                <= page.locator(plot).bounding_box()["x"]
                + (page.locator(plot).bounding_box()["width"])
            )
        assert label["x"] >= heading["x"]  # beside its own node, not over the column before
        bar = page.locator(f"{plot} .modebar-group").first.bounding_box()
        assert heading["x"] + heading["width"] <= bar["x"]


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_never_scrolls_sideways(
    visited: Callable[..., Visited], hostile: Path, width: int
) -> None:
    page = visited(hostile, width).page
    for folded in page.locator("details").all():
        folded.evaluate("element => { element.open = true }")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_prints_figures_within_the_sheet(
    visited: Callable[..., Visited], hostile: Path, tmp_path: Path
) -> None:
    page = visited(hostile).page
    pdf = tmp_path / "report.pdf"
    page.pdf(path=pdf, prefer_css_page_size=True)
    assert pdf.read_bytes().startswith(b"%PDF")
    # Back on the screen the figures fill their place again.
    widths = page.evaluate(
        "[...document.querySelectorAll('.plot')].map(p => p.offsetWidth - "
        "p.querySelector('.main-svg').clientWidth)"
    )
    assert all(abs(width) <= 1 for width in widths)
