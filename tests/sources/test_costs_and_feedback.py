from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from tests.support.reading import bench, identifiers

LOOSE = "[checks]\nmax_reject_share = 1\n[currency.rates]\nUSD = 0.5"


def test_costs_are_days_and_exact_money(tmp_path: Path) -> None:
    columns = {
        "day": "Day",
        "source": {"value": "yandex"},
        "campaign": "Campaign",
        "clicks": "Clicks",
        "cost": "Cost",
        "currency": "Currency",
    }
    text = (
        "Day;Campaign;Clicks;Cost;Currency\n"
        "01.10.2026;brand;1 200;1 234,56;usd\n"
        "02.10.2026;brand;;0,10;\n"
        "soon;brand;1 200;1 234,66;\n"
        "03.10.2026;brand;many;1;\n"
        "03.10.2026;brand;1;99999999999999999;\n"
        "03.10.2026;brand;1;1;GBP\n"
        "03.10.2026;brand;1;;\n"
        "03.10.2026;brand;1,5;1;\n"
    )
    with bench(
        tmp_path,
        more=LOOSE,
        format="costs",
        columns=columns,
        delimiter=";",
        decimal=",",
        time_format="%d.%m.%Y",
    ) as desk:
        read = desk.read("costs.csv", text)
    keys = ("local_day", "source_name", "campaign", "clicks", "cost", "currency")
    assert [tuple(row[key] for key in keys) for row in read.rows] == [
        (date(2026, 10, 1), "yandex", "brand", 1200, Decimal("1234.56"), "USD"),
        (date(2026, 10, 2), "yandex", "brand", None, Decimal("0.10"), "EUR"),
    ]
    assert [(line, column, reason) for line, column, _, reason in read.rejects] == [
        (3, "day", "not a day"),
        (4, "clicks", "not a number written with the decimal ,"),
        (5, "cost", "a number of more than 14 digits"),
        (6, "currency", "no rate in [currency.rates]"),
        (7, "cost", "missing"),
        (8, "clicks", "not a whole number"),
    ]


def test_answers_keep_their_scale(tmp_path: Path) -> None:
    columns = {
        "responded_at": "at",
        "kind": {"value": "nps"},
        "score": "score",
        "scale_min": {"value": "0"},
        "scale_max": "top",
    }
    text = (
        "at,score,top,mail\n"
        "2026-10-01T10:00:00+03:00,9,10,Anna@Example.com\n"
        "2026-10-01T10:00:00+03:00,11,10,\n"
        "2026-10-01T10:00:00+03:00,0,0,\n"
        "2026-10-01T10:00:00+03:00,,10,\n"
    )
    with bench(
        tmp_path, more=LOOSE, format="feedback", columns=columns, identifiers={"email": "mail"}
    ) as desk:
        read = desk.read("answers.csv", text)
    (row,) = read.rows
    assert row["occurred_at"] == datetime(2026, 10, 1, 7, tzinfo=UTC)
    assert (row["score"], row["scale_min"], row["scale_max"]) == (9, 0, 10)
    assert identifiers(row) == {"email": desk.key("email", "anna@example.com")}
    assert [(line, column, reason) for line, column, _, reason in read.rejects] == [
        (2, "score", "outside its scale"),
        (3, "scale_max", "not above scale_min"),
        (4, "score", "missing"),
    ]
