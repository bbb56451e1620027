"""Cron and systemd begin the run at the hour that the settings name, wherever the folder lies."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import time
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from journeyflow.cli import app
from journeyflow.nightshift.hours import next_run
from journeyflow.project import load_tables
from journeyflow.status import status
from tests.support.commands import command
from tests.support.projects import published, row

ODD = '100% our "it\'s" $HOME \\ é'


def unfinished(folder: Path, at: str = "03:00", zone: str = "Europe/Moscow") -> Path:
    """A project without sources, as `init` leaves it."""
    folder.mkdir()
    (folder / "journeyflow.toml").write_text(
        f'[project]\nname = "Shop"\ntimezone = "{zone}"\ncurrency = "RUB"\n'
        f'[schedule]\nat = "{at}"\n'
    )
    return folder


@pytest.fixture
def lines() -> Iterator[Callable[[Path, str], list[str]]]:
    """What is printed on a machine that is set to a zone."""
    with pytest.MonkeyPatch.context() as machine:

        def printed(folder: Path, zone: str) -> list[str]:
            machine.setenv("TZ", zone)
            time.tzset()
            return CliRunner().invoke(app, ["schedule", str(folder)]).stdout.splitlines()

        yield printed
    time.tzset()


@pytest.mark.parametrize(
    ("at", "zone", "machine", "begins", "comments"),
    [
        ("03:00", "Europe/Moscow", "Europe/Moscow", "0 3", 1),
        ("03:05", "Europe/Moscow", "UTC", "5 0", 1),
        ("00:30", "Asia/Kathmandu", "UTC", "45 18", 1),  # of the day before
        ("02:30", "Europe/Berlin", "Europe/Berlin", "30 2", 1),  # which one night skips
    ],
)
def test_cron_is_told_the_hour_of_the_machine(
    lines: Callable[[Path, str], list[str]],
    tmp_path: Path,
    at: str,
    zone: str,
    machine: str,
    begins: str,
    comments: int,
) -> None:
    *told, line = lines(unfinished(tmp_path / "shop", at, zone), machine)
    assert line.startswith(f"{begins} * * * ")
    assert (len(told), f"# {at} in {zone}" in told[0]) == (comments, True)


def test_cron_is_told_when_the_hour_will_be_another(
    lines: Callable[[Path, str], list[str]], tmp_path: Path
) -> None:
    first, second, line = lines(unfinished(tmp_path / "shop"), "Europe/Berlin")
    now, then = ("01:00", "02:00") if line.startswith("0 1 ") else ("02:00", "01:00")
    assert f"which is {now} in this machine's own zone" in first
    assert re.search(rf"from \d{{4}}-(03|10)-\d\d on it is {then} here", second)


def test_cron_line_survives_cron_and_shell(tmp_path: Path) -> None:
    folder = unfinished(tmp_path / ODD)
    line = command("schedule", folder).out.splitlines()[-1]
    words = line.split(" ", 5)[5]
    # What cron hands to the shell: a percent sign with a backslash before it, without it.
    assert "%" not in words.replace("\\%", "")
    assert shlex.split(words.replace("\\%", "%"))[1:] == ["run", str(folder), "--quiet"]


def test_init_prints_the_line_that_schedule_prints(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    out = command("init", folder, "--timezone", "Asia/Omsk").out
    for line in command("schedule", folder).out.splitlines():
        assert f"\n  {line}\n" in out
    tomllib.loads((folder / "journeyflow.toml").read_text())
    text = (folder / "journeyflow.toml").read_text().replace("# [schedule]", "[schedule]")
    (folder / "journeyflow.toml").write_text(text.replace("# at =", "at =").replace("03:00", "9:5"))
    code, _, error = command("schedule", folder)
    assert (code, "[schedule] at: expected a time of day such as" in error) == (2, True)


def test_systemd_is_told_hour_zone_and_folder(tmp_path: Path) -> None:
    folder = unfinished(tmp_path / ODD, at="04:30")
    out = command("schedule", folder, "--print", "systemd").out
    assert "\nOnCalendar=*-*-* 04:30:00 Europe/Moscow\n" in out
    # Its rules of quoting: C escapes within quotes, specifiers and variables doubled.
    told = re.findall(r'"((?:[^"\\]|\\.)*)"', re.findall("^ExecStart=(.*)$", out, re.MULTILINE)[0])
    plain = [re.sub(r"\\(.)", r"\1", each).replace("%%", "%").replace("$$", "$") for each in told]
    assert plain[1:] == ["run", str(folder), "--quiet"]
    assert "JOURNEYFLOW_SECRET is set here: set it there too" in out


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if not verify:
        pytest.skip("systemd-analyze is not here")
    out = command("schedule", unfinished(tmp_path / ODD), "--print", "systemd").out
    service, timer = re.split(r"^# ~.*\.timer$", out, flags=re.MULTILINE)
    units = tmp_path / "units"
    units.mkdir()
    (units / "shop.service").write_text(service)
    (units / "shop.timer").write_text(timer)
    done = subprocess.run(
        [verify, "verify", units / "shop.service", units / "shop.timer"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_scheduler_that_is_not_known_is_refused(tmp_path: Path) -> None:
    code, _, error = command("schedule", unfinished(tmp_path / "shop"), "--print", "at")
    assert (code, "expected cron or systemd, found 'at'" in error) == (2, True)


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        ("2026-03-28 00:59:59", "2026-03-28 01:30:00"),
        ("2026-03-28 01:30:00", "2026-03-29 01:30:00"),  # 02:30 is not: it begins an hour later
        ("2026-03-29 02:00:00", "2026-03-30 00:30:00"),
        ("2026-10-25 00:00:00", "2026-10-25 00:30:00"),  # 02:30 comes twice: the first counts
    ],
)
def test_the_next_run_follows_the_clocks_of_the_project(
    tmp_path: Path, now: str, begins: str
) -> None:
    project = load_tables(unfinished(tmp_path / "shop", "02:30", "Europe/Berlin"), "schedule")
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert next_run(project, moment) == datetime.fromisoformat(begins).replace(tzinfo=UTC)


def test_status_tells_the_next_run(tmp_path: Path) -> None:
    published(tmp_path, [row("ann", "03-01 10:00:00")], schedule={"at": "05:07"})
    due = status(tmp_path).next_run
    assert (due > datetime.now(UTC), due.hour, due.minute) == (True, 5, 7)
    assert f"\nnext        {due:%Y-%m-%d %H:%M} by [schedule], where" in (
        command("status", tmp_path).out
    )
