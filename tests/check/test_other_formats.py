"""Exports that are no tables of events: costs, answers, and formats of their own."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from journeyflow.check import FileReport, check_files
from journeyflow.sources.formats import FORMATS


def look(folder: Path, name: str, text: str) -> FileReport:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    (report,) = check_files([path], folder, timezone="Europe/Moscow", currency="EUR")
    return report


def test_a_table_of_costs(tmp_path: Path) -> None:
    text = (
        "Date;Campaign;UTM Source;UTM Medium;Impressions;Clicks;Cost\n"
        "01.03.2024;brand;google;cpc;1200;15;12,50\n14.03.2024;brand;google;cpc;900;10;8,00\n"
    )
    report = look(tmp_path, "costs.csv", text)
    assert report.sound
    assert (report.format, report.rows, report.used) == ("costs", 2, 2)
    assert tomllib.loads(report.settings_block)["sources"][0]["columns"] == {
        "day": "Date",
        "campaign": "Campaign",
        "source": "UTM Source",
        "medium": "UTM Medium",
        "impressions": "Impressions",
        "clicks": "Clicks",
        "cost": "Cost",
    }


def test_costs_that_do_not_say_where_they_were_spent(tmp_path: Path) -> None:
    text = "day,campaign,clicks,spend\n2024-03-01,brand,15,12.50\n2024-03-02,brand,10,8\n"
    report = look(tmp_path, "costs.csv", text)
    assert [each.about for each in report.questions] == ["source"]


def test_costs_of_whole_periods_in_the_currency_of_their_header(tmp_path: Path) -> None:
    text = (
        '"Reporting starts","Reporting ends","Campaign name","Amount spent (EUR)","Link clicks"\n'
        "2024-03-01,2024-03-07,,45.00,30\n"
        "2024-03-01,2024-03-07,SALES | CBO,25.00,23\n2024-03-01,2024-03-07,B,20.00,7\n"
    )
    report = look(tmp_path, "costs.csv", text)
    assert [each.about for each in report.questions] == ["source"]
    assert (report.rows, report.used, report.skips) == (3, 2, [("totals row", 1)])
    assert (report.first_at, report.last_at) == ("2024-03-01", "2024-03-07")
    (source,) = tomllib.loads(report.settings_block)["sources"]
    assert source["columns"] == {
        "date_from": "Reporting starts", "date_to": "Reporting ends", "campaign": "Campaign name",
        "cost": "Amount spent (EUR)", "clicks": "Link clicks",
        "currency": {"value": "EUR"},
    }  # fmt: skip
    # What no file of costs says.
    assert '# vat = "included"' in report.settings_block
    assert any("value added tax" in note for note in report.notes)


def test_costs_with_ranges_in_one_cell_and_a_totals_row(tmp_path: Path) -> None:
    text = "date,source,campaign,clicks,cost\n2024-03-01/2024-03-07,vk,a,1,12.50\nTotal,,,1,12.5\n"
    report = look(tmp_path, "costs.csv", text)
    assert report.sound
    assert (report.used, report.landed, report.last_at) == (1, 7, "2024-03-07")
    assert any("names no currency" in note for note in report.notes)


def test_costs_in_another_currency_or_in_millionths_are_asked_about(tmp_path: Path) -> None:
    text = "day,source,campaign,clicks,cost,currency\n2024-03-01,vk,a,2,50800000,USD\n"
    report = look(tmp_path, "costs.csv", text)
    assert [each.about for each in report.questions] == ["currency", "micros"]
    assert report.first_rows[0]["cost"] == "50.80"
    assert "micros = true" in report.questions[1].choices


def test_an_amount_that_may_be_two_is_asked_about(tmp_path: Path) -> None:
    text = 'day,source,campaign,cost\n2024-03-01,vk,a,"1,234"\n2024-03-02,vk,a,"2,345"\n'
    report = look(tmp_path, "costs.csv", text)
    assert [each.about for each in report.questions] == ["decimal"]


def test_answers_with_their_scale(tmp_path: Path) -> None:
    text = (
        "response_id,responded_at,kind,score,scale_min,scale_max,phone\n"
        "r1,2024-03-20T10:00:00+03:00,nps,3,0,10,+79161234567\n"
        "r2,2024-03-21T10:00:00+03:00,nps,9,0,10,+79037654321\n"
    )
    report = look(tmp_path, "survey.csv", text)
    assert report.sound
    assert (report.format, report.used) == ("feedback", 2)
    assert dict(report.kinds) == {"nps": 2}
    (source,) = tomllib.loads(report.settings_block)["sources"]
    assert source["columns"]["feedback_id"] == "response_id"
    assert "[[touchpoints]]" not in report.settings_block


def test_answers_without_a_scale_are_asked_about(tmp_path: Path) -> None:
    text = "Дата;Оценка;Телефон\n01.03.2024;5;+79161234567\n14.03.2024;2;+79037654321\n"
    report = look(tmp_path, "опрос.csv", text)
    assert [each.about for each in report.questions] == ["scale"]


@pytest.mark.parametrize(
    ("format", "record"),
    [
        ("ga4", {"event_date": "20240301", "event_timestamp": "1709280000000000",
                 "event_name": "page_view", "user_pseudo_id": "100.200", "event_params": []}),
        ("calltouch", {"callId": 1, "callerNumber": "79161234567", "uniqueCall": True,
                       "date": "14/12/2023 18:52:13", "timestamp": 1702569133}),
        ("callrail", {"id": "CAL1", "customer_phone_number": "+13035550142", "answered": True,
                      "tracking_phone_number": "+13035550163", "direction": "inbound",
                      "start_time": "2024-03-02T11:27:48.119-05:00", "duration": 187}),
        ("uis", {"id": 1, "start_time": "2024-03-02 11:27:48", "direction": "in",
                 "is_lost": False, "contact_phone_number": "79161234567"}),
    ],
)  # fmt: skip
def test_a_format_of_its_own_is_known_by_its_keys(
    tmp_path: Path, format: str, record: dict[str, object]
) -> None:
    if format not in FORMATS:
        pytest.skip(f"this version does not read {format}")
    report = look(tmp_path, "export.ndjson", json.dumps(record) + "\n")
    assert report.fault is None
    assert (report.format, report.rows) == (format, 1)
    assert "columns" not in tomllib.loads(report.settings_block)["sources"][0]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("format", ["calltouch", "uis"])
def test_a_page_of_an_answer_is_known_by_the_keys_of_its_records(
    tmp_path: Path, format: str, indent: int | None
) -> None:
    calls = {"callId": 1, "callerNumber": "79161234567", "timestamp": 1_702_569_133}
    answers = {
        "calltouch": {"page": 1, "records": [calls]},
        "uis": {"jsonrpc": "2.0", "id": 1, "result": {"metadata": {}, "data": [
            {"id": 1, "start_time": "2024-03-02 11:27:48", "contact_phone_number": "79161234567"},
        ]}},
    }  # fmt: skip
    report = look(tmp_path, "page.json", json.dumps(answers[format], indent=indent))
    assert (report.fault, report.format, report.rows) == (None, format, 1)


ORDERS = """\
Номер заказа;Дата заказа;Статус заказа;Сумма заказа;Телефон;Город;Дата отмены;Возвращено
1001;01.10.2026 10:00;Оплачен;1 200,50;+79161234567;Москва;;
1002;02.10.2026 10:00;Отгружен;200,50;+79037654321;Тула;;100,00
1003;13.10.2026 10:00;Отменен;300;+79251112233;Москва;14.10.2026;
"""


def test_a_table_of_orders_and_the_states_that_it_knows(tmp_path: Path) -> None:
    report = look(tmp_path, "orders.csv", ORDERS)
    assert report.format == "orders"
    (source,) = tomllib.loads(report.settings_block)["sources"]
    assert source["columns"] == {
        "order_id": "Номер заказа", "ordered_at": "Дата заказа", "status": "Статус заказа",
        "total": "Сумма заказа", "refunded": "Возвращено", "cancelled_at": "Дата отмены",
        "region": "Город",
    }  # fmt: skip
    assert source["identifiers"] == {"phone": "Телефон"}
    (question,) = report.questions
    assert question.about == "statuses"
    assert "'Отгружен' (1)" in question.text
    (line,) = question.choices
    assert tomllib.loads(line)["statuses"] == {
        "Оплачен": "paid", "Отгружен": "…", "Отменен": "cancelled",
    }  # fmt: skip
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    (told,) = check_files(
        [tmp_path / "orders.csv"],
        tmp_path,
        timezone="Europe/Moscow",
        currency="EUR",
        answers=[line.replace("…", "paid")],
    )
    assert told.sound
    assert dict(told.kinds) == {"purchase": 2, "order_cancelled": 1}
    assert told.first_rows[1]["value"] == "100.50"
    assert told.conversions == ["purchase"]


def test_states_that_are_known_are_listed_and_nothing_is_asked(tmp_path: Path) -> None:
    report = look(tmp_path, "orders.csv", ORDERS.replace("Отгружен", "Доставлен"))
    assert report.sound
    assert (
        '# statuses = { "Доставлен" = "paid", "Оплачен" = "paid", "Отменен" = "cancelled" }'
        in report.settings_block
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text.replace("1002;", "1001;"), "lines of orders"),
        (lambda text: text.replace("Статус заказа", "Склад"), "no state"),
        (lambda text: text.replace("Сумма заказа", "Вес"), "no total"),
        (lambda text: text.replace("Город", "Событие"), "events"),
        (lambda text: text.replace("Отгружен", ""), "orders without a state"),
    ],
)
def test_other_tables_with_order_numbers_are_no_orders(
    tmp_path: Path, change: Callable[[str], str], why: str
) -> None:
    assert look(tmp_path, "orders.csv", change(ORDERS)).format == "table", why


def test_missed_calls_are_proposed_as_a_touchpoint_before_all_calls(tmp_path: Path) -> None:
    calls = "".join(
        f'{{"callId": {n}, "callerNumber": "7916123456{n}", "timestamp": {1_702_569_133 + n}, '
        f'"successful": {told}}}\n'
        for n, told in enumerate(("true", "true", "false"))
    )
    report = look(tmp_path, "export.ndjson", calls)
    assert report.touchpoints == [
        ("Missed call", {"kind": "call", "answered": "false"}),
        ("call", {"kind": "call"}),
    ]
    assert '# when = { kind = "call", answered = "false" }' in report.settings_block


def test_a_format_without_offsets_takes_the_zone_of_the_project_and_asks_without_one(
    tmp_path: Path,
) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes(
        "id;start_time;contact_phone_number;campaign_name\n"
        "1;2024-03-02 11:27:48;79161234567;Щит на шоссе\n".encode("cp1251")
    )
    (told,) = check_files([path], tmp_path, timezone="Europe/Moscow", currency="EUR")
    (source,) = tomllib.loads(told.settings_block)["sources"]
    assert (told.fault, told.format, told.rows) == (None, "uis", 1)
    assert (source["timezone"], source["encoding"]) == ("Europe/Moscow", "cp1251")
    (asked,) = check_files([path], tmp_path, currency="EUR")
    assert [each.about for each in asked.questions] == ["timezone"]


FLAT = {
    "event_date": "20240301", "event_timestamp": "1709280000000000", "event_name": "page_view",
    "user_pseudo_id": "100.200", "page_location": "https://shop.example/a",
}  # fmt: skip


@pytest.mark.parametrize("name", ["flat.csv", "flat.json"])
def test_a_query_that_flattens_a_ga4_export_is_a_table(tmp_path: Path, name: str) -> None:
    text = json.dumps(FLAT) + "\n"
    if name == "flat.csv":
        text = ",".join(FLAT) + "\n" + ",".join(FLAT.values()) + "\n"
    report = look(tmp_path, name, text)
    assert (report.fault, report.format, report.used) == (None, "table", 1)
    (source,) = tomllib.loads(report.settings_block)["sources"]
    assert source["time_format"] == "epoch_us"
    assert source["columns"]["url"] == "page_location"
    assert source["identifiers"] == {"ga_client_id": "user_pseudo_id"}


def test_the_identifiers_of_a_format_of_its_own_are_shown_as_read(tmp_path: Path) -> None:
    record = {
        "event_date": "20240301", "event_timestamp": "1709280000000000", "event_name": "page_view",
        "user_pseudo_id": "100.200", "user_id": "u7", "event_params": [],
    }  # fmt: skip
    (shown,) = look(tmp_path, "export.ndjson", json.dumps(record) + "\n").first_rows
    found = {name: text for name, text in shown.items() if name.startswith("identifiers.")}
    assert found == {"identifiers.ga_client_id": "(read)", "identifiers.user_id": "(read)"}
