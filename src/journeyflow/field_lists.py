"""What to ask another system for, so that its export can be read."""

from __future__ import annotations

from typing import Any

from journeyflow.clashes import nearest
from journeyflow.errors import SettingsError
from journeyflow.sources.formats import FORMATS


def fields(name: str) -> dict[str, Any]:
    """The fields of a format that are worth asking for, and how to export it.

    Out: `format`; `fields`, names as the other system spells them, in the order of their meaning;
    `exporting`, Markdown. Raises SettingsError for a format that journeyflow does not know, or
    whose columns are for the user to name.
    """
    format = FORMATS.get(name)
    if format is None:
        near = nearest(name, FORMATS)
        raise SettingsError(f"fields: no format {name!r}{near}", f"known: {', '.join(FORMATS)}")
    asked = [each.name for each in format.fields if each.asked]
    if not asked:
        message = f"fields: the format {name} has no fields of its own to ask for"
        hint = "export whatever tells who did what and when; `journeyflow check FILE` maps it"
        raise SettingsError(message, hint)
    return {"format": name, "fields": asked, "exporting": format.exporting}
