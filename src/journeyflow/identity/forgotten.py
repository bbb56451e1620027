"""Forgotten persons: the keys of their identifiers, kept so that no export brings them back.

They are kept beside the project's key and outlive the databases, which may be made anew. Made with
another key they would recognise nobody, so that is refused.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from journeyflow.errors import SettingsError
from journeyflow.identity.keys import Secret

FILE = Path("warehouse") / "forgotten.jsonl"
Key = tuple[str, str]


def forgotten_identifiers(project_dir: Path, secret: Secret) -> list[Key]:
    """(type, key) of every identifier that is to be forgotten.

    Raises SettingsError where persons were forgotten under another key than `secret`, or the
    file cannot be understood.
    """
    path = project_dir / FILE
    if not path.exists():
        return []
    try:
        entries = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        others = sum(each["made_with"] != secret.check_value for each in entries)
        keys = [(str(each["type"]), str(each["key"])) for each in entries]
    except (ValueError, KeyError, TypeError) as fault:
        raise SettingsError(
            f"{path}: expected a JSON object with type, key and made_with on each line",
            hint="bring the file back from your backup: without it forgotten persons come back",
        ) from fault
    if others:
        raise SettingsError(
            f"{path}: {others} identifiers were forgotten under another key than that from "
            f"{secret.origin}, which cannot recognise them",
            hint="bring the former key back; or move this file away and give the identifiers once "
            "more, before the next run: journeyflow forget --identifier TYPE=VALUE",
        )
    return keys


def remember_to_forget(project_dir: Path, secret: Secret, keys: Iterable[Key]) -> None:
    """Add identifiers to those that are to be forgotten."""
    known = set(forgotten_identifiers(project_dir, secret))
    path = project_dir / FILE
    before = path.read_text("utf-8") if path.exists() else ""
    today = datetime.now(UTC).date().isoformat()
    lines = [
        json.dumps({"type": type, "key": key, "made_with": secret.check_value, "on": today})
        for type, key in sorted(set(keys) - known)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    with draft.open("w", encoding="utf-8") as file:
        file.write(before + "".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(0o600)
    draft.replace(path)
