"""Personas: fitted by full builds, kept, and told of every journey since.

A dated edition: a later full build has more journeys to fit them to, and may find others.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from journeyflow.warehouse.models import create, create_from, load_model
from journeyflow.warehouse.narrowing import narrowed

if TYPE_CHECKING:
    from journeyflow.analysis.personas import PersonaModel
    from journeyflow.warehouse.run import Run

KEPT = "private.work.persona_model"
TOLD = "warehouse.main.journey_personas"
GROUPS = "warehouse.main.personas"
_GROUP_COLUMNS = (
    "persona bigint, name text, journeys bigint, share double, certainty double, "
    "stability double, over_represented struct(touchpoint text, log_odds double, z double, "
    "share double, share_elsewhere double)[], first_touchpoints struct(touchpoint text, "
    "share double)[], median_length double, medoid text[], medoid_journeys bigint, "
    "medoid_journey_ids text[], fitted_at timestamptz"
)


def settle_personas(run: Run) -> None:
    """Fit personas in a full build; tell the persona of each journey made anew."""
    con = run.con
    if run.mode == "full":
        con.execute(f"create or replace table {KEPT} (model text, fitted_at timestamptz)")
        con.execute(f"create or replace table {GROUPS} ({_GROUP_COLUMNS})")
        con.execute(
            f"create or replace table {TOLD} "
            "(journey_id text, person_id text, persona bigint, probability double)"
        )
        create(con, load_model("personas", "persona_paths"), "temp table persona_paths", {})
        _fit(run)
        model = _kept(run)
    else:
        touched = "select person_id from touched_persons"
        con.execute(f"delete from {TOLD} where person_id in ({touched})")
        model = _kept(run)
        if model:
            with narrowed(con, ("journeys", "steps"), "touched_persons", "person_id"):
                create(con, load_model("personas", "persona_paths"), "temp table persona_paths", {})
    if model:
        _tell(run, model)
    con.execute("drop table if exists temp.persona_paths")


def fitted_at(run: Run) -> datetime | None:
    """When the personas that stand were fitted; None where there are none."""
    found: datetime | None = run.scalar(f"select max(fitted_at) from {KEPT}")
    return found


def _fit(run: Run) -> None:
    """Keep the personas of the finished journeys, if there are any."""
    most = run.project.personas.most
    if most < 2:
        return
    from journeyflow.analysis.personas import fit_personas

    variants = run.con.sql(load_model("personas", "persona_variants").sql).to_arrow_table()
    found = fit_personas(variants.to_pandas(), most=most)
    if found.k < 2:
        return
    now = datetime.now(UTC)
    kept = json.dumps(found.model.to_dict())
    run.con.execute(f"insert into {KEPT} values ($model, $now)", {"model": kept, "now": now})
    create_from(run.con, "found", pa.Table.from_pylist(found.groups.to_dict("records")))
    run.con.execute(
        f"insert into {GROUPS} by name select *, $now as fitted_at from found", {"now": now}
    )


def _kept(run: Run) -> PersonaModel | None:
    rows = run.con.execute(f"select model from {KEPT}").fetchall()
    if not rows:
        return None
    from journeyflow.analysis.personas import PersonaModel

    return PersonaModel.from_dict(json.loads(rows[0][0]))


def _tell(run: Run, model: PersonaModel) -> None:
    paths = run.con.sql("select distinct path from persona_paths order by path").to_arrow_table()
    judged: pd.DataFrame = model.assign(paths.column("path").to_pylist())
    table = paths.append_column("persona", pa.array(judged["persona"], pa.int64()))
    table = table.append_column("probability", pa.array(judged["probability"], pa.float64()))
    create_from(run.con, "path_personas", table)
    run.con.execute(
        f"insert into {TOLD} select journey_id, person_id, persona, probability "
        "from persona_paths inner join path_personas using (path) where persona is not null"
    )
