"""Random companies: what is published equals what the definitions of docs/data_model.md say."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given

from tests.support.against_oracle import assert_as_defined
from tests.support.oracle import live
from tests.support.projects import few
from tests.support.scenarios import Scenario, by_file, company, into_files, scenarios


@few(6)
@given(scenarios())
def test_the_published_tables_are_those_that_the_definitions_give(scenario: Scenario) -> None:
    events = into_files(scenario.events, scenario.seed)
    with TemporaryDirectory() as folder:
        project = company(Path(folder), scenario.rules)
        for file, rows in by_file(events).items():
            project.write(file, rows)
        project.run()
        assert_as_defined(project, live(events, scenario.rules))
