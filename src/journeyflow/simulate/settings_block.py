"""One source of the invented company as a block of journeyflow.toml."""

from __future__ import annotations

from collections.abc import Mapping

from journeyflow.simulate.company import TIMEZONE
from journeyflow.spelling import toml

ZONE = f"timezone = {toml(TIMEZONE)}"


def source_text(
    name: str, format: str, pattern: str, *lines: str, **tables: Mapping[str, str]
) -> str:
    """The block: files are those of the source's folder that match `pattern`.

    `lines` are further keys, `tables` what follows under `[sources.…]`; a value in braces is TOML.
    """
    text = [
        "[[sources]]",
        f"name = {toml(name)}",
        f"format = {toml(format)}",
        f"files = [{toml(f'exports/{name}/{pattern}')}]",
        *lines,
    ]
    for table, mapping in tables.items():
        text.append(f"[sources.{table}]")
        text += [
            f"{key} = {value if value.startswith('{') else toml(value)}"
            for key, value in mapping.items()
        ]
    return "\n".join(text) + "\n"
