"""Who is one person, by hand."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path
from typing import Any
from uuid import UUID

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


def test_identifiers_seen_together_are_one_person_named_after_the_earliest(tmp_path: Path) -> None:
    project = published(tmp_path, [
        met(1, cookie="mobile"), met(2, cookie="laptop"),
        met(3, cookie="laptop", email="anna@mail.de"),
        met(4, cookie="tablet", email="Anna@Mail.de"), met(5, cookie="tablet", user_id="77"),
    ])  # fmt: skip
    who = groups(project)
    assert len({who[each] for each in "2345"}) == 1
    assert who["1"] != who["2"]
    secret = Secret(SECRET.encode(), "a test")
    key = secret.key("cookie", "laptop")
    told = hashlib.sha256(f"{secret.salt}personcookie/{UUID(key)}".encode()).digest()
    assert who["2"] == b64encode(told[:9], altchars=b"AB").decode()
    assert {each["identifiers"] for each in project.rows("persons")} == {1, 4}


def test_a_late_row_that_links_two_persons_makes_one_of_them(tmp_path: Path) -> None:
    project = published(
        tmp_path, [met(1, cookie="mobile"), met(2, user_id="77"), met(3, cookie="other")]
    )
    before = groups(project)
    assert len(set(before.values())) == 3
    project.write("exports/site/2.csv", [met(9, cookie="mobile", user_id="77")])
    assert project.run().counts["touched_persons"] == 2
    after = groups(project)
    assert after["1"] == after["2"] == after["9"] == before["1"]
    assert after["3"] == before["3"]
    assert [each["journeys"] for each in project.rows("persons")] == [1, 1]


def test_the_history_lists_merges_and_splits_with_the_runs_that_made_them(tmp_path: Path) -> None:
    project = published(
        tmp_path, [met(1, cookie="mobile"), met(2, user_id="77"), met(3, cookie="other")]
    )
    assert project.rows("person_history") == []
    first = groups(project)
    project.write("exports/site/2.csv", [met(9, cookie="mobile", user_id="77")])
    project.run()
    project.write("exports/site/3.csv", [met(9, cookie="other")])
    project.run()
    project.run(full_refresh=True)
    told = [
        (each["run_id"][:6], each["old_person_id"], each["new_person_id"], each["reason"])
        for each in project.query("from person_history order by run_id")
    ]
    assert told == [
        ("000002", first["2"], first["1"], "merged"), ("000003", first["1"], first["2"], "split"),
    ]  # fmt: skip


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


def test_an_order_attaches_to_one_person_and_links_no_two(tmp_path: Path) -> None:
    project = published(tmp_path, [
        met(1, cookie="a1", order_id="N-1"), met(2, order_id="N-1"),
        met(3, cookie="b1", order_id="N-2"), met(4, cookie="c1", order_id="N-2"),
        met(5, order_id="N-2"),
        met(6, order_id="N-3"), met(7),
    ])  # fmt: skip
    who = groups(project)
    assert who["2"] == who["1"]
    assert len({who["1"], who["3"], who["4"]}) == 3
    assert (who["5"], who["6"], who["7"]) == (None, None, None)
    assert len(project.rows("events")) == 7


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


def test_no_raw_identifier_stays_anywhere(tmp_path: Path) -> None:
    published(tmp_path, [met(1, email="anna.petrova@mail.de", user_id="user-number-77")])
    for path in tmp_path.rglob("*"):
        if path.is_file() and "exports" not in path.parts:
            content = path.read_bytes()
            assert b"petrova" not in content, path
            assert b"user-number" not in content, path


def test_a_browser_of_two_accounts_is_cut_in_time_and_joins_nobody(tmp_path: Path) -> None:
    """Visits half an hour apart: whose a visit is, is said by the log-in within it or before it."""
    at = {
        1: "09:00", 2: "09:05", 3: "09:10", 4: "10:00", 5: "11:00", 6: "11:05", 7: "11:10",
        8: "12:00",
    }  # fmt: skip
    accounts = {2: "anna", 6: "boris"}
    rows = [
        met(n, cookie="home", **({"user_id": accounts[n]} if n in accounts else {}))
        | {"ts": f"2025-03-01T{time}:00Z"}
        for n, time in at.items()
    ]
    project = published(tmp_path, rows)
    who = groups(project)
    anna, boris = who["2"], who["6"]
    assert anna != boris
    assert {who[each] for each in "134"} == {anna}
    assert {who[each] for each in "578"} == {boris}
    told = project.query("from blocked_identifiers where source is null")
    assert [(each["type"], each["reason"], each["rows"]) for each in told] == [
        ("cookie", "a browser that several persons use, cut in time", 1)
    ]


def test_an_address_of_two_accounts_is_nobodys_alone(tmp_path: Path) -> None:
    project = published(tmp_path, [
        met(1, user_id="anna", email="family@mail.de"), met(2, user_id="boris"),
        met(3, user_id="boris", email="family@mail.de"), met(4, email="family@mail.de"),
    ])  # fmt: skip
    who = groups(project)
    assert who["1"] != who["2"] == who["3"]
    assert who["4"] is None
    told = project.query("from blocked_identifiers where source is null")
    assert [(each["type"], each["reason"], each["rows"]) for each in told] == [
        ("email", "claimed by several persons", 1)
    ]


def test_a_person_may_have_as_many_accounts_as_the_settings_say(tmp_path: Path) -> None:
    rows = [met(1, cookie="home", user_id="anna"), met(2, cookie="home", user_id="boris")]
    one = published(tmp_path / "one", rows)
    two = published(tmp_path / "two", rows, identity={"max_user_ids_per_person": 2})
    assert len(set(groups(one).values())) == 2
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
    project = published(tmp_path, rows, source(**columns))
    who = groups(project)
    assert who["1"] == who["2"] == who["4"] != who["3"]
    assert who["3"] is not None
    told = [row | {"stage": None} for row in rows]
    direct = published(tmp_path / "direct", told, source(**columns))
    assert len(set(groups(direct).values())) == 1
