"""All faults of the settings at once, each with its place and a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeyflow.errors import SettingsError
from journeyflow.project import load_project
from tests.support.projects import Project, row, settings, source, toml


def faults_of(folder: Path, text: str) -> str:
    project = Project(folder, text)
    project.write("exports/site/1.csv", [row("anna", "03-01 10:00:00")])
    with pytest.raises(SettingsError) as fault:
        load_project(folder)
    assert fault.value.exit_code == 2
    assert fault.value.hint
    return fault.value.message


def test_every_fault_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    site = source(timezone="Europe/Moskva") | {"colums": {}, "formt": "table"}
    site["columns"] = {"occured_at": "ts", "kind": "kind"}
    site["identifiers"] = {"phone": ["phone", "phone"], "email": 5}
    text = toml(settings(
        site, source("site"), source("crm", format="tabel"),
        project={"name": "x", "timezone": "UTC", "currency": "euro"},
        sessions={"timeout": "30"},
        journeys={"lost_after": "soon", "conversions": ["shop:purchase"], "lost_aftr": "1d"},
        stages=[{"name": "look"}, {"name": "look"}],
        touchpoints=[{"name": "A", "stage": "lok", "when": {"pth": "/x"}}],
        attribution={"direct": "never"},
        identity={"max_emails": 3},
        seasons={},
        alerts={},
        targets={},
    ))  # fmt: skip
    message = faults_of(tmp_path, text)
    for place, found in (
        ("[[sources]] 1 (site) timezone", "'Europe/Moskva'"),
        ("[[sources]] 1 (site) colums", "did you mean columns?"),
        ("[[sources]] 1 (site) formt", "did you mean format?"),
        ("[[sources]] 1 (site) columns.occurred_at", "missing"),
        ("[[sources]] 1 (site) columns.occured_at", "did you mean occurred_at?"),
        ("[[sources]] 1 (site) identifiers.phone", "a list of different ones"),
        ("[[sources]] 1 (site) identifiers.email", "the name of a column"),
        ("[[sources]]: the name 'site'", "stands 2 times"),
        ("[[sources]] 3 (crm) format", "did you mean table?"),
        ("[[sources]] 3 (crm) files", "no file matches 'exports/crm/*.csv'"),
        ("[project] currency", "three capital letters"),
        ("[sessions] timeout", '"30m"'),
        ("[journeys] lost_after", "duration"),
        ("[journeys] lost_aftr", "did you mean lost_after?"),
        ("[journeys] conversions", "no source is named 'shop'"),
        ("[[stages]]: the name 'look'", "stands 2 times"),
        ("[[touchpoints]] 1 stage", "did you mean look?"),
        ("[[touchpoints]] 1 when.pth", "did you mean path?"),
        ("[attribution] direct", "'last_resort'"),
        ("[identity] limits", "max_emails"),
        ("seasons", "unknown table"),
        ("[alerts]", "expected command or url"),
        ("[targets]", "reserved"),
    ):
        line = [each for each in message.splitlines() if place in each]
        assert line, (place, message)
        assert any(found in each for each in line), (place, line)
    assert len(message.splitlines()) >= 20


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["[project]: missing", "[[sources]]: missing"]),
        ("[project\n", ["not valid TOML"]),
        ("project = 3\nsources = 4\n", ["[project]: expected a table", "[[sources]] tables"]),
    ],
)
def test_settings_that_are_hardly_any(tmp_path: Path, text: str, expected: list[str]) -> None:
    Project(tmp_path, text)
    with pytest.raises(SettingsError) as fault:
        load_project(tmp_path)
    for each in expected:
        assert each in fault.value.message


def test_both_ways_of_naming_conversions_clash(tmp_path: Path) -> None:
    document = settings(
        journeys={"conversions": ["purchase"], "losses": ["gone"]},
        conversions=[{"name": "sale", "when": {"kind": "purchase"}}],
        losses=[{"name": "gone", "when": {"kind": "gone"}}],
    )
    message = faults_of(tmp_path, toml(document))
    assert "[journeys] conversions and [[conversions]]" in message
    assert "[journeys] losses and [[losses]]" in message


def test_attributes_of_a_rule_may_be_written_with_a_dot(tmp_path: Path) -> None:
    rules = """
[[touchpoints]]
name = "Prices"
when = { attributes.page = "/prices", kind = "view" }
[[touchpoints]]
name = "Quoted"
when = { "attributes.page" = "/quoted" }
"""
    project = Project(tmp_path, toml(settings(source("site"))) + rules)
    project.write("exports/site/1.csv", [row("anna", "03-01 10:00:00")])
    first, second = load_project(tmp_path).touchpoints
    assert first.when == {"kind": "view", "attributes.page": "/prices"}
    assert second.when == {"attributes.page": "/quoted"}


def test_who_answers_is_the_company(tmp_path: Path) -> None:
    acts = {
        "company_kinds": ["email_sent", "newsletter"],
        "answers": ["email_set", "newsletter"],
        "talks": ["call"],
        "missed_calls": ["call", "ring"],
    }
    message = faults_of(tmp_path, toml(settings(source("site"), journeys=acts)))
    assert "[journeys] answers: expected some of company_kinds, found 'email_set'" in message
    assert "did you mean email_sent?" in message
    assert "'newsletter'" not in message
    assert "[journeys] talks and missed_calls: 'call' is one of both" in message
    assert "'ring'" not in message


def test_a_folder_without_settings_names_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="journeyflow init"):
        load_project(tmp_path)


def test_an_instant_needs_an_offset(tmp_path: Path) -> None:
    document = settings(journeys={"observed_until": "2025-10-31T23:59:59"})
    assert "[journeys] observed_until" in faults_of(tmp_path, toml(document))
    kept = Project(tmp_path, settings(journeys={"observed_until": "2025-10-31T23:59:59+03:00"}))
    until = load_project(kept.folder).journeys.observed_until
    assert until is not None
    assert until.isoformat() == "2025-10-31T20:59:59+00:00"
