"""How far a published store agrees with the truth about the invented customers.

Reconciliation shows that the tables agree with each other; only this shows that they are right.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

SEEN = """
create temp table seen as
select t.act, t.person, t.touchpoint, p.person_id, p.journey_id, p.occurred_at
from read_parquet($events) as t
inner join store.events as p using (source, file, line, kind)
where t.act is not null and p.participates
-- A line may tell of several acts, even of one kind.
qualify row_number() over (
    partition by t.act, source, file, line, kind
    order by abs(epoch(t.occurred_at) - epoch(p.occurred_at))
) = 1
"""

PAIRS = """
with cells as (select person, person_id, count(*) as n from seen group by all),
mine as (select sum(n * (n - 1) / 2) as pairs from cells),
claimed as (
    select sum(n * (n - 1) / 2) as pairs
    from (select sum(n) as n from cells group by person_id)
),
true_pairs as (
    select sum(n * (n - 1) / 2) as pairs
    from (select sum(n) as n from cells group by person)
)
select mine.pairs / claimed.pairs, mine.pairs / true_pairs.pairs
from mine, claimed, true_pairs
"""

JOURNEYS = """
with judged as (
    select
        person, journey_number, path, acts, started_at, ended_at,
        case
            when outcome = 'lost' and silent_from between until.published and until.truly
                then 'open'
            else outcome
        end as outcome
    from read_parquet($journeys)
    cross join (
        select
            (select observed_until from store.project) as published,
            (select max(occurred_at) from read_parquet($events)) as truly
    ) as until
    where recorded and ended_at <= until.published
),
true_acts as (select person, journey_number, unnest(acts) as act from judged),
found as (
    select
        true_acts.person, true_acts.journey_number,
        count(distinct seen.journey_id) as journeys,
        min(seen.journey_id) as journey_id
    from true_acts
    left join seen using (person, act)
    group by all
),
strangers as (
    select seen.journey_id
    from seen
    left join true_acts using (person, act)
    where seen.journey_id is not null
    group by seen.journey_id
    having count(distinct (seen.person, true_acts.journey_number)) > 1
)
select
    count(*),
    count(*) filter (
        found.journeys = 1 and strangers.journey_id is null and p.path = judged.path
    ),
    count(*) filter (
        found.journeys = 1 and strangers.journey_id is null and p.path = judged.path
        and p.outcome = judged.outcome
    )
from judged
inner join found using (person, journey_number)
left join strangers on found.journey_id = strangers.journey_id
left join store.journeys as p on found.journey_id = p.journey_id
"""


@dataclass(frozen=True)
class Agreement:
    """Published against true.

    `precision` and `recall` are over pairs of acts held to be, or truly being, one person's.
    `journeys` are the true journeys that the exports record in full; of these, `same_path` are
    published with exactly the true path and nobody else's acts, `same` with the outcome too.
    """

    precision: float
    recall: float
    journeys: int
    same_path: int
    same: int

    @property
    def share(self) -> float:
        """Share of the recorded true journeys that are published as they were."""
        return self.same / self.journeys


def agreement(project_dir: Path, store: Path) -> Agreement:
    """Compare a published store with `truth/` in the simulated project's folder."""
    truth = project_dir / "truth"
    files = {name: str(truth / f"{name}.parquet") for name in ("events", "journeys")}
    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false")
        con.execute("set TimeZone = 'UTC'")
        path = str(store).replace("'", "''")
        con.execute(f"attach '{path}' as store (read_only)")
        con.execute(SEEN, {"events": files["events"]})
        pairs = con.execute(PAIRS).fetchone()
        counts = con.execute(JOURNEYS, files).fetchone()
    if pairs is None or counts is None:
        msg = "an aggregate gave no row"
        raise RuntimeError(msg)
    return Agreement(float(pairs[0]), float(pairs[1]), *counts)
