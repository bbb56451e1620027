from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from journeyflow.analysis.personas import OTHER, Personas, fit_personas
from journeyflow.analysis.personas.coding import encode, recode
from journeyflow.errors import SettingsError
from tests.analysis.personas.walking import adjusted_rand, ring, table, walk

ONE, TWO = walk(ring(1), 300, 1), walk(ring(-1), 200, 2)
journeys = st.lists(
    st.tuples(st.lists(st.sampled_from("ABCDE"), max_size=6), st.integers(1, 9)), max_size=20
)
few = st.lists(
    st.tuples(st.lists(st.sampled_from("ABC"), max_size=6), st.integers(1, 9)), min_size=3
)


def _fit(variants: pd.DataFrame, **options: Any) -> Personas:
    return fit_personas(variants, **{"most": 3, "restarts": 4, **options})


@pytest.fixture(scope="module")
def found() -> Personas:
    return _fit(table(ONE + TWO))


def _of(found: Personas, paths: list[tuple[str, ...]]) -> list[int]:
    return [int(each) for each in found.assign(paths)["persona"]]


def test_planted_groups_are_found_again(found: Personas) -> None:
    assert found.k == 2
    labels = _of(found, ONE + TWO)
    assert adjusted_rand([1] * 300 + [2] * 200, labels) > 0.9
    assert found.groups["persona"].tolist() == [1, 2]
    assert found.groups["journeys"].tolist() == [labels.count(1), labels.count(2)]
    assert found.groups["journeys"].tolist() == pytest.approx([300, 200], abs=10)
    assert found.groups["share"].tolist() == pytest.approx([n / 500 for n in found.groups.journeys])
    assert found.groups["certainty"].min() > 0.95
    assert found.stability == dict(enumerate(found.groups["stability"], 1))
    assert min(found.stability.values()) > 0.75
    assert list(found.bic) == [1, 2, 3]


def test_labels_stand_beside_the_rows_and_are_what_assign_says(found: Personas) -> None:
    variants = table(ONE + TWO)
    variants.index = pd.Index(range(1000, 1000 + len(variants)))
    labels = _fit(variants).labels
    assert labels.index.equals(variants.index)
    said = found.assign(variants["path"].tolist())
    pd.testing.assert_frame_equal(labels.reset_index(drop=True), said)
    assert labels["persona"].dtype == "Int64"
    assert labels["probability"].between(0.5, 1).all()


def test_medoids_are_paths_of_their_group(found: Personas) -> None:
    variants = table(ONE + TWO)
    for row in found.groups.itertuples():
        assert row.medoid in variants["path"].tolist()
        assert _of(found, [row.medoid]) == [row.persona]
        assert row.medoid_journeys == (ONE + TWO).count(tuple(row.medoid))
        assert row.medoid_journey_ids == []


def test_what_stands_out_names_a_persona_and_else_how_its_medoid_begins(found: Personas) -> None:
    # Both directions meet the same touchpoints, so none of them stands out.
    for row in found.groups.itertuples():
        assert row.over_represented == []
        assert row.name == " > ".join([*row.medoid[:3], "…"])
    # Here those of one direction call first.
    called = _fit(table([("Call", *path) for path in TWO] + ONE))
    row = called.groups.set_index("persona").loc[2]
    assert row["name"] == "Call"
    assert row["over_represented"][0]["share"] == pytest.approx(1, abs=0.02)
    assert row["over_represented"][0]["share_elsewhere"] == pytest.approx(0, abs=0.02)
    assert row["over_represented"][0]["z"] > 10
    assert row["first_touchpoints"][0]["touchpoint"] == "Call"


@pytest.mark.parametrize("seed", range(2))
def test_neither_names_nor_the_order_of_rows_change_anything(found: Personas, seed: int) -> None:
    variants = table(ONE + TWO)
    dice = np.random.default_rng(seed)
    names = dict(zip("ABCDEF", dice.permutation([*"ZYXWVU"]).tolist(), strict=True))
    other = variants.iloc[dice.permutation(len(variants))]
    other = other.assign(path=[[names[step] for step in path] for path in other["path"]])
    again = _fit(other)
    pd.testing.assert_frame_equal(again.labels.sort_index(), found.labels, check_exact=True)
    assert again.bic == found.bic
    assert again.stability == found.stability
    assert [[names[s] for s in path] for path in found.groups["medoid"]] == [
        *again.groups["medoid"]
    ]
    columns = ["journeys", "certainty", "median_length", "medoid_journeys"]
    assert again.groups[columns].equals(found.groups[columns])


@given(few, st.permutations("XYZ"), st.randoms(use_true_random=False))
def test_numbers_of_touchpoints_do_not_depend_on_their_names(
    rows: list[tuple[list[str], int]], letters: list[str], dice: Any
) -> None:
    names = dict(zip("ABC", letters, strict=True))
    one = encode([path for path, _ in rows], np.array([n for _, n in rows], int), 3, 5)
    assume(not one.twins)
    dice.shuffle(rows)
    renamed = [[names[step] for step in path] for path, _ in rows]
    two = encode(renamed, np.array([n for _, n in rows], int), 3, 5)
    assert [names[each] for each in one.touchpoints] == list(two.touchpoints)
    assert one.folded == two.folded
    assert one.weights.tolist() == two.weights.tolist()


@given(journeys, st.integers(1, 5), st.integers(1, 5))
def test_new_paths_are_read_as_the_old_ones_were(
    rows: list[tuple[list[str], int]], symbols: int, longest: int
) -> None:
    paths = [path for path, _ in rows]
    coded = encode(paths, np.array([n for _, n in rows], int), symbols, longest)
    again = recode(paths, coded.touchpoints[:symbols], longest)
    for place, text, path in zip(coded.place.tolist(), again, paths, strict=True):
        assert (coded.folded[place] if place >= 0 else b"") == text
        kept = [step if step in coded.touchpoints[:symbols] else OTHER for step in path]
        collapsed = [s for at, s in enumerate(kept) if at == 0 or s != kept[at - 1]][:longest]
        assert [[*coded.touchpoints[:symbols], OTHER][code] for code in text] == collapsed


def test_every_path_gets_an_answer_but_the_empty_one(found: Personas) -> None:
    forward, back = "ABCDEF", "FEDCBA"
    said = found.assign([forward, back, ["A", "?", "B", "C", "D"], ["?"], []])
    assert said["persona"].tolist()[:3] == [1, 2, 1]
    # Nothing is known of "?": the shares decide.
    assert said["persona"][3] == 1
    assert said["probability"][3] == pytest.approx(0.6, abs=0.02)
    assert said["persona"].isna().tolist() == [False] * 4 + [True]
    assert said["probability"].isna().tolist() == [False] * 4 + [True]


def test_a_kept_model_says_the_same(found: Personas) -> None:
    kept = Personas.from_dict(json.loads(json.dumps(found.to_dict(), allow_nan=False)))
    pd.testing.assert_frame_equal(kept.assign(ONE + TWO), found.assign(ONE + TWO))
    pd.testing.assert_frame_equal(kept.groups, found.groups)
    assert kept.labels.empty
    assert kept.to_dict() == found.to_dict()
    assert (kept.bic, kept.stability, kept.notes) == (found.bic, found.stability, found.notes)


def test_rows_of_one_path_are_one_path_and_name_its_journeys() -> None:
    rows = [(["A", "B"], 2, ["j3", "j1"]), (["A", "B"], 1, ["j2"]), ([], 4, ["j9"])]
    found = _fit(pd.DataFrame(rows, columns=["path", "journeys", "journey_ids"]))
    assert found.groups["medoid_journey_ids"].tolist() == [["j1", "j2", "j3"]]
    assert found.groups[["journeys", "medoid_journeys"]].to_numpy().tolist() == [[3, 3]]
    assert found.labels["persona"].tolist()[:2] == [1, 1]
    assert found.labels.isna().all(axis=1).tolist() == [False, False, True]
    assert [note.kind for note in found.notes] == ["empty", "few"]


def test_what_was_left_out_is_said() -> None:
    rows = [(list("ABABAB"), 3), (list("AC"), 1), (["D"], 1)]
    found = _fit(pd.DataFrame(rows, columns=["path", "journeys"]), symbols=2, longest=4)
    notes = {note.kind: note.values for note in found.notes}
    # Of 18 + 2 + 1 steps one is at C and one at D.
    assert notes["folded"] == {"touchpoints": 2, "share": pytest.approx(2 / 21)}
    assert notes["cut"] == {"journeys": 3, "steps": 4}
    assert notes["short"] == {"share": 0.2}
    twins = _fit(pd.DataFrame({"path": [["A", "B"], ["A", "C"]], "journeys": [1, 1]}))
    assert {note.kind: note.values for note in twins.notes}["twins"] == {"touchpoints": 2}


@pytest.mark.parametrize(
    "paths",
    [
        [["A", "B", "C"]],
        [["A", "B"]] * 500,
        [["A"]],
        [["A", "A", "A"]],
        [["A"] * n for n in range(1, 80)],
        [list("AB") * 5000],
        [list("AB") * 5000] * 150 + [list("BC") * 9] * 150,
        [list("ABC"), list("CBA")] * 60,
    ],
    ids=["one journey", "all the same", "one step", "repeats", "one touchpoint", "very long",
         "long and short", "two paths"],
)  # fmt: skip
def test_degenerate_journeys_get_an_answer(paths: list[list[str]]) -> None:
    found = _fit(pd.DataFrame({"path": paths, "journeys": 1}))
    assert 1 <= found.k == len(found.groups) <= 2
    assert found.groups["journeys"].sum() == len(paths)
    assert found.labels["persona"].between(1, found.k).all()
    assert all(path in paths for path in found.groups["medoid"])
    json.dumps(found.to_dict(), allow_nan=False)


@pytest.mark.parametrize("rows", [[], [([], 5)], [(["A"], 0)]], ids=["none", "empty", "nobody"])
def test_without_journeys_there_is_no_persona(rows: list[tuple[list[str], int]]) -> None:
    found = _fit(pd.DataFrame(rows, columns=["path", "journeys"]))
    assert found.k == 0
    assert found.groups.empty
    assert found.labels["persona"].isna().all()
    assert len(found.labels) == len(rows)
    kept = Personas.from_dict(json.loads(json.dumps(found.to_dict(), allow_nan=False)))
    assert kept.assign([["A"]])["persona"].isna().all()


@pytest.mark.parametrize(
    ("variants", "options", "message"),
    [
        ({"paths": [["A"]], "journeys": [1]}, {}, "no column 'path'.\nHint: Did you mean 'paths'?"),
        ({"path": [["A"]], "n": [1]}, {}, "no column 'journeys'."),
        ({"path": [["A"]], "journeys": [-1]}, {}, "journeys is .*-1.*; expected a whole number"),
        ({"path": [["A"]], "journeys": [1.5]}, {}, "journeys is .*1.5.*; expected a whole number"),
        ({"path": [["A"]], "journeys": [None]}, {}, "expected a whole number"),
        ({"path": [["A"], ["B", None]], "journeys": [1, 1]}, {}, "Path 2 has a step without"),
        ({"path": [["A"]], "journeys": [1]}, {"most": 0}, "most is 0; expected 1 to 50"),
        ({"path": [["A"]], "journeys": [1]}, {"symbols": 256}, "symbols is 256; expected 1 to 255"),
        ({"path": [["A"]], "journeys": [1]}, {"seed": -1}, "seed is -1; expected 0"),
    ],
)
def test_faults_say_what_was_found_and_expected(
    variants: dict[str, list[Any]], options: dict[str, int], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        fit_personas(pd.DataFrame(variants), **options)
