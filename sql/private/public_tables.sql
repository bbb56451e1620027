-- The writer's public database: what is published beside the tables that models make, and what the
-- warehouse remembers of itself.
create schema if not exists warehouse.monthly;
create schema if not exists warehouse.state;

create table if not exists warehouse.state.facts (name text primary key, value text not null);

create table if not exists warehouse.main.runs (
    run_id text primary key,
    run_number integer not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    engine text not null,
    mode text not null,
    reason text,
    rows_read bigint,
    duplicates bigint,
    rejects bigint,
    skipped bigint,
    new_events bigint,
    tied_events bigint,
    touched_persons bigint,
    version text not null
);
