-- Small functions that the event models share.

-- Wide enough for fourteen digits of money at a rate of a hundred million. What comes out at more
-- than twelve digits is no amount (a run warns of it), and ten thousand of them could not be summed.
create or replace temp macro in_currency(amount, rate) as
    case
        when abs(amount::decimal(20, 4) * rate::decimal(18, 8)) < 1000000000000
            then round(amount::decimal(20, 4) * rate::decimal(18, 8), 2)::decimal(18, 2)
    end;

-- One row of an export may tell of several events: whether `ref` is that of the first.
create or replace temp macro is_row(ref) as ref & 34359738368 = 0;

-- What formats note about an event for the models to read: nothing to segment customers by.
create or replace temp macro is_internal_attribute(name) as
    name in (
        'deal_stage', 'deal_listed', 'deal_amount', 'moved_by', 'bulk_edit', 'order_void', 'offline'
    );

create or replace temp macro rule_field(name, x) as
    case when list_contains(getvariable('rule_fields'), name) then x::text end;

create or replace temp macro rule_signature(e, source, channel) as {
    'kind': e.kind,
    'source': source,
    'path': rule_field('path', e.page),
    'host': rule_field('host', e.host),
    'touchpoint': rule_field('touchpoint', e.touchpoint),
    'stage': rule_field('stage', e.stage),
    'channel': rule_field('channel', channel),
    'utm_source': rule_field('utm_source', e.utm_source),
    'utm_medium': rule_field('utm_medium', e.utm_medium),
    'utm_campaign': rule_field('utm_campaign', e.utm_campaign),
    'direction': rule_field('direction', e.direction),
    'answered': rule_field('answered', e.answered),
    'device': rule_field('device', e.device),
    'region': rule_field('region', e.region),
    'product': rule_field('product', e.product),
    'owner': rule_field('owner', e.owner),
    'attributes': case when list_contains(getvariable('rule_fields'), 'attributes') then e.attributes end
};

create or replace temp macro signature_fields(s) as
    list_concat(
        [
            {'name': 'kind', 'value': s.kind},
            {'name': 'source', 'value': s.source},
            {'name': 'path', 'value': s.path},
            {'name': 'host', 'value': s.host},
            {'name': 'touchpoint', 'value': s.touchpoint},
            {'name': 'stage', 'value': s.stage},
            {'name': 'channel', 'value': s.channel},
            {'name': 'utm_source', 'value': s.utm_source},
            {'name': 'utm_medium', 'value': s.utm_medium},
            {'name': 'utm_campaign', 'value': s.utm_campaign},
            {'name': 'direction', 'value': s.direction},
            {'name': 'answered', 'value': s.answered},
            {'name': 'device', 'value': s.device},
            {'name': 'region', 'value': s.region},
            {'name': 'product', 'value': s.product},
            {'name': 'owner', 'value': s.owner}
        ],
        coalesce(
            list_transform(map_entries(s.attributes), lambda a: {'name': 'attributes.' || a.key, 'value': a.value}),
            []
        )
    );

create or replace temp macro is_page_view(kind) as
    regexp_replace(lower(kind), '[^a-z]', '', 'g') in ('pageview', 'screenview', 'page', 'screen');

create or replace temp macro first_folder(path) as
    case
        when path is null then null
        when regexp_matches(regexp_extract(path, '^/*([^/]*)', 1), '[0-9]') then '/:id'
        else '/' || regexp_extract(path, '^/*([^/]*)', 1)
    end;

-- The graph has nodes of its own for starts and ends; a touchpoint spelled like one must not be it.
create or replace temp macro unlike_an_end(touchpoint) as
    case
        -- Not `in`, of which DuckDB makes a join that computes the touchpoint once more.
        when list_position(
            ['(start)', '(converted)', '(lost)', '(open)', '(end)', '(other)', '(any)'], touchpoint
        ) is not null
            then trim(touchpoint, '()')
        else touchpoint
    end;

create or replace temp macro arrival_parts(e) as {
    'utm_source': e.utm_source,
    'utm_medium': e.utm_medium,
    'utm_campaign': e.utm_campaign,
    'click': e.click,
    'referrer_host': e.referrer_host,
    'host': e.host
};

create or replace temp macro told(x) as
    case when not regexp_full_match(lower(trim(x)), getvariable('blank')) then lower(trim(x)) end;

create or replace temp macro is_direct(channel) as
    lower(trim(channel)) in (
        'direct', '(direct)', 'direct / none', '(direct) / (none)', '(direct) / none', 'direct traffic',
        'прямые заходы', 'прямой заход', 'прямые', 'прямой', 'direkt', '(direkt)', 'direktzugriff',
        'diretto', '(diretto)', 'traffico diretto', 'directo', '(directo)', 'tráfico directo',
        'direto', '(direto)', 'tráfego direto', 'accès direct', 'trafic direct', 'bezpośrednie',
        'wejścia bezpośrednie', '(bezpośrednie)'
    );

-- A rule without a condition asks nothing; a missing text is matched as an empty one.
create or replace temp macro meets(x, pattern) as
    pattern is null or regexp_full_match(coalesce(x, ''), pattern);

-- What decides the order of a person's events before line and event_id have to.
create or replace temp macro event_place(e) as {
    'at': e.occurred_at,
    'rank': e.kind_rank,
    'source': e.source_position,
    'sequence': e.sequence
};

-- The month of a moment on the project's clocks.
create or replace temp macro month_of(x) as
    date_trunc('month', timezone(getvariable('zone'), x))::date;

-- How many whole days a moment lies before the end of observation.
create or replace temp macro days_before(until, x) as
    (epoch_us(until) - epoch_us(x)) // 86400000000;

-- How long somebody has been silent, in classes: with how many seconds each begins.
create or replace temp macro silence_class(us) as
    case
        when us < 3600000000 then 0
        when us < 86400000000 then 3600
        when us < 3 * 86400000000 then 86400
        when us < 7 * 86400000000 then 3 * 86400
        when us < 14 * 86400000000 then 7 * 86400
        when us < 30 * 86400000000 then 14 * 86400
        else 30 * 86400
    end;

-- What an answer says, for comparing two versions of it. Its id was made before all of this was read
-- (feedback_content), and stays as it was.
create or replace temp macro told_feedback(e, keys) as row(
    feedback_content(e, keys), e.question, e.higher_is_better, coalesce(e.respondent, 'customer')
)::text;
