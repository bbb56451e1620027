"""The analyst's own fetching, which a run begins with."""

from __future__ import annotations

from journeyflow.errors import EnvironmentFault
from journeyflow.nightshift.shell import run_shell
from journeyflow.project import Project

NOT_FOUND = 127


def fetch(project: Project) -> None:
    """Run `[schedule] before`, where there is one, in the project's folder.

    Raises EnvironmentFault with the command, its exit code and its last words where it fails or
    takes longer than `before_timeout`.
    """
    command, timeout = project.schedule.before, project.schedule.before_timeout
    if command is None:
        return
    ended = run_shell(command, project.directory, timeout)
    if ended.code == 0:
        return
    hint = "mend it, or run without it: journeyflow run --no-before"
    if ended.code is None:
        hint = "mend it, or give it more time: [schedule] before_timeout"
    elif ended.code == NOT_FOUND:
        hint = "write the program's full path: cron and systemd look in few places"
    raise EnvironmentFault(f"[schedule] before: `{command}` {ended.words(timeout)}", hint)
