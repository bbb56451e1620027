"""Invented exports in the styles of different systems, small enough to count by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

PEOPLE = ("916 123-45-67", "903 765-43-21", "925 111-22-33")


@dataclass(frozen=True)
class Export:
    """A file and what must come of it: persons, journeys (45 days of silence end one), kinds."""

    name: str
    content: bytes
    persons: int
    journeys: int
    kinds: dict[str, int]
    currency: str = "RUB"


def shop_ru() -> Export:
    """Semicolons, cp1251, decimal comma, day first; the first person comes back after 60 days."""
    rows = [
        "Дата;Событие;Телефон;Сумма;Источник",
        f"01.03.2024 14:05;Просмотр каталога;8 {PEOPLE[0]};;Яндекс Директ",
        f"02.03.2024 9:15;Заказ;8 {PEOPLE[0]};1 234,50;Яндекс Директ",
        f"24.03.2024 11:00;Просмотр каталога;8 {PEOPLE[1]};;ВКонтакте",
        f"01.05.2024 18:40;Звонок;8 {PEOPLE[0]};;Яндекс Директ",
        f"02.05.2024 19:00;Заказ;8 {PEOPLE[2]};99,90;ВКонтакте",
        f"03.05.2024 10:00;Заказ;8 {PEOPLE[1]};12 000,00;Яндекс Директ",
        f"04.05.2024 10:00;Звонок;8 {PEOPLE[2]};;ВКонтакте",
    ]
    text = "\r\n".join(rows) + "\r\n"
    # 916: two journeys (60 days apart), 903: 40 days apart, one; 925: one.
    return Export(
        "выгрузка.csv",
        text.encode("cp1251"),
        3,
        4,
        {"Заказ": 3, "Просмотр каталога": 2, "Звонок": 2},
    )


def shopify_like() -> Export:
    rows = [
        "Name,Email,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Phone",
        "#1001,ann@shop.example,paid,EUR,110.59,2024-03-02 09:50:20 +0300,3,Mask,'+33612345678",
        "#1001,ann@shop.example,,,,2024-03-02 09:50:20 +0300,1,Balm,",
        "#1002,bob@shop.example,refunded,EUR,20.00,2024-03-05 10:00:00 +0300,1,Mask,",
        "#1003,ANN@shop.example,paid,EUR,5.00,2024-06-01 10:00:00 +0300,1,Soap,",
    ]
    return Export(
        "orders_export_1.csv", "\n".join(rows).encode() + b"\n", 2, 3, {"orders": 4}, currency="EUR"
    )


def log_lines() -> Export:
    rows = [
        (
            "2024-03-01T10:00:00.123Z",
            "u-1",
            "page_view",
            "https://site.example/catalog/a?utm_source=ya",
        ),
        ("2024-03-01T10:05:00.000Z", "u-1", "add_to_cart", "https://site.example/cart"),
        ("2024-03-01T11:00:00.000Z", "u-2", "page_view", "https://site.example/"),
        ("2024-03-02T10:00:00.000Z", "u-1", "purchase", "https://site.example/thanks"),
    ]
    lines = [
        json.dumps(
            {
                "ts": ts,
                "event": kind,
                "$lib": "web",
                "user": {"id": who, "plan": "pro" if who == "u-1" else "free"},
                "page": {"url": url},
                "tags": ["a"],
            }
        )
        for ts, who, kind, url in rows
    ]
    return Export(
        "log.ndjson",
        "\n".join(lines).encode(),
        2,
        2,
        {"page_view": 2, "add_to_cart": 1, "purchase": 1},
    )


def parquet_file(path: Path) -> Export:
    """Ids that met a missing value and became doubles."""
    table = pa.table(
        {
            "CustomerID": pa.array([17850.0, 17850.0, None, 12583.0]),
            "InvoiceNo": ["536365", "536365", "536366", "536370"],
            "InvoiceDate": pa.array(
                [1_600_000_000, 1_600_000_000, 1_600_050_000, 1_600_100_000], pa.timestamp("s")
            ),
            "UnitPrice": pa.array([2.55, 3.39, 7.65, 4.25]),
            "Country": ["France", "France", "Germany", "France"],
        }
    )
    parquet.write_table(table, path)
    return Export(path.name, path.read_bytes(), 2, 2, {"retail": 4})


def epoch_ms() -> Export:
    rows = ["time|visitor_id|action|amount"]
    rows += [
        f"{1_700_000_000_000 + 60_000 * n}|v{n % 3}{'abcdef' * 2}|{kind}|{amount}"
        for n, (kind, amount) in enumerate(
            [("view", ""), ("view", ""), ("click", ""), ("purchase", "10.50"), ("view", "")]
        )
    ]
    return Export(
        "clicks.txt", "\n".join(rows).encode(), 3, 3, {"view": 3, "click": 1, "purchase": 1}
    )


def us_dates() -> Export:
    rows = [
        "Event Name,Event Date,User ID,Device,Order Total",
        "signup,3/4/2024 2:05 PM,1001,mobile,",
        'purchase,3/24/2024 11:30 AM,1001,desktop,"1,250.00"',
        "signup,12/1/2023 9:00 AM,1002,mobile,",
        "purchase,12/5/2023 9:00 AM,1002,mobile,20.5",
    ]
    return Export(
        "events 2024.csv",
        "\n".join(rows).encode(),
        2,
        2,
        {"purchase": 2, "signup": 2},
        currency="USD",
    )


def titled() -> Export:
    """Two lines of title and an empty one above the header, padded as spreadsheets do."""
    rows = [
        "Отчёт по визитам;;;",
        "Период: 01.03.2024 - 31.03.2024;;;",
        "",
        "Дата визита;Номер карты;Действие;Город",
        "2024-03-01 10:00;0000222233334444;визит;Москва",
        "2024-03-02 12:00;0000222233334444;покупка;Москва",
        "2024-03-03 12:30;0000222233335555;визит;Тула",
    ]
    return Export(
        "loyalty.csv", "\n".join(rows).encode("utf-8-sig"), 2, 2, {"визит": 2, "покупка": 1}
    )


def tabs() -> Export:
    rows = [
        "cookie_id\toccurred_at\tpage_url\treferer\tevent_type",
        "c0ffee01aa\t2024-03-01T08:00:00+03:00\thttps://a.example/?utm_source=vk\thttps://vk.com/\tpageview",
        "c0ffee01aa\t2024-03-01T08:01:00+03:00\thttps://a.example/form\thttps://a.example/\tform_submit",
        "c0ffee02bb\t2024-03-01T09:00:00+03:00\thttps://a.example/\t\tpageview",
    ]
    return Export("web.tsv", "\n".join(rows).encode(), 2, 2, {"pageview": 2, "form_submit": 1})


def crm_ru() -> Export:
    rows = [
        "ID сделки;Название;Стадия сделки;Дата создания;Сумма, ₽;Контакт;Телефон контакта;Ответственный;Источник",
        f"501;Кухня;Успешно реализовано;13.02.2024 10:00:00;240 000,00;Иванова Анна;+7 {PEOPLE[0]};Петров П.;Сайт",
        f"502;Шкаф;Отказ;14.02.2024 11:00:00;90 000,50;Смирнов Олег;+7 {PEOPLE[1]};Петров П.;Звонок",
        f"503;Кухня;Успешно реализовано;01.06.2024 10:00:00;310 000,00;Иванова Анна;+7 {PEOPLE[0]};Сидорова О.;Сайт",
        "504;Стол;Новая;02.06.2024 10:00:00;;Кузнецов Пётр;+7 999 000-11-22;Сидорова О.;Сайт",
    ]
    return Export("Сделки.csv", "\n".join(rows).encode("utf-8-sig"), 3, 4, {"сделки": 4})


def calls_utf16() -> Export:
    """UTF-16 with tabs, as some advertising accounts write "CSV for Excel"."""
    rows = [
        "Дата и время\tНомер звонящего\tДлительность\tНаправление\tОтвечен",
        f"05.03.2024 10:00:00\t7{PEOPLE[0].replace(' ', '').replace('-', '')}\t65\tвходящий\tда",
        f"25.03.2024 12:00:00\t7{PEOPLE[1].replace(' ', '').replace('-', '')}\t0\tвходящий\tнет",
        f"25.03.2024 12:05:00\t7{PEOPLE[1].replace(' ', '').replace('-', '')}\t30\tвходящий\tда",
    ]
    return Export("calls.csv", "\n".join(rows).encode("utf-16"), 2, 2, {"calls": 3})


def json_list() -> Export:
    rows = [
        {
            "timestamp": 1_700_000_000 + 3600 * n,
            "userId": f"user-{n % 2}",
            "eventName": "Order Completed" if n == 3 else "Product Viewed",
            "revenue": 12.5 if n == 3 else None,
        }
        for n in range(4)
    ]
    return Export(
        "track.json",
        json.dumps(rows, indent=1).encode(),
        2,
        2,
        {"Product Viewed": 3, "Order Completed": 1},
        currency="USD",
    )


ALL = (
    shop_ru,
    shopify_like,
    log_lines,
    epoch_ms,
    us_dates,
    titled,
    tabs,
    crm_ru,
    calls_utf16,
    json_list,
)
