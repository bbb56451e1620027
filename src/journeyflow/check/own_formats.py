"""Files of formats that know their own fields, and what such a file leaves open."""

from __future__ import annotations

from journeyflow.check.draft import Draft
from journeyflow.check.findings import FileReport
from journeyflow.check.masking import plain
from journeyflow.check.profile import Column, one
from journeyflow.check.settle_costs import ask_unit, tell_unknown
from journeyflow.check.settle_time import settle_zone
from journeyflow.errors import DataError
from journeyflow.sources.companions import LISTS
from journeyflow.sources.fields import fields_of, missing_fields
from journeyflow.sources.formats import FORMATS, Field, Format
from journeyflow.spelling import toml

FEWEST, ENOUGH = 3, 0.5
HOUR, MOSCOW_HOURS = 3600, 3
MOST_GOALS = 12
# Where most who keep a counter at that offset live.
ZONES = {
    2: "Europe/Kaliningrad",
    3: "Europe/Moscow",
    4: "Europe/Samara",
    5: "Asia/Yekaterinburg",
    6: "Asia/Omsk",
    7: "Asia/Novosibirsk",
    8: "Asia/Irkutsk",
    9: "Asia/Yakutsk",
    10: "Asia/Vladivostok",
    11: "Asia/Magadan",
    12: "Asia/Kamchatka",
}


def settle_own_format(draft: Draft) -> bool:
    """Take the file for one of a format of its own; False where its columns are for us to map.

    Raises DataError where it is plainly of such a format and lacks what that cannot do without.
    """
    names = [each.name for each in draft.all_columns]
    keys = {name.removeprefix("$.").split(".", 1)[0].strip('"') for name in names}
    keys.update(draft.nested)
    for format in FORMATS.values():
        if format.shape != "json":
            continue
        if keys.issuperset(format.required) or any(map(set(names).issuperset, format.known_by)):
            _take(draft, format, {})
            return True
    known = {
        each.name: {field: cells for field, cells in fields_of(each, names).items() if cells}
        for each in FORMATS.values()
        if each.shape == "fields"
        and (not each.known_by or any(map(set(names).issuperset, each.known_by)))
    }
    if not known:
        return False
    likeliest = max(known, key=lambda name: len(known[name]))
    format, found = FORMATS[likeliest], known[likeliest]
    missing = missing_fields(format, found)
    # Most of a foreign table's names are not among ours; most of an export's own are. A name that
    # nobody else has is enough beside all that is needed.
    least = FEWEST if format.known_by and not missing else max(FEWEST, ENOUGH * len(names))
    if len(found) < least:
        return False
    if missing:
        raise DataError(
            f"looks like {format.describes}, but has no {'; no '.join(missing)}",
            f"export the fields that `journeyflow fields {format.name}` lists",
        )
    _take(draft, format, {cells[0]: field for field, cells in found.items()})
    return True


def _take(draft: Draft, format: Format, fields: dict[str, Field]) -> None:
    draft.format = format.name
    for key in ("skip_rows", "delimiter"):  # the format finds its header itself
        draft.settings.pop(key, None)
    for column in draft.all_columns:
        is_read = column.name in fields or not fields
        why = f"read by the format {format.name}" if is_read else "not read"
        draft.leave(column, why, "id")
    if format.companions:
        draft.notes.append(
            "a deal is no person: name the lists beside this history as companions; they say whose "
            "the deals are, and what the stages are called"
        )
        beside = dict.fromkeys((*format.companions, *LISTS), "…")
        draft.hint("", "companions", beside, "files, as in files above")
    left = [plain(each.name) for each in draft.all_columns if fields and each.name not in fields]
    if left:
        draft.notes.append(f"not read: {', '.join(left)}")
    if format.lands == "costs":
        found = {each.column: draft.column(name) for name, each in fields.items()}
        tell_unknown(draft, has_currency="currency" in found, untaxed=format.untaxed)
        if "micros" in format.keys and "cost" in found:
            micros = format.whole_is_micros
            ask_unit(draft, found["cost"], found.get("clicks"), whole_is_micros=micros)
    if not format.needs_zone:
        return
    _zone(
        draft, {each.name.rpartition(":")[2]: draft.column(name) for name, each in fields.items()}
    )


def _zone(draft: Draft, columns: dict[str, Column]) -> None:
    """Ask for the counter's zone, or hold the project's against the second time of each visit."""
    settle_zone(draft)
    local, other = columns.get("dateTime"), columns.get("dateTimeUTC")
    if not (local and other):
        return
    (ahead,) = one(
        local.con,
        f"select mode(epoch(try_cast(c{local.place} as timestamp)) "
        f"- epoch(try_cast(c{other.place} as timestamp))) / {HOUR} from raw",
    )
    if ahead is None or ahead != int(ahead):
        return
    found = [int(ahead) + MOSCOW_HOURS, int(ahead)]
    draft.notes.append(
        f"dateTime is {int(ahead):+d} h from dateTimeUTC: the counter's zone is at "
        f"UTC{found[0]:+d} if that column is UTC+3, as its documentation says, or at "
        f"UTC{found[1]:+d} if it is UTC"
    )
    if draft.context.zone is None:
        draft.questions = [each for each in draft.questions if each.about != "timezone"]
        zones = [ZONES.get(each, f"Etc/GMT{-each:+d}") for each in found]
        draft.trial["timezone"] = zones[0]
        draft.ask(
            "timezone",
            "in which zone does the counter count its days? Answer in the settings, or here with "
            "--timezone",
            [f"timezone = {toml(zone)}" for zone in zones],
        )


def tell_goals(report: FileReport, draft: Draft) -> None:
    """Goals without a name, how to name them, and calls without a time."""
    keys = FORMATS[draft.format].keys
    if "goals" not in keys:
        return
    told = {kind.removeprefix("goal "): n for kind, n in report.kinds if kind.startswith("goal ")}
    why = ""
    if not told:  # of hits only those that are named become events
        told = _listed(draft)
        why = " to read them here, unless the project reads the visits too and has them from there"
    if told:
        shown = sorted(told.items(), key=lambda each: -each[1])[:MOST_GOALS]
        listing = ", ".join(f"{plain(goal)} ({n:,})" for goal, n in shown)
        report.notes.append(f"goals without a name: {listing}. Name them{why}")
        names = {plain(goal): "…" for goal, _ in shown}
        draft.hint("", "goals", names, "the counter's settings show their names")
    if "call_goals" in keys and "call" in dict(report.kinds):
        report.notes.append(
            "the export tells no times of its calls: each stands at the start of its visit, unless "
            "the goals that are calls are named"
        )
        draft.hint("", "call_goals", ["…"], "of the goals, those that are calls")


def _listed(draft: Draft) -> dict[str, int]:
    column = next(
        (each for each in draft.all_columns if each.name.lower().endswith("goalsid")), None
    )
    if column is None:
        return {}
    rows = column.con.execute(
        f"select goal, count(*) from (select unnest(regexp_extract_all(c{column.place}, '\\d+')) "
        f"as goal from raw where c{column.place} like '[%') group by goal order by 2 desc"
    ).fetchall()
    return dict(rows)
