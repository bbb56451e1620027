"""What every test runs under: a zone drawn at random, no telemetry, none of the user's settings."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings

from journeyflow.warehouse.database import CONFIG

# So that a failing comparison in a shared helper shows both sides.
pytest.register_assert_rewrite("tests.support.against_oracle", "tests.support.projects")


# Both ends of the calendar, offsets of half and quarter hours, daylight saving on both hemispheres
# and none: a test that holds in all of them does not lean on the zone of the machine.
ZONES = (
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/London",
    "Europe/Moscow",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "UTC",
)
# Drawn from the system, since pytest-randomly seeds the ordinary generator.
ZONE = os.environ.get("JOURNEYFLOW_TEST_TZ") or random.SystemRandom().choice(ZONES)
SLOW = ("pipelines", "properties", "warehouse")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS_BROWSERS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def set_zone(zone: str) -> None:
    """Makes `zone` the local zone of this process and of those it starts.

    Without the system's zone files the C library takes any name for UTC and says nothing, so the
    files of the tzdata package stand in for them, and the outcome is checked.
    """
    if not Path("/usr/share/zoneinfo", zone).exists():
        os.environ["TZDIR"] = str(files("tzdata") / "zoneinfo")
    os.environ["TZ"] = zone
    time.tzset()
    now = datetime.now(ZoneInfo(zone))
    if now.replace(tzinfo=None).astimezone().utcoffset() != now.utcoffset():
        pytest.exit(f"The C library does not know the zone {zone}: install the system's tzdata.", 3)


set_zone(ZONE)
# A run waits for the disk at every commit; what a test writes need not outlive the machine.
MEMORY = Path("/dev/shm")
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= 8 << 30:
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None
# Where two processes test, two threads of each would wait for each other's.
if "PYTEST_XDIST_WORKER" in os.environ:
    CONFIG["threads"] = "1"
os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
for name in ("DAGSTER_HOME", "JOURNEYFLOW_SECRET"):
    os.environ.pop(name, None)

# No deadline: a slow machine is not a fault. The blob in a failure's output replays it.
settings.register_profile("local", deadline=None, print_blob=True, max_examples=40)
settings.register_profile("ci", deadline=None, print_blob=True, derandomize=False, max_examples=300)
settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_report_header() -> str:
    return f"zone: {ZONE} (again with JOURNEYFLOW_TEST_TZ={ZONE})"


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Marks what uses a browser, so that `-m "not browser"` leaves it out."""
    if "chromium" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.browser)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with the files that take longest, so that of two processes none waits at the end."""
    items.sort(key=lambda item: item.path.parent.name not in SLOW)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium or Chrome on this machine.

    Where there is none the test skips, or fails if JOURNEYFLOW_REQUIRE_BROWSER is set.
    """
    found = next(filter(None, map(shutil.which, BROWSERS + MACOS_BROWSERS)), None)
    if found:
        return found
    message = "No Chromium or Chrome found. On Debian: sudo apt-get install chromium"
    if os.environ.get("JOURNEYFLOW_REQUIRE_BROWSER"):
        pytest.fail(message)
    pytest.skip(message)
