from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from journeyflow.errors import EnvironmentFault, SettingsError
from journeyflow.store import open_store
from tests.support.published import BEGIN, visit, write_published


def test_the_newest_run_is_opened_and_never_the_fixed_name(tmp_path: Path) -> None:
    write_published(tmp_path, [visit("old", "Home")], run_id="20261101T030000Z")
    newest = write_published(tmp_path, [visit("new", "Home")], run_id="20261102T030000Z")
    (tmp_path / "journeys.duckdb").write_bytes(b"not a database")
    with open_store(tmp_path) as store:
        assert store.path == newest
        assert store.run_id == "20261102T030000Z"
        assert list(store.query("select person_id from journeys")["person_id"]) == ["new"]


def test_an_open_store_stays_while_a_later_run_publishes(tmp_path: Path) -> None:
    first = write_published(tmp_path, [visit("a", "Home")], run_id="1")
    with open_store(tmp_path) as before:
        write_published(tmp_path, [visit("a", "Home"), visit("b", "Home")], run_id="2")
        first.unlink()
        with open_store(tmp_path) as after:
            counts = [
                s.query("select count(*) as n from journeys")["n"][0] for s in (before, after)
            ]
    assert counts == [1, 2]


def test_nothing_published_names_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="journeyflow run"):
        open_store(tmp_path)


def test_no_project_folder(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no project folder"):
        open_store(tmp_path / "absent")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "journeys-1.duckdb").write_bytes(b"x" * 5000)
    with pytest.raises(EnvironmentFault, match=r"journeys-1\.duckdb: damaged"):
        open_store(tmp_path)


def test_it_cannot_be_written(tmp_path: Path) -> None:
    write_published(tmp_path, [visit("a", "Home")])
    with open_store(tmp_path) as store, pytest.raises(duckdb.Error, match="read-only"):
        store.query("insert into stages values ('x', 9, null) returning name")


def test_times_are_utc_counts_are_integers_and_parameters_are_bound(tmp_path: Path) -> None:
    write_published(tmp_path, [visit("a", "Home", "Order", outcome="converted", value=7)])
    with open_store(tmp_path) as store:
        row = store.query(
            "select min(started_at) as at, sum(steps) as steps, sum(value) as value, "
            "current_setting('TimeZone') as zone from journeys where person_id = $who",
            {"who": "a"},
        )
    assert row["at"][0] == pd.Timestamp(BEGIN)
    assert str(row["at"].dtype) == "datetime64[us, UTC]"
    assert (row["steps"].dtype.kind, row["steps"][0]) == ("i", 2)
    assert (row["value"].dtype.kind, row["value"][0]) == ("f", 7.0)
    assert row["zone"][0] == "UTC"
