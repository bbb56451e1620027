from __future__ import annotations

from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st

from journeyflow.simulate.acts import Act
from journeyflow.simulate.clock import DAY
from journeyflow.simulate.journeys import LOST_AFTER, Journey, cut, deal_is_open

from .conftest import Written

KINDS = ("page_view", "call", "email_sent", "deal_created", "contract_signed", "deal_lost")


def acts(*days_and_kinds: tuple[float, str]) -> list[Act]:
    return [
        Act(1, int(day * DAY), kind, kind, number=number)
        for number, (day, kind) in enumerate(days_and_kinds)
    ]


def spans(journeys: list[Journey]) -> list[list[int]]:
    return [[act.number for act in journey.acts] for journey in journeys]


def test_silence_splits_only_beyond_the_limit() -> None:
    assert spans(cut(1, acts((0, "page_view"), (45, "page_view")))) == [[0, 1]]
    assert spans(cut(1, acts((0, "page_view"), (45.01, "page_view")))) == [[0], [1]]


def test_a_newsletter_keeps_no_journey_alive_and_starts_none() -> None:
    story = acts((0, "page_view"), (40, "email_sent"), (50, "email_sent"), (60, "page_view"))
    assert spans(cut(1, story)) == [[0, 1], [3]]


def test_an_explicit_loss_ends_the_journey() -> None:
    story = acts((0, "call"), (1, "deal_created"), (5, "deal_lost"), (6, "call"))
    first, second = cut(1, story)
    assert spans([first, second]) == [[0, 1, 2], [3]]
    assert first.outcome(7 * DAY, deal_open=deal_is_open(first)) == "lost"
    assert second.outcome(7 * DAY, deal_open=deal_is_open(second)) == "open"


def test_an_open_deal_keeps_the_journey_open_through_silence() -> None:
    (journey,) = cut(1, acts((0, "call"), (1, "deal_created")))
    assert deal_is_open(journey)
    assert journey.outcome(80 * DAY, deal_open=True) == "open"
    assert journey.outcome(80 * DAY, deal_open=False) == "lost"
    assert journey.outcome(LOST_AFTER, deal_open=False) == "open"


def test_repeats_collapse_in_the_path() -> None:
    (journey,) = cut(1, acts((0, "call"), (1, "call"), (2, "page_view"), (3, "call")))
    assert journey.path == ["call", "page_view", "call"]


@given(st.lists(st.tuples(st.integers(0, 200), st.sampled_from(KINDS)), max_size=12))
def test_cutting_keeps_order_and_every_act_of_the_customer(story: list[tuple[int, str]]) -> None:
    told = acts(*sorted(story))
    kept = [act for journey in cut(1, told) for act in journey.acts]
    assert [act.number for act in kept] == sorted(act.number for act in kept)
    dropped = {act.kind for act in told} - {act.kind for act in kept}
    assert dropped <= {"email_sent", "deal_created"}
    counts = Counter(act.kind for act in told)
    counts.subtract(Counter(act.kind for act in kept))
    assert {kind for kind, missing in counts.items() if missing} <= {"email_sent", "deal_created"}


def test_true_journeys_add_up(default_company: Written) -> None:
    journeys = default_company.truth("journeys")
    converted = [journey for journey in journeys if journey["outcome"] == "converted"]
    assert len(converted) == default_company.summary.contracts
    value = sum(journey["value"] for journey in journeys)
    assert value == default_company.summary.figures["contracts"]["value"]
    used = [act for journey in journeys for act in journey["acts"]]
    assert len(used) == len(set(used))
    assert {journey["outcome"] for journey in journeys} == {"converted", "lost", "open"}
    per_person: dict[str, list[int]] = defaultdict(list)
    for journey in journeys:
        per_person[journey["person"]].append(journey["journey_number"])
    assert len(per_person) == 12_000
    for numbers in per_person.values():
        assert numbers == list(range(1, len(numbers) + 1))
    assert max(map(len, per_person.values())) > 1


def test_rows_of_one_act_agree_on_person_and_touchpoint(default_company: Written) -> None:
    seen: dict[int, tuple[str, str | None]] = {}
    for event in default_company.events:
        if event["act"] is not None:
            pair = (event["person"], event["touchpoint"])
            assert seen.setdefault(event["act"], pair) == pair


def test_identifiers_shown_as_somebodys_own_are_nobody_elses(default_company: Written) -> None:
    owner: dict[tuple[str, str], str] = {}
    for row in default_company.truth("persons"):
        key = (row["type"], row["value"])
        assert owner.setdefault(key, row["person"]) == row["person"]
