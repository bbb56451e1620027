-- purpose: Records of a survey export whose columns are mapped in the settings, as raw answers.
-- grain: one row per record of the file
-- kind: landing
-- note: everything is still text here; free text of the answers is not read.
select
    line,
    0 as part,
    skip_reason,
    null::text as url,
    clean(feedback_id) as feedback_id,
    clean(responded_at) as occurred_at,
    null::timestamptz as instant,
    null::date as day,
    clean(kind) as kind,
    clean(score) as score,
    clean(scale_min) as scale_min,
    clean(scale_max) as scale_max,
    clean(touchpoint) as touchpoint,
    list_transform(identifiers, lambda i: {'type': i.type, 'value': clean(i.value)}) as identifiers
from records
