"""What advertising truly cost, told by each platform in its own way."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from journeyflow.errors import SettingsError
from journeyflow.simulate import simulate
from journeyflow.simulate.clock import Period
from journeyflow.simulate.faults import NONE, PLANTED
from journeyflow.simulate.lenses import platforms
from journeyflow.simulate.lenses.costs import spent, spent_at_google
from journeyflow.simulate.run import LAST_DAY
from journeyflow.simulate.world import Company, live
from tests.support.projects import Project, lean

from .systems import planted

PERSONS, DAYS = 200, 60
PLATFORMS = (platforms.DIRECT, platforms.GOOGLE, platforms.VK, platforms.EXPENSES)
# Where a row of the table is told under another campaign, or without its impressions.
CAMPAIGNS = {"vk": str(platforms.CAMPAIGN_IDS["vk"]), "google_ads": platforms.GOOGLE_CAMPAIGN}
UNSEEN = {"telegram", "outdoor"}


@pytest.fixture(scope="module", params=[False, True], ids=["clean", "faulty"])
def faults(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def true(faults: bool) -> Company:
    return live(7, PERSONS, Period.ending(LAST_DAY, DAYS), PLANTED if faults else NONE)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, faults: bool) -> Project:
    folder = tmp_path_factory.mktemp("platforms")
    simulate(folder, persons=PERSONS, days=DAYS, faults=faults, costs="vendors")
    project = Project(folder, (lean(folder) / "journeyflow.toml").read_text("utf-8"))
    project.run()
    return project


def test_each_campaign_cost_each_day_what_it_truly_cost(project: Project, true: Company) -> None:
    marks = {"google_ads": ("google", "cpc")}
    expected = sorted(
        (
            spend.date,
            *marks.get(spend.key, (spend.channel.source, spend.channel.medium)),
            CAMPAIGNS.get(spend.key, spend.channel.campaign),
            0 if spend.key in UNSEEN else spend.shown,
            spend.clicks,
            spend.cost,
        )
        for spend in (*spent(true), *spent_at_google(true))
    )
    found = project.query(
        "select day::text as day, source, medium, campaign, coalesce(impressions, 0) as shown, "
        "coalesce(clicks, 0) as clicks, cost from costs order by all"
    )
    assert [tuple(each.values()) for each in found] == expected
    assert len({each["day"] for each in found}) == DAYS


def test_channels_cost_what_the_table_of_the_company_says_and_google_besides(
    project: Project, true: Company
) -> None:
    channels = {
        "search_ads": "Paid Search",
        "brand_ads": "Paid Search",
        "google_ads": "Paid Search",
        "vk": "Paid Social",
        "telegram": "Messenger",
        "outdoor": "Outdoor",
    }
    by_channel: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for spend in (*spent(true), *spent_at_google(true)):
        by_channel[channels[spend.key], spend.date] += spend.cost
    found = project.query(
        "select channel, day::text as day, sum(cost) as cost from costs group by all"
    )
    assert {(each["channel"], each["day"]): each["cost"] for each in found} == by_channel
    assert sum(spend.cost for spend in spent_at_google(true)) > 0


def test_what_is_no_row_is_counted_and_nothing_is_rejected(project: Project, faults: bool) -> None:
    files = project.query(
        "select source, count(*) as n, sum(skipped)::int as skipped, sum(duplicates)::int as again "
        f"from files where source in {PLATFORMS} group by all"
    )
    found = {each["source"]: (each["n"], each["skipped"]) for each in files}
    # Direct says how many rows there are, Google sums up twice.
    assert found == {
        platforms.DIRECT: (2 + faults, 2 + faults),
        platforms.GOOGLE: (2, 4),
        platforms.VK: (2, 0),
        platforms.EXPENSES: (2, 0),
    }
    again = Counter({each["source"]: each["again"] for each in files})
    assert +again == Counter({platforms.DIRECT: 3 * 2 * 2} if faults else {})
    assert ("corrected_costs" in planted(project)) is faults
    assert project.query(f"select * from rejects where source in {PLATFORMS}") == []
    assert project.query("select * from reconciliation where not holds") == []


def test_other_costs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="expected csv or vendors"):
        simulate(tmp_path, costs="meta")
