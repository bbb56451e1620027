-- Small functions that only the formats of Yandex Metrica's Logs API use.

-- A cell hides tabs, line ends, quotes and backslashes behind backslashes.
create or replace temp macro unescaped(x) as
    case
        when contains(x, '\')
            then replace(replace(replace(replace(replace(replace(
                replace(x, '\\', chr(1)),
                '\''', ''''), '\t', chr(9)), '\n', chr(10)), '\r', chr(13)), '\0', ''),
                chr(1), '\')
        else x
    end;

-- The elements of an array as text. Those of some columns stand without quotes; where somebody left
-- an apostrophe bare, an element ends at one before a comma.
create or replace temp macro elements_of(x) as
    case
        when x = '[]' then []::text[]
        when regexp_full_match(x, '\[''(?:[^''\\]|\\.)*''(?:,''(?:[^''\\]|\\.)*'')*\]')
            then list_transform(
                regexp_extract_all(x, '''((?:[^''\\]|\\.)*)''', 1), lambda e: unescaped(e)
            )
        when regexp_full_match(x, '\[[^''\[\]]*\]')
            then list_transform(string_split(x[2:-2], ','), lambda e: trim(e))
        when regexp_full_match(x, '\[''.*''\]')
            then list_transform(
                string_split_regex(x[3:-3], ''',\s*'''), lambda e: unescaped(e)
            )
    end;

-- NULL where a file has no such column; one that cannot be read says so in its only element.
create or replace temp macro metrica_array(x) as
    case
        when clean(x) is null then null
        else coalesce(elements_of(unescaped(trim(x))), [chr(0)])
    end;

-- The same where texts stand without quotes: there one empty text looks like no text at all, and
-- only the array beside it tells.
create or replace temp macro bare_array(x, beside) as
    if(clean(x) = '[]' and len(metrica_array(beside)) = 1, [''], metrica_array(x));

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

-- One number for each thing that the arrays tell of; where they do not fit together, 1 for all.
create or replace temp macro places_of(items, fault) as
    unnest(range(1, if(fault is null, coalesce(len(items), 0), 1) + 1));

-- Times inside a visit have an offset of their own, which the file does not tell.
create or replace temp macro moment_inside(x) as
    case
        when getvariable('inner_offset') = 'local'
            then timezone(getvariable('source_zone'), try_cast(x as timestamp))
        else try_cast(x || getvariable('inner_offset') as timestamptz)
    end;

create or replace temp macro in_thousandths(x) as
    coalesce((nullif(try_cast(x as decimal(28, 3)), 0) / 1000)::decimal(28, 6)::text, nullif(x, '0'));

create or replace temp macro goal_kind(goal) as
    coalesce(
        getvariable('goal_names')[list_position(getvariable('goal_ids'), goal)], 'goal ' || goal
    );

create or replace temp macro device_of(x) as
    case clean(x)
        when '1' then 'desktop'
        when '2' then 'mobile'
        when '3' then 'tablet'
        when '4' then 'tv'
        else clean(x)
    end;

-- What the site sent along: the parameters that the settings name, as identifiers or attributes.
create or replace temp macro parameter(names, vals, name) as
    case when len(names) = len(vals) then clean(vals[list_position(names, name)]) end;

create or replace temp macro named_identifiers(names, vals) as
    list_transform(
        getvariable('identifier_parameters'),
        lambda p: {'type': p[1], 'value': parameter(names, vals, p[2])}
    );

create or replace temp macro named_attributes(names, vals) as
    list_filter(
        list_transform(
            getvariable('attribute_parameters'),
            lambda p: {'key': p[1], 'value': parameter(names, vals, p[2])}
        ),
        lambda a: a.value is not null
    );

create or replace temp macro ad_system(x) as
    case
        when x is null or regexp_full_match(x, '(ya_)?undefined|unknown|other') then null
        when regexp_matches(x, '^(ya|yandex)_direct') then 'yandex'
        when x = 'google_adwords' then 'google'
        when regexp_matches(x, '^(vk|vkontakte)') then 'vk'
        when x = 'target_mail_ru' then 'mytarget'
        else x
    end;

-- A few fields are declared as texts, and hold lists with gaps.
create or replace temp macro named_in(x) as
    nullif(split_part(trim(clean(x), '[],'), ',', 1), '');

-- Where a visit itself came from, in the counter's words: what its address and its referrer cannot
-- say. A visit that the counter calls direct or internal came from nowhere.
create or replace temp macro told_source(
    traffic, referer, advert, search, site, network, messenger, recommender
) as
    case lower(clean(traffic))
        when 'ad' then {'source': ad_system(lower(clean(advert))), 'medium': 'cpc'}
        when 'social' then {'source': clean(network), 'medium': 'social'}
        when 'messenger' then {'source': named_in(messenger), 'medium': 'messenger'}
        when 'recommend'
            then {
                'source': replace(named_in(recommender), 'zen_yandex', 'dzen'), 'medium': 'referral'
            }
        when 'email' then {'source': null::text, 'medium': 'email'}
        when 'qrcode' then {'source': null::text, 'medium': 'qr'}
        when 'organic'
            then case
                when clean(referer) is null then {'source': clean(search), 'medium': 'organic'}
            end
        when 'referral'
            then case
                when clean(referer) is null then {'source': clean(site), 'medium': 'referral'}
            end
    end;

-- An address that has campaign parameters, or a click of an advertisement, speaks for itself.
create or replace temp macro speaks_for_itself(url) as
    coalesce(
        regexp_matches(
            url,
            '[?&#](utm_(source|medium|campaign)|gclid|gbraid|wbraid|dclid|yclid|ymclid|msclkid|ttclid'
            || '|rb_clickid)=[^&#]',
            'i'
        ),
        false
    );
