-- purpose: Which rules of the settings each combination of event fields meets.
-- grain: one row per combination that meets at least one rule
-- kind: events, transient
-- note: every condition of a rule must match, in one of its spellings; the first touchpoint wins.
with fields as (
    select
        signature,
        unnest(signature_fields(signature)) as field
    from signatures
),

met as (
    select
        fields.signature,
        rule_conditions.purpose,
        rule_conditions.rule
    from fields
    inner join rule_conditions
        on
            fields.field.name = rule_conditions.field
            and (
                fields.field.value = rule_conditions.pattern
                or (not rule_conditions.exact and fields.field.value glob rule_conditions.pattern)
            )
    group by fields.signature, rule_conditions.purpose, rule_conditions.rule
    having count(distinct fields.field.name) = any_value(rule_conditions.conditions)
)

select
    signature,
    min(rule) filter (where purpose = 'touchpoint') as touchpoint_rule,
    list(rule order by rule) filter (where purpose = 'conversion') as conversion_rules,
    min(rule) filter (where purpose = 'loss') as loss_rule,
    bool_or(purpose = 'cancellation') as is_cancellation
from met
group by signature
