"""What a run does with files that cannot be trusted: it says so, and yesterday's store stays."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

import journeyflow
from journeyflow.errors import DataError, JourneyflowError, SettingsError
from tests.support.projects import LEAN

SETTINGS = """
[project]
name = "Shop"
timezone = "UTC"
currency = "EUR"
[[sources]]
name = "site"
format = "table"
files = "exports/*"
timezone = "UTC"
[sources.columns]
occurred_at = "at"
kind = "what"
[sources.identifiers]
user_id = "user"
"""
HEADER = "at,what,user\n"
GOOD = HEADER + "".join(f"2026-10-0{day} 10:00:00,view,u{day}\n" for day in (1, 2, 3))


def many(*bad: str, visitor: str = "v") -> bytes:
    good = [f"2026-10-04 10:{n % 60:02}:00,view,{visitor}{n}\n" for n in range(2000)]
    lines = [*good[:7], *bad, *good[7:]]
    return (HEADER + "".join(lines)).encode("utf-8", "surrogateescape")


def state(project: Path) -> dict[str, bytes]:
    published = [*sorted((project / "published").glob("*")), project / "journeys.duckdb"]
    return {path.name: path.read_bytes() for path in published}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that ran well once."""
    project = tmp_path_factory.mktemp("project")
    (project / "exports").mkdir()
    (project / "journeyflow.toml").write_text(SETTINGS + LEAN, encoding="utf-8")
    (project / "exports" / "a.csv").write_text(GOOD, encoding="utf-8")
    journeyflow.run(project)
    return project


def refuse(project: Path, name: str, fault: type[JourneyflowError], message: str) -> None:
    """Run, see the fault, see that nothing was published; then take the file away."""
    before = state(project)
    try:
        with pytest.raises(fault, match=message) as caught:
            journeyflow.run(project)
    finally:
        (project / "exports" / name).unlink()
    assert state(project) == before
    assert caught.value.exit_code == (1 if fault is DataError else 2)


REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "no bytes": ("b.csv", lambda: b"", r"b\.csv: the file has no bytes"),
    "another format": ("b.csv", lambda: b"PK\x03\x04" + b"x" * 99, r"b\.csv: .*Excel workbook"),
    "half a gzip": (
        "b.csv.gz",
        lambda: gzip.compress(many())[:-100],
        r"b\.csv\.gz: not a whole gzip file",
    ),
    "half of the second gzip member": (
        "b.csv.gz",
        lambda: gzip.compress(GOOD.encode()) + gzip.compress(many())[:-100],
        r"b\.csv\.gz: not a whole gzip file",
    ),
    "a missing column": ("b.csv", lambda: b"at,what\n", r"b\.csv: no column 'user'"),
    "a line without end": (
        "b.csv",
        lambda: HEADER.encode() + b"x" * 20_000_000,
        r"b\.csv: physical line 2 is longer than 16 MiB",
    ),
    "only bad rows": (
        "b.csv",
        (HEADER + "1970-01-01 00:00:00,view,u\n" * 4).encode,
        r"b\.csv: 4 of 4 rows are bad",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_trusted_stops_the_run(project: Path, case: str) -> None:
    name, content, message = REFUSED[case]
    (project / "exports" / name).write_bytes(content())
    refuse(project, name, DataError, message)


def test_a_link_out_of_the_project_stops_the_run(project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text(GOOD, encoding="utf-8")
    (project / "exports" / "link.csv").symlink_to(outside)
    refuse(project, "link.csv", SettingsError, r"link\.csv is a link that leads out")


def test_all_faulty_files_are_named_at_once(project: Path) -> None:
    (project / "exports" / "b.csv").write_bytes(b"")
    (project / "exports" / "c.csv").write_bytes(b"at\n")
    try:
        refuse(project, "b.csv", DataError, r"(?s)b\.csv: .*c\.csv: no column")
    finally:
        (project / "exports" / "c.csv").unlink()


BAD = [
    ("1970-01-01 00:00:00,view,u\n", "before 1990"),
    (
        "2262-04-12 00:00:00,view,u\n",
        "more than a day after the file arrived; export it anew once that day has come",
    ),
    ("2026-10-04 10:00:00,vi\x00ew,u\n", "a NUL byte"),
    ("2026-10-04 10:00:00,vi\udcffew,u\n", "bytes that are not utf-8"),
    ("2026-10-04 10:00:00,view\n", "2 columns, expected 3"),
]


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that ran over a file for each bad row, each of visitors of its own."""
    project = tmp_path_factory.mktemp("accepted")
    (project / "exports").mkdir()
    (project / "journeyflow.toml").write_text(SETTINGS + LEAN, encoding="utf-8")
    for case, (bad, _) in enumerate(BAD):
        content = many(bad, visitor=f"{case}v")
        (project / "exports" / f"{case}.csv.gz").write_bytes(gzip.compress(content))
    half = len(GOOD) // 2
    members = gzip.compress(GOOD[:half].encode()) + gzip.compress(GOOD[half:].encode())
    (project / "exports" / "members.csv.gz").write_bytes(members)
    result = journeyflow.run(project)
    assert (result.counts["rows_read"], result.counts["rejects"]) == (5 * 2001 + 3, 5)
    return project


@pytest.mark.parametrize("case", range(len(BAD)))
def test_a_bad_row_among_good_ones_is_set_apart(accepted: Path, case: int) -> None:
    file, (_, reason) = f"exports/{case}.csv.gz", BAD[case]
    with journeyflow.open_store(accepted) as store:
        rejects = store.query("select line, reason from rejects where file = $file", {"file": file})
        assert rejects.values.tolist() == [[8, reason]]
        files = store.query(
            "select rows_read, rows_used, rejects from files where file = $file", {"file": file}
        )
        assert files.values.tolist() == [[2001, 2000, 1]]


def test_every_member_of_a_gzip_file_is_read(accepted: Path) -> None:
    with journeyflow.open_store(accepted) as store:
        read = store.query("select rows_read from files where file like '%members%'")
    assert read.values.tolist() == [[3]]
