"""A project is told what a run would find, and is left as it was."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import journeyflow as jf
from journeyflow.check import check_project, render
from journeyflow.errors import SettingsError
from journeyflow.project import SETTINGS_FILE
from tests.support.commands import command
from tests.support.crm import crm_project
from tests.support.projects import LEAN

SETTINGS = """\
[project]
name = "Shop"
timezone = "Europe/Moscow"
currency = "RUB"
[identity]
region = "RU"
[[sources]]
name = "site"
format = "table"
files = ["site/*.csv"]
columns = { occurred_at = "ts", kind = "event" }
identifiers = { user_id = "user", phone = "phone" }
[[sources]]
name = "crm"
format = "table"
files = ["crm/*.csv"]
columns = { occurred_at = "ts", kind = { value = "purchase" } }
identifiers = { deal_id = "deal", customer_id = "customer" }
[[stages]]
name = "consideration"
[[stages]]
name = "purchase"
[[touchpoints]]
name = "Catalogue"
stage = "consideration"
when = { kind = "view" }
[journeys]
conversions = ["purchase"]
"""
SITE = """\
ts,event,user,phone
2024-03-01T10:00:00Z,view,u1,
2024-03-01T10:05:00Z,view,u2,8 916 123-45-67
2024-03-01T11:00:00Z,purchase,u2,anonymous
2024-03-01T12:00:00Z,chat,u1,
yesterday,view,u3,
"""
CRM = "ts,deal,customer\n2024-03-02T10:00:00Z,d1,c1\n2024-03-03T10:00:00Z,d2,c1\n"


def made(folder: Path) -> Path:
    (folder / SETTINGS_FILE).write_text(SETTINGS + LEAN, encoding="utf-8")
    for name, text in (("site/a.csv", SITE), ("crm/a.csv", CRM)):
        (folder / name).parent.mkdir()
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return made(tmp_path)


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop that ran once."""
    folder = made(tmp_path_factory.mktemp("first"))
    jf.run(folder)
    return folder


@pytest.fixture
def ran(first_night: Path, tmp_path: Path) -> Path:
    return shutil.copytree(first_night, tmp_path, dirs_exist_ok=True)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_lists_beside_a_crm_are_read_like_its_history(tmp_path: Path) -> None:
    crm_project(tmp_path, "bitrix24")
    before = tree(tmp_path)
    report = check_project(tmp_path)
    assert tree(tmp_path) == before
    assert report.sound
    assert {each.name: each.used for each in report.sources} == {
        "crm": 7,
        "crm_deals": 3,
        "crm_contacts": 2,
    }
    assert not [each for each in report.warnings if "stands for a person" in each]


def test_the_figures_of_each_source(shop: Path) -> None:
    before = tree(shop)
    report = check_project(shop)
    assert tree(shop) == before
    site, crm = report.sources
    assert report.sound
    assert (site.rows, site.used, site.persons, site.files) == (5, 4, 2, {"all": 1, "new": 1})
    assert [(each.column, each.rows, each.first_line) for each in site.rejects] == [
        ("occurred_at", 1, 5)
    ]
    assert dict(site.kinds) == {"view": 2, "purchase": 1, "chat": 1}
    assert site.identifiers == {"user_id": 2, "phone": 1}
    assert [(type, rows) for type, _, rows in site.blocked] == [("phone", 1)]
    # Views have the rule's stage, the purchase its own; the chat has none.
    assert (site.events, site.unmapped_events) == (4, 1)
    assert (crm.rows, crm.persons, report.persons) == (2, 1, 3)
    assert json.loads(json.dumps(report.to_dict()))["sound"] is True


def test_what_is_worth_a_warning(shop: Path) -> None:
    said = "\n".join(check_project(shop).warnings)
    assert "'site' shares no type of identifier" in said
    assert "'crm' shares no type of identifier" in said
    assert "site and crm both deliver conversions, and no rule says which counts" in said
    assert "conversions without an order_id" in said
    assert "1 of 6 events (17%) have no stage" in said  # the chat


def test_few_events_without_a_stage_are_not_none(shop: Path) -> None:
    rows = (f"2024-03-02T10:00:00Z,view,u{n}," for n in range(300))
    with (shop / "site" / "a.csv").open("a", encoding="utf-8") as export:
        export.write("\n".join([*rows, ""]))
    code, said, _ = command("check", shop)
    assert code == 0
    assert "1 of 306 events (<1%) have no stage" in " ".join(said.split())
    assert "1 of 304 events (<1%)" in said


def test_a_rule_that_says_which_source_counts_silences_the_warning(shop: Path) -> None:
    settings = shop / SETTINGS_FILE
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('["purchase"]', '["crm:purchase"]'), encoding="utf-8")
    assert not any("both deliver" in each for each in check_project(shop).warnings)


def test_files_are_new_then_known_then_to_be_read_again(ran: Path) -> None:
    shop, settings = ran, ran / SETTINGS_FILE
    (shop / "site" / "b.csv").write_text(SITE.replace("03-01", "03-05"), encoding="utf-8")
    before = tree(shop)
    site, crm = check_project(shop).sources
    assert tree(shop) == before
    assert site.files == {"all": 2, "known": 1, "new": 1}
    assert crm.files == {"all": 1, "known": 1}
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace('customer_id = "customer"', 'user_id = "customer"'), encoding="utf-8"
    )
    _, crm = check_project(shop).sources
    assert (crm.files, crm.reread) == ({"all": 1, "changed": 1}, ["crm/a.csv"])
    assert "to be read again" in render(check_project(shop))
    assert "a run would read 2 of 3 files" in render(check_project(shop))


def test_whether_a_run_would_read_anything(shop: Path, first_night: Path) -> None:
    assert render(check_project(shop)).endswith("a run would read all of this")
    assert render(check_project(first_night)).endswith("has not changed: a run would read no file")


def test_silences_of_persons_over_all_sources(shop: Path) -> None:
    """Each of thirty persons is silent twice: for as many hours as its number, then for 20 min."""
    rows, first = ["ts,event,user,phone"], datetime(2024, 3, 1, tzinfo=UTC)
    for n in range(1, 31):
        moments = (0, 60 * n, 60 * n + 20, 120 * n + 20)
        rows += [f"{first + timedelta(minutes=m):%Y-%m-%dT%H:%M:%SZ},view,p{n}," for m in moments]
    (shop / "site" / "a.csv").write_text("\n".join(rows), encoding="utf-8")
    (shop / "crm" / "a.csv").write_text("ts,deal,customer\n", encoding="utf-8")
    found = check_project(shop)
    assert found.silences == {
        "silences": 60,
        "over_s": 1_800,
        "median_s": 15.5 * 3_600,
        "p90_s": pytest.approx(27.1 * 3_600),
        "p99_s": 30 * 3_600,
    }
    assert "half up to 15.5 hours" in " ".join(render(found).split())


def test_conversions_that_are_the_companys_own_acts(shop: Path) -> None:
    settings = shop / SETTINGS_FILE
    text = SETTINGS + 'company_kinds = ["purchase"]\n'
    settings.write_text(text, encoding="utf-8")
    said = [each for each in check_project(shop).warnings if "company_kinds" in each]
    # The site's buyer had looked before; the customer of the two deals did nothing else.
    assert len(said) == 1
    assert "2 of its 3 events" in said[0]


def test_a_file_that_a_run_would_refuse(shop: Path) -> None:
    (shop / "site" / "bad.csv").write_text(
        "ts,event,user,phone\n" + "never,view,u1,\n" * 10, encoding="utf-8"
    )
    (shop / "crm" / "cut.csv").write_text("ts,deal\n", encoding="utf-8")
    report = check_project(shop)
    site, crm = report.sources
    assert not report.sound
    assert site.faults == ["site/bad.csv: 10 of 10 rows are bad (limit 1.0%)"]
    assert len(crm.faults) == 1
    assert crm.faults[0].startswith("crm/cut.csv: no column 'customer'")
    assert "a run would stop at 2 faults" in render(report)


def test_all_faults_of_the_settings_at_once(shop: Path) -> None:
    settings = shop / SETTINGS_FILE
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace("Europe/Moscow", "Mars").replace("RUB", "roubles"), encoding="utf-8"
    )
    with pytest.raises(SettingsError) as fault:
        check_project(shop)
    assert "timezone" in str(fault.value)
    assert "currency" in str(fault.value)


@pytest.mark.parametrize(("known", "is_said"), [(2, True), (3, False)])
def test_a_source_with_a_third_of_its_rows_of_nobody_is_warned_of(
    shop: Path, known: int, is_said: bool
) -> None:
    rows = [f"2024-03-01T1{n}:00:00Z,view,u{n},\n" for n in range(known)]
    rows.append("2024-03-01T20:00:00Z,view,,\n")
    (shop / "site/a.csv").write_text("ts,event,user,phone\n" + "".join(rows), encoding="utf-8")
    report = check_project(shop)
    assert [each.events_of_nobody for each in report.sources] == [1, 0]
    found = [each for each in report.warnings if "belong to nobody" in each]
    assert [each.split("%")[0] for each in found] == (["source 'site': 33"] if is_said else [])
