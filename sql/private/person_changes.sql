-- What became of the persons of the last published run: written to the private database by every
-- run anew, until that run is published itself.
insert into private.work.person_changes
with settled as (
    select type, "key", person_id
    from person_identifiers
    where not is_disputed and isfinite(first_seen_at)
),

pairs as (
    select
        before.person_id as old_person_id,
        settled.person_id as new_person_id,
        count(*) as identifiers
    from settled_identifiers as before
    left join settled using (type, "key")
    group by before.person_id, settled.person_id
),

counted as (
    select
        pairs.*,
        count(*) over (partition by old_person_id) as heirs,
        count(*) over (partition by new_person_id) as forebears
    from pairs
)

select
    $run_number,
    $run_id,
    $changed_at,
    old_person_id,
    new_person_id,
    case
        when new_person_id is null then 'no longer identified'
        when forebears > 1 then 'merged'
        when heirs > 1 then 'split'
        else 'renamed'
    end,
    identifiers
from counted
where new_person_id is distinct from old_person_id
