"""Exports of the Logs API are formed as it forms them, and agree with the truth beside them."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from journeyflow.cli import app
from journeyflow.errors import SettingsError
from journeyflow.simulate import simulate

from .conftest import Written
from .logs_api import Table, listed

MOSCOW = timezone(timedelta(hours=3))
FORM, PAID, CALL = "310001771", "310001772", "310001773"
SHOWN = {FORM: "generate_lead", PAID: "payment_goal"}
GROUPS = ("goals", "purchase", "purchasedProduct", "offlineCall", "parsedParamsKey")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("metrica")
    return Written(simulate(folder, persons=1500, second_counter="metrica"))


@pytest.fixture(scope="module")
def visits(company: Written) -> Table:
    return Table(company.directory, "visits", "ym:s:")


@pytest.fixture(scope="module")
def hits(company: Written) -> Table:
    return Table(company.directory, "hits", "ym:pv:")


def local(moment: datetime) -> str:
    return moment.astimezone(MOSCOW).strftime("%Y-%m-%d %H:%M:%S")


def truth_by_line(company: Written, source: str) -> dict[tuple[str, int], list[dict[str, Any]]]:
    lines = defaultdict(list)
    for event in company.events:
        if event["source"] == source:
            lines[event["file"], event["line"]].append(event)
    return lines


def test_the_truth_of_a_visit_is_all_that_its_line_shows(company: Written, visits: Table) -> None:
    truth = truth_by_line(company, "visits")
    assert sum(map(len, visits.files.values())) == len(truth)
    for (file, line), events in truth.items():
        record = visits.files[file][line]
        assert {event["event_id"] for event in events} == {record["visitID"]}
        times = list(zip(listed(record["goalsID"]), listed(record["goalsDateTime"]), strict=True))
        shown = [("visit", record["dateTime"])]
        shown += [(SHOWN[goal], at) for goal, at in times if goal != CALL]
        shown += [("purchase", at) for at in listed(record["purchaseDateTime"])]
        shown += [("call", at) for goal, at in times if goal == CALL]
        told = Counter((event["kind"], local(event["occurred_at"])) for event in events)
        assert told == Counter(shown)
        assert len(listed(record["offlineCallMissed"])) == listed(record["goalsID"]).count(CALL)


def test_the_truth_of_a_hit_stands_at_its_line(company: Written, hits: Table) -> None:
    truth = truth_by_line(company, "hits")
    assert sum(map(len, hits.files.values())) == len(truth)
    kinds = {"isPageView": "page_view", "artificial": "event", "notBounce": "not_bounce"}
    for (file, line), (event,) in truth.items():
        record = hits.files[file][line]
        assert (record["watchID"], record["dateTime"]) == (
            event["event_id"],
            local(event["occurred_at"]),
        )
        assert [kind for flag, kind in kinds.items() if record[flag] == "1"] == [event["kind"]]


def test_lists_of_one_group_are_as_long_as_each_other(visits: Table) -> None:
    for record in visits:
        for group in GROUPS:
            fields = [name for name in record if name.startswith(group)]
            if group == "purchase":
                fields = [name for name in fields if not name.startswith("purchasedProduct")]
            lengths = {name: len(listed(record[name])) for name in fields}
            # One empty text without quotes looks like no text at all.
            if lengths.get("goalsID") == 1 and record["goalsCurrency"] == "[]":
                lengths["goalsCurrency"] = 1
            assert len(set(lengths.values())) == 1, lengths


def test_ids_are_longer_than_a_float_can_tell(visits: Table, hits: Table) -> None:
    for ids in ({each["clientID"] for each in visits}, {each["visitID"] for each in visits}):
        assert {len(each) for each in ids} == {19}
        assert any(int(float(each)) != int(each) for each in ids)
    assert min(int(each["watchID"]) for each in hits) > 2**63
    assert {each["visitID"] for each in hits} == {each["visitID"] for each in visits}


def test_times_are_the_counters_and_its_utc_is_moscows(visits: Table, hits: Table) -> None:
    for record in visits:
        assert record["dateTimeUTC"] == record["dateTime"]
    for record in (*visits, *hits):
        assert record["date"] == record["dateTime"][:10]


def test_a_visit_ends_with_silence_or_a_new_source(visits: Table, hits: Table) -> None:
    seen = defaultdict(list)
    for hit in hits.newest("watchID").values():
        seen[hit["clientID"]].append((hit["dateTime"], hit["watchID"], hit["visitID"]))
    whole = visits.newest("visitID")
    for moments in seen.values():
        moments.sort()
        for (before, _, one), (after, _, other) in pairwise(moments):
            gap = datetime.fromisoformat(after) - datetime.fromisoformat(before)
            if one == other:
                assert gap <= timedelta(minutes=30)
            elif gap < timedelta(minutes=30):
                assert whole[other]["lastTrafficSource"] != "direct"
    assert len(whole) > 1500


def test_money_is_scaled_as_documented(visits: Table) -> None:
    paid = [record for record in visits if listed(record["purchaseID"])]
    assert len(paid) > 4
    for record in paid:
        (revenue,) = listed(record["purchaseRevenue"])
        assert int(revenue) > 10_000
        place = listed(record["goalsID"]).index(PAID)
        assert int(listed(record["goalsPrice"])[place]) == 1000 * int(revenue)
        assert sum(map(int, listed(record["purchasedProductPrice"]))) == 1_000_000 * int(revenue)


def test_names_are_full_of_quotes(visits: Table) -> None:
    names = {name for record in visits for name in listed(record["purchasedProductName"])}
    assert all("«" in name or name.startswith(("Кухня", "Смеситель")) for name in names)
    assert any('"' in name for name in names)
    assert any("'" in name for name in names)


def test_what_looks_back_is_no_touch(visits: Table) -> None:
    sources = Counter(
        (record["lastTrafficSource"], record["lastsignTrafficSource"]) for record in visits
    )
    differ = {pair: n for pair, n in sources.items() if pair[0] != pair[1]}
    assert {last for last, _ in differ} == {"direct"}
    assert sum(differ.values()) > 100


def test_a_source_stands_with_its_companions(visits: Table) -> None:
    hidden = 0
    for record in visits:
        source, engine = record["lastTrafficSource"], record["lastSearchEngineRoot"]
        assert (source == "organic") == (engine in {"yandex", "google"})
        assert (source == "ad") == bool(record["lastAdvEngine"])
        assert (source == "messenger") == (record["lastMessenger"] == "[,,,telegram]")
        assert bool(record["lastGCLID"]) == ("gclid=" in record["startURL"])
        hidden += source == "organic" and not record["referer"]
    assert hidden > 10  # only the counter knows where these came from


def test_the_first_counters_id_is_sent_where_its_owner_consents(
    company: Written, visits: Table
) -> None:
    known = {
        record["user_pseudo_id"]
        for record in company.of_source("site")
        if "user_pseudo_id" in record
    }
    sent = [
        dict(zip(listed(each["parsedParamsKey1"]), listed(each["parsedParamsKey2"]), strict=True))
        for each in visits.newest("visitID").values()
    ]
    assert all(each["Версия сайта"] == "осень '26" for each in sent)
    ids = [each["ga_client_id"] for each in sent if "ga_client_id" in each]
    assert 0.75 < len(ids) / len(sent) < 0.95
    assert len(set(ids) & known) > 0.99 * len(set(ids))


def test_parts_cut_days_and_one_file_is_put_together(visits: Table, hits: Table) -> None:
    for table, parts in ((visits, 2), (hits, 3)):
        months = Counter(name.partition("_part")[0] for name in table.files)
        assert sorted(months.values()) == [1, 1, 1, parts - 1, parts, parts]
        assert len(table.repeated) == 1
        days = [
            {record["date"] for record in records.values()}
            for name, records in table.files.items()
            if "_2026-10-01_" in name
        ]
        assert all(one & other for one, other in pairwise(days))


def test_the_last_three_days_come_again_and_some_visits_grew(
    company: Written, visits: Table, hits: Table
) -> None:
    for table, key in ((visits, "visitID"), (hits, "watchID")):
        again = [name for name in table.files if "_recent_" in name]
        assert len(again) == 3
        for name in again:
            records = {each[key]: each for each in table.files[name].values()}
            day = min(record["date"] for record in records.values())
            end = name.split("_")[2]
            assert (datetime.fromisoformat(end) - datetime.fromisoformat(day)).days == 2
            month = {
                record[key]: record
                for other, all_records in table.files.items()
                if other != name and other.split("_")[2] == end
                for record in all_records.values()
                if record["date"] >= day
            }
            assert table.headers[name] != table.headers[next(iter(table.headers))]
            assert month.keys() <= records.keys()
            assert (month.keys() < records.keys()) == (key == "watchID")
            if key == "visitID":
                grown = [each for each in month if month[each] != records[each]]
                assert 0 < len(grown) < len(month)
                assert all(
                    int(month[each]["pageViews"]) <= int(records[each]["pageViews"])
                    for each in grown
                )


def test_a_thank_you_page_may_be_loaded_again(company: Written, visits: Table) -> None:
    orders = defaultdict(list)
    for record in visits.newest("visitID").values():
        for order in listed(record["purchaseID"]):
            orders[order].append((record["dateTime"], record["clientID"]))
    again = {order: seen for order, seen in orders.items() if len(seen) > 1}
    planted = [
        each["parameters"]["rows"]
        for each in company.planted["planted"]
        if each["id"] == "purchase_reloaded" and each["source"] == "visits"
    ]
    assert planted == [len(again)]
    assert len(again) > 0
    for (first, client), (second, other) in map(sorted, again.values()):
        assert (client, first < second) == (other, True)


def test_planted_counts_are_in_the_files(company: Written, visits: Table, hits: Table) -> None:
    planted = {
        (each["id"], each["source"]): each["parameters"]["rows"]
        for each in company.planted["planted"]
        if each["kind"] == "data"
        and each["source"] in {"visits", "hits"}
        and "rows" in each["parameters"]
    }
    robots = {each["visitID"] for each in visits if each["isRobotPro"] == "1"}
    assert planted["declared_bots", "visits"] == len(robots) == 1
    their_hits = [each for each in hits.newest("watchID").values() if each["visitID"] in robots]
    assert planted["declared_bots", "hits"] == len(their_hits) > 25
    technical = [event for event in company.events if event["note"] == "technical"]
    assert planted["technical_hits", "hits"] == sum(
        event["source"] == "hits" for event in technical
    )
    assert planted["repeated_header", "visits"] == planted["repeated_header", "hits"] == 1
    duplicates = {each["id"]: each for each in company.planted["planted"]}["duplicates"]
    assert duplicates["parameters"]["rows"]["hits"] > 300


def test_without_faults_the_form_stays_and_the_flaws_go(tmp_path: Path) -> None:
    clean = Written(
        simulate(tmp_path, persons=400, days=40, faults=False, second_counter="metrica")
    )
    assert {event["note"] for event in clean.events} == {"", "technical"}
    visits = Table(tmp_path, "visits", "ym:s:")
    assert not visits.repeated
    assert len(visits.newest("visitID")) == sum(map(len, visits.files.values()))
    assert all(record["isRobotPro"] == "0" for record in visits)


def test_a_month_of_one_day_has_files_of_its_own(tmp_path: Path) -> None:
    short = Written(simulate(tmp_path, persons=300, days=32, second_counter="metrica"))
    for source, prefix in (("visits", "ym:s:"), ("hits", "ym:pv:")):
        lines = truth_by_line(short, source)
        files = Table(tmp_path, source, prefix).files
        assert {(file, line) for file in files for line in files[file]} == lines.keys()
        assert any("_2026-09-30_2026-09-30_recent_" in name for name in files)


def test_there_is_one_second_counter(tmp_path: Path, company: Written) -> None:
    assert not (company.directory / "exports" / "site2").exists()
    with pytest.raises(SettingsError, match="expected csv or metrica"):
        simulate(tmp_path, second_counter="matomo")
    assert not any(tmp_path.iterdir())
    command = ["simulate", str(tmp_path), "--persons", "150", "--days", "10"]
    told = CliRunner().invoke(app, [*command, "--second-counter", "metrica"])
    assert told.exit_code == 0, told.output
    assert {each.name for each in (tmp_path / "exports").iterdir()} >= {"site", "visits", "hits"}
