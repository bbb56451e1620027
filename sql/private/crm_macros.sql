-- Small functions that the formats of CRM systems share. Variables hold what lists beside the
-- exports say: of stages their ids and what they mean, of users their ids and names.

-- What entering a stage means, as the row says, else the list of stages; NULL where a row says what
-- is no meaning.
create or replace temp macro stage_kind(semantic, stage) as
    case
        lower(coalesce(
            clean(semantic),
            getvariable('stage_semantics')[list_position(getvariable('stage_ids'), stage)],
            'open'
        ))
        when 'open' then 'stage_changed'
        when 'p' then 'stage_changed'
        when 'won' then 'deal_won'
        when 's' then 'deal_won'
        when 'lost' then 'deal_lost'
        when 'f' then 'deal_lost'
    end;

create or replace temp macro user_name(id) as
    coalesce(getvariable('user_names')[list_position(getvariable('user_ids'), clean(id))], clean(id));

create or replace temp macro stage_attributes(stage, pipeline, moved_by) as
    told_attributes([
        {'key': 'deal_stage', 'value': stage},
        {'key': 'pipeline', 'value': pipeline},
        {'key': 'moved_by', 'value': moved_by}
    ]);

-- What a list tells of a deal goes for the events that end it, which mostly do not tell it.
create or replace temp macro deal_attributes() as map {'deal_listed': 'true'};

create or replace temp macro missing_field(one, one_name, other, other_name) as
    case
        when one is null then one_name
        when other is null then other_name
    end;

-- Fields of the CRM's own that the settings name under [sources.identifiers].
create or replace temp macro named_fields(record) as
    list_transform(
        getvariable('identifier_parameters'),
        lambda p: {'type': p[1], 'value': clean(record ->> ('$."' || p[2] || '"'))}
    );

create or replace temp macro amo_kind(status) as
    case status when '142' then 'deal_won' when '143' then 'deal_lost' else 'stage_changed' end;

create or replace temp macro amo_values(own, code, type) as
    list_transform(
        flatten(list_transform(
            list_filter(coalesce(own, []), lambda f: f.field_code = code),
            lambda f: coalesce(f.values, [])
        )),
        lambda v: {'type': type, 'value': clean(v.value)}
    );

create or replace temp macro amo_field(own, code) as amo_values(own, code, 'x')[1].value;

create or replace temp macro amo_identifiers(own) as
    flatten(list_transform(
        getvariable('identifier_parameters'), lambda p: amo_values(own, p[2], p[1])
    ));
