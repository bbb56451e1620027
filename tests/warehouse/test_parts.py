"""Files that share their days, parts of one export or deliveries, and rows of several parts."""

from __future__ import annotations

from pathlib import Path

from tests.support.projects import Project, settings, source

DAILY = {"sources": [source(replaces="day")]}


def rows(*ids: str) -> list[dict[str, str]]:
    return [{"id": each, "ts": "2026-03-01T10:00:00Z", "kind": "v", "cookie": "c"} for each in ids]


def written(folder: Path, first: str, second: str, *, shared: int) -> Project:
    """Two files of one day with 30 rows each, of which so many are in both."""
    project = Project(folder, settings(**DAILY))
    project.write(f"exports/site/{first}.csv", rows(*(f"a{n}" for n in range(30))))
    ids = [f"{'a' if n < shared else 'b'}{n}" for n in range(30)]
    project.write(f"exports/site/{second}.csv", rows(*ids))
    return project


def test_parts_by_name_are_one_delivery(tmp_path: Path) -> None:
    project = written(tmp_path, "2026-03-01_part0", "2026-03-01_part1", shared=0)
    run = project.run()
    assert len(project.rows("events")) == 60
    assert not [each for each in run.warnings if "gave way" in each]


def test_a_file_that_replaces_other_rows_of_its_day_is_told(tmp_path: Path) -> None:
    run = written(tmp_path, "1", "2", shared=5).run()
    (warning,) = [each for each in run.warnings if "gave way" in each]
    assert "25 rows of exports/site/1.csv for 2026-03-01" in warning


def test_a_day_delivered_anew_is_not(tmp_path: Path) -> None:
    run = written(tmp_path, "1", "2", shared=28).run()
    assert not [each for each in run.warnings if "gave way" in each]


def test_a_row_counts_as_used_where_only_something_it_tells_besides_is_bad(tmp_path: Path) -> None:
    visits = {"name": "v", "format": "metrica_visits", "files": "exports/*", "timezone": "UTC"}
    names = ("visitID", "clientID", "dateTime", "startURL", "referer", "goalsID", "goalsDateTime")
    cells = ("1", "11", "2026-10-01 10:00:00", "https://a.b/", "", "[1,2]", r"[\'2026-10-01\']")
    project = Project(tmp_path, settings(visits))
    project.write("exports/a.tsv", "\t".join(f"ym:s:{n}" for n in names) + "\n" + "\t".join(cells))
    project.run()
    (file,) = project.query("select rows_read, rows_used, events, rejects from files")
    assert file == {"rows_read": 1, "rows_used": 1, "events": 1, "rejects": 0}
    assert [each["reason"] for each in project.rows("rejects")] == ["arrays of different lengths"]
