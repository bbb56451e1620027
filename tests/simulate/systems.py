"""Companies whose exports other systems write, run beside the one whose exports are tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from journeyflow.simulate import simulate
from tests.support.projects import LEAN, Project

PERSONS = 300
#: The CRM's table tells kinds apart; a history of stages does not tell which of them the customer
#: took part in, so the table is told that all of them are the company's.
BY_COMPANY = (
    'company_kinds = ["deal_created", "measurement", "offer_sent", "installation", '
    '"service_visit", "recommendation", "email_sent"]'
)


def company(folder: Path, *, faults: bool, **choices: str) -> Project:
    """A company that was simulated and run, where every stage is the company's act.

    A late CRM would say until when journeys are judged, and amoCRM's history tells of no new deals.
    """
    simulate(folder, persons=PERSONS, faults=faults, **choices)  # type: ignore[arg-type]
    text = (folder / "journeyflow.toml").read_text("utf-8")
    text = re.sub(r"max_age = .*", "", text)
    if choices.get("crm", "csv") == "csv":
        text = re.sub(r"company_kinds = .*", BY_COMPANY, text)
    project = Project(folder, text + LEAN)
    project.run()
    return project


def answers(project: Project, pattern: str) -> Iterator[Any]:
    """The JSON documents among the exports, in order of their names."""
    for path in sorted(project.folder.glob(f"exports/{pattern}")):
        yield json.loads(path.read_text("utf-8"))


def planted(project: Project) -> dict[str, dict[str, Any]]:
    """What the truth says is planted in the exports: id → parameters."""
    document = json.loads((project.folder / "truth/planted.json").read_text("utf-8"))
    return {each["id"]: each["parameters"] for each in document["planted"] if "parameters" in each}
