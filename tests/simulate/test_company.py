"""The default company: its sizes, what is planted in it, and the flaws of its exports.

It is the largest, and invented for this file alone.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from scipy.stats import binomtest

from journeyflow.simulate import SimulationSummary
from journeyflow.simulate.company import OWN_NUMBER
from journeyflow.simulate.faults import PLANTED, USUAL_MISSED, USUAL_SUBMITS, USUAL_WINS

from .conftest import MOSCOW, Written, digits

UNLIKELY = 0.001


def within_chance(part: int, whole: int, share: float) -> bool:
    return bool(binomtest(part, whole, share).pvalue > UNLIKELY)


@pytest.fixture
def figures(default_company: Written) -> dict[str, Any]:
    return dict(default_company.summary.figures)


def test_default_company_has_the_sizes_it_promises(default_company: Written) -> None:
    summary: SimulationSummary = default_company.summary
    assert summary.persons == 12_000
    assert summary.calls == pytest.approx(1400, rel=0.1)
    assert summary.offers == pytest.approx(620, rel=0.1)
    assert summary.contracts == pytest.approx(140, rel=0.1)
    assert summary.figures["contracts"]["mean_value"] == pytest.approx(240_000, rel=0.1)
    assert summary.figures["offers"]["open_share"] == pytest.approx(1 / 3, rel=0.1)


def test_slow_line_waits_longer_and_wins_less(figures: dict[str, Any]) -> None:
    slow, others = figures["offers_slow_line"], figures["offers_other_lines"]
    assert slow["median_wait_days"] == pytest.approx(PLANTED.slow_line_wait, rel=0.1)
    assert others["median_wait_days"] == pytest.approx(2.0, rel=0.1)
    assert within_chance(slow["eventual_wins"], slow["offers"], PLANTED.slow_line_wins)
    assert within_chance(others["eventual_wins"], others["offers"], USUAL_WINS)


def test_calls_are_missed_on_monday_morning_and_nowhere_else(figures: dict[str, Any]) -> None:
    monday, others = figures["calls_monday_10_12"], figures["calls_otherwise"]
    assert within_chance(monday["missed"], monday["calls"], PLANTED.monday_missed)
    assert within_chance(others["missed"], others["calls"], USUAL_MISSED)
    thursday = figures["calls_thursday"]
    assert within_chance(thursday["missed"], thursday["calls"], USUAL_MISSED)  # the decoy


def test_form_fails_on_ios_only_and_that_alone_halves_vk(figures: dict[str, Any]) -> None:
    broken, intact = figures["form_broken"], figures["form_intact"]
    assert within_chance(broken["sent"], broken["opened"], PLANTED.broken_form_submits)
    assert within_chance(intact["sent"], intact["opened"], USUAL_SUBMITS)
    vk, ads = figures["form_vk"], figures["form_search_ads"]
    assert vk["sent_share"] < 0.65 * ads["sent_share"]
    for name in ("form_vk_intact", "form_search_ads_intact"):
        assert within_chance(figures[name]["sent"], figures[name]["opened"], USUAL_SUBMITS)


def test_moods_of_the_two_showrooms(figures: dict[str, Any]) -> None:
    # The scale is 4 wide and the deviation about 1.1: 0.2 is more than three standard errors.
    assert figures["showroom_1"]["mean"] == pytest.approx(0.8, abs=0.2)
    assert figures["showroom_2"]["mean"] == pytest.approx(-1.2, abs=0.2)


def test_last_click_flatters_brand_search_and_hides_telegram(
    default_company: Written, figures: dict[str, Any]
) -> None:
    credit = figures["credit"]
    assert credit["brand_ads"]["last_click"] > 2 * credit["brand_ads"]["brought"]
    assert credit["telegram"]["last_click"] < 0.5 * credit["telegram"]["brought"]
    costs = default_company.of_source("costs")
    outdoor = [float(row["cost"]) for row in costs if row["source"] == "outdoor"]
    assert len(outdoor) == 90
    assert min(outdoor) > 0
    sources = {row["utmSource"] for row in default_company.of_source("calls")}
    assert "outdoor" not in sources


def test_measurement_waits_long_and_belongs_to_nobody(
    default_company: Written, figures: dict[str, Any]
) -> None:
    assert figures["measurement"]["median_wait_days"] == pytest.approx(9.0, rel=0.1)
    crm = default_company.of_source("crm")
    measured = {row["Ответственный"] for row in crm if row["Событие"] == "measurement"}
    assert measured == {""}
    assert all(row["Ответственный"] for row in crm if row["Событие"] == "offer_sent")


def test_youngest_cohort_is_young_and_not_worse(figures: dict[str, Any]) -> None:
    *older, youngest = [figures["cohorts"][month] for month in sorted(figures["cohorts"])]
    persons = sum(cohort["persons"] for cohort in older)
    ever = sum(cohort["contracts_ever"] for cohort in older)
    so_far = sum(cohort["contracts_so_far"] for cohort in older)
    assert youngest["share_so_far"] < 0.5 * so_far / persons
    assert within_chance(youngest["contracts_ever"], youngest["persons"], ever / persons)


def test_unlucky_manager_won_two_of_nineteen(figures: dict[str, Any]) -> None:
    assert figures["offers_unlucky_manager"]["offers"] == 19
    assert figures["offers_unlucky_manager"]["eventual_wins"] == 2


def test_every_business_fault_is_described(default_company: Written) -> None:
    business = [f for f in default_company.planted["planted"] if f["kind"] != "data"]
    assert {fault["number"] for fault in business} == set(range(1, 10))
    assert all(fault["realised"] for fault in business)


def test_declared_data_faults_are_in_the_files(default_company: Written) -> None:
    planted = {f["id"]: f for f in default_company.planted["planted"] if f["kind"] == "data"}
    crm = default_company.of_source("crm")
    own = {row["Сделка"] for row in crm if digits(row["Телефон"])[-10:] == OWN_NUMBER[-10:]}
    assert len(own) == 214 == planted["own_number"]["parameters"]["deals"]
    latest = max(datetime.strptime(r["Дата"], "%d.%m.%Y %H:%M") for r in crm)  # noqa: DTZ007
    assert latest < datetime(2026, 10, 28)  # noqa: DTZ001
    assert latest > datetime(2026, 10, 26)  # noqa: DTZ001
    clients = {row["client_id"] for row in default_company.of_source("site2")}
    assert {len(client) for client in clients} == {19}
    assert any(int(float(client)) != int(client) for client in clients)
    first_visit = min(row["visited_at"] for row in default_company.of_source("showroom"))
    assert first_visit[:10] == planted["late_source"]["parameters"]["first_day"] == "2026-08-23"
    half = planted["half_delivered"]["parameters"]["day"].replace("-", "")
    stamps = [
        int(record["event_timestamp"])
        for record in default_company.records_of(f"exports/site/events_{half}.ndjson.gz")
    ]
    assert datetime.fromtimestamp(max(stamps) // 10**6, MOSCOW).hour <= 12
    kiosk = planted["kiosk_cookie"]["parameters"]["ga_client_id"]
    events = default_company.events
    at_kiosk = {event["person"] for event in events if event["note"] == "kiosk"}
    assert len(at_kiosk) > 20
    site = default_company.of_source("site")
    assert sum(record.get("user_pseudo_id") == kiosk for record in site) > 100
    assert any(call["duration"] < 0 for call in default_company.of_source("calls"))
    notes = {event["note"] for event in events}
    assert {"duplicate", "superseded", "corrected", "late", "bot", "wrong_visitor"} <= notes


def test_some_bots_are_fast_and_some_declare_themselves(default_company: Written) -> None:
    times: dict[str, list[datetime]] = defaultdict(list)
    for event in default_company.events:
        if event["note"] == "bot" and event["source"] == "site":
            times[event["person"]].append(event["occurred_at"])
    assert len(times) == 4
    for moments in times.values():
        moments.sort()
        assert moments[60] - moments[0] <= timedelta(seconds=60)
    agents = {row["user_agent"] for row in default_company.of_source("site2")}
    assert any("YandexBot" in agent for agent in agents)


def test_one_contract_is_reported_by_the_crm_and_both_counters(default_company: Written) -> None:
    crm = {row["Договор"] for row in default_company.of_source("crm") if row["Договор"]}
    ga4 = {
        record["ecommerce"]["transaction_id"]
        for record in default_company.of_source("site")
        if record["event_name"] == "purchase"
    }
    second = {row["order_id"] for row in default_company.of_source("site2") if row["order_id"]}
    assert len(crm & ga4 & second) > 5


def test_redelivered_rows_differ_under_one_id(default_company: Written) -> None:
    contents: dict[str, set[str]] = defaultdict(set)
    for row in default_company.of_source("crm"):
        contents[row["Номер"]].add(str(sorted(row.items())))
    assert sum(len(versions) == 2 for versions in contents.values()) > 5
