"""The command line: thin, and quick to answer, since each command imports what it needs."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from journeyflow._version import __version__
from journeyflow.console import note, progress, say, say_json, tell_fault
from journeyflow.errors import EnvironmentFault, JourneyflowError, SettingsError

app = typer.Typer(
    name="journeyflow",
    help="The journeys that customers really made, from the exports a company has.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Directory = Annotated[Path, typer.Argument(help="the project's folder", show_default="here")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="no progress")]
Json = Annotated[bool, typer.Option("--json", help="the result as JSON")]
DAY = ["%Y-%m-%d"]
HERE = Path()


def main() -> None:
    """Run the command line; every fault that has a way out ends in its own exit code."""
    as_json = "--json" in sys.argv
    try:
        if os.name == "nt":
            message = "journeyflow runs on Linux and macOS"
            raise EnvironmentFault(message, "on Windows, run it inside WSL")
        app()
    except JourneyflowError as fault:
        sys.exit(tell_fault(fault, as_json))
    except KeyboardInterrupt:
        note("stopped; the published store is as it was")
        sys.exit(130)
    except Exception as fault:
        from journeyflow.machine import machine_fault

        told = machine_fault(fault)
        if told is None:
            raise
        sys.exit(tell_fault(told, as_json))


def _version(asked: bool) -> None:
    if asked:
        say(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")
    ] = False,
) -> None:
    """Options of all commands."""


@app.command()
def demo(
    directory: Annotated[Path, typer.Argument(help="a new folder for it")] = Path("demo"),
    quiet: Quiet = False,
    language: Annotated[str, typer.Option(help="en or ru")] = "en",
) -> None:
    """Make the demo company's project, run it, and say what was found."""
    from journeyflow import demo as room

    with progress(quiet) as show:
        result = room.make_demo(directory, language=language, progress=show)
    say(result)


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(help="the new project's folder")],
    demo: Annotated[bool, typer.Option("--demo", help="with the demo company's exports")] = False,
    name: Annotated[str, typer.Option(help="what the project is called")] = "My company",
    timezone: Annotated[str, typer.Option(help="IANA zone that days are counted in")] = "UTC",
    currency: Annotated[str, typer.Option(help="three letters")] = "EUR",
    language: Annotated[str, typer.Option(help="of the report: en or ru")] = "en",
) -> None:
    """Make a project folder: settings to edit, and what the nightly schedule needs."""
    from journeyflow import scaffold

    if demo:
        from journeyflow.simulate import simulate

        simulate(directory, language=language)
    say(
        scaffold.make_project(
            directory, name=name, timezone=timezone, currency=currency, language=language
        )
    )


@app.command()
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="a project folder, or export files", readable=False),
    ] = None,
    project: Annotated[
        Path | None,
        typer.Option(help="folder of the project that files are for", show_default="here"),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="add the proposed source to journeyflow.toml")
    ] = False,
    timezone: Annotated[str | None, typer.Option(help="IANA zone of times without offset")] = None,
    currency: Annotated[str | None, typer.Option(help="three letters, for a new project")] = None,
    encoding: Annotated[str | None, typer.Option(help="code page of text, such as cp1250")] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option(metavar="LINE", help="to a question, as it is shown; may be repeated"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Look at exports or at a whole project, and change nothing unless asked to."""
    from journeyflow import check as room

    for path in (*(paths or ()), *filter(None, [project])):
        if not path.exists():
            raise SettingsError(f"{path}: no such file or folder")
        if path.is_file():
            path.open("rb").close()  # what may not be read is the machine's fault, not the file's
    if not paths or (len(paths) == 1 and paths[0].is_dir()):
        if write:
            message = "--write: found no file to propose a source for"
            raise SettingsError(message, "name one: journeyflow check FILE --write")
        found = room.check_project(paths[0] if paths else HERE)
        say_json(found.to_dict()) if as_json else say(room.render(found))
        if not found.sound:
            raise typer.Exit(1)
        return
    home = project or HERE
    if not home.is_dir():
        raise SettingsError(f"--project {home}: expected a folder, found a file")
    reports = room.check_files(
        paths,
        home,
        timezone=timezone,
        currency=currency,
        encoding=encoding,
        answers=answer or (),
    )
    say_json([each.to_dict() for each in reports]) if as_json else say(
        room.render(reports, writes=write)
    )
    if any(each.fault for each in reports):
        raise typer.Exit(1)
    for each in reports if write else ():
        if each.claimed_by:
            message = f"{each.paths[0]}: the source {each.claimed_by!r} reads it already"
            raise SettingsError(message, "change that source in journeyflow.toml instead")
        room.refuse_open(each.questions, home)
        written = room.write_settings(
            home, each.settings_block, timezone=timezone, currency=currency
        )
        say(f"\nadded the source {each.name} to {written}")
        say(f"next: name your conversions there, then journeyflow check {home}")


@app.command()
def fields(
    format: Annotated[str, typer.Argument(help="a format, such as metrica_visits")],
    as_json: Json = False,
) -> None:
    """Print what to ask another system for, and say how to export it."""
    from journeyflow.field_lists import fields as asked_of

    asked = asked_of(format)
    if as_json:
        say_json(asked)
        return
    say(",".join(asked["fields"]))
    note(asked["exporting"].rstrip())


@app.command()
def run(
    directory: Directory = HERE,
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="rebuild everything from the landed rows")
    ] = False,
    engine: Annotated[str, typer.Option(help="what computes")] = "duckdb",
    no_before: Annotated[
        bool, typer.Option("--no-before", help="without the command that brings the exports")
    ] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Read what is new, bring every table up to date, and publish."""
    from journeyflow.summary import summary_of
    from journeyflow.warehouse.run import run as run_project

    with progress(quiet) as show:
        result = run_project(directory, full_refresh, engine, show, before=not no_before)
    for warning in result.warnings:
        note(f"warning: {warning}")
    if as_json:
        say_json(asdict(result))
    else:
        say(summary_of(directory, result))


@app.command()
def compare(
    totals: Annotated[Path, typer.Argument(help="a CSV with the columns day, metric, value")],
    directory: Directory = HERE,
    as_json: Json = False,
) -> None:
    """Tell line by line why another tool's numbers differ from ours."""
    from journeyflow import comparing

    if not totals.is_file():
        raise SettingsError(f"{totals}: no such file")
    bridges = comparing.compare(totals, directory)
    say_json([asdict(each) for each in bridges]) if as_json else say(comparing.render(bridges))


@app.command()
def schedule(
    directory: Directory = HERE,
    scheduler: Annotated[str, typer.Option("--print", help="cron or systemd")] = "cron",
) -> None:
    """Print what cron or systemd must be told to run the project every night."""
    from journeyflow.nightshift import hours

    printed = {"cron": hours.cron_lines, "systemd": hours.systemd_units}
    if scheduler not in printed:
        raise SettingsError(f"--print: expected cron or systemd, found {scheduler!r}")
    say(printed[scheduler](directory))


@app.command()
def status(directory: Directory = HERE, as_json: Json = False) -> None:
    """Tell the last runs, how fresh the sources are, and what is still to be read."""
    from journeyflow import status as room

    told = room.status(directory)
    say_json(asdict(told)) if as_json else say(room.render(told))


@app.command()
def doctor(directory: Directory = HERE, as_json: Json = False) -> None:
    """Examine the project, its tables and its sources, and say how to mend what is wrong."""
    from journeyflow import doctor as room

    found = room.examine(directory)
    say_json([asdict(each) for each in found]) if as_json else say(room.render(found))
    raise typer.Exit(room.exit_code(found))


@app.command()
def report(
    directory: Directory = HERE,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="the file, NAME.html", show_default="reports/…"),
    ] = None,
    date_from: Annotated[
        datetime | None,
        typer.Option("--from", formats=DAY, metavar="DAY", help="journeys begun on or after"),
    ] = None,
    date_to: Annotated[
        datetime | None,
        typer.Option("--to", formats=DAY, metavar="DAY", help="journeys begun on or before"),
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option(min=1, help="steps of paths to show", show_default="as many as can be read"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write one self-contained HTML file about the published journeys."""
    from journeyflow.report import keep_report, write_report
    from journeyflow.store import open_store

    first = date_from.date() if date_from else None
    last = date_to.date() if date_to else None
    with open_store(directory) as store:
        if output:
            made = write_report(store, output, date_from=first, date_to=last, steps=steps)
        else:
            made = keep_report(store, directory, date_from=first, date_to=last, steps=steps)
    if (first or last) and not made.journeys:
        kept = "" if output else "; reports/latest stays as it was"
        note(f"warning: no journey began in this period{kept}")
    if as_json:
        say_json({"path": made.path, "run_id": store.run_id, "journeys": made.journeys})
    else:
        say(made.path)


@app.command()
def explain(
    directory: Directory = HERE,
    person: Annotated[str | None, typer.Option(metavar="ID", help="a person_id")] = None,
    journey: Annotated[str | None, typer.Option(metavar="ID", help="a journey_id")] = None,
    identifier: Annotated[
        str | None,
        typer.Option(metavar="TYPE=VALUE", help="of a person, such as email=anna@example.com"),
    ] = None,
) -> None:
    """Say where a person or a journey comes from: rows, identifiers, rules."""
    from journeyflow.explaining import explain as explained

    if [person, journey, identifier].count(None) != 2:
        raise SettingsError(
            "explain: expected one of --person ID, --journey ID and --identifier TYPE=VALUE",
            hint="the project's folder stands last: journeyflow explain --person ID DIRECTORY",
        )
    asked = _type_and_value(identifier) if identifier is not None else None
    for line in explained(directory, person=person, journey=journey, identifier=asked):
        say(line)


def _type_and_value(identifier: str) -> tuple[str, str]:
    type, equals, value = identifier.partition("=")
    if not equals or not type.strip():
        raise SettingsError(
            "--identifier: expected TYPE=VALUE, such as email=anna@example.com",
            hint="the types are those of [sources.identifiers] in journeyflow.toml",
        )
    return type.strip(), value


@app.command()
def forget(
    identifier: Annotated[
        str, typer.Option(metavar="TYPE=VALUE", help="of the person, such as phone=+79161234567")
    ],
    directory: Directory = HERE,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="only say what would be erased")
    ] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Erase a person, and keep later exports from bringing them back."""
    from journeyflow.warehouse.forgetting import forget as forget_person

    type, value = _type_and_value(identifier)
    with progress(quiet) as show:
        erased = forget_person(directory, type, value, dry_run=dry_run, progress=show)
    if as_json:
        say_json(asdict(erased))
        return
    did = "would be" if dry_run else "were"
    if erased.person:
        say(f"person {erased.person}")
    say(f"{sum(erased.identifiers.values())} identifiers {did} noted, as keys, to be passed over:")
    for name, count in sorted(erased.identifiers.items()):
        say(f"  {name}: {count}")
    if not erased.rows:
        say("no row carries them so far")
        return
    say(f"{sum(erased.rows.values())} rows {did} erased, and whatever was made from them:")
    for source, rows in erased.rows.items():
        say(f"  {source}: {rows}")
    if erased.stores:
        say(f"{len(erased.stores)} older stores {did} removed")
    say("the exports themselves are left as they are; these hold rows of this person:")
    for file in erased.files:
        say(f"  {file}")


@app.command()
def simulate(
    directory: Annotated[Path, typer.Argument(help="a new folder for the exports")],
    persons: Annotated[int, typer.Option(min=100)] = 12_000,
    days: Annotated[int, typer.Option(min=7)] = 90,
    seed: Annotated[int, typer.Option()] = 7,
    faults: Annotated[str, typer.Option(help="all or none")] = "all",
    language: Annotated[str, typer.Option(help="ru or en")] = "ru",
    calls: Annotated[str, typer.Option(help="calltouch, uis or callrail")] = "calltouch",
    second_counter: Annotated[
        str, typer.Option(help="csv, or metrica: visits and hits of its Logs API")
    ] = "csv",
    crm: Annotated[str, typer.Option(help="csv, or the API of bitrix24 or amocrm")] = "csv",
    costs: Annotated[
        str, typer.Option(help="csv, or vendors: the reports of each advertising account")
    ] = "csv",
    orders: Annotated[
        str, typer.Option(help="none, or orders: contracts as the office lists them")
    ] = "none",
    answers: Annotated[
        str, typer.Option(help="feedback: a row per answer; surveys: a column per question")
    ] = "feedback",
    as_json: Json = False,
) -> None:
    """Invent a company's exports, with the truth about its customers beside them."""
    from journeyflow.simulate import simulate as invent

    if faults not in ("all", "none"):
        message = f"--faults: expected all or none, found {faults!r}"
        raise SettingsError(message)
    made = invent(
        directory,
        persons=persons,
        days=days,
        seed=seed,
        faults=faults == "all",
        language=language,
        calls=calls,
        second_counter=second_counter,
        crm=crm,
        costs=costs,
        orders=orders,
        answers=answers,
    )
    if as_json:
        say_json(asdict(made))
        return
    rows = sum(made.files.values())
    say(
        f"{made.persons:,} persons, {made.calls:,} calls, {made.offers:,} offers, "
        f"{made.contracts:,} contracts in {len(made.files):,} files with {rows:,} rows"
    )
    say(f"exports and settings: {made.directory}")
    say(f"the truth: {made.directory / 'truth'}")
    say(f"next: journeyflow run {made.directory}")


if __name__ == "__main__":
    main()
