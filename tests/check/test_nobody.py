"""Rows that belong to nobody are counted, and columns that may say whose they are are offered."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import journeyflow as jf
from journeyflow.check import FileReport, check_files, render, write_settings
from tests.support.commands import command
from tests.support.projects import lean

ROWS = 120
START = datetime.fromisoformat("2026-03-01T10:00:00+00:00")


def spur(n: int) -> str:
    """60 values, two rows each."""
    return f"B-{n % 60:03}"


def export(ids: list[str], emails: int = 12) -> str:
    """120 rows, of which the first few have an e-mail, each another, and ten an amount."""
    lines = ["Beleg;ts;event;Spur;Bereich;Post;Plus"]
    for n in range(ROWS):
        cells = [
            str(1000 + 7 * n),
            (START + timedelta(minutes=n)).isoformat(),
            "view" if n % 2 else "click",
            ids[n],
            "/zimmer" if n % 3 else "/",
            f"gast{n}@post.example" if n < emails else "",
            f"{100 + n},25" if n < 10 else "",
        ]
        lines.append(";".join(cells))
    return "\n".join(lines) + "\n"


def look(folder: Path, text: str) -> FileReport:
    path = folder / "log.csv"
    path.write_text(text, encoding="utf-8")
    (report,) = check_files([path], folder, timezone="UTC", currency="EUR")
    return report


def reasons(report: FileReport) -> dict[str, tuple[str | None, str]]:
    return {each.name: (each.becomes, each.why) for each in report.columns}


def of_nobody(report: FileReport) -> list[str]:
    return [each for each in report.notes if "belong to nobody" in each]


def test_the_column_that_may_tell_people_apart_is_offered_and_its_line_holds(
    tmp_path: Path,
) -> None:
    report = look(tmp_path, export([spur(n) for n in range(ROWS)]))
    assert report.sound
    assert (report.persons, report.events_with_person, report.events_of_nobody) == (12, 12, 108)
    (note,) = of_nobody(report)
    assert note.startswith("90% of the rows belong to nobody")
    assert "(60 values, 2.0 rows each, on 100% of the rows)" in note
    assert 'visitor_id = "Spur"' in note
    proposed = tomllib.loads(report.settings_block)["sources"][0]
    assert proposed["identifiers"] == {"email": "Post"}
    assert proposed["columns"] == {"occurred_at": "ts", "kind": "event", "url": "Bereich"}
    found = reasons(report)
    assert found["Bereich"] == ("url", "paths, and no other column is the page's address")
    assert found["Spur"] == (None, "shaped like an id: 60 values, 2.0 rows each")
    assert found["Beleg"] == (None, "different in every row, as the number of a row is")
    assert found["Plus"] == (None, "amounts with the decimal ',', and no name says of what")

    block = report.settings_block
    for line in ("visitor_id =", "event_id =", "value =", "decimal ="):
        assert block.count(f"# {line}") == 1
        block = block.replace(f"# {line}", line)
    write_settings(tmp_path, block, timezone="UTC", currency="EUR")
    jf.run(lean(tmp_path))
    with jf.open_store(tmp_path) as store:
        told = store.query(
            "select count(*) as events, count(distinct person_id) as persons, "
            "count(*) filter (page = '/zimmer') as rooms, sum(value) as value from events"
        )
    # 100.25 + 101.25 + … + 109.25
    assert told.iloc[0].to_dict() == {"events": 120, "persons": 60, "rooms": 80, "value": 1047.5}


@pytest.mark.parametrize(
    "ids",
    [
        [f"B-{n % 50:03}" for n in range(ROWS)],  # no more than one segments by
        [f"B-{n % 81:03}" for n in range(ROWS)],  # 1.48 rows each
        [spur(n) if n % 10 else "" for n in range(ROWS)],  # on 90% of the rows, no more
        [f"B {n % 60:03}" for n in range(ROWS)],
        [f"{n % 60},50" for n in range(ROWS)],
        [f"10.0.0.{n % 60}" for n in range(ROWS)],
        [chr(97 + n % 26) * (1 + n % 60 // 26) for n in range(ROWS)],  # no digits
        [f"/p/{n % 60}" for n in range(ROWS)],
    ],
    ids=["few", "rare", "gaps", "blanks", "amounts", "machines", "words", "paths"],
)
def test_what_is_shaped_otherwise_is_not_offered(tmp_path: Path, ids: list[str]) -> None:
    report = look(tmp_path, export(ids))
    (note,) = of_nobody(report)
    assert note.startswith("90% of the rows")
    assert "shaped like" not in note
    assert "name it under [sources.identifiers]" in note
    assert "# visitor_id" not in report.settings_block


@pytest.mark.parametrize(("name", "line"), [("Besuch Kurz", "visitor_id"), ("Gast", "customer_id")])
def test_a_part_of_the_name_says_the_type(tmp_path: Path, name: str, line: str) -> None:
    text = export([spur(n) for n in range(ROWS)]).replace("Spur", name)
    assert f'# {line} = "{name}"' in look(tmp_path, text).settings_block


def test_amounts_that_all_differ_are_no_number_of_the_row(tmp_path: Path) -> None:
    ids = [f"{100 + n}.25" for n in range(ROWS)]
    block = look(tmp_path, export(ids)).settings_block
    assert '# event_id = "Beleg"' in block
    assert '# value = "Spur"' in block


def test_an_amount_of_something_else_is_no_value(tmp_path: Path) -> None:
    text = export([spur(n) for n in range(ROWS)]).replace("Plus", "Unit Price")
    report = look(tmp_path, text)
    assert reasons(report)["Unit Price"] == (None, "amounts of something else, as the name says")
    assert "# value" not in report.settings_block


@pytest.mark.parametrize(
    ("emails", "share", "is_offered"), [(81, None, False), (80, "33%", False), (59, "51%", True)]
)
def test_from_a_third_on_it_is_said_and_from_a_half_on_a_column_is_offered(
    tmp_path: Path, emails: int, share: str | None, is_offered: bool
) -> None:
    report = look(tmp_path, export([spur(n) for n in range(ROWS)], emails))
    assert [each.split()[0] for each in of_nobody(report)] == ([share] if share else [])
    assert ("# visitor_id" in report.settings_block) == is_offered


def test_where_nothing_identifies_the_column_is_asked_about(tmp_path: Path) -> None:
    report = look(tmp_path, export([spur(n) for n in range(ROWS)], emails=0))
    (question,) = report.questions
    assert (question.about, question.choices[0]) == ("identifiers", 'visitor_id = "Spur"')
    assert [each.split()[0] for each in of_nobody(report)] == ["100%"]
    assert report.settings_block.count("# visitor_id") == 1


def test_german_names_are_known(tmp_path: Path) -> None:
    text = (
        "Lfd. Nr.;Datum;Uhrzeit;Kunden-Nr.;Besucherkennung;Aktion;Seite;Herkunft;E-Mail;Telefon;"
        "Bestellnummer;Umsatz (€);Gerät;Nachname\n"
        "1;13.03.2026;10:00:00;K1;B1;Aufruf;/zimmer;google;;;;;Mobil;\n"
        "2;13.03.2026;10:05:00;K1;B1;Buchung;/;google;"
        "a@b.example;+49 30 901820;A-7;99,50;Mobil;Abt\n"
        "3;14.03.2026;11:00:00;K2;B2;Aufruf;/zimmer;direkt;;;;;Desktop;\n"
    )
    report = look(tmp_path, text)
    assert report.sound, report.questions
    source = tomllib.loads(report.settings_block)["sources"][0]
    assert source["columns"] == {
        "event_id": "Lfd. Nr.",
        "occurred_at": ["Datum", "Uhrzeit"],
        "kind": "Aktion",
        "url": "Seite",
        "channel": "Herkunft",
        "value": "Umsatz (€)",
        "device": "Gerät",
    }
    assert source["identifiers"] == {
        "customer_id": "Kunden-Nr.",
        "visitor_id": "Besucherkennung",
        "email": "E-Mail",
        "phone": "Telefon",
        "order_id": "Bestellnummer",
    }
    assert (source["decimal"], report.conversions) == (",", ["Buchung"])
    assert reasons(report)["Nachname"][0] is None


def test_whoever_writes_is_not_told_to_write(tmp_path: Path) -> None:
    report = look(tmp_path, "ts,event,user_id\n2024-03-01T10:00:00Z,visit,u1\n")
    assert "with --write" in " ".join(render(report).split())
    file, home = tmp_path / "log.csv", ("--project", tmp_path)
    code, said, _ = command(
        "check", file, *home, "--write", "--timezone", "UTC", "--currency", "EUR"
    )
    assert (code, "added the source log" in said, "with --write" in said) == (0, True, False)
