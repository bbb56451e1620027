"""What the formats of CRM systems have in common: deals, the stages they enter, who they are of."""

from __future__ import annotations

IDENTITY = """\
A change of stage: its id where the export has one, else deal, stage and moment. The latest version
of a row counts, so exports may overlap and be delivered again.
"""
# Of the formats of ours, under fixed names.
ZONE = """\
ISO 8601, or as `time_format` says. Moments without an offset need the source's `timezone`.
"""


def key_of(cell: str) -> str:
    """What a header cell means: its name in lower case."""
    return cell.strip().lower()
