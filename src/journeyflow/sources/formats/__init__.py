"""The export formats that journeyflow reads: one module each, in which it declares itself.

What a row becomes says the file of the same name in `sql/sources/`: it maps one raw record into
the text shape that landing casts.
"""

from __future__ import annotations

from journeyflow.sources.formats import (
    callrail,
    calltouch,
    costs,
    feedback,
    ga4,
    google_ads,
    links,
    metrica_expenses,
    metrica_hits,
    metrica_visits,
    table,
    vk_ads,
    yandex_direct,
)
from journeyflow.sources.formats.declaration import Field, Format
from journeyflow.sources.formats.table import WEB_COLUMNS

__all__ = ["FORMATS", "WEB_COLUMNS", "Field", "Format"]

FORMATS = {
    each.FORMAT.name: each.FORMAT
    for each in (
        table,
        costs,
        yandex_direct,
        google_ads,
        vk_ads,
        metrica_expenses,
        feedback,
        links,
        ga4,
        metrica_visits,
        metrica_hits,
        calltouch,
        callrail,
    )
}
