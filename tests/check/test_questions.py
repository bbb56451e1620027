"""What a file cannot tell is asked, with the lines to choose from, and nothing is written."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from journeyflow.check import FileReport, check_files, render, write_settings
from journeyflow.errors import SettingsError
from journeyflow.project import SETTINGS_FILE


def look(folder: Path, text: str, name: str = "log.csv", zone: str | None = "UTC") -> FileReport:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    (report,) = check_files([path], folder, timezone=zone, currency="EUR")
    return report


def asked(report: FileReport) -> dict[str, tuple[str, ...]]:
    assert not report.sound
    assert "QUESTION" in report.settings_block
    assert tomllib.loads(report.settings_block)["sources"]
    assert "questions that the file cannot answer" in render(report)
    return {each.about: each.choices for each in report.questions}


def test_a_zone_is_never_guessed(tmp_path: Path) -> None:
    text = "ts,event,user_id\n2024-03-01 10:00,visit,u1\n2024-03-01 11:00,visit,u2\n"
    report = look(tmp_path, text, zone=None)
    assert list(asked(report)) == ["timezone"]
    assert report.zone_assumed
    assert "\ntimezone" not in report.settings_block
    with pytest.raises(SettingsError, match="open question"):
        write_settings(tmp_path, report.settings_block, timezone="UTC", currency="EUR")
    assert not (tmp_path / SETTINGS_FILE).exists()


def test_an_offset_in_the_values_leaves_nothing_to_ask(tmp_path: Path) -> None:
    text = "ts,event,user_id\n2024-03-01T10:00:00+03:00,visit,u1\n2024-03-01T11:00:00Z,visit,u2\n"
    report = look(tmp_path, text, zone=None)
    assert report.questions == []
    assert (report.first_at, report.last_at) == (
        "2024-03-01T07:00:00+00:00",
        "2024-03-01T11:00:00+00:00",
    )


def test_day_or_month_first_is_asked_where_no_value_proves_it(tmp_path: Path) -> None:
    text = "date,event,user_id\n03/04/2024 10:00,visit,u1\n05/04/2024 10:00,visit,u1\n"
    assert asked(look(tmp_path, text)) == {
        "time_format": ('time_format = "%d/%m/%Y %H:%M"', 'time_format = "%m/%d/%Y %H:%M"')
    }


@pytest.mark.parametrize(
    ("proof", "format"),
    [("13/04/2024 10:00", "%d/%m/%Y %H:%M"), ("04/13/2024 10:00", "%m/%d/%Y %H:%M")],
)
def test_one_value_above_twelve_proves_the_order(tmp_path: Path, proof: str, format: str) -> None:
    text = f"date,event,user_id\n03/04/2024 10:00,visit,u1\n{proof},visit,u1\n"
    report = look(tmp_path, text)
    assert report.questions == []
    assert f'time_format = "{format}"' in report.settings_block
    assert proof in next(each.why for each in report.columns if each.name == "date")


def test_dots_are_day_first(tmp_path: Path) -> None:
    report = look(tmp_path, "date,event,user_id\n03.04.2024,visit,u1\n05.04.2024,visit,u1\n")
    assert report.sound
    assert 'time_format = "%d.%m.%Y"' in report.settings_block


def test_phones_without_a_country_code_need_a_region(tmp_path: Path) -> None:
    rows = "".join(f"2024-03-0{n}T10:00:00Z,visit,7911 123-45-6{n}\n" for n in range(1, 6))
    text = f"ts,event,phone\n{rows}"
    assert "region" in asked(look(tmp_path, text, zone=None))
    at_home = look(tmp_path, text, zone="Europe/Moscow")
    assert at_home.sound
    assert tomllib.loads(at_home.settings_block)["identity"] == {"region": "RU"}


def test_a_sign_that_may_be_a_decimal_or_a_thousand(tmp_path: Path) -> None:
    rows = '2024-03-01T10:00:00Z,order,u1,"1,234"\n2024-03-01T11:00:00Z,order,u1,"5,678"\n'
    assert asked(look(tmp_path, f"ts,event,user_id,amount\n{rows}")) == {
        "decimal": ('decimal = "."', 'decimal = ","')
    }


def test_currencies_that_the_project_cannot_convert(tmp_path: Path) -> None:
    rows = "2024-03-01T10:00:00Z,order,u1,10,USD\n2024-03-01T11:00:00Z,order,u1,10,EUR\n"
    assert list(asked(look(tmp_path, f"ts,event,user_id,amount,currency\n{rows}"))) == ["currency"]


def test_ids_that_do_not_say_whose_they_are(tmp_path: Path) -> None:
    rows = "".join(f"2024-03-01T1{n}:00:00Z,visit,k{n % 3}\n" for n in range(6))
    report = look(tmp_path, f"ts,event,ref_key\n{rows}")
    assert asked(report) == {"identifiers": ('user_id = "ref_key"',)}
    answered = report.settings_block.replace("# user_id", "user_id")
    assert tomllib.loads(answered)["sources"][0]["identifiers"] == {"user_id": "ref_key"}


def test_orders_alone_are_said_to_stand_for_nobody(tmp_path: Path) -> None:
    text = "Created at,Order ID,Total\n2024-03-01T10:00:00Z,A1,5\n2024-03-02T10:00:00Z,A2,6\n"
    report = look(tmp_path, text)
    assert any("nothing here stands for a person" in note for note in report.notes)
    assert report.persons == 0


@pytest.mark.parametrize(
    ("ids", "forms_sessions"),
    [
        ({"session_id": "s1", "user_id": "u1"}, True),
        ({"cookie_id": "c0ffee01"}, True),
        ({"user_id": "u1"}, False),
        ({"cookie_id": "c0ffee01", "phone": "+79161234567"}, False),
    ],
)
def test_a_log_of_browsers_forms_sessions_and_a_crm_does_not(
    tmp_path: Path, ids: dict[str, str], forms_sessions: bool
) -> None:
    rows = "".join(f"2024-03-01T1{n}:00:00Z,visit,{','.join(ids.values())}\n" for n in range(3))
    report = look(tmp_path, f"ts,event,{','.join(ids)}\n{rows}")
    source = tomllib.loads(report.settings_block)["sources"][0]
    assert source.get("sessions", False) == forms_sessions
    assert len(source["identifiers"]) == len(ids)


def test_dates_to_come_are_said_to_be_such(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    days = [10 if n in (2, 4, 5) else -n for n in range(12)]  # a quarter lies in the future
    rows = "".join(f"{now + timedelta(days=day):%d.%m.%Y %H:%M},visit,u1\n" for day in days)
    report = look(tmp_path, f"дата,event,user_id\n{rows}")
    assert report.sound
    assert (report.used, report.rejected) == (9, 3)
    (found,) = report.rejects
    assert (found.column, found.rows, found.first_line) == ("occurred_at", 3, 3)
    assert found.reason.startswith("more than a day after the file arrived")
    assert "otherwise" not in render(report)


@pytest.mark.parametrize(
    ("step", "busiest"),
    [
        (timedelta(minutes=31), None),  # round the clock
        # Each day five minutes later: twelve events an hour from 8 to 14.
        (timedelta(days=1, minutes=5), (8, 13, 60 / 72)),
        (timedelta(days=1), (8, 9, 1.0)),
    ],
)
def test_hours_are_told_where_there_is_a_day_and_a_night(
    tmp_path: Path, step: timedelta, busiest: tuple[int, int, float] | None
) -> None:
    begin = datetime(2024, 3, 1, 8, tzinfo=UTC)
    rows = "".join(f"{begin + n * step:%Y-%m-%dT%H:%M:%SZ},visit,u{n % 3}\n" for n in range(72))
    report = look(tmp_path, f"ts,event,user_id\n{rows}")
    assert report.busiest == busiest


def test_touchpoints_are_proposed_from_pages_and_kinds_and_stages_are_not(tmp_path: Path) -> None:
    pages = ("catalog/1", "catalog", "catalog-old", "ann@shop.example", "2024/x", "")
    rows = "".join(
        f"2024-03-01T1{n}:00:00Z,page_view,u1,https://shop.example/{page}\n"
        for n, page in enumerate(pages)
    )
    rows += "2024-03-01T18:00:00Z,order [new],u1,https://shop.example/cart\n"
    report = look(tmp_path, f"ts,event,user_id,url\n{rows}")
    assert dict(report.touchpoints) == {
        "catalog-old": {"kind": "page_view", "path": "/catalog-old*"},
        "catalog": {"kind": "page_view", "path": "/catalog*"},
        "/": {"kind": "page_view", "path": "/"},
        "order [new]": {"kind": "order [[]new]"},
    }
    assert [name for name, _ in report.touchpoints].index("catalog-old") == 0
    assert "[[touchpoints]]" not in report.settings_block.replace("# [[touchpoints]]", "")
    assert "# stage" not in report.settings_block


def test_success_is_proposed_the_way_that_the_settings_name_it(tmp_path: Path) -> None:
    rows = "2024-03-01T10:00:00Z,view,u1\n2024-03-01T11:00:00Z,purchase,u1\n"
    text = f"ts,event,user_id\n{rows}"
    assert "# [[conversions]]" in look(tmp_path, text).settings_block
    standing = '[journeys]\nconversions = ["call"]\n'
    (tmp_path / SETTINGS_FILE).write_text(standing, encoding="utf-8")
    block = look(tmp_path, text).settings_block
    assert "[[conversions]]" not in block
    assert 'add to [journeys] conversions: "log:purchase"' in block
    deals = "2024-03-01,1,Won,u1\n2024-03-02,2,Lost,u2\n2024-03-03,3,New,u3\n"
    block = look(
        tmp_path, f"created at,deal id,deal stage,user_id\n{deals}", "deals.csv"
    ).settings_block
    assert "only in place of [journeys] conversions" in block
    assert '# when = { source = "deals", kind = "deals", "attributes.deal stage" = "Won" }' in block


def test_a_channel_beside_its_source_is_a_medium(tmp_path: Path) -> None:
    rows = "".join(f"2024-03-0{n} 10:00,visit,u1,yandex,cpc,brand\n" for n in range(1, 6))
    both = look(tmp_path, f"ts,event,user_id,Источник,Канал,Кампания\n{rows}", "both.csv")
    columns = tomllib.loads(both.settings_block)["sources"][0]["columns"]
    assert {columns[f"utm_{each}"] for each in ("source", "medium", "campaign")} == {
        "Источник", "Канал", "Кампания",
    }  # fmt: skip
    alone = look(tmp_path, f"ts,event,user_id,a,Канал,b\n{rows}", "alone.csv")
    assert tomllib.loads(alone.settings_block)["sources"][0]["columns"]["channel"] == "Канал"


def test_rows_that_repeat_another_are_told_unless_they_have_an_id(tmp_path: Path) -> None:
    header, twin = "ts,event,user_id", "2024-03-01 10:00,visit,u1"
    visits = [f"2024-03-01 09:{minute},visit,u1" for minute in range(10, 60)]
    rows = [header, *visits, twin, twin, twin, header, header, ",,u2", ",,u2"]
    (told,) = [each for each in look(tmp_path, "\n".join(rows)).notes if "copies" in each]
    assert told.startswith(
        "2 rows are copies of another row in every column, as row 52 is of row 51"
    )
    numbered = [f"{line},{number if line != header else 'id'}" for number, line in enumerate(rows)]
    assert [e for e in look(tmp_path, "\n".join(numbered)).notes if "copies" in e] == []


def test_where_no_column_names_events_those_that_may_are_asked_and_a_channel_is_none(
    tmp_path: Path,
) -> None:
    rows = [
        f"2024-03-01T10:00:{n:02}Z,u{n % 9},google / cpc,{('ver', 'comprar')[n % 2]},{'AB'[n % 2]}"
        for n in range(60)
    ]
    heading = "ts,user_id,Source / Medium,Toiminto,Loja"
    report = look(tmp_path, "\n".join([heading, *rows]))
    assert asked(report) == {
        "kind": ('kind = { value = "log" }', 'kind = "Toiminto"', 'kind = "Loja"')
    }
    (described,) = tomllib.loads(report.settings_block)["sources"]
    assert described["columns"] == {"occurred_at": "ts", "channel": "Source / Medium"}
    told = report.settings_block.replace('# kind = "Toiminto"', 'kind = "Toiminto"')
    assert tomllib.loads(told)["sources"][0]["columns"]["kind"] == "Toiminto"


@pytest.mark.parametrize(
    ("name", "header", "cell", "kind", "reason"),
    [
        ("log.csv", "url", "https://shop.example/a", "page_view", "each row is of a page"),
        ("log.csv", "order_id", "A{}", "log", "each row has an order_id"),
        ("calls_2024.csv", "store", "A", "calls", "the file's name says what its rows are"),
        ("log.csv", "store", "A", "log", "the file is named so"),
    ],
)
def test_one_kind_for_all_rows_is_proposed_with_its_reason(
    tmp_path: Path, name: str, header: str, cell: str, kind: str, reason: str
) -> None:
    rows = "".join(f"2024-03-01 1{n}:00,c{n % 3},{cell.format(n)}\n" for n in range(6))
    report = look(tmp_path, f"ts,customer_id,{header}\n{rows}", name)
    assert report.sound
    assert f'kind = {{ value = "{kind}" }}    # {reason}' in report.settings_block
    (note,) = [each for each in report.notes if "no column holds event names" in each]
    assert reason in note


def test_reasons_are_told_to_their_end_on_any_terminal(tmp_path: Path) -> None:
    rows = "".join(f"2024-03-0{n} 10:00,visit,u1,{n},Anna Müller,{n}\n" for n in range(1, 6))
    name = "a column whose name is as long as names of columns of surveys are"
    report = look(tmp_path, f"ts,event,user_id,Order total,customer name,{name}\n{rows}")
    for width in (60, 100):
        page = render(report, width)
        assert all(len(line) <= width for line in page.split("\nsettings for")[0].splitlines())
        columns = page.split("\ncolumns\n")[1].split("\n\n")[0]
        assert "…" not in columns
        # Read down its column, the sentence is whole.
        last = columns.splitlines()[0].index("evidence")
        said = " ".join(" ".join(line[last:] for line in columns.splitlines()).split())
        assert "a name, which identifies nobody and stays out of the ledger" in said


def test_columns_that_are_left_out_are_told_as_of_the_proposal(tmp_path: Path) -> None:
    text = "ts,event,user_id,customer name\n2024-03-01 10:00,visit,u1,Anna Müller\n"
    block = look(tmp_path, text).settings_block
    assert "# left out when check proposed this: customer name\n" in block
    assert "# not read" not in block
