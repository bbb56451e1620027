-- Small functions that only costs use.

create or replace temp macro is_total(x) as
    coalesce(regexp_matches(x, getvariable('totals'), 'i'), false);

create or replace temp macro day_of(x) as
    case
        when getvariable('time_format') is null then try_cast(x as date)
        else try_strptime(x, getvariable('time_format'))::date
    end;

-- A range of days in one cell. A day that is written with slashes is a day.
create or replace temp macro ends_of(x) as
    case
        when day_of(x) is null then string_split_regex(x, '\s*/\s*|\s+[-–—]\s+')
        else [x, x]
    end;

create or replace temp macro day_fault(col, x, day, latest) as
    case
        when x is null then fault(col, null, 'missing')
        when day is null then fault(col, x, 'not a day')
        when day not between date '1990-01-01' and latest
            then fault(col, x, 'outside 1990 to a year ahead')
    end;

create or replace temp macro whole_fault(col, x) as
    case
        when exact_number(x) <> trunc(exact_number(x)) then fault(col, x, 'not a whole number')
    end;

-- Rounded half away from zero.
create or replace temp macro quotient(a, b) as sign(a) * ((2 * abs(a) + b) // (2 * b));

-- What falls to the day of that number, from 0, where whole things are spread evenly over so many
-- days: what is left over goes to the first ones. Below zero `//` and `%` would round up.
create or replace temp macro day_share(total, days, day) as
    (total - ((total % days) + days) % days) // days
    + if(day < ((total % days) + days) % days, 1, 0);
