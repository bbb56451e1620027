"""The tables that are inferred from counts: which function makes which."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from journeyflow.analysis.chain import measures
from journeyflow.analysis.changes import change_effects
from journeyflow.analysis.deal_patience import deal_patience
from journeyflow.analysis.follow_ups import follow_ups
from journeyflow.analysis.outlook import outlook
from journeyflow.analysis.outlook_calibration import outlook_calibration
from journeyflow.analysis.patience import patience, patience_whatif
from journeyflow.analysis.silences import silences
from journeyflow.analysis.stages import stage_curves
from journeyflow.analysis.wait_tables import (
    handovers,
    owner_waits,
    touchpoint_waits,
    transition_waits,
)
from journeyflow.analysis.weakest import weakest_of_levels
from journeyflow.analysis.weekly import key_figures

# Named like the files in sql/analysis, whose rows each function takes.
_MAKERS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "change_effects": change_effects,
    "deal_patience": deal_patience,
    "follow_ups": follow_ups,
    "handovers": handovers,
    "key_figures": key_figures,
    "outlook": outlook,
    "outlook_calibration": outlook_calibration,
    "owner_waits": owner_waits,
    "patience": patience,
    "patience_whatif": patience_whatif,
    "silences": silences,
    "stage_curves": stage_curves,
    "touchpoint_measures": measures,
    "touchpoint_waits": touchpoint_waits,
    "transition_waits": transition_waits,
    "weakest_links": weakest_of_levels,
}


def inferred(name: str, counts: pd.DataFrame) -> pd.DataFrame:
    """The rows of the table `name`, from the rows of `sql/analysis/name.sql`."""
    return _MAKERS[name](counts)
