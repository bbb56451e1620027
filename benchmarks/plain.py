"""What plain connected components would find of the truth: the figures to beat."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from journeyflow.identity.stitch import components
from journeyflow.identity.types import IdClass, classes
from journeyflow.project import load_project
from journeyflow.simulate.agreement import PAIRS

CARRIED = """
create temp table carried as
select i.ref, dense_rank() over (order by i.type, i.key)::integer - 1 as node
from private.landed_identifiers as i
inner join types using (type)
where not i.weak
"""

IDENTIFIERS = "create temp table identifiers as select distinct node from carried"

LINKS = """
create temp table identifier_edges as
select distinct a.node as node, b.node as other_node
from carried as a inner join carried as b on a.ref = b.ref and a.node < b.node
"""

SEEN = """
create temp table seen as
select t.act, t.person, min(components.component) as person_id
from read_parquet($events) as t
inner join private.ledger as l using (source, file)
inner join private.landed_events as e on e.file_id = l.file_id and e.line = t.line
inner join carried on carried.ref = e.ref
inner join components using (node)
inner join store.events as p on p.source = t.source and p.file = t.file and p.line = t.line
where t.act is not null and p.participates
group by t.source, t.file, t.line, t.act, t.person
"""


def plain_components(project_dir: Path, store: Path) -> tuple[float, float]:
    """Precision and recall over pairs of acts where whatever was seen together is one person.

    In: a simulated project that was run, and its published store. No hubs, no limits; only
    identifiers that may merge take part.
    """
    told = load_project(project_dir).identity.types
    types = [name for name, kind in classes(told).items() if kind is IdClass.MERGE]
    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false")
        for name, path in (
            ("private", project_dir / "warehouse" / "private.duckdb"),
            ("store", store),
        ):
            quoted = str(path).replace("'", "''")
            con.execute(f"attach '{quoted}' as {name} (read_only)")
        con.register("types", pa.table({"type": types}))
        con.execute(CARRIED)
        con.execute(IDENTIFIERS)
        con.execute(LINKS)
        con.register("components", components(con))
        con.execute(SEEN, {"events": str(project_dir / "truth" / "events.parquet")})
        pairs = con.execute(PAIRS).fetchone()
    if pairs is None:
        msg = "an aggregate gave no row"
        raise RuntimeError(msg)
    return float(pairs[0]), float(pairs[1])
