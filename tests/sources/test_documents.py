from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.errors import DataError
from journeyflow.sources.delimited import Fault
from journeyflow.sources.documents import envelope_of, json_batches

Records = list[tuple[int, Any]]


def read(path: Path, records_at: str | None = None) -> tuple[Records, list[Fault]]:
    faults: list[Fault] = []
    rows = [
        (row["line"], json.loads(row["record"]))
        for batch in json_batches(path, path.name, records_at, faults)
        for row in batch.to_pylist()
    ]
    return rows, faults


def put(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "d.json"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
objects = st.lists(st.dictionaries(st.text(max_size=3), scalars | st.lists(scalars)), max_size=6)


@given(objects, st.booleans(), st.sampled_from((None, 2)))
def test_lines_arrays_and_envelopes_hold_the_same_records(
    tmp_path_factory: pytest.TempPathFactory, records: list[Any], bom: bool, indent: int | None
) -> None:
    folder = tmp_path_factory.getbasetemp()
    expected = (list(enumerate(records, 1)), [])
    mark = "\ufeff" if bom else ""
    lines = "\n\n".join(json.dumps(each, ensure_ascii=False) for each in records)
    array = json.dumps(records, indent=indent)
    envelope = json.dumps({"page": 1, "calls": records}, indent=indent)
    answer = json.dumps({"id": 1, "result": {"metadata": {}, "data": records}}, indent=indent)
    assert read(put(folder, mark + lines + "\n")) == expected
    assert read(put(folder, mark + array), "calls") == read(put(folder, array)) == expected
    assert read(put(folder, mark + envelope), "calls") == expected
    assert read(put(folder, mark + answer), "result.data") == expected


@pytest.mark.parametrize(
    ("whole", "records_at"),
    [
        ('[{"a": 1}, {"a": 2}]', "calls"),
        ('{"page": 1, "calls": [{"a": 1}]}', "calls"),
        ('{"result": {"data": [{"a": 1}]}}', "result.data"),
    ],
)
def test_a_cut_document_is_refused(tmp_path: Path, whole: str, records_at: str) -> None:
    for missing in range(1, len(whole) - 1):
        with pytest.raises(DataError, match=r"d\.json: (not a whole|expected a list)"):
            read(put(tmp_path, whole[:-missing]), records_at)


@pytest.mark.parametrize(
    ("text", "records_at"),
    [
        ('{\n"calls": {"a": 1}\n}', "calls"),
        ('{"result": {"data": null}}', "result.data"),
        ('{\n"result": ["data"]\n}', "result.data"),
        ('{\n"result.data": [{"a": 1}]\n}', "result.data"),
    ],
)
def test_an_envelope_without_its_list_is_refused(
    tmp_path: Path, text: str, records_at: str
) -> None:
    with pytest.raises(DataError, match=f"expected a list under '{records_at}'"):
        read(put(tmp_path, text), records_at)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"page": 1, "calls": []}', "calls"),
        ('{\n"result": {"data": [{"a": 1}]}\n}', "result.data"),
        ('{"calls": 3}\n{"calls": 4}', None),
        ('{"calls": [1]', None),
        ('[{"calls": [1]}]', None),
        ('{"a": "broken\n{"calls": [1]}', None),
        ("", None),
    ],
)
def test_an_envelope_is_known_by_the_list_in_it(
    tmp_path: Path, text: str, found: str | None
) -> None:
    assert envelope_of(put(tmp_path, text), ("calls", "result.data")) == found


def test_records_that_look_like_an_envelope_without_a_list_are_lines(tmp_path: Path) -> None:
    lines = [{"result": "sold"}, {"result": {"sum": 1}}]
    path = put(tmp_path, "\n".join(map(json.dumps, lines)))
    assert read(path, "result.data") == ([*enumerate(lines, 1)], [])


def test_broken_lines_keep_their_number(tmp_path: Path) -> None:
    path = put(tmp_path, b'{"a": 1}\n\n{"a": "\xff"}\n{"a": "\x00"}\n{"a": 4}')
    assert read(path) == (
        [(1, {"a": 1}), (4, {"a": 4})],
        [Fault(2, "bytes that are not utf-8"), Fault(3, "a NUL byte")],
    )


def test_records_that_are_no_objects_keep_their_number(tmp_path: Path) -> None:
    path = put(tmp_path, '[{"a": 1}, 7, "x", {"a": 2}]')
    assert read(path) == (
        [(1, {"a": 1}), (4, {"a": 2})],
        [Fault(2, "not a JSON object"), Fault(3, "not a JSON object")],
    )


def test_a_line_of_20_mb_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, '{"a": 1}\n{"a": "' + "x" * 20_000_000 + '"}')
    with pytest.raises(DataError, match=r"d\.json: a line is longer than 16 MiB"):
        read(path)


def test_an_array_on_one_line_may_be_longer(tmp_path: Path) -> None:
    records = [{"a": "x" * 1_000_000, "n": n} for n in range(18)]
    rows, faults = read(put(tmp_path, json.dumps(records)))
    assert [row["n"] for _, row in rows] == list(range(18))
    assert faults == []


def test_brackets_without_end_are_a_fault_and_no_crash(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not a whole JSON document"):
        read(put(tmp_path, "[" * 200_000))


def test_numbers_of_19_digits_keep_their_last(tmp_path: Path) -> None:
    path = put(tmp_path, '[{"id": 1772440000123456789}]')
    faults: list[Fault] = []
    (batch,) = json_batches(path, "d.json", None, faults)
    assert "1772440000123456789" in batch.to_pylist()[0]["record"]
