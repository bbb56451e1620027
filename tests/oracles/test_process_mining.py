"""Moves and variants against pm4py, where it is installed (group `oracles`)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.store import open_store
from tests.support.projects import Project, few, row, settings, source

pm4py = pytest.importorskip("pm4py")

paths = st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=8), min_size=1, max_size=30)


@few(5)
@given(paths)
def test_moves_starts_ends_and_variants_are_those_of_pm4py(walked: list[list[str]]) -> None:
    rows = [
        row(f"p{person}", f"03-{1 + step:02} 10:{person:02}:00", touchpoint=name)
        for person, path in enumerate(walked)
        for step, name in enumerate(path)
    ]
    with TemporaryDirectory() as folder:
        journeys = {"lost_after": "60d", "collapse_repeats": False}
        project = Project(Path(folder), settings(source(sessions=False), journeys=journeys))
        project.write("exports/site/1.csv", rows)
        project.run()
        moves = project.query("from transitions")
        with open_store(project.folder) as store:
            variants = store.variants(top=100, k=1).table
    log = pd.DataFrame(
        {
            "case:concept:name": each["cookie"],
            "concept:name": each["touchpoint"],
            "time:timestamp": pd.Timestamp(each["ts"]),
        }
        for each in rows
    )
    between, starts, ends = pm4py.discover_dfg(log)
    ours = {(m["from_touchpoint"], m["to_touchpoint"]): m["transitions"] for m in moves}
    assert ours == {
        **between,
        **{("(start)", name): n for name, n in starts.items()},
        **{(name, "(open)"): n for name, n in ends.items()},
    }
    theirs = {path: len(cases) if not isinstance(cases, int) else cases
              for path, cases in pm4py.get_variants(log).items()}  # fmt: skip
    assert theirs == Counter(map(tuple, walked))
    assert {tuple(path): n for path, n in zip(variants["path"], variants["journeys"], strict=True)
            } == theirs  # fmt: skip
