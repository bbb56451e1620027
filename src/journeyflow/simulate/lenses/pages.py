"""What both counters see alike: addresses, campaign marks, devices."""

from __future__ import annotations

from journeyflow.simulate.acts import Act, Browser, Visit
from journeyflow.simulate.company import LINES, SITE
from journeyflow.simulate.places import (
    PLACES,
)

# system: device category, operating system, browser, user agent
SYSTEMS: dict[str, tuple[str, str, str, str]] = {
    "ios": (
        "mobile",
        "iOS",
        "Safari",
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_2 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/19.2 Mobile/15E148 Safari/604.1"
        ),
    ),
    "android": (
        "mobile",
        "Android",
        "Chrome",
        (
            "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/141.0.0.0 Mobile Safari/537.36"
        ),
    ),
    "windows": (
        "desktop",
        "Windows",
        "Chrome",
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/141.0.0.0 Safari/537.36"
        ),
    ),
    "mac": (
        "desktop",
        "Macintosh",
        "Safari",
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/19.1 Safari/605.1.15"
        ),
    ),
    "tablet": (
        "tablet",
        "Android",
        "Chrome",
        (
            "Mozilla/5.0 (Linux; Android 14; Tablet) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/139.0.0.0 Safari/537.36"
        ),
    ),
}


def path_of(act: Act, line: int) -> str:
    """The page's path. Kitchen pages are mostly those of the line the person wants."""
    if act.kind == "purchase":
        return "/oplata/spasibo/"
    if act.kind == "generate_lead":
        return "/zayavka/"
    paths = PLACES[act.touch].paths
    variety = float(act.facts["variety"])
    if act.touch == "kitchen":
        others = (line + 1 + int(variety * 10) % (len(LINES) - 1)) % len(LINES)
        return paths[line if variety < 0.7 else others]
    return paths[int(variety * len(paths))]


def landing_query(visit: Visit) -> str:
    """Campaign marks and click id with which the visit arrived, as a query string or nothing."""
    channel = visit.channel
    marks = [
        f"{key}={value}"
        for key, value in (
            ("utm_source", channel.source),
            ("utm_medium", channel.medium),
            ("utm_campaign", channel.campaign),
        )
        if value
    ]
    if channel.click:
        marks.append(f"{channel.click}={click_id(visit)}")
    return "?" + "&".join(marks) if marks else ""


def click_id(visit: Visit) -> str:
    """A click id in the shape of its system: digits for yclid, opaque text for gclid."""
    if visit.channel.click == "gclid":
        return f"Cj0KCQ{int(visit.click_id):x}wE"
    return visit.click_id


def address_of(act: Act, line: int, visit: Visit, *, landing: bool) -> str:
    """The full page address."""
    return f"{SITE}{path_of(act, line)}{landing_query(visit) if landing else ''}"


def device_of(browser: Browser) -> tuple[str, str, str, str]:
    """Device category, operating system, browser name, user agent."""
    return SYSTEMS[browser.system]
