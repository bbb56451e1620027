"""Properties: how a text is encoded and how a moment is written are found, whatever they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeyflow.check.looking import find_encoding
from journeyflow.check.profile import connect, profile
from journeyflow.check.times import TimeColumn, find_times

TEXT = "Дата;Событие;Телефон\n01.03.2024;Просмотр каталога;8 916 123-45-67\n02.03.2024;Звонок\n"
WRITTEN = (
    "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%y %H:%M", "%m/%d/%Y %I:%M %p",
    "%d/%m/%Y %H:%M:%S",
    "%Y/%m/%d %H:%M", "%d %b %Y %H:%M", "%B %d, %Y %H:%M", "%Y%m%d %H:%M", "%d/%b/%Y:%H:%M:%S",
)  # fmt: skip
MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2024, 12, 31))  # noqa: DTZ001


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r", "cp866"])
def test_russian_text_in_each_of_its_encodings(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((TEXT * 3).encode(codec))
    found = find_encoding(path)
    assert (TEXT * 3).encode(codec).decode(found.codec).lstrip("\ufeff") == TEXT * 3
    assert found.proposed == (codec in ("cp1251", "koi8-r", "cp866"))
    assert (found.declared is None) == (not found.proposed)


def test_a_few_bad_bytes_do_not_turn_utf8_into_something_else(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((TEXT * 50).encode() + b"\xff\n")
    assert find_encoding(path).codec == "utf-8"


def found_in(values: list[str], name: str = "ts") -> list[TimeColumn]:
    con = connect()
    con.register("given", pa.table({"line": list(range(1, len(values) + 1)), "c0": values}))
    con.execute("create table raw as from given")
    found = find_times(profile(con, [name]))
    con.close()
    return found


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=40)
@given(st.lists(MOMENTS, min_size=3, max_size=12), st.sampled_from(WRITTEN))
def test_moments_are_read_as_they_were_written_or_asked_for(
    moments: list[datetime], written: str
) -> None:
    (found,) = found_in([f"{each:{written}}" for each in moments])
    formats = {found.format, found.other}
    if found.format is None:  # ISO needs no format
        assert written.startswith("%Y-")
        return
    texts = [f"{each:{written}}" for each in moments]
    readings = [
        [datetime.strptime(text, format) for text in texts]  # noqa: DTZ007
        for format in formats
        if format
    ]
    meant = [datetime.strptime(text, written) for text in texts]  # noqa: DTZ007
    assert meant in readings
    assert found.fits == 1


@pytest.mark.parametrize(
    ("scale", "name"), [(1, "epoch_s"), (1000, "epoch_ms"), (10**6, "epoch_us")]
)
def test_seconds_since_1970(scale: int, name: str) -> None:
    (found,) = found_in([str(1_700_000_000 * scale + n) for n in range(5)])
    assert (found.format, found.has_offset) == (name, True)


@pytest.mark.parametrize(
    "values",
    [
        ["9161234567", "9031234567", "9251234567"],
        ["1", "2", "3"],
        ["1.5", "2.25", "10.75"],
        ["u-1", "u-2", "u-3"],
        ["10:15", "11:20", "12:30"],
        ["2024-01", "2024-02", "2024-03"],
        ["99.99.2024", "88.88.2024", "77.77.2024"],
    ],
)
def test_what_is_no_moment(values: list[str]) -> None:
    assert found_in(values, name="number") == []


def test_moments_to_come_are_none() -> None:
    later = datetime.now(UTC) + timedelta(days=400)
    assert found_in([f"{later + timedelta(days=n):%Y-%m-%d}" for n in range(5)]) == []
