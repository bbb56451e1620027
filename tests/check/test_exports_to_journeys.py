"""The whole way: an export nobody has seen, the proposed settings, a run, the right journeys."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

import journeyflow as jf
from journeyflow.check import FileReport, check_files, render, write_settings
from journeyflow.project import SETTINGS_FILE, load_project
from tests.check import exports
from tests.check.exports import Export
from tests.support.projects import lean

ZONE = "Europe/Moscow"
SHARED = Path(__file__).parents[3] / "shared" / "data"
SUGGESTED = re.compile(r"^# (?=\[\[|name = |when = |stage = )", re.MULTILINE)


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / "exports" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def checked(folder: Path, export: Export) -> FileReport:
    path = put(folder, export.name, export.content)
    (report,) = check_files([path], folder, timezone=ZONE, currency=export.currency)
    return report


@dataclass(frozen=True)
class Looked:
    """An export, what a look at it told, and a folder with nothing else in it."""

    export: Export
    report: FileReport
    folder: Path

    def copy(self, folder: Path) -> Path:
        return shutil.copytree(self.folder, folder, dirs_exist_ok=True)


@pytest.fixture(scope="module", params=exports.ALL, ids=lambda make: make.__name__)
def looked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Looked:
    folder, export = tmp_path_factory.mktemp("looked"), request.param()
    return Looked(export, checked(folder, export), folder)


def test_the_proposed_settings_give_the_right_journeys(looked: Looked, tmp_path: Path) -> None:
    run_as_proposed(looked.copy(tmp_path), looked.export, looked.report)


def test_a_parquet_file_with_ids_as_doubles(tmp_path: Path) -> None:
    export = exports.parquet_file(tmp_path / "retail.parquet")
    run_as_proposed(tmp_path, export, checked(tmp_path, export))


def run_as_proposed(folder: Path, export: Export, report: FileReport) -> None:
    assert report.sound, report.questions
    assert report.persons == export.persons
    assert report.kinds_in_all == len(export.kinds)
    assert dict(report.kinds) == export.kinds
    assert (report.rejected, report.used) == (0, sum(export.kinds.values()))
    write_settings(folder, report.settings_block, timezone=ZONE, currency=export.currency)
    jf.run(lean(folder))
    with jf.open_store(folder) as store:
        found = store.query(
            "select count(*) as journeys, count(distinct person_id) as persons from journeys"
        )
        kinds = store.query("select kind, count(*) as n from events group by kind")
    assert found.iloc[0].to_dict() == {"journeys": export.journeys, "persons": export.persons}
    assert dict(zip(kinds["kind"], kinds["n"], strict=True)) == export.kinds


def test_suggestions_load_and_count_once_their_signs_are_removed(
    looked: Looked, tmp_path: Path
) -> None:
    looked.copy(tmp_path)
    export, report = looked.export, looked.report
    block = SUGGESTED.sub("", report.settings_block)
    write_settings(tmp_path, block, timezone=ZONE, currency=export.currency)
    project = load_project(tmp_path)
    assert len(project.conversions) == len(report.conversions)
    jf.run(lean(tmp_path))
    with jf.open_store(tmp_path) as store:
        found = store.query("select count(*) as n from conversions")
    assert found["n"][0] == export.conversions


def test_a_look_writes_nothing_and_its_report_is_json(looked: Looked) -> None:
    report = looked.report
    found = [path.name for path in looked.folder.rglob("*") if path.is_file()]
    assert found == [report.paths[0].name]
    told = json.loads(json.dumps(report.to_dict()))
    assert told["settings_block"] == report.settings_block
    for width in (60, 100, 160):
        page = render(report, width).split("settings for journeyflow.toml")[0]
        assert max(map(len, page.splitlines())) <= width


def test_what_is_personal_is_masked(tmp_path: Path) -> None:
    for make in (exports.crm_ru, exports.shopify_like):
        report = checked(tmp_path, make())
        told = render(report) + json.dumps(report.to_dict(), ensure_ascii=False)
        for secret in ("Иванова", "Смирнов", "123-45-67", "1234567", "ann@", "612345678"):
            assert secret not in told


def test_files_of_one_kind_become_one_source(tmp_path: Path) -> None:
    header = b"ts,event,user_id\n"
    paths = [
        put(
            tmp_path,
            f"log_2024-03-{day:02d}.csv",
            header + f"2024-03-{day:02d}T10:00:00Z,visit,u{n}\n".encode(),
        )
        for n, day in enumerate((1, 2, 15))
    ]
    (report,) = check_files(paths, tmp_path, timezone="UTC", currency="EUR")
    assert (report.rows, report.persons) == (3, 3)
    assert "exports/log_*.csv" in report.settings_block
    write_settings(tmp_path, report.settings_block, timezone="UTC", currency="EUR")
    assert len(load_project(tmp_path).sources[0].files) == 3


def test_a_second_export_joins_the_project_under_a_name_of_its_own(tmp_path: Path) -> None:
    first = checked(tmp_path, exports.shop_ru())
    write_settings(tmp_path, first.settings_block, timezone=ZONE, currency="RUB")
    other = put(tmp_path, "выгрузка 2.csv", exports.shop_ru().content)
    (second,) = check_files([other], tmp_path)
    assert second.sound
    assert second.name != first.name
    write_settings(tmp_path, second.settings_block)
    assert [each.name for each in load_project(tmp_path).sources] == [first.name, second.name]
    assert (tmp_path / SETTINGS_FILE).read_text(encoding="utf-8").count("[identity]") == 1


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/data")
def test_a_real_log_of_a_shop(tmp_path: Path) -> None:
    name = "ecom.csv.gz"
    path = put(tmp_path, name, (SHARED / name).read_bytes())
    (report,) = check_files([path], tmp_path, timezone="UTC", currency="EUR")
    assert report.sound
    assert (report.rows, report.rejected, report.persons) == (31_106, 0, 600)
    assert report.conversions == ["purchase"]
    assert {each.name: each.becomes for each in report.columns} == {
        "user_id": "identifiers.user_id",
        "session_id": "identifiers.session_id",
        "event": "kind",
        "timestamp": "occurred_at",
        "platform": "device",
        "acquisition_channel": "channel",
        "user_cohort": "attributes.user_cohort",
        "user_lifecycle": "attributes.user_lifecycle",
    }
