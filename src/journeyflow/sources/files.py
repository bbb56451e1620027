"""Export files on disk: which ones a source means, and their bytes, whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

import zstandard

from journeyflow.errors import DataError, EnvironmentFault, SettingsError
from journeyflow.sources import workbooks

CHUNK = 1 << 20
COMPRESSED = {".gz": "gzip", ".zst": "Zstandard"}
# BigQuery numbers the parts of an export with twelve digits from zero; a stamp such as 202503020600
# is no such number. Others say that they are parts.
PART = re.compile(r"[-_]?0{6}\d{6}(?=\.)|[-_ .]?(?<![^\W_])part[-_ ]?\d+(?=[-_ .])", re.IGNORECASE)


def delivery_of(name: str) -> str:
    """What the parts of one export are called together; any other file is called by its name.

    Parts are one delivery, whatever day-replacing rule their source has: each may hold some rows
    of a day.
    """
    return PART.sub("", name)


def matching_files(directory: Path, pattern: str) -> list[Path]:
    """List the files below `directory` that `pattern` (a relative glob) means, by path.

    Raises SettingsError for a pattern or a link that leads out of the project: what is read
    nightly and unattended must be what the settings show.
    """
    parts = PurePosixPath(pattern)
    if parts.is_absolute() or ".." in parts.parts:
        message = f"{pattern!r} leads out of the project folder"
        raise SettingsError(message, "put or copy the exports below the project folder")
    root = directory.resolve()
    _refuse_unreadable(directory, parts)
    try:
        found = sorted(
            path
            for path in directory.glob(pattern)
            # What editors, Office and macOS leave beside a file is no export.
            if path.is_file() and not path.name.startswith((".", "~$"))
        )
    except (ValueError, IndexError, NotImplementedError) as fault:
        raise SettingsError(f"{pattern!r} is no pattern of file names: {fault}") from fault
    for path in found:
        try:
            str(path).encode()
        except UnicodeEncodeError:
            message = f"{str(path.relative_to(directory))!a}: a file name that is not UTF-8"
            raise SettingsError(message, "rename the file") from None
    for path in found:
        if not path.resolve().is_relative_to(root):
            message = f"{path.relative_to(directory)} is a link that leads out of the project"
            raise SettingsError(message, "copy the file itself below the project folder")
    return found


def _refuse_unreadable(directory: Path, pattern: PurePosixPath) -> None:
    """A folder that cannot be listed must not look like a quiet night: glob would pass it over."""
    folder = directory
    for part in pattern.parts[:-1]:
        if any(each in part for each in "*?["):
            break
        folder = folder / part
    if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK):
        message = f"{folder}: this user may not list the folder"
        raise EnvironmentFault(message, "give the right to read it, or mount it again")


def content_hash(path: Path) -> str:
    """SHA-256 of the file as it lies on disk, in hex: what the ledger knows a file by."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def inner_suffix(path: Path) -> str:
    """The type behind a compression suffix, `.csv` for `visits.csv.gz`, or inside a workbook."""
    suffixes = [each.lower() for each in path.suffixes]
    if suffixes and suffixes[-1] in COMPRESSED:
        suffixes.pop()
    if suffixes and suffixes[-1] == workbooks.SUFFIX:
        return ".csv"
    return suffixes[-1] if suffixes else ""


@contextmanager
def plain_bytes(
    path: Path, scratch: Path, name: str | None = None, decimal: str = "."
) -> Iterator[Path]:
    """Give the path of the file's bytes without compression, checked to the last one.

    A compressed file is unpacked whole into `scratch` and removed afterwards, a workbook written
    there as text with the sign `decimal`. Every gzip member is read; `name` is what messages call
    it. Raises DataError for a file of no bytes, a truncated or a damaged one.
    """
    name = name or path.name
    if path.stat().st_size == 0:
        message = f"{name}: the file has no bytes"
        raise DataError(message, "export it again; a quiet night is a header without rows")
    if path.suffix.lower() not in (*COMPRESSED, workbooks.SUFFIX):
        yield path
        return
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.suffix.lower() == workbooks.SUFFIX:
        with tempfile.NamedTemporaryFile(
            "w", dir=scratch, suffix=".csv", encoding="utf-8-sig", newline=""
        ) as text:
            workbooks.write_text(path, text, name, decimal)
            text.flush()
            yield Path(text.name)
        return
    with tempfile.NamedTemporaryFile(dir=scratch, suffix=inner_suffix(path)) as unpacked:
        _unpack(path, unpacked, name)
        unpacked.flush()
        yield Path(unpacked.name)


def _unpack(path: Path, target: IO[bytes], name: str) -> None:
    kind = COMPRESSED[path.suffix.lower()]
    try:
        if path.suffix.lower() == ".gz":
            with gzip.open(path, "rb") as packed:
                shutil.copyfileobj(packed, target, CHUNK)
        else:
            with path.open("rb") as file:
                _unpack_zstd(file, target)
    except (EOFError, gzip.BadGzipFile, zlib.error, zstandard.ZstdError) as fault:
        message = f"{name}: not a whole {kind} file ({fault}); it is truncated or damaged"
        raise DataError(message, "transfer or export the file again") from fault
    if target.tell() == 0:
        raise DataError(f"{name}: the {kind} file holds no bytes", "export it again")


def _unpack_zstd(file: IO[bytes], target: IO[bytes]) -> None:
    """Unpack frame after frame; the stream reader alone would accept a cut last frame."""
    frame, ended = zstandard.ZstdDecompressor().decompressobj(), True
    while chunk := file.read(CHUNK):
        while chunk:
            target.write(frame.decompress(chunk))
            chunk, ended = frame.unused_data, frame.eof
            if ended:
                frame = zstandard.ZstdDecompressor().decompressobj()
    if not ended:
        raise EOFError("the last frame ends early")
