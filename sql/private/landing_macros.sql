-- Small functions that the landing models share. Variables are set per source before use.

-- Not `list_contains`, of which DuckDB makes a join, and for each column one.
create or replace temp macro clean(x) as
    case when list_position(getvariable('null_values'), trim(x)) is null then trim(x) end;

-- Several files are read at once; `line` then holds the file's place in the batch too.
create or replace temp macro file_of(x) as x >> 33;

create or replace temp macro line_of(x) as x & 8589934591;

-- A row's own number for good, in which the file's stands above bit 36. Bit 35 marks what else the
-- row of an export tells of: further events, up to 511 of them.
create or replace temp macro ref_of(file_id, x, part) as
    file_id::bigint * 68719476736
    + if(part = 0, line_of(x) * 8, 34359738368 + line_of(x) * 512 + part);

create or replace temp macro known(x) as
    case
        when lower(clean(x)) not in (
            '(not set)', '(none)', '(direct)', '(organic)', '(referral)', '(not provided)',
            '(data deleted)', '<other>', '<не указано>', '<не заполнено>'
        ) then clean(x)
    end;

create or replace temp macro unsigned(x) as
    case when not starts_with(clean(x), '-') then clean(x) end;

create or replace temp macro decimal_text(x) as
    coalesce(try_cast(clean(x) as decimal(28, 6))::text, clean(x));

-- Attributes of an event: of what a row does not say, no entry.
create or replace temp macro told_attributes(entries) as
    map_from_entries(list_filter(entries, lambda a: a.value is not null));

create or replace temp macro masked(x) as
    regexp_replace(regexp_replace(left(x, 40), '\p{L}', 'x', 'g'), '[0-9]', '9', 'g');

create or replace temp macro fault(col, x, why) as
    {'column': col, 'value': x, 'reason': why, 'is_shown': false};

create or replace temp macro fault_shown(col, x, why) as
    {'column': col, 'value': x, 'reason': why, 'is_shown': true};

-- Masked at the end, once for all: DuckDB makes ready what masks for each place that it stands in.
create or replace temp macro told_faults(faults) as
    list_transform(
        list_filter(faults, lambda f: f is not null),
        lambda f: {
            'column': f.column,
            'value': if(f.is_shown, left(f.value, 40), masked(f.value)),
            'reason': f.reason
        }
    );

create or replace temp macro plain_number(x) as
    case getvariable('decimal')
        when ',' then replace(regexp_replace(x, '[ \x{00A0}\x{202F}.]', '', 'g'), ',', '.')
        else regexp_replace(x, '[ \x{00A0}\x{202F},]', '', 'g')
    end;

create or replace temp macro exact_number(x) as
    case
        when regexp_full_match(
            x,
            case getvariable('decimal')
                when ',' then '[+-]?(\d+|\d{1,3}([ \x{00A0}\x{202F}.]\d{3})+)(,\d+)?'
                else '[+-]?(\d+|\d{1,3}([ \x{00A0}\x{202F},]\d{3})+)?(\.\d+)?'
            end
        ) then try_cast(plain_number(x) as decimal(28, 6))
    end;

create or replace temp macro number_fault_of(col, x, number) as
    case
        when x is not null and number is null
            then fault(col, x, 'not a number written with the decimal ' || getvariable('decimal'))
        when abs(number) >= 100000000000000 then fault(col, x, 'a number of more than 14 digits')
    end;

create or replace temp macro number_fault(col, x) as number_fault_of(col, x, exact_number(x));

create or replace temp macro boolean_of(x) as
    case
        when lower(x) in ('true', 't', 'yes', 'y', '1', 'да') then true
        when lower(x) in ('false', 'f', 'no', 'n', '0', 'нет') then false
    end;

create or replace temp macro direction_of(x) as
    case
        when lower(x) in ('in', 'inbound', 'incoming', 'входящий') then 'in'
        when lower(x) in ('out', 'outbound', 'outgoing', 'исходящий') then 'out'
        else lower(x)
    end;
