"""Forgetting a person: who that is, what of them there is, and the note that erases them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from journeyflow.errors import SettingsError
from journeyflow.identity.forgotten import remember_to_forget
from journeyflow.warehouse.asking import ask, whose
from journeyflow.warehouse.erasing import begin, find_rows, has_persons
from journeyflow.warehouse.fingerprints import FORGETTING
from journeyflow.warehouse.publishing import published_stores
from journeyflow.warehouse.run import Run, open_run, run

IDENTIFIERS = """
select type, key::text as key from person_identifiers anti join hubs using (type, key)
where person_id = $person_id and not is_disputed
union select type, key::text from tied_identifiers where person_id = $person_id
"""


@dataclass
class Erased:
    """What was erased, or would be: numbers of identifiers by type, and of rows by source.

    `person`: the id of whoever would be; of who was erased none is told.
    """

    identifiers: Counter[str] = field(default_factory=Counter)
    rows: dict[str, int] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    stores: list[Path] = field(default_factory=list)
    person: str | None = None


def forget(
    directory: Path | str,
    type: str,
    value: str,
    *,
    dry_run: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Erased:
    """Erase the person whom an identifier stands for, and keep them from coming back.

    In: the identifier as exports spell it. A `dry_run` only tells what would be erased. Raises
    SettingsError for a type that nothing has, and for a value that identifies nobody or several
    persons. The exports themselves are left as they are. Interrupted after the identifiers are
    noted, the next run completes it.
    """
    directory = Path(directory)
    with open_run(directory, progress=progress, looking=True) as state:
        known, person = _known(state, type, value)
        erased = _look(state, known)
        if dry_run:
            erased.person = person
            return erased
        if erased.rows:
            # First: from the entries alone nobody could tell that rows are still there.
            begin(state)
        remember_to_forget(state.project.directory, state.secret, known)
        if state.landed_fact(FORGETTING) is None:
            return erased
    before = published_stores(directory)
    run(directory, progress=progress, before=False)  # nothing new is asked for
    erased.stores = [store for store in before if not store.exists()]
    return erased


def _known(state: Run, type: str, value: str) -> tuple[list[tuple[str, str]], str | None]:
    """(type, key) of the identifier and of all others that are that person's alone, and whose."""
    keys = ask(state.con, state.project, state.secret, type, value)
    state.con.execute("create or replace temp table forgotten_person (person_id text)")
    if not has_persons(state.con):
        return keys, None
    found = whose(state.con)
    if found.is_shared or len(found.theirs + found.perhaps) > 1:
        raise SettingsError(
            f"--identifier {type}=…: several persons share this identifier",
            hint="give one that is the person's alone, such as an e-mail or an account",
        )
    for person_id in found.theirs:
        state.con.execute("insert into forgotten_person values ($1)", [person_id])
        keys += state.con.execute(IDENTIFIERS, {"person_id": person_id}).fetchall()
    keys = sorted({(each, key.replace("-", "")) for each, key in keys})
    return keys, next(iter(found.theirs), None)


def _look(state: Run, known: list[tuple[str, str]]) -> Erased:
    """Which landed rows are the person's; the temporary table `forgotten_rows` holds them."""
    con = state.con
    con.executemany("insert into forgotten_identifiers values ($1, $2)", known)
    erased = Erased(Counter(type for type, _ in known))
    find_rows(con)
    files = set()
    for source, file, rows in con.execute(
        "select source, file, count(*) from forgotten_rows inner join ledger "
        "on ref >> 36 = file_id group by source, file order by source"
    ).fetchall():
        erased.rows[source] = erased.rows.get(source, 0) + rows
        files.add(file)
    erased.files = sorted(files)
    return erased
