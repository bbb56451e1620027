-- Landed rows of persons who are to be forgotten: all that carry one of their identifiers, and of
-- the events that are theirs every version.
create or replace temp table forgotten_rows as
with versions as (
    select landed_events.ref, ledger.source, landed_events.event_id as row_id
    from landed_events
    inner join ledger using (file_id)
    union all
    select landed_feedback.ref, ledger.source, landed_feedback.row_id
    from landed_feedback
    inner join ledger using (file_id)
    union all
    select landed_links.ref, ledger.source, landed_links.row_id
    from landed_links
    inner join ledger using (file_id)
),

carrying as (
    select distinct ref
    from landed_identifiers
    semi join forgotten_identifiers using (type, "key")
),

theirs as (
    select ref
    from carrying
    semi join current_rows using (ref)
    union
    select ref
    from event_persons
    semi join forgotten_person using (person_id)
),

their_rows as (
    select distinct source, row_id
    from versions
    semi join theirs using (ref)
)

select ref from carrying
union
select ref from versions
semi join their_rows using (source, row_id)
