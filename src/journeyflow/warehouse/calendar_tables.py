"""The calendars of the settings as tables."""

from __future__ import annotations

import duckdb

from journeyflow.analysis.working_time import working_hours
from journeyflow.project import Project
from journeyflow.warehouse.settings_tables import write_table

# What is dated earlier is mostly no date at all, and its working time nobody's question.
SPAN = """
select
    greatest(min(occurred_at), timestamptz '1990-01-01 00:00:00+00'),
    greatest(max(occurred_at), timestamptz '1990-01-01 00:00:00+00')
from landed_events"""


def write_calendars(con: duckdb.DuckDBPyConnection, project: Project) -> None:
    """Write who works by which calendar, and its hours over the time that the events span."""
    write_table(
        con,
        "calendars",
        "calendar text, owner text, timezone text",
        (
            (each.name, owner, each.timezone or project.project.timezone)
            for each in project.calendars
            for owner in each.owners or (None,)
        ),
        schema="warehouse.main",
    )
    ((first, last),) = con.execute(SPAN).fetchall()
    until = project.journeys.observed_until
    write_table(
        con,
        "working_hours",
        "calendar text, opens_at timestamptz, closes_at timestamptz, worked_before_s bigint",
        [
            (each.name, *hours)
            for each in project.calendars
            if first is not None
            for hours in working_hours(
                each.week,
                each.holidays,
                each.timezone or project.project.timezone,
                first,
                max(last, until or last),
            )
        ],
        schema="warehouse.main",
    )
