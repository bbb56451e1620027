"""A column that holds whatever people left to be reached by: a phone here, an e-mail there."""

from __future__ import annotations

from pathlib import Path

import journeyflow as jf
from journeyflow.check import check_files, render, write_settings
from tests.support.projects import lean

PHONES = [f"0664/23456{n:02}" for n in range(10)] + ["0664 23456-00"]
EMAILS = [f"person{n}@mail.example" for n in range(10)]


def test_it_is_read_as_both_and_neither_is_a_fault_of_the_other(tmp_path: Path) -> None:
    reached_by = [*PHONES, *EMAILS]
    rows = [f"{n + 1}.03.2026 10:{n:02};{each};zu teuer" for n, each in enumerate(reached_by)]
    file = tmp_path / "exports" / "gruende.csv"
    file.parent.mkdir()
    file.write_text("\n".join(["Datum;Telefon / E-Mail;Grund", *rows, ""]), encoding="utf-8")
    (report,) = check_files(
        [file], tmp_path, timezone="Europe/Vienna", answers=['kind = { value = "no" }']
    )
    assert report.sound, report.questions
    # Two spellings of one number are one person.
    assert report.persons == len(reached_by) - 1
    told = render(report)
    assert "hold no identifier" not in told
    assert not [each for each in reached_by if each in told]
    write_settings(tmp_path, report.settings_block, timezone="Europe/Vienna", currency="EUR")
    jf.run(lean(tmp_path))
    with jf.open_store(tmp_path) as store:
        assert len(store.query("from persons")) == len(reached_by) - 1
        assert store.query("from blocked_identifiers where source is not null").empty
