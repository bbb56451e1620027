"""Components against NetworkX, and the constrained union against what it promises."""

from __future__ import annotations

import random
from collections import Counter

import duckdb
import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.identity.stitch import components
from journeyflow.identity.union import Union

TYPES = ("user_id", "email", "cookie")
LIMITS = {"user_id": 1, "email": 2}


def groups(union: Union, size: int) -> set[frozenset[int]]:
    found: dict[int, set[int]] = {}
    for node in range(size):
        found.setdefault(union.find(node), set()).add(node)
    return {frozenset(each) for each in found.values()}


@pytest.mark.parametrize("seed", range(5))
def test_components_are_those_of_networkx(seed: int) -> None:
    dice = random.Random(seed)
    size = dice.choice([0, 1, 50, 400])
    edges = [(dice.randrange(size), dice.randrange(size)) for _ in range(size * 2 // 3)]
    graph = nx.Graph(edges)
    graph.add_nodes_from(range(size))
    with duckdb.connect() as con:
        con.execute(f"create table identifiers as select range as node from range({size})")
        con.execute("create table identifier_edges (node integer, other_node integer)")
        if edges:
            con.executemany("insert into identifier_edges values ($1, $2)", edges)
        table = components(con).to_pydict()
    found: dict[int, set[int]] = {}
    for node, component in zip(table["node"], table["component"], strict=True):
        found.setdefault(component, set()).add(node)
    assert {frozenset(each) for each in found.values()} == {
        frozenset(each) for each in nx.connected_components(graph)
    }


@given(
    st.lists(st.sampled_from(TYPES), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30),
)
def test_a_union_breaks_no_limit_and_refuses_nothing_without_need(
    types: list[str], links: list[tuple[int, int]]
) -> None:
    links = [(a % len(types), b % len(types)) for a, b in links]
    union = Union(dict(enumerate(types)), LIMITS)
    refused = [link for link in links if union.join(*link)]
    found = groups(union, len(types))
    for group in found:
        held = Counter(types[node] for node in group)
        assert all(held[type] <= most for type, most in LIMITS.items())
    # Groups only grow: what was refused once would be refused now, if it is still apart.
    for one, other in refused:
        assert union.find(one) == union.find(other) or union.join(one, other)
    kept = nx.Graph([link for link in links if link not in refused])
    kept.add_nodes_from(range(len(types)))
    free = Union(dict(enumerate(types)), {})
    assert [free.join(*link) for link in links] == [None] * len(links)
    every = nx.Graph(links)
    every.add_nodes_from(range(len(types)))
    assert groups(free, len(types)) == {frozenset(g) for g in nx.connected_components(every)}
    assert {frozenset(g) for g in nx.connected_components(kept)} == found


@given(
    st.lists(st.sampled_from(TYPES), min_size=2, max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.booleans()), max_size=30),
    st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=4),
)
def test_who_is_known_to_be_different_is_never_joined_be_it_by_a_word(
    types: list[str], links: list[tuple[int, int, bool]], pairs: set[tuple[int, int]]
) -> None:
    size = len(types)
    different = {(a % size, b % size) for a, b in pairs if a % size != b % size}
    union = Union(dict(enumerate(types)), LIMITS, different)
    for one, other, is_told in links:
        one, other = one % size, other % size
        before = groups(union, size)
        rule = union.join(one, other, is_told=is_told)
        both = {n for group in before for n in group if group & {one, other}}
        apart = any({a, b} <= both for a, b in different) and len(before) > 1
        if union.find(one) != union.find(other):
            assert (rule == "known to be different") == apart
            assert apart or not is_told
        assert not any(union.find(a) == union.find(b) for a, b in different)


def test_two_hundred_accounts_on_one_browser_stay_two_hundred_persons() -> None:
    union = Union({0: "cookie"} | dict.fromkeys(range(1, 201), "user_id"), LIMITS)
    rules = [union.join(account, 0) for account in range(1, 201)]
    assert rules == [None] + ["more than 1 user_id per person"] * 199
    assert len(groups(union, 201)) == 200


def test_a_lent_number_joins_no_two_who_hold_the_same_type() -> None:
    union = Union({0: "email", 1: "cookie", 2: "email", 3: "cookie"}, LIMITS)
    assert union.join(0, 1, is_lent=True) is None
    assert union.join(2, 1, is_lent=True) == "a pool number joins no two email"
    assert union.join(2, 1) is None
    assert union.join(3, 1) is None
