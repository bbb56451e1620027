"""Headers of Metrica exports: columns are known by their names, however these are spelled."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from journeyflow.errors import DataError
from tests.support.metrica import export, hit, hits, visit, visits
from tests.support.reading import Desk, Read, bench

GOAL = {"goalsID": [1], "goalsDateTime": ["2025-10-01 12:01:00"]}
ROWS = [visit(n, **GOAL, regionCity=f"City {n}") for n in range(3)]
NAMES = list(ROWS[0])
LOOSE = "[checks]\nmax_reject_share = 1"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    keys: dict[str, Any] = {"format": "metrica_visits", "timezone": "Europe/Moscow"}
    with bench(tmp_path_factory.mktemp("headers"), more=LOOSE, **keys) as desk:
        yield desk


@pytest.fixture(scope="module")
def hits_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    keys: dict[str, Any] = {"format": "metrica_hits", "timezone": "Europe/Moscow"}
    with bench(tmp_path_factory.mktemp("hits"), more=LOOSE, **keys) as desk:
        yield desk


def content(read: Read) -> tuple[object, ...]:
    return read.rows, read.rejects, read.skips


def test_columns_stand_in_any_order_and_spelling(desk: Desk) -> None:
    plain = visits(ROWS)
    shuffled = random.Random(7).sample(NAMES, len(NAMES))
    other = [{**row, "browser": "b", "lastsignTrafficSource": "ad"} for row in ROWS]
    files: dict[str, str | bytes] = {
        "plain.tsv": plain,
        "shuffled.tsv": visits(ROWS, shuffled),
        "upper.tsv": plain.split("\n", 1)[0].upper() + "\n" + plain.split("\n", 1)[1],
        "bare.tsv": export(ROWS, ""),
        "capitals.txt": export(
            [{name[0].upper() + name[1:]: value for name, value in row.items()} for row in ROWS], ""
        ),
        "more.tsv": visits(other),
        "windows.tsv": plain.replace("\n", "\r\n"),
        "marked.tsv": b"\xef\xbb\xbf" + plain.encode(),
    }
    reads = desk.read_together(files)
    assert len(reads[0].rows) == 6
    for read in reads:
        assert read.landing.fault is None
        assert content(read) == content(reads[0])


def test_a_header_in_the_middle_is_skipped_and_counted(desk: Desk) -> None:
    read = desk.read("parts.tsv", visits(ROWS[:1]) + visits(ROWS[1:]) + visits([], NAMES))
    assert [row["line"] for row in read.rows] == [1, 1, 3, 3, 4, 4]
    assert read.skips == {"repeated header": 2}
    assert read.landing.records.read == 5


def test_another_header_in_the_middle_is_refused(desk: Desk) -> None:
    """What follows it would be read by the wrong names."""
    for columns in (NAMES[::-1], [NAMES[1], NAMES[0], *NAMES[2:]]):
        with pytest.raises(DataError, match=r"parts\.tsv: row 3 is a header whose columns are not"):
            desk.read("parts.tsv", visits(ROWS[:2]) + visits(ROWS[2:], columns))


def test_another_header_among_hits_is_refused(hits_desk: Desk) -> None:
    names = list(hit())
    text = hits([hit(1)]) + hits([hit(2)], names[::-1])
    with pytest.raises(DataError, match=r"hits\.tsv: row 2 is a header whose columns are not"):
        hits_desk.read("hits.tsv", text)


@pytest.mark.parametrize("missing", ["visitID", "clientID", "dateTime", "startURL"])
def test_a_visit_without_a_required_field_is_refused(desk: Desk, missing: str) -> None:
    columns = [name for name in NAMES if name != missing]
    rows = [{name: row[name] for name in columns} for row in ROWS]
    with pytest.raises(DataError, match=rf"x\.tsv: no ym:s:{missing} in the header") as caught:
        desk.read("x.tsv", visits(rows))
    assert caught.value.hint
    assert "`journeyflow fields metrica_visits`" in caught.value.hint


@pytest.mark.parametrize("missing", ["watchID", "clientID", "dateTime", "URL", "isPageView"])
def test_a_hit_without_a_required_field_is_refused(hits_desk: Desk, missing: str) -> None:
    row = {name: value for name, value in hit().items() if name != missing}
    with pytest.raises(DataError, match=rf"x\.tsv: no ym:pv:{missing} in the header") as caught:
        hits_desk.read("x.tsv", hits([row]))
    assert caught.value.hint
    assert "`journeyflow fields metrica_hits`" in caught.value.hint


@pytest.mark.parametrize(
    ("left_out", "message"),
    [
        (["goalsDateTime"], "no ym:s:goalsDateTime, which belongs to ym:s:goalsID"),
        (["referer"], "no ym:s:referer or ym:s:lastTrafficSource"),
        (["visitID", "startURL"], "no ym:s:visitID; no ym:s:startURL"),
    ],
)
def test_fields_that_need_each_other(desk: Desk, left_out: list[str], message: str) -> None:
    rows = [{name: row[name] for name in NAMES if name not in left_out} for row in ROWS]
    with pytest.raises(DataError, match=message):
        desk.read("x.tsv", visits(rows))


def test_one_field_twice_is_refused_with_both_spellings(desk: Desk) -> None:
    rows = [{**row, "ClientID": "5"} for row in ROWS]
    with pytest.raises(
        DataError, match="ym:s:clientID stands 2 times, as ym:s:clientID and ym:s:ClientID"
    ):
        desk.read("x.tsv", visits(rows))


@pytest.mark.parametrize("text", ["", "\n", "a\tb\n1\t2\n", "1763547719182326239\t2\n", "\t\t\n"])
def test_what_is_no_export_is_refused(desk: Desk, text: str) -> None:
    with pytest.raises(DataError, match=r"x\.tsv"):
        desk.read("x.tsv", text)
    with pytest.raises(DataError, match=r"x\.tsv") as caught:
        desk.read("x.tsv", f"{text}{text}")
    assert "1763547719182326239" not in str(caught.value)


def test_hits_under_the_name_of_visits_are_refused(desk: Desk) -> None:
    with pytest.raises(DataError, match="no ym:s:startURL; "):
        desk.read("x.tsv", hits([hit()]))


def test_a_quiet_night_is_a_header(desk: Desk) -> None:
    read = desk.read("x.tsv", visits([], NAMES))
    assert (read.landing.records.read, content(read)) == (0, ([], [], {}))


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([{"clientID": "1.76354771918233E+18"}], "clientID in row 1 is a rounded number"),
        ([{"visitID": "9,2e18"}], "visitID in row 1 is a rounded number"),
        (
            [{"clientID": f"17635477191{n}000"} for n in range(10000, 10004)],
            "4 of 4 different clientID end in 000",
        ),
        (
            [{"visitID": f"91556349123{n}000"} for n in range(10000, 10004)],
            "4 of 4 different visitID end in 000",
        ),
    ],
)
def test_ids_that_a_spreadsheet_rounded_fail_the_file(
    desk: Desk, cells: list[dict[str, str]], message: str
) -> None:
    rows = [visit(n, **each) for n, each in enumerate(cells)]
    with pytest.raises(DataError, match=message) as caught:
        desk.read("x.tsv", visits(rows))
    assert "17635477191" not in str(caught.value)


def test_one_id_of_many_may_end_in_zeros(desk: Desk) -> None:
    rows = [visit(n, clientID=f"17635477191{10000 + n * 9999}111") for n in range(5)]
    read = desk.read("x.tsv", visits([*rows, visit(9, clientID="1763547719111111000")]))
    assert len(read.rows) == 6
