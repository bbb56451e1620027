"""GA4 exports through whole runs: tables of one day, midnight, consent, channels and purchases."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

import journeyflow
from journeyflow.check import check_project, render
from journeyflow.warehouse.warnings import NO_CONVERSIONS
from tests.support.ga4 import event, extracted
from tests.support.reading import settings_text

SAMPLES = Path(__file__).parents[3] / "shared" / "formats" / "samples" / "ga4"
GA4 = settings_text('format = "ga4"')


def put(directory: Path, text: str, **files: str) -> None:
    (directory / "exports").mkdir(parents=True, exist_ok=True)
    (directory / "journeyflow.toml").write_text(text, encoding="utf-8")
    for name, content in files.items():
        (directory / "exports" / f"{name}.ndjson").write_text(content, encoding="utf-8")


def query(directory: Path, sql: str) -> list[tuple[Any, ...]]:
    newest = max((directory / "published").glob("journeys-*.duckdb"))
    with duckdb.connect(str(newest), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        return con.execute(sql).fetchall()


FILES = "select file, rows_read, rows_used, duplicates, rejects, skipped from files order by file"


def test_exact_duplicates_collapse_and_near_ones_do_not(tmp_path: Path) -> None:
    view = event(params={"page_location": "https://a.example/", "ga_session_id": 1})
    turned = {**view, "event_params": view["event_params"][::-1]}
    others = [
        {**view, "event_timestamp": view["event_timestamp"] + 1},
        {**view, "user_pseudo_id": "1.2"},
        {**view, "batch_event_index": 2},
        {**view, "event_bundle_sequence_id": 7},
        {**view, "event_params": view["event_params"][:1]},
        {**view, "event_name": "scroll"},
        {**view, "stream_id": "2"},
    ]
    put(tmp_path, GA4, day=extracted([view, turned, view, *others]))
    journeyflow.run(tmp_path)
    assert query(tmp_path, FILES) == [("exports/day.ndjson", 10, 8, 2, 0, 0)]


def test_the_latest_delivery_of_a_day_is_the_whole_truth_for_it(tmp_path: Path) -> None:
    early = [event(at=f"2026-10-0{day}T10:00:0{n}") for day in (1, 2) for n in range(3)]
    late = [event(at=f"2026-10-02T10:00:0{n}") for n in (0, 5)]
    put(tmp_path, GA4, a_000000000000=extracted(early[:4]), a_000000000001=extracted(early[4:]))
    journeyflow.run(tmp_path)
    assert query(tmp_path, "select count(*) from events") == [(6,)]
    put(tmp_path, GA4, b=extracted(late))
    journeyflow.run(tmp_path)
    days = "select day(occurred_at), count(*) from events group by 1 order by 1"
    assert query(tmp_path, days) == [(1, 3), (2, 2)]
    assert [row[1:4] for row in query(tmp_path, FILES)] == [(4, 4, 0), (2, 0, 2), (2, 1, 1)]


def table(*seconds: int, day: int = 2, **columns: Any) -> str:
    """A table of a day with an event at each of these seconds."""
    return extracted([event(at=f"2026-10-0{day}T10:00:{n:02}", **columns) for n in seconds])


SECONDS = "select day(occurred_at), second(occurred_at) from events order by all"


def seconds(directory: Path) -> list[int]:
    return [second for _, second in query(directory, SECONDS)]


def test_of_the_tables_of_a_day_the_final_one_counts_whenever_they_come(tmp_path: Path) -> None:
    nights = [
        ({"intraday_20261002": table(0, 1)}, [0, 1]),
        ({"fresh_20261002": table(0, 2, 3)}, [0, 2, 3]),
        ({"intraday_20261002_later": table(0, 1, 2, 3, 4)}, [0, 2, 3]),
        ({"20261002": table(0, 2, 4)}, [0, 2, 4]),
        ({"intraday_20261002_last": table(0, 5), "fresh_20261002_last": table(0, 6)}, [0, 2, 4]),
        ({"20261002_again": table(0, 7)}, [0, 7]),
    ]
    for tables, expected in nights:
        put(tmp_path, GA4, **{f"events_{name}": rows for name, rows in tables.items()})
        journeyflow.run(tmp_path)
        assert seconds(tmp_path) == expected, tables.keys()
    counted = "select sum(rows_read), sum(rows_used), sum(duplicates) from files"
    assert query(tmp_path, counted) == [(2 + 3 + 5 + 3 + 4 + 2, 2, 17)]
    journeyflow.run(tmp_path, full_refresh=True)
    assert seconds(tmp_path) == [0, 7]


@pytest.mark.parametrize("replaces", ["day", "row"])
def test_tables_of_a_day_that_come_together_are_never_united(tmp_path: Path, replaces: str) -> None:
    # What GA4 settles later makes another event of each, as far as an id can tell.
    settled: dict[str, str | int | float] = {"session_engaged": "1"}
    names = [
        # The final table and another, in every order in which their names may stand.
        ("a/events_20261001", "b/events_intraday_20261001"),
        ("b/EVENTS_20261002", "a/EVENTS_INTRADAY_20261002"),
        ("20261003", "intraday/20261003"),
        ("events_20261004", "events_fresh_20261004"),
    ]
    put(tmp_path, settings_text(f'format = "ga4"\nreplaces = "{replaces}"'))
    for day, (final, other) in enumerate(names, start=1):
        for name, rows in (
            (final, table(*range(25), day=day, params=settled)),
            (other, table(*range(1, 26), day=day)),
        ):
            (tmp_path / "exports" / name).parent.mkdir(exist_ok=True)
            (tmp_path / "exports" / f"{name}.json").write_text(rows, encoding="utf-8")
    # That one gives way to another is no doubt.
    assert journeyflow.run(tmp_path).warnings == (NO_CONVERSIONS,)
    assert query(tmp_path, SECONDS) == [(day, n) for day in (1, 2, 3, 4) for n in range(25)]


def test_pieces_of_a_running_day_add_up_until_its_final_table_comes(tmp_path: Path) -> None:
    by_row = settings_text('format = "ga4"\nreplaces = "row"')
    nights = [
        ({"intraday_20261002_10": table(0, 1), "intraday_20261002_11": table(1, 2)}, [0, 1, 2]),
        ({"20261002": table(1, 3)}, [1, 3]),
        ({"intraday_20261002_12": table(4)}, [1, 3]),
    ]
    for tables, expected in nights:
        put(tmp_path, by_row, **{f"events_{name}": rows for name, rows in tables.items()})
        journeyflow.run(tmp_path)
        assert seconds(tmp_path) == expected, tables.keys()
    journeyflow.run(tmp_path, full_refresh=True)
    assert seconds(tmp_path) == [1, 3]


def test_a_session_over_midnight_stands_in_two_tables_and_is_one(tmp_path: Path) -> None:
    def visit(visitor: str, at: str, day: str) -> dict[str, Any]:
        # GA4's number of a session is its second, and two visitors may share it.
        row = event(at=at, visitor=visitor, params={"ga_session_id": 1790884200})
        return {**row, "event_date": day}

    evening = [
        visit("1.1697698986", "2026-10-01T20:50:00", "20261001"),  # 23:50 in Moscow
        visit("2.1697698986", "2026-10-01T20:50:00", "20261001"),
    ]
    night = [
        visit("1.1697698986", "2026-10-01T21:10:00", "20261002"),
        visit("2.1697698986", "2026-10-01T21:21:00", "20261002"),  # after 31 minutes
    ]
    put(tmp_path, GA4, events_20261001=extracted(evening))
    journeyflow.run(tmp_path)
    put(tmp_path, GA4, events_20261002=extracted(night))
    assert journeyflow.run(tmp_path).mode == "incremental"
    lengths = "select list(events order by events) from sessions group by person_id order by 1"
    assert query(tmp_path, lengths) == [([1, 1],), ([2],)]
    journeyflow.run(tmp_path, full_refresh=True)
    assert query(tmp_path, lengths) == [([1, 1],), ([2],)]


SEARCH: dict[str, str | int | float] = {"source": "google", "medium": "organic"}
ADDRESS = "https://shop.example/?gclid=Ab1"
Told = dict[str, str | int | float]
ARRIVALS: list[tuple[Told, dict[str, str] | None, str]] = [
    (SEARCH, None, "Organic Search"),
    (SEARCH | {"page_location": ADDRESS}, None, "Paid Search"),
    (
        {"page_location": ADDRESS},
        {"manual_source": "google", "manual_medium": "organic"},
        "Paid Search",
    ),
    ({}, {"manual_source": "(direct)", "manual_medium": "(none)"}, "Direct"),
    ({"source": "(direct)", "medium": "(none)"}, None, "Direct"),
    ({"page_referrer": "https://www.bing.com/"}, None, "Organic Search"),
    ({"page_referrer": "https://blog.example/"}, None, "Referral"),
    ({"page_referrer": "https://pay.example/", "ignore_referrer": "true"}, None, "Direct"),
    ({}, {"manual_source": "news", "manual_medium": "email"}, "Email"),
]


def test_a_session_came_from_where_its_own_first_event_says(tmp_path: Path) -> None:
    first = {"source": "vk", "medium": "cpc"}  # the visitor's for ever, and no touch
    rows = []
    for n, (params, collected, _) in enumerate(ARRIVALS):
        visitor, at = f"{n + 1}.1697698986", f"2026-10-01T09:0{n}"
        told = {"visitor": visitor, "traffic_source": first}
        arrival = event(at=f"{at}:00", params=params, collected_traffic_source=collected, **told)
        rows += [arrival, event("scroll", at=f"{at}:30", **told)]
    put(tmp_path, GA4, day=extracted(rows))
    journeyflow.run(tmp_path)
    assert query(tmp_path, "select channel, events from sessions order by started_at") == [
        (channel, 2) for _, _, channel in ARRIVALS
    ]


def bought(at: str, order: str | None, value: float, name: str = "purchase") -> dict[str, Any]:
    field = "purchase_revenue" if name == "purchase" else "refund_value"
    ecommerce = {"transaction_id": order, field: value}
    return event(name, f"2026-10-{at}", ecommerce=ecommerce, params={"currency": "EUR"})


def test_an_order_that_is_reported_again_is_bought_once(tmp_path: Path) -> None:
    rows = [
        bought("01T10:00:00", "T1", 30.0),
        bought("01T10:00:40", "T1", 30.0),  # the thank-you page loaded again
        bought("02T10:00:00", "T1", 30.0),  # and from the history the day after
        bought("03T10:00:00", "(not set)", 5.0),
        bought("04T10:00:00", "(not set)", 5.0),
        bought("05T10:00:00", None, 5.0),
        bought("06T10:00:00", "T1", 12.0, "refund"),
    ]
    more = '[journeys]\nconversions = ["purchase"]'
    put(tmp_path, settings_text('format = "ga4"', more=more), day=extracted(rows))
    journeyflow.run(tmp_path)
    sums = "select count(*), sum(value) from conversions"
    assert query(tmp_path, sums) == [(4, Decimal(45))]
    kinds = "select kind, count(*), sum(value) from events group by kind order by kind"
    assert query(tmp_path, kinds) == [("purchase", 6, Decimal(105)), ("refund", 1, Decimal(12))]
    journeys = "select conversions, value, outcome from journeys"
    assert query(tmp_path, journeys) == [(4, Decimal(45), "converted")]


def test_events_without_consent_are_counted_and_nobodys(tmp_path: Path) -> None:
    def rows(visitor: str | None, n: int) -> list[dict[str, Any]]:
        minutes = [f"2026-10-01T{11 if visitor else 10}:{each:02}:00" for each in range(n)]
        return [event(at=each, visitor=visitor) for each in minutes]

    put(tmp_path, GA4, events_20261001=extracted(rows(None, 7) + rows("1.1697698986", 13)))
    unruled, told = journeyflow.run(tmp_path).warnings
    assert unruled == NO_CONVERSIONS
    assert told == (
        "7 of 20 events of source 'export' belong to nobody: GA4 keeps no id of visitors who "
        "refused consent; journeys see the others alone"
    )
    counts = "select count(*), count(person_id), count(journey_id) from events"
    assert query(tmp_path, counts) == [(20, 13, 13)]
    assert query(tmp_path, "select sum(events) from sessions") == [(13,)]
    text = render(check_project(tmp_path))
    assert "1, who did 65% of the events" in text
    assert "35% of the events belong to nobody" in " ".join(text.split())
    assert "sources.identifiers" not in text


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared/formats/samples/ga4")
def test_real_samples_keep_the_row_rule(tmp_path: Path) -> None:
    samples = {path.stem: path.read_text("utf-8") for path in sorted(SAMPLES.glob("*.ndjson"))}
    more = '[journeys]\nconversions = ["purchase"]'
    # These are pieces of two days each: none is the whole truth for its day.
    put(tmp_path, settings_text('format = "ga4"\nreplaces = "row"', more=more), **samples)
    journeyflow.run(tmp_path)
    files = query(tmp_path, FILES)
    assert sum(row[1] for row in files) == 12
    assert all(row[1] == sum(row[2:]) for row in files)
    assert sum(row[4] + row[5] for row in files) == 0
    assert query(tmp_path, "select bool_and(holds) from reconciliation") == [(True,)]
    bought = "select name, value, source from conversions"
    assert query(tmp_path, bought) == [("purchase", Decimal("31.00"), "export")]
