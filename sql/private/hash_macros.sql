-- Small functions that name things and tell rows apart by hashes under the project's key.
-- What they made is kept in landed rows: who changes them changes the layout of the warehouse.

-- Twelve letters and digits, 71 bits, the chance of one clash among a hundred million ids being one
-- in 450,000; and DuckDB keeps a text of up to twelve bytes where it keeps numbers, in the row.
create or replace temp macro keyed_id(x) as
    replace(
        replace(to_base64(unhex(left(sha256(getvariable('salt') || x), 18))), '+', 'A'), '/', 'B'
    );

-- Told apart are only versions of one row. Half the price of SHA-256, a third of the space; and who
-- does not know the salt cannot make two rows meet, weak as MD5 is without one.
create or replace temp macro content_hash(x) as md5_number(getvariable('salt') || x);

-- All identifiers of a row as one number; they are hashes, so their order tells nothing.
create or replace temp macro keys_of(k) as bit_xor(k::uhugeint)::uuid;

-- What a row says, whatever its file, its line or its id.
create or replace temp macro event_content(e, keys) as row(
    epoch_us(e.occurred_at), e.kind, e.host, e.page, e.referrer_host, e.channel, e.utm_source,
    e.utm_medium, e.utm_campaign, e.click, e.value, e.currency, e.touchpoint, e.stage, e.user_agent,
    e.owner, e.score, e.direction, e.answered, e.wait_s, e.duration_s, e.loss_reason, e.device,
    e.region, e.product, e.sequence, e.attributes, keys
)::text;

create or replace temp macro cost_content(e) as row(
    e.local_day, e.source_name, e.medium, e.campaign, e.impressions, e.clicks, e.cost, e.currency
)::text;

create or replace temp macro feedback_content(e, keys) as row(
    epoch_us(e.occurred_at), e.kind, e.score, e.scale_min, e.scale_max, e.touchpoint, keys
)::text;

create or replace temp macro link_content(e, keys) as row(
    epoch_us(e.occurred_at), e.relation, keys
)::text;
