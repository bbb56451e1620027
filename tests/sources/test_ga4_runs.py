"""GA4 exports through whole runs: tables of one day, midnight, consent, channels and purchases."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
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
BY_ROW = settings_text('format = "ga4"\nreplaces = "row"')
Tables = dict[str, str]


def put(directory: Path, text: str, tables: Tables) -> None:
    (directory / "journeyflow.toml").write_text(text, encoding="utf-8")
    for name, content in tables.items():
        path = directory / "exports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def query(store: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(store), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        return con.execute(sql).fetchall()


FILES = "select file, rows_read, rows_used, duplicates, rejects, skipped from files order by file"


def table(*seconds: int, day: int, **columns: Any) -> str:
    """A table of a day with an event at each of these seconds."""
    return extracted([event(at=f"2026-10-{day:02}T10:00:{n:02}", **columns) for n in seconds])


def seconds(store: Path, day: int) -> list[int]:
    """The seconds at which the events of a day are kept."""
    sql = f"select second(occurred_at) from events where day(occurred_at) = {day} order by all"
    return [second for (second,) in query(store, sql)]


# Names of tables of a day, and the seconds of the events in each.
Seconds = dict[str, tuple[int, ...]]
# Day: the tables that come in each of three nights, and the seconds that are kept after it.
Nights = dict[int, list[tuple[Seconds, list[int]]]]


def tables_of(nights: Nights, night: int) -> Tables:
    return {
        f"events_{name.format(f'202610{day:02}')}.ndjson": table(*rows, day=day)
        for day, told in nights.items()
        for name, rows in told[night][0].items()
    }


@dataclass(frozen=True)
class Shop:
    """What was published after each of three nights, and of all files afresh."""

    nights: list[Path]
    modes: list[str]
    warnings: tuple[str, ...]  # of the first night

    @property
    def afresh(self) -> Path:
        return self.nights[-1]


def shop(folder: Path, text: str, nights: list[Tables]) -> Shop:
    stores, modes, warnings = [], [], []
    for number, tables in enumerate([*nights, {}]):
        put(folder, text, tables)
        result = journeyflow.run(folder, full_refresh=number == len(nights))
        # Of what was published before, runs keep the latest.
        stores.append(Path(shutil.copy(result.store, folder / f"{number}.duckdb")))
        modes.append(result.mode)
        warnings.append(result.warnings)
    return Shop(stores, modes, warnings[0])


@pytest.fixture(scope="module")
def by_day(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Where the latest delivery of a day replaces those before."""
    early, late = two_deliveries()
    evening, night = one_session_over_midnight()
    first = one_day_of_duplicates() | arrivals() | tables_that_come_together()
    nights = [tables_of(OF_A_DAY, night) for night in range(3)]
    nights[0] |= first | early | evening
    nights[1] |= late | night
    return shop(tmp_path_factory.mktemp("by_day"), GA4, nights)


@pytest.fixture(scope="module")
def by_row(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Where deliveries of a day add up."""
    nights = [tables_of(PIECES, night) for night in range(3)]
    nights[0] |= tables_that_come_together()
    return shop(tmp_path_factory.mktemp("by_row"), BY_ROW, nights)


# What each test below delivers stands before it: on days of its own, by visitors of its own where
# it asks for sessions.


def one_day_of_duplicates() -> Tables:
    at = "2026-10-03T09:00:00"
    view = event(at=at, params={"page_location": "https://a.example/", "ga_session_id": 1})
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
    return {"duplicates.ndjson": extracted([view, turned, view, *others])}


def test_exact_duplicates_collapse_and_near_ones_do_not(by_day: Shop) -> None:
    found = [row for row in query(by_day.nights[0], FILES) if "duplicates" in row[0]]
    assert found == [("exports/duplicates.ndjson", 10, 8, 2, 0, 0)]


def two_deliveries() -> tuple[Tables, Tables]:
    early = [event(at=f"2026-10-0{day}T10:00:0{n}") for day in (4, 5) for n in range(3)]
    late = [event(at=f"2026-10-05T10:00:0{n}") for n in (0, 5)]
    parts = {
        "two/a_000000000000.ndjson": extracted(early[:4]),
        "two/a_000000000001.ndjson": extracted(early[4:]),
    }
    return parts, {"two/b.ndjson": extracted(late)}


def test_the_latest_delivery_of_a_day_is_the_whole_truth_for_it(by_day: Shop) -> None:
    days = "select day(occurred_at), count(*) from events where day(occurred_at) in (4, 5) "
    days += "group by 1 order by 1"
    assert query(by_day.nights[0], days) == [(4, 3), (5, 3)]
    assert query(by_day.nights[1], days) == [(4, 3), (5, 2)]
    files = [row for row in query(by_day.nights[1], FILES) if "/two/" in row[0]]
    assert [row[1:4] for row in files] == [(4, 4, 0), (2, 0, 2), (2, 1, 1)]


INTRADAY: Seconds = {"intraday_{}": (0, 1)}
FRESH: Seconds = {"fresh_{}": (0, 2, 3)}
LATER: Seconds = {"intraday_{}_later": (0, 1, 2, 3, 4)}
FINAL: Seconds = {"{}": (0, 2, 4)}
LAST: Seconds = {"intraday_{}_last": (0, 5), "fresh_{}_last": (0, 6)}
AGAIN: Seconds = {"{}_again": (0, 7)}
OF_A_DAY: Nights = {
    6: [(INTRADAY, [0, 1]), (FRESH, [0, 2, 3]), (LATER, [0, 2, 3])],
    7: [(INTRADAY | FRESH | LATER, [0, 2, 3]), (FINAL, [0, 2, 4]), (LAST, [0, 2, 4])],
    8: [(INTRADAY | FRESH | LATER | FINAL, [0, 2, 4]), (LAST, [0, 2, 4]), (AGAIN, [0, 7])],
}


@pytest.mark.parametrize("day", OF_A_DAY)
def test_of_the_tables_of_a_day_the_final_one_counts_whenever_they_come(
    by_day: Shop, day: int
) -> None:
    for night, (tables, expected) in enumerate(OF_A_DAY[day]):
        assert seconds(by_day.nights[night], day) == expected, tables.keys()
    assert seconds(by_day.afresh, day) == OF_A_DAY[day][-1][1]


def test_every_row_of_the_tables_of_a_day_is_used_or_counted_as_a_duplicate(by_day: Shop) -> None:
    counted = "select sum(rows_read), sum(rows_used), sum(duplicates) from files "
    counted += "where file like '%20261008%'"
    assert query(by_day.nights[2], counted) == [(2 + 3 + 5 + 3 + 4 + 2, 2, 17)]


def tables_that_come_together() -> Tables:
    # What GA4 settles later makes another event of each, as far as an id can tell.
    settled: dict[str, str | int | float] = {"session_engaged": "1"}
    names = [
        # The final table and another, in every order in which their names may stand.
        ("a/events_20261011", "b/events_intraday_20261011"),
        ("b/EVENTS_20261012", "a/EVENTS_INTRADAY_20261012"),
        ("20261013", "intraday/20261013"),
        ("events_20261014", "events_fresh_20261014"),
    ]
    tables = {}
    for day, (final, other) in enumerate(names, start=11):
        tables[f"{final}.json"] = table(*range(25), day=day, params=settled)
        tables[f"{other}.json"] = table(*range(1, 26), day=day)
    return tables


@pytest.mark.parametrize("replaces", ["by_day", "by_row"])
def test_tables_of_a_day_that_come_together_are_never_united(
    request: pytest.FixtureRequest, replaces: str
) -> None:
    found: Shop = request.getfixturevalue(replaces)
    # That one gives way to another is no doubt.
    assert found.warnings == (NO_CONVERSIONS,)
    for day in (11, 12, 13, 14):
        assert seconds(found.nights[0], day) == [*range(25)], day


PIECES: Nights = {
    5: [
        ({"intraday_{}_10": (0, 1), "intraday_{}_11": (1, 2)}, [0, 1, 2]),
        ({"{}": (1, 3)}, [1, 3]),
        ({"intraday_{}_12": (4,)}, [1, 3]),
    ],
}


def test_pieces_of_a_running_day_add_up_until_its_final_table_comes(by_row: Shop) -> None:
    for night, (tables, expected) in enumerate(PIECES[5]):
        assert seconds(by_row.nights[night], 5) == expected, tables.keys()
    assert seconds(by_row.afresh, 5) == [1, 3]


def one_session_over_midnight() -> tuple[Tables, Tables]:
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
    return (
        {"events_20261001.ndjson": extracted(evening)},
        {"events_20261002.ndjson": extracted(night)},
    )


def test_a_session_over_midnight_stands_in_two_tables_and_is_one(by_day: Shop) -> None:
    assert by_day.modes[1] == "incremental"
    lengths = "select list(events order by events) from sessions where day(started_at) = 1 "
    lengths += "group by person_id order by 1"
    assert query(by_day.nights[1], lengths) == [([1, 1],), ([2],)]
    assert query(by_day.afresh, lengths) == [([1, 1],), ([2],)]


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


def arrivals() -> Tables:
    first = {"source": "vk", "medium": "cpc"}  # the visitor's for ever, and no touch
    rows = []
    for n, (params, collected, _) in enumerate(ARRIVALS):
        visitor, at = f"{n + 11}.1697698986", f"2026-10-09T09:0{n}"
        told = {"visitor": visitor, "traffic_source": first}
        arrival = event(at=f"{at}:00", params=params, collected_traffic_source=collected, **told)
        rows += [arrival, event("scroll", at=f"{at}:30", **told)]
    return {"arrivals.ndjson": extracted(rows)}


def test_a_session_came_from_where_its_own_first_event_says(by_day: Shop) -> None:
    sessions = "select channel, events from sessions where day(started_at) = 9 order by started_at"
    assert query(by_day.nights[0], sessions) == [(channel, 2) for _, _, channel in ARRIVALS]


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
    put(tmp_path, settings_text('format = "ga4"', more=more), {"day.ndjson": extracted(rows)})
    store = journeyflow.run(tmp_path).store
    sums = "select count(*), sum(value) from conversions"
    assert query(store, sums) == [(4, Decimal(45))]
    kinds = "select kind, count(*), sum(value) from events group by kind order by kind"
    assert query(store, kinds) == [("purchase", 6, Decimal(105)), ("refund", 1, Decimal(12))]
    journeys = "select conversions, value, outcome from journeys"
    assert query(store, journeys) == [(4, Decimal(45), "converted")]


def test_events_without_consent_are_counted_and_nobodys(tmp_path: Path) -> None:
    def rows(visitor: str | None, n: int) -> list[dict[str, Any]]:
        minutes = [f"2026-10-01T{11 if visitor else 10}:{each:02}:00" for each in range(n)]
        return [event(at=each, visitor=visitor) for each in minutes]

    told_apart = rows("1.1697698986", 13)
    put(tmp_path, GA4, {"events_20261001.ndjson": extracted(rows(None, 7) + told_apart)})
    result = journeyflow.run(tmp_path)
    unruled, told = result.warnings
    assert unruled == NO_CONVERSIONS
    assert told == (
        "7 of 20 events of source 'export' belong to nobody: GA4 keeps no id of visitors who "
        "refused consent; journeys see the others alone"
    )
    counts = "select count(*), count(person_id), count(journey_id) from events"
    assert query(result.store, counts) == [(20, 13, 13)]
    assert query(result.store, "select sum(events) from sessions") == [(13,)]
    text = render(check_project(tmp_path))
    assert "1, who did 65% of the events" in text
    assert "35% of the events belong to nobody" in " ".join(text.split())
    assert "sources.identifiers" not in text


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared/formats/samples/ga4")
def test_real_samples_keep_the_row_rule(tmp_path: Path) -> None:
    samples = {path.name: path.read_text("utf-8") for path in sorted(SAMPLES.glob("*.ndjson"))}
    more = '[journeys]\nconversions = ["purchase"]'
    # These are pieces of two days each: none is the whole truth for its day.
    put(tmp_path, settings_text('format = "ga4"\nreplaces = "row"', more=more), samples)
    store = journeyflow.run(tmp_path).store
    files = query(store, FILES)
    assert sum(row[1] for row in files) == 12
    assert all(row[1] == sum(row[2:]) for row in files)
    assert sum(row[4] + row[5] for row in files) == 0
    assert query(store, "select bool_and(holds) from reconciliation") == [(True,)]
    bought = "select name, value, source from conversions"
    assert query(store, bought) == [("purchase", Decimal("31.00"), "export")]
