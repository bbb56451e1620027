"""Exports of Yandex Metrica as they are delivered: in parts, by tables, with gaps; run for real."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeyflow.sources.files import delivery_of
from tests.support.projects import Project, Row, assert_same_tables, settings

SITE = "https://shop.example"
VISIT = {
    "ym:s:visitID": "1", "ym:s:clientID": "1700000000111111111", "ym:s:date": "2026-10-01",
    "ym:s:dateTime": "2026-10-01 10:00:00", "ym:s:dateTimeUTC": "2026-10-01 10:00:00",
    "ym:s:startURL": f"{SITE}/", "ym:s:referer": "", "ym:s:lastTrafficSource": "direct",
    "ym:s:lastMessenger": "[]", "ym:s:visitDuration": "600", "ym:s:isRobotPro": "0",
    "ym:s:goalsID": "[]", "ym:s:goalsDateTime": "[]", "ym:s:goalsPrice": "[]",
    "ym:s:goalsCurrency": "[]",
}  # fmt: skip
HIT = {
    "ym:pv:watchID": "11", "ym:pv:visitID": "1", "ym:pv:clientID": "1700000000111111111",
    "ym:pv:dateTime": "2026-10-01 10:00:00", "ym:pv:URL": f"{SITE}/", "ym:pv:referer": "",
    "ym:pv:isPageView": "1", "ym:pv:lastTrafficSource": "direct", "ym:pv:lastAdvEngine": "",
}  # fmt: skip


def visit(**cells: str) -> Row:
    return VISIT | {f"ym:s:{name}": cell for name, cell in cells.items()}


def hit(**cells: str) -> Row:
    return HIT | {f"ym:pv:{name}": cell for name, cell in cells.items()}


def tsv(*rows: Row) -> str:
    return "".join("\t".join(line) + "\n" for line in (rows[0], *(row.values() for row in rows)))


def project(folder: Path) -> Project:
    sources = [
        {"name": name, "format": f"metrica_{name}", "files": [f"exports/{name}/*.tsv"]}
        | {"timezone": "Europe/Moscow"}
        for name in ("visits", "hits")
    ]
    sources[0]["goals"] = {"5": "form"}
    rules = {"exclude_kinds": ["not_bounce"]}
    made = Project(folder, settings(*sources, journeys=rules, checks={"max_reject_share": 0.5}))
    for name, row in (("visits", VISIT), ("hits", HIT)):  # a quiet night of both
        made.write(f"exports/{name}/2026-09.tsv", "\t".join(row) + "\n")
    return made


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("exports/visits_2026-10_part0.tsv", "exports/visits_2026-10.tsv"),
        ("exports/hits part 12.tsv.gz", "exports/hits.tsv.gz"),
        ("a_000000000001.json", "a.json"),
        ("counterpart1.csv", "counterpart1.csv"),
        ("export_202503020600.csv", "export_202503020600.csv"),
    ],
)
def test_parts_are_known_by_their_names(name: str, whole: str) -> None:
    assert delivery_of(name) == whole


def test_a_day_that_two_parts_share_is_whole(tmp_path: Path) -> None:
    made = project(tmp_path)
    made.write("exports/visits/10_part0.tsv", tsv(visit(visitID="1"), visit(visitID="2")))
    made.write("exports/visits/10_part1.tsv", tsv(visit(visitID="3")))
    made.run()
    assert len(made.rows("events")) == 3
    # The next night the last part goes on, and the one before it is as it was.
    made.write("exports/visits/10_part1.tsv", tsv(visit(visitID="3"), visit(visitID="4")))
    made.run()
    assert len(made.rows("events")) == 4
    # A later export of the day is the whole truth for it.
    made.write("exports/visits/11_part0.tsv", tsv(visit(visitID="2"), visit(visitID="4")))
    made.run()
    assert len(made.rows("events")) == 2


def test_a_visit_that_goes_on_in_another_file_does_not_arrive_again(tmp_path: Path) -> None:
    campaign = f"{SITE}/?utm_source=vk&utm_medium=cpc&utm_campaign=spring"
    told = {"lastTrafficSource": "ad", "lastAdvEngine": "vk_ads"}
    first = hit(URL=campaign, referer="https://vk.com/", **told)
    later = {"dateTime": "2026-10-01 10:01:00", "URL": f"{SITE}/a", "referer": campaign}
    made = project(tmp_path)
    made.write("exports/hits/10_part0.tsv", tsv(first))
    made.write("exports/hits/10_part1.tsv", tsv(hit(watchID="12", **later, **told)))
    made.run()
    (session,) = made.rows("sessions")
    assert (session["events"], session["utm_campaign"]) == (2, "spring")
    assert [each["utm_source"] for each in made.rows("events")].count(None) == 1


def test_what_a_told_robot_does_is_a_bots_in_either_table(tmp_path: Path) -> None:
    visits = tsv(visit(isRobotPro="1"), visit(visitID="2", dateTime="2026-10-01 12:00:00",
                                              dateTimeUTC="2026-10-01 12:00:00"))  # fmt: skip
    hits = tsv(hit(), hit(watchID="21", visitID="2", dateTime="2026-10-01 12:00:00"))
    tables = []
    for number, order in enumerate(("visits", "hits"), start=1):
        made = project(tmp_path / str(number))
        files = {"visits": visits, "hits": hits}
        for name in (order, *files.keys() - {order}):
            made.write(f"exports/{name}/10.tsv", files[name])
            made.run()
        bots = made.query("select kind, is_bot, journey_id is null as out from events order by all")
        assert [(each["kind"], each["is_bot"], each["out"]) for each in bots] == [
            ("page_view", False, False),
            ("page_view", True, True),
            ("visit", False, False),
            ("visit", True, True),
        ]
        tables.append(made.tables("main.files", "main.reconciliation"))
    assert_same_tables(*tables)


@pytest.fixture(scope="module")
def goals(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Two files with lists of goals: of two days, for exports of one day replace each other."""
    made = project(tmp_path_factory.mktemp("goals"))
    reached = {"goalsID": "[5]", "goalsDateTime": r"[\'2026-10-01 10:05:00\']"}
    told = {"lastTrafficSource": "messenger", "lastMessenger": "[,,,telegram]"}
    made.write("exports/visits/gaps.tsv", tsv(visit(**reached, **told, goalsPrice="[1500]")))
    other = {"date": "2026-10-02", "clientID": "1700000000222222222"}
    other |= dict.fromkeys(("dateTime", "dateTimeUTC"), "2026-10-02 10:00:00")
    torn = {"goalsID": "[5,5]", "goalsDateTime": r"[\'2026-10-02 10:05:00\']"}
    rows = tsv(visit(visitID="2", **other, **torn), visit(visitID="3", **other))
    made.write("exports/visits/torn.tsv", rows)
    made.run()
    return made


def test_lists_without_quotes_may_look_empty_or_have_gaps(goals: Project) -> None:
    arrival, form = goals.query("from events where file like '%gaps%' order by occurred_at")
    assert (arrival["utm_source"], arrival["channel"]) == ("telegram", "Messenger")
    assert (form["kind"], float(form["value"]), form["currency"]) == ("form", 1.5, "EUR")
    assert goals.query("from rejects where file like '%gaps%'") == []


def test_a_visit_outlives_goals_that_do_not_fit_together(goals: Project) -> None:
    events = goals.query("from events where file like '%torn%'")
    assert [each["kind"] for each in events] == ["visit", "visit"]
    (reject,) = goals.rows("rejects")
    assert (reject["file"], reject["line"], reject["column"]) == (
        "exports/visits/torn.tsv", 1, "goals",
    )  # fmt: skip
    (file,) = goals.query("from files where file like '%torn%'")
    assert (file["rows_read"], file["rows_used"], file["rejects"]) == (2, 2, 0)
