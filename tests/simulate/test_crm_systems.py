"""One company, three CRM systems: the exports differ, what they tell of its customers does not."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from journeyflow.cli import app
from journeyflow.errors import SettingsError
from journeyflow.simulate import simulate
from journeyflow.simulate.agreement import agreement
from journeyflow.simulate.clock import SECOND, Period
from journeyflow.simulate.faults import NONE, PLANTED
from journeyflow.simulate.lenses import crm_told
from journeyflow.simulate.lenses.files import Row as Line
from journeyflow.simulate.places import PLACES
from journeyflow.simulate.run import LAST_DAY
from journeyflow.simulate.world import live
from tests.support.projects import Project, Row

from .systems import PERSONS, answers, company, planted

APIS = ("bitrix24", "amocrm")
#: Beside one of them the office lists the contracts as orders.
ORDERS = {"csv": "none", "bitrix24": "orders", "amocrm": "none"}
TELLS = {"csv": "crm", "bitrix24": "orders", "amocrm": "crm"}
every_api = pytest.mark.parametrize("api", APIS)
# The table knows minutes, the systems know seconds.
JOURNEYS = (
    "select date_trunc('minute', started_at) as began, date_trunc('minute', ended_at) as ended, "
    "date_trunc('minute', converted_at) as converted, outcome, ended_by, value, conversions, path, "
    "channel_path, started_stage, furthest_stage, device from journeys order by all"
)
CONVERSIONS = "select date_trunc('minute', occurred_at) as at, value from conversions order by all"
SOURCES = "select distinct source from conversions"
REASONS = "select loss_reason, count(*) as n from journeys group by all order by all"
Companies = dict[str, Project]


@pytest.fixture(scope="module", params=[False, True], ids=["clean", "faulty"])
def faults(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def companies(tmp_path_factory: pytest.TempPathFactory, faults: bool) -> Companies:
    return {
        each: company(tmp_path_factory.mktemp(each), faults=faults, crm=each, orders=ORDERS[each])
        for each in ("csv", *APIS)
    }


@every_api
def test_the_same_company_has_the_same_journeys_whatever_its_crm(
    companies: Companies, api: str
) -> None:
    table, other = companies["csv"], companies[api]
    assert other.query(JOURNEYS) == table.query(JOURNEYS)
    conversions = other.query(CONVERSIONS)
    assert conversions == table.query(CONVERSIONS)
    assert len(conversions) >= 5
    for each in ("csv", api):
        assert companies[each].query(SOURCES) == [{"source": TELLS[each]}]


def test_why_deals_were_lost_is_told_by_amocrm_and_has_no_field_in_bitrix24(
    companies: Companies,
) -> None:
    told = {each: project.query(REASONS) for each, project in companies.items()}
    assert told["amocrm"] == told["csv"]
    assert len(told["csv"]) > 3
    assert [each["loss_reason"] for each in told["bitrix24"]] == [None]


@every_api
def test_deals_wait_at_their_stages_as_they_truly_did(
    companies: Companies,
    faults: bool,
    api: str,
) -> None:
    true = live(7, PERSONS, Period.ending(LAST_DAY, 90), PLANTED if faults else NONE)
    lives: dict[int, list[crm_told.Move]] = {}
    for move in crm_told.moves(true):
        lives.setdefault(move.deal.number, []).append(move)
    expected: Counter[tuple[Any, ...]] = Counter()
    for moves in lives.values():
        # What amoCRM calls a change of stage begins with the second stage.
        known = [None, *(moves if api == "bitrix24" else moves[1:])]
        expected.update(_stay(before, move) for before, move in pairwise(known) if move)
    found = companies[api].query(
        "select from_touchpoint, touchpoint, entered_at, wait_s, is_bulk_edit from deal_stages"
    )
    assert Counter(tuple(each.values()) for each in found) == expected
    assert len(found) > 60


def _stay(before: crm_told.Move | None, move: crm_told.Move) -> tuple[Any, ...]:
    def name(each: crm_told.Move) -> str:
        at_place = each.stage in PLACES
        return (PLACES[each.stage].names if at_place else crm_told.STAGES[each.stage])["ru"]

    entered = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=move.at // SECOND)
    if before is None:
        return None, name(move), entered, None, False
    return name(before), name(move), entered, float(move.at // SECOND - before.at // SECOND), False


def test_orders_are_those_of_the_contracts_and_of_offers_that_became_none(
    companies: Companies, faults: bool
) -> None:
    project, truth = companies["bitrix24"], companies["bitrix24"].folder / "truth"
    told = project.query(
        "select kind, count(*) as n, bool_or(participates) as walked from events "
        "where source = 'orders' group by all order by all"
    )
    # Of the list of two weeks before only what stands is left.
    expected = project.query(
        f"select kind, count(*) as n, true as walked from "
        f"read_parquet('{truth / 'events.parquet'}') where source = 'orders' "
        "and note not in ('superseded', 'duplicate', 'technical') group by all order by all"
    )
    assert told == expected
    assert [each["kind"] for each in told] == ["order_cancelled", "order_placed", "purchase"]
    tried = "select reason, sum(rows)::int as n from skipped where source = 'orders' group by all"
    assert project.query(tried) == [{"reason": "test order", "n": 3 + 3 * faults}]
    texts = [path.read_text("utf-8") for path in project.folder.glob("exports/orders/*.csv")]
    assert all(text.count(",12000.00,") == 1 for text in texts)
    assert project.query("select * from rejects where source = 'orders'") == []


@every_api
def test_the_truth_is_found_as_well_as_from_a_table(companies: Companies, api: str) -> None:
    found = {}
    for each in ("csv", api):
        folder = companies[each].folder
        found[each] = agreement(folder, max((folder / "published").glob("journeys-*.duckdb")))
    assert (found[api].journeys, found[api].same_path) == (
        found["csv"].journeys,
        found["csv"].same_path,
    )
    assert found[api].share >= 0.99
    assert found[api].precision >= 0.999


@every_api
def test_what_is_delivered_again_is_told_and_nothing_is_rejected(
    companies: Companies,
    faults: bool,
    api: str,
) -> None:
    project = companies[api]
    again = project.query(
        "select source, count(*)::int as n from read_parquet("
        f"'{project.folder / 'truth/events.parquet'}') where source like 'crm%' "
        "and note in ('duplicate', 'superseded') group by all order by all"
    )
    found = project.query(
        "select source, sum(duplicates)::int as n from files where source like 'crm%' "
        "group by all having n > 0 order by all"
    )
    assert found == again
    assert bool(found) is faults
    assert project.query("select * from rejects where source like 'crm%'") == []
    assert project.query("select * from reconciliation where not holds") == []
    marked = planted(project)
    if faults:
        assert marked["archived_together"]["deals"] > 10
        assert marked["deals_without_contact"]["deals"] > 0
        assert marked["second_cards"]["rows"] > 0
        assert marked["own_number"]["deals"] > 0


def test_answers_of_bitrix24_are_as_its_api_gives_them(companies: Companies) -> None:
    project = companies["bitrix24"]
    items: list[Row] = []
    for answer in answers(project, "crm/history_*.json"):
        assert len(answer["result"]["items"]) <= 50
        items += answer["result"]["items"]
    assert {each["STAGE_SEMANTIC_ID"] for each in items} == {"P", "S", "F"}
    assert all(each["CREATED_TIME"].endswith("+03:00") for each in items)
    (stages,) = answers(project, "crm/stages.json")
    known = {each["STATUS_ID"] for each in stages["result"]}
    assert {each["STAGE_ID"] for each in items} < known
    deals = [each for page in answers(project, "crm_deals/*.json") for each in page["result"]]
    assert {each["COMPANY_ID"] for each in deals} == {"0"}
    assert {each["OWNER_ID"] for each in items} == {int(each["ID"]) for each in deals}


def test_answers_of_amocrm_are_as_its_api_gives_them(
    companies: Companies,
    faults: bool,
) -> None:
    project = companies["amocrm"]
    events: list[Row] = []
    for answer in answers(project, "crm/history_*.json"):
        assert len(answer["_embedded"]["events"]) <= 100
        events += answer["_embedded"]["events"]
    assert {len(each["id"]) for each in events} == {26}
    ends = {each["value_after"][0]["lead_status"]["id"] for each in events}
    assert {142, 143} < ends
    # Nobody answers for a measurement: a robot moves the lead.
    assert (0 in {each["created_by"] for each in events}) is faults
    (pipelines,) = answers(project, "crm/stages.json")
    for each in pipelines["_embedded"]["pipelines"]:
        assert {142, 143} < {status["id"] for status in each["_embedded"]["statuses"]}


def test_pages_of_a_growing_list_overlap(faults: bool) -> None:
    true = live(7, 100, Period.ending(LAST_DAY, 10), PLANTED if faults else NONE)
    rows = [Line(number, 0, "stage_changed", "P1") for number in range(7)]
    found = crm_told.pages(true, rows, 3)
    numbers = [[row.content for row in page] for page in found]
    assert numbers == ([[0, 1, 2], [2, 3, 4], [4, 5, 6]] if faults else [[0, 1, 2], [3, 4, 5], [6]])
    assert [row.note for page in found[1:] for row in page[:1]] == ["duplicate" * faults] * 2
    assert crm_told.pages(true, [], 3) == [[]]


def test_other_systems_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="expected csv, bitrix24 or amocrm"):
        simulate(tmp_path, crm="hubspot")
    with pytest.raises(SettingsError, match="expected none or orders"):
        simulate(tmp_path, orders="shopify")
    assert not any(tmp_path.iterdir())


def test_the_command_line_knows_the_systems(tmp_path: Path) -> None:
    chosen = ["--crm", "amocrm", "--costs", "vendors", "--orders", "orders"]
    told = CliRunner().invoke(app, ["simulate", str(tmp_path), "--persons", "100", *chosen])
    assert told.exit_code == 0, told.output
    written = {each.name for each in (tmp_path / "exports").iterdir()}
    assert written > {"crm", "crm_deals", "crm_contacts", "direct", "google", "vk", "orders"}
