"""Readers during runs: another process asks every 50 ms, through full and incremental runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support.projects import Project, Row, settings, source

READER = """
import json, sys, time
from pathlib import Path
import duckdb, journeyflow as jf
folder = Path(sys.argv[1])
asked = sys.argv[2]
while not (folder / "stop").exists():
    with jf.open_store(folder) as store:
        print(json.dumps(["store", *map(str, store.query(asked).iloc[0])]), flush=True)
    with duckdb.connect(str(folder / "journeys.duckdb"), read_only=True) as con:
        print(json.dumps(["file", *map(str, con.execute(asked).fetchone())]), flush=True)
    time.sleep(0.05)
"""
ASKED = (
    "select (select run_id from project) as run_id, (select count(*) from events) as events, "
    "(select count(*) from journeys) as journeys, (select sum(events) from steps)::bigint as "
    "steps, (select sum(transitions) from transitions where from_touchpoint = '(start)')::bigint"
)
BEGIN = datetime(2025, 3, 1, tzinfo=UTC)


def night(number: int) -> list[Row]:
    """Forty visitors: half come every night, half but once."""
    return [
        {
            "id": f"{number}-{visitor}",
            "ts": (BEGIN + timedelta(days=number, minutes=visitor)).isoformat(),
            "kind": "purchase" if (visitor + number) % 7 == 0 else "page_view",
            "cookie": f"k{visitor}" if visitor % 2 else f"k{visitor}-{number}",
        }
        for visitor in range(40)
    ]


def test_every_answer_is_of_exactly_one_run(tmp_path: Path) -> None:
    project = Project(tmp_path, settings(source(), journeys={"conversions": ["purchase"]}))
    project.write("exports/site/0.csv", night(0))
    project.run()
    told: dict[str, list[str]] = {}

    def note() -> None:
        (row,) = project.query(ASKED)
        run_id, *figures = map(str, row.values())
        told[run_id] = figures

    note()
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(tmp_path), ASKED],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout
    first = reader.stdout.readline()  # it needs longer to start than some runs take
    for number, mode in enumerate(("incremental", "full", "incremental"), start=1):
        project.write(f"exports/site/{number}.csv", night(number))
        assert project.run(full_refresh=mode == "full").mode == mode
        note()
    (tmp_path / "stop").touch()
    out, err = reader.communicate(timeout=60)
    assert (reader.returncode, err) == (0, "")
    answers = [json.loads(line) for line in (first, *out.splitlines())]
    for way, run_id, *figures in answers:
        assert figures == told[run_id], way
    for way in ("store", "file"):
        seen = [run_id for each, run_id, *_ in answers if each == way]
        assert seen == sorted(seen)
        assert len(set(seen)) > 2
