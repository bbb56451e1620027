"""Telling the analyst: a command that gets the message, or an address that it is sent to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPMessage
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from journeyflow._version import __version__
from journeyflow.console import plain
from journeyflow.errors import JourneyflowError
from journeyflow.nightshift.shell import run_shell
from journeyflow.project import Project, load_tables

PATIENCE = timedelta(seconds=30)
LONGEST = 4000
VARIABLE = "JOURNEYFLOW_ALERT_"
Message = dict[str, str | None]


def whom_to_tell(directory: Path) -> Project | None:
    """`[project]` and `[alerts]` of a project, also where other settings are at fault.

    None where they cannot be read or name nobody.
    """
    try:
        project = load_tables(directory, "alerts")
    except (JourneyflowError, OSError):
        return None
    return project if project.alerts.command or project.alerts.url else None


def message(project: Project, kind: str, text: str, **parts: str | None) -> Message:
    """A message: `kind` (`failure` or `digest`), `text` for people, and its parts for machines.

    Nothing in them may be personal: who writes them masks what others wrote.
    """
    told = {
        "kind": kind,
        "project": project.project.name,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        **parts,
        "text": text,
    }
    return {key: value and _clean(value) for key, value in told.items()}


def send(project: Project, told: Message) -> Iterator[tuple[str, str | None]]:
    """Send a message to everybody that `[alerts]` names; nothing is ever raised.

    Out: each channel, without what may be secret in it, and why it was not reached.
    """
    alerts = project.alerts
    if alerts.command:
        yield "command", _tried(_by_command, project, told)
    if alerts.url:
        yield f"url at {urlsplit(alerts.url).hostname}", _tried(_by_post, project, told)


def _clean(text: str) -> str:
    """What any channel takes; names of files may be no text at all."""
    return plain(text)[:LONGEST].encode(errors="replace").decode()


def _tried(way: Callable[[Project, Message], str | None], project: Project, told: Message) -> Any:
    try:
        return way(project, told)
    except Exception as fault:  # noqa: BLE001 - a message that is not delivered fails no run
        return f"{type(fault).__name__}: {fault}"


def _by_command(project: Project, told: Message) -> str | None:
    command = project.alerts.command or ""
    variables = {f"{VARIABLE}{key.upper()}": value or "" for key, value in told.items()}
    ended = run_shell(command, project.directory, PATIENCE, told=_json(told), environment=variables)
    return None if ended.code == 0 else ended.words(PATIENCE)


def _by_post(project: Project, told: Message) -> None:
    request = Request(  # noqa: S310 - the settings take http and https alone
        project.alerts.url or "",
        data=_json(told).encode(),
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": f"journeyflow/{__version__}",
        },
        method="POST",
    )
    with build_opener(_NoRedirect).open(request, timeout=PATIENCE.total_seconds()):
        pass


def _json(told: Message) -> str:
    """A line of JSON: what is appended to a file, message by message, stays JSON lines."""
    return json.dumps(told, ensure_ascii=False) + "\n"


class _NoRedirect(HTTPRedirectHandler):
    """After a redirect the message would be left out, or go where the settings do not say."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Take none: the answer is an error."""
