from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from journeyflow.errors import DataError
from journeyflow.sources import columnar
from journeyflow.sources.columnar import parquet_batches


def read(tmp_path: Path, **columns: pa.Array) -> list[tuple[object, ...]]:
    path = tmp_path / "t.parquet"
    parquet.write_table(pa.table(columns), path)
    batches = parquet_batches(path, path.name, list(columns))
    return [tuple(row.values()) for batch in batches for row in batch.to_pylist()]


def one(tmp_path: Path, values: pa.Array) -> list[object]:
    return [value for _, value in read(tmp_path, c=values)]


def test_ids_that_became_doubles_are_ids_again(tmp_path: Path) -> None:
    assert one(tmp_path, pa.array([17850.0, None, 0.5, -3.0])) == ["17850", None, "0.5", "-3"]


def test_doubles_beyond_2_to_53_have_lost_digits(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"t\.parquet: the column 'c' holds doubles"):
        one(tmp_path, pa.array([1.772440000123456789e18]))


def test_integers_keep_all_their_digits(tmp_path: Path) -> None:
    values = pa.array([1772440000123456789, None])
    assert one(tmp_path, values) == ["1772440000123456789", None]


def test_moments_keep_their_fraction_and_say_if_they_are_utc(tmp_path: Path) -> None:
    moment = datetime(2026, 10, 1, 9, 30, 0, 123456, tzinfo=UTC)
    zoned = pa.array([moment, None], pa.timestamp("us", "Europe/Moscow"))
    naive = pa.array([moment.replace(tzinfo=None), None], pa.timestamp("us"))
    assert one(tmp_path, zoned) == ["2026-10-01T09:30:00.123456Z", None]
    assert one(tmp_path, naive) == ["2026-10-01T09:30:00.123456", None]


def test_days_money_flags_and_categories_are_text(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        day=pa.array([date(2026, 10, 1)]),
        money=pa.array([Decimal("12.50")]),
        flag=pa.array([True]),
        word=pa.array(["a"]).dictionary_encode(),
    )
    assert rows == [(1, "2026-10-01", "12.50", "true", "a")]


@pytest.mark.parametrize("values", [pa.array([[1]]), pa.array([b"\xff"]), pa.array([{"a": 1}])])
def test_what_is_no_plain_value_names_its_column(tmp_path: Path, values: pa.Array) -> None:
    with pytest.raises(DataError, match=r"t\.parquet: the column 'c'"):
        one(tmp_path, values)


def test_lines_count_on_across_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columnar, "BATCH", 3)
    rows = read(tmp_path, c=pa.array([str(n) for n in range(8)]))
    assert rows == [(n + 1, str(n)) for n in range(8)]


def test_a_missing_column_and_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    parquet.write_table(pa.table({"c": pa.array([], pa.string())}), path)
    assert list(parquet_batches(path, "t.parquet", ["c"])) == []
    with pytest.raises(DataError, match="no column 'd'"):
        list(parquet_batches(path, "t.parquet", ["d"]))


@pytest.mark.parametrize("share", [0.2, 0.6, 0.99])
def test_a_cut_or_damaged_file_is_refused(tmp_path: Path, share: float) -> None:
    path = tmp_path / "t.parquet"
    parquet.write_table(pa.table({"c": [str(n) for n in range(5000)]}), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(DataError, match=r"t\.parquet: not a whole Parquet file"):
        list(parquet_batches(path, path.name, ["c"]))
    path.write_bytes(whole[:100] + b"\xff" * 4000 + whole[4100:])
    with pytest.raises(DataError, match=r"t\.parquet: a damaged Parquet file"):
        list(parquet_batches(path, path.name, ["c"]))
