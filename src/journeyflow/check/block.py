"""The proposed settings as text to paste: what was found as it stands, what was not as comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from glob import escape

from journeyflow.check.answers import OUTSIDE_TABLES
from journeyflow.check.draft import Draft
from journeyflow.check.findings import FileReport, Question, When
from journeyflow.check.masking import plain
from journeyflow.check.names import NAMED, name_score
from journeyflow.project import OPEN
from journeyflow.spelling import toml, toml_key

FIRST = (
    "occurred_at", "kind", "responded_at", "day", "date_from", "date_to", "event_id", "order_id",
    "ordered_at", "status", "total",
)  # fmt: skip
#: Questions whose answer stands in another place than at the top of `[[sources]]`.
OUTSIDE = ("region", "currency", "files")
SUCCESS = (
    re.compile(r"purchas|покупк|deal.?won|сделка.?(?:успеш|выиг)|закл\w+.договор", re.IGNORECASE),
    re.compile(
        r"\border(?:s|ed)?\b|order.(?:placed|completed|paid)|transaction|contract|\bwon\b|"
        r"payment.?(?:success|completed|received)|\bpaid\b|\bsales?\b|заказ|договор|оплат|оплач|продаж|"
        r"успешно.реализ|subscribe|enrol+(?:ed|ment)?\b|зачисл|\bbuchung\b|\bgebucht\b|"
        r"\bbestellung\b|\bbestellt\b|\bkauf\b|\bgekauft\b|\bbezahlt\b",
        re.IGNORECASE,
    ),
)
NO_SUCCESS = re.compile(
    r"view|cancel|refund|return|begin|start|add|fail|draft|click|lost|un(?:paid|subscribe)|pending|"
    r"отмен|возврат|просмотр|не.?оплач|отказ|черновик|провал|корзин|ожида|status|статус|"
    r"history|истори|storn|erstatt|abgebrochen|warenkorb|anfrage",
    re.IGNORECASE,
)
LOSS = re.compile(
    r"\blost\b|deal.?lost|cancel|отказ|отмен[её]н|провал|не.?реализован|проигран|rejected|churn|"
    r"storniert|abgelehnt",
    re.IGNORECASE,
)
BOUGHT = {"order_id", "receipt_id"}


def source_block(draft: Draft, name: str, files: Iterable[str], later: str | None = None) -> str:
    """The `[[sources]]` table of a draft. `later` is a pattern for files still to come."""
    lines = ["[[sources]]", f"name = {toml(name)}", f"format = {toml(draft.format)}"]
    lines.append(f"files = {toml(list(files))}")
    if later:
        lines.append(f"# files = {toml([later])}    # to take later exports of this kind too")
    settings = sorted(draft.settings.items(), key=lambda each: each[0] != "timezone")
    lines += [f"{key} = {toml(value)}" for key, value in settings]
    inside = {each.about: asked(each) for each in draft.questions}
    lines += _hints(draft, "")
    elsewhere = {*OUTSIDE, "identifiers", *draft.columns, *draft.constants}
    lines += [line for about in inside if about not in elsewhere for line in inside[about]]
    columns = {
        key: toml([value, draft.clocks[key]] if key in draft.clocks else value)
        for key, value in draft.columns.items()
        if key not in inside
    }
    columns |= {
        key: f"{{ value = {toml(value)} }}{_because(draft.reasons.get(key))}"
        for key, value in draft.constants.items()
        if key not in inside
    }
    columns = {key: columns[key] for key in sorted(columns, key=lambda each: each not in FIRST)}
    mapped = (*draft.columns, *draft.constants)
    open_columns = [line for key in mapped for line in inside.get(key, ())]
    open_columns += _hints(draft, "columns")
    lines += _table("columns", columns, open_columns)
    identifiers = {key: toml(value) for key, value in draft.identifiers.items()}
    open_people = [*inside.get("identifiers", ()), *_hints(draft, "identifiers")]
    lines += _table("identifiers", identifiers, open_people)
    lines += _table("attributes", {key: toml(value) for key, value in draft.attributes.items()})
    left = [plain(each.name, 40) for each in draft.all_columns if not draft.becomes(each)]
    if left and draft.columns:
        # It stays when a column is mapped later, so it says of when it tells.
        lines.append(f"# left out when check proposed this: {', '.join(left)}")
    return "\n".join(lines) + "\n"


def _because(reason: str | None) -> str:
    return f"    # {plain(reason)}" if reason else ""


def asked(question: Question) -> list[str]:
    """An open question as comments, its possible answers below it."""
    return [OPEN + plain(question.text), *(f"# {plain(each)}" for each in question.choices)]


def outside_block(draft: Draft) -> str:
    """What belongs to other tables: the region of phones, and open questions about others."""
    text = ""
    if draft.region and "identity" not in draft.context.settings:
        comment = "# for phones without a country code"
        text += f"\n[identity]\nregion = {toml(draft.region)}    {comment}\n"
    for name, pairs in draft.context.answers.items():
        if name in OUTSIDE_TABLES:
            said = "".join(f"{key} = {toml(value)}\n" for key, value in pairs.items())
            text += f"\n[{name}]\n{said}"
    found = [asked(each) for each in draft.questions if each.about in OUTSIDE]
    return text + "".join("\n" + "\n".join(lines) + "\n" for lines in found)


def suggestions(
    draft: Draft, conversions: list[When], losses: list[When], touchpoints: list[tuple[str, When]]
) -> str:
    """Likely conversions, losses and touchpoints, all commented out: they are for the user to say.

    They are tables, which bear conditions; a list of kinds in `[journeys]` excludes them.
    """
    lines = []
    for key, meaning, found in (
        ("conversions", "success", conversions),
        ("losses", "an explicit loss", losses),
    ):
        standing = draft.context.table("journeys").get(key)
        if found and standing and all(each.keys() == {"source", "kind"} for each in found):
            listing = ", ".join(toml(f"{each['source']}:{each['kind']}") for each in found)
            lines += ["", f"Likely {meaning} here; add to [journeys] {key}: {listing}"]
        elif found:
            lines += [
                "",
                f"What counts as {meaning} is for you to say. Likely here (remove the #):",
            ]
            if standing:
                lines.append(f"(only in place of [journeys] {key}, which knows no conditions)")
            for when in found:
                exact = {field: escape(text) for field, text in when.items()}
                lines += _rule(key, [*when.values()][-1], exact)
    is_telling = any(len(when) > 1 for _, when in touchpoints) or len(touchpoints) > 1
    if is_telling and "touchpoint" not in draft.columns:
        lines += [
            "",
            "The commonest touchpoints, as they are called without rules. To name them as",
        ]
        lines.append('you do, remove the #; stage = "…" puts one into a stage of your [[stages]].')
        lines += [line for each in touchpoints for line in _rule("touchpoints", *each)]
    return "".join(plain(f"# {line}" if line else "") + "\n" for line in lines)


def _rule(key: str, name: str, when: When) -> list[str]:
    conditions = ", ".join(f"{toml_key(field)} = {toml(text)}" for field, text in when.items())
    return [f"[[{key}]]", f"name = {toml(name)}", f"when = {{ {conditions} }}"]


def _hints(draft: Draft, table: str) -> list[str]:
    """What may be, as settings in comments, each with why."""
    found = (each for each in draft.hints if each.table == table)
    return [plain(f"# {each.setting}    # {each.why}") for each in found]


def _table(name: str, entries: Mapping[str, str], comments: Iterable[str] = ()) -> list[str]:
    lines = [*(f"{toml_key(key)} = {text}" for key, text in entries.items()), *comments]
    return [f"[sources.{name}]", *lines] if lines else []


def likely_outcomes(report: FileReport, draft: Draft) -> tuple[list[When], list[When]]:
    """The `when` of each likely conversion and loss: a kind, or a kind in a certain state."""
    base = {"source": report.name}
    if "kind" not in draft.constants:
        key, names = "kind", [kind for kind, _ in report.kinds]
    else:
        base["kind"] = draft.constants["kind"]
        key, names = _states(draft)
    won = [base | {key: name} for name in _successes(names)]
    lost = [base | {key: name} for name in names if LOSS.search(name)]
    if not won and "kind" in base:
        bought = BOUGHT & draft.identifiers.keys() and not NO_SUCCESS.search(base["kind"])
        won = [base] if bought or _successes([base["kind"]]) else []
    return won, lost


def _successes(names: list[str]) -> list[str]:
    """The names that sound like success, the surest group of them alone."""
    for pattern in SUCCESS:
        found = [name for name in names if pattern.search(name) and not NO_SUCCESS.search(name)]
        if found:
            return found
    return []


def _states(draft: Draft) -> tuple[str, list[str]]:
    """The attribute that is a state, and the states in the file."""
    for key, name in draft.attributes.items():
        if name_score("state", name) >= NAMED:
            return f"attributes.{key}", [value for value, _ in draft.column(name).top]
    return "", []
