"""Take the README's pictures from a project's report: `python docs/shots.py demo`.

Needs Debian's chromium, or the one that CHROMIUM names.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).parent / "pictures"


def take(project: Path) -> None:
    """Write docs/pictures/sankey.png and report.png."""
    report = (project / "reports" / "latest" / "report.html").resolve()
    browser_path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 1500})
        page.goto(report.as_uri())
        page.wait_for_selector(".sankey-node")
        page.screenshot(path=PICTURES / "report.png")
        page.locator(".js-plotly-plot").first.screenshot(path=PICTURES / "sankey.png")
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]))
