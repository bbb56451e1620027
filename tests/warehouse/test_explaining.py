"""Where a person and a journey come from: every line leads back to a row."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import journeyflow as jf
from journeyflow.check import check_files, render
from journeyflow.errors import DataError, EnvironmentFault, SettingsError, WarehouseBusyError
from journeyflow.explaining import explain, explain_identifier, explain_person
from journeyflow.warehouse.lock import RUN_S, writer_lock
from journeyflow.warehouse.peeking import unlocked
from tests.support.projects import Project, Row, hidden_secret, settings, source
from tests.support.traces import traces, writing


def act(minute: int, **row: str) -> Row:
    return {"id": str(minute), "ts": f"2025-03-01T10:{minute:02}:00Z", "kind": "visit"} | row


def test_which_rows_joined_and_which_links_were_refused(tmp_path: Path) -> None:
    """Two accounts in one browser: the second is refused, whichever night it comes in."""
    project = Project(tmp_path, settings(source(), journeys={"conversions": ["purchase"]}))
    project.write(
        "exports/site/1.csv",
        [
            act(1, cookie="home"),
            act(2, cookie="home", user_id="anna"),
            act(3, user_id="anna", email="anna@mail.de"),
            act(4, cookie="home", user_id="anna"),
        ],
    )
    project.run()
    project.write("exports/site/2.csv", [act(9, cookie="home", user_id="boris")])
    assert project.run().mode == "incremental"
    (row,) = project.query("select person_id from events where event_id = '3'")
    with hidden_secret(project.secret):
        found = explain_person(tmp_path, row["person_id"])
    assert found.identifiers is not None
    assert found.links is not None
    told = found.identifiers[["type", "events", "file", "line", "is_disputed"]]
    assert sorted(told.itertuples(index=False, name=None)) == [
        ("cookie", 4, "exports/site/1.csv", 1, True),
        ("email", 1, "exports/site/1.csv", 3, False),
        ("user_id", 3, "exports/site/1.csv", 2, False),
    ]
    links = found.links[["type", "other_type", "events", "file", "line"]]
    refused = found.links.rule.notna()
    assert sorted(links[~refused].itertuples(index=False, name=None)) == [
        ("cookie", "user_id", 2, "exports/site/1.csv", 2),
        ("email", "user_id", 1, "exports/site/1.csv", 3),
    ]
    assert links[refused].values.tolist() == [["cookie", "user_id", 1, "exports/site/2.csv", 1]]
    assert found.links.rule[refused].tolist() == ["more than 1 user_id per person"]
    with hidden_secret(project.secret), pytest.raises(DataError, match="no identifier"):
        explain(tmp_path, person="nobody")


def test_times_are_those_of_the_project(tmp_path: Path) -> None:
    zone = {"name": "x", "timezone": "Europe/Moscow", "currency": "RUB"}
    project = Project(tmp_path, settings(source(), project=zone))
    project.write("exports/site/1.csv", [act(1, cookie="k")])
    project.run()
    (row,) = project.query("select person_id, journey_id from journeys")
    told = explain(tmp_path, person=row["person_id"])
    assert "1 events since 2025-03-01 13:01 Europe/Moscow, first in" in told[1]
    told = explain(tmp_path, journey=row["journey_id"])
    assert told[0].endswith("times of Europe/Moscow")
    assert told[1].startswith("    1  2025-03-01 13:01:00  visit  [site: visit; ")


def test_rows_are_counted_alike_wherever_they_are_told(tmp_path: Path) -> None:
    """A comment of two lines makes the lines of a file others than its rows."""
    text = (
        "id,ts,kind,user_id,note\n"
        '1,2025-03-01T10:01:00Z,visit,anna,"first\nsecond"\n\n'
        "2,yesterday,visit,anna,\n3,2025-03-01T10:03:00Z,order,anna,\n"
    )
    mapped = source(
        columns={"event_id": "id", "occurred_at": "ts", "kind": "kind"},
        identifiers={"user_id": "user_id"},
    )
    project = Project(tmp_path, settings(mapped, checks={"max_reject_share": 1}))
    (tmp_path / "exports/site").mkdir(parents=True, exist_ok=True)
    (tmp_path / "exports/site/1.csv").write_text(text, encoding="utf-8")
    project.run()
    (rejected,) = project.query("select line from rejects")
    (row,) = project.query("select journey_id, person_id from journeys")
    told = "\n".join(explain(tmp_path, journey=row["journey_id"]))
    assert "site: visit; exports/site/1.csv, row 1]" in told
    assert "site: order; exports/site/1.csv, row 3]" in told
    assert rejected["line"] == 2
    with hidden_secret(project.secret):
        told = "\n".join(explain(tmp_path, person=row["person_id"]))
    assert "first in exports/site/1.csv, row 1" in told
    assert "line" not in told
    (report,) = check_files([tmp_path / "exports/site/1.csv"], tmp_path)
    assert "first row 2" in render(report)
    assert "row 1: " in render(report)


def test_it_leaves_no_trace_and_tells_what_it_can_while_a_run_writes(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("exports/site/1.csv", [act(1, cookie="k"), act(2, cookie="k", email="a@b.de")])
    project.run()
    (person,) = project.query("select person_id from persons")
    (journey,) = project.rows("journeys")
    before = traces(tmp_path)
    with hidden_secret(None):  # nothing is hashed, so no key is needed
        told = explain(tmp_path, person=person["person_id"])
    assert len([line for line in told if line.startswith("  cookie ")]) == 2
    assert traces(tmp_path) == before
    with writing(tmp_path) as number:
        before = traces(tmp_path)
        told = explain(tmp_path, person=person["person_id"])
        assert told[0] == f"person {person['person_id']}"
        assert (
            f"cannot be told: {tmp_path}: the warehouse is being written by process {number} "
            in told[1]
        )
        assert len(explain(tmp_path, journey=journey["journey_id"])) == 3
        with pytest.raises(DataError, match="no identifier"):
            explain(tmp_path, person="nobody")
        assert traces(tmp_path) == before
    (tmp_path / "warehouse" / "private.duckdb").unlink()
    with pytest.raises(EnvironmentFault, match="no run has come so far as to make"):
        explain(tmp_path, person=person["person_id"])


def test_a_run_waits_for_who_only_looks(tmp_path: Path) -> None:
    with writer_lock(tmp_path):
        pass
    with ThreadPoolExecutor() as pool:
        with unlocked(tmp_path):
            run = pool.submit(_take, tmp_path)
            time.sleep(2 * RUN_S)
            assert not run.done()
        assert run.result() == "taken"


def _take(warehouse: Path) -> str:
    with writer_lock(warehouse):
        return "taken"


def test_a_journey_leads_back_to_its_rows(tmp_path: Path) -> None:
    touchpoints = [
        {"name": "Blog", "when": {"kind": "blog"}},
        {"name": "Shop", "when": {"kind": "purchase"}},
    ]
    project = Project(
        tmp_path,
        settings(source(), journeys={"conversions": ["purchase"]}, touchpoints=touchpoints),
    )
    rows = [act(1, cookie="k"), act(2, cookie="k", kind="purchase"), act(3, cookie="k")]
    project.write("exports/site/1.csv", rows)
    project.run()
    (journey,) = project.rows("journeys")
    first, *events = explain(tmp_path, journey=journey["journey_id"])
    assert first.endswith("converted, 3 steps; times of UTC")
    assert [line.split() for line in events][1] == [
        "2", "2025-03-01", "10:02:00", "Shop", "[site:", "purchase,", "touchpoint", "rule", "2,",
        "a", "conversion;", "exports/site/1.csv,", "row", "2]",
    ]  # fmt: skip
    with jf.open_store(tmp_path), pytest.raises(DataError, match="no journey"):
        explain(tmp_path, journey="none")


def test_an_identifier_tells_whose_it_is_or_may_be(tmp_path: Path) -> None:
    """Anna by any identifier of hers, two by a cookie that both claim, six by a kiosk's."""
    project = Project(tmp_path, settings(source(), journeys={"conversions": ["purchase"]}))
    rows = [
        act(1, cookie="home", user_id="anna"),
        act(2, cookie="home", user_id="anna", email="anna@mail.de", order_id="A-1"),
        act(3, cookie="home", user_id="boris"),
        act(4, order_id="B-1"),
        *(act(10 + n, cookie="kiosk", user_id=f"u{n}") for n in range(6)),
        act(20, cookie="kiosk"),
    ]
    project.write("exports/site/1.csv", rows)
    project.run()
    found = project.query("select event_id, person_id from events where person_id is not null")
    who = {each["event_id"]: each["person_id"] for each in found}
    before = traces(tmp_path)
    with hidden_secret(project.secret):

        def told(type: str, value: str) -> list[str]:
            return explain(tmp_path, identifier=(type, value))

        of_anna = explain(tmp_path, person=who["2"])
        for spelled in (("user_id", "anna"), ("email", " Anna@Mail.DE"), ("order_id", "A-1")):
            assert told(*spelled) == of_anna
        home = explain_identifier(tmp_path, "cookie", "home")
        assert (home.theirs, home.is_shared) == ((), True)
        assert {who["1"], who["3"]} <= set(home.perhaps)
        kiosk = explain_identifier(tmp_path, "cookie", "kiosk")
        assert kiosk.perhaps == tuple(sorted(who[str(10 + n)] for n in range(6)))
        first, *persons = told("cookie", "kiosk")
        assert first.startswith("cookie=… stands for nobody alone, since several persons share it;")
        assert persons == [f"  person {each}" for each in kiosk.perhaps]
        with pytest.raises(DataError, match="1 rows carry this identifier, and none is anybody's"):
            told("order_id", "B-1")
        with pytest.raises(DataError, match="no row that was read carries") as fault:
            told("email", "nobody@mail.de")
        assert "nobody@" not in str(fault.value)
        with pytest.raises(SettingsError, match=r"did you mean email\?"):
            told("e-mail", "anna@mail.de")
    with (
        hidden_secret("quite another secret"),
        pytest.raises(SettingsError, match="is not the one"),
    ):
        explain(tmp_path, identifier=("user_id", "anna"))
    assert traces(tmp_path) == before
    with writing(tmp_path), pytest.raises(WarehouseBusyError):
        explain_identifier(tmp_path, "user_id", "anna")


def test_before_any_run_nobody_is_known_and_no_key_is_made(tmp_path: Path) -> None:
    project = Project(tmp_path, settings(source()))
    project.write("exports/site/1.csv", [act(1, cookie="k")])
    before = traces(tmp_path)
    with hidden_secret(None), pytest.raises(EnvironmentFault, match="no run has come so far"):
        explain(tmp_path, identifier=("cookie", "k"))
    assert traces(tmp_path) == before
