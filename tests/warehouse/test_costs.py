"""What advertising cost, from export files to the published table."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.support.projects import Project, Row, csv_text, settings, source

COLUMNS = {
    name: name
    for name in ("day", "source", "medium", "campaign", "impressions", "clicks", "cost", "currency")
}


def project(folder: Path, rates: dict[str, float] | None = None, **keys: Any) -> Project:
    """A project of one source of costs."""
    spend = {"name": "spend", "format": "costs", "files": "exports/spend/*.csv"}
    spend |= {"columns": COLUMNS} | keys
    rated = {"currency": {"rates": rates}} if rates else {}
    return Project(folder, settings(spend, source(), **rated))


def published(made: Project, *files: list[Row] | str) -> list[tuple[date, str | None, Decimal]]:
    """(day, campaign, cost) as published once the files have arrived, in one run each."""
    made.write("exports/site/1.csv", [{"cookie": "c", "ts": "2026-03-01T10:00:00Z", "kind": "v"}])
    for number, rows in enumerate(files):
        text = rows if isinstance(rows, str) else csv_text(rows, COLUMNS)
        made.write(f"exports/spend/{number}.csv", text)
        made.run()
    return [(row["day"], row["campaign"], row["cost"]) for row in made.rows("costs")]


def spent(day: str, cost: str, campaign: str = "brand", **cells: Any) -> Row:
    return {"day": day, "source": "google", "campaign": campaign, "cost": cost, **cells}


def test_money_is_summed_before_it_is_rounded(tmp_path: Path) -> None:
    rows = [spent("2026-03-01", "0.004"), spent("2026-03-01", "0.0035", impressions="1")]
    rows += [spent("2026-03-01", "1.01", currency="USD", impressions=n) for n in ("2", "3", "4")]
    # 0.0075 of ours, and 3.03 at a third: 1.0099999697.
    found = published(project(tmp_path, {"USD": 0.33333332}), rows)
    assert found == [(date(2026, 3, 1), "brand", Decimal("1.02"))]
