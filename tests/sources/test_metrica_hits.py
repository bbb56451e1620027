"""What one hit of a Metrica export becomes, derived by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from journeyflow.errors import DataError
from journeyflow.sources.formats import FORMATS
from tests.support.metrica import CLIENT, VISIT, WATCH, Raw, Row, hit, hits
from tests.support.reading import Desk, Read, bench, identifiers


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    keys: dict[str, Any] = {
        "goals": {"11": "Form sent"},
        "identifiers": {"user_id": "UserID"},
        "attributes": {"plan": "Plan"},
    }
    more = "[checks]\nmax_reject_share = 1"
    folder = tmp_path_factory.mktemp("hits")
    with bench(folder, more=more, format="metrica_hits", timezone="Europe/Moscow", **keys) as desk:
        yield desk


def read(desk: Desk, *rows: Row) -> Read:
    return desk.read("hits.tsv", hits(rows))


def test_a_page_view(desk: Desk) -> None:
    (row,) = read(
        desk,
        hit(
            date="2025-10-01",
            URL="https://shop.example/catalogue/?utm_source=vk&utm_medium=cpc",
            referer="https://vk.com/away",
            deviceCategory="1",
            regionCity="Kazan",
            parsedParamsKey1=["UserID", "Plan"],
            parsedParamsKey2=["u-1", "gold"],
        ),
    ).rows
    expected = {
        "event_id": WATCH,
        "occurred_at": datetime(2025, 10, 1, 9, tzinfo=UTC),
        "kind": "page_view",
        "host": "shop.example",
        "page": "/catalogue/",
        "referrer_host": "vk.com",
        "utm_source": "vk",
        "utm_medium": "cpc",
        "device": "desktop",
        "region": "Kazan",
        "attributes": {"plan": "gold"},
    }
    assert {key: row[key] for key in expected} == expected
    named = {"ym_client_id": CLIENT, "visit_id": VISIT, "user_id": "u-1"}
    assert identifiers(row) == {type: desk.key(type, value) for type, value in named.items()}


@pytest.mark.parametrize("unknown", ["", "0"])
def test_without_a_visit_its_own_id_may_find_the_visit(desk: Desk, unknown: str) -> None:
    (row,) = read(desk, hit(visitID=unknown, clientID=unknown)).rows
    assert identifiers(row) == {"watch_id": desk.key("watch_id", WATCH)}


def test_flags_tell_the_kind(desk: Desk) -> None:
    flags = [
        {"isPageView": 1, "artificial": 1},
        {"isPageView": 0, "link": 1},
        {"isPageView": 0, "download": 1, "link": 1},
        {"isPageView": 0, "notBounce": 1},
        {"isPageView": 0, "artificial": 1},
        {"isPageView": 0},
    ]
    off = {"link": 0, "download": 0, "notBounce": 0, "artificial": 0}
    found = read(desk, *(hit(n, **{**off, **each}) for n, each in enumerate(flags)))
    assert [row["kind"] for row in found.rows] == [
        "page_view", "link_click", "file_download", "not_bounce", "event", "event",
    ]  # fmt: skip
    assert FORMATS["metrica_hits"].technical == ("not_bounce",)


def test_only_goals_that_have_a_name_are_events(desk: Desk) -> None:
    found = read(desk, hit(goalsID=[11, 99, 11]), hit(1, goalsID=[99]), hit(2))
    assert [(row["line"], row["kind"]) for row in found.rows] == [
        (1, "page_view"), (1, "Form sent"), (1, "Form sent"), (2, "page_view"), (3, "page_view"),
    ]  # fmt: skip
    assert len({row["event_id"] for row in found.rows}) == 5


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"goalsID": Raw("[11")}, "goals", "not an array"),
        ({"goalsID": Raw("[a]")}, "goals", "not the numbers of goals"),
        ({"parsedParamsKey2": []}, "parsedParamsKey", "arrays of different lengths"),
    ],
)
def test_the_hit_stays_where_its_arrays_cannot_be_read(
    desk: Desk, cells: Row, column: str, reason: str
) -> None:
    whole = {"goalsID": [11], "parsedParamsKey1": ["Plan"], "parsedParamsKey2": ["gold"]}
    found = read(desk, hit(**whole | cells))
    assert found.rows[0]["kind"] == "page_view"
    assert found.rejects == [(1, column, None, reason)]
    assert len(found.rows) == (1 if column == "goals" else 2)


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"watchID": "x-1"}, "watchID", "not a whole number"),
        ({"dateTime": "2025-10-01"}, "dateTime", "not a time"),
        ({"dateTime": ""}, "occurred_at", "missing"),
    ],
)
def test_a_hit_that_cannot_be_read_takes_its_goals_along(
    desk: Desk, cells: Row, column: str, reason: str
) -> None:
    found = read(desk, hit(1, goalsID=[11]), hit(2, goalsID=[11], **cells))
    assert {row["line"] for row in found.rows} == {1}
    ((line, named, _, why),) = found.rejects
    assert (line, named, why) == (2, column, reason)


def test_hits_without_an_id_are_not_one_hit(desk: Desk) -> None:
    found = read(desk, hit(1, watchID="0"), hit(2, watchID=""))
    assert [row["event_id"] for row in found.rows] == [None, None]


SOCIAL = {"lastTrafficSource": "social", "lastSocialNetwork": "vk", "GCLID": ""}


def arrivals(read: Read) -> list[tuple[str | None, ...]]:
    keys = ("utm_source", "utm_medium", "click")
    return [tuple(row[key] for key in keys) for row in read.rows]


def test_only_the_entry_tells_where_a_visit_came_from(desk: Desk) -> None:
    """All hits of a visit repeat its source; rows of a file stand in any order."""
    own = {"referer": "https://shop.example/", **SOCIAL, "GCLID": "Q1"}
    later = hit(1, dateTime="2025-10-01 12:01:00", **own)
    entry = hit(2, **{**own, "referer": ""}, visitID=later["visitID"])
    found = read(desk, later, entry)
    assert arrivals(found) == [(None, None, None), ("vk", "social", "gclid")]


def test_the_part_of_a_visit_after_midnight_did_not_arrive_again(desk: Desk) -> None:
    found = read(desk, hit(referer="https://shop.example/catalogue", **SOCIAL))
    assert arrivals(found) == [(None, None, None)]


def test_an_address_with_campaign_or_click_speaks_for_itself(desk: Desk) -> None:
    told = {**SOCIAL, "GCLID": "Q1"}
    found = read(
        desk,
        hit(1, URL="https://shop.example/?utm_source=news", **told),
        hit(2, URL="https://shop.example/?yclid=15", **told),
        hit(3, URL="https://shop.example/?utm_content=x", **told),
    )
    assert arrivals(found) == [
        ("news", None, None), (None, None, "yclid"), ("vk", "social", "gclid"),
    ]  # fmt: skip


def test_a_rounded_client_fails_the_file(desk: Desk) -> None:
    with pytest.raises(DataError, match="clientID in row 1 is a rounded number"):
        read(desk, hit(clientID="1.76E+18"))
