"""Deals, their stages and their waits, told alike by every CRM that is read."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.crm import (
    BORIS,
    DAY,
    ORDERS,
    REASONS,
    SYSTEMS,
    USERS,
    crm_project,
    generic,
)
from tests.support.projects import Project, Row, csv_text, source

every_crm = pytest.mark.parametrize("format", SYSTEMS)


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    """The CRM by each system, run once."""
    made = {format: crm_project(tmp_path_factory.mktemp(format), format) for format in SYSTEMS}
    for project in made.values():
        project.run()
    return made


@every_crm
def test_the_offer_that_came_late_is_seen(projects: dict[str, Project], format: str) -> None:
    project = projects[format]
    found = project.query(
        "select touchpoint, from_touchpoint, wait_s::bigint as wait_s, left_at is null as stands "
        "from deal_stages"
    )
    deals = [tuple(each.values()) for each in found]
    standing = ("Request", None, None, True)
    # 25 April 15:00 to 5 May 10:00, and one day less an hour.
    late = [
        ("Request", None, None, False),
        ("Commercial offer", "Request", 9 * DAY + 19 * 3600, False),
        ("Refused", "Commercial offer", DAY - 3600, True),
    ]
    soon = [
        ("Request", None, None, False),
        ("Commercial offer", "Request", DAY, False),
        ("Contract", "Commercial offer", 4 * DAY, True),
    ]
    assert sorted(deals, key=str) == sorted([*late, *soon, standing], key=str)


@every_crm
def test_deals_find_their_customers_and_their_worth(
    projects: dict[str, Project], format: str
) -> None:
    project = projects[format]
    assert not [each for each in project.warnings() if "joined to a person" in each]
    (won,) = project.rows("conversions")
    assert (won["value"], won["source"]) == (Decimal("2000.50"), "crm")
    outcomes = {each["outcome"]: each["path"] for each in project.rows("journeys")}
    assert outcomes["lost"] == ["deal_created", "Request", "Commercial offer", "Refused"]
    # A deal that is neither won nor lost is never dropped.
    assert outcomes["converted"][-1] == "Request"
    assert len(project.rows("persons")) == 2
    kinds = project.query("select count(*) as n from events where kind = 'contact_created'")
    assert kinds == [{"n": 2}]
    assert all(each["holds"] for each in project.rows("reconciliation"))


@every_crm
def test_the_list_tells_the_order_that_was_won_and_why_a_deal_was_lost(
    tmp_path: Path, format: str
) -> None:
    journeys = {"conversions": ["crm:deal_won", "site:purchase"], "losses": ["deal_lost"]}
    project = crm_project(tmp_path, format, journeys=journeys)
    paid = {
        "id": "p", "ts": "2026-05-01T09:00:00Z", "kind": "purchase", "email": BORIS,
        "order_id": ORDERS["22"], "value": "2000.50",
    }  # fmt: skip
    sources = [*dict(project.settings)["sources"], source()]
    project.set({**dict(project.settings), "sources": sources})
    project.write("exports/site/1.csv", [paid])
    project.run()
    (won,) = project.rows("conversions")
    assert (won["value"], won["source"]) == (Decimal("2000.50"), "crm")
    told = {"site": True, "crm": False}
    again = "select source, same_conversion_as is not null as again from events where source in "
    found = project.query(f"{again} ('site', 'crm') and kind in ('purchase', 'deal_won')")
    assert {each["source"]: each["again"] for each in found} == told
    (lost,) = (each for each in project.rows("journeys") if each["outcome"] == "lost")
    assert lost["loss_reason"] == (None if format == "bitrix24" else REASONS["21"])


@every_crm
def test_a_missing_list_is_named(tmp_path: Path, format: str) -> None:
    run = crm_project(tmp_path, format, without=("deals", "contacts")).run()
    (told,) = [each for each in run.warnings if "joined to a person" in each]
    assert told == (
        "0 of 3 deals of source 'crm' joined to a person: no deals file, no contacts file"
    )


@pytest.mark.parametrize("format", ["bitrix24", "amocrm"])
def test_stages_without_names_are_told(tmp_path: Path, format: str) -> None:
    run = crm_project(tmp_path, format, without=("stages",)).run()
    (told,) = [each for each in run.warnings if "shown by their ids" in each]
    assert "4 stages of source 'crm'" in told


@pytest.mark.parametrize("format", ["crm_stages", "amocrm"])
def test_who_moved_it_then_is_its_owner(projects: dict[str, Project], format: str) -> None:
    project = projects[format]
    found = project.query("select distinct owner from events where source = 'crm' order by 1")
    assert [each["owner"] for each in found] == ["Olga", "Pavel"]
    moved = project.query(
        "select distinct deal_stages.owner, events.owner as at_that_time from deal_stages "
        "inner join events using (source, event_id) order by all"
    )
    assert [tuple(each.values()) for each in moved] == [("Olga", "Olga"), ("Pavel", "Pavel")]


@every_crm
def test_what_serves_the_models_alone_is_no_attribute_of_a_journey(
    projects: dict[str, Project], format: str
) -> None:
    names = {name for row in projects[format].rows("journeys") for name in row["attributes"]}
    assert names <= {"pipeline"}


def test_rules_speak_of_stages_by_their_names(tmp_path: Path) -> None:
    rule = {"name": "Offer", "when": {"touchpoint": "Commercial*"}}
    project = crm_project(tmp_path, "bitrix24", touchpoints=[rule])
    run = project.run()
    found = {each["touchpoint"] for each in project.rows("deal_stages")}
    assert found == {"Request", "Offer", "Contract", "Refused"}
    assert not [each for each in run.warnings if "touchpoint rules" in each]


def test_a_renamed_stage_changes_every_table_and_is_kept_when_the_list_is_gone(
    projects: dict[str, Project], tmp_path: Path
) -> None:
    project = projects["crm_stages"].copied(tmp_path)
    renamed = generic()["stages.csv"].replace("Commercial offer", "Estimate")
    project.write("exports/stages.csv", renamed)
    run = project.run()
    assert (run.mode, run.reason) == ("full", "changed: names of stages")
    assert "Estimate" in {each["touchpoint"] for each in project.rows("steps")}
    # The history that was landed under ids is not asked for again.
    (tmp_path / "exports/history.csv").unlink()
    project.write("exports/history_2.csv", generic()["history.csv"])
    assert project.run().mode == "incremental"
    assert "Estimate" in {each["touchpoint"] for each in project.rows("steps")}


def test_moved_together_waits_for_nothing(tmp_path: Path) -> None:
    """51 deals that one user moves to one stage in one minute; 50 are still a busy morning.

    The pages of an API cut them in two, repeat one of them, and may come in two nights.
    """
    users = {"7": range(1, 52), "8": range(101, 151)}  # who moves which deals
    asked = [
        _move(n, f"2026-04-{1 + n % 20:02d} 10:00:00", "NEW", who)
        for who, deals in users.items()
        for n in deals
    ]
    offers = {
        who: [_move(n, f"2026-05-05 10:00:{n % 60:02d}", "OFFER", who) for n in deals]
        for who, deals in users.items()
    }
    project = crm_project(tmp_path, "crm_stages", without=("deals", "contacts"))
    first = [row for moves in offers.values() for row in moves[:30]]
    project.write("exports/history.csv", csv_text([*asked, *first]))
    project.run()
    second = [row for moves in offers.values() for row in moves[29:]]
    project.write("exports/history_2.csv", csv_text(second))
    assert project.run().mode == "incremental"
    found = project.rows("deal_stages")
    for who, waits in (("7", 0), ("8", 50)):
        theirs = [each for each in found if each["owner"] == USERS[who]]
        moved = [each for each in theirs if each["stage_number"] == 2]
        count = len(users[who])
        assert [each["is_bulk_edit"] for each in theirs].count(True) == (count > 50) * count
        assert len(moved) == count
        assert sum(each["wait_s"] is not None for each in moved) == waits
    project.run(full_refresh=True)
    assert project.rows("deal_stages") == found


def _move(number: int, at: str, stage: str, who: str) -> Row:
    phone = f"+7916{1234567 + 7919 * number}"
    told = {"changed_at": at, "to_stage": stage, "changed_by": who, "phone": phone}
    return {"deal_id": str(number), **told}


def test_a_list_alone_says_that_the_history_is_missing(tmp_path: Path) -> None:
    rows = [
        {"deal_id": "21", "created_at": "2026-04-25", "status": "lost", "closed_at": "2026-05-06"},
        {"deal_id": "22", "created_at": "2026-04-26", "status": "won", "closed_at": "2026-05-01"},
        {"deal_id": "23", "created_at": "2026-05-02", "status": "open"},
        {"deal_id": "24", "created_at": "2026-05-03", "status": "maybe", "closed_at": "2026-05-04"},
    ]
    for each in rows:
        each |= {"phones": f"+7916123456{each['deal_id'][-1]}", "amount": "100"}
    project = crm_project(tmp_path, "crm_stages")
    source = {
        "name": "deals",
        "format": "crm_deals",
        "files": "exports/deals.csv",
        "timezone": "Europe/Moscow",
    }
    loose = {"max_reject_share": 1}
    project.set({**dict(project.settings), "sources": [source], "checks": loose})
    project.write("exports/deals.csv", csv_text(rows))
    run = project.run()
    assert any("history missing" in each for each in run.warnings)
    assert project.rows("deal_stages") == []
    outcomes = {each["outcome"] for each in project.rows("journeys")}
    assert outcomes == {"converted", "lost", "open"}
    (reject,) = project.rows("rejects")
    assert (reject["column"], reject["reason"]) == ("status", "neither open nor won nor lost")
    # That the deal was created counts all the same, and the file's rows add up.
    (file,) = project.rows("files")
    assert (file["rows_read"], file["rows_used"], file["events"], file["rejects"]) == (4, 4, 6, 0)


def test_nights_give_what_a_rebuild_gives(tmp_path: Path) -> None:
    project = crm_project(tmp_path, "crm_stages")
    history = generic()["history.csv"].splitlines()
    project.write("exports/history.csv", "\n".join(history[:4]) + "\n")
    project.run()
    project.write("exports/history_2.csv", "\n".join([history[0], *history[3:]]) + "\n")
    assert project.run().mode == "incremental"
    nightly = project.tables("main.files", "main.warnings")
    project.run(full_refresh=True)
    assert project.tables("main.files", "main.warnings") == nightly


def test_other_events_of_amocrm_are_skipped_and_counted(tmp_path: Path) -> None:
    text = SYSTEMS["amocrm"]()["history.json"].replace(
        '"type": "lead_status_changed", "entity_id": 23', '"type": "lead_added", "entity_id": 23'
    )
    project = crm_project(tmp_path, "amocrm", changed={"history.json": text})
    project.run()
    (skipped,) = project.rows("skipped")
    assert (skipped["reason"], skipped["rows"]) == ("another kind of event", 1)


def test_companions_that_are_not_there_are_settings_faults(tmp_path: Path) -> None:
    project = crm_project(tmp_path, "bitrix24")
    (tmp_path / "exports/deals.json").unlink()
    with pytest.raises(Exception, match=r"companions\.deals: no file matches"):
        project.run()
