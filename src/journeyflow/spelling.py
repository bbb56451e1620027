"""Values and keys spelled as TOML."""

from __future__ import annotations

import json
import re

from journeyflow.console import CONTROL

BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml(value: object) -> str:
    """A value as TOML; text as a basic string, whose escapes are those of JSON."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(toml(each) for each in value)}]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{toml_key(k)} = {toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, str):
        # Beyond what TOML asks, so that no name from a file steers a terminal.
        return CONTROL.sub(
            lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(value, ensure_ascii=False)
        )
    return str(value).lower() if isinstance(value, bool) else str(value)


def toml_key(key: str) -> str:
    """A key, quoted where it must be."""
    return key if BARE.fullmatch(key) else toml(key)
