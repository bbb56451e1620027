-- purpose: The kinds of events that were delivered, and what the settings say of each.
-- grain: one row per kind
-- kind: events, transient
-- note: a kind that the settings do not rank comes after those they do.
with delivered as (
    select distinct kind
    from landed_events
)

select
    delivered.kind,
    coalesce(kind_ranks.rank, 1000000) as rank,
    company_kinds.kind is not null as is_company,
    coalesce(company_kinds.answers, false) as is_answer,
    excluded_kinds.kind is not null as is_excluded,
    is_page_view(delivered.kind) or page_kinds.kind is not null as is_page_view,
    call_kinds.answered as is_answered
from delivered
left join kind_ranks on delivered.kind = kind_ranks.kind
left join company_kinds on delivered.kind = company_kinds.kind
left join excluded_kinds on delivered.kind = excluded_kinds.kind
left join page_kinds on delivered.kind = page_kinds.kind
left join call_kinds on delivered.kind = call_kinds.kind
