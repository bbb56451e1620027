"""Which events are likely to be what the company calls success. A proposal, never a setting."""

from __future__ import annotations

from journeyflow.check.draft import Draft
from journeyflow.check.findings import FileReport
from journeyflow.check.names import name_score
from journeyflow.check.people import NAMED
from journeyflow.check.settle_kind import NO_SUCCESS, loss_kinds, success_kinds
from journeyflow.sources.formats import FORMATS

BOUGHT = ("order_id", "receipt_id")


When = dict[str, str]


def likely_outcomes(report: FileReport, draft: Draft) -> tuple[list[When], list[When]]:
    """The `when` of each likely conversion and loss: a kind, or a kind in a certain state."""
    if FORMATS[draft.format].lands != "events" or not report.kinds:
        return [], []
    base = {"source": report.name}
    if "kind" not in draft.constants:
        kinds = [kind for kind, _ in report.kinds]
        return (
            [base | {"kind": kind} for kind in success_kinds(kinds)],
            [base | {"kind": kind} for kind in loss_kinds(kinds)],
        )
    base |= {"kind": draft.constants["kind"]}
    key, states = _states(draft)
    won = [base | {f"attributes.{key}": state} for state in success_kinds(states)]
    lost = [base | {f"attributes.{key}": state} for state in loss_kinds(states)]
    bought = set(BOUGHT) & set(draft.identifiers) and not NO_SUCCESS.search(base["kind"])
    if not won and (success_kinds([base["kind"]]) or bought):
        won = [base]
    return won, lost


def _states(draft: Draft) -> tuple[str, list[str]]:
    """The attribute that is a state, and the states in the file."""
    for key, name in draft.attributes.items():
        if name_score("state", name) >= NAMED:
            return key, [value for value, _ in draft.column(name).top]
    return "", []
