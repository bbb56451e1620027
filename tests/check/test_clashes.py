"""Rules of the settings that contradict each other: all told at once, never a traceback."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from journeyflow.clashes import clashes
from journeyflow.errors import SettingsError
from journeyflow.project import load_project
from tests.support.projects import Project, row, settings, source, toml

WHOLE = settings(
    source(attributes={"plan": "plan"}),
    sessions={"timeout": "30m"},
    journeys={"conversions": ["purchase", "site:call"], "losses": ["gone"], "lost_after": "14d"},
    stages=[{"name": "look"}],
    touchpoints=[{"name": "A", "stage": "look", "when": {"kind": "view", "source": "site"}}],
)


def faults_of(folder: Path, **tables: Any) -> list[str]:
    project = Project(folder, toml(settings(source(), **tables)))
    project.write("exports/site/1.csv", [row("anna", "03-01 10:00:00")])
    with pytest.raises(SettingsError) as fault:
        load_project(folder)
    return [each.strip(" -") for each in fault.value.message.splitlines()[1:]]


def test_what_contradicts_is_told_at_once_whichever_way_it_is_written(tmp_path: Path) -> None:
    faults = faults_of(
        tmp_path,
        sessions={"timeout": "1h"},
        journeys={"losses": ["beat", "won"], "lost_after": "45m", "exclude_kinds": ["beat"]},
        conversions=[
            {"name": "a", "when": {"kind": "won"}},
            {"name": "b", "when": {"kind": "beat"}},
            {"name": "c", "when": {"source": "sit", "kind": "call"}},
        ],
    )
    told = (
        ("[[conversions]] 2", "'beat' is excluded by exclude_kinds"),
        ("[[conversions]] 3", "no source is named 'sit'; did you mean site?"),
        ("[journeys] losses", "'beat' is excluded by exclude_kinds"),
        ("[journeys] losses", "kind 'beat' is both conversion and loss"),
        ("[journeys] losses", "kind 'won' is both conversion and loss"),
        ("[journeys] lost_after", "0:45:00 is shorter than [sessions] timeout, 1:00:00"),
    )
    assert len(faults) == len(told)
    for place, found in told:
        assert any(each.startswith(place) and found in each for each in faults), (found, faults)


def test_a_cancellation_is_no_conversion_and_is_not_excluded(tmp_path: Path) -> None:
    project = Project(
        tmp_path,
        toml(
            settings(
                source(format="orders", columns={}),
                journeys={
                    "conversions": ["sale", "gone"],
                    "cancellations": ["gone", "hidden"],
                    "exclude_kinds": ["hidden", "order_refunded"],
                },
            )
        ),
    )
    project.write("exports/site/1.csv", [row("anna", "03-01 10:00:00")])
    with pytest.raises(SettingsError) as fault:
        load_project(tmp_path)
    for told in (
        "[journeys] cancellations: kind 'gone' is both conversion and cancellation",
        "[journeys] cancellations: 'hidden' is excluded by exclude_kinds",
        "[journeys] exclude_kinds: without 'order_refunded' no order would be void",
    ):
        assert told in fault.value.message


@pytest.mark.parametrize(
    ("identifiers", "types", "found"),
    [
        ({}, {}, "found 0"),
        ({"crm_contact": ["winner"]}, {}, "found 1"),
        ({"contact_id": ["a", "b"], "email": "c"}, {}, "found 1, and contact_id may not"),
        ({"crm_contact": ["a", "b"]}, {"crm_contact": "attach"}, "found 0, and crm_contact may"),
        ({"contact_id": ["a", "b"]}, {"contact_id": "merge"}, None),
        ({"email": "a", "phone": "b"}, {}, None),
    ],
)
def test_a_link_needs_two_columns_that_may_merge(
    tmp_path: Path, identifiers: dict[str, Any], types: dict[str, str], found: str | None
) -> None:
    links = source(format="links", columns={"linked_at": "ts"}, identifiers=identifiers)
    document = settings(links, identity={"types": types})
    faults = [each for each in clashes(document, tmp_path) if "a link needs" in each]
    assert [each.startswith("[[sources]] 1 (site) identifiers: ") for each in faults] == (
        [True] if found else []
    )
    assert all(str(found) in each for each in faults)


def test_a_silence_as_long_as_the_timeout_is_no_fault(tmp_path: Path) -> None:
    project = Project(tmp_path, settings(source(), journeys={"lost_after": "30m"}))
    project.write("exports/site/1.csv", [row("anna", "03-01 10:00:00")])
    assert load_project(tmp_path).journeys.lost_after == load_project(tmp_path).sessions.timeout


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    listed = enumerate(value) if isinstance(value, list) else ()
    for key, each in value.items() if isinstance(value, dict) else listed:
        yield from places(each, (*place, key))


@pytest.mark.parametrize("wrong", [5, [5], [["a"]], {"a": [1]}, [{"a": [1]}], "text", True])
def test_a_value_of_any_wrong_shape_is_survived(tmp_path: Path, wrong: object) -> None:
    for *outer, last in filter(None, places(WHOLE)):
        document: Any = copy.deepcopy(WHOLE)
        inner = document
        for key in outer:
            inner = inner[key]
        inner[last] = wrong
        assert all(isinstance(each, str) for each in clashes(document, tmp_path))
