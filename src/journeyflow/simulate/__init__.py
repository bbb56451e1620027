"""An invented company whose customers have true journeys, and exports with real flaws."""

from __future__ import annotations

from journeyflow.simulate.run import SimulationSummary, simulate, write_sample

__all__ = ["SimulationSummary", "simulate", "write_sample"]
