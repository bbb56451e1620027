from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeyflow.errors import DataError
from journeyflow.sources.formats import FORMATS
from tests.support.ga4 import event, extracted, parquet_file, saved
from tests.support.reading import Desk, Read, bench, identifiers

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
        items=[{"item_id": "7", "item_name": "Blue vase", "price": 30.75}],
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
        "product": "Blue vase",
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
    items=optional(
        st.lists(
            st.fixed_dictionaries({"item_id": words, "item_name": optional(words)}), max_size=2
        )
    ),
    batch_page_id=optional(st.integers(0, 2 * 10**12)),
    batch_event_index=optional(st.integers(0, 30)),
)


@settings(max_examples=8)
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
CLICKED = {"page_location": "https://a.example/?srsltid=Xy&gclid=Ab1"}
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
        # Those of which the address alone tells as well, and no other id hides them.
        (SEARCH | CLICKED, None, ("google", "organic", None, "gclid")),
        (CLICKED, {"manual_source": "google", "srsltid": "Xy"}, ("google", None, None, "gclid")),
        # Nothing stands behind the empty one.
        ({"page_location": "https://a.example/?gclid=&yclid=7"}, None, (None, None, None, "yclid")),
        # Direct is what an arrival is of which nothing is told.
        ({"source": "(direct)", "medium": "(none)"}, None, (None, None, None, None)),
        ({}, {"manual_source": "(direct)", "manual_medium": "(none)"}, (None, None, None, None)),
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
        ("purchase", {"purchase_revenue": 0.0}, 99, Decimal(0)),
        ("purchase", {"purchase_revenue": "NaN"}, 99, Decimal(99)),
        ("purchase", None, "31.50", Decimal("31.5")),
        ("refund", {"refund_value": 4.0}, 9, Decimal(4)),
        ("refund", {"purchase_revenue": 12.5}, 9, Decimal(9)),
        ("page_view", None, None, None),
        # `value` is a word for many things; a rejected row would be none the better for it.
        ("select_filter", None, "red", None),
        ("select_filter", None, 10**17, None),
        ("select_filter", None, "2.5", Decimal("2.5")),
    ],
)
def test_what_an_event_is_worth(
    desk: Desk,
    name: str,
    ecommerce: Row | None,
    value: str | float | None,
    expected: Decimal | None,
) -> None:
    params = {} if value is None else {"value": value}
    found = read_one(desk, event(name, params=params, ecommerce=ecommerce))
    assert found["value"] == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Vase"], "Vase"),
        (["Vase", "Vase"], "Vase"),  # two colours of it
        (["Vase", "Lamp"], None),
        (["Vase", None], "Vase"),
        (["(not set)"], None),
        ([], None),
    ],
)
def test_a_purchase_of_one_product_has_it(
    desk: Desk, names: list[str | None], expected: str | None
) -> None:
    items = [{"item_id": str(n), "item_name": name} for n, name in enumerate(names)]
    assert read_one(desk, event("purchase", items=items))["product"] == expected
    # What was looked at is not what the journey is about.
    assert read_one(desk, event("view_item", items=items))["product"] is None


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
        event("purchase", params={"value": "plenty"}),
        event(params={"value": 1, "currency": "XYZ"}),
        {**good, "event_date": None},
        {**good, "event_date": "01.10.2026"},
        {**good, "event_params": {"list": [{"element": {"key": "source"}}]}},
    ]
    read = desk.read("a.json", extracted([good, *bad]))
    assert [row["line"] for row in read.rows] == [1]
    assert [(line, column, reason) for line, column, _, reason in read.rejects] == [
        (2, "occurred_at", "missing"),
        (3, "occurred_at", "not a time"),
        (4, "occurred_at", "before 1990"),
        (5, "occurred_at", "not a time"),
        (6, "event_date", "not a day"),
        (7, "kind", "missing"),
        (8, "value", "not a number written with the decimal ."),
        (9, "currency", "no rate in [currency.rates]"),
        (10, "event_date", "missing"),
        (11, "event_date", "not a day"),
        (12, "event_params", "not a list"),
    ]


def test_a_visitor_that_became_a_number_is_rejected_for_its_digits_are_lost(desk: Desk) -> None:
    rows = extracted([event(), event(at="2026-10-01T09:00:01")])
    damaged = rows.replace(f'"{VISITOR}"', VISITOR, 1)  # a double holds 17 digits of the 20
    reasons = [(line, column) for line, column, _, _ in desk.read("a.json", damaged).rejects]
    assert reasons == [(1, "user_pseudo_id")]


@pytest.mark.parametrize("day", ["20261001", "2026-10-01", 20261001])
def test_days_as_databases_write_them(desk: Desk, day: str | int) -> None:
    assert read_one(desk, {**event(), "event_date": day})["local_day"] == date(2026, 10, 1)


def test_a_query_that_flattens_the_table_is_refused_for_its_pages_stand_elsewhere(
    desk: Desk,
) -> None:
    row = {**event(), "event_params": None, "page_location": "https://a.example/?utm_source=vk"}
    with pytest.raises(DataError, match=r"not look like ga4: no record has 'event_params'"):
        desk.read("x.json", extracted([row]))


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
