"""The exports are well formed, hold the flaws that are declared, and agree with the truth."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from journeyflow.errors import SettingsError
from journeyflow.project import load_project
from journeyflow.simulate.company import OWN_NUMBER
from journeyflow.sources.formats import FORMATS

from .conftest import MOSCOW, Written, digits

OWN_ID = {
    "site2": "hit_id",
    "calls": "callId",
    "crm": "Номер",
    "showroom": "visit_id",
    "newsletter": "message_id",
    "feedback": "answer_id",
}


def test_every_row_of_the_truth_stands_where_it_says(faulty_company: Written) -> None:
    named: Counter[str] = Counter()
    for event in faulty_company.events:
        record = faulty_company.records_of(event["file"])[event["line"] - 1]
        named[event["file"]] += 1
        if event["source"] == "site":
            moment = datetime.fromtimestamp(0, UTC) + timedelta(
                microseconds=int(record["event_timestamp"])
            )
            assert (record["event_name"], moment) == (event["kind"], event["occurred_at"])
        else:
            assert str(record[OWN_ID[event["source"]]]) == event["event_id"]
    rows = {path: n for path, n in faulty_company.summary.files.items() if "exports/" in path}
    costs = {path: n for path, n in rows.items() if "/costs/" in path}
    assert named + Counter(costs) == Counter(rows)


def test_row_counts_are_those_of_the_files(faulty_company: Written) -> None:
    for path, records in faulty_company.records.items():
        assert faulty_company.summary.files[path] == len(records)


def test_times_in_the_exports_are_the_true_ones(faulty_company: Written) -> None:
    for event in faulty_company.events:
        record = faulty_company.records_of(event["file"])[event["line"] - 1]
        true = event["occurred_at"].astimezone(MOSCOW)
        if event["source"] == "crm":
            assert record["Дата"] == true.strftime("%d.%m.%Y %H:%M")
        elif event["source"] == "calls":
            assert record["timestamp"] == int(true.timestamp())
            assert record["date"] == true.strftime("%d/%m/%Y %H:%M:%S")
        elif event["source"] == "site2":
            assert record["date_time"] == true.strftime("%Y-%m-%d %H:%M:%S")


def test_ga4_files_hold_only_their_own_day(faulty_company: Written) -> None:
    for path, records in faulty_company.records.items():
        if "/site/" in path:
            assert {record["event_date"] for record in records} == {path.split("_")[1][:8]}


def test_ga4_integers_are_text_and_absent_values_are_absent(faulty_company: Written) -> None:
    for record in faulty_company.of_source("site"):
        assert isinstance(record["event_timestamp"], str)
        assert None not in record.values()
        for param in record["event_params"]:
            (value,) = param["value"].values()
            assert isinstance(value, str)


def test_session_times_are_on_a_twelve_hour_clock_before_the_call(
    faulty_company: Written,
) -> None:
    afternoon = 0
    for call in faulty_company.of_source("calls"):
        if call["sessionDate"] is None:
            assert call["medium"] == "offline"
            continue
        stated = datetime.strptime(call["sessionDate"], "%d/%m/%Y %I:%M:%S")  # noqa: DTZ007
        rang = datetime.strptime(call["date"], "%d/%m/%Y %H:%M:%S")  # noqa: DTZ007
        halves = [stated, stated + timedelta(hours=12)]
        assert min(halves) <= rang
        afternoon += stated.hour + 12 <= rang.hour
    assert afternoon > 10


def test_clean_company_has_no_faults(clean_company: Written) -> None:
    assert clean_company.planted["planted"] == []
    assert {event["note"] for event in clean_company.events} == {"", "technical"}
    assert all(event["identified"] for event in clean_company.events)
    assert all("user_pseudo_id" in record for record in clean_company.of_source("site"))
    crm = clean_company.of_source("crm")
    assert all(row["Ответственный"] for row in crm)
    assert all(digits(row["Телефон"])[-10:] != OWN_NUMBER[-10:] for row in crm)
    assert len({row["Номер"] for row in crm}) == len(crm)
    assert min(call["duration"] for call in clean_company.of_source("calls")) >= 0
    figures = clean_company.summary.figures
    assert figures["offers_slow_line"]["median_wait_days"] < 3
    assert figures["showroom_2"]["mean"] > 0


def test_the_same_people_arrive_with_and_without_faults(
    clean_company: Written, faulty_company: Written
) -> None:
    def first_steps(company: Written) -> dict[str, tuple[datetime, str]]:
        return {
            journey["person"]: (journey["started_at"], journey["path"][0])
            for journey in company.truth("journeys")
            if journey["journey_number"] == 1
        }

    clean, faulty = first_steps(clean_company), first_steps(faulty_company)
    assert clean.keys() == faulty.keys()
    # Only a Monday caller may fare otherwise on the very first step.
    assert sum(clean[person] != faulty[person] for person in clean) <= 0.01 * len(clean)


def test_settings_speak_the_vocabulary(faulty_company: Written) -> None:
    text = (faulty_company.directory / "journeyflow.toml").read_text("utf-8")
    settings = tomllib.loads(text)
    unknown = {source["format"] for source in settings["sources"]} - FORMATS.keys()
    try:
        project = load_project(faulty_company.directory)
    except SettingsError as error:
        if unknown:
            pytest.skip(f"formats not built yet: {sorted(unknown)}")
        raise AssertionError(error.message) from error
    assert [stage.name for stage in project.stages][2] == "purchase"
    owners = {rule.name: rule.owner for rule in project.touchpoints}
    assert [name for name, owner in owners.items() if owner is None] == ["Замер"]


def test_touchpoint_names_of_settings_and_truth_agree(faulty_company: Written) -> None:
    text = (faulty_company.directory / "journeyflow.toml").read_text("utf-8")
    named = {rule["name"] for rule in tomllib.loads(text)["touchpoints"]}
    seen = {event["touchpoint"] for event in faulty_company.events} - {None}
    assert seen <= named
