"""Funnels on demand: the company's ordered steps, counted over what customers really did."""

from __future__ import annotations

from journeyflow.analysis.funnel.table import FunnelTable, funnel_table

__all__ = ["FunnelTable", "funnel_table"]
