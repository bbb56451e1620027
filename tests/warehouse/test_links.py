"""Links: the company itself says who is who, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from journeyflow.explaining import explain
from journeyflow.warehouse.forgetting import forget
from tests.support.projects import Project, Row, csv_text, hidden_secret, settings, source

TYPES = {"cookie": "cookie", "phone": "email", "crm_contact": "user_id", "loyalty_card": "stage"}
ANNA, BORIS, CLARA, DORA = (f"+7916123456{n}" for n in range(4))


def met(second: int, **identifiers: str) -> Row:
    """An event; each type in the column that the project helper writes it to."""
    told = {TYPES[type]: value for type, value in identifiers.items()}
    return {"ts": f"2025-03-01T10:00:{second:02}Z", "kind": "visit", "id": str(second)} | told


def links(type: str = "crm_contact", **options: Any) -> Row:
    """A source in which each row says something of two values of one type."""
    return {
        "name": "who", "format": "links", "files": ["exports/who/*.csv"], "timezone": "UTC",
        "columns": {"link_id": "id", "linked_at": "at", "relation": "relation"},
        "identifiers": {type: ["one", "other"]},
    } | options  # fmt: skip


def link(one: str, other: str, relation: str = "", day: int = 2, id: str = "") -> Row:
    name = id or "-".join(sorted((one, other)))
    return {"id": name, "at": f"2025-03-{day:02}", "relation": relation, "one": one, "other": other}


def told(project: Project, night: int, *rows: Row) -> None:
    names = ("id", "at", "relation", "one", "other")
    project.write(f"exports/who/{night}.csv", csv_text(rows, names))


def company(folder: Path, events: list[Row], *rows: Row, type: str = "crm_contact",
            **tables: Any) -> Project:  # fmt: skip
    project = Project(folder, settings(source(identifiers=TYPES), links(type), **tables))
    project.write("exports/site/1.csv", events)
    told(project, 1, *rows)
    project.run()
    return project


def groups(project: Project) -> dict[str, str | None]:
    return {each["event_id"]: each["person_id"] for each in project.rows("events")}


def test_a_table_of_merges_joins_contacts_with_different_phones(tmp_path: Path) -> None:
    """C has no event of its own: A and B were merged into it one after the other."""
    events = [
        met(1, crm_contact="A", phone=ANNA), met(2, crm_contact="B", phone=BORIS),
        met(3, phone=BORIS), met(4, crm_contact="D", phone=DORA),
    ]  # fmt: skip
    project = company(
        tmp_path, events, link("C", "A"), link("C", "B", "same", day=9), link("D", "")
    )
    who = groups(project)
    assert len(who) == 4
    assert who["1"] == who["2"] == who["3"] != who["4"]
    persons = {each["person_id"]: each for each in project.rows("persons")}
    assert {name: each["identifiers"] for name, each in persons.items()} == {
        who["1"]: 5,
        who["4"]: 2,
    }
    assert project.rows("project")[0]["observed_until"] == max(
        each["occurred_at"] for each in project.rows("events")
    )
    (file,) = project.query("from files where source = 'who'")
    assert (file["rows_read"], file["rows_used"], file["skipped"]) == (3, 2, 1)
    assert project.query("select reason from skipped") == [{"reason": "fewer than two identifiers"}]
    assert all(each["holds"] for each in project.rows("reconciliation"))
    with hidden_secret(project.secret):
        lines = explain(tmp_path, person=who["1"], journey=None)
    same = lines[lines.index("linked as the same:") + 1 :]
    assert sorted(line.split(": ")[1] for line in same) == [
        "1 links, first in exports/who/1.csv, row 1",
        "1 links, first in exports/who/1.csv, row 2",
    ]


def test_a_replaced_card_stays_its_owners_beyond_every_limit(tmp_path: Path) -> None:
    """Two cards a person at most; the four that were replaced by one another count as one."""
    events = [met(n, loyalty_card=f"card-{n}") for n in range(1, 5)]
    replaced = [link(f"card-{n}", f"card-{n + 1}") for n in range(1, 4)]
    late = [
        met(5, loyalty_card="card-1", phone=ANNA), met(6, loyalty_card="card-9", phone=ANNA),
        met(7, loyalty_card="card-8", phone=ANNA),
    ]  # fmt: skip
    project = company(
        tmp_path, [*events, *late], *replaced, type="loyalty_card",
        identity={"max_loyalty_cards_per_person": 2},
    )  # fmt: skip
    who = groups(project)
    assert len({who[str(n)] for n in range(1, 7)}) == 1
    assert who["7"] not in (None, who["1"])


def test_two_contacts_on_one_phone_are_kept_apart_until_the_word_is_taken_back(
    tmp_path: Path,
) -> None:
    events = [
        met(1, crm_contact="A", phone=ANNA), met(2, crm_contact="B"),
        met(3, crm_contact="B", phone=ANNA), met(4, phone=ANNA),
    ]  # fmt: skip
    project = company(tmp_path, events, link("X", "Y"))
    assert len(set(groups(project).values())) == 1
    before = groups(project)["1"]

    told(project, 2, link("A", "B", "different"))
    assert project.run().mode == "incremental"
    who = groups(project)
    assert who["1"] == before
    assert who["2"] == who["3"] != before
    assert who["4"] is None
    with hidden_secret(project.secret):
        lines = explain(tmp_path, person=before, journey=None)
    (refused,) = lines[lines.index("refused:") + 1 : lines.index("refused:") + 2]
    assert refused.endswith("1 events, first in exports/site/1.csv, row 3; known to be different")
    assert "known to be different:" in lines

    told(project, 3, link("A", "B", "same", day=1))
    assert project.run().mode == "incremental"
    assert set(groups(project).values()) == {before}
    history = project.query("select run_id[:6] as run, * from person_history order by all")
    assert [(e["run"], e["old_person_id"], e["new_person_id"], e["reason"]) for e in history] == [
        ("000002", before, who["2"], "split"),
        ("000002", before, None, "no longer identified"),  # the phone, which both claim
        ("000003", who["2"], before, "merged"),
    ]


def test_a_hub_is_whose_the_company_says_and_merges_nobody_else(tmp_path: Path) -> None:
    """The contact H stands on everybody's rows; the company merged it into A."""
    crowd = [met(n, crm_contact="H", phone=f"+7916555443{n}") for n in range(1, 6)]
    events = [*crowd, met(7, crm_contact="A", phone=ANNA), met(8, crm_contact="H")]
    hub = {"max_phones_per_crm_contact": 3}
    project = company(tmp_path, events, link("X", "Y"), identity=hub)
    alone = groups(project)
    assert len({alone[str(n)] for n in (1, 2, 3, 4, 5, 7)}) == 6
    assert alone["8"] is None
    told(project, 2, link("A", "H"))
    assert project.run().mode == "incremental"
    who = groups(project)
    # What is known by the contact is A's; the phones of the crowd are A's no more than before.
    assert {who[str(n)] for n in (1, 2, 3, 4, 5, 7, 8)} == {who["7"]}
    (person,) = project.rows("persons")
    assert person["identifiers"] == 3
    project.write("exports/site/2.csv", [met(9, phone="+79165554431")])
    project.run()
    assert groups(project)["9"] not in (None, who["7"])
    nightly = project.tables()
    project.run(full_refresh=True)
    assert nightly == project.tables()
    with hidden_secret(project.secret):
        erased = forget(tmp_path, "phone", ANNA)
    assert dict(erased.identifiers) == {"crm_contact": 1, "phone": 1}
    assert erased.rows == {"site": 7, "who": 1}


def test_the_latest_word_on_a_pair_counts_and_a_contradiction_is_told(tmp_path: Path) -> None:
    events = [met(1, crm_contact="A"), met(2, crm_contact="B"), met(3, crm_contact="C")]
    rows = [
        link("A", "B", "different", 3, "1"), link("B", "A", "same", 4, "2"),
        link("B", "C", "same", 5, "3"), link("C", "B", "different", 5, "4"),
    ]  # fmt: skip
    project = company(tmp_path, events, *rows)
    who = groups(project)
    assert who["1"] == who["2"] != who["3"]
    assert [each[:32] for each in project.warnings()] == ["2 pairs of identifiers are linke"]
    # Not of one pair, and yet both cannot be.
    told(project, 2, link("B", "C", "same", 6), link("A", "C", "different", 7))
    project.run()
    who = groups(project)
    assert who["1"] == who["2"] != who["3"]
    assert None not in who.values()
    assert any("1 pairs that are linked as the same are kept" in each["warning"]
               for each in project.rows("warnings"))  # fmt: skip


def test_words_that_are_neither_are_rejected(tmp_path: Path) -> None:
    project = company(tmp_path, [met(1, crm_contact="A")], link("A", "B", "maybe"),
                      link("A", "C", "DIFFERENT"))  # fmt: skip
    (reject,) = project.rows("rejects")
    assert (reject["column"], reject["reason"]) == ("relation", "neither same nor different")
