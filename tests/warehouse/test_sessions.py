"""Sessions, counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.projects import Project, csv_text, published, row, settings, source

CAMPAIGN = {"utm_source": "us", "utm_medium": "um", "referrer": "ref"}


def sizes(project: Project) -> list[tuple[str, int]]:
    rows = project.query("from sessions order by started_at, ended_at")
    return [(each["channel"], each["events"]) for each in rows]


def test_a_gap_equal_to_the_timeout_does_not_split(tmp_path: Path) -> None:
    times = ["03-01 10:00:00", "03-01 10:30:00", "03-01 11:00:00.000001", "03-01 11:30:00.000001"]
    project = published(tmp_path, [row("anna", when) for when in times])
    assert sizes(project) == [("Direct", 2), ("Direct", 2)]


def test_midnight_does_not_split(tmp_path: Path) -> None:
    rows = [row("anna", "03-01 20:50:00"), row("anna", "03-01 21:10:00")]
    zone = {"name": "x", "timezone": "Europe/Moscow", "currency": "RUB"}
    assert sizes(published(tmp_path, rows, project=zone)) == [("Direct", 2)]


@pytest.mark.parametrize(
    ("on_change", "expected"),
    [(True, [("Paid Search", 4), ("Email", 2)]), (False, [("Paid Search", 6)])],
)
def test_another_mapped_channel_splits_and_direct_or_none_does_not(
    tmp_path: Path, on_change: bool, expected: list[tuple[str, int]]
) -> None:
    channels = ["Paid Search", None, "(Diretto)", "Paid Search", "Email", "Прямые заходы"]
    rows = [row("anna", f"03-01 10:0{n}:00", channel=each) for n, each in enumerate(channels)]
    project = published(tmp_path, rows, sessions={"new_on_source_change": on_change})
    assert sizes(project) == expected


def test_a_direct_arrival_and_ones_own_pages_are_no_other_source(tmp_path: Path) -> None:
    cells = [
        {"ref": "https://www.google.com/"},
        {"us": "(direct)", "um": "(none)"},
        {"ref": "https://shop.example/catalogue"},
        {"ref": "https://pay.bank.example/3ds"},
        {"us": "news", "um": "email"},
    ]
    columns = {"occurred_at": "ts", "kind": "kind"} | CAMPAIGN
    site = source(columns=columns, identifiers={"cookie": "cookie"})
    own = {"own_domains": ["shop.example"], "ignored_referrers": ["pay.bank.example"]}
    rows = [row("anna", f"03-01 10:0{n}:00", **each) for n, each in enumerate(cells)]
    project = Project(tmp_path, settings(site, sites=own))
    project.write("exports/site/1.csv", csv_text(rows, [*columns.values(), "cookie"]))
    project.run()
    assert sizes(project) == [("Organic Search", 4), ("Email", 1)]


def test_only_session_sources_make_sessions(tmp_path: Path) -> None:
    rows = {
        "site": [row("anna", "03-01 10:00:00", id="1")],
        "crm": [row("anna", "03-01 10:10:00", "call", id="1", channel="Calls")],
    }
    project = published(tmp_path, rows)
    assert sizes(project) == [("Direct", 1)]
    touched = project.query("select source, session_id is null as alone, channel from events")
    assert {tuple(each.values()) for each in touched} == {
        ("site", False, "Direct"), ("crm", True, "Calls"),
    }  # fmt: skip
    assert project.rows("journeys")[0]["channel_path"] == ["Direct", "Calls"]


def test_what_two_exports_tell_of_one_moment_is_one_arrival(tmp_path: Path) -> None:
    at, later = "03-01 10:00:00", "03-01 10:05:00"
    rows = {
        "site": [row("anna", at, id="1"), row("anna", later, id="2", channel="Email")],
        "tags": [
            row("anna", at, id="1", channel="Paid Search"),
            row("anna", later, id="2", channel="Newsletter"),
        ],
    }
    both = [source("site"), source("tags", sessions=True)]
    assert sizes(published(tmp_path, rows, *both)) == [("Paid Search", 2), ("Email", 2)]


def test_one_export_may_tell_of_two_arrivals_in_one_moment(tmp_path: Path) -> None:
    rows = [row("anna", "03-01 10:00:00", id=each, channel=each) for each in ("Email", "Social")]
    assert sizes(published(tmp_path, rows)) == [("Email", 1), ("Social", 1)]
