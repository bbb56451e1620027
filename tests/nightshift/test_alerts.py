"""Who is to be told is told what failed, where, and the way out; and no alert fails a run."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from journeyflow.errors import SettingsError
from journeyflow.nightshift.journal import failed_run
from journeyflow.project import load_project
from journeyflow.warehouse.lock import writer_lock
from journeyflow_pipelines import assets
from tests.pipelines.shop import make_shop, run_nightly
from tests.pipelines.test_failures import ROWS_TWICE, change, corrupt
from tests.support.commands import command
from tests.support.projects import Project, Row, lean, row, settings, source

# What the command is given: its standard input, and the variables.
HEARD = 'cat >> heard; env | grep "^JOURNEYFLOW_ALERT_[A-Z_]*=" > variables'


class Server:
    """A real server on this machine, which keeps what is posted to it."""

    def __init__(self, code: int) -> None:
        self.heard: list[Any] = []
        self.paths: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                assert self.headers["Content-Type"].startswith("application/json")
                body = self.rfile.read(length)
                assert (body[-1:], body.count(b"\n")) == (b"\n", 1)
                outer.heard.append(json.loads(body))
                outer.paths.append(self.path)
                self.send_response(code)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def do_GET(self) -> None:
                outer.paths.append(self.path)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?token=secret"


@contextmanager
def serving(code: int = 204) -> Iterator[Server]:
    made = Server(code)
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        thread.join()
        made.server.server_close()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def heard(folder: Path) -> list[Any]:
    """The messages that the command was given."""
    return [json.loads(line) for line in (folder / "heard").read_text().splitlines()]


def telling(folder: Path, *sources: Row, **alerts: Any) -> Project:
    project = Project(folder, settings(*sources, alerts=alerts or {"command": HEARD}))
    project.write("exports/site/1.csv", [row("ann", "03-01 10:00:00", email="ann@mail.de")])
    return project


def test_a_file_that_cannot_be_read_is_told_with_its_name(tmp_path: Path) -> None:
    with serving() as server:
        project = telling(tmp_path, command=HEARD, url=server.url)
        project.write("exports/site/2.csv", b"")
        code, _, error = command("run", tmp_path, "-q")
    assert (code, error.count("error: ")) == (1, 1)
    (told,) = heard(tmp_path)
    assert server.heard == [told]
    assert (told["kind"], told["project"], told["step"]) == ("failure", "Kitchens", "read_site")
    assert told["message"] == "exports/site/2.csv: the file has no bytes"
    assert told["run_id"].startswith("000001-")
    assert told["text"].startswith(
        "journeyflow, Kitchens: the run failed at read_site\nexports/site/2.csv: the file has no"
    )
    assert told["hint"] in told["text"]
    assert "JOURNEYFLOW_ALERT_STEP=read_site\n" in (tmp_path / "variables").read_text()


def test_faulty_settings_and_a_held_lock_are_told_too(tmp_path: Path) -> None:
    project = telling(tmp_path)
    with writer_lock(tmp_path / "warehouse"):
        assert command("run", tmp_path, "-q").code == 3
    project.set(settings(source(max_age="soon"), alerts={"command": HEARD}))
    assert command("run", tmp_path, "-q").code == 2
    busy, faulty = heard(tmp_path)
    assert "is being written by process" in busy["message"]
    assert "max_age: expected a duration" in faulty["message"]
    assert faulty["run_id"] is None


def test_nobody_is_told_of_a_run_that_succeeded_unless_they_ask(tmp_path: Path) -> None:
    project = telling(tmp_path)
    project.run()
    assert not (tmp_path / "heard").exists()


def test_an_alert_that_reaches_nobody_fails_no_run_and_is_told(tmp_path: Path) -> None:
    with serving(500) as server:
        alerts = {"command": "echo no such number; exit 4", "url": server.url, "digest": True}
        telling(tmp_path, **alerts)
        code, out, error = command("run", tmp_path, "-q")
    assert (code, "published" in out) == (0, True)
    assert "did not reach the command: ended with exit code 4" in error
    assert "no such number" in error
    assert "did not reach the url at 127.0.0.1: HTTPError: HTTP Error 500" in error
    assert "secret" not in error
    code, _, error = command("run", tmp_path, "-q")  # nobody listens any more
    assert (code, "did not reach the url at 127.0.0.1: URLError" in error) == (0, True)


def test_no_redirect_is_followed(tmp_path: Path) -> None:
    with serving(302) as server:
        telling(tmp_path, url=server.url, digest=True)
        error = command("run", tmp_path, "-q").err
    assert "HTTP Error 302" in error
    assert server.paths == ["/hook?token=secret"]


def test_no_raw_identifier_is_told(tmp_path: Path) -> None:
    begin = "echo 'ann@mail.de and 8 (916) 123-45-67 from 10.1.2.3'; exit 1"
    project = Project(tmp_path, settings(alerts={"command": HEARD}, schedule={"before": begin}))
    project.write("exports/site/1.csv", [row("ann", "03-01 10:00:00")])
    code, _, error = command("run", tmp_path, "-q")
    (told,) = heard(tmp_path)
    said = str(told).partition("its last words")[2] + error.partition("its last words")[2]
    said += (tmp_path / "warehouse" / "logs" / "run.jsonl").read_text().partition("words")[2]
    assert (code, told["step"]) == (3, "before")
    assert "exit code 1" in told["message"]
    for raw in ("ann@", "123", "10.1.2.3"):
        assert raw not in said


def test_rows_that_were_rejected_are_not_quoted(tmp_path: Path) -> None:
    project = telling(tmp_path)
    wrong = ["ann@mail.de", "+7 916 123-45-67", "4111 1111 1111 1111", "10.1.2.3"]
    project.write("exports/site/2.csv", [row("x", "03-01 10:00:00") | {"ts": w} for w in wrong])
    assert command("run", tmp_path, "-q").code == 1
    (told,) = heard(tmp_path)
    assert "2.csv: 4 of 4 rows are bad" in told["message"]
    said = str(told) + (tmp_path / "warehouse" / "logs" / "run.jsonl").read_text()
    for raw in ("ann@", "123-45", "1111", "10.1.2.3"):
        assert raw not in said


@pytest.mark.parametrize(
    ("alerts", "said"),
    [
        ({"digest": True}, "[alerts]: nobody to tell; expected command or url"),
        ({"url": "file:///etc/passwd"}, "[alerts] url: expected an address such as https://"),
        ({"url": "https://user:word@example.com"}, "[alerts] url: expected an address"),
        ({"url": "http://"}, "[alerts] url: expected an address"),
        ({"comand": "x"}, "[alerts] comand: unknown key; did you mean command?"),
    ],
)
def test_what_the_settings_may_not_say(tmp_path: Path, alerts: Row, said: str) -> None:
    telling(tmp_path, **alerts)
    with pytest.raises(SettingsError, match="fault") as fault:
        load_project(tmp_path)
    assert said in fault.value.message


def sales(*days: tuple[str, int]) -> list[Row]:
    """So many purchases of 10 each on each of the days, and a visit on the day after the last."""
    return [
        row(f"p{day}{n}", f"{day} 12:00:00", "purchase", id=f"{day}-{n}", value=10)
        for day, count in days
        for n in range(count)
    ] + [row("late", "03-25 09:00:00")]


def digest_of(folder: Path, rows: list[Row], *sources: Row, **project: Any) -> list[str]:
    alerts = {"command": HEARD, "digest": True}
    tables = {"journeys": {"conversions": ["purchase"]}, "alerts": alerts}
    made = Project(folder, settings(source(sessions=False), *sources, **tables, **project))
    made.write("exports/site/1.csv", rows)
    made.run()
    (told,) = heard(folder)
    assert (told["kind"], told["run_id"]) == ("digest", made.rows("runs")[0]["run_id"])
    return list(told["text"].splitlines())


def test_the_digest_compares_the_last_complete_day_with_its_weekday(tmp_path: Path) -> None:
    # 24 March 2025 is a Monday; of the Mondays before, 5, 0, 2 and 3: the median is 2.5.
    days = (("02-24", 5), ("03-10", 2), ("03-17", 3), ("03-23", 9), ("03-24", 4), ("03-25", 7))
    lines = digest_of(tmp_path, sales(*days))
    usual = "usual on this weekday, by the 4 weeks before: 2.5 worth 25 €."
    assert [each.replace("\u00a0", " ") for each in lines] == [
        "Read 31 rows: 31 new events, 0 rejected.",
        f"Conversions on 24 Mar 2025: 4 worth 40 €; {usual}",
        "Nothing is late or doubtful.",
    ]


def test_a_young_project_is_told_the_day_before_and_what_is_late(tmp_path: Path) -> None:
    about = {"name": "Кухни", "timezone": "Europe/Moscow", "currency": "RUB", "language": "ru"}
    rows = sales(("03-23", 1), ("03-24", 2))
    rows[-1]["ts"] = "2025-03-24T21:30:00Z"  # the 25th in Moscow
    crm = source("crm", max_age="3d")
    project = tmp_path / "exports" / "crm"
    project.mkdir(parents=True)
    (project / "1.csv").write_text(
        "id,ts,kind,channel,touchpoint,stage,value,seq,cookie,email,user_id,order_id,deal_id\n"
    )
    lines = digest_of(tmp_path, rows, crm, project=about)
    assert [each.replace("\u00a0", " ") for each in lines] == [
        "Прочитано: 4 строки, новых событий: 4, отклонено: 0.",
        "Конверсии за 24 марта 2025: 2 на 20 ₽; днём раньше: 1 на 10 ₽.",
        "Обратите внимание: источник crm ещё не дал ни одной строки",
    ]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = lean(make_shop(tmp_path / "shop"))
    text = (folder / "journeyflow.toml").read_text()
    (folder / "journeyflow.toml").write_text(f"{text}\n[alerts]\ncommand = '{HEARD}'\n")
    return folder


def test_dagster_tells_what_failed_once(shop: Path) -> None:
    text = (shop / "journeyflow.toml").read_text()
    (shop / "journeyflow.toml").write_text(text.replace("> variables'", "> variables; exit 1'"))
    for name in ("web", "till"):
        (shop / "exports" / f"{name}.csv").write_bytes(b"")
    with dg.DagsterInstance.ephemeral() as instance:
        assert not run_nightly(shop, instance).success
    (told,) = heard(shop)
    assert told["step"] == "read_web, read_till-2"
    assert told["message"].splitlines() == [
        "exports/web.csv: the file has no bytes", "exports/till.csv: the file has no bytes"
    ]  # fmt: skip
    assert told["run_id"].startswith("000001-")
    logged = failed_run(shop)
    assert logged is not None
    assert (logged.step, logged.message, logged.hint, logged.exit_code, logged.in_a_row) == (
        told["step"], told["message"], told["hint"], 1, 1
    )  # fmt: skip


def test_dagster_tells_a_check_that_stopped_the_run(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrupt(monkeypatch, source_overlap=ROWS_TWICE["source_overlap"])
    with dg.DagsterInstance.ephemeral() as instance:
        assert not run_nightly(shop, instance).success
    (told,) = heard(shop)
    assert told["message"] == "the check one_row_per_key of source_overlap does not hold"


def test_dagster_tells_nobody_of_what_it_repeated_with_success(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (shop / "journeyflow.toml").read_text()
    (shop / "journeyflow.toml").write_text(text + "digest = true\n")
    attempts: list[str] = []

    def passing(step: Any, state: Any) -> None:
        attempts.append(step.name)
        if len(attempts) == 1:
            raise OSError(28, "No space left on device", "warehouse/x")
        step.run(state)

    monkeypatch.setattr(assets, "WAIT_S", 0)
    change(monkeypatch, passing, "sessions")
    with dg.DagsterInstance.ephemeral() as instance:
        assert run_nightly(shop, instance).success
    (told,) = heard(shop)
    assert (told["kind"], len(told["text"].splitlines())) == ("digest", 3)
