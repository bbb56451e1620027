"""Whatever a Metrica export holds, it ends in rows that add up or in one error that names it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.metrica import Raw, Row, hit, hits, visit, visits
from tests.support.reading import Desk, Read, bench

MOSCOW = timezone(timedelta(hours=3))
TIMES = ["2025-10-01 12:01:00", "2025-10-01 12:02:00"]
WHOLE = {
    "date": "2025-10-01",
    "dateTimeUTC": "2025-10-01 12:00:00",
    "isRobotPro": 0,
    "lastTrafficSource": "ad",
    "lastAdvEngine": "yandex_direct_star",
    "regionCity": "Kazan",
    "watchIDs": [18446744073709551615],
    "parsedParamsKey1": ["UserID", "Plan"],
    "parsedParamsKey2": ["u'1", 'gold "x"'],
    "goalsID": [11, 12],
    "goalsDateTime": TIMES,
    "goalsPrice": [1500, 0],
    "goalsCurrency": ["RUB", ""],
    "goalsOrder": ["A-1", ""],
    "purchaseID": ["A-1", "B"],
    "purchaseDateTime": TIMES,
    "purchaseRevenue": [10.5, 20],
    "purchaseCurrency": ["RUB", "RUB"],
    "purchasedProductPurchaseID": ["A-1", "B"],
    "purchasedProductName": ['Стол 1/2"', "O'Neil"],
    "offlineCallMissed": [0, 1],
    "offlineCallTalkDuration": [5, 0],
    "offlineCallHoldDuration": [1, 2],
    "offlineCallTag": ["a", ""],
    "offlineCallFirstTimeCaller": [1, 0],
}
KEYS: dict[str, Any] = {
    "timezone": "Europe/Moscow",
    "goals": {"11": "Form"},
    "identifiers": {"user_id": "UserID"},
    "attributes": {"plan": "Plan"},
}
LOOSE = "[checks]\nmax_reject_share = 1"
VISITS = visits([visit(n, **WHOLE) for n in range(4)]).encode()
HITS = hits(
    [
        hit(n, goalsID=[11, 12], parsedParamsKey1=["Plan"], parsedParamsKey2=["a'b"], GCLID="Q")
        for n in range(4)
    ]
).encode()
few = settings(
    max_examples=4,
    suppress_health_check=[
        HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.function_scoped_fixture,
    ],
)  # fmt: skip


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Desk]]:
    folder = tmp_path_factory.mktemp
    with (
        bench(
            folder("v"), more=LOOSE, currency="RUB", format="metrica_visits", call_goals=["12"],
            **KEYS,
        ) as visits_desk,
        bench(folder("h"), more=LOOSE, currency="RUB", format="metrica_hits", **KEYS) as hits_desk,
    ):  # fmt: skip
        yield {"visits": visits_desk, "hits": hits_desk}


def survivors(desk: Desk, contents: list[bytes]) -> dict[int, list[Row]]:
    """The rows of the files that can be trusted, of a batch of them."""
    reads = desk.read_together({f"{n}.tsv": each for n, each in enumerate(contents)})
    lost = desk.query(
        "select distinct file_of(line) as place, line_of(line) as line "
        "from file_rejects where not partly"
    )
    sound = {}
    for place, read in enumerate(reads):
        if read.landing.fault:
            assert f"/{place}.tsv: " in read.landing.fault.message
            continue
        gone = [each["line"] for each in lost if each["place"] == place]
        assert_adds_up(read, gone)
        sound[place] = read.rows
    return sound


def assert_adds_up(read: Read, gone: list[int]) -> None:
    """Each record is a row, a reject or skipped, and never two of them."""
    whole = [row["line"] for row in read.rows if row["part"] == 0]
    assert len({*whole, *gone}) == len(whole) + len(gone)
    assert read.landing.records.read == len(whole) + len(gone) + sum(read.skips.values())
    assert {row["line"] for row in read.rows} == set(whole)  # no part without its visit
    assert len({(row["line"], row["part"]) for row in read.rows}) == len(read.rows)
    for line in set(whole):
        named = [row["event_id"] for row in read.rows if row["line"] == line]
        named = [each for each in named if each]
        assert len(set(named)) == len(named)


@st.composite
def mutated(draw: st.DrawFn, content: bytes) -> bytes:
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        to = min(len(content), at + draw(st.integers(0, 40)))
        piece = draw(
            st.binary(max_size=6)
            | st.sampled_from([b"\t", b"\n", b'"', b"\\", b"'", b"]", b"[", b",", b"\\'", b"1e9"])
            | st.just(content[at:to])
        )
        content = content[:at] + piece + content[draw(st.sampled_from([at, to])) :]
    return draw(st.sampled_from([content, content[: draw(st.integers(0, len(content)))]]))


@few
@given(st.lists(mutated(VISITS), min_size=8, max_size=8))
def test_any_bytes_among_those_of_visits(desks: dict[str, Desk], contents: list[bytes]) -> None:
    survivors(desks["visits"], contents)


@few
@given(st.lists(mutated(HITS), min_size=8, max_size=8))
def test_any_bytes_among_those_of_hits(desks: dict[str, Desk], contents: list[bytes]) -> None:
    survivors(desks["hits"], contents)


HOSTILE = [
    "", "0", "-1", "1e400", "nan", "inf", "infinity", "-infinity", "9" * 25, "9223372036854775807",
    "-9223372036854775808", "0.001", "2025-10-01", "0000-00-00 00:00:00", "1970-01-01 00:00:00",
    "9999-12-31 23:59:59", "290000-01-01 00:00:00", "2025-10-01 12:01:00+99:00", "epoch", "\\N",
    "NULL", "[]", "[", "]", "[,]", "['", "['a']", "['a','b']", "['a','b','c']", "[1,2]", "[1,2,3]",
    "[9999999999999999999999,2]", "['infinity','2025-10-01 12:01:00']", "[nan,inf]", "\\", "'", "?",
    "http://[", "//", "%%%", "//%00@x/", "\x01", "ym:s:visitID", "{}", "[{}]", "\u202e",
]  # fmt: skip
cells = st.sampled_from(HOSTILE) | st.text(st.sampled_from("'\"\\,[]аБ1 2"), max_size=8)


def changes(names: list[str]) -> st.SearchStrategy[list[dict[str, Raw]]]:
    """Some cells of each row, a row for each file: what one does must not be another one's."""
    changed = st.dictionaries(st.sampled_from(names), cells.map(Raw), min_size=1, max_size=5)
    return st.lists(changed, min_size=12, max_size=12)


@few
@given(changes([*visit(), *WHOLE]))
def test_any_cells_of_visits(desks: dict[str, Desk], changes: list[dict[str, Raw]]) -> None:
    rows: list[Row] = [visit(**WHOLE) | each for each in changes]
    found = survivors(desks["visits"], [visits([each]).encode() for each in rows])
    for place, events in found.items():
        for event in events:
            assert_was_told(event, rows[place])


@few
@given(changes([*hit(), "goalsID"]))
def test_any_cells_of_hits(desks: dict[str, Desk], changes: list[dict[str, Raw]]) -> None:
    rows: list[Row] = [hit(goalsID=[11, 12]) | each for each in changes]
    survivors(desks["hits"], [hits([each]).encode() for each in rows])


def assert_was_told(found: Row, row: Row) -> None:
    """No value appears that no cell held."""
    told = "".join(bare(each) for each in row.values())
    for key in ("product", "region"):
        assert bare(found[key] or "") in told
    moment = found["occurred_at"].astimezone(MOSCOW)
    assert moment.strftime("%Y-%m-%d%H:%M:%S") in told
    if found["value"] is not None:
        number = found["value"] * (1 if found["kind"] == "purchase" else 1000)
        assert f"{number.normalize():f}" in told
    assert found["kind"].removeprefix("goal ") in f"{told} visit purchase call Form"


def bare(value: object) -> str:
    """Its letters without what escapes, quotes and separates."""
    return "".join(each for each in str(value) if each not in "\\'\" ")
