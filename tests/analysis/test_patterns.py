from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.pattern_nodes import (
    AnyTouchpoint,
    Either,
    End,
    Link,
    Node,
    Not,
    Repeat,
    Sequence,
    Stage,
    Start,
    Touchpoint,
    may_be_absent,
)
from journeyflow.analysis.pattern_search import matching
from journeyflow.analysis.patterns import parse
from journeyflow.errors import SettingsError

BEGIN = datetime(2026, 10, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
A, B, C = Touchpoint("A"), Touchpoint("B"), Touchpoint("C")
ODD = ("Price list e-mail", "C++ course", 'the "red" page', "any", "not found", "stage", "Ж > Я",
       "call within", "a  b", "(open)", "", "'", "\u3000", "end\nstart", "{2}")  # fmt: skip
STAGES = {"A": "early", "B": "early", "C": "late", "D": None}


@dataclass(frozen=True)
class Step:
    touchpoint: str
    entered: timedelta
    left: timedelta
    stage: str | None
    after_conversion: bool = False


@dataclass(frozen=True)
class Journey:
    steps: tuple[Step, ...]
    outcome: str = "open"


def journey(*path: str, outcome: str = "open", hours: tuple[float, ...] = ()) -> Journey:
    """Steps without duration, `hours` after the beginning (default: one hour apart)."""
    times = [n * HOUR for n in hours or range(len(path))]
    steps = [Step(name, at, at, STAGES.get(name)) for name, at in zip(path, times, strict=True)]
    return Journey(tuple(steps), outcome)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("create table journeys (journey_id text, outcome text)")
        con.execute(
            "create table steps (journey_id text, step_number integer, touchpoint text, stage text,"
            " entered_at timestamptz, left_at timestamptz, after_conversion boolean)"
        )
        con.execute("create table touchpoints as select unnest(['A', 'B', 'C', 'D']) as touchpoint")
        con.execute("create table stages as select unnest(['early', 'late']) as name")
        yield con


def fill(con: duckdb.DuckDBPyConnection, told: list[Journey], *, backwards: bool = False) -> None:
    rows = [
        (str(n), k, s.touchpoint, s.stage, BEGIN + s.entered, BEGIN + s.left, s.after_conversion)
        for n, j in enumerate(told)
        for k, s in enumerate(j.steps, 1)
    ]
    con.execute("delete from journeys")
    con.execute("delete from steps")
    for table, content in (
        ("journeys", [(str(n), j.outcome) for n, j in enumerate(told)]),
        ("steps", rows),
    ):
        if content:
            columns = zip(*(content[::-1] if backwards else content), strict=True)
            given_rows = pa.table({f"c{n}": list(c) for n, c in enumerate(columns)})
            con.register("given_rows", given_rows)
            con.execute(f"insert into {table} from given_rows")
            con.unregister("given_rows")


def found(con: duckdb.DuckDBPyConnection, text: str, until: str = "end") -> list[int]:
    count = matching(con, text, until)
    rows = con.execute("select journey_id::integer from matching_journeys").fetchall()
    assert count == len(rows)
    return sorted(number for (number,) in rows)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A", A),
        ("A > B", Sequence(A, (Link(False, None, B),))),
        ("A>>B", Sequence(A, (Link(True, None, B),))),
        ("A | B > C", Sequence(Either((A, B)), (Link(False, None, C),))),
        ("(A > B) | C", Either((Sequence(A, (Link(False, None, B),)), C))),
        ("A > B+ within 36h", Sequence(A, (Link(False, 36 * HOUR, Repeat(B, 1, None)),))),
        ("A|B+", Either((A, Repeat(B, 1, None)))),
        ("not A*", Repeat(Not(A), 0, None)),
        ("not (A | stage late)", Not(Either((A, Stage("late"))))),
        ("any{2,5}", Repeat(AnyTouchpoint(), 2, 5)),
        ("any{ 3 , }", Repeat(AnyTouchpoint(), 3, None)),
        ("A{3}", Repeat(A, 3, 3)),
        ("start >> (converted)", Sequence(Start(), (Link(True, None, End("converted")),))),
        ("(start) > (end)", Sequence(Start(), (Link(False, None, End()),))),
        ("Showroom visit\n > any thing", Sequence(
            Touchpoint("Showroom visit"), (Link(False, None, Touchpoint("any thing")),))),
        ('"(converted)"', Touchpoint("(converted)")),
        ('stage "C++"', Stage("C++")),
        ('"the ""red"" page"', Touchpoint('the "red" page')),
    ],
)  # fmt: skip
def test_a_pattern_is_read_as_it_looks(text: str, expected: Node) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "at", "said", "hint"),
    [
        ("start > Catalog >> Call", 9, 'no touchpoint "Catalog"', "Did you mean Catalogue?"),
        ("Call > stage pruchase", 14, 'no stage "pruchase"', "Did you mean purchase?"),
        ("CALL", 1, 'no touchpoint "CALL"', "Did you mean Call?"),
        ("Call >> converted", 9, "no touchpoint", "written (converted)"),
        ("purchase", 1, "no touchpoint", "stage purchase"),
        ("zzz", 1, "no touchpoint", "table touchpoints"),
        ("Call > > Call", 8, "expected a touchpoint", None),
        ("", 1, "found the end", None),
        ("Call >", 7, "found the end", None),
        ("(Call", 6, "for the ( at character 1", None),
        ("Call)", 5, "the end of the pattern", None),
        ("Call within 2d", 6, "nothing before the first part", None),
        ("Call > Call within 2 days", 20, "such as 30m", None),
        ("Call > Call within 0d", 20, "such as 30m", None),
        ("Call > Call within 2d Call", 23, "> or >>", None),
        ("Call{2,1}", 5, "first the smaller", None),
        ("Call{0}", 5, "at least 1", None),
        ("Call{x}", 5, "how often", None),
        ("Call++", 6, "> or >>", None),
        ("not any", 5, "one touchpoint", None),
        ("not Call | Catalogue", 1, "parentheses", None),
        ("Call | not Catalogue", 8, "parentheses", None),
        ("not", 4, "expected a touchpoint", None),
        ("stage > Call", 7, "name of a stage", None),
        ('"Call', 1, 'another "', None),
        ("Call > start", 8, "only at the beginning", None),
        ("(lost) > Call", 1, "only at the end", None),
        ("(Call > end)+", 9, "only at the end", None),
        ("Call > Form (short)", 8, "no touchpoint", 'quotes: "Form (short)"'),
        ("(" * 60 + "Call" + ")" * 60, 52, "no more than 50", None),
        ("not " * 999 + "Call", 205, "no more than 50", None),
    ],
)
def test_what_cannot_be_read_is_shown_where_it_stands(
    text: str, at: int, said: str, hint: str | None
) -> None:
    with pytest.raises(SettingsError) as fault:
        parse(text, {"Call", "Catalogue", "Form (short)"}, {"purchase"})
    head, line, marks = fault.value.message.split("\n")
    assert f"character {at}:" in head
    assert said in head
    assert line == f"  {text}"
    assert marks.index("^") == at + 1
    assert (hint or "") in (fault.value.hint or "")


def test_the_line_at_fault_is_shown_of_several() -> None:
    with pytest.raises(SettingsError, match=r"\n {2}> > B\n {4}\^$"):
        parse("A\n> > B\n> C")


def _steps() -> st.SearchStrategy[Node]:
    plain = st.sampled_from(
        [A, B, C, Touchpoint("D"), Stage("early"), Stage("late"), AnyTouchpoint()]
    )
    several = st.lists(plain, min_size=2, max_size=2).map(lambda each: Either(tuple(each)))
    negated = (plain.filter(lambda each: each != AnyTouchpoint()) | several).filter(
        lambda each: AnyTouchpoint() not in getattr(each, "options", ())
    )
    return plain | negated.map(Not)


def _within(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return (
        st.lists(inner, min_size=2, max_size=3).map(lambda each: Either(tuple(each)))
        | st.sampled_from(
            [(0, 1), (0, None), (1, None), (2, 2), (1, 2), (0, 2), (2, None)]
        ).flatmap(lambda times: inner.map(lambda each: Repeat(each, *times)))
        | _sequences(inner)
    )


def _sequences(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    limits = st.none() | st.integers(1, 5).map(lambda n: n * HOUR)
    links = st.lists(st.builds(Link, st.booleans(), limits, inner), min_size=1, max_size=3)
    return st.builds(Sequence, inner, links.map(tuple))


PARTS = st.recursive(_steps(), _within, max_leaves=6)


@st.composite
def patterns(draw: st.DrawFn) -> Node:
    parts = draw(st.lists(PARTS, min_size=1, max_size=3))
    if draw(st.booleans()):
        parts.insert(0, Start())
    if draw(st.booleans()):
        parts.append(End(draw(st.sampled_from([None, "converted", "lost"]))))
    limits = st.none() | st.integers(1, 5).map(lambda n: n * HOUR)
    links = tuple(Link(draw(st.booleans()), draw(limits), part) for part in parts[1:])
    return Sequence(parts[0], links) if links else parts[0]


@st.composite
def journeys(draw: st.DrawFn) -> Journey:
    now, steps = timedelta(0), []
    converted_in = draw(st.integers(1, 6))
    for number in range(1, draw(st.integers(1, 6)) + 1):
        name = draw(st.sampled_from("ABCD"))
        # Of B some events bring a stage of their own.
        stage = draw(st.sampled_from(["early", "late"])) if name == "B" else STAGES[name]
        left = now + draw(st.integers(0, 2)) * HOUR
        steps.append(Step(name, now, left, stage, number > converted_in))
        now = left + draw(st.integers(0, 4)) * HOUR
    return Journey(tuple(steps), draw(st.sampled_from(["converted", "lost", "open"])))


@given(patterns())
def test_a_pattern_that_is_written_out_is_read_as_the_same(pattern: Node) -> None:
    assert parse(str(pattern)) == pattern


LIMITS = st.timedeltas(timedelta(microseconds=1), timedelta(days=36_500))


@given(st.text(max_size=8) | st.sampled_from(ODD), LIMITS)
def test_any_name_and_any_time_can_be_written(name: str, limit: timedelta) -> None:
    pattern = Sequence(Touchpoint(name), (Link(False, limit, Not(Stage(name))),))
    assert parse(str(pattern), {name}, {name}) == pattern


@given(patterns(), st.lists(journeys(), max_size=8), st.sampled_from(["end", "conversion"]))
def test_a_journey_matches_if_any_choice_of_its_steps_does(
    con: duckdb.DuckDBPyConnection, pattern: Node, told: list[Journey], until: str
) -> None:
    fill(con, told, backwards=True)
    cut = [[s for s in j.steps if until == "end" or not s.after_conversion] for j in told]
    expected = [
        n
        for n, (j, steps) in enumerate(zip(told, cut, strict=True))
        if _tried(pattern, steps, j.outcome)
    ]
    assert found(con, str(pattern), until) == expected


def _tried(pattern: Node, steps: list[Step], outcome: str) -> bool:
    """By trying all ways, one after the other."""
    starts = range(len(steps) + 1)
    return may_be_absent(pattern) or any(
        True for start in starts for _ in _ways(pattern, steps, outcome, start)
    )


def _ways(node: Node, steps: list[Step], outcome: str, at: int) -> Iterator[int]:
    """Where the node may end that is there and begins before step `at` (from 0)."""
    match node:
        case Start():
            if at == 0:
                yield at
        case End(wanted):
            if at == len(steps) and wanted in (None, outcome):
                yield at
        case Either(options):
            for each in options:
                yield from _ways(each, steps, outcome, at)
        case Repeat(of, least, most):
            # Absent ones need not be told apart: without them as many stand in a row.
            yield from _repeats(of, steps, outcome, at, 0 if may_be_absent(of) else least, most)
        case Sequence(first, links):
            parts: list[tuple[Link | None, Node]] = [(None, first)]
            parts += [(link, link.to) for link in links]
            for there in product(
                *([True, False] if may_be_absent(p) else [True] for _, p in parts)
            ):
                chosen = [part for part, is_there in zip(parts, there, strict=True) if is_there]
                if chosen:
                    yield from _in_turn(chosen, steps, outcome, at, None)
        case _:
            if at < len(steps) and _is(node, steps[at]):
                yield at + 1


def _repeats(
    of: Node, steps: list[Step], outcome: str, at: int, least: int, most: int | None
) -> Iterator[int]:
    for end in _ways(of, steps, outcome, at):
        if least <= 1:
            yield end
        if (most is None or most > 1) and end > at:
            yield from _repeats(
                of, steps, outcome, end, max(least - 1, 0), None if most is None else most - 1
            )


def _in_turn(
    parts: list[tuple[Link | None, Node]], steps: list[Step], outcome: str, at: int,
    before: int | None,
) -> Iterator[int]:  # fmt: skip
    """`before`: where the part before these ended; None for the first, which has no arrow."""
    if not parts:
        yield at
        return
    (link, node), *rest = parts
    eventually = before is not None and link is not None and link.eventually
    for start in range(at, len(steps) + 1) if eventually else [at]:
        if before is not None and link is not None and link.within is not None:
            ended = steps[before - 1].left if before else steps[0].entered if steps else None
            begins = steps[start].entered if start < len(steps) else steps[-1].left
            if ended is None or begins - ended > link.within:
                continue
        for end in _ways(node, steps, outcome, start):
            yield from _in_turn(rest, steps, outcome, end, end)


def _is(node: Node, step: Step) -> bool:
    match node:
        case Touchpoint(name):
            return step.touchpoint == name
        case Stage(name):
            return step.stage == name
        case Not(of):
            return not any(_is(each, step) for each in getattr(of, "options", (of,)))
    return isinstance(node, AnyTouchpoint)


def test_times_are_from_the_end_of_one_to_the_beginning_of_the_next(
    con: duckdb.DuckDBPyConnection,
) -> None:
    # A lasts from 0 to 2 h, B begins at 4 h and lasts until 9 h, C follows at once.
    steps = (Step("A", 0 * HOUR, 2 * HOUR, "early"), Step("B", 4 * HOUR, 9 * HOUR, "early"),
             Step("C", 9 * HOUR, 10 * HOUR, "late"))  # fmt: skip
    fill(con, [Journey(steps, "converted")])
    assert found(con, "A > B within 2h") == [0]
    assert found(con, "A > B within 119m") == []
    assert found(con, "A >> C within 7h") == [0]
    assert found(con, "A >> C within 6h") == []
    assert found(con, "start >> B within 4h") == [0]
    assert found(con, "start >> B within 3h") == []
    assert found(con, "B >> (converted) within 1h") == [0]
    assert found(con, "A >> end within 7h") == []
    assert found(con, "(A > B) > C within 1s") == [0]


def test_a_later_visit_may_meet_a_time_that_the_first_does_not(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(
        con, [journey("A", "C", "A", "B", hours=(0, 50, 99, 100)), journey("A", "B", hours=(0, 9))]
    )
    assert found(con, "A >> B within 2h") == [0]
    # The first B is too late for A, and the second too late for the C that is in time.
    fill(con, [journey("A", "C", "B", hours=(0, 1, 9)), journey("A", "B", "C", hours=(0, 1, 2))])
    assert found(con, "A >> B within 5h") == [1]


def test_absent_parts_take_their_arrow_along_and_repeats_are_counted(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, [journey("A", "C"), journey("A", "D", "C"), journey("A", "D", "B", "C"),
               journey("C", "D", "C", "D", "C"), journey("D")])  # fmt: skip
    assert found(con, "A >> B? > C") == [0, 2]
    assert found(con, "(C > any*){3}") == found(con, "C >> C >> C") == [3]
    assert found(con, "start > (not C)* > end") == [4]
    assert found(con, "A > (not B)* > C") == [0, 1]
    assert found(con, "any*") == [0, 1, 2, 3, 4]
    assert found(con, "start > any{2,3} > end") == [0, 1]
    assert found(con, "start > any{3} > end") == [1]
    assert found(con, "start > (A?){2} > C > end") == [0]
    assert found(con, "start > (C | D){5,} > end") == [3]


def test_names_that_the_chosen_journeys_lack_match_nothing_and_unknown_ones_are_refused(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, [journey("A", "B")])
    assert found(con, "D | stage late") == []
    with pytest.raises(SettingsError, match="no touchpoint"):
        matching(con, "A > E")
    with pytest.raises(SettingsError, match="until is 'never'"):
        matching(con, "A", "never")


def test_no_journeys_and_journeys_without_steps(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, [])
    assert found(con, "A >> any within 1h") == []
    fill(con, [Journey((), "lost")])
    assert found(con, "(lost)") == found(con, "start > end") == [0]
    assert found(con, "any") == []


def test_a_snapshot_that_is_read_only_is_searched_through_views_and_left_clean(
    tmp_path: Any,
) -> None:
    with duckdb.connect(str(tmp_path / "x.duckdb")) as con:
        con.execute("create table journeys as select j::text as journey_id, 'lost' as outcome"
                    " from range(4) t(j)")  # fmt: skip
        con.execute("create table steps as select journey_id, k::integer as step_number, 'T' ||"
                    " (journey_id::integer * 1000 + k) as touchpoint, null::text as stage, now() as"
                    " entered_at, now() as left_at, false as after_conversion"
                    " from journeys, range(1, 1001) t(k)")  # fmt: skip
        con.execute("create table touchpoints as select distinct touchpoint from steps")
        con.execute("create table stages (name text)")
    with duckdb.connect(str(tmp_path / "x.duckdb"), read_only=True) as con:
        cursor = con.cursor()
        cursor.execute("create temp view steps as select * from x.steps where journey_id <> '2'")
        cursor.execute("create temp view journeys as from x.journeys where journey_id <> '2'")
        # Four thousand touchpoints, of which each was met once.
        assert matching(cursor, "T3999 > T4000 > end", into="odd name") == 1
        assert cursor.execute('from "odd name"').fetchall() == [("3",)]
        assert matching(cursor, "T2001 > T2002") == 0
        tables = cursor.execute("select table_name from duckdb_tables() where temporary").fetchall()
        assert sorted(tables) == [("matching_journeys",), ("odd name",)]
