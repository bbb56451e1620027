"""Any bytes in place of an export of costs: every row is accounted for, or the file is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.warehouse.models import load_model
from tests.support.projects import few
from tests.support.reading import Desk, bench

COSTS: dict[str, Any] = {
    "source": {"value": "google"}, "day": "Day", "date_from": "From", "date_to": "To",
    "campaign": "Campaign", "clicks": "Clicks", "cost": "Cost",
}  # fmt: skip
TABLE = b"""\
Day,From,To,Campaign,Clicks,Cost
2026-03-01,,,brand,3,1.50
2026-03-01/2026-03-02,,,"a, b",4,2.5
,2026-03-01,2026-03-09,c,,1
Total,,,,7,5
"""
REPORT = b"""\
"spring (2026-03-01 - 2026-03-03)"
Date\tCampaignId\tCampaignName\tImpressions\tClicks\tCost
2026-03-01\t1\t brand\t13\t2\t25400000
2026-03-02\t1\t--\t7\t0\t0
Total rows: 2
"""
SCREEN = b"""\
Campaign report
"March 1, 2026 - March 2, 2026"
Campaign,Currency code,Cost,Impr.,Clicks
brand,EUR,"1,234.56",--,3
"b, c",EUR,--,4,5
Total: Account,EUR,"1,234.56",4,8
"""
EXPENSES = b"""\
Date,UTMSource,UTMMedium,Expenses,Currency,Clicks
2026-03-01/2026-03-07,instagram,cpc,50000.00,EUR,100
2026-03-01,vk,,12.5,,
"""
ANSWER = b"""\
{"items": [
  {"id": 7, "rows": [
    {"date": "2026-03-01", "base": {"shows": 9, "clicks": 1, "spent": "1.50"}},
    {"date": "2026-03-02", "base": {"shows": 9, "clicks": 1, "spent": "2"}}
  ]},
  {"id": 8, "rows": []}
]}
"""
SAMPLES: dict[str, tuple[str, bytes, dict[str, Any]]] = {
    "costs": ("a.csv", TABLE, {"columns": COSTS}),
    "yandex_direct": ("a.tsv", REPORT, {}),
    "google_ads": ("a.csv", SCREEN, {}),
    "metrica_expenses": ("a.csv", EXPENSES, {}),
    "vk_ads": ("a.json", ANSWER, {}),
}
PIECES = [b",", b"\t", b"\n", b'"', b"\r", b"\0", b"\xff", b"-", b"/", b"Total", b"9" * 20, b"--"]
edits = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True), st.integers(0, 6), st.sampled_from(PIECES) | st.binary()
    ),
    min_size=1,
    max_size=5,
)


def edited(sample: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for place, gone, new in changes:
        at = int(place * len(sample))
        sample = sample[:at] + new + sample[at + gone :]
    return sample


def account(desk: Desk, name: str, content: bytes) -> None:
    """Read, and see that the rows used, rejected and skipped are the rows read."""
    (read,) = desk.read_together({name: content})
    if read.landing.fault is not None:
        assert read.landing.name in read.landing.fault.message
        return
    used = {row["line"] for row in read.rows}
    rejected = {line for line, *_ in read.rejects}
    assert read.landing.records.read == len(used | rejected) + sum(read.skips.values())
    desk.con.execute("create or replace temp table ledger_ids as select 0 as place, 1 as file_id")
    kept = desk.query(f"select distinct line from ({load_model('landing', 'landed_costs').sql})")
    assert {row["line"] for row in kept} == used


@pytest.mark.parametrize("format", SAMPLES)
def test_every_row_is_accounted_for(tmp_path: Path, format: str) -> None:
    name, sample, keys = SAMPLES[format]
    more = "[checks]\nmax_reject_share = 1"
    with bench(tmp_path, more=more, format=format, **keys) as desk:
        assert desk.read(name, sample).rows

        @given(changes=edits)
        @few(6)
        def edit(changes: list[tuple[float, int, bytes]]) -> None:
            account(desk, name, edited(sample, changes))

        @given(content=st.binary(min_size=1))
        @few(2)
        def anything(content: bytes) -> None:
            account(desk, name, content)

        edit()
        anything()
