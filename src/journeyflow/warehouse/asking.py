"""An identifier as somebody gives it: its keys, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from journeyflow.clashes import nearest
from journeyflow.errors import SettingsError
from journeyflow.identity.keys import Secret
from journeyflow.identity.normalise import Rejected, normalise_cell
from journeyflow.identity.types import DEFAULTS
from journeyflow.project import Project
from journeyflow.warehouse.models import load_model

PERSONS = load_model("explain", "asked_persons")


@dataclass(frozen=True)
class Whose:
    """Whose an identifier is.

    `theirs`: ids of the persons whom it stands for. `perhaps`: of those whose it may be, where it
    stands for nobody alone. `is_shared`: it is a hub, or several persons claim it.
    """

    theirs: tuple[str, ...]
    perhaps: tuple[str, ...]
    is_shared: bool


def ask(
    con: duckdb.DuckDBPyConnection, project: Project, secret: Secret, type: str, value: str
) -> list[tuple[str, str]]:
    """(type, key) of each identifier in `value`; the table `asked_identifiers` holds them.

    In: the value as exports spell it. Raises SettingsError for a type that nobody knows and for a
    value that identifies nobody.
    """
    _verify_type(con, project, type)
    spelled = normalise_cell(type, value, project.identity.region)
    faults = [each.reason for each in spelled if isinstance(each, Rejected)]
    if faults or not spelled:
        found = ", ".join(faults) or "no value"
        raise SettingsError(
            f"--identifier {type}=…: this value identifies nobody ({found})",
            hint="give it as the export spells it, e-mails and phones in any usual form",
        )
    keys = [
        (type, secret.key(type, each.value)) for each in spelled if not isinstance(each, Rejected)
    ]
    con.execute("create or replace temp table asked_identifiers (type text, key uuid)")
    con.executemany("insert into asked_identifiers values ($1, $2)", keys)
    return keys


def whose(con: duckdb.DuckDBPyConnection) -> Whose:
    """Whose the `asked_identifiers` are; a run must have told who is who."""
    found = con.execute(f"select person_id, is_theirs, is_shared from ({PERSONS.sql})").fetchall()
    theirs = {person for person, is_theirs, _ in found if is_theirs}
    others = {person for person, is_theirs, _ in found if person and not is_theirs}
    return Whose(
        tuple(sorted(theirs)), tuple(sorted(others - theirs)), any(row[2] for row in found)
    )


def _verify_type(con: duckdb.DuckDBPyConnection, project: Project, type: str) -> None:
    known = {each for source in project.sources for each in source.identifiers}
    known |= project.identity.types.keys()
    if type in known or type in DEFAULTS:
        return
    landed = con.execute("select distinct type from landed_identifiers").fetchall()
    known |= {each for (each,) in landed}
    if type not in known:
        raise SettingsError(
            f"--identifier {type}=…: no source has this type{nearest(type, known | set(DEFAULTS))}",
            hint=f"the types of this project are {', '.join(sorted(known)) or 'not yet known'}",
        )
