"""No raw identifier of the sample company is found in anything that a nightly run leaves behind."""

from __future__ import annotations

import gzip
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pytest

import journeyflow as jf
from journeyflow.report import keep_report
from tests.pipelines.shop import run_nightly

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE)
# However it is spelled: eleven digits, from 7 or 8, with what people write between them.
PHONE = re.compile(r"(?<![\d.])\+?[78][ (]{0,2}9\d\d[) ]{0,2}\d{3}[ -]?\d\d[ -]?\d\d(?![\d.])")
ADDRESS = re.compile(r"(?<![\d./])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
TEN = 10


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company after a night in Dagster, with what it noted and told, and a report."""
    folder = tmp_path_factory.mktemp("privacy") / "company"
    shutil.copytree(SAMPLE, folder)
    with (folder / "journeyflow.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[alerts]\ncommand = 'cat > told'\ndigest = true\n")
    home = folder / "dagster"
    home.mkdir()
    overrides = {"telemetry": {"enabled": False}}
    with dg.DagsterInstance.local_temp(str(home), overrides=overrides) as instance:
        assert run_nightly(folder, instance).success
    with jf.open_store(folder) as store:
        keep_report(store, folder)
    return folder


def text_of(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1251")


def told(text: str) -> set[str]:
    """E-mails, network addresses and phones in a text, phones by their last ten digits."""
    phones = {re.sub(r"\D", "", each)[-TEN:] for each in PHONE.findall(text)}
    return phones | {each.lower() for each in EMAIL.findall(text)} | {*ADDRESS.findall(text)}


@pytest.fixture(scope="module")
def raw() -> set[str]:
    """What the exports tell of people."""
    found = set()
    for path in (SAMPLE / "exports").rglob("*.*"):
        found |= told(text_of(path))
    return found


def kept_texts(company: Path) -> Iterator[tuple[str, str]]:
    """Every text in the databases, in what Dagster noted, and in the files beside them."""
    for path in sorted(company.rglob("*")):
        name = path.relative_to(company).as_posix()
        if not path.is_file() or name.startswith(("exports/", "truth/", "journeyflow.toml")):
            continue
        if path.suffix == ".duckdb" and path.stat().st_nlink > 1 and "/" not in name:
            continue  # the newest published store under its other name
        if path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as con:
                columns = con.execute(
                    "select schema_name, table_name, column_name from duckdb_columns() "
                    "where database_name = current_database() and not internal "
                    "and data_type like '%VARCHAR%'"
                ).fetchall()
                for schema, table, column in columns:
                    values = con.execute(
                        f'select distinct "{column}"::text from {schema}."{table}" '
                        f'where "{column}" is not null'
                    ).fetchall()
                    yield f"{name}: {table}.{column}", "\n".join(value for (value,) in values)
        elif path.suffix == ".db":
            with sqlite3.connect(path) as con:
                yield name, "\n".join(con.iterdump())
        else:
            yield name, path.read_bytes().decode("latin-1")


def test_no_raw_identifier_is_kept(company: Path, raw: set[str]) -> None:
    assert len(raw) > 250
    assert sum("@" in each for each in raw) > 90
    assert (company / "warehouse" / "logs" / "run.jsonl").stat().st_size > 1000
    places = set()
    for place, text in kept_texts(company):
        places.add(place.partition(":")[0].partition("/")[0])
        assert not told(text) & raw, place
    assert {"warehouse", "published", "reports", "dagster", "told"} <= places
