"""The ids that journeyflow gives: short, of letters and digits only, and none given twice."""

from __future__ import annotations

import re
from pathlib import Path

from journeyflow.identity.keys import load_secret
from journeyflow.warehouse.database import writer

ID = re.compile("[0-9A-Za-z]{12}")
MANY = 100_000


def test_an_id_fits_into_a_row_and_needs_no_escaping_anywhere(tmp_path: Path) -> None:
    with writer(tmp_path, load_secret(tmp_path)) as con:
        ids = con.execute(f"select keyed_id('x' || i) from range({MANY}) as n(i)").fetchall()
    assert all(ID.fullmatch(each) for (each,) in ids)
    assert len(set(ids)) == MANY


def test_an_id_depends_on_the_key_of_the_project(tmp_path: Path) -> None:
    given = []
    for name in ("one", "other"):
        with writer(tmp_path / name, load_secret(tmp_path / name)) as con:
            given.append(con.execute("select keyed_id('x')").fetchall())
    assert given[0] != given[1]
