"""The report: one HTML file that needs no network, and no server."""

from __future__ import annotations

from journeyflow.report.folder import keep_report
from journeyflow.report.page import journeys_of, write_report

__all__ = ["journeys_of", "keep_report", "write_report"]
