"""The report: one HTML file that needs no network, and no server."""

from __future__ import annotations

from journeyflow.report.folder import keep_report
from journeyflow.report.page import Written, write_report

__all__ = ["Written", "keep_report", "write_report"]
