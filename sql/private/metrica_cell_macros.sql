-- Small functions that decode the cells of Yandex Metrica's Logs API.

-- A cell hides tabs, line ends, quotes and backslashes behind backslashes. What two of them stand
-- for is kept apart meanwhile, or it would hide what comes after it.
create or replace temp macro unescaped(x) as
    case
        when contains(x, '\')
            then replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
                replace(x, chr(1), chr(1) || '1'), '\\', chr(1) || '2'),
                '\''', ''''), '\t', chr(9)), '\n', chr(10)), '\r', chr(13)), '\b', chr(8)),
                '\f', chr(12)), '\0', chr(65533)),
                chr(1) || '2', '\'), chr(1) || '1', chr(1))
        else x
    end;

-- The elements of an array as text. Those of some columns stand without quotes. Where somebody left
-- apostrophes bare, an element ends at one before a comma; where others are hidden, nobody can tell.
create or replace temp macro elements_of(x) as
    case
        when x = '[]' then []::text[]
        when regexp_full_match(x, '\[''(?:[^''\\]|\\.)*''(?:,''(?:[^''\\]|\\.)*'')*\]')
            then list_transform(
                regexp_extract_all(x, '''((?:[^''\\]|\\.)*)''', 1), lambda e: unescaped(e)
            )
        when regexp_full_match(x, '\[[^''\[\]]*\]')
            then list_transform(string_split(x[2:-2], ','), lambda e: trim(e))
        when regexp_full_match(x, '\[''.*''\]', 's') and not contains(x, '\''')
            then list_transform(
                string_split_regex(x[3:-3], ''',\s*'''), lambda e: unescaped(e)
            )
    end;

-- NULL where a file has no such column; one that cannot be read says so in its only element.
create or replace temp macro metrica_array(x) as
    case
        when x is null then null
        when clean(x) is null then []::text[]
        else coalesce(elements_of(unescaped(trim(x))), [chr(0)])
    end;

-- Arrays tell of something where any of them does: what the others lack is a fault.
create or replace temp macro tells(arrays) as
    coalesce(list_max(list_transform(arrays, lambda a: len(a))) > 0, false);

-- Why arrays that tell of the same things do not fit together, if they do not; NULL fits any.
create or replace temp macro group_fault(arrays, most) as
    case
        when list_contains(list_transform(arrays, lambda a: a[1] = chr(0)), true)
            then 'not an array'
        when len(list_distinct(list_transform(arrays, lambda a: len(a)))) > 1
            then 'arrays of different lengths'
        when list_max(list_transform(arrays, lambda a: len(a))) > most
            then 'more than ' || most || ' in one row'
    end;

create or replace temp macro goals_fault(goals, others) as
    coalesce(
        group_fault(list_concat([goals], others), 383),
        case
            when len(list_filter(goals, lambda g: not regexp_full_match(g, '[0-9]+'))) > 0
                then 'not the numbers of goals'
        end
    );

-- One number for each thing that the arrays tell of; where they do not fit together, 1 for all.
create or replace temp macro places_of(items, fault) as
    unnest(range(1, if(fault is null, coalesce(len(items), 0), 1) + 1));

create or replace temp macro is_moment(x) as
    regexp_full_match(x, '\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}([.]\d+)?');

-- Times inside a visit have an offset of their own, which the file does not tell.
create or replace temp macro moment_inside(x) as
    case
        when not is_moment(x) then null
        when getvariable('inner_offset') = 'local'
            then timezone(getvariable('source_zone'), try_cast(x as timestamp))
        else try_cast(x || getvariable('inner_offset') as timestamptz)
    end;

-- Where they have the counter's zone, its clock changes are judged as those of all local times.
create or replace temp macro instant_inside(x) as
    case when getvariable('inner_offset') <> 'local' then moment_inside(x) end;

-- What happened long after its visit had ended, or before it began, was reported from elsewhere.
create or replace temp macro is_outside(moment, started, longest_s) as
    coalesce(
        moment > started + to_seconds(longest_s) or moment < started - interval 1 hour, false
    );
