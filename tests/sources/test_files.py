from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
import zstandard

from journeyflow.errors import DataError, SettingsError
from journeyflow.sources.files import content_hash, inner_suffix, matching_files, plain_bytes

TEXT = b"k,v\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(50_000))


def plain(path: Path, tmp_path: Path) -> bytes:
    with plain_bytes(path, tmp_path / "scratch") as found:
        return found.read_bytes()


def put(tmp_path: Path, name: str, content: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_compressed_files_unpack_whole_and_leave_nothing_behind(
    tmp_path: Path, suffix: str
) -> None:
    pack = gzip.compress if suffix == ".gz" else zstandard.ZstdCompressor().compress
    half = len(TEXT) // 2
    one = put(tmp_path, f"one.csv{suffix}", pack(TEXT))
    two = put(tmp_path, f"two.csv{suffix}", pack(TEXT[:half]) + pack(TEXT[half:]))
    assert plain(one, tmp_path) == plain(two, tmp_path) == TEXT
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
@pytest.mark.parametrize("missing", [1, 9, 5_000])
def test_a_cut_compressed_file_is_refused(tmp_path: Path, suffix: str, missing: int) -> None:
    pack = gzip.compress if suffix == ".gz" else zstandard.ZstdCompressor().compress
    for number, packed in enumerate((pack(TEXT), pack(TEXT) + pack(TEXT))):
        path = put(tmp_path, f"cut{number}.csv{suffix}", packed[:-missing])
        with pytest.raises(DataError, match=rf"cut{number}\.csv{suffix}: not a whole"):
            plain(path, tmp_path)
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv.zst"])
def test_what_is_not_compressed_as_its_name_says_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="not a whole"):
        plain(put(tmp_path, name, TEXT), tmp_path)


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.csv.zst", "a.parquet"])
def test_a_file_of_no_bytes_is_a_fault(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="the file has no bytes"):
        plain(put(tmp_path, name, b""), tmp_path)


def test_compressed_nothing_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no bytes"):
        plain(put(tmp_path, "a.csv.gz", gzip.compress(b"")), tmp_path)


def test_types_stand_behind_the_compression() -> None:
    names = ("a.csv", "b.1.NDJSON.GZ", "c.parquet", "d", "e.gz")
    assert [inner_suffix(Path(name)) for name in names] == [".csv", ".ndjson", ".parquet", "", ""]


def test_patterns_find_files_in_order_of_their_paths(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "a.txt"):
        put(tmp_path, name, b"x")
    (tmp_path / "c.csv").mkdir()
    assert [path.name for path in matching_files(tmp_path, "*.csv")] == ["a.csv", "b.csv"]


@pytest.mark.parametrize("pattern", ["../*.csv", "a/../../b.csv", "/etc/passwd"])
def test_patterns_do_not_leave_the_project(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(SettingsError, match="leads out of the project"):
        matching_files(tmp_path, pattern)


@pytest.mark.parametrize("pattern", ["", "a**/b.csv"])
def test_what_is_no_pattern_is_a_fault_of_the_settings(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(SettingsError, match="no pattern"):
        matching_files(tmp_path, pattern)


def test_links_do_not_leave_the_project(tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside"
    project.mkdir()
    outside.mkdir()
    put(outside, "secret.csv", b"x")
    put(project, "own.csv", b"x")
    (project / "inner.csv").symlink_to(project / "own.csv")
    assert len(matching_files(project, "*.csv")) == 2
    (project / "folder").symlink_to(outside)
    with pytest.raises(SettingsError, match=r"folder/secret\.csv is a link"):
        matching_files(project, "folder/*.csv")
    (project / "file.csv").symlink_to(outside / "secret.csv")
    with pytest.raises(SettingsError, match=r"file\.csv is a link that leads out"):
        matching_files(project, "*.csv")


def test_dots_are_only_a_name_and_what_programs_leave_beside_files_is_no_export(
    tmp_path: Path,
) -> None:
    for name in ("a..b..csv", ".hidden.csv", "._a.csv", "~$a.csv"):
        put(tmp_path, name, b"x")
    assert [path.name for path in matching_files(tmp_path, "*.csv")] == ["a..b..csv"]


def test_the_content_decides_the_hash(tmp_path: Path) -> None:
    one, two = put(tmp_path, "a.csv", TEXT), put(tmp_path, "b.csv", TEXT)
    os.utime(two, (0, 0))
    assert content_hash(one) == content_hash(two)
    assert content_hash(put(tmp_path, "c.csv", TEXT + b"\n")) != content_hash(one)
