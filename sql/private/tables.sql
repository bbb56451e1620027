-- The writer's private database: the ledger of files read, their landed rows, and what became
-- of the rows that did not land. Every landed version is kept; the files are not needed again.
create schema if not exists private.work;

create table if not exists private.facts (name text primary key, value text not null);

create table if not exists private.ledger (
    file_id integer primary key,
    source text not null,
    file text not null,
    delivery text not null,
    content_hash text not null,
    reading text not null,
    run_number integer not null,
    delivered integer not null,
    arrived_at timestamptz not null,
    rows_read bigint not null,
    unique (content_hash, source, reading)
);

create table if not exists private.seen_files (
    file text primary key, size bigint not null, mtime_ns bigint not null, content_hash text not null
);

create table if not exists private.landed_events (
    ref bigint not null,
    file_id integer not null,
    line bigint not null,
    event_id text not null,
    occurred_at timestamptz not null,
    time_flag text,
    local_day date not null,
    kind text not null,
    host text,
    page text,
    referrer_host text,
    channel text,
    utm_source text,
    utm_medium text,
    utm_campaign text,
    click text,
    value decimal(18, 4),
    currency text,
    touchpoint text,
    stage text,
    user_agent text,
    owner text,
    score double,
    direction text,
    answered boolean,
    wait_s double,
    duration_s double,
    loss_reason text,
    device text,
    region text,
    product text,
    sequence bigint,
    attributes map(text, text)
);

create table if not exists private.landed_costs (
    ref bigint not null,
    file_id integer not null,
    line bigint not null,
    row_id text not null,
    local_day date not null,
    source_name text not null,
    medium text,
    campaign text,
    impressions bigint,
    clicks bigint,
    cost decimal(18, 4) not null,
    currency text not null
);

create table if not exists private.landed_feedback (
    ref bigint not null,
    file_id integer not null,
    line bigint not null,
    row_id text not null,
    occurred_at timestamptz not null,
    time_flag text,
    local_day date not null,
    kind text not null,
    score double not null,
    scale_min double not null,
    scale_max double not null,
    touchpoint text,
    question text,
    higher_is_better boolean,
    respondent text
);

create table if not exists private.landed_links (
    ref bigint not null,
    file_id integer not null,
    line bigint not null,
    row_id text not null,
    occurred_at timestamptz not null,
    time_flag text,
    local_day date not null,
    relation text not null
);

-- `ref` is that of the landed event, answer or link.
create table if not exists private.landed_identifiers (
    ref bigint not null, type text not null, "key" uuid not null, weak boolean not null
);

create table if not exists private.rejected_rows (
    file_id integer not null, line bigint not null, "column" text, value text, reason text not null,
    partly boolean -- only something that the row tells besides was rejected
);

create table if not exists private.skipped_rows (
    file_id integer not null, reason text not null, "rows" bigint not null
);

create table if not exists private.blocked_values (
    file_id integer not null, type text not null, reason text not null, "rows" bigint not null
);
