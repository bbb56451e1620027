"""The sample company's published journeys against the truth about its customers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import journeyflow as jf
from journeyflow.simulate.agreement import Agreement, agreement
from tests.support.projects import lean

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company, run once."""
    folder = tmp_path_factory.mktemp("sample") / "company"
    shutil.copytree(SAMPLE, folder)
    jf.run(lean(folder))
    return folder


@pytest.fixture(scope="module")
def store(company: Path) -> Iterator[jf.Store]:
    with jf.open_store(company) as opened:
        yield opened


@pytest.fixture(scope="module")
def found(company: Path, store: jf.Store) -> Agreement:
    return agreement(company, store.path)


def test_recorded_journeys_are_published_as_they_were(found: Agreement) -> None:
    # What is missing are a customer's calls on a recycled number and late CRM rows.
    assert found.journeys > 1000
    assert found.share >= 0.99


def test_persons_are_who_they_are(found: Agreement) -> None:
    assert found.precision >= 0.98
    assert found.recall >= 0.95


def test_every_true_contract_that_the_crm_delivered_is_one_conversion(store: jf.Store) -> None:
    counted = store.query(
        "select (select count(*) from conversions where source = 'crm') as crm, "
        "(select count(*) from conversions where source <> 'crm') as counters, "
        "(select count(*) from events where source = 'crm' "
        "and kind = 'contract_signed') as signed, "
        "(select count(same_conversion_as) from events) as again"
    ).iloc[0]
    assert counted.crm == counted.signed
    assert counted.again >= 10  # the counters report many of them too
    # A buyer whom no identifier links to the deal is another person: one conversion of each.
    assert counted.counters <= 3


def test_bots_take_part_in_nothing(company: Path, store: jf.Store) -> None:
    truth = str(company / "truth" / "events.parquet")
    rows = store.query(
        "select t.note = 'bot' as is_true, e.is_bot, count(*) as n from events as e "
        "inner join read_parquet($truth) as t using (source, file, line) group by all",
        {"truth": truth},
    )
    wrong = rows[rows.is_true != rows.is_bot]
    assert wrong.n.sum() == 0, wrong
    lived = store.query("select count(*) as n from events where is_bot and journey_id is not null")
    assert lived.n[0] == 0


def test_planted_duplicates_and_corrections_are_counted(company: Path, store: jf.Store) -> None:
    truth = str(company / "truth" / "events.parquet")
    lost = store.query(
        "select count(*) as n from read_parquet($truth) as t "
        "anti join events as e using (source, file, line) "
        "where t.note not in ('duplicate', 'superseded', 'chain_leg', 'corrected', 'late', "
        "'wrong_visitor', '')",
        {"truth": truth},
    ).n[0]
    # Nothing but duplicates, superseded rows and legs of a chain may be missing.
    assert lost == 0
    planted = json.loads((company / "truth" / "planted.json").read_text("utf-8"))
    assert planted


def test_every_reconciliation_rule_holds(store: jf.Store) -> None:
    assert store.query("select count(*) as n from reconciliation where not holds").n[0] == 0
