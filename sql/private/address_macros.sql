-- Small functions that take page addresses apart, and leave out what is personal in them.
create or replace temp macro url_value(url, parameter) as
    nullif(trim(coalesce(
        try(url_decode(replace(nullif(regexp_extract(url, '[?&#]' || parameter || '=([^&#]*)', 1, 'i'), ''), '+', ' '))),
        nullif(regexp_extract(url, '[?&#]' || parameter || '=([^&#]*)', 1, 'i'), '')
    )), '');

create or replace temp macro decoded(x) as coalesce(try(url_decode(x)), x);

create or replace temp macro without_emails(x) as
    regexp_replace(x, '[^/@\s]+@[^/@\s]+\.[^/@\s]+', ':email', 'g');

-- Links that are sent through another service arrive encoded twice.
create or replace temp macro masked_path(path) as
    regexp_replace(
        without_emails(decoded(decoded(path))), '\+?[0-9][0-9 ()-]{8,}[0-9]', ':number', 'g'
    );

create or replace temp macro host_of(url) as
    lower(regexp_extract(url, '^(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@]*@)?([^/?#:]+)', 1, 'i'));

create or replace temp macro path_of(url) as
    masked_path(
        regexp_extract(url, '^(?:(?:[a-z][a-z0-9+.-]*:)?//[^/?#]*)?([^?#]*)', 1, 'i')
    );

create or replace temp macro click_parts(url) as
    regexp_extract(
        url,
        '[?&#](gclid|gbraid|wbraid|dclid|yclid|ymclid|msclkid|ttclid|rb_clickid|fbclid|ysclid|srsltid)=([^&#]+)',
        ['name', 'value'],
        'i'
    );
