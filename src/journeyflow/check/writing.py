"""Add a proposed source to journeyflow.toml: whole and valid, or not at all."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from journeyflow.errors import EnvironmentFault, SettingsError
from journeyflow.project import SETTINGS_FILE, load_project, read_settings
from journeyflow.scaffold import settings_text


def write_settings(
    project_dir: Path,
    block: str,
    *,
    name: str | None = None,
    timezone: str | None = None,
    currency: str | None = None,
) -> Path:
    """Append `block` to the project's journeyflow.toml; nothing that stands there is changed.

    Without such a file one is made, which needs `timezone` (IANA) and `currency` (three
    letters); `name` is the folder's by default. Out: the file's path. Raises SettingsError
    where a question in the block is open, a source of its name exists, or the outcome would
    not load; the file is then as it was.
    """
    project_dir = Path(project_dir).resolve()
    path = project_dir / SETTINGS_FILE
    if not block.strip():
        raise SettingsError("nothing to write: no source could be proposed for this file")
    standing = read_settings(project_dir)
    if standing is not None:
        text = path.read_text(encoding="utf-8-sig").rstrip("\n") + "\n\n"
        if "identity" in standing:
            block = re.sub(r"\n\[identity\]\n(?:[^\n\[][^\n]*\n)*", "\n", block)
    elif timezone and currency:
        name = name or project_dir.name or "project"
        text = settings_text(name=name, timezone=timezone, currency=currency) + "\n"
    else:
        given = {"timezone": timezone, "currency": currency}
        missing = " and a ".join(key for key, value in given.items() if not value)
        message = f"no {SETTINGS_FILE} yet, and a new one needs a {missing}"
        hint = "say --timezone Europe/Moscow --currency RUB, or whichever hold"
        raise SettingsError(message, hint)
    text += block.rstrip("\n") + "\n"
    try:
        load_project(project_dir, text)
    except SettingsError as fault:
        message = f"not written, for it would not load\n{fault.message}"
        raise SettingsError(message, fault.hint) from None
    _replace(path, text)
    return path


def _replace(path: Path, text: str) -> None:
    """Write beside the file and rename, so that a reader sees the old or the new one."""
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())  # these settings are somebody's work
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    except OSError as fault:
        message = f"{path}: cannot be written ({fault.strerror})"
        raise EnvironmentFault(message, "give this user the right to write there") from fault
    finally:
        draft.unlink(missing_ok=True)
