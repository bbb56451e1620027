"""Who is one person, by hand."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from journeyflow.identity.keys import Secret
from tests.support.projects import IDENTIFIERS, SECRET, Project, Row, published, source


def met(second: int, **identifiers: str) -> Row:
    return {
        "ts": f"2025-03-01T10:00:{second:02}Z",
        "kind": "page_view",
        "id": str(second),
    } | identifiers


def groups(project: Project) -> dict[str, str | None]:
    return {each["event_id"]: each["person_id"] for each in project.rows("events")}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """All rows of the tests that ask for it; no two share an identifier."""
    rows = [*TOGETHER, *ATTACHED, *BROWSER, *ADDRESS, *ACCOUNTS, RAW]
    return published(tmp_path_factory.mktemp("project"), rows)


def blocked(project: Project, type: str) -> list[tuple[str, int]]:
    """Why identifiers of a type stand for nobody, and how many of them, by what all rows say."""
    told = project.query(f"from blocked_identifiers where source is null and type = '{type}'")
    return [(each["reason"], each["rows"]) for each in told]


TOGETHER = [
    met(1, cookie="mobile"), met(2, cookie="laptop"),
    met(3, cookie="laptop", email="anna@mail.de"),
    met(4, cookie="tablet", email="Anna@Mail.de"), met(5, cookie="tablet", user_id="77"),
]  # fmt: skip


def test_identifiers_seen_together_are_one_person_named_after_the_earliest(
    project: Project,
) -> None:
    who = groups(project)
    assert len({who[each] for each in "2345"}) == 1
    assert who["1"] != who["2"]
    secret = Secret(SECRET.encode(), "a test")
    key = secret.key("cookie", "laptop")
    told = hashlib.sha256(f"{secret.salt}personcookie/{UUID(key)}".encode()).digest()
    assert who["2"] == b64encode(told[:9], altchars=b"AB").decode()
    persons = [*project.of("1", "persons"), *project.of("2", "persons")]
    assert [each["identifiers"] for each in persons] == [1, 4]


def test_a_late_row_that_links_two_persons_makes_one_of_them_and_a_correction_two_again(
    tmp_path: Path,
) -> None:
    """The history lists merges and splits with the runs that made them."""
    project = published(
        tmp_path, [met(1, cookie="mobile"), met(2, user_id="77"), met(3, cookie="other")]
    )
    before = groups(project)
    assert len(set(before.values())) == 3
    assert project.rows("person_history") == []
    project.write("exports/site/2.csv", [met(9, cookie="mobile", user_id="77")])
    assert project.run().counts["touched_persons"] == 2
    after = groups(project)
    assert after["1"] == after["2"] == after["9"] == before["1"]
    assert after["3"] == before["3"]
    assert [each["journeys"] for each in project.rows("persons")] == [1, 1]
    project.write("exports/site/3.csv", [met(9, cookie="other")])
    project.run()
    project.run(full_refresh=True)
    told = [
        (each["run_id"][:6], each["old_person_id"], each["new_person_id"], each["reason"])
        for each in project.query("from person_history order by run_id")
    ]
    assert told == [
        ("000002", before["2"], before["1"], "merged"),
        ("000003", before["1"], before["2"], "split"),
    ]


def test_a_kiosk_merges_nobody_and_still_attaches_what_is_one_persons(tmp_path: Path) -> None:
    crowd = [met(n, cookie="kiosk", email=f"p{n}@mail.de") for n in range(1, 5)]
    project = published(
        tmp_path, [*crowd, met(9, cookie="kiosk")], identity={"max_emails_per_cookie": 3}
    )
    who = groups(project)
    assert len({who[str(n)] for n in range(1, 5)}) == 4
    assert who["9"] is None
    blocked = project.query("from blocked_identifiers where source is null")
    assert [(each["type"], each["rows"]) for each in blocked] == [("cookie", 1)]
    below = published(tmp_path / "b", crowd, identity={"max_emails_per_cookie": 4})
    assert len(set(groups(below).values())) == 1


ATTACHED = [
    met(11, cookie="a1", order_id="N-1"), met(12, order_id="N-1"),
    met(13, cookie="b1", order_id="N-2"), met(14, cookie="c1", order_id="N-2"),
    met(15, order_id="N-2"),
    met(16, order_id="N-3"), met(17),
]  # fmt: skip


def test_an_order_attaches_to_one_person_and_links_no_two(project: Project) -> None:
    who = groups(project)
    assert who["12"] == who["11"]
    assert len({who["11"], who["13"], who["14"]}) == 3
    assert [who[each] for each in ("15", "16", "17")] == [None, None, None]


def test_own_numbers_and_what_stands_for_nothing_identify_nobody(tmp_path: Path) -> None:
    columns: dict[str, Any] = {"identifiers": IDENTIFIERS | {"phone": "user_id"}}
    columns["identifiers"].pop("user_id")
    rows = [
        met(1, user_id="8 (495) 123-45-67"), met(2, user_id="+79161234567"),
        met(3, user_id="8 916 123 45 67"), met(4, cookie="null"), met(5, cookie="undefined"),
        met(6, cookie="0000"),
    ]  # fmt: skip
    identity = {"region": "RU", "own_numbers": ["+7 495 123 45 67"]}
    who = groups(published(tmp_path, rows, source(**columns), identity=identity))
    assert who["2"] == who["3"] is not None
    assert {who[each] for each in "1456"} == {None}


def test_all_columns_of_one_type_count_and_empty_cells_and_repeats_drop_out(
    tmp_path: Path,
) -> None:
    """The last two rows are of a reception, whose number stands beside everybody's own."""
    columns: dict[str, Any] = {"identifiers": {"phone": ["user_id", "stage"]}}
    one, other, own = "+79161234567", "+79161234568", "8 (916) 123-45-67"
    reception = [met(n, user_id="+79031112233", stage=f"+7916555443{n}") for n in range(4, 9)]
    rows = [
        met(1, user_id=one, stage=other), met(2, stage=other), met(3, user_id=own, stage=one),
        *reception,
    ]  # fmt: skip
    project = published(tmp_path, rows, source(**columns), identity={"region": "RU"})
    who = groups(project)
    assert who["1"] == who["2"] == who["3"] is not None
    assert len({who[str(n)] for n in range(4, 9)} | {who["1"]}) == 6
    assert {each["person_id"]: each["identifiers"] for each in project.rows("persons")} == (
        {who["1"]: 2} | {who[str(n)]: 1 for n in range(4, 9)}
    )
    told = project.query("from blocked_identifiers where source is null")
    assert [(each["reason"], each["rows"]) for each in told] == [("seen with more than 3 phone", 1)]


RAW = met(21, email="anna.petrova@mail.de", user_id="user-number-77")


def test_no_raw_identifier_stays_anywhere(project: Project) -> None:
    for path in project.folder.rglob("*"):
        if path.is_file() and "exports" not in path.parts:
            content = path.read_bytes()
            assert b"petrova" not in content, path
            assert b"user-number" not in content, path


TIMES = {
    31: "09:00", 32: "09:05", 33: "09:10", 34: "10:00", 35: "11:00", 36: "11:05", 37: "11:10",
    38: "12:00",
}  # fmt: skip
LOG_INS = {32: "anna", 36: "boris"}
BROWSER = [
    met(n, cookie="home", **({"user_id": LOG_INS[n]} if n in LOG_INS else {}))
    | {"ts": f"2025-03-01T{time}:00Z"}
    for n, time in TIMES.items()
]


def test_a_browser_of_two_accounts_is_cut_in_time_and_joins_nobody(project: Project) -> None:
    """Visits half an hour apart: whose a visit is, is said by the log-in within it or before it."""
    who = groups(project)
    anna, boris = who["32"], who["36"]
    assert anna != boris
    assert {who[each] for each in ("31", "33", "34")} == {anna}
    assert {who[each] for each in ("35", "37", "38")} == {boris}
    # This browser, and that of the two accounts below.
    assert blocked(project, "cookie") == [("a browser that several persons use, cut in time", 2)]


ADDRESS = [
    met(41, user_id="clara", email="family@mail.de"), met(42, user_id="david"),
    met(43, user_id="david", email="family@mail.de"), met(44, email="family@mail.de"),
]  # fmt: skip


def test_an_address_of_two_accounts_is_nobodys_alone(project: Project) -> None:
    who = groups(project)
    assert who["41"] != who["42"] == who["43"]
    assert who["44"] is None
    assert blocked(project, "email") == [("claimed by several persons", 1)]


ACCOUNTS = [met(51, cookie="desk", user_id="emma"), met(52, cookie="desk", user_id="fred")]


def test_a_person_may_have_as_many_accounts_as_the_settings_say(
    project: Project, tmp_path: Path
) -> None:
    two = published(tmp_path, ACCOUNTS, identity={"max_user_ids_per_person": 2})
    assert len({groups(project)["51"], groups(project)["52"]}) == 2
    assert len(set(groups(two).values())) == 1


def test_a_pool_number_gives_a_browser_to_a_caller_and_joins_no_two_callers(
    tmp_path: Path,
) -> None:
    """Two calls through one browser: it stays with the first caller; both calls are their own."""
    columns: dict[str, Any] = {
        "identifiers": {"cookie": "cookie", "phone": "user_id"},
        "attributes": {"tracking": "stage"},
    }
    rows = [
        met(1, cookie="web"),
        met(2, cookie="web", user_id="+79161234567") | {"stage": "dynamic"},
        met(3, cookie="web", user_id="+79161234568") | {"stage": "dynamic"},
        met(4, cookie="web"),
    ]
    direct = [
        met(5, cookie="desk"),
        met(6, cookie="desk", user_id="+79161234569"),
        met(7, cookie="desk", user_id="+79161234570"),
        met(8, cookie="desk"),
    ]
    who = groups(published(tmp_path, [*rows, *direct], source(**columns)))
    assert who["1"] == who["2"] == who["4"] != who["3"]
    assert who["3"] is not None
    assert who["5"] == who["6"] == who["7"] == who["8"] not in (None, who["1"], who["3"])
