"""What is planted, in words that a test can read: `truth/planted.json` and `truth/faults.csv`."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import asdict
from typing import Any

from journeyflow.simulate import faults as usual
from journeyflow.simulate.choices import Choices
from journeyflow.simulate.clock import local
from journeyflow.simulate.company import (
    LINES,
    MANAGERS,
    OWN_NUMBER,
    SHOWROOMS,
    SLOW_LINE,
    UNLUCKY_MANAGER,
    Language,
)
from journeyflow.simulate.lenses import crm_told, feedback, orders, platforms, survey
from journeyflow.simulate.lenses.files import Exports
from journeyflow.simulate.places import (
    PLACES,
)
from journeyflow.simulate.world import Company

# What one call tracker exports like that, and no other.
OF_TRACKER = {
    "calltouch": {"twelve_hour_clock", "negative_durations", "callback_chains"},
    "callrail": {"answered_by_a_machine", "first_touch_campaigns", "raw_cookies"},
}
CSV_HEADER = ("number", "id", "kind", "where", "planted", "usual", "since")


def describe(
    company: Company,
    exports: Exports,
    figures: dict[str, Any],
    language: Language,
    choices: Choices,
) -> dict[str, bytes]:
    """`truth/planted.json` and `truth/faults.csv` as bytes by file name."""
    faults = company.faults
    business = _business(company, figures, language) if faults.planted else []
    data = [
        each
        for each in (_data(company, exports, choices) if faults.planted else [])
        if not any(
            each["id"] in ids for tracker, ids in OF_TRACKER.items() if tracker != choices.calls
        )
    ]
    document = {
        "planted": [*business, *data],
        "figures": figures,
        "parameters": asdict(faults),
    }
    text = io.StringIO()
    writer = csv.DictWriter(text, CSV_HEADER, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(business)
    return {
        "truth/planted.json": (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode(),
        "truth/faults.csv": text.getvalue().encode(),
    }


def _business(
    company: Company, figures: dict[str, Any], language: Language
) -> list[dict[str, Any]]:
    faults = company.faults
    broken_since = local(company.world.form_breaks).date().isoformat()

    def named(key: str) -> str:
        return PLACES[key].names[language]

    def entry(
        number: int,
        name: str,
        where: str,
        planted: float | str,
        normal: float | str,
        *realised: str,
        kind: str = "business",
        since: str = "",
    ) -> dict[str, Any]:
        return {
            "number": number,
            "id": name,
            "kind": kind,
            "where": where,
            "planted": planted,
            "usual": normal,
            "since": since,
            "realised": {key: figures[key] for key in realised},
        }

    line = LINES[SLOW_LINE].names[language]
    lines = ("offers_slow_line", "offers_other_lines")
    mondays = ("calls_monday_10_12", "calls_otherwise")
    form = ("form_broken", "form_intact")
    vk = ("form_vk", "form_search_ads", "form_vk_intact", "form_search_ads_intact")
    manager = MANAGERS[UNLUCKY_MANAGER][language]
    return [
        entry(1, "slow_offers", line, faults.slow_line_wait, usual.USUAL_OFFER_WAIT, *lines),
        entry(1, "slow_offers_win_less", line, faults.slow_line_wins, usual.USUAL_WINS, *lines),
        entry(
            2, "missed_on_monday", "Mon 10-12", faults.monday_missed, usual.USUAL_MISSED, *mondays
        ),
        entry(
            3,
            "broken_form",
            f"{named('form')}, iOS Safari",
            faults.broken_form_submits,
            usual.USUAL_SUBMITS,
            *form,
            since=broken_since,
        ),
        entry(
            4,
            "vk_looks_worse",
            "vk / cpc",
            "through 3 only",
            "as good as yandex / cpc",
            *vk,
            since=broken_since,
        ),
        entry(5, "second_showroom", SHOWROOMS[1][language], -1.2, 0.8, "showroom_1", "showroom_2"),
        entry(
            6,
            "credit_misplaced",
            "telegram, yandex / cpc / brand_msk, outdoor",
            faults.telegram_returns_by_brand,
            usual.NONE.telegram_returns_by_brand,
            "credit",
        ),
        entry(
            7,
            "measurement_without_owner",
            named("measurement"),
            faults.measurement_wait,
            usual.NONE.measurement_wait,
            "measurement",
        ),
        entry(8, "young_cohort", max(figures["cohorts"]), "young", "no worse", "cohorts"),
        entry(
            9,
            "thursdays",
            "Thursday",
            faults.thursday_missed,
            usual.USUAL_MISSED,
            "calls_thursday",
            kind="decoy",
        ),
        entry(
            9,
            "unlucky_manager",
            manager,
            f"{faults.unlucky_wins} of {faults.unlucky_offers}",
            usual.USUAL_WINS,
            "offers_unlucky_manager",
            kind="decoy",
        ),
    ]


def _data(company: Company, exports: Exports, choices: Choices) -> list[dict[str, Any]]:
    faults, period = company.faults, company.period
    notes = Counter((source, row.note) for source, _, _, row in exports.truth)

    def day(share: float) -> str:
        return local(period.at_share(share)).date().isoformat()

    def entry(name: str, source: str, **parameters: Any) -> dict[str, Any]:
        return {"id": name, "kind": "data", "source": source, "parameters": parameters}

    metrica = choices.metrica
    second = ("visits", "hits") if metrica else ("site2",)
    ids = ["ym:s:visitID", "ym:s:clientID"] if metrica else ["hit_id", "client_id"]
    late = ("site", *second) if metrica else ("site",)
    late += () if choices.crm_api else ("crm",)
    deals = crm_told.DEALS if choices.crm_api else "crm"
    own = sum(deal.own_number for deal in company.deals)
    last_crm = max((row.at for source, *_, row in exports.truth if source == "crm"), default=None)
    return [
        entry("own_number", "crm", number=OWN_NUMBER, deals=own),
        entry("ids_of_19_digits", second[0], columns=ids),
        entry("twelve_hour_clock", "calls", field="sessionDate"),
        entry("negative_durations", "calls", share=faults.odd_durations),
        entry("half_delivered", "site", day=day(faults.half_day or 0), until="12:40"),
        entry("late_source", "showroom", first_day=day(faults.late_source_from)),
        entry(
            "kiosk_cookie",
            "site",
            ga_client_id=company.world.kiosk.ga,
            rows=notes["site", "kiosk"],
        ),
        entry(
            "one_purchase_by_two_counters",
            second[0],
            key="ym:s:purchaseID" if metrica else "order_id",
        ),
        entry("purchase_reloaded", "site", rows=notes["site", "reload"]),
        entry(
            "lagging",
            "crm",
            days=faults.lag_days,
            latest=local(last_crm).isoformat() if last_crm else None,
        ),
        entry("newsletter_to_everybody", "newsletter", rows=notes["newsletter", ""]),
        entry("fast_bots", "site", rows=notes["site", "bot"]),
        *(entry("declared_bots", source, rows=notes[source, "bot"]) for source in second),
        entry(
            "duplicates",
            "all",
            rows={s: notes[s, "duplicate"] for s in ("site", *second, "calls")},
        ),
        entry("late_rows", "all", rows={s: notes[s, "late"] for s in late}),
        entry(
            "corrected_rows",
            "all",
            rows={s: notes[s, "superseded"] for s in ("site", *second, "calls", deals)},
        ),
        entry("no_consent", "site", share=faults.consent_denied, rows=notes["site", "no_consent"]),
        entry("callback_chains", "calls", legs=notes["calls", "chain_leg"]),
        entry("answered_by_a_machine", "calls", calls=notes["calls", "voicemail"]),
        entry("first_touch_campaigns", "calls", field="milestones"),
        entry("raw_cookies", "calls", field="ga"),
        entry("recycled_pool_numbers", "calls", calls=notes["calls", "wrong_visitor"]),
        *(_of_metrica(exports, notes) if metrica else ()),
        *(_of_crm_api(exports, notes) if choices.crm_api else ()),
        *([entry("test_orders", orders.SOURCE, orders=orders.TESTS)] * choices.has_orders),
        *(
            [
                entry("answers_of_staff", feedback.SOURCE, rows=survey.OF_STAFF),
                entry("previews", feedback.SOURCE, rows=survey.PREVIEWS),
            ]
            if choices.answers == "surveys"
            else ()
        ),
        *(
            [entry("corrected_costs", platforms.DIRECT, days=platforms.CORRECTED_DAYS)]
            if choices.costs == "vendors"
            else ()
        ),
    ]


def _of_metrica(exports: Exports, notes: Counter[tuple[str, str]]) -> list[dict[str, Any]]:
    """What only exports of the Logs API can have."""
    reloads = sum(
        source == "visits" and row.kind == "purchase" and row.note == "reload"
        for source, _, _, row in exports.truth
    )
    return [
        {"id": name, "kind": "data", "source": source, "parameters": {"rows": rows}}
        for name, source, rows in (
            ("repeated_header", "visits", 1),
            ("repeated_header", "hits", 1),
            ("purchase_reloaded", "visits", reloads),
            ("technical_hits", "hits", notes["hits", "technical"]),
        )
    ]


def _of_crm_api(exports: Exports, notes: Counter[tuple[str, str]]) -> list[dict[str, Any]]:
    """What only the answers of a CRM's API can have."""
    history, deals, contacts = crm_told.HISTORY, crm_told.DEALS, crm_told.CONTACTS
    pages = {each: notes[each, "duplicate"] for each in (history, deals, contacts)}
    cardless = {
        row.event_id
        for source, *_, row in exports.truth
        if source == deals and crm_told.CONTACT not in dict(row.ids)
    }
    return [
        {"id": name, "kind": "data", "source": source, "parameters": parameters}
        for name, source, parameters in (
            ("overlapping_pages", history, {"rows": pages}),
            ("archived_together", history, {"deals": notes[history, "archived"]}),
            ("deals_without_contact", deals, {"deals": len(cardless)}),
            ("second_cards", contacts, {"rows": notes[contacts, "second_card"]}),
        )
    ]
