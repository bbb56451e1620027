"""What the times of a Metrica export mean, and what proves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from journeyflow.errors import DataError
from tests.support.metrica import Row, visit, visits
from tests.support.reading import Desk, Read, bench

Opener = Callable[..., Desk]
URALS, BERLIN = "Asia/Yekaterinburg", "Europe/Berlin"
START = datetime(2025, 10, 1, 7, 0, tzinfo=UTC)  # noon in the Urals, UTC+5
DOCUMENTED, TRULY = timedelta(hours=3), timedelta(0)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opener]:
    """A desk for each zone and its other settings, made once."""
    desks: dict[str, tuple[Any, Desk]] = {}

    def open_desk(zone: str, **keys: Any) -> Desk:
        if (name := f"{zone} {keys}") not in desks:
            folder = tmp_path_factory.mktemp("times")
            bound = bench(
                folder,
                more="[checks]\nmax_reject_share = 1",
                format="metrica_visits",
                timezone=zone,
                **keys,
            )
            desks[name] = bound, bound.__enter__()
        return desks[name][1]

    yield open_desk
    for bound, _ in desks.values():
        bound.__exit__(None, None, None)


def text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def local(moment: datetime, zone: str) -> str:
    return text(moment.astimezone(ZoneInfo(zone)))


def began(number: int, moment: datetime, zone: str, said: timedelta, **cells: Any) -> Row:
    """A visit that began at a moment, as a counter of the zone exports it."""
    told = {"dateTime": local(moment, zone), "dateTimeUTC": text(moment + said)}
    return visit(number, **told, **cells)


def moments(read: Read) -> list[datetime]:
    return [row["occurred_at"] for row in read.rows]


@pytest.mark.parametrize("said", [DOCUMENTED, TRULY])
def test_both_readings_of_the_other_column_prove_the_zone(opened: Opener, said: timedelta) -> None:
    starts = [START + timedelta(hours=n) for n in range(4)]
    rows = [began(n, each, URALS, said) for n, each in enumerate(starts)]
    assert moments(opened(URALS).read("a.tsv", visits(rows))) == starts


@pytest.mark.parametrize("zone", ["Europe/Samara", "Europe/Kaliningrad", "Asia/Kolkata"])
def test_another_zone_is_refused_by_both_readings(opened: Opener, zone: str) -> None:
    """Moscow itself cannot be: what it calls UTC+3 is what three hours further east calls UTC."""
    rows = [began(n, START, zone, DOCUMENTED) for n in range(3)]
    with pytest.raises(DataError) as caught:
        opened(URALS).read("a.tsv", visits(rows))
    offset = START.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset
    hours = offset.total_seconds() / 3600
    assert caught.value.message.endswith(
        f"of 3 visits 3 contradict the declared zone: dateTime is {hours - 3:+g} h from "
        f"dateTimeUTC; {URALS} would make it +2 h (where dateTimeUTC is UTC+3, as documented) or "
        "+5 h (where it is UTC)"
    )
    assert f"one at UTC{hours:+g} h or at UTC{hours - 3:+g} h" in (caught.value.hint or "")


def test_a_file_of_both_readings_is_refused(opened: Opener) -> None:
    rows = [began(0, START, URALS, DOCUMENTED), began(1, START, URALS, TRULY)]
    with pytest.raises(DataError, match=r"UTC\+3 in 1 visits and UTC in 1"):
        opened(URALS).read("a.tsv", visits(rows))


def test_one_bad_file_of_a_batch_is_named(opened: Opener) -> None:
    good, bad = (visits([began(0, START, zone, TRULY)]) for zone in (URALS, "Asia/Kolkata"))
    first, second = opened(URALS).read_together({"good.tsv": good, "bad.tsv": bad})
    assert first.landing.fault is None
    assert second.landing.fault
    assert "bad.tsv: of 1 visits" in second.landing.fault.message


def test_without_a_zone_the_file_is_refused(tmp_path: Path) -> None:
    with (
        bench(tmp_path, format="metrica_visits") as desk,
        pytest.raises(DataError, match=r"a\.tsv: 1 times have no offset"),
    ):
        desk.read("a.tsv", visits([visit()]))


@pytest.mark.parametrize("said", [DOCUMENTED, TRULY])
@pytest.mark.parametrize("change", ["2025-10-26 01:00Z", "2025-03-30 01:00Z"])
def test_a_zone_with_summer_time_holds_on_both_sides(
    opened: Opener, change: str, said: timedelta
) -> None:
    turn = datetime.fromisoformat(change)
    starts = [turn + timedelta(hours=n) for n in (-72, -30, -2, 1, 2, 30, 72)]
    rows = [began(n, each, BERLIN, said) for n, each in enumerate(starts)]
    assert moments(opened(BERLIN).read("a.tsv", visits(rows))) == starts


def test_of_the_doubled_hour_the_first_is_read_and_said(opened: Opener) -> None:
    doubled = [datetime(2025, 10, 26, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    rows = [began(n, each, BERLIN, DOCUMENTED) for n, each in enumerate(doubled)]
    read = opened(BERLIN).read("a.tsv", visits(rows))
    assert [row["time_flag"] for row in read.rows] == ["ambiguous"] * 2
    assert moments(read) == [doubled[0]] * 2


def test_a_time_that_the_zone_skipped_is_no_time(opened: Opener) -> None:
    read = opened(BERLIN).read("a.tsv", visits([visit(dateTime="2025-03-30 02:30:00")]))
    assert [reason for *_, reason in read.rejects] == ["a local time that its zone skipped"]


OFFSETS = {"+03:00": DOCUMENTED, "+00:00": TRULY}


def reached(zone: str, offset: str, what: str, delay: timedelta, count: int = 6) -> list[Row]:
    """Visits each with one goal or purchase, whose time is written with the offset."""
    at = START + delay
    time = local(at, zone) if offset == "local" else text(at + OFFSETS[offset])
    told: dict[str, dict[str, Any]] = {
        "goals": {"goalsID": [5], "goalsDateTime": [time]},
        "purchases": {"purchaseID": ["A"], "purchaseDateTime": [time]},
    }
    return [began(n, START, zone, TRULY, **told[what]) for n in range(count)]


@pytest.mark.parametrize("what", ["goals", "purchases"])
@pytest.mark.parametrize("offset", ["+03:00", "+00:00", "local"])
def test_times_inside_visits_are_read_with_the_offset_that_is_set(
    opened: Opener, offset: str, what: str
) -> None:
    at = START + timedelta(minutes=1)
    file = visits(reached(URALS, offset, what, at - START))
    read = opened(URALS, inner_offset=offset).read("a.tsv", file)
    assert moments(read) == [START, at] * 6
    assert all(row["attributes"] == {} for row in read.rows)
    if offset == "+03:00":
        assert moments(opened(URALS).read("a.tsv", file)) == moments(read)
        return
    with pytest.raises(DataError, match=f"of 6 times of {what} 0 lie inside .* 6 with") as caught:
        opened(URALS).read("a.tsv", file)
    assert f'inner_offset = "{offset}"' in (caught.value.hint or "")


def test_times_that_need_another_offset_than_those_beside_them_are_refused(opened: Opener) -> None:
    goals, bought = (
        reached(URALS, offset, what, timedelta(minutes=1))
        for offset, what in (("+03:00", "goals"), ("local", "purchases"))
    )
    rows = [one | other for one, other in zip(goals, bought, strict=True)]
    with pytest.raises(DataError, match="of 6 times of purchases 0 lie inside"):
        opened(URALS).read("a.tsv", visits(rows))


def test_what_was_reported_from_elsewhere_proves_nothing(opened: Opener) -> None:
    inside = reached(URALS, "+03:00", "goals", timedelta(minutes=1), 5)
    later = reached(URALS, "+03:00", "goals", timedelta(days=3), 50)
    rows = [{**row, "visitID": str(10**18 + n)} for n, row in enumerate([*inside, *later])]
    read = opened(URALS).read("a.tsv", visits(rows))
    assert len(read.rows) == 110


@pytest.mark.parametrize(
    ("minutes", "offline"),
    [(-61, True), (-1, False), (0, False), (32, False), (33, True), (60 * 24 * 21, True)],
)
def test_what_lies_half_an_hour_after_its_visit_happened_elsewhere(
    opened: Opener, minutes: int, offline: bool
) -> None:
    """A visit of two minutes: the half hour is that after which a visit is another one."""
    for what in ("goals", "purchases"):
        (row,) = reached(URALS, "+03:00", what, timedelta(minutes=minutes), 1)
        read = opened(URALS).read("a.tsv", visits([row]))
        assert read.rows[1]["attributes"] == ({"offline": "true"} if offline else {})


def test_local_times_inside_visits_know_the_clock_changes(opened: Opener) -> None:
    desk = opened(BERLIN, inner_offset="local")
    goals = ["2025-10-26 02:31:00", "2025-03-30 02:31:00", "2025-10-26 02:31:00+02:00"]
    at = {"dateTime": "2025-10-26 02:30:00"}
    rows = [visit(n, **at, goalsID=[5], goalsDateTime=[each]) for n, each in enumerate(goals)]
    read = desk.read("a.tsv", visits(rows))
    assert [(row["kind"], row["time_flag"]) for row in read.rows] == [
        ("visit", "ambiguous"), ("goal 5", "ambiguous"), ("visit", "ambiguous"),
        ("visit", "ambiguous"),
    ]  # fmt: skip
    assert [(line, reason) for line, _, _, reason in read.rejects] == [
        (2, "a local time that its zone skipped"),
        (3, "not a time"),
    ]
    assert read.rows[1]["occurred_at"] - read.rows[0]["occurred_at"] == timedelta(minutes=1)
