-- Small functions that only the formats of Yandex Metrica's Logs API use.

-- Ids are whole numbers of up to twenty digits, and 0 is none. A spreadsheet's 9.1E+18 is many ids.
create or replace temp macro id_of(x) as nullif(clean(x), '0');

create or replace temp macro id_fault(x) as
    case when not regexp_full_match(id_of(x), '[0-9]{1,20}') then 'not a whole number' end;

-- Names where an id, a browser's id and a time should be: a header in another order than the first,
-- and who knows what the rows after it are.
create or replace temp macro is_header(id, client, moment) as
    coalesce(
        regexp_full_match(clean(id), '[A-Za-z<][\w:<>]*')
        and regexp_full_match(clean(client), '[A-Za-z<][\w:<>]*')
        and regexp_full_match(clean(moment), '[A-Za-z<][\w:<>]*'),
        false
    );

create or replace temp macro in_thousandths(x) as
    case
        when try_cast(x as decimal(24, 3)) is not null
            then nullif(try_cast(x as decimal(24, 3)) * 0.001, 0)::text
        else clean(x)
    end;

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

-- What the site sent along: the parameters that the settings name, as identifiers or attributes. Of
-- a parameter within a parameter the second level is a name that all visitors share.
create or replace temp macro flat_values(names, vals, depths) as
    case
        when len(names) = len(vals) and depths is null then vals
        when len(names) = len(vals) and len(names) = len(depths)
            then list_transform(list_zip(vals, depths), lambda v: if(v[2] = '', v[1], ''))
    end;

create or replace temp macro parameter(names, vals, name) as clean(vals[list_position(names, name)]);

create or replace temp macro named_identifiers(names, vals) as
    list_transform(
        getvariable('identifier_parameters'),
        lambda p: {'type': p[1], 'value': parameter(names, vals, p[2])}
    );

create or replace temp macro named_attributes(names, vals) as
    told_attributes(list_transform(
        getvariable('attribute_parameters'),
        lambda p: {'key': p[1], 'value': parameter(names, vals, p[2])}
    ));

create or replace temp macro ad_system(x) as
    case
        when x is null or regexp_full_match(x, '(ya_)?undefined|unknown|other') then null
        when regexp_matches(x, '^(ya|yandex)_direct') then 'yandex'
        when x = 'google_adwords' then 'google'
        when regexp_matches(x, '^(vk|vkontakte)') then 'vk'
        when x = 'target_mail_ru' then 'mytarget'
        else x
    end;

-- Some columns that are declared as text hold an array, all but one of whose elements are gaps.
create or replace temp macro sole(x) as
    case
        when not starts_with(clean(x), '[') then clean(x)
        when not contains(trim(clean(x), '[], '), ',') then nullif(trim(clean(x), '[], '), '')
    end;

-- Where a visit itself came from, in the counter's words: what its address and its referrer cannot
-- say. A visit that the counter calls direct or internal came from nowhere.
create or replace temp macro told_source(
    traffic, referer, advert, search, site, network, messenger, recommender
) as
    case lower(clean(traffic))
        when 'ad' then {'source': ad_system(lower(clean(advert))), 'medium': 'cpc'}
        when 'social' then {'source': clean(network), 'medium': 'social'}
        when 'messenger' then {'source': sole(messenger), 'medium': 'messenger'}
        when 'recommend'
            then {
                'source': replace(sole(recommender), 'zen_yandex', 'dzen'), 'medium': 'referral'
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
