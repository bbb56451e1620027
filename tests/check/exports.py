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
    """A file and what must come of it: persons, journeys (45 days of silence end one), kinds,
    and conversions once the proposed ones are accepted."""

    name: str
    content: bytes
    persons: int
    journeys: int
    kinds: dict[str, int]
    currency: str = "RUB"
    conversions: int = 0


def shop_ru() -> Export:
    """Semicolons, cp1251, decimal comma, day first, phones as they are typed in Russia."""
    ann, bob, eve = (f"8 {number}" for number in PEOPLE)
    rows = [
        "Дата;Событие;Телефон;Сумма;Источник",
        f"01.03.2024 14:05;Просмотр каталога;{ann};;Яндекс",
        f"02.03.2024 9:15;Заказ;{ann};1 234,50;Яндекс",
        f"24.03.2024 11:00;Просмотр каталога;{bob};;ВКонтакте",
        f"01.05.2024 18:40;Звонок;{ann};;Яндекс",
        f"02.05.2024 19:00;Заказ;{eve};99,90;ВКонтакте",
        f"03.05.2024 10:00;Заказ;{bob};12 000,00;Яндекс",
        f"04.05.2024 10:00;Звонок;{eve};;ВКонтакте",
    ]
    text = "\r\n".join(rows) + "\r\n"
    # Ann is silent for 60 days: two journeys. Bob for 40, Eve for 2: one each.
    kinds = {"Заказ": 3, "Просмотр каталога": 2, "Звонок": 2}
    return Export("выгрузка.csv", text.encode("cp1251"), 3, 4, kinds, conversions=3)


def shopify_like() -> Export:
    """One row per line of an order; only its first row holds the order's facts."""
    paid = "paid,EUR,{},2024-{} +0300"
    rows = [
        "Name,Email,Financial Status,Currency,Total,Created at,Lineitem name,Phone",
        f"#1001,ann@shop.example,{paid.format('110.59', '03-02 09:50:20')},Mask,'+33612345678",
        "#1001,ann@shop.example,,,,2024-03-02 09:50:20 +0300,Balm,",
        "#1002,bob@shop.example,refunded,EUR,20.00,2024-03-05 10:00:00 +0300,Mask,",
        f"#1003,ANN@shop.example,{paid.format('5.00', '06-01 10:00:00')},Soap,",
    ]
    text = "\n".join(rows) + "\n"
    return Export(
        "orders_export_1.csv", text.encode(), 2, 3, {"orders": 4}, currency="EUR", conversions=2
    )


def log_lines() -> Export:
    rows = [
        (
            "2024-03-01T10:00:00.123Z",
            "u-1",
            "page_view",
            "https://site.example/catalog/a?utm_source=y",
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
        conversions=1,
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
    return Export(path.name, path.read_bytes(), 2, 2, {"retail": 4}, conversions=2)


def epoch_ms() -> Export:
    rows = ["time|visitor_id|action|amount"]
    rows += [
        f"{1_700_000_000_000 + 60_000 * n}|v{n % 3}{'abcdef' * 2}|{kind}|{amount}"
        for n, (kind, amount) in enumerate(
            [("view", ""), ("view", ""), ("click", ""), ("purchase", "10.50"), ("view", "")]
        )
    ]
    return Export(
        "clicks.txt",
        "\n".join(rows).encode(),
        3,
        3,
        {"view": 3, "click": 1, "purchase": 1},
        conversions=1,
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
        conversions=2,
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
    text = "\n".join(rows).encode("utf-8-sig")
    return Export("loyalty.csv", text, 2, 2, {"визит": 2, "покупка": 1}, conversions=1)


def tabs() -> Export:
    """Tabs, ISO times with an offset, addresses."""
    rows = [
        ("cookie_id", "occurred_at", "page_url", "referer", "event_type"),
        (
            "c0ffee01aa",
            "2024-03-01T08:00:00+03:00",
            "https://a.example/?utm_source=vk",
            "https://vk.com/",
            "pageview",
        ),
        (
            "c0ffee01aa",
            "2024-03-01T08:01:00+03:00",
            "https://a.example/form",
            "https://a.example/",
            "form_submit",
        ),
        ("c0ffee02bb", "2024-03-01T09:00:00+03:00", "https://a.example/", "", "pageview"),
    ]
    text = "\n".join("\t".join(row) for row in rows)
    return Export("web.tsv", text.encode(), 2, 2, {"pageview": 2, "form_submit": 1})


def crm_ru() -> Export:
    """Deals with a stage, names of people, roubles with spaces; two deals of one customer."""
    ann, bob = (f"+7 {number}" for number in PEOPLE[:2])
    rows = [
        "ID сделки;Название;Стадия сделки;Дата создания;Сумма, ₽;Контакт;Телефон контакта;Источник",
        f"501;Кухня;Успешно реализовано;13.02.2024 10:00:00;240 000,00;Иванова Анна;{ann};Сайт",
        f"502;Шкаф;Отказ;14.02.2024 11:00:00;90 000,50;Смирнов Олег;{bob};Звонок",
        f"503;Кухня;Успешно реализовано;01.06.2024 10:00:00;310 000,00;Иванова Анна;{ann};Сайт",
        "504;Стол;Новая;02.06.2024 10:00:00;;Кузнецов Пётр;+7 999 000-11-22;Сайт",
    ]
    text = "\n".join(rows).encode("utf-8-sig")
    return Export("Сделки.csv", text, 3, 4, {"сделки": 4}, conversions=2)


def calls_utf16() -> Export:
    """UTF-16 with tabs, as advertising accounts write "CSV for Excel"; phones of digits alone."""
    ann, bob = ("7" + number.replace(" ", "").replace("-", "") for number in PEOPLE[:2])
    rows = [
        ("Дата и время", "Номер звонящего", "Длительность", "Направление", "Отвечен"),
        ("05.03.2024 10:00:00", ann, "65", "входящий", "да"),
        ("25.03.2024 12:00:00", bob, "0", "входящий", "нет"),
        ("25.03.2024 12:05:00", bob, "30", "входящий", "да"),
    ]
    text = "\n".join("\t".join(row) for row in rows)
    return Export("calls.csv", text.encode("utf-16"), 2, 2, {"calls": 3})


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
        conversions=1,
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
