"""Corners of the definitions in which a plausible reading gives a wrong number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import journeyflow as jf
from tests.support.projects import COLUMNS, Project, Row, published, row, settings, source

DEALS = {
    "conversions": ["won"],
    "losses": ["refused"],
    "company_kinds": ["won", "refused", "offer"],
    "lost_after": "14d",
}
WEB = {"columns": COLUMNS | {"url": "url", "referrer": "referrer"}}


def rows_with_addresses(rows: list[Row]) -> str:
    names = ["id", "ts", "kind", "channel", "touchpoint", "stage", "value", "seq", "url",
             "referrer", "cookie", "email", "user_id", "order_id", "deal_id"]  # fmt: skip
    lines = [",".join(str(each.get(name, "")) for name in names) for each in rows]
    return "\n".join([",".join(names), *lines]) + "\n"


def web_project(folder: Path, rows: list[Row], **tables: Any) -> Project:
    project = Project(folder, settings(source(**WEB), **tables))
    project.write("exports/site/1.csv", rows_with_addresses(rows))
    project.run()
    return project


@pytest.fixture(scope="module")
def deals(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Everybody of the tests that ask for it; it ends with Boris's call on 10 March."""
    rows = [*WON_LATE, *HELD, *HOMELESS, row("boris", "03-10 11:00:00", "call")]
    folder = tmp_path_factory.mktemp("deals")
    return published(folder, rows, source(sessions=False), journeys=DEALS)


WON_LATE = [
    row("a", "01-01 10:00:00", "call", id="won late", deal_id="D1"),
    row("a", "03-10 10:00:00", "won", deal_id="D1", value=1000),
]


def test_a_deal_that_is_won_after_a_long_silence_converts_its_journey(deals: Project) -> None:
    (mine,) = deals.of("won late", "journeys")
    assert (mine["outcome"], mine["value"], mine["path"]) == ("converted", 1000, ["call", "won"])
    conversions = deals.of("won late", "conversions")
    assert [each["journey_id"] for each in conversions] == [mine["journey_id"]]


HELD = [
    row("b", "01-01 10:00:00", "call", id="held", deal_id="D2"),
    row("b", "02-01 10:00:00", "call"),  # silent for 31 days, yet the deal is open
    row("b", "02-02 10:00:00", "refused", deal_id="D2"),
    row("b", "02-03 10:00:00", "call"),  # after an explicit loss
    row("b", "03-03 10:00:00", "call"),  # silent, and no deal is open
]


def test_an_open_deal_holds_the_journey_until_it_is_settled_and_no_other(deals: Project) -> None:
    journeys = deals.of("held", "journeys", "started_at")
    assert [(each["steps"], each["ended_by"]) for each in journeys] == [
        (2, "loss"), (1, "silence"), (1, None),
    ]  # fmt: skip


HOMELESS = [
    row("c", "03-01 10:00:00", "call"),
    row("c", "03-02 10:00:00", "won", value=10),
    row("d", "03-02 11:00:00", "won", value=10),
]


def test_a_conversion_outside_any_journey_is_told(deals: Project) -> None:
    (told,) = [each["warning"] for each in deals.rows("warnings") if "journey" in each["warning"]]
    assert told.startswith("1 conversions named 'won' belong to no journey")


def test_where_nothing_settles_a_deal_none_is_held_to_be_open(tmp_path: Path) -> None:
    rows = [row("a", "01-01 10:00:00", "call", deal_id="D1"), row("a", "03-01 10:00:00", "call")]
    project = published(tmp_path, rows, source(sessions=False), journeys={"lost_after": "14d"})
    assert sorted(each["journey_number"] for each in project.rows("journeys")) == [1, 2]


@pytest.fixture(scope="module")
def goals(tmp_path_factory: pytest.TempPathFactory) -> Project:
    rules = [
        {"name": "contract", "when": {"kind": "won"}},
        {"name": "checkout", "when": {"kind": "purchase"}},
        {"name": "any", "when": {"kind": "purchase"}, "primary": False},
        {"name": "lead", "when": {"kind": "call", "first": True}},
    ]
    folder = tmp_path_factory.mktemp("goals")
    rows = [*ONE_ORDER, *CALLS]
    return published(folder, rows, conversions=rules, stages=[{"name": "purchase"}])


ONE_ORDER = [
    row("a", "03-01 10:00:00", "purchase", id="order", order_id="N7", value=100),
    row("a", "03-02 10:00:00", "won", order_id="N7", value=90),
]


def test_one_order_counts_once_under_several_named_goals(goals: Project) -> None:
    found = {each["name"]: each["value"] for each in goals.of("order", "conversions")}
    assert found == {"contract": 90, "any": 100}
    assert [each["value"] for each in goals.of("order", "journeys")] == [90]


CALLS = [row("b", "03-01 10:00:00", "call", id="call"), row("b", "06-01 10:00:00", "call")]


def test_only_the_first_call_is_a_conversion_and_stands_in_its_stage(goals: Project) -> None:
    journeys = goals.of("call", "journeys", "started_at")
    assert [each["furthest_stage"] for each in journeys] == ["purchase", None]


SITE, SEARCH = "https://shop.example/", "https://www.google.com/"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """One person of each test that asks for it; each led to a conversion by a path of its own."""
    judged = {
        "conversions": ["order[paid]", "site:purchase", "purchase"], "losses": ["refused"],
        "company_kinds": ["email_sent"], "lost_after": "14d",
    }  # fmt: skip
    rows = [*PATTERN, *ITSELF, *AD_CLICK, *CAMPAIGNS, *LETTER, *BOTH_SIDES, *ENDS, MASKED]
    folder = tmp_path_factory.mktemp("web")
    return web_project(folder, rows, journeys=judged, attribution={"direct": "keep"})


def paths(project: Project) -> list[tuple[list[str], int]]:
    return [(each["path"], each["conversions"]) for each in project.rows("conversion_paths")]


PATTERN = [
    row("a", "03-01 10:00:00", "order[paid]", id="pattern"),
    row("a", "03-02 10:00:00", "orderp"),
]


def test_a_kind_named_as_conversion_is_that_kind_and_no_pattern(web: Project) -> None:
    found = web.of("pattern", "conversions")
    assert [each["occurred_at"].day for each in found] == [1]


ITSELF = [row("b", "03-01 10:00:00", "purchase", id="itself")]


def test_one_event_is_not_the_double_of_itself(web: Project) -> None:
    (event,) = web.of("itself", "events")
    assert event["conversion_id"]
    assert event["same_conversion_as"] is None


AD_CLICK = [
    row("c", "03-01 10:00:00", url=SITE, referrer=SEARCH),
    row("c", "03-01 10:10:00", url=f"{SITE}?gclid=x1", referrer=SEARCH),
    row("c", "03-01 10:12:00", "purchase", url=f"{SITE}?gclid=x1"),
]


def test_an_ad_click_after_an_organic_visit_begins_a_session(web: Project) -> None:
    assert (["Organic Search", "Paid Search"], 1) in paths(web)


PAID = f"{SITE}?utm_medium=cpc&utm_source="
CAMPAIGNS = [
    row("d", "03-01 10:00:00", channel="Paid Search", url=f"{PAID}google", id="campaigns"),
    row("d", "03-01 10:05:00", channel="Paid Search", url=f"{SITE}x"),
    row("d", "03-01 10:10:00", channel="Paid Search", url=f"{PAID}yandex"),
    row("d", "03-01 10:15:00", channel="(not set)", url=f"{SITE}y"),
]


def test_a_campaign_that_changes_splits_and_one_that_is_not_told_does_not(web: Project) -> None:
    sessions = web.of("campaigns", "sessions", "started_at")
    assert [(each["utm_source"], each["events"]) for each in sessions] == [
        ("google", 2), ("yandex", 2),
    ]  # fmt: skip


LETTER = [
    row("e", "03-01 09:00:00", "visit", channel="Email", id="letter"),
    row("e", "03-02 09:00:00", "email_sent", url=f"{SITE}?utm_medium=email"),
    row("e", "03-03 09:00:00", "purchase", channel="Organic Search"),
]


def test_what_the_company_sends_is_no_session_and_earns_no_credit(web: Project) -> None:
    assert (["Email", "Organic Search"], 1) in paths(web)
    assert sum(each["events"] for each in web.of("letter", "sessions")) == 2


BOTH_SIDES = [
    row("f", "01-01 10:00:00", "page_view", channel="Email"),
    row("f", "01-01 10:05:00", "refused"),
    row("f", "01-01 10:10:00", "page_view"),
    row("f", "02-20 10:00:00", "purchase", channel="Paid Search"),
]


def test_a_session_on_both_sides_of_a_loss_is_not_taken_and_fruitless_too(web: Project) -> None:
    assert (["Email", "Paid Search"], 1) in paths(web)
    # Nobody else lost a journey.
    assert sum(each["nulls"] for each in web.rows("conversion_paths")) == 0


ENDS = [
    event
    for name in ("(lost)", "(start)", "(end)")
    for event in (
        row(name, "03-01 10:00:00", touchpoint=name, id=name),
        row(name, "03-01 10:01:00", name),
    )
]


@pytest.mark.parametrize("name", ["(lost)", "(start)", "(end)"])
def test_a_touchpoint_spelled_like_an_end_stays_a_touchpoint(web: Project, name: str) -> None:
    (journey,) = web.of(name, "journeys")
    assert journey["path"] == [name.strip("()")]


MASKED = row(
    "g", "03-01 10:00:00", id="masked",
    url=f"{SITE}u/ann%2540mail.example?utm_source=x&utm_campaign=bob@mail.example",
)  # fmt: skip


def test_personal_data_in_campaigns_and_twice_encoded_addresses_is_masked(web: Project) -> None:
    (event,) = web.of("masked", "events")
    assert (event["page"], event["utm_campaign"]) == ("/u/:email", ":email")


def test_two_sources_may_use_the_same_event_ids(tmp_path: Path) -> None:
    rows = {
        "site": [row("a", "03-01 10:00:00", id="1", channel="Email")],
        "app": [row("a", "03-02 10:00:00", id="1", channel="Paid Search"),
                row("a", "03-03 10:00:00", "purchase", id="2")],
    }  # fmt: skip
    project = published(
        tmp_path, rows, source("site"), source("app", sessions=True),
        journeys={"conversions": ["purchase"]},
    )  # fmt: skip
    assert len({each["session_id"] for each in project.rows("sessions")}) == 3
    assert project.rows("conversion_paths")[0]["path"] == ["Email", "Paid Search"]


def test_the_latest_delivery_wins_also_when_it_takes_a_correction_back(tmp_path: Path) -> None:
    project = Project(tmp_path, settings(journeys={"conversions": ["purchase"]}))
    first = [row("a", "03-01 10:00:00", "purchase", id="1", value=100)]
    project.write("exports/site/1.csv", first)
    project.run()
    project.write("exports/site/2.csv", [first[0] | {"value": 900}])
    project.run()
    assert project.rows("conversions")[0]["value"] == 900
    project.write("exports/site/3.csv", first)
    told = project.run()
    assert project.rows("conversions")[0]["value"] == 100
    assert (told.counts["rows_read"], told.counts["touched_persons"]) == (0, 1)
    project.run()  # and nothing moves any more
    assert project.rows("conversions")[0]["value"] == 100
    project.run(full_refresh=True)
    assert project.rows("conversions")[0]["value"] == 100


def test_a_file_that_only_moves_is_no_delivery(tmp_path: Path) -> None:
    project = Project(tmp_path, settings(source(files=["exports/**/*.csv"])))
    one = project.write("exports/site/1.csv", [row("a", "03-01 10:00:00", "old", id="1")])
    project.run()
    project.write("exports/site/2.csv", [row("a", "03-01 10:00:00", "new", id="1")])
    project.run()
    (tmp_path / "exports" / "archive").mkdir()
    one.rename(tmp_path / "exports" / "archive" / "1.csv")
    project.run()
    assert [each["kind"] for each in project.rows("events")] == ["new"]


def test_a_file_stamped_to_the_minute_is_a_delivery_of_its_own(tmp_path: Path) -> None:
    project = Project(tmp_path, settings(source(replaces="day")))
    night = [row("a", "03-01 10:00:00", "old"), row("b", "03-01 11:00:00", "old")]
    project.write("exports/site/export_202503020600.csv", night)
    project.write("exports/site/export_202503030600.csv", [row("a", "03-01 10:00:00", "new")])
    project.run()
    assert [each["kind"] for each in project.rows("events")] == ["new"]


def test_a_source_is_late_by_its_latest_row_whosever_it_is(tmp_path: Path) -> None:
    rows = {
        "site": [row("a", "03-20 10:00:00")],
        "crm": [row("a", "03-02 10:00:00", "call"), {"ts": "2025-03-20T09:00:00Z", "kind": "call"}],
    }
    project = published(tmp_path, rows, source("site"), source("crm", max_age="3d"))
    assert not project.warnings()
    assert project.rows("project")[0]["observed_until"].day == 20


def test_a_late_source_takes_the_end_back_and_says_so(tmp_path: Path) -> None:
    rows = {"site": [row("a", "03-20 10:00:00")], "crm": [row("a", "03-02 10:00:00", "call")]}
    project = published(tmp_path, rows, source("site"), source("crm", max_age="3d"))
    assert "source crm is late" in project.warnings()[0]
    assert project.rows("project")[0]["observed_until"].day == 2


@pytest.mark.parametrize("rates", [{"USD": "0.9"}, {"USD": "0.5", "RUB": "0.0101"}])
def test_rates_of_any_length(tmp_path: Path, rates: dict[str, str]) -> None:
    columns = COLUMNS | {"currency": "export"}
    document = settings(source(columns=columns), currency={"rates": {}})
    text_rates = ", ".join(f"{name} = {rate}" for name, rate in rates.items())
    project = Project(tmp_path, document)
    path = tmp_path / "journeyflow.toml"
    text = path.read_text().replace('"rates" = {  }', f"rates = {{ {text_rates} }}")
    path.write_text(text)
    project.write(
        "exports/site/1.csv", [row("a", "03-01 10:00:00", value="12345678901.99", export="USD")]
    )
    project.run()
    expected = (Decimal("12345678901.99") * Decimal(rates["USD"])).quantize(Decimal("0.01"))
    assert abs(project.rows("events")[0]["value"] - expected) <= Decimal("0.01")


def test_an_amount_beyond_all_money_is_left_out_and_told(tmp_path: Path) -> None:
    rows = [
        row("a", "03-01 10:00:00", "purchase", value="999999999999.99"),
        row("a", "03-01 11:00:00", "purchase", value="1000000000000"),
        row("b", "03-01 12:00:00", "purchase", value="99999999999999"),
    ]
    project = published(tmp_path, rows, journeys={"conversions": ["purchase"]})
    (total,) = project.query("select sum(value) as value from journeys")
    assert total["value"] == Decimal("999999999999.99")
    (told,) = [each["warning"] for each in project.rows("warnings") if "digits" in each["warning"]]
    assert told.startswith("2 amounts of site exceed 12 digits")


def test_a_payment_that_is_no_visit_is_told_where_it_counts_as_one(tmp_path: Path) -> None:
    rows = [
        row("a", "03-01 10:00:00", "purchase", value=10),
        row("b", "03-01 10:00:00", "view"),
        row("b", "03-01 10:05:00", "purchase", value=10),
    ]
    judged = {"conversions": ["purchase"]}
    told = [each["warning"] for each in published(tmp_path, rows, journeys=judged).rows("warnings")]
    assert [each for each in told if each.startswith("1 of 2 conversions have no touch but")]


def test_conversions_that_may_be_one_are_told(tmp_path: Path) -> None:
    """Three purchases without a number are equal; of orders the number tells that they are one."""
    rows = []
    for kind, number in (("purchase", ""), ("order", "N-7")):
        bought = row("a", "03-01 10:00:00", kind, value=10) | {"id": "", "order_id": number}
        rows += [bought, bought, bought, row("b", "03-01 10:00:00", kind, value=11)]
    project = published(tmp_path, rows, journeys={"conversions": ["purchase", "order"]})
    names = [each["name"] for each in project.rows("conversions")]
    assert (names.count("purchase"), names.count("order")) == (4, 2)
    found = [each["warning"] for each in project.rows("warnings") if "equal" in each["warning"]]
    assert [each.split(" equal")[0] for each in found] == ["2 conversions named 'purchase'"]


@pytest.fixture(scope="module")
def nobodys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, list[list[str]]]:
    """What is said of nobody's events after each of three nights; the second is refreshed too."""
    judged = {"conversions": ["won"]}
    sources = (source("site"), source("crm"))
    project = Project(tmp_path_factory.mktemp("nobodys"), settings(*sources, journeys=judged))
    told = []
    for number, (visits, deals) in enumerate(zip(VISITS, WON, strict=True)):
        project.write(f"exports/site/{number}.csv", visits)
        project.write(f"exports/crm/{number}.csv", deals)
        for refresh in (False, True)[: 1 + (number == 1)]:
            run = project.run(full_refresh=refresh)
            assert run.mode == ("full" if refresh or not number else "incremental")
            warnings = [each["warning"] for each in project.rows("warnings")]
            told.append([each for each in warnings if "belong to nobody" in each])
    return project, told


def visits_of(n: int, whose: str, day: str) -> list[Row]:
    return [row(whose, f"{day} 10:{each:02}:00") for each in range(n)]


VISITS = [
    [*visits_of(13, "a", "03-01"), *visits_of(6, "", "03-02")],
    [row("", "03-03 10:00:00")],  # 7 of 20
    [row("a", "03-03 11:00:00")],  # 7 of 21: a third
]


def test_a_source_whose_events_are_mostly_nobodys_is_told(
    nobodys: tuple[Project, list[list[str]]],
) -> None:
    """More than a third of at least 20, after a night as after everything at once."""
    first, second, refreshed, third = (
        [each for each in told if "source 'site'" in each] for told in nobodys[1]
    )
    assert first == []
    assert [each[:53] for each in second] == [
        "7 of 20 events of source 'site' belong to nobody: no i"[:53]
    ]
    assert refreshed == second
    assert third == []


def won(who: str, when: str, value: int = 7, **cells: str) -> Row:
    return row(who, when, "won", value=value, **cells)


WON = [
    [
        *(won("b", f"03-01 10:00:{n:02}", 1, order_id=f"B{n}") for n in range(59)),
        *(won("c", f"03-02 10:00:{n:02}", 1, order_id=f"C{n}") for n in range(40)),
        won("", "03-03 10:00:00", order_id="B1"),  # by its order it is b's
    ],
    [won("", "03-03 11:00:00")],  # 1 of 101
    [won("", "03-03 12:00:00")],  # 2 of 102
]


def test_conversions_of_nobody_are_told(nobodys: tuple[Project, list[list[str]]]) -> None:
    """They count in no figure; from a hundredth of a source's on that is said."""
    project, nights = nobodys
    *before, (found,) = ([each for each in told if "source 'crm'" in each] for told in nights)
    assert before == [[], [], []]
    assert found.startswith("2 of 102 events of source 'crm' that are conversions by the settings")
    assert len(project.rows("conversions")) == 99


def test_events_to_come_are_told(tmp_path: Path) -> None:
    later = datetime.now(UTC) + timedelta(hours=5)
    rows = [row("a", "03-01 10:00:00"), row("a", "03-01 10:00:00") | {"ts": f"{later:%F %T}"}]
    (told,) = published(tmp_path, rows).warnings()
    assert told.startswith("1 events of site are later than the arrival of their file")


def test_headers_inside_a_file_are_skipped_and_zones_are_never_dropped(tmp_path: Path) -> None:
    moment = "2025-03-01 10:00:00"
    project = Project(tmp_path, settings(checks={"max_reject_share": 1}))
    header = ",".join([*COLUMNS.values(), "cookie", "email", "user_id", "order_id", "deal_id"])
    times = [f"{moment} America/New_York", f"{moment} EST", f"{moment}+99:00", f"{moment} BC",
             f"{moment} +0300", moment]  # fmt: skip
    lines = [f"{n},{time},visit,,,,,,a,,,," for n, time in enumerate(times)]
    project.write("exports/site/1.csv", "\n".join([header, *lines[:4], header, *lines[4:]]) + "\n")
    project.run()
    (file,) = project.rows("files")
    assert (file["rows_read"], file["skipped"], file["rejects"]) == (7, 1, 4)
    assert sorted(each["occurred_at"].hour for each in project.rows("events")) == [7, 10]


def test_pages_and_channels_of_a_moment_stand_in_the_order_of_the_ledger(tmp_path: Path) -> None:
    at = "03-01 10:00:00"
    rows = [
        row("a", at, "thanks", url="https://shop.example/thanks"),
        row("a", at, "purchase", url="https://shop.example/buy"),
        row("a", at, "view", url="https://shop.example/look"),
    ]
    judged = {"conversions": ["purchase"], "kind_order": ["view", "purchase", "thanks"]}
    project = web_project(tmp_path, rows, journeys=judged)
    with jf.open_store(project.folder) as store:
        pages = store.sankey(level="page").nodes
        whole = store.sankey(level="page", until="end").nodes
    assert list(pages["label"]) == ["/look", "/buy", "Converted"]
    assert list(whole["label"]) == ["/look", "/buy", "/thanks", "Converted"]


def test_an_answer_finds_its_person_by_order_and_the_last_step_across_journeys(
    tmp_path: Path,
) -> None:
    answers = {
        "name": "answers", "format": "feedback", "files": ["exports/answers/*.csv"],
        "timezone": "UTC", "identifiers": {"order_id": "order"},
        "columns": {"responded_at": "at", "kind": "what", "score": "score",
                    "scale_min": {"value": "0"}, "scale_max": {"value": "10"}},
    }  # fmt: skip
    judged = {"losses": ["refused"], "lost_after": "14d"}
    project = Project(tmp_path, settings(source(sessions=False), answers, journeys=judged))
    project.write("exports/site/1.csv", [
        row("a", "03-01 09:00:00", "call", order_id="N7"),
        row("a", "03-01 10:00:00", "refused"),
        row("a", "03-01 10:30:00", "page_view", touchpoint="Home"),
    ])  # fmt: skip
    project.write("exports/answers/1.csv", "at,what,score,order\n2025-03-01 11:00:00,nps,7,N7\n")
    project.run()
    (answer,) = project.rows("feedback")
    assert (answer["touchpoint"], answer["journey_id"] is not None) == ("Home", True)


def test_tables_are_not_made_of_less_when_the_ledger_is_lost(tmp_path: Path) -> None:
    project = Project(tmp_path)
    old = project.write("exports/site/1.csv", [row("a", "03-01 10:00:00")])
    project.write("exports/site/2.csv", [row("b", "03-01 10:00:00")])
    project.run()
    (tmp_path / "warehouse" / "private.duckdb").unlink()
    old.unlink()
    with pytest.raises(jf.errors.SettingsError, match=r"exports/site/1\.csv"):
        project.run()
    assert len(project.rows("events")) == 2
