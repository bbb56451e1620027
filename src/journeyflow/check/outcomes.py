"""Which events are likely to be what the company calls success. A proposal, never a setting."""

from __future__ import annotations

import re

from journeyflow.check.draft import Draft
from journeyflow.check.findings import FileReport
from journeyflow.check.names import NAMED, name_score

SUCCESS = (
    re.compile(r"purchas|покупк|deal.?won|сделка.?(?:успеш|выиг)|закл\w+.договор", re.IGNORECASE),
    re.compile(
        r"\border(?:s|ed)?\b|order.(?:placed|completed|paid)|transaction|contract|\bwon\b|"
        r"payment.?(?:success|completed|received)|\bpaid\b|\bsales?\b|заказ|договор|оплат|оплач|продаж|"
        r"успешно.реализ|subscribe|enrol+(?:ed|ment)?\b|зачисл",
        re.IGNORECASE,
    ),
)
NO_SUCCESS = re.compile(
    r"view|cancel|refund|return|begin|start|add|fail|draft|click|lost|un(?:paid|subscribe)|pending|"
    r"отмен|возврат|просмотр|не.?оплач|отказ|черновик|провал|корзин|ожида|status|статус|"
    r"history|истори",
    re.IGNORECASE,
)
LOSS = re.compile(
    r"\blost\b|deal.?lost|cancel|отказ|отмен[её]н|провал|не.?реализован|проигран|rejected|churn",
    re.IGNORECASE,
)
BOUGHT = {"order_id", "receipt_id"}
When = dict[str, str]


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
