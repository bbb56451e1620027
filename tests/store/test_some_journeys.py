"""A store of some journeys alone; that its tables are right is proven in tests/properties."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from journeyflow.errors import SettingsError
from journeyflow.store import Store, open_store
from tests.support.published import BEGIN, visit, write_published

DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    phone = {"device": "phone", "attributes": {"plan": "basic"}}
    journeys = [
        visit("a", "Home", "Order", outcome="converted", attributes=phone),
        visit("b", "Home", outcome="lost", attributes=phone, began=BEGIN + DAY),
        visit("c", "Home", outcome="lost", attributes={"device": "desktop"}),
        visit("d", "Call", outcome="open"),
    ]
    write_published(tmp_path, journeys)
    with open_store(tmp_path) as opened:
        yield opened


def count(store: Store, table: str = "journeys") -> int:
    return int(store.query(f"select count(*) as n from {table}")["n"][0])


def test_every_table_shows_the_chosen_journeys(store: Store) -> None:
    phones = store.only({"device": "phone"})
    assert [count(phones, table) for table in ("journeys", "steps", "persons")] == [2, 3, 2]
    assert phones.sankey().total == 2
    moves = phones.query("select * from transitions where from_touchpoint = '(start)'")
    assert moves["transitions"].tolist() == [2]
    assert phones.graph().nodes["(lost)"]["journeys"] == 1


def test_choices_add_up(store: Store) -> None:
    phones = store.only({"device": ["phone", None]})
    assert count(phones) == 3
    assert count(phones.only(began=(BEGIN + DAY, None))) == 1
    assert count(phones.only({"outcome": "converted"}).only({"outcome": "lost"})) == 0
    assert count(store.only({"attributes.plan": "basic"})) == 2
    assert count(store.only({"attributes.plan' or true": "basic"})) == 0
    assert count(store.only({"returning": True})) == 0


def test_a_table_for_each_segment(store: Store) -> None:
    stages = store.by("device", "stage_conversion", top=2)
    # Phones come first, since most journeys are theirs; then of equals desktop.
    assert stages["device"].tolist() == ["phone"] * 3 + ["desktop"] * 3
    assert stages["position"].tolist() == [1, 2, 3] * 2


def test_what_is_not_made_of_journeys_is_refused(store: Store) -> None:
    some = store.only({"device": "phone"})
    for table in ("costs", "monthly.transitions", "reconciliation"):
        with pytest.raises(SettingsError, match="not made of journeys alone"):
            some.query(f"from {table}")
    with pytest.raises(SettingsError, match="cannot be filtered by 'devise'") as fault:
        store.only({"devise": "phone"})
    assert "Did you mean 'device'?" in str(fault.value.hint)
    assert count(store, "costs") == 0
