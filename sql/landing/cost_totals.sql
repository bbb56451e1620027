-- purpose: Totals rows of cost exports that are not the sum of the other rows.
-- grain: one row per file and measure that differs
-- kind: landing
-- note: of several totals rows the largest is that of the whole; others sum up some of the rows.
with records as (
    select line
    from cost_figures
    where skip_reason is null
    union
    select line
    from file_rejects
),

told as (
    select
        line,
        unnest([
            {'measure': 'cost', 'amount': exact_cost},
            {'measure': 'impressions', 'amount': exact_impressions},
            {'measure': 'clicks', 'amount': exact_clicks},
            {
                'measure': 'rows',
                'amount': try_cast(
                    regexp_extract(label, '^total rows: *([0-9]+)$', 1, 'i') as decimal(28, 6)
                )
            }
        ], recursive := true)
    from cost_figures
    where skip_reason = 'totals row'
),

summed as (
    select
        file_of(line) as place,
        unnest([
            {'measure': 'cost', 'amount': exact_cost},
            {'measure': 'impressions', 'amount': exact_impressions},
            {'measure': 'clicks', 'amount': exact_clicks}
        ], recursive := true)
    from cost_figures
    where skip_reason is null
    union all
    select file_of(line), 'rows', 1
    from records
),

largest as (
    select
        file_of(line) as place,
        measure,
        line_of(arg_max(line, amount)) as line,
        max(amount) as amount
    from told
    where amount is not null
    group by file_of(line), measure
)

select
    largest.place,
    largest.measure,
    largest.line,
    largest.amount as told,
    coalesce(sum(summed.amount), 0) as summed
from largest
left join summed
    on largest.place = summed.place and largest.measure = summed.measure
group by largest.place, largest.measure, largest.line, largest.amount
having
    abs(largest.amount - coalesce(sum(summed.amount), 0))
    -- Of money that is shown in hundredths each row, and the total, may be half of one off.
    > if(
        getvariable('totals_round') and largest.measure = 'cost',
        0.005 * (count(summed.amount) + 1), 0
    )
order by largest.place, largest.measure
