from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import journeyflow
from journeyflow.errors import DataError
from journeyflow.sources.formats import FORMATS
from tests.support.ga4 import event, extracted, parquet_file, saved
from tests.support.reading import Desk, Read, bench, identifiers, settings_text

SAMPLES = Path(__file__).parents[3] / "shared" / "formats" / "samples" / "ga4"
VISITOR = "950658449.1697698986"
Row = dict[str, Any]


def read_all(desk: Desk, rows: list[Row]) -> list[Read]:
    """The same rows in every dialect."""
    return desk.read_together(
        {
            "a.ndjson": extracted(rows),
            "b.json": saved(rows),
            "array.json": saved(rows, array=True),
            "c.parquet": parquet_file(rows),
            "old.parquet": parquet_file(rows, compliant=False),
            "z.ndjson.gz": gzip.compress(extracted(rows).encode()),
        }
    )


def content(read: Read) -> tuple[object, ...]:
    """All that a file gave, without its name."""
    return read.landing.fault, read.landing.records, read.rows, read.rejects, read.skips


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    loose = "[checks]\nmax_reject_share = 1"
    with bench(tmp_path_factory.mktemp("ga4"), more=loose, format="ga4") as desk:
        yield desk


def read_one(desk: Desk, row: Row) -> Row:
    (found,) = desk.read("a.ndjson", extracted([row])).rows
    return found


def test_a_purchase_in_every_dialect(desk: Desk) -> None:
    row = event(
        "purchase",
        "2026-10-01T21:30:00.123456",
        user_id="u-1",
        params={
            "page_location": "https://shop.example/order?utm_source=x&a=1",
            "page_referrer": "https://pay.example/",
            "page_title": "Thank you, Anna",
            "currency": "eur",
            "value": 31,
            "ga_session_id": 1702650951,
        },
        device={"category": "desktop"},
        geo={"city": "Mainz", "region": "Rhineland-Palatinate"},
        ecommerce={"transaction_id": "257059", "purchase_revenue": 30.75},
        collected_traffic_source={"manual_source": "news", "manual_medium": "email"},
        batch_page_id=1_727_800_000_000,
        batch_ordering_id=3,
        batch_event_index=2,
    )
    row["event_date"] = "20261002"  # the property's day, in its own zone
    reads = read_all(desk, [row])
    assert all(content(read) == content(reads[0]) for read in reads)
    (found,) = reads[0].rows
    expected = {
        "line": 1,
        "occurred_at": datetime(2026, 10, 1, 21, 30, 0, 123456, tzinfo=UTC),
        "time_flag": None,
        "local_day": date(2026, 10, 2),
        "kind": "purchase",
        "host": "shop.example",
        "page": "/order",
        "referrer_host": "pay.example",
        "utm_source": "news",
        "utm_medium": "email",
        "utm_campaign": None,
        "value": Decimal("30.75"),
        "currency": "EUR",
        "device": "desktop",
        "region": "Mainz",
        "sequence": 1_727_800_000_000_000_302,
    }
    assert {key: found[key] for key in expected} == expected
    assert identifiers(found) == {
        "ga_client_id": desk.key("ga_client_id", VISITOR),
        "user_id": desk.key("user_id", "u-1"),
        "order_id": desk.key("order_id", "257059"),
    }
    assert "Anna" not in str(found)


words = st.sampled_from(
    ("", "google", "(not set)", "(none)", "cpc", "https://a.example/x?gclid=Ab1", "ж 'q\"", "true")
)
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False, width=32)
names = st.sampled_from(
    ("page_location", "page_referrer", "source", "medium", "campaign", "gclid", "ignore_referrer")
)


def optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


rows = st.builds(
    event,
    name=st.sampled_from(("page_view", "purchase", "refund", "scroll")),
    visitor=optional(words),
    params=st.dictionaries(names, words) | st.dictionaries(words, words | numbers),
    user_id=optional(words),
    platform=st.sampled_from((None, "WEB", "IOS")),
    device=optional(st.fixed_dictionaries({"category": optional(words)})),
    geo=optional(st.fixed_dictionaries({"city": optional(words), "region": optional(words)})),
    ecommerce=optional(
        st.fixed_dictionaries(
            {"transaction_id": optional(words), "purchase_revenue": optional(st.floats(0, 1e9))}
        )
    ),
    collected_traffic_source=optional(
        st.fixed_dictionaries({"manual_source": optional(words), "gclid": optional(words)})
    ),
    batch_page_id=optional(st.integers(0, 2 * 10**12)),
    batch_event_index=optional(st.integers(0, 30)),
)


@settings(max_examples=15)
@given(st.lists(rows, min_size=1, max_size=6))
def test_every_dialect_of_any_rows_reads_alike(desk: Desk, rows: list[Row]) -> None:
    reads = read_all(desk, rows)
    assert reads[0].landing.records.read == len(rows)
    assert all(content(read) == content(reads[0]) for read in reads)


def test_visitors_without_consent_land_without_identifiers(desk: Desk) -> None:
    denied = event(visitor=None, privacy_info={"analytics_storage": "No"})
    found = read_one(desk, denied)
    assert found["identifiers"] == {}
    assert found["kind"] == "page_view"


@pytest.mark.parametrize("nothing", ["(not set)", "(data deleted)", "(none)", "", "null"])
def test_placeholders_are_nothing(desk: Desk, nothing: str) -> None:
    row = event(
        "purchase",
        visitor=None,
        user_id=nothing,
        geo={"city": nothing, "region": "Bavaria"},
        device={"category": nothing},
        ecommerce={"transaction_id": nothing, "purchase_revenue": 1.0},
        collected_traffic_source={"manual_source": nothing, "gclid": nothing},
    )
    found = read_one(desk, row)
    assert found["identifiers"] == {}
    assert (found["region"], found["device"], found["utm_source"]) == ("Bavaria", None, None)
    assert found["click"] is None


def test_apps_have_devices_and_screens(desk: Desk) -> None:
    row = event("screen_view", platform="IOS", params={"firebase_screen": "Cart"}, visitor="A1F3")
    found = read_one(desk, row)
    assert identifiers(found) == {"device_id": desk.key("device_id", "A1F3")}
    assert found["touchpoint"] == "Cart"


SEARCH = {"source": "google", "medium": "organic", "campaign": "(organic)"}
TAGGED = {"page_location": "https://a.example/?utm_source=vk&utm_medium=cpc"}


@pytest.mark.parametrize(
    ("params", "collected", "expected"),
    [
        # Before 2023 only parameters tell; a campaign of brackets is none.
        (SEARCH, None, ("google", "organic", None, None)),
        # What the event itself collected is told first.
        (SEARCH, {"manual_source": "vk"}, ("vk", None, None, None)),
        # The address is nearer to the truth than GA's parameters.
        (SEARCH | TAGGED, None, ("vk", "cpc", None, None)),
        # Paid clicks that GA files under organic keep their click id.
        (SEARCH, {"gclid": "Xy"}, (None, None, None, "gclid")),
        (SEARCH | {"gclid": "Xy"}, None, ("google", "organic", None, "gclid")),
        ({}, {"srsltid": "Xy"}, (None, None, None, "srsltid")),
        # The first touch of the user is no touch of this event.
        ({}, None, (None, None, None, None)),
    ],
)
def test_where_an_arrival_is_read_from(
    desk: Desk,
    params: dict[str, str | int | float],
    collected: dict[str, str] | None,
    expected: tuple[str | None, ...],
) -> None:
    first = {"source": "first", "medium": "touch"}
    row = event(params=params, collected_traffic_source=collected, traffic_source=first)
    found = read_one(desk, row)
    keys = ("utm_source", "utm_medium", "utm_campaign", "click")
    assert tuple(found[key] for key in keys) == expected


def test_the_page_of_a_payment_provider_is_ignored_where_ga_is_told_to(desk: Desk) -> None:
    params: dict[str, str | int | float] = {"page_referrer": "https://pay.example/"}
    assert read_one(desk, event(params=params))["referrer_host"] == "pay.example"
    params["ignore_referrer"] = "true"
    assert read_one(desk, event(params=params))["referrer_host"] is None


@pytest.mark.parametrize(
    ("name", "ecommerce", "value", "expected"),
    [
        ("purchase", {"purchase_revenue": 12.5}, 99, Decimal("12.5")),
        ("purchase", None, 99, Decimal(99)),
        ("refund", {"refund_value": 4.0}, None, Decimal(4)),
        ("add_to_cart", {"purchase_revenue": 7.0}, 2.25, Decimal("2.25")),
        ("purchase", {"purchase_revenue": 4.9495798319328}, None, Decimal("4.9496")),
        ("page_view", None, None, None),
    ],
)
def test_what_an_event_is_worth(
    desk: Desk,
    name: str,
    ecommerce: Row | None,
    value: float | None,
    expected: Decimal | None,
) -> None:
    params = {} if value is None else {"value": value}
    found = read_one(desk, event(name, params=params, ecommerce=ecommerce))
    assert found["value"] == expected


def test_events_of_one_moment_are_in_the_order_of_their_batch(desk: Desk) -> None:
    places = [(1, 1, 1), (1, 1, 2), (1, 2, 0), (1, 10, 0), (2, 0, 0), (1_727_800_000_000, 1, 1)]
    rows = [
        event(batch_page_id=page, batch_ordering_id=request, batch_event_index=index)
        for page, request, index in places
    ]
    found = [row["sequence"] for row in desk.read("a.json", extracted(rows)).rows]
    assert found == sorted(set(found))


def test_bad_values_are_rejects_and_not_crashes(desk: Desk) -> None:
    good = event()
    bad = [
        {**good, "event_timestamp": None},
        {**good, "event_timestamp": 2**62},
        {**good, "event_timestamp": 5},
        {**good, "event_timestamp": "soon"},
        {**good, "event_date": "20261399"},
        {**good, "event_name": None},
        event(params={"value": "plenty"}),
        event(params={"value": 1, "currency": "XYZ"}),
    ]
    read = desk.read("a.json", extracted([good, *bad]))
    assert [row["line"] for row in read.rows] == [1]
    assert [(line, column, reason) for line, column, _, reason in read.rejects] == [
        (2, "occurred_at", "missing"),
        (3, "occurred_at", "not a time"),
        (4, "occurred_at", "before 1990"),
        (5, "occurred_at", "not a time"),
        (6, "occurred_at", "not a time"),
        (7, "kind", "missing"),
        (8, "value", "not a number written with the decimal ."),
        (9, "currency", "no rate in [currency.rates]"),
    ]


def test_another_systems_file_is_refused_by_name(desk: Desk) -> None:
    with pytest.raises(DataError, match=r"x\.json: does not look like ga4"):
        desk.read("x.json", '{"callId": 1}\n{"callId": 2}\n')


def test_a_table_is_refused_for_nested_records_have_no_columns(desk: Desk) -> None:
    with pytest.raises(DataError, match=r"ga4 has no files of the type \.csv"):
        desk.read("x.csv", "event_name\npage_view\n")


@pytest.mark.parametrize("name", ["x.json", "x.parquet"])
def test_a_truncated_file_is_refused_by_name(desk: Desk, name: str) -> None:
    whole = saved([event()], array=True).encode() if name == "x.json" else parquet_file([event()])
    with pytest.raises(DataError, match=f"{name}: not a "):
        desk.read(name, whole[:-9])


def test_what_ga_sends_by_itself_is_listed() -> None:
    assert {"session_start", "first_visit", "user_engagement", "scroll"} <= {
        *FORMATS["ga4"].technical
    }


# From here on through the whole run.


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
    put(tmp_path, settings_text('format = "ga4"'), day=extracted([view, turned, view, *others]))
    journeyflow.run(tmp_path)
    assert query(tmp_path, FILES) == [("exports/day.ndjson", 10, 8, 2, 0, 0)]


def test_the_latest_delivery_of_a_day_is_the_whole_truth_for_it(tmp_path: Path) -> None:
    early = [event(at=f"2026-10-0{day}T10:00:0{n}") for day in (1, 2) for n in range(3)]
    late = [event(at=f"2026-10-02T10:00:0{n}") for n in (0, 5)]
    text = settings_text('format = "ga4"')
    put(tmp_path, text, a_000000000000=extracted(early[:4]), a_000000000001=extracted(early[4:]))
    journeyflow.run(tmp_path)
    assert query(tmp_path, "select count(*) from events") == [(6,)]
    put(tmp_path, text, b=extracted(late))
    journeyflow.run(tmp_path)
    days = "select day(occurred_at), count(*) from events group by 1 order by 1"
    assert query(tmp_path, days) == [(1, 3), (2, 2)]
    assert [row[1:4] for row in query(tmp_path, FILES)] == [(4, 4, 0), (2, 0, 2), (2, 1, 1)]


def test_events_without_consent_are_counted_and_nobodys(tmp_path: Path) -> None:
    rows = [event(visitor=None, at=f"2026-10-01T10:00:0{n}") for n in range(4)] + [event()]
    put(tmp_path, settings_text('format = "ga4"'), day=extracted(rows))
    journeyflow.run(tmp_path)
    counts = "select count(*), count(person_id), count(journey_id) from events"
    assert query(tmp_path, counts) == [(5, 1, 1)]
    assert query(tmp_path, "select sum(events) from sessions") == [(1,)]


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
