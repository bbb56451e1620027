"""True figures of the company, counted from acts and deals."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from statistics import fmean, median
from typing import Any

from journeyflow.simulate import faults as usual
from journeyflow.simulate.acts import Act, Deal, Visit
from journeyflow.simulate.clock import DAY, MONDAY, THURSDAY, hour, month, weekday
from journeyflow.simulate.company import SLOW_LINE, UNLUCKY_MANAGER
from journeyflow.simulate.world import Company

Figures = dict[str, float]


def share(part: float, whole: float) -> float:
    """Part / whole rounded to four places; 0 where there is no whole."""
    return round(part / whole, 4) if whole else 0.0


def offers(deals: Iterable[Deal], end: int) -> Figures:
    """Of deals with an offer by `end`: how many, eventual wins, still open.

    The median wait is that of all who were measured by `end` and will ever get their offer: the
    long waits that `end` cuts off belong to it.
    """
    known = list(deals)
    offered = [deal for deal in known if deal.offered and deal.offered < end]
    waits = [
        (deal.offered - deal.measured) / DAY
        for deal in known
        if deal.offered and deal.measured and deal.measured < end
    ]
    wins = sum(deal.won is not None for deal in offered)
    still_open = sum(min(deal.won or end, deal.lost or end) >= end for deal in offered)
    return {
        "offers": len(offered),
        "median_wait_days": round(median(waits), 2) if waits else 0.0,
        "eventual_wins": wins,
        "eventual_win_share": share(wins, len(offered)),
        "open_at_end": still_open,
        "open_share": share(still_open, len(offered)),
    }


def calls(acts: Iterable[Act]) -> Figures:
    """How many calls, and the share missed."""
    answered = [bool(act.facts["answered"]) for act in acts]
    missed = answered.count(False)
    return {"calls": len(answered), "missed": missed, "missed_share": share(missed, len(answered))}


def form_visits(company: Company) -> list[tuple[Visit, int, bool]]:
    """Every visit that opened the form on the visitor's own device: visit, moment, sent or not."""
    sent = {id(act.visit) for act in company.acts if act.kind == "generate_lead"}
    return [
        (act.visit, act.at, id(act.visit) in sent)
        for act in company.acts
        if act.touch == "form" and act.visit is not None and act.visit.browser.system != "tablet"
    ]


def submits(visits: Iterable[tuple[Visit, int, bool]]) -> Figures:
    """How many opened the form, and the share that sent it."""
    sent = [was_sent for _, _, was_sent in visits]
    return {"opened": len(sent), "sent": sum(sent), "sent_share": share(sum(sent), len(sent))}


def moods(acts: Iterable[Act]) -> Figures:
    """Showroom visits and the mean mood after them, −2 … +2."""
    values = [int(act.facts["mood"]) for act in acts]
    return {"visits": len(values), "mean": round(fmean(values), 3) if values else 0.0}


def credit(company: Company) -> Mapping[str, Figures]:
    """Contracts in the period by the channel that first brought the person, and by last click."""
    visits: dict[int, list[tuple[int, str]]] = defaultdict(list)
    signed: dict[int, int] = {}
    for act in company.acts:
        if act.visit is not None and act.facts.get("lands"):
            visits[act.person].append((act.at, act.visit.channel_key))
        if act.kind == "contract_signed":
            signed[act.person] = act.at
    first: Counter[str] = Counter()
    last: Counter[str] = Counter()
    for person, at in signed.items():
        before = [channel for moment, channel in visits[person] if moment <= at]
        not_direct = [channel for channel in before if channel != "direct"] or before
        first[before[0] if before else "none"] += 1
        last[not_direct[-1] if not_direct else "none"] += 1
    return {
        channel: {"brought": first[channel], "last_click": last[channel]}
        for channel in sorted(first | last)
    }


def cohorts(company: Company) -> Mapping[str, Figures]:
    """By month of arrival: contracts so far, and those that the same people will ever sign."""
    arrived = Counter(month(person.arrives) for person in company.people)
    ever: Counter[str] = Counter()
    so_far: Counter[str] = Counter()
    for deal in company.deals:
        if deal.won is None:
            continue
        cohort = month(company.people[deal.person].arrives)
        ever[cohort] += 1
        so_far[cohort] += deal.won < company.period.end
    return {
        cohort: {
            "persons": count,
            "contracts_so_far": so_far[cohort],
            "contracts_ever": ever[cohort],
            "share_so_far": share(so_far[cohort], count),
            "share_ever": share(ever[cohort], count),
        }
        for cohort, count in sorted(arrived.items())
    }


def true_figures(company: Company) -> dict[str, Any]:
    """All figures that the planted faults are about, by name."""
    end, deals, acts = company.period.end, company.deals, company.acts
    ringing = [act for act in acts if act.kind == "call"]
    monday = [a for a in ringing if weekday(a.at) == MONDAY and 10 <= hour(a.at) < 12]
    thursday = [a for a in ringing if weekday(a.at) == THURSDAY]
    chosen = {id(act) for act in (*monday, *thursday)}
    opened = form_visits(company)
    breaks = company.world.form_breaks
    broken = [v for v in opened if v[0].browser.system == usual.BROKEN_SYSTEM and v[1] >= breaks]
    intact = [v for v in opened if v[0].browser.system != usual.BROKEN_SYSTEM or v[1] < breaks]
    waits = [(d.measured - d.opened) / DAY for d in deals if d.measured and d.measured < end]
    visits = [act for act in acts if act.kind == "showroom_visit"]
    signed = [deal for deal in deals if deal.won and deal.won < end]
    return {
        "calls": calls(ringing),
        "calls_monday_10_12": calls(monday),
        "calls_thursday": calls(thursday),
        "calls_otherwise": calls(act for act in ringing if id(act) not in chosen),
        "offers": offers(deals, end),
        "offers_slow_line": offers((d for d in deals if d.line == SLOW_LINE), end),
        "offers_other_lines": offers((d for d in deals if d.line != SLOW_LINE), end),
        "offers_unlucky_manager": offers((d for d in deals if d.manager == UNLUCKY_MANAGER), end),
        "form_broken": submits(broken),
        "form_intact": submits(intact),
        "form_vk": submits(v for v in opened if v[0].channel_key == "vk"),
        "form_search_ads": submits(v for v in opened if v[0].channel_key == "search_ads"),
        "form_vk_intact": submits(v for v in intact if v[0].channel_key == "vk"),
        "form_search_ads_intact": submits(v for v in intact if v[0].channel_key == "search_ads"),
        "showroom_1": moods(act for act in visits if act.touch == "showroom_1"),
        "showroom_2": moods(act for act in visits if act.touch == "showroom_2"),
        "measurement": {
            "measurements": len(waits),
            "median_wait_days": round(median(waits), 2) if waits else 0.0,
        },
        "contracts": {
            "contracts": len(signed),
            "value": sum(deal.amount for deal in signed),
            "mean_value": round(fmean(deal.amount for deal in signed)) if signed else 0,
        },
        "credit": credit(company),
        "cohorts": cohorts(company),
    }
