from __future__ import annotations

import csv
import gzip
import io
import json
from dataclasses import dataclass
from datetime import timedelta, timezone
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from journeyflow.simulate import SimulationSummary, simulate

MOSCOW = timezone(timedelta(hours=3))
TABLES = {
    "site2": (",", "utf-8"),
    "crm": (";", "cp1251"),
    "showroom": ("\t", "utf-8"),
    "newsletter": (",", "utf-8"),
    "costs": (",", "utf-8"),
    "feedback": (",", "utf-8"),
}


def no_constants(name: str) -> Any:
    raise ValueError(name)


def strict_json(text: str) -> Any:
    return json.loads(text, parse_constant=no_constants)


def read_records(path: Path, source: str) -> list[dict[str, Any]]:
    """The records of one export file, parsed strictly."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    if source == "site":
        return [strict_json(line) for line in content.decode().splitlines()]
    if source == "calls":
        return list(strict_json(content.decode())["records"])
    delimiter, encoding = TABLES[source]
    text = io.StringIO(content.decode(encoding), newline="")
    header, *rows = csv.reader(text, delimiter=delimiter, strict=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


@dataclass(frozen=True)
class Written:
    """A simulated folder with what its tests look at."""

    summary: SimulationSummary

    @property
    def directory(self) -> Path:
        return self.summary.directory

    @cached_property
    def _read(self) -> dict[str, list[dict[str, Any]]]:
        return {}

    def records_of(self, path: str) -> list[dict[str, Any]]:
        """The records of one export file, read once."""
        if path not in self._read:
            self._read[path] = read_records(self.directory / path, path.split("/")[1])
        return self._read[path]

    @property
    def records(self) -> dict[str, list[dict[str, Any]]]:
        """Path of each export file below the folder → its records."""
        paths = [path for path in self.summary.files if path.startswith("exports/")]
        return {path: self.records_of(path) for path in paths}

    def of_source(self, source: str) -> list[dict[str, Any]]:
        """The records of all files of one source."""
        prefix = f"exports/{source}/"
        paths = [path for path in self.summary.files if path.startswith(prefix)]
        return [row for path in paths for row in self.records_of(path)]

    def truth(self, name: str) -> list[dict[str, Any]]:
        return list(pq.read_table(self.directory / f"truth/{name}.parquet").to_pylist())

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        return self.truth("events")

    @cached_property
    def planted(self) -> dict[str, Any]:
        return dict(strict_json((self.directory / "truth/planted.json").read_text("utf-8")))


@pytest.fixture(scope="session")
def default_company(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return Written(simulate(tmp_path_factory.mktemp("default")))


@pytest.fixture(scope="session")
def faulty_company(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return Written(simulate(tmp_path_factory.mktemp("faulty"), persons=1500))


@pytest.fixture(scope="session")
def clean_company(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return Written(simulate(tmp_path_factory.mktemp("clean"), persons=1500, faults=False))
