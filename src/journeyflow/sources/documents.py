"""JSON documents: one record a line, or one array or envelope a file; text is kept as it is."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from journeyflow.errors import DataError
from journeyflow.sources.delimited import BATCH, LINE_FEED, LONGEST_LINE, Fault

BLOCK = 8 << 20
OPENING = ord("{")
SCHEMA = pa.schema([("line", pa.int64()), ("record", pa.string())])
ABSENT = object()


def json_batches(
    path: Path, name: str, records_at: str | None, faults: list[Fault]
) -> Iterator[pa.RecordBatch]:
    """Yield (line, record as JSON text); whole-file documents are told from NDJSON by content.

    `records_at` is the key of the list inside an envelope, or the path of keys that leads to it:
    `result.data`. Raises DataError for a document that ends early or holds no list of records.
    """
    if _is_document(path, records_at):
        yield from _batches(_document(path, name, records_at), 0, faults)
        return
    count = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if not block.endswith(b"\n"):
                block += file.readline(LONGEST_LINE + 1)
            plain = _plain_lines(block)
            if plain is not None:
                numbers = pa.array(range(count + 1, count + 1 + len(plain)), pa.int64())
                yield pa.record_batch([numbers, plain], schema=SCHEMA)
                count += len(plain)
            else:
                records = [*_lines(block, name)]
                yield from _batches(records, count, faults)
                count += len(records)


def _batches(
    records: Iterable[str | Fault], before: int, faults: list[Fault]
) -> Iterator[pa.RecordBatch]:
    lines: list[int] = []
    texts: list[str] = []
    for number, record in enumerate(records, start=before + 1):
        if isinstance(record, Fault):
            faults.append(Fault(number, record.reason))
            continue
        lines.append(number)
        texts.append(record)
        if len(lines) == BATCH:
            yield pa.record_batch([lines, texts], schema=SCHEMA)
            lines.clear()
            texts.clear()
    if lines:
        yield pa.record_batch([lines, texts], schema=SCHEMA)


def _plain_lines(block: bytes) -> pa.StringArray | None:
    """Whole lines as texts, without a look at each; None where one might be no ordinary record."""
    if b"\0" in block:
        return None
    if not block.isascii():
        try:
            block.decode()
        except UnicodeDecodeError:
            return None
    letters = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(letters == LINE_FEED) + 1
    if not block.endswith(b"\n"):
        ends = np.append(ends, len(block))
    starts = np.concatenate(([0], ends[:-1]))
    if (letters[starts] != OPENING).any() or (ends - starts).max() > LONGEST_LINE:
        return None
    offsets = pa.py_buffer(np.concatenate(([0], ends)).astype(np.int32))
    return pa.StringArray.from_buffers(len(ends), offsets, pa.py_buffer(block))


def _is_document(path: Path, records_at: str | None) -> bool:
    """One object a line is NDJSON; an array, or an envelope around a list, is a document."""
    with path.open("rb") as file:
        first = b""
        while not first.strip():
            first = file.readline(LONGEST_LINE)
            if not first:
                return False
    if first.lstrip(b"\xef\xbb\xbf \t").startswith(b"["):
        return True
    try:
        parsed = json.loads(first)
    except (ValueError, RecursionError):
        return first.strip() == b"{" or records_at is not None
    return records_at is not None and _inside(parsed, records_at) is not ABSENT


def envelope_of(path: Path, known: Iterable[str]) -> str | None:
    """Which of the known paths of keys leads to a list of records in this document, if any does."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        return None  # lines of records, or damaged: whoever reads it says so
    for each in known:
        found = _inside(document, each)
        if isinstance(found, list) and all(isinstance(record, dict) for record in found):
            return each
    return None


def _inside(document: Any, path: str) -> Any:
    """What an envelope holds at a path of keys, ABSENT where one of them is missing."""
    for key in path.split("."):
        if not isinstance(document, dict) or key not in document:
            return ABSENT
        document = document[key]
    return document


def _document(path: Path, name: str, records_at: str | None) -> Iterator[str | Fault]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise DataError(f"{name}: not UTF-8 text ({fault.reason})", "export it again") from fault
    except (ValueError, RecursionError) as fault:
        message = f"{name}: not a whole JSON document ({fault}); it is truncated or damaged"
        raise DataError(message, "transfer or export the file again") from fault
    if isinstance(document, dict) and records_at:
        document = _inside(document, records_at)
    if not isinstance(document, list):
        expected = f"a list under {records_at!r}" if records_at else "a list of records"
        raise DataError(f"{name}: expected {expected}, found another kind of document")
    for record in document:
        if isinstance(record, dict):
            yield json.dumps(record)  # escaped: half a surrogate pair is a fault, not a crash
        else:
            yield Fault(0, "not a JSON object")


def _lines(block: bytes, name: str) -> Iterator[str | Fault]:
    with io.BytesIO(block) as file:
        while line := file.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                message = f"{name}: a line is longer than {LONGEST_LINE >> 20} MiB"
                raise DataError(message, "expected one JSON object a line")
            try:
                text = line.decode("utf-8-sig")
            except UnicodeDecodeError:
                yield Fault(0, "bytes that are not utf-8")
                continue
            if not text.strip():
                continue
            yield Fault(0, "a NUL byte") if "\0" in text else text
