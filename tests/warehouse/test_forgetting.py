"""Forgetting a person: nothing of them stays, all of others does, and no export undoes it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from journeyflow.doctor import examine
from journeyflow.errors import SettingsError
from journeyflow.warehouse.forgetting import Erased, forget
from tests.support.crashes import power_cut
from tests.support.projects import (
    Project,
    Row,
    assert_same_tables,
    hidden_secret,
    settings,
    source,
)

ANNA = [
    {"id": "a1", "kind": "page_view", "cookie": "anna-cookie"},
    {"id": "a2", "kind": "login", "cookie": "anna-cookie", "email": "anna@mail.de"},
    {"id": "a3", "kind": "purchase", "email": "anna@mail.de", "order_id": "anna-1", "value": "10"},
    {"id": "a4", "kind": "refund", "order_id": "anna-1"},
]
BORIS = [
    {"id": "b1", "kind": "page_view", "cookie": "boris-cookie"},
    {"id": "b2", "kind": "purchase", "cookie": "boris-cookie", "order_id": "b-1", "value": "7"},
]


def at(rows: list[Row], day: int) -> list[Row]:
    return [row | {"ts": f"2025-03-{day:02}T10:{minute:02}:00Z"} for minute, row in enumerate(rows)]


def project_of(folder: Path, *files: list[Row]) -> Project:
    project = Project(folder, settings(source(), journeys={"conversions": ["purchase"]}))
    for number, rows in enumerate(files):
        project.write(f"exports/site/{number}.csv", rows)
        project.run()
    return project


def forget_in(project: Project, type: str, value: str, **options: bool) -> Erased:
    with hidden_secret(project.secret):
        return forget(project.folder, type, value, **options)


def files_with(folder: Path, person: str) -> list[Path]:
    """Files of the project in whose bytes the person's id stands, be it in pages left free."""
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and person.encode() in path.read_bytes()
    ]


@pytest.fixture(scope="module")
def one_night(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return project_of(tmp_path_factory.mktemp("one"), at(ANNA + BORIS, 1))


@pytest.fixture(scope="module")
def two_nights(one_night: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The first event of Anna comes again."""
    project = one_night.copied(tmp_path_factory.mktemp("two"))
    project.write("exports/site/1.csv", at(ANNA[:1], 2))
    project.run()
    return project


def test_nothing_of_the_person_stays_and_no_export_brings_them_back(
    two_nights: Project, tmp_path: Path
) -> None:
    project = two_nights.copied(tmp_path)
    (person,) = {r["person_id"] for r in project.query("from events where event_id like 'a%'")}
    kept = {"private.duckdb", "warehouse.duckdb", "journeys.duckdb"}
    assert kept < {each.name for each in files_with(tmp_path, person)}
    erased = forget_in(project, "email", " Anna@Mail.DE ")
    assert dict(erased.identifiers) == {"cookie": 1, "email": 1, "order_id": 1}
    # Four events, and the one version of the first that a later file brought.
    assert erased.rows == {"site": 5}
    assert erased.files == ["exports/site/0.csv", "exports/site/1.csv"]
    assert {row["event_id"] for row in project.rows("events")} == {"b1", "b2"}
    assert [row["reason"] for row in project.rows("skipped")] == ["forgotten person"] * 2
    assert files_with(tmp_path, person) == []
    with duckdb.connect(str(tmp_path / "warehouse" / "private.duckdb")) as con:
        assert con.execute("select count(distinct key) from landed_identifiers").fetchall() == [
            (2,)
        ]
    assert len(list((tmp_path / "published").iterdir())) == 1

    # Once more, with what had been tied to her only by her order.
    project.write("exports/site/9.csv", at([*ANNA, BORIS[0] | {"id": "b3"}], 9))
    project.run()
    assert {row["event_id"] for row in project.rows("events")} == {"b1", "b2", "b3"}
    assert all(row["holds"] for row in project.rows("reconciliation"))


def test_interrupted_anywhere_it_is_completed_by_the_next_run(
    two_nights: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the identifiers are noted nothing happens, after it everything, whatever falls."""
    whole = two_nights
    (person,) = {r["person_id"] for r in whole.query("from events where event_id like 'a%'")}
    with power_cut(100_000, monkeypatch) as cut:
        forget_in(whole.copied(tmp_path / "copied"), "email", "anna@mail.de")
    # Before the entry is written; while rows go, tables go, and databases are copied; in the run;
    # at its end; and before the note goes.
    points = [
        next(n for n, each in enumerate(cut.ran) if step in each)
        for step in (
            "values ($name, $run)",
            "delete from private.landed_feedback",
            'drop table private.work."hubs"',
            "copy from database warehouse",
            "last_published",
            "values ('published', $id)",
            "delete from private.facts",
        )
    ]
    assert points == sorted(points)
    for point, noted in zip(points, [False, *[True] * 6], strict=True):
        project = whole.copied(tmp_path / str(point))
        with power_cut(point, monkeypatch) as cut:
            forget_in(project, "email", "anna@mail.de")
        assert cut.died
        told = [each.verdict for each in examine(project.folder) if each.about == "forgetting"]
        assert told == ["look"] * noted, point
        assert (project.folder / "warehouse" / "forgotten.jsonl").exists() == noted
        project.run()
        events = {row["event_id"] for row in project.rows("events")}
        assert events == {"b1", "b2"} | (set() if noted else {"a1", "a2", "a3", "a4"}), point
        if noted:
            assert files_with(project.folder, person) == [], point
            assert len(list((project.folder / "published").iterdir())) == 1, point
            reasons = {row["reason"] for row in project.rows("runs")}
            assert "a person was forgotten" in reasons, point


def test_what_is_left_is_as_if_the_person_had_never_come(
    one_night: Project, tmp_path: Path
) -> None:
    left = one_night.copied(tmp_path / "left")
    forget_in(left, "cookie", "anna-cookie")
    # What says how many rows were read, and in which line they stood, does differ.
    told = ("main.files", "main.skipped", "main.reconciliation", "main.events")
    never = project_of(tmp_path / "never", at(ANNA + BORIS, 1)[len(ANNA) :])
    assert_same_tables(left.tables(*told), never.tables(*told))


def test_a_dry_run_only_tells(one_night: Project, tmp_path: Path) -> None:
    project = one_night.copied(tmp_path)
    before = project.tables()
    told = forget_in(project, "cookie", "anna-cookie", dry_run=True)
    (person,) = {r["person_id"] for r in project.query("from events where event_id like 'a%'")}
    assert (told.rows, told.person) == ({"site": 4}, person)
    # Her order is tied to her alone, and so it finds her.
    assert forget_in(project, "order_id", "anna-1", dry_run=True) == told
    assert not (tmp_path / "warehouse" / "forgotten.jsonl").exists()
    assert project.run().mode == "incremental"
    assert project.tables() == before


def test_before_any_run_the_identifier_itself_is_passed_over(tmp_path: Path) -> None:
    project = Project(tmp_path, settings(source()))
    project.write("exports/site/0.csv", at(ANNA + BORIS, 1))
    assert forget_in(project, "email", "anna@mail.de").rows == {}
    project.run()
    assert {row["event_id"] for row in project.rows("events")} == {"a1", "a4", "b1", "b2"}


def test_what_several_persons_share_forgets_none_of_them(tmp_path: Path) -> None:
    """A cookie that six accounts use, and an order of two persons."""
    rows = [
        {"id": str(n), "kind": "login", "cookie": "kiosk", "user_id": f"u{n}"} for n in range(6)
    ]
    rows += [{"id": who, "kind": "purchase", "cookie": who, "order_id": "7"} for who in "ab"]
    project = project_of(tmp_path, at(rows, 1))
    with pytest.raises(SettingsError, match="several persons share"):
        forget_in(project, "cookie", "kiosk")
    with pytest.raises(SettingsError, match="identifies nobody"):
        forget_in(project, "email", "null")
    with pytest.raises(SettingsError, match="several persons share"):
        forget_in(project, "order_id", "7")


def test_a_type_that_nothing_has_is_refused_with_the_near_one(tmp_path: Path) -> None:
    project = Project(tmp_path, settings(source(identifiers={"email": "email", "card": "cookie"})))
    project.write("exports/site/0.csv", at(ANNA, 1))
    with pytest.raises(SettingsError, match=r"e-mail=….*did you mean email\?") as fault:
        forget_in(project, "e-mail", "anna@mail.de")
    assert "types of this project are card, email" in str(fault.value)
    assert "anna" not in str(fault.value)
    project.run()
    # Landed rows keep a type that the settings no longer name; the documented ones need no row.
    project.set(settings(source(identifiers={"email": "email"})))
    assert forget_in(project, "card", "anna-cookie", dry_run=True).rows == {"site": 3}
    assert forget_in(project, "loyalty_card", "1", dry_run=True).rows == {}


def test_a_new_key_is_refused_as_long_as_persons_were_forgotten_under_another(
    one_night: Project, tmp_path: Path
) -> None:
    project = one_night.copied(tmp_path)
    forget_in(project, "email", "anna@mail.de")
    for name in ("private", "warehouse"):
        (tmp_path / "warehouse" / f"{name}.duckdb").unlink()
    other = Project(tmp_path, project.settings, secret="quite another secret")
    with pytest.raises(SettingsError, match="forgotten under another key"):
        other.run()
    # With the former key the exports are read anew, and she does not come back.
    project.run()
    assert {row["event_id"] for row in project.rows("events")} == {"b1", "b2"}
