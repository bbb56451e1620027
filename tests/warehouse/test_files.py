"""What becomes of the rows of files that arrive night after night, counted by hand."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from journeyflow.errors import SettingsError
from journeyflow.warehouse import fingerprints, layout, models
from tests.support.projects import Project, Row, csv_text, published, row, settings, source

COUNTS = ("rows_read", "rows_used", "duplicates", "rejects", "skipped")


def counted(project: Project) -> dict[str, tuple[int, ...]]:
    rows = project.rows("files")
    return {Path(each["file"]).stem: tuple(each[name] for name in COUNTS) for each in rows}


def kinds(project: Project) -> list[str]:
    return [each["kind"] for each in project.query("from events order by event_id, occurred_at")]


def seen(id: str | None, kind: str, when: str = "03-01 10:00:00", **cells: Any) -> Row:
    return row("anna", when, kind, id=id, **cells)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that has read one row."""
    return published(tmp_path_factory.mktemp("one"), [seen("1", "a")])


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that has read two equal rows without ids."""
    return published(tmp_path_factory.mktemp("twins"), [seen(None, "a"), seen(None, "a")])


def test_every_row_of_a_file_is_used_double_or_rejected(tmp_path: Path) -> None:
    rows = [
        seen("1", "a"), seen("1", "a"), seen("2", "b"), seen("2", "c"), seen("3", ""),
        seen("4", "d", value="12,x"), seen("5", "e") | {"ts": "yesterday"},
    ]  # fmt: skip
    project = published(tmp_path, rows)
    assert counted(project) == {"1": (7, 2, 2, 3, 0)}
    assert kinds(project) == ["a", "c"]
    rejects = project.query("from rejects order by line")
    assert [(each["line"], each["column"]) for each in rejects] == [
        (5, "kind"), (6, "value"), (7, "occurred_at"),
    ]  # fmt: skip
    run = project.rows("runs")[0]
    assert tuple(run[name] for name in ("rows_read", "duplicates", "rejects", "skipped")) == (
        7,
        2,
        3,
        0,
    )
    assert all(rule["holds"] for rule in project.rows("reconciliation"))


def test_a_later_run_wins_whatever_its_path_then_the_path_then_the_line(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("exports/site/b.csv", [seen("1", "line 1"), seen("1", "line 2"), seen("2", "b")])
    project.write("exports/site/c.csv", [seen("2", "c")])
    project.run()
    assert kinds(project) == ["line 2", "c"]
    project.write("exports/site/a.csv", [seen("1", "next night")])
    project.run()
    assert kinds(project) == ["next night", "c"]
    assert counted(project) == {"a": (1, 1, 0, 0, 0), "b": (3, 0, 3, 0, 0), "c": (1, 1, 0, 0, 0)}


def test_a_row_told_again_touches_nobody(tmp_path: Path) -> None:
    project = published(tmp_path, [seen("1", "a"), seen(None, "b")])
    before = project.tables("main.files", "main.reconciliation")
    project.write("exports/site/2.csv", [seen(None, "b"), seen("1", "a")])
    result = project.run()
    assert (result.mode, result.counts["touched_persons"], result.counts["new_events"]) == (
        "incremental",
        0,
        0,
    )
    assert result.counts["duplicates"] == 2
    assert project.tables("main.files", "main.reconciliation") == before


def test_the_same_file_under_another_name_adds_nothing(twins: Project, tmp_path: Path) -> None:
    project = twins.copied(tmp_path)
    path = tmp_path / "exports/site/1.csv"
    path.rename(path.with_name("2.csv"))
    result = project.run()
    assert (result.counts["rows_read"], result.counts["touched_persons"]) == (0, 0)
    # Two true twins of one file both stay.
    assert counted(project) == {"1": (2, 2, 0, 0, 0)}
    assert project.rows("journeys")[0]["steps"] == 1
    assert project.rows("steps")[0]["events"] == 2


def test_an_export_that_grows_adds_only_what_is_new(twins: Project, tmp_path: Path) -> None:
    project = twins.copied(tmp_path)
    project.write("exports/site/1.csv", [seen(None, "a"), seen(None, "a"), seen(None, "a")])
    assert project.run().counts["new_events"] == 1
    assert kinds(project) == ["a", "a", "a"]


def test_the_latest_file_that_covers_a_local_day_is_the_whole_truth_for_it(tmp_path: Path) -> None:
    """21:30 UTC on 1 March is 2 March in Moscow; the second file covers that day alone."""
    site = source(replaces="day", timezone="Europe/Moscow")
    project = published(tmp_path, [
        seen(None, "kept", "03-01 20:59:59"), seen(None, "gone", "03-01 21:30:00"),
        seen(None, "gone", "03-02 12:00:00"), seen("5", "moved", "03-02 13:00:00"),
    ], site)  # fmt: skip
    project.write("exports/site/0.csv", [seen(None, "new", "03-02 14:00:00")])
    project.run()
    assert kinds(project) != []
    assert sorted(kinds(project)) == ["kept", "new"]
    assert counted(project) == {"0": (1, 1, 0, 0, 0), "1": (4, 1, 3, 0, 0)}


def test_a_corrected_mapping_reads_the_files_again_and_every_table_follows(tmp_path: Path) -> None:
    project = published(
        tmp_path, [seen("1", "a", touchpoint="Shop"), seen("2", "b", touchpoint="Call")]
    )
    assert project.rows("journeys")[0]["path"] == ["Shop", "Call"]
    site = source()
    site["columns"].pop("touchpoint")
    project.set(settings(site))
    result = project.run()
    assert result.mode == "full"
    assert "1 file" in (result.reason or "")
    assert project.rows("journeys")[0]["path"] == ["a", "b"]
    assert counted(project) == {"1": (2, 2, 0, 0, 0)}
    assert {each["from_touchpoint"] for each in project.rows("transitions")} == {
        "(start)",
        "a",
        "b",
    }


def test_files_to_read_again_that_are_gone_stop_the_run_before_anything(
    one: Project, tmp_path: Path
) -> None:
    project = one.copied(tmp_path)
    project.write("exports/site/2.csv", [seen("2", "b")])
    project.run()
    before = project.tables()
    (tmp_path / "exports/site/1.csv").unlink()
    project.set(settings(source(timezone="Europe/Moscow")))
    with pytest.raises(SettingsError, match=r"exports/site/1\.csv") as fault:
        project.run()
    assert fault.value.exit_code == 2
    assert "2.csv" not in str(fault.value)
    project.set(settings())
    assert project.run().mode == "incremental"  # nothing had been read again
    assert project.tables() == before


def test_a_file_that_was_read_is_never_needed_again(one: Project, tmp_path: Path) -> None:
    project = one.copied(tmp_path)
    before = project.tables()
    (tmp_path / "exports/site/1.csv").unlink()
    project.run(full_refresh=True)
    assert project.tables() == before


def test_a_changed_touchpoint_rule_changes_every_table(one: Project, tmp_path: Path) -> None:
    project = one.copied(tmp_path)
    project.set(settings(touchpoints=[{"name": "Renamed", "when": {"kind": "a"}}]))
    result = project.run()
    assert (result.mode, result.reason) == ("full", "changed: [touchpoints]")
    assert project.rows("steps")[0]["touchpoint"] == "Renamed"
    assert project.rows("events")[0]["touchpoint"] == "Renamed"
    assert project.rows("journeys")[0]["path"] == ["Renamed"]


def test_a_changed_sql_file_makes_everything_anew_and_says_which(
    one: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = one.copied(tmp_path / "project")
    sql = shutil.copytree(Path(str(models.sql_root())), tmp_path / "sql")
    for room in (models, fingerprints, layout):
        monkeypatch.setattr(room, "sql_root", lambda: sql)

    def change(file: str, old: str, new: str) -> tuple[str, str | None]:
        text = (sql / file).read_text("utf-8")
        assert old in text
        (sql / file).write_text(text.replace(old, new), "utf-8")
        models.load_models.cache_clear()
        result = project.run()
        (told,) = project.query("select mode, reason from runs order by run_number desc limit 1")
        assert (result.mode, result.reason) == (told["mode"], told["reason"])
        return result.mode, result.reason

    try:
        assert project.run().mode == "incremental"
        person = change("person/sessions.sql", "'Direct'", "'From nowhere'")
        assert person == ("full", "changed: sql/person/sessions.sql")
        assert [row["channel"] for row in project.rows("sessions")] == ["From nowhere"]
        macros = change("private/event_macros.sql", "-- ", "--  ")
        assert macros == ("full", "changed: sql/private/event_macros.sql")
        assert project.run().mode == "incremental"
    finally:
        models.load_models.cache_clear()


def test_an_event_more_than_a_day_ahead_is_rejected(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    rows = [
        seen("1", "soon") | {"ts": (now + timedelta(hours=23)).isoformat()},
        seen("2", "ahead") | {"ts": (now + timedelta(hours=25)).isoformat()},
    ]
    project = published(tmp_path, rows)
    assert kinds(project) == ["soon"]
    assert counted(project) == {"1": (2, 1, 0, 1, 0)}


def test_local_times_that_happened_twice_or_never(tmp_path: Path) -> None:
    """New York turned its clocks back on 2 November 2025 at 2:00 and forward on 9 March at 2:00."""
    times = {"twice": "2025-11-02 01:30:00", "never": "2025-03-09 02:30:00",
             "once": "2025-11-02 02:30:00"}  # fmt: skip
    rows = [seen(kind, kind) | {"ts": ts} for kind, ts in times.items()]
    project = published(tmp_path, rows, source(timezone="America/New_York"))
    told = project.query("from events order by occurred_at")
    assert [
        (each["kind"], each["occurred_at"].isoformat(), each["time_flag"]) for each in told
    ] == [
        ("twice", "2025-11-02T05:30:00+00:00", "ambiguous"),  # 1:30 in summer time is the earlier
        ("once", "2025-11-02T07:30:00+00:00", None),
    ]
    assert [each["line"] for each in project.rows("rejects")] == [2]


def test_a_quiet_night_changes_nothing(one: Project, tmp_path: Path) -> None:
    project = one.copied(tmp_path)
    before = project.tables("main.files", "main.reconciliation")
    project.write("exports/site/2.csv", [])
    project.run()
    assert project.tables("main.files", "main.reconciliation") == before
    assert counted(project) == {"1": (1, 1, 0, 0, 0), "2": (0, 0, 0, 0, 0)}


def test_a_source_taken_out_of_the_settings_leaves_the_tables(tmp_path: Path) -> None:
    rows = {"site": [seen("1", "a")], "crm": [seen("1", "call")]}
    project = published(tmp_path, rows)
    assert project.rows("journeys")[0]["path"] in (["a", "call"], ["call", "a"])
    project.set(settings(source("site")))
    project.run()
    assert project.rows("journeys")[0]["path"] == ["a"]
    assert [each["source"] for each in project.rows("files")] == ["site"]


def test_a_source_that_stopped_takes_the_end_of_observation_back(tmp_path: Path) -> None:
    """The site is silent since 5 March; judged on 30 March, Anna would be lost."""
    rows = {
        "site": [row("anna", "03-05 10:00:00", id="1")],
        "crm": [
            row("boris", "03-05 09:00:00", "call", id="1"),
            row("boris", "03-30 10:00:00", "call", id="2"),
        ],
    }
    tables = {"lost_after": "14d"}
    late = published(tmp_path / "a", rows, source(max_age="3d"), source("crm"), journeys=tables)
    assert {each["outcome"] for each in late.rows("journeys")} == {"open"}
    plain = published(tmp_path / "b", rows, journeys=tables)
    assert {each["outcome"] for each in plain.rows("journeys")} == {"open", "lost"}


def test_what_is_too_fast_for_a_human_is_kept_and_takes_no_part(tmp_path: Path) -> None:
    rows = [row("fast", f"03-01 10:00:{n % 60:02}", id=f"f{n}") for n in range(4)]
    rows += [row("human", f"03-01 10:00:{n * 20:02}", id=f"h{n}") for n in range(3)]
    rows.append(row("fast", "03-09 10:00:00", id="f9"))
    project = published(tmp_path, rows, bots={"max_events_per_minute": 3})
    bots = project.query("select count(*) as n, count(person_id) as p from events where is_bot")
    assert (bots[0]["n"], bots[0]["p"]) == (5, 0)
    assert [each["steps"] for each in project.rows("journeys")] == [1]
    assert project.rows("persons")[0]["events"] == 3


def test_text_of_the_helper_is_what_it_says() -> None:
    assert csv_text([{"a": 1, "b": None}, {"a": 'x"y,'}]) == 'a,b\n1,\n"x""y,",\n'
