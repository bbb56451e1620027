"""Add a proposed source to journeyflow.toml: whole and valid, or not at all."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from journeyflow.check.block import OPEN
from journeyflow.check.context import read_document
from journeyflow.check.spelling import toml
from journeyflow.errors import EnvironmentFault, SettingsError
from journeyflow.project import SETTINGS_FILE, load_project
from journeyflow.settings import ProjectTable
from journeyflow.sources.files import matching_files


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
    _refuse_open(block)
    proposed = _parsed(block, "the proposed settings")
    document = read_document(path)
    standing = {each.get("name") for each in document.get("sources", ()) if isinstance(each, dict)}
    for source in proposed["sources"]:
        if source["name"] in standing:
            message = f"{path}: a source named {source['name']!r} stands there already"
            raise SettingsError(message, "rename the one or the other; names must differ")
    if path.is_file():
        text = path.read_text(encoding="utf-8-sig").rstrip("\n") + "\n\n"
    else:
        text = _new(name or project_dir.name or "project", timezone, currency)
    if "identity" in document:
        block = re.sub(r"\n\[identity\]\n(?:[^\n\[][^\n]*\n)*", "\n", block)
    text += block.rstrip("\n") + "\n"
    _validate(project_dir, text)
    _replace(path, text)
    return path


def _refuse_open(block: str) -> None:
    asked = [line.removeprefix(OPEN) for line in block.splitlines() if line.startswith(OPEN)]
    if asked:
        listing = "\n".join(f"  - {each}" for each in asked)
        message = f"not written: {len(asked)} open question{'s' * (len(asked) > 1)}\n{listing}"
        raise SettingsError(message, f"paste the block into {SETTINGS_FILE} and answer there")
    if not block.strip():
        raise SettingsError("nothing to write: no source could be proposed for this file")


def _parsed(text: str, what: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise SettingsError(f"{what}: not valid TOML: {fault}") from fault


def _new(name: str, timezone: str | None, currency: str | None) -> str:
    missing = [key for key, value in (("timezone", timezone), ("currency", currency)) if not value]
    if missing or timezone is None or currency is None:
        message = f"no {SETTINGS_FILE} yet, and a new one needs a {' and a '.join(missing)}"
        raise SettingsError(
            message, "say --timezone Europe/Moscow --currency RUB, or whichever hold"
        )
    ProjectTable(name=name, timezone=timezone, currency=currency)
    return (
        f"[project]\nname = {toml(name)}\n"
        f"timezone = {toml(timezone)}    # days and weeks are counted in it\n"
        f"currency = {toml(currency)}\n\n"
    )


def _validate(project_dir: Path, text: str) -> None:
    """Load the outcome in a shadow of the project: the same names of files, and no content."""
    document = _parsed(text, f"{project_dir / SETTINGS_FILE} with the block")
    sources = document.get("sources", ())
    with tempfile.TemporaryDirectory(prefix="journeyflow-check-") as folder:
        shadow = Path(folder).resolve()
        for source in (each for each in sources if isinstance(each, dict)):
            patterns = source.get("files", ())
            for pattern in [patterns] if isinstance(patterns, str) else patterns:
                for found in matching_files(project_dir, str(pattern)):
                    double = shadow / found.relative_to(project_dir)
                    double.parent.mkdir(parents=True, exist_ok=True)
                    double.touch()
        if (project_dir / "warehouse" / "private.duckdb").exists():
            (shadow / "warehouse").mkdir(exist_ok=True)
            (shadow / "warehouse" / "private.duckdb").touch()
        (shadow / SETTINGS_FILE).write_text(text, encoding="utf-8")
        try:
            load_project(shadow)
        except SettingsError as fault:
            message = fault.message.replace(str(shadow), str(project_dir))
            raise SettingsError(
                f"not written, for it would not load\n{message}", fault.hint
            ) from None


def _replace(path: Path, text: str) -> None:
    """Write beside the file and rename, so that a reader sees the old or the new one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            if path.exists():
                shutil.copymode(path, draft)
            else:
                Path(draft).chmod(0o644)
            Path(draft).replace(path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
    except OSError as fault:
        message = f"{path}: cannot be written ({fault.strerror})"
        raise EnvironmentFault(message, "give this user the right to write there") from fault
