"""Deals that stand in their stage for longer than others that went on from it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.crm import crm_project, generic
from tests.support.projects import Project, Row, csv_text, having

HOUR = 3600


def move(deal: int, hour: int, stage: str, who: str = "7") -> Row:
    """A deal of May 2026, `hour` hours after its first midnight, in the company's zone."""
    at = f"2026-05-{1 + hour // 24:02d} {hour % 24:02d}:{deal % 60:02d}:00"
    return {"deal_id": deal, "changed_at": at, "to_stage": stage, "changed_by": who}


def company(folder: Path, *more: Row, until: str = "2026-05-14T00:00:00+03:00") -> Project:
    """24 deals go on to the offer, one in each of the first 24 hours; two of these are won."""
    told = [move(deal, 0, "NEW") for deal in range(1, 25)]
    told += [move(deal, deal, "OFFER") for deal in range(1, 25)]
    told += [move(1, 30, "WON"), move(2, 31, "WON"), *more]
    deals = [
        {"deal_id": deal, "created_at": "2026-05-01 00:00:00", "phones": f"+7916{1234500 + deal}",
         "amount": 5000 + deal if deal != 31 else "", "contact_id": "",
         "owner": "8" if deal == 30 else ""}
        for deal in sorted({row["deal_id"] for row in told})
    ]  # fmt: skip
    files = {**generic(), "history.csv": csv_text(told), "deals.csv": csv_text(deals)}
    journeys = {
        "conversions": ["deal_won"], "losses": ["deal_lost"], "observed_until": until,
        "company_kinds": ["stage_changed"],
    }  # fmt: skip
    return crm_project(
        folder,
        "crm_stages",
        without=("contacts",),
        changed=files,
        journeys=journeys,
        **having("deals"),
    )


#: Since 3 May two stand at the request, since 13 May 14:00 one; one was lost on 5 May.
OTHERS = (
    move(30, 48, "NEW"), move(31, 50, "NEW"), move(32, 12 * 24 + 14, "NEW"),
    move(33, 0, "NEW"), move(33, 100, "LOST"),
)  # fmt: skip


def test_open_deals_past_the_patience_of_their_stage(tmp_path: Path) -> None:
    project = company(tmp_path, *OTHERS)
    project.run()
    (stage,) = project.query("from deal_patience where touchpoint = 'Request'")
    assert (stage["deals"], stage["went_on"], stage["lost"]) == (28, 24, 1)
    # As in tests/analysis/test_deal_patience.py: nine in ten go on within 22 hours.
    assert stage["late_after_s"] == 22 * HOUR
    offer = project.query("select went_on, late_after_s from deal_patience where lost = 0")
    assert offer == [{"went_on": 2, "late_after_s": None}]
    late = project.query(
        "select standing_s, value, owner, went_on, late_after_s, pipeline, is_bulk_edit, "
        "touchpoint from late_deals order by standing_s desc"
    )
    shared = {"went_on": 24, "late_after_s": 22 * HOUR, "pipeline": None, "is_bulk_edit": False,
              "touchpoint": "Request"}  # fmt: skip
    assert late == [
        {
            "standing_s": 11 * 24 * HOUR - 30 * 60,
            "value": Decimal(5030),
            "owner": "Pavel",
            **shared,
        },
        {
            "standing_s": 11 * 24 * HOUR - 2 * HOUR - 31 * 60,
            "value": None,
            "owner": "Olga",
            **shared,
        },
    ]


def test_what_is_settled_elsewhere_is_not_late_and_nights_equal_a_rebuild(tmp_path: Path) -> None:
    project = company(tmp_path, *OTHERS)
    project.run()
    assert len(project.rows("late_deals")) == 2
    project.write(
        "exports/history_2.csv", csv_text([move(30, 300, "LOST"), move(31, 301, "OFFER")])
    )
    assert project.run().mode == "incremental"
    nightly = project.tables("main.files", "main.warnings")
    assert project.rows("late_deals") == []
    project.run(full_refresh=True)
    assert project.tables("main.files", "main.warnings") == nightly


@pytest.mark.parametrize("moved", [51, 50])
def test_a_bulk_edit_is_no_deal_s_own_pace(tmp_path: Path, moved: int) -> None:
    # So many ask one after the other, and all are moved to the offer within one minute.
    told = [
        row | {"changed_at": at}
        for deal in range(100, 100 + moved)
        for at, row in (
            (f"2026-05-02 10:{deal % 60:02d}:00", move(deal, 0, "NEW")),
            (f"2026-05-12 10:00:{deal % 60:02d}", move(deal, 0, "OFFER")),
        )
    ]
    project = company(tmp_path, *OTHERS, *told)
    project.run()
    found = project.query("from deal_patience")
    stages = {each["touchpoint"]: (each["deals"], each["went_on"]) for each in found}
    # They did not go on by themselves, and where they are now they did not come by themselves.
    own = moved if moved <= 50 else 0
    assert stages["Request"] == (28 + moved, 24 + own)
    assert stages["Commercial offer"] == (24 + own, 2)
