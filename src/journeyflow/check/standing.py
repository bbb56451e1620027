"""A file that a source of the project reads already, looked at as that source reads it."""

from __future__ import annotations

from journeyflow.check.draft import Draft, Taken
from journeyflow.check.findings import Question
from journeyflow.check.masking import role_of
from journeyflow.check.profile import decimal_of
from journeyflow.check.settle_facts import ask_decimal
from journeyflow.clashes import MOMENTS
from journeyflow.settings import Constant, Source
from journeyflow.sources.formats import FORMATS
from journeyflow.sources.mapping import parts_of

AMOUNTS = ("value", "total", "refunded", "cost", "score")


def take_what_stands(draft: Draft, source: Source) -> None:
    """Make the draft that of the source which reads the file already, and keep what it leaves open.

    What the file alone would have proposed for a column that the source does not read is told.
    """
    draft.questions = [each for each in draft.questions if _leaves_open(each, draft, source)]
    asked = {each.about for each in draft.questions}
    draft.trial = {key: value for key, value in draft.trial.items() if key in asked}
    draft.standing = source
    draft.notes.clear()
    draft.hints.clear()
    draft.region = None
    proposed, is_own = draft.taken, FORMATS[source.format].shape != "columns"
    if draft.format == source.format and is_own:
        return
    draft.format, draft.taken = source.format, {}
    if is_own:
        for column in draft.all_columns:
            draft.leave(column, f"read or not as the format {source.format} says", "id")
        return
    # A path into a record may be spelled otherwise than it was found.
    names = {_bare(column.name): column.name for column in draft.all_columns}
    places = {
        place: tuple(names[_bare(each)] for each in mapped if _bare(each) in names)
        for place, mapped in _places(source).items()
    }
    told = {place: each[0] for place, each in places.items() if each}
    draft.columns = {role: told[role] for role in source.columns if role in told}
    draft.constants = {
        role: mapped.value
        for role, mapped in source.columns.items()
        if isinstance(mapped, Constant)
    }
    draft.identifiers = _within("identifiers.", told)
    draft.attributes = _within("attributes.", told)
    for column in draft.all_columns:
        found = [place for place, each in places.items() if column.name in each]
        was = proposed.get(column.name)
        if found:
            becomes, why = ", ".join(found), "as journeyflow.toml says"
            draft.taken[column.name] = Taken(becomes, why, masked_as=role_of(found[0]))
        else:
            instead = f"; it may be {was.becomes}: {was.why}" if was and was.becomes else ""
            masked_as = (was.masked_as if was else "") or "text"
            draft.leave(column, f"not read by {source.name!r}{instead}", masked_as)
    _ask_decimal(draft, source)


def _places(source: Source) -> dict[str, tuple[str, ...]]:
    """What the source makes of columns of the file, as the report calls it, and of which."""
    return {
        **{role: parts_of(mapped) for role, mapped in source.columns.items()},
        **{f"identifiers.{type}": names for type, names in source.identifiers.items()},
        **{f"attributes.{key}": (name,) for key, name in source.attributes.items()},
        **{f"questions.{each.kind}": (each.column,) for each in source.questions},
    }


def _within(table: str, told: dict[str, str]) -> dict[str, str]:
    return {key.removeprefix(table): each for key, each in told.items() if key.startswith(table)}


def _bare(path: str) -> str:
    return path.removeprefix("$.").replace('"', "")


def _ask_decimal(draft: Draft, source: Source) -> None:
    """Ask for the sign in amounts that the source reads with the default, and that may be two."""
    if "decimal" in source.model_fields_set or "decimal" in {e.about for e in draft.questions}:
        return
    read = {name for role in AMOUNTS for name in parts_of(source.columns.get(role))}
    for column in draft.all_columns:
        if column.name in read and decimal_of(column)[2]:
            ask_decimal(draft, column)
            return


def _leaves_open(question: Question, draft: Draft, source: Source) -> bool:
    """Whether a question about the file is one about this source, and has no answer there."""
    about, columns = question.about, source.columns
    told = {*source.model_fields_set, *columns}
    if about in told or about == "files":
        return False
    if about == "identifiers":
        return not source.identifiers
    if about == "region":
        return "phone" in source.identifiers
    # A question about a column that the source does not read is none of its own.
    roles = {
        "timezone": MOMENTS,
        "time_format": MOMENTS,
        "decimal": AMOUNTS,
        "currency": ("currency",),
    }.get(about, ())
    if not roles or FORMATS[source.format].shape != "columns":
        return True
    read = {name for role in roles for name in parts_of(columns.get(role))}
    return bool(read & {draft.columns[role] for role in roles if role in draft.columns})
