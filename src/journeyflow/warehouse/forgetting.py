"""Forgetting a person: who that is, what of them there is, and the note that erases them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from journeyflow.errors import SettingsError
from journeyflow.identity.forgotten import remember_to_forget
from journeyflow.identity.normalise import Rejected, normalise_cell
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
    """What was erased, or would be: numbers of identifiers by type, and of rows by source."""

    identifiers: Counter[str] = field(default_factory=Counter)
    rows: dict[str, int] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    stores: list[Path] = field(default_factory=list)


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
    SettingsError for a value that identifies nobody or several persons. The exports themselves
    are left as they are. Interrupted after the identifiers are noted, the next run completes it.
    """
    directory = Path(directory)
    with open_run(directory, progress=progress, looking=True) as state:
        known = _known(state, type, value)
        erased = _look(state, known)
        if dry_run:
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


def _known(state: Run, type: str, value: str) -> list[tuple[str, str]]:
    """(type, key) of the identifier and of all others that are that person's alone."""
    spelled = normalise_cell(type, value, state.project.identity.region)
    faults = [each.reason for each in spelled if isinstance(each, Rejected)]
    if faults or not spelled:
        found = ", ".join(faults) or "no value"
        raise SettingsError(
            f"--identifier {type}=…: this value identifies nobody ({found})",
            hint="give it as the export spells it, e-mails and phones in any usual form",
        )
    keys = [
        (type, state.secret.key(type, each.value))
        for each in spelled
        if not isinstance(each, Rejected)
    ]
    state.con.execute("create or replace temp table asked (type text, key uuid)")
    state.con.executemany("insert into asked values ($1, $2)", keys)
    state.con.execute("create or replace temp table forgotten_person (person_id text)")
    if not has_persons(state.con):
        return keys
    persons = state.con.execute(
        "select distinct person_id, is_disputed from person_identifiers "
        "semi join asked using (type, key)"
    ).fetchall()
    shared = state.scalar("select count(*) from hubs semi join asked using (type, key)")
    if shared or len(persons) > 1 or any(disputed for _, disputed in persons):
        raise SettingsError(
            f"--identifier {type}=…: several persons share this identifier",
            hint="give one that is the person's alone, such as an e-mail or an account",
        )
    for person_id, _ in persons:
        state.con.execute("insert into forgotten_person values ($1)", [person_id])
        keys += state.con.execute(IDENTIFIERS, {"person_id": person_id}).fetchall()
    return sorted({(each, key.replace("-", "")) for each, key in keys})


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
