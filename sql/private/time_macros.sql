-- Small functions about moments, as exports write them.

create or replace temp macro epoch_instant(x, per_second) as
    case
        when try_cast(x as decimal(28, 6)) between 0 and 4102444800::bigint * per_second
            then make_timestamptz(
                (try_cast(x as decimal(28, 6)) * (1000000 // per_second))::bigint
            )
    end;

-- Zones run from -12 to +14; a cast would take +99:00, and drop a zone's name without a word.
create or replace temp macro has_offset(x) as
    regexp_full_match(
        x,
        '\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?'
        || '(Z|z| ?UTC| ?GMT| ?[+-](0\d|1[0-4])(:?[0-5]\d)?)'
    );

create or replace temp macro is_iso_local(x) as
    regexp_full_match(x, '\d{4}-\d{2}-\d{2}([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?)?');

-- Shops write 2026-10-01 14:05:00 +0300, which a cast refuses for its space.
create or replace temp macro iso_offset(x) as
    regexp_replace(x, ' ?([+-][0-9]{2}):?([0-9]{2})$', '\1:\2');

-- A date that stands apart from its time of day often shows a midnight of its own.
create or replace temp macro is_midnight(x) as
    regexp_matches(x, '[T ](0?0:00(:00([.,]0+)?)?|12:00(:00)? ?[Aa][Mm])$');

create or replace temp macro bare_date(x) as
    if(is_midnight(x), regexp_extract(x, '^(.*?)[T ][^T ]*( ?[Aa][Mm])?$', 1), x);

create or replace temp macro time_fault(col, x, moment, flag, arrived) as
    case
        when x is null and moment is null then fault(col, null, 'missing')
        when moment is null and flag is distinct from 'nonexistent' then fault(col, x, 'not a time')
        -- What was read as a time is one, and nobody's secret.
        when flag = 'nonexistent' then fault_shown(col, x, 'a local time that its zone skipped')
        when moment < timestamptz '1990-01-01 00:00:00+00' then fault_shown(col, x, 'before 1990')
        when moment > arrived + interval 1 day
            then fault_shown(
                col, x, 'more than a day after the file arrived; export it anew once that day has come'
            )
    end;
