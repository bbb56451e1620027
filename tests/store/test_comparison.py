"""Segments side by side, asked of a store; the statistics are proven in tests/analysis."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from journeyflow.analysis.shares import wilson
from journeyflow.errors import SettingsError
from journeyflow.store import Store, open_store
from tests.support.published import Journey, visit, write_published

DAY = timedelta(days=1)


def _journeys() -> Iterator[Journey]:
    """Phones convert less in either region, and more in all, since most of them are in Tver."""
    told = {  # (device, region): converted, lost
        ("phone", "Tver"): (40, 40), ("desktop", "Tver"): (12, 8),
        ("phone", "Omsk"): (2, 18), ("desktop", "Omsk"): (16, 64),
    }  # fmt: skip
    for (device, region), (converted, lost) in told.items():
        for n in range(converted + lost):
            yield visit(
                f"{device}{region}{n}",
                "Home",
                *["Order"] * (n < converted),
                outcome="converted" if n < converted else "lost",
                attributes={"device": device, "region": region},
                pace=DAY,
            )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("segments")
    write_published(folder, _journeys())
    with open_store(folder) as opened:
        yield opened


def test_rates_of_segments_and_what_they_rather_are_due_to(store: Store) -> None:
    found = store.compare("device", strata=["region"])
    table = found.table.set_index("segment")
    # 42 of 100 phones and 28 of 100 desktops, all of them seen to the end.
    assert table["rate"].to_dict() == pytest.approx({"phone": 0.42, "desktop": 0.28})
    assert table["persons"].tolist() == [100, 100]
    assert table.loc["phone", "difference"] == pytest.approx(0.14)
    assert table.loc["phone", "verdict"] == "higher"
    checked = found.strata.set_index("segment").loc["phone"]
    # Half of all are in either region: (0.5 - 0.6 + 0.1 - 0.2) / 2.
    assert checked["standardised"] == pytest.approx(-0.1)
    assert checked["pooled"] == pytest.approx(0.14)
    assert found.switches["within_s"] == DAY.total_seconds()


def test_a_stage_of_some_journeys_and_segments_that_are_put_together(store: Store) -> None:
    found = store.only({"region": "Tver"}).compare("device", "awareness", top=1, strata=[])
    table = found.table.set_index("segment")
    assert table["n"].to_dict() == {"phone": 80, "(other)": 20}
    assert table["rate"].to_dict() == pytest.approx({"phone": 0.5, "(other)": 0.6})
    assert found.strata.empty


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ({"by": "devise"}, "Did you mean 'device'"),
        ({"by": "device", "measure": "awarness"}, "Did you mean 'awareness'"),
        ({"by": "device", "measure": "purchase"}, "a stage that has a next one"),
        ({"by": "device", "against": "tablet"}, "phone"),
        ({"by": "device", "strata": ["regoin"]}, "Did you mean 'region'"),
    ],
)
def test_what_does_not_exist_is_named_with_what_does(
    store: Store, asked: dict[str, object], hint: str
) -> None:
    with pytest.raises(SettingsError) as fault:
        store.compare(**asked)  # type: ignore[arg-type]
    assert hint in str(fault.value.hint)


def test_of_nothing_there_is_nothing_to_compare(tmp_path: Path) -> None:
    write_published(tmp_path, [])
    with open_store(tmp_path) as empty:
        assert empty.compare("device").table.empty


def test_funnels_variants_and_expectations_of_what_matches_a_pattern(store: Store) -> None:
    bought = store.only(matching="Home > Order")
    funnel = bought.funnel(["Home", "Order"], window="2d")
    assert funnel["count"].tolist() == [70, 70]
    assert funnel.attrs["total"] == 70
    assert funnel.attrs["switches"]["window"] == "2d"
    assert store.funnel(["Home", "Order"])["count"].tolist() == [200, 70]
    assert bought.variants().journeys == 70
    assert store.conformance(["Home", "Order"]).groups["exact"].sum() == 70
    with pytest.raises(SettingsError, match="no touchpoint"):
        store.only(matching="Home > Ordre")
    with pytest.raises(SettingsError, match="No expected journey is named 'ideal'"):
        store.conformance("ideal")


def test_links_if_half_of_the_lost_were_kept_or_all_as_well_as_by_the_best(store: Store) -> None:
    # 200 come to Home, 70 order and 130 are lost there: half of these kept are 65 conversions.
    links = store.weakest_links(recover=0.5, draws=0).set_index("name")
    assert links.loc["Home", "gain"] == pytest.approx(65 / 200)
    with pytest.raises(SettingsError, match="level is 'page'"):
        store.weakest_links("page")
    best = store.benchmark("region").set_index("touchpoint").loc["Home"]
    # Of 100 from Tver 48 were lost; of the interval's upper end the best can be sure.
    assert best["segment"] == "Tver"
    assert best["benchmark"] == pytest.approx(wilson(48, 100)[1])
    assert best["gain"] == pytest.approx(130 / 200 - wilson(48, 100)[1])
