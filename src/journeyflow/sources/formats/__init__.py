"""The export formats that journeyflow reads: one module each, in which it declares itself.

What a row becomes says the file of the same name in `sql/sources/`: it maps one raw record into
the text shape that landing casts.
"""

from __future__ import annotations

from journeyflow.sources.formats import (
    amocrm,
    bitrix24,
    callrail,
    calltouch,
    calltouch_requests,
    costs,
    crm_contacts,
    crm_deals,
    crm_stages,
    feedback,
    ga4,
    google_ads,
    links,
    metrica_expenses,
    metrica_hits,
    metrica_visits,
    orders,
    surveys,
    table,
    uis,
    vk_ads,
    yandex_direct,
)
from journeyflow.sources.formats.declaration import Field, Format
from journeyflow.sources.formats.table import WEB_COLUMNS

__all__ = ["FORMATS", "WEB_COLUMNS", "Field", "Format"]

FORMATS = {
    each.name: each
    for each in (
        table.FORMAT,
        costs.FORMAT,
        yandex_direct.FORMAT,
        google_ads.FORMAT,
        vk_ads.FORMAT,
        metrica_expenses.FORMAT,
        feedback.FORMAT,
        surveys.FORMAT,
        links.FORMAT,
        orders.FORMAT,
        ga4.FORMAT,
        metrica_visits.FORMAT,
        metrica_hits.FORMAT,
        calltouch.FORMAT,
        calltouch_requests.FORMAT,
        callrail.FORMAT,
        uis.FORMAT,
        *bitrix24.FORMATS,
        *amocrm.FORMATS,
        crm_stages.FORMAT,
        crm_deals.FORMAT,
        crm_contacts.FORMAT,
    )
}
