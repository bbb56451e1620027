"""What each command refuses with which exit code, and what it says of what it did."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from journeyflow import cli
from journeyflow.findings import findings
from journeyflow.simulate.run import MIN_DAYS, MIN_PERSONS
from journeyflow.sources.formats import FORMATS
from journeyflow.store import open_store
from tests.support.commands import command
from tests.support.projects import Project, published, row, settings, source
from tests.support.published import ANALYSED, visit, write_published

EXPORT = "id,ts,event,email\n1,2025-03-01T10:00:00Z,page_view,anna@mail.de\n"


def test_check_refuses_what_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "site.csv"
    file.write_text(EXPORT)
    absent = tmp_path / "absent"
    for arguments, said in (
        ((absent,), "absent: no such file or folder"),
        ((file, absent), "absent: no such file or folder"),
        ((file, "--project", absent), "absent: no such file or folder"),
        ((file, "--project", file), "expected a folder"),
        (("--write",), "--write: found no file"),
        ((tmp_path, "--write"), "--write: found no file"),
    ):
        code, _, error = command("check", *arguments)
        assert (code, said in error) == (2, True), (arguments, error)
    assert command("check", file, "--project", tmp_path)[0] == 0


@pytest.mark.parametrize("name", ["simulate", "demo", "init"])
def test_a_file_is_no_place_for_a_project(tmp_path: Path, name: str) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    code, _, error = command(name, file)
    assert (code, "is a file; expected a" in error) == (2, True)
    assert file.read_text() == "mine"


def test_a_new_project_says_what_it_was_told(tmp_path: Path) -> None:
    told = ("--name", 'The "North"', "--timezone", "Asia/Omsk", "--currency", "RUB")
    assert command("init", tmp_path, *told, "--language", "ru")[0] == 0
    assert tomllib.loads((tmp_path / "journeyflow.toml").read_text("utf-8"))["project"] == {
        "name": 'The "North"', "timezone": "Asia/Omsk", "currency": "RUB", "language": "ru"
    }  # fmt: skip
    code, _, error = command("init", tmp_path / "new", "--language", "de", "--currency", "roubles")
    assert (code, "language: " in error, "currency: " in error) == (2, True, True)
    assert not (tmp_path / "new").exists()


def test_simulate_asks_for_as_many_as_it_can_invent() -> None:
    told = CliRunner(env={"COLUMNS": "200"}).invoke(cli.app, ["simulate", "--help"]).output
    told = re.sub(r"\x1b\[[0-9;]*m", "", told)
    assert re.search(rf"--persons .*x>={MIN_PERSONS}\b", told)
    assert re.search(rf"--days .*x>={MIN_DAYS}\b", told)


def test_report_tells_machines_what_it_is_about(tmp_path: Path) -> None:
    told = [visit("ann", "Home"), visit("bob", "Home")]
    write_published(tmp_path, told, run_id="1", analysed=ANALYSED)
    code, out, error = command("report", tmp_path, "--json")
    latest = tmp_path / "reports" / "latest" / "report.html"
    assert (code, error) == (0, "")
    assert json.loads(out) == {"path": str(latest), "run_id": "1", "journeys": 2}
    output = tmp_path / "out.html"
    asked = ("report", tmp_path, "--json", "--from", "2030-01-01", "-o", output)
    code, out, error = command(*asked)
    assert (code, json.loads(out)["journeys"]) == (0, 0)
    assert error == "warning: no journey began in this period\n"
    code, out, error = command(*asked[:-2])
    assert json.loads(out)["path"] != str(latest)
    assert "reports/latest stays as it was" in error
    assert command("report", tmp_path, "-o", tmp_path)[0] == 2
    assert command("report", tmp_path, "--steps", "0")[0] == 2
    assert command("report", tmp_path, "--steps", "1", "-o", output)[0] == 0
    assert "After step 1" in output.read_text("utf-8")


def test_the_summary_of_a_run_says_what_its_rows_were(tmp_path: Path) -> None:
    adverts = {
        "name": "adverts", "format": "costs", "files": ["exports/adverts/*.csv"],
        "columns": {"day": "day", "source": "source", "cost": "cost"},
    }  # fmt: skip
    project = Project(tmp_path, settings(source(), adverts))
    project.write("exports/site/1.csv", [row("anna", "03-01 10:00:00")])
    project.write("exports/adverts/1.csv", "day,source,cost\n2025-03-01,vk,5\n2025-03-02,vk,6\n")
    out = command("run", tmp_path, "-q")[1]
    assert "3 new rows: 1 events, 2 cost rows, 0 duplicates, 0 rejected, 0 skipped;" in out
    project.write("exports/adverts/2.csv", "day,source,cost\n2025-03-03,vk,7\n")
    out = command("run", tmp_path, "-q")[1]
    assert "1 new rows: 0 events, 1 cost rows, 0 duplicates," in out


def test_summary_and_findings_count_alike(tmp_path: Path) -> None:
    rows = [row("anna", "03-01 10:00:00"), row("boris", "03-01 11:00:00", "purchase", value=7)]
    project = Project(tmp_path, settings(journeys={"conversions": ["purchase"]}))
    project.write("exports/site/1.csv", [*rows, row("", "03-01 09:00:00")])
    summary = command("run", tmp_path, "-q").out
    assert (
        "2 of 2 persons: 1 converted (1 conversions, 7.00 EUR), 0 lost, 1 still open, "
        "as of 2025-03-01 11:00"
    ) in summary
    assert "0 events of bots, 1 events without a person" in summary
    with open_store(tmp_path) as store:
        told = findings(store)
    assert "2 persons made 2 journeys: 1 converted, worth 7 EUR, 0 are lost, 1 are still op" in told
    assert "0 events of bots, 1 events that tell nobody apart" in told


def test_the_summary_tells_conversions_beside_the_journeys_that_have_them(tmp_path: Path) -> None:
    rows = [row("anna", "03-01 10:00:00"), *(row("anna", f"03-01 1{n}:30:00", "buy") for n in "12")]
    project = Project(tmp_path, settings(journeys={"conversions": ["buy"]}))
    project.write("exports/site/1.csv", rows)
    out = command("run", tmp_path, "-q").out
    assert "1 of 1 persons: 1 converted (2 conversions), 0 lost," in out
    project.set(settings(journeys={"conversions": ["order"]}))
    assert "1 of 1 persons: 0 converted, 0 lost, 1 still open" in command("run", tmp_path, "-q").out


def test_a_project_in_which_nobody_takes_part_has_no_day(tmp_path: Path) -> None:
    Project(tmp_path).write("exports/site/1.csv", [row("", "03-01 10:00:00")])
    code, out, _ = command("run", tmp_path, "-q")
    assert code == 0
    assert "journeys    No event takes part in a journey yet." in out
    assert "1970" not in out


def test_explain_wants_one_thing_and_tells_where_the_folder_goes(tmp_path: Path) -> None:
    published(tmp_path, [row("anna", "03-01 10:00:00")])
    for asked in ((), ("--person", "x", "--identifier", "cookie=anna")):
        code, _, error = command("explain", *asked, tmp_path)
        assert (code, "explain --person ID DIRECTORY" in error) == (2, True)
    for name in ("explain", "forget"):
        code, _, error = command(name, "--identifier", "anna", tmp_path)
        assert (code, "expected TYPE=VALUE" in error, "anna\n" in error) == (2, True, False)
    code, told, _ = command("explain", "--identifier", "cookie=anna", tmp_path)
    code_again, known, _ = command("forget", "--identifier", "cookie=anna", tmp_path, "--dry-run")
    assert (code, code_again) == (0, 0)
    person = told.splitlines()[0]
    assert person.startswith("person ")
    assert person in known.splitlines()
    assert command("explain", "--person", person.split()[1], tmp_path).out == told


INTERACTIVE = """
import secrets, sys
from pathlib import Path
import duckdb
from journeyflow.identity.keys import Secret
from journeyflow.store import open_store
from journeyflow.warehouse.database import writer
folder = Path(sys.argv[1])
shown = "select current_setting('enable_progress_bar')"
with (
    duckdb.connect() as plain,
    writer(folder, Secret(secrets.token_bytes(32), "test")) as con,
    open_store(folder) as store,
):
    for each in (plain, con, store._connection):
        print(each.execute(shown).fetchall()[0][0])
    print(store.query(shown).iloc[0, 0])
"""


def test_no_bar_of_duckdb_stands_among_results(tmp_path: Path) -> None:
    """After two seconds DuckDB shows one where Python runs no script, as under `python -c`."""
    write_published(tmp_path, [visit("ann", "Home")])
    done = subprocess.run(
        [sys.executable, "-c", INTERACTIVE, str(tmp_path)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["True", "False", "False", "False"]


@pytest.mark.parametrize("name", ["metrica_visits", "metrica_hits"])
def test_fields_prints_a_list_that_the_logs_api_takes(name: str) -> None:
    code, out, error = command("fields", name)
    assert code == 0
    listed = out.strip().split(",")
    # The API takes 3,000 characters; the list stands alone, so that a script can use it.
    assert len(out.strip()) < 3000
    assert len(set(listed)) == len(listed)
    assert {each.name for each in FORMATS[name].fields if each.required} <= set(listed)
    assert "logrequests?source=" in error
    asked = json.loads(command("fields", name, "--json")[1])
    assert asked["fields"] == listed


def test_fields_of_what_has_none_says_what_to_do() -> None:
    for name, said in (("metrica_visit", "did you mean metrica_visits?"), ("table", "check FILE")):
        code, _, error = command("fields", name)
        assert (code, said in error) == (2, True), error
