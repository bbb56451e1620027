-- purpose: What a page address tells: host, path, campaign parameters and click id.
-- grain: one row per distinct url
-- kind: landing
-- note: the query is read and then dropped, and the path is masked: addresses carry personal data.
with distinct_urls as (
    select distinct url
    from raw_rows
    where url is not null
),

parts as (
    select
        url,
        host_of(url) as host,
        path_of(url) as path,
        click_parts(url) as click,
        url_value(url, 'utm_source') as utm_source,
        url_value(url, 'utm_medium') as utm_medium,
        url_value(url, 'utm_campaign') as utm_campaign
    from distinct_urls
)

select
    url,
    nullif(host, '') as host,
    coalesce(nullif(path, ''), case when host <> '' then '/' end) as path,
    nullif(lower(click.name), '') as click,
    nullif(click.value, '') as click_value,
    utm_source,
    utm_medium,
    utm_campaign
from parts
