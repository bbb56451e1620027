"""Cells of a Metrica export: whatever text the site sent comes back, or its row says it did not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from journeyflow.identity.normalise import Normalised, normalise
from tests.support.metrica import Raw, Row, hit, hits, visit, visits
from tests.support.reading import Desk, Read, bench, identifiers

KEYS: dict[str, Any] = {
    "timezone": "Europe/Moscow",
    "identifiers": {"user_id": "UserID"},
    "attributes": {"plan": "Plan"},
}
LOOSE = "[checks]\nmax_reject_share = 1"
AT = "2025-10-01 12:01:00"

#: Between letters, so that none means "nothing"; and no NUL, which no export of text may hold.
hard = st.text(
    st.sampled_from("'\"\\,[]\t\n\r\b\f ntfr0юЖ😀\x01\x02|;&#=?ab1")
    | st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    max_size=12,
).map(lambda text: f"x{text}x")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("cells")
    with bench(folder, more=LOOSE, currency="RUB", format="metrica_visits", **KEYS) as desk:
        yield desk


@pytest.fixture(scope="module")
def hits_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with bench(tmp_path_factory.mktemp("hits"), format="metrica_hits", **KEYS) as desk:
        yield desk


def bought(names: list[str], **cells: Any) -> Row:
    """A visit with a purchase of each name, which is its number and its only product."""
    return visit(
        purchaseID=names,
        purchaseDateTime=[AT] * len(names),
        purchasedProductPurchaseID=names,
        purchasedProductName=names,
        **cells,
    )


def purchases(read: Read) -> list[Row]:
    return [row for row in read.rows if row["kind"] == "purchase"]


def products(read: Read) -> list[str | None]:
    return [row["product"] for row in purchases(read)]


def key_of(desk: Desk, type: str, text: str) -> str | None:
    """The key of the identifier that the text is, where it is one."""
    found = normalise(type, text)
    return desk.key(type, found.value) if isinstance(found, Normalised) else None


@settings(max_examples=5)
@given(st.lists(st.tuples(st.lists(hard, min_size=1, max_size=4, unique=True), hard), min_size=1))
@example([(["x\\", "'", "','", "\\','x", "\\\\'"], "\\t"), (["\x01", "\x011", "\x012\\n"], "]")])
def test_any_texts_come_back(desk: Desk, texts: list[tuple[list[str], str]]) -> None:
    rows = [
        bought(names, parsedParamsKey1=["Plan", "UserID"], parsedParamsKey2=[parameter] * 2)
        for names, parameter in texts
    ]
    read = desk.read("visits.tsv", visits(rows))
    assert read.rejects == []
    assert products(read) == [name.strip(" ") for names, _ in texts for name in names]
    assert [identifiers(each).get("order_id") for each in purchases(read)] == [
        key_of(desk, "order_id", name) for names, _ in texts for name in names
    ]
    visited = [row for row in read.rows if row["kind"] == "visit"]
    assert [identifiers(each).get("user_id") for each in visited] == [
        key_of(desk, "user_id", parameter) for _, parameter in texts
    ]
    assert [each["attributes"]["plan"] for each in visited] == [
        parameter.strip(" ") for _, parameter in texts
    ]


@settings(max_examples=3)
@given(st.lists(st.text(st.sampled_from("'\"\\,[]\tnrюЖ😀ab/"), max_size=8), min_size=3))
def test_addresses_come_back_in_visits_and_in_hits(
    desk: Desk, hits_desk: Desk, paths: list[str]
) -> None:
    addresses = [f"https://shop.example/{path}" for path in paths]
    pages = [f"/{path}" for path in paths]
    visited = desk.read(
        "v.tsv", visits([visit(n, startURL=each) for n, each in enumerate(addresses)])
    )
    seen = hits_desk.read("h.tsv", hits([hit(n, URL=each) for n, each in enumerate(addresses)]))
    assert [row["page"] for row in visited.rows] == pages
    assert [row["page"] for row in seen.rows] == pages


SPELLINGS = {
    # As the notes of users quote them, and as their scripts leave them behind.
    r"[\'a\',\'b\']": ["a", "b"],
    "['a','b']": ["a", "b"],
    "['a', 'b']": ["a", "b"],
    r"['it\\'s','b']": ["it's", "b"],
    r'"[\'Bolt 1/2""\',\'O\\\'Neil\']"': ['Bolt 1/2"', "O'Neil"],
    r"[\'\\\\\',\'\\t\']": ["\\", "\t"],
    # Somebody's apostrophes are bare.
    "['it's','b']": ["it's", "b"],
    r"[\'it's\',\'b\']": ["it's", "b"],
    "['l'or, d'or','b']": ["l'or, d'or", "b"],
    "['',''']": [None, "'"],
}


def test_the_spellings_of_an_array(desk: Desk) -> None:
    rows = [bought(["1", "2"]) | {"purchasedProductName": Raw(each)} for each in SPELLINGS]
    read = desk.read("visits.tsv", visits(rows))
    assert read.rejects == []
    assert products(read) == [name for names in SPELLINGS.values() for name in names]


BROKEN = [
    "['a','b','c']",
    "['a']",
    "['a','b'",
    "'a','b'",
    "['a',b]",
    "[['a'],['b']]",
    "['a' 'b']",
    r"[\'a\\\',\',\'it's\']",  # one apostrophe is hidden and another bare: who can tell?
    "a",
    "[]",
    "",
    "NULL",
]


def test_what_is_no_array_of_that_length_is_set_apart(desk: Desk) -> None:
    rows = [bought(["1", "2"]) | {"purchasedProductName": Raw(each)} for each in BROKEN]
    read = desk.read("visits.tsv", visits(rows))
    assert [each["kind"] for each in read.rows] == ["visit"] * len(BROKEN)
    assert [line for line, *_ in read.rejects] == [*range(1, len(BROKEN) + 1)]
    assert {(column, reason) for _, column, _, reason in read.rejects} == {
        ("purchases", "not an array"),
        ("purchases", "arrays of different lengths"),
    }


def bare(names: list[str]) -> Raw:
    """The array as a script writes it that hides nothing."""
    return Raw("[" + ",".join(f"'{name}'" for name in names) + "]")


def is_clear(name: str) -> bool:
    """Whether nothing in it looks like the end of an element and the beginning of the next."""
    return "'," not in name and not name.startswith(",") and not name.endswith(",")


@settings(max_examples=5)
@given(st.lists(st.lists(st.text("'ab, ", max_size=5), min_size=1, max_size=4), min_size=3))
def test_bare_apostrophes_are_recovered_or_set_apart(desk: Desk, lists: list[list[str]]) -> None:
    rows = [
        bought([str(n) for n in range(len(names))]) | {"purchasedProductName": bare(names)}
        for names in lists
    ]
    read = desk.read("visits.tsv", visits(rows))
    rejected = {line for line, *_ in read.rejects}
    for line, names in enumerate(lists, start=1):
        found = [each["product"] for each in purchases(read) if each["line"] == line]
        if line in rejected:
            assert found == []
        elif all(map(is_clear, names)):
            assert found == [name.strip(" ") or None for name in names]


def test_arrays_without_quotes_have_gaps(desk: Desk) -> None:
    goals = {"goalsID": [1, 2, 3], "goalsDateTime": [AT] * 3, "goalsPrice": [1000] * 3}
    text = visits([visit(**goals, goalsCurrency=["", "RUB", ""])])
    assert "\t[,RUB,]\n" in text
    read = desk.read("visits.tsv", text)
    assert [each["currency"] for each in read.rows] == [None, "RUB", "RUB", "RUB"]


def test_a_cell_with_quotes_and_a_row_that_is_torn(desk: Desk) -> None:
    rows = [visit(1), visit(startURL='https://shop.example/?q="sofa"'), visit(2)]
    read = desk.read("visits.tsv", visits(rows) + "cut\tshort\n")
    assert [each["line"] for each in read.rows] == [1, 2, 3]
    assert read.rejects == [(4, None, None, "2 columns, expected 6")]
