"""The outlook of a company whose every landmark is judged again here, from events alone."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from journeyflow.analysis.landmarks import ANY, chances
from journeyflow.analysis.open_journeys import open_journeys
from journeyflow.analysis.outlook import CLASSES
from journeyflow.errors import SettingsError
from journeyflow.store import Store, open_store
from journeyflow.warehouse.layout import script
from journeyflow.warehouse.models import load_model
from tests.support.projects import OPENED, Project, Row, having, settings, source

BEGIN = datetime(2025, 1, 1, 6, tzinfo=UTC)
END = BEGIN + timedelta(days=130)
CUT = END - timedelta(days=35)
DAY, LOST_AFTER = timedelta(days=1), timedelta(days=14)
COMPANY, CONVERSION, LOSS = "email_sent", "purchase", "deal_lost"
#: A deal that nothing settles keeps its journey open, however long the silence.
DEAL = "Request"
KINDS = ("Home", "Home", "Catalogue", "Catalogue", "Shop", COMPANY, COMPANY, CONVERSION, LOSS)
PAUSES = (
    timedelta(minutes=5), timedelta(hours=1), timedelta(hours=20), DAY, 2 * DAY, 4 * DAY, 9 * DAY,
    LOST_AFTER, LOST_AFTER + timedelta(microseconds=1), 20 * DAY,
)  # fmt: skip
Event = tuple[datetime, str]
Life = list[Event]


def lives(seed: int, persons: int = 200) -> dict[str, Life]:
    """What each person does; at times at the very hour at which journeys are looked at."""
    dice = random.Random(seed)
    found = {f"d{days}": [(BEGIN + timedelta(days=days), DEAL)] for days in (3, 40, 90)}
    for person in range(persons):
        at = BEGIN + timedelta(days=dice.randrange(125), hours=dice.choice([0, 0, 5, 11]))
        life: Life = []
        for _ in range(dice.randint(1, 9)):
            life.append((at, dice.choice(KINDS)))
            at += dice.choice(PAUSES) + timedelta(seconds=dice.choice([0, 0, 1, 77]))
        found[f"p{person}"] = [event for event in life if event[0] <= END]
    return found


def rows(told: dict[str, Life]) -> list[Row]:
    return [
        {"id": f"{who}-{number}", "ts": at.isoformat(), "kind": kind, "cookie": who,
         "touchpoint": kind, "deal_id": who if kind == DEAL else None}
        for who, life in told.items() for number, (at, kind) in enumerate(life)
    ]  # fmt: skip


def run(folder: Path, told: list[Row], until: datetime) -> Project:
    journeys = {
        "conversions": [CONVERSION], "losses": [LOSS], "lost_after": "14d",
        "company_kinds": [COMPANY], "observed_until": until.isoformat(),
    }  # fmt: skip
    project = Project(
        folder, settings(source(sessions=False), journeys=journeys, **having("outlook"))
    )
    project.write("exports/site/1.csv", told)
    project.run()
    return project


@dataclass
class Journey:
    """As far as it has been lived."""

    touchpoint: str
    seen_at: datetime
    converted_at: datetime | None = None
    lost_at: datetime | None = None

    def fate(self, until: datetime) -> tuple[str, datetime] | None:
        if self.converted_at:
            return "converted", self.converted_at
        if self.touchpoint == DEAL:
            return None
        silent = self.seen_at + LOST_AFTER + timedelta(microseconds=1)
        lost_at = self.lost_at or (silent if silent <= until else None)
        return ("lost", lost_at) if lost_at else None


def lived(life: Life, until: datetime) -> list[Journey]:
    """The journeys of a person by the definitions, from what happened by then."""
    found: list[Journey] = []
    for at, kind in life:
        if at > until:
            break
        last = found[-1] if found and not found[-1].lost_at else None
        near = last is not None and at - last.seen_at <= LOST_AFTER
        if last is None or not near:
            if kind == COMPANY:
                continue
            last = Journey(kind, at)
            found.append(last)
        last.touchpoint = kind
        if kind != COMPANY:
            last.seen_at = at
        if kind == CONVERSION and not last.converted_at:
            last.converted_at = at
        if kind == LOSS:
            last.lost_at = at
    return found


def judged_again(told: dict[str, Life]) -> dict[tuple[Any, ...], tuple[int, int]]:
    """Every open journey at every landmark: what was known then, and what came within 30 days.

    How many landmarks, and how many of these were the first of a silence in its class.
    """
    moments, silences = Counter[tuple[Any, ...]](), Counter[tuple[Any, ...]]()
    for life in told.values():
        whole = lived(life, END)
        before_that = None
        for before in range(130, 0, -1):
            moment = END - before * DAY
            then = lived(life, moment)
            if not then or then[-1].fate(moment):
                continue
            silent = moment - then[-1].seen_at
            of_class = max(each for each in CLASSES if timedelta(seconds=each) <= silent)
            fate = whole[len(then) - 1].fate(END)
            name, days = None, None
            if fate and fate[1] - moment <= 30 * DAY:
                name, days = fate[0], -(-(fate[1] - moment) // DAY)
            key = (then[-1].touchpoint, of_class, min(before, 65), name, days)
            standing = (sum(at <= moment for at, _ in life), of_class)
            moments[key] += 1
            silences[key] += standing != before_that
            before_that = standing
    return {key: (n, silences[key]) for key, n in moments.items()}


@pytest.fixture(scope="module")
def told() -> dict[str, Life]:
    return lives(11)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, told: dict[str, Life]) -> Project:
    return run(tmp_path_factory.mktemp("now"), rows(told), END)


@pytest.fixture
def store(project: Project) -> Iterator[Store]:
    with open_store(project.folder) as opened:
        yield opened


def internal(project: Project, sql: str) -> pd.DataFrame:
    private = str(project.folder / "warehouse/private.duckdb")
    with duckdb.connect(private, read_only=True, config=OPENED) as con:
        con.execute("use private.work")
        return con.sql(sql).to_arrow_table().to_pandas()


def asked_then(project: Project) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What was expected 35 days before the end, and the open journeys that were asked about."""
    counts = internal(project, load_model("analysis", "outlook_calibration").sql)
    asked = counts[counts["part"] == "asked"].groupby(["touchpoint", "silent_from_s"])["moments"]
    return chances(counts[counts["part"] == "fate"]), asked.sum()


def test_every_landmark_is_what_was_known_at_its_moment(
    project: Project, told: dict[str, Life]
) -> None:
    found = internal(project, "from landmarks")
    key = ["touchpoint", "silent_from_s", "days_before", "fate", "days_to_fate"]
    counted = {
        tuple(None if pd.isna(cell) else cell for cell in row): (moments, silences)
        for *row, moments, silences in found[[*key, "moments", "silences"]].itertuples(index=False)
    }
    expected = judged_again(told)
    assert sum(moments for moments, _ in expected.values()) > 3000
    assert counted == expected


def test_what_happened_later_changes_no_prediction(
    project: Project, told: dict[str, Life], tmp_path: Path
) -> None:
    known = {who: [event for event in life if event[0] <= CUT] for who, life in told.items()}
    mixed = {who: [*life, (CUT + 3 * DAY, CONVERSION)] for who, life in known.items()}
    changed = run(tmp_path / "changed", rows(mixed), END)
    then = run(tmp_path / "then", rows(known), CUT)
    expected, asked = asked_then(project)
    expected_too, asked_too = asked_then(changed)
    pd.testing.assert_frame_equal(expected, expected_too)
    pd.testing.assert_series_equal(asked, asked_too)
    converted = [
        each.query("select converted from outlook_calibration where part = 'all'")
        for each in (project, changed)
    ]
    assert converted[0] != converted[1]
    # And it is what a run of that day would have told.
    of_that_day = then.frame("outlook").set_index(["touchpoint", "silent_from_s"])
    same = expected.set_index(["touchpoint", "silent_from_s"])
    assert (same["reason"].isna()).sum() > 5
    for column in ("n", "followed", "p_convert_30d", "low", "high", "p_lost_30d", "p_expected"):
        figures = of_that_day.loc[same.index, column].astype(float)
        np.testing.assert_allclose(figures, same[column], rtol=1e-9)
    open_then = of_that_day["journeys"].drop(ANY, level=0)
    assert open_then[open_then > 0].sort_index().to_dict() == asked.to_dict()


def test_every_open_journey_has_its_outlook(store: Store, project: Project) -> None:
    journeys = store.open_journeys()
    (row,) = project.query("select count(*) as n from journeys where outcome = 'open'")
    assert len(journeys) == row["n"] > 20
    told = store.query("from outlook").set_index(["touchpoint", "silent_from_s"])
    assert told.drop(ANY, level=0)["journeys"].sum() == told.loc[ANY, "journeys"].sum() == row["n"]
    for each in journeys.itertuples():
        of_class = max(seconds for seconds in CLASSES if seconds <= each.silent_s)
        state = told.loc[(each.touchpoint, of_class)]
        figures = state[["p_expected", "expected_low", "expected_high"]].tolist()
        assert [each.expected, each.low, each.high] == pytest.approx(figures, nan_ok=True)
    assert journeys["expected"].dropna().is_monotonic_decreasing
    assert project.query("select * from reconciliation where not holds") == []


def test_open_journeys_are_asked_for_by_their_columns(store: Store) -> None:
    everybody = store.open_journeys()
    assert store.open_journeys(top=3)["journey_id"].tolist() == everybody["journey_id"][:3].tolist()
    returning = store.open_journeys({"returning": True})
    assert 0 < len(returning) < len(everybody)
    only = store.only({"returning": True}).open_journeys()
    pd.testing.assert_frame_equal(only, returning)
    assert store.open_journeys({"device": "phone"}).empty
    with pytest.raises(SettingsError, match="cannot be filtered by 'devise'"):
        store.open_journeys({"devise": 1})
    with pytest.raises(SettingsError, match="expected 1 or more"):
        store.open_journeys(top=0)
    with pytest.raises(SettingsError, match="does not fit"):
        store.open_journeys({"journey_number": "first"})


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of one's own, with the functions that the models call."""
    with duckdb.connect(config=OPENED) as opened:
        opened.execute("set TimeZone = 'UTC'")
        for name in ("hash_macros", "event_macros"):
            opened.execute(script(name))
        yield opened


def test_before_its_source_began_no_conversion_could_be_seen(
    con: duckdb.DuckDBPyConnection,
) -> None:
    con.execute(
        "create table pauses as select 'A' as touchpoint, null as fate, null::bigint as over, "
        "null::bigint as fate_days_before, 50::bigint as begun, 51 * 86400000000 as seen_before_us"
    )
    con.execute(
        "create table source_coverage as select source, $end::timestamptz - to_days(days) as "
        "covered_from from (values ('crm', 20), ('shop', 2), ('site', null)) as x (source, days)",
        {"end": END},
    )
    landmarks = load_model("everyone", "landmarks").sql
    # One of thirty conversions is too little for its source to count; two are not.
    for shop, days in ((1, 20), (2, 2)):
        con.execute(
            "create or replace table conversions as "
            "select if(n < $shop, 'shop', 'crm') as source from range(30) as x (n)",
            {"shop": shop},
        )
        query = f"select max(days_before), sum(moments) from ({landmarks})"
        assert con.execute(query, {"observed_until": END}).fetchall() == [(days, days)]


def test_rare_touchpoints_share_a_state(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "create table journeys as select *, $end::timestamptz - to_hours(hours) as ended_at, "
        "'p' as person_id, 'open' as outcome, 1 as steps from (values ('j1', 'Home', 1), "
        "('j2', 'Rare', 25)) as x (journey_id, last_touchpoint, hours)",
        {"end": END},
    )
    con.execute("create table project as select $end::timestamptz as observed_until", {"end": END})
    con.execute("create table touchpoints as select 'Rare' as touchpoint, 'purchase' as stage")
    con.execute(
        "create table outlook as select *, 0.1 as expected_low, 0.9 as expected_high, 9 as n, "
        "null as reason, 'Home' as next_touchpoint, 0.3 as next_p from (values "
        "('Home', 3600, 86400, 0.2e0), ('(other)', 86400, 259200, 0.4e0), ('(other)', 0, 3600, 1), "
        "('(any)', 3600, 86400, 1)) as x (touchpoint, silent_from_s, silent_until_s, p_expected)"
    )
    found = open_journeys(con, None, None)
    told = found[["journey_id", "touchpoint", "stage", "silent_s", "expected"]]
    assert told.astype(object).where(told.notna(), None).to_numpy().tolist() == [
        ["j2", "Rare", "purchase", 90_000.0, 0.4],
        ["j1", "Home", None, 3600.0, 0.2],
    ]
