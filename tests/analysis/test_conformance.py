from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, groupby, pairwise, product
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.conformance import OPTIONAL, ConformanceTable, conformance
from journeyflow.analysis.expected import read_expected
from journeyflow.analysis.rates import TOO_FEW
from journeyflow.analysis.variants import RARER
from journeyflow.errors import SettingsError
from tests.support.published import LEDGER, SCHEMA, Journey, fill_ledger, visit

STATES = ["in_order", "out_of_order", "skipped", "left_out", "not_yet", "repeated"]


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        for table in (*LEDGER, "touchpoints", "stages"):
            con.execute(f"create table {table} ({SCHEMA[table]})")
        for name in ("Home", "Advert", "Catalogue", "Call", "Order", "Chat", "Form"):
            con.execute("insert into touchpoints (touchpoint) values (?)", [name])
        for name in ("awareness", "consideration", "purchase"):
            con.execute("insert into stages (name) values (?)", [name])
        yield con


def compare(
    con: duckdb.DuckDBPyConnection, told: Sequence[Journey], expected: Sequence[str], **options: Any
) -> ConformanceTable:
    fill_ledger(con, told)
    return conformance(con, expected, **options)


def states(table: ConformanceTable) -> list[list[int]]:
    return [list(row) for row in table.positions[STATES].itertuples(index=False)]


EXPECTED = ["Advert", "Catalogue?", "Call | Form", "Order"]


@pytest.mark.parametrize(
    ("path", "outcome", "fit", "found"),
    [
        # All four; and without the optional one.
        (("Advert", "Catalogue", "Call", "Order"), "converted", 1, "iiii"),
        (("Advert", "Form", "Order"), "converted", 1, "i-ii"),
        # A stranger is one removal of four steps; in place of the call it is one replacement.
        (("Advert", "Chat", "Call", "Order"), "lost", 3 / 4, "i-ii"),
        (("Advert", "Chat", "Order"), "lost", 2 / 3, "i-si"),
        # One of three is missing.
        (("Advert", "Order"), "converted", 2 / 3, "i-si"),
        # Two of three are missing, of the lost; of the open, one may still come, and none did.
        (("Advert",), "lost", 1 / 3, "i-ss"),
        (("Advert",), "open", 1, "innn"),
        (("Advert", "Call"), "open", 1, "i-in"),
        (("Call",), "open", 1 / 2, "s-in"),
        (("Chat",), "open", 0, "nnnn"),
        (("Chat",), "lost", 0, "s-ss"),
        # The earlier position is in order, the later one reversed. To Advert > Call > Order it
        # takes three edits, to the beginning Advert only one.
        (("Order", "Advert"), "lost", 0, "i-so"),
        (("Order", "Advert"), "open", 1 / 2, "inno"),
        (("Advert", "Call", "Catalogue", "Order"), "converted", 3 / 4, "iioi"),
        # Twice, and both of the alternatives.
        (("Advert", "Advert", "Call", "Form", "Order"), "converted", 3 / 5, "I-Ii"),
    ],
)
def test_one_journey_by_hand(
    con: duckdb.DuckDBPyConnection,
    path: tuple[str, ...], outcome: str, fit: float, found: str,
) -> None:  # fmt: skip
    table = compare(con, [visit("a", *path, outcome=outcome)], EXPECTED)
    place = {"i": 0, "I": 0, "o": 1, "s": 2, "-": 3, "n": 4}
    assert [row[:5].index(1) for row in states(table)] == [place[each] for each in found]
    assert [row[5] for row in states(table)] == [int(each == "I") for each in found]
    group = table.groups.set_index("group").loc["open" if outcome == "open" else "finished"]
    assert group["mean_fit"] == pytest.approx(fit)
    assert group["exact"] == int(fit == 1)


def test_counts_by_hand(con: duckdb.DuckDBPyConnection) -> None:
    told = [
        *(visit(f"a{n}", "Advert", "Call", "Order", outcome="converted") for n in range(15)),
        *(visit(f"b{n}", "Advert", "Chat", "Order", outcome="converted") for n in range(9)),
        *(visit(f"c{n}", "Home", "Advert") for n in range(6)),
        *(visit(f"d{n}", "Form", "Home", "Home", outcome="lost") for n in range(2)),
    ]
    table = compare(con, told, EXPECTED)
    assert states(table) == [
        [30, 0, 2, 0, 0, 0],
        [0, 0, 0, 26, 6, 0],
        [17, 0, 9, 0, 6, 0],
        [24, 0, 2, 0, 6, 0],
    ]
    rates = table.positions[["skip_rate", "skip_rate_reason"]]
    assert rates["skip_rate"].tolist()[::2] == [2 / 32, 9 / 26]
    assert math.isnan(rates["skip_rate"][1])
    assert rates["skip_rate_reason"].tolist() == [None, OPTIONAL, None, None]
    # Chat: nine journeys of nine persons. Home: eight, ten steps. All others: nobody.
    assert table.inserted.to_numpy().tolist() == [[1, "Chat", 9, 9, 9], [2, "Home", 10, 8, 8]]
    # Advert > Call > Order 15 times; of the rest only Advert > nothing expected.
    assert (table.transitions, table.allowed_transitions) == (30 + 18 + 6 + 4, 30)
    assert table.edge_fit == 30 / 58
    # Fit: 1, 2/3, 1/2 (one removal of two steps), and of Form, Home, Home the Form may be replaced
    # by an advert, a Home by a call and a Home by an order: 0.
    assert table.groups[["journeys", "exact"]].to_numpy().tolist() == [[26, 15], [6, 0]]
    assert table.groups["mean_fit"].tolist() == pytest.approx([(15 + 9 * 2 / 3) / 26, 1 / 2])
    assert table.groups["exact_rate"].tolist()[0] == 15 / 26
    assert table.groups["exact_rate_reason"].tolist() == [None, TOO_FEW]
    assert table.fit.set_index("fit_from").loc[[0, 0.5, 0.6, 1]].to_numpy().tolist() == [
        [0.1, 2, 0], [0.6, 0, 6], [0.7, 9, 0], [1, 15, 0]]  # fmt: skip


def test_rare_insertions_are_folded_and_take_one_with_them_where_they_are_too_few(
    con: duckdb.DuckDBPyConnection,
) -> None:
    told = [visit(f"a{n}", "Chat") for n in range(6)] + [visit(f"b{n}", "Form") for n in range(5)]
    told += [visit(f"c{n}", "Home") for n in range(3)]
    few = compare(con, told, ["Order"], k=5).inserted
    assert few.to_numpy().tolist()[0] == [1, "Chat", 6, 6, 6]
    assert few.to_numpy().tolist()[1][1:] == [RARER, 8, 8, 8]
    told += [visit(f"d{n}", "Call") for n in range(2)]
    assert compare(con, told, ["Order"], k=5).inserted["name"].tolist() == ["Chat", "Form", RARER]
    assert compare(con, told, ["Order"], k=1, top=1).inserted["name"].tolist() == ["Chat", RARER]
    assert compare(con, told[:3], ["Order"]).inserted["name"].tolist() == [RARER]


def test_stages_are_entered_once_and_steps_without_one_are_passed_over(
    con: duckdb.DuckDBPyConnection,
) -> None:
    told = [
        visit("a", "Home", "Chat", "Advert", "Call", "Catalogue", "Order", outcome="converted"),
        visit("b", "Home", "Call", "Home", outcome="lost"),
        visit("c", "Chat", "Chat"),
    ]  # Chat has no stage
    stages = ["awareness", "stage consideration", "purchase"]
    table = compare(con, told, stages, level="stage")
    assert states(table) == [[2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 0], [1, 0, 1, 0, 0, 0]]
    assert (table.unplaced_steps, table.unplaced_journeys) == (3, 1)
    assert table.groups["journeys"].tolist() == [2, 0]
    assert (table.transitions, table.allowed_transitions) == (4, 3)


def test_only_what_leads_to_the_conversion_is_compared(con: duckdb.DuckDBPyConnection) -> None:
    told = [visit("a", "Call", "Order", "Chat", outcome="converted", converted_in=2)]
    assert compare(con, told, ["Call", "Order"]).groups["exact"].tolist() == [1, 0]
    assert compare(con, told, ["Call", "Order"], until="end").groups["exact"].tolist() == [0, 0]


def test_no_journeys_have_no_figures(con: duckdb.DuckDBPyConnection) -> None:
    table = compare(con, [], EXPECTED)
    assert states(table) == [[0] * 6] * 4
    assert table.inserted.empty
    assert table.edge_fit is None
    assert table.groups["mean_fit"].isna().all()
    assert (table.fit[["finished", "open"]].sum() == 0).all()


@pytest.mark.parametrize(
    ("expected", "options", "said", "hint"),
    [
        (["Call", "Oder"], {}, 'Expected step 2: there is no touchpoint "Oder"', "mean Order?"),
        (["purchse"], {"level": "stage"}, 'no stage "purchse"', "mean purchase?"),
        (["stage purchase"], {}, "found stage purchase", 'level = "stage"'),
        (["Call > Order"], {}, "found Call > Order", None),
        (["not Call"], {}, "expected a touchpoint", None),
        (["Call+"], {}, "found Call+", None),
        (["Call | (Order?)"], {}, "as (A | B)?", None),
        (["Call |"], {}, "Expected step 1: Pattern, character 7", None),
        ([], {}, "0 steps; expected 1 to", None),
        (["Call"] * 101, {}, "101 steps; expected 1 to", None),
        (["Call"], {"level": "page"}, "touchpoint, stage", None),
        (["Call"], {"until": "never"}, "conversion, end", None),
        (["Call"], {"k": 0}, "k is 0", None),
    ],
)
def test_what_cannot_be_expected_is_refused(
    con: duckdb.DuckDBPyConnection,
    expected: list[str], options: dict[str, Any], said: str, hint: str | None,
) -> None:  # fmt: skip
    with pytest.raises(SettingsError) as fault:
        compare(con, [], expected, **options)
    assert said in fault.value.message
    assert (hint or "") in (fault.value.hint or "")


NAMES = {"touchpoint": ("Home", "Call", "Order", "Chat"), "stage": ("awareness", "purchase")}


@st.composite
def stories(draw: st.DrawFn) -> list[Journey]:
    names = st.sampled_from([*NAMES["touchpoint"], "Catalogue"])
    paths = draw(st.lists(st.lists(names, min_size=1, max_size=6), max_size=12))
    outcomes = st.sampled_from(["converted", "lost", "open"])
    return [Journey(f"p{n}", tuple(path), draw(outcomes)) for n, path in enumerate(paths)]


@st.composite
def expectations(draw: st.DrawFn) -> tuple[str, list[str]]:
    level = draw(st.sampled_from(["touchpoint", "touchpoint", "stage"]))
    several = st.sets(st.sampled_from(NAMES[level]), min_size=1, max_size=2)
    position = st.tuples(several, st.booleans()).map(
        lambda each: f"({' | '.join(sorted(each[0]))}){'?' if each[1] else ''}"
    )
    return level, draw(st.lists(position, min_size=1, max_size=5))


@given(stories(), expectations())
def test_it_equals_a_comparison_by_trying_everything(
    con: duckdb.DuckDBPyConnection, told: list[Journey], wanted: tuple[str, list[str]]
) -> None:
    level, texts = wanted
    table = compare(con, told, texts, level=level)
    model = [(each.names, each.optional) for each in read_expected(texts, level)]
    stage_of = {"Home": "awareness", "Order": "purchase", "Chat": None}
    found, fits = [[0] * 6 for _ in model], {False: Counter[float](), True: Counter[float]()}
    inserted, moves, allowed = Counter[str](), 0, 0
    for journey in told:
        path = list(journey.path)
        if level == "stage":
            stages = (stage_of.get(name, "consideration") for name in path)
            path = [stage for stage, _ in groupby(each for each in stages if each)]
        if not path:
            continue
        is_open = journey.outcome == "open"
        for place, (state, again) in enumerate(tried(path, model, is_open)):
            found[place][state] += 1
            found[place][5] += again
        fits[is_open][nearest(path, model, is_open)] += 1
        inserted.update(name for name in path if not any(name in names for names, _ in model))
        moves += len(path) - 1
        allowed += sum(follows(pair, model) for pair in pairwise(path))
    assert states(table) == found
    for is_open, name in ((False, "finished"), (True, "open")):
        row = table.groups.set_index("group").loc[name]
        assert (row["journeys"], row["exact"]) == (fits[is_open].total(), fits[is_open][1])
        total = sum(fit * count for fit, count in fits[is_open].items())
        assert not fits[is_open] or row["mean_fit"] * row["journeys"] == pytest.approx(total)
        assert table.fit[name].sum() == row["journeys"]
    assert table.inserted["steps"].sum() == inserted.total()
    assert (table.transitions, table.allowed_transitions) == (moves, allowed)


Model = Sequence[tuple[frozenset[str], bool]]


def nearest(path: list[str], model: Model, is_open: bool) -> float:
    """1 - d / max(n, l) to the nearest of all expected paths, of equally near ones the longest."""
    shapes = set()
    for end in range(len(model) + 1) if is_open else [len(model)]:
        choices = [[names, None] if optional else [names] for names, optional in model[:end]]
        shapes |= {tuple(names for names in each if names) for each in product(*choices)}
    d, shorter = min((edits(path, shape), -len(shape)) for shape in shapes)
    return 1 - d / max(len(path), -shorter)


def edits(path: list[str], shape: tuple[frozenset[str], ...]) -> int:
    """Levenshtein's distance by its definition."""
    if not path or not shape:
        return len(path) + len(shape)
    return min(
        edits(path[1:], shape) + 1,
        edits(path, shape[1:]) + 1,
        edits(path[1:], shape[1:]) + (path[0] not in shape[0]),
    )


def tried(path: list[str], model: Model, is_open: bool) -> list[tuple[int, bool]]:
    """State and repetition of each position, with the best of all ways to pair."""
    pairings = [
        dict(zip(places, steps, strict=True))
        for size in range(len(model) + 1)
        for places in combinations(range(len(model)), size)
        for steps in combinations(range(len(path)), size)
        if all(path[s] in model[p][0] for p, s in zip(places, steps, strict=True))
    ]
    # Most pairs, then the earliest positions, then the earliest steps.
    pairings.sort(key=lambda each: (sorted(each), sorted(each.items())))
    best = min(
        pairings, key=lambda each: (-len(each), sorted(each), [each[p] for p in sorted(each)])
    )
    left = [n for n in range(len(path)) if n not in best.values()]
    found = []
    for place, (names, optional) in enumerate(model):
        stands = next((n for n in left if path[n] in names), None)
        if place in best:
            found.append(0)
        elif stands is not None:
            left.remove(stands)
            found.append(1)
        elif is_open and place > max(best, default=-1):
            found.append(4)
        else:
            found.append(3 if optional else 2)
    again = {next((p for p, (names, _) in enumerate(model) if path[n] in names), -1) for n in left}
    return [(state, place in again) for place, state in enumerate(found)]


def follows(pair: tuple[str, str], model: Model) -> bool:
    return any(
        pair[0] in model[here][0]
        and pair[1] in model[later][0]
        and all(optional for _, optional in model[here + 1 : later])
        for here, later in combinations(range(len(model)), 2)
    )
