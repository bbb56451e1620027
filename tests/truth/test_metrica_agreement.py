"""A company whose second counter is Yandex Metrica: what its two exports become, against the truth.

The same people with the mapped second counter stand beside it: both must find the same journeys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import journeyflow as jf
from journeyflow.simulate import simulate
from journeyflow.simulate.acts import Act
from journeyflow.simulate.agreement import Agreement, agreement
from journeyflow.simulate.clock import Period
from journeyflow.simulate.faults import PLANTED
from journeyflow.simulate.lenses.metrica_reached import goods_of
from journeyflow.simulate.run import LAST_DAY
from journeyflow.simulate.world import live
from tests.support.projects import lean

PERSONS, SEED, DAYS = 1000, 6, 90
CHANNELS = {
    "direct": "Direct",
    "yandex": "Organic Search",
    "google": "Organic Search",
    "search_ads": "Paid Search",
    "brand_ads": "Paid Search",
    "google_ads": "Paid Search",
    "vk": "Paid Social",
    "telegram": "Messenger",
    "referral": "Referral",
    "email": "Email",
}
# What a line tells that the last delivery of its day replaces, or only repeats.
NOT_IN_FORCE = "('duplicate', 'superseded')"
TRUTH = "(select * from read_parquet('{path}') where source in ('visits', 'hits'))"
# A line may tell of several calls: of one kind, at different times.
SHOWN = """(
    select e.*, t.act, t.note, t.touchpoint as true_touchpoint from events as e
    inner join {truth} as t using (source, file, line, kind)
    where e.occurred_at = date_trunc('second', t.occurred_at)
)"""


@dataclass(frozen=True)
class Run:
    """A simulated company that was run."""

    folder: Path
    store: jf.Store
    found: Agreement

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The answer of the store; {truth} are the true rows of visits and hits, {shown} the
        events beside what they truly are."""
        truth = TRUTH.format(path=self.folder / "truth" / "events.parquet")
        sql = sql.format(truth=truth, shown=SHOWN.format(truth=truth))
        return list(self.store.query(sql).itertuples(index=False, name=None))


def run(folder: Path, second_counter: str) -> Iterator[Run]:
    simulate(folder, persons=PERSONS, seed=SEED, days=DAYS, second_counter=second_counter)
    jf.run(lean(folder))
    with jf.open_store(folder) as store:
        yield Run(folder, store, agreement(folder, store.path))


@pytest.fixture(scope="module")
def metrica(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    yield from run(tmp_path_factory.mktemp("metrica"), "metrica")


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    yield from run(tmp_path_factory.mktemp("mapped"), "csv")


@pytest.fixture(scope="module")
def acts() -> dict[int, Act]:
    """What truly happened, by the number that the truth gives it."""
    company = live(SEED, PERSONS, Period.ending(LAST_DAY, DAYS), PLANTED)
    return {act.number: act for act in company.acts}


def test_persons_and_journeys_are_found_as_well_as_with_a_mapped_counter(
    metrica: Run, mapped: Run
) -> None:
    one, other = metrica.found, mapped.found
    assert one.journeys == other.journeys > 800
    assert (one.same_path, one.same) == (other.same_path, other.same)
    assert one.share >= 0.99
    assert one.precision >= 0.98
    assert one.recall >= 0.95


def test_every_journey_is_the_one_that_the_mapped_counter_gives(metrica: Run, mapped: Run) -> None:
    told = (
        "select array_to_string(path, ' > '), first_channel, outcome, value::bigint, conversions, "
        "epoch(started_at)::bigint from journeys order by all"
    )
    assert metrica.rows(told) == mapped.rows(told)
    # A page loaded again later is a session of its own; else visits and hits begin no other ones.
    ((again,),) = metrica.rows(
        "select count(*) from {shown} where kind = 'visit' and note = 'reload'"
    )
    assert again == 3
    sessions = "select count(*) filter (channel <> 'Direct'), count(*) from sessions"
    ((arrived, made),) = mapped.rows(sessions)
    assert metrica.rows(sessions) == [(arrived, made + again)]


def test_each_act_that_is_shown_is_one_event_at_its_time(metrica: Run) -> None:
    shown = (
        "select source, file, line, kind, epoch(date_trunc('second', occurred_at))::bigint as at "
        f"from {{truth}} where note not in {NOT_IN_FORCE}"
    )
    told = (
        "select source, file, line, kind, epoch(occurred_at)::bigint as at from events "
        "where source in ('visits', 'hits')"
    )
    assert metrica.rows(f"{shown} except all {told}") == []
    assert metrica.rows(f"{told} except all {shown}") == []
    kinds = dict(metrica.rows("select kind, count(*) from {truth} group by kind"))
    assert kinds.keys() == {
        "visit", "page_view", "not_bounce", "event", "generate_lead", "payment_goal", "purchase",
        "call",
    }  # fmt: skip
    assert min(kinds.values()) >= 8


def test_events_have_their_true_touchpoint(metrica: Run) -> None:
    wrong = (
        "select kind, touchpoint, true_touchpoint from {shown} "
        "where participates and true_touchpoint is not null and touchpoint <> true_touchpoint"
    )
    assert metrica.rows(wrong) == []


def test_arrivals_have_their_true_channel(metrica: Run, acts: dict[int, Act]) -> None:
    wrong, seen = [], set()
    for number, channel in metrica.rows(
        "select act, channel from {shown} "
        "where kind in ('visit', 'page_view') and participates and act is not null"
    ):
        act = acts[number]
        if act.facts.get("lands") and act.visit:
            seen.add(channel)
            if channel != CHANNELS[act.visit.channel_key]:
                wrong.append((act.visit.channel_key, channel))
    assert wrong == []
    assert seen == set(CHANNELS.values())


def test_orders_are_counted_once_with_their_amount(metrica: Run, acts: dict[int, Act]) -> None:
    told = metrica.rows(
        "select distinct act from read_parquet('"
        f"{metrica.folder / 'truth' / 'events.parquet'}') where kind in ('contract_signed', "
        "'purchase') and occurred_at <= (select observed_until from project)"
    )
    deals = {deal.order_id: deal.amount for (act,) in told if (deal := acts[act].deal)}
    assert len(deals) > 10
    counted = metrica.rows("select count(*), sum(value)::bigint from conversions")
    assert counted == [(len(deals), sum(deals.values()))]


def test_payments_tell_amount_and_goods(metrica: Run, acts: dict[int, Act]) -> None:
    bought = metrica.rows(
        "select kind, act, value::bigint, coalesce(product, ''), same_conversion_as is not null "
        "from {shown} where kind in ('purchase', 'payment_goal') and participates"
    )
    assert len(bought) >= 16
    for kind, act, value, product, is_again in bought:
        deal = acts[act].deal
        assert deal is not None
        names = [name for name, _ in goods_of(deal)]
        one_name = names[0] if len(names) == 1 else ""
        # The goal is no conversion; the purchase is the CRM's once more.
        expected = (one_name, True) if kind == "purchase" else ("", False)
        assert (value, product, is_again) == (deal.amount, *expected)


def test_planted_flaws_are_found_and_counted(metrica: Run) -> None:
    again = (
        "select source, file, count(*) from {truth} "
        f"where note in {NOT_IN_FORCE} and (source = 'hits' or kind = 'visit') "
        "group by all order by all"
    )
    of_files = "from files where source in ('visits', 'hits')"
    found = f"select source, file, duplicates {of_files} and duplicates > 0 order by all"
    assert metrica.rows(found) == metrica.rows(again) != []
    headers = (
        f"select source, sum(skipped)::int, sum(rejects)::int {of_files} group by 1 order by 1"
    )
    assert metrica.rows(headers) == [("hits", 1, 0), ("visits", 1, 0)]
    robots = metrica.rows(
        "select source, is_bot, note = 'bot', count(*) from {shown} group by all order by all"
    )
    assert all(is_bot == is_true for _, is_bot, is_true, _ in robots)
    assert {source: n for source, is_bot, _, n in robots if is_bot}.keys() == {"visits", "hits"}
    assert metrica.rows("select count(*) from reconciliation where not holds") == [(0,)]
