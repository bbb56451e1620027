from __future__ import annotations

import csv
import dataclasses
import random
from pathlib import Path

import duckdb
import pytest

from journeyflow import rules
from journeyflow.rules import (
    BLANK,
    category_of,
    channel_rules,
    classify,
    fall_back,
    source_categories,
)

Arrival = tuple[str | None, str | None, str | None, str | None, str | None]

_BY_PARAMETERS = [
    (None, None, None, "Direct"),
    ("(direct)", "(none)", None, "Direct"),
    ("(direct)", "(not set)", None, "Direct"),
    ("google", "cpc", None, "Paid Search"),
    ("Google", "CPC", "Summer", "Paid Search"),
    ("google", "organic", None, "Organic Search"),
    ("google", "cpc", "Summer-Shop", "Paid Shopping"),
    ("google", "cpc", "workshop", "Paid Search"),
    ("google", "cpc", "eshop", "Paid Shopping"),
    ("google", "organic", "cross-network", "Cross-network"),
    ("yandex", "cpc", "brand", "Paid Search"),
    ("yandex_direct", "cpc", None, "Paid Search"),
    ("yandex", None, None, "Organic Search"),
    ("ya.ru", "organic", None, "Organic Search"),
    ("bing", "ppc", None, "Paid Search"),
    ("mail.ru", "organic", None, "Organic Search"),
    ("vk", "cpc", None, "Paid Social"),
    ("vk_ads", "cpm", None, "Paid Social"),
    ("vk", "social", None, "Organic Social"),
    ("ok", "post", None, "Organic Social"),
    ("telegram", "cpc", None, "Paid Social"),
    ("telegram", "post", None, "Messenger"),
    ("tg", None, None, "Messenger"),
    ("facebook", "paid_social", None, "Paid Social"),
    ("fb", "paidsocial", None, "Paid Social"),
    ("instagram", "story", None, "Organic Social"),
    ("dzen", "article", None, "Organic Social"),
    ("smm", None, None, "Organic Social"),
    ("partner.example", "social network", None, "Organic Social"),
    ("youtube", "cpv", None, "Paid Video"),
    ("youtube", "post", None, "Organic Video"),
    ("partner.example", "video-review", None, "Organic Video"),
    ("market.yandex.ru", "cpc", None, "Paid Shopping"),
    ("ozon", "card", None, "Organic Shopping"),
    ("mytarget", "display", None, "Display"),
    ("partner.example", "cpm", None, "Display"),
    ("partner.example", "banner", None, "Display"),
    ("partner.example", "cpa", None, "Paid Other"),
    ("partner.example", "retargeting", None, "Paid Other"),
    ("partner.example", "referral", None, "Referral"),
    ("partner.example", "affiliate", None, "Affiliates"),
    ("partner.example", "something", None, "Unassigned"),
    ("partner.example", None, None, "Unassigned"),
    (None, None, "spring", "Unassigned"),
    ("crm", "email", None, "Email"),
    ("email", "digest", None, "Email"),
    (None, "e-mail", None, "Email"),
    ("crm", "sms", None, "SMS"),
    ("sms", None, None, "SMS"),
    ("crm", "web_push", None, "Mobile Push Notifications"),
    ("firebase", "x", None, "Mobile Push Notifications"),
    ("podcast.example", "audio", None, "Audio"),
    ("chatgpt.com", None, None, "AI Assistants"),
    ("gemini", "organic", None, "AI Assistants"),
    ("2gis", "card", None, "Maps"),
    ("yandex_maps", "organic", None, "Maps"),
    ("yandex_maps", "cpc", None, "Paid Other"),
    ("leaflet", "qr", None, "QR"),
    ("qr-code", "spring", None, "QR"),
    ("mkad", "outdoor", None, "Outdoor"),
    ("billboard", "cpm", None, "Outdoor"),
    ("74951234567", "offline", None, "Outdoor"),
    ("{utm_source}", "__MEDIUM__", None, "Direct"),
    ("<не указано>", "<не указано>", None, "Direct"),
]
_BY_CLICK = [
    (None, None, "gclid", "Paid Search"),
    ("google", "organic", "gclid", "Paid Search"),
    ("google", None, "gbraid", "Paid Search"),
    ("newsletter", "email", "gclid", "Paid Search"),
    ("google", "display", "gclid", "Display"),
    ("youtube", None, "wbraid", "Paid Video"),
    ("yandex", "organic", "yclid", "Paid Search"),
    (None, None, "ymclid", "Paid Shopping"),
    (None, None, "msclkid", "Paid Search"),
    (None, None, "ttclid", "Paid Social"),
    ("vk", "post", "rb_clickid", "Paid Social"),
    (None, None, "dclid", "Display"),
    (None, None, "fbclid", "Organic Social"),
    ("fb", "post", "fbclid", "Organic Social"),
    ("fb", "paid", "fbclid", "Paid Social"),
    ("crm", "email", "fbclid", "Email"),
    (None, None, "ysclid", "Organic Search"),
    (None, None, "srsltid", "Organic Shopping"),
    ("google", "organic", "srsltid", "Organic Search"),
    (None, None, "mc_cid", "Unassigned"),
]
_BY_HOST = [
    ("www.google.de", "Organic Search"),
    ("www.google.com.br", "Organic Search"),
    ("ya.ru", "Organic Search"),
    ("yandex.kz", "Organic Search"),
    ("duckduckgo.com", "Organic Search"),
    ("com.google.android.googlequicksearchbox", "Organic Search"),
    ("docs.google.com", "Referral"),
    ("gemini.google.com", "AI Assistants"),
    ("alice.yandex.ru", "AI Assistants"),
    ("www.perplexity.ai", "AI Assistants"),
    ("copilot.microsoft.com", "AI Assistants"),
    ("claude.ai", "AI Assistants"),
    ("chat.deepseek.com", "AI Assistants"),
    ("maps.google.com", "Maps"),
    ("2gis.ru", "Maps"),
    ("mail.google.com", "Email"),
    ("com.google.android.gm", "Email"),
    ("e.mail.ru", "Email"),
    ("t.me", "Messenger"),
    ("web.whatsapp.com", "Messenger"),
    ("org.telegram.messenger", "Messenger"),
    ("away.vk.com", "Organic Social"),
    ("l.facebook.com", "Organic Social"),
    ("out.reddit.com", "Organic Social"),
    ("m.youtube.com", "Organic Video"),
    ("vkvideo.ru", "Organic Video"),
    ("www.ozon.ru", "Organic Shopping"),
    ("market.yandex.ru", "Organic Shopping"),
    ("partner.example", "Referral"),
    ("notgoogle.com", "Referral"),
    ("google.com.phishing.example", "Referral"),
]


@pytest.mark.parametrize(("source", "medium", "campaign", "channel"), _BY_PARAMETERS)
def test_channel_by_campaign_parameters(
    source: str | None, medium: str | None, campaign: str | None, channel: str
) -> None:
    assert classify(source, medium, campaign) == channel


@pytest.mark.parametrize(("source", "medium", "click", "channel"), _BY_CLICK)
def test_channel_by_click_id(
    source: str | None, medium: str | None, click: str, channel: str
) -> None:
    assert classify(source, medium, None, click) == channel


@pytest.mark.parametrize(("host", "channel"), _BY_HOST)
def test_channel_by_referrer(host: str, channel: str) -> None:
    assert classify(referrer_host=host) == channel


@pytest.mark.parametrize(
    ("source", "medium", "campaign", "host", "expected"),
    [
        (None, None, None, "www.google.com", ("www.google.com", "organic")),
        (None, None, None, "partner.example", ("partner.example", "referral")),
        (None, None, "spring", "partner.example", ("partner.example", "referral")),
        (None, None, "spring", None, ("(not set)", "(not set)")),
        (None, None, None, None, ("(direct)", "(none)")),
        (None, "email", None, "e.mail.ru", ("e.mail.ru", "email")),
        (None, "email", None, None, ("(not set)", "email")),
        (" VK ", None, None, "www.google.com", ("vk", "(not set)")),
    ],
)
def test_source_and_medium_fall_back_to_the_referrer(
    source: str | None,
    medium: str | None,
    campaign: str | None,
    host: str | None,
    expected: tuple[str, str],
) -> None:
    assert fall_back(source, medium, campaign, host) == expected


def test_every_channel_is_met_by_a_case_above() -> None:
    met = {
        classify(*case)
        for case in (
            *[(source, medium, campaign) for source, medium, campaign, _ in _BY_PARAMETERS],
            *[(source, medium, None, click) for source, medium, click, _ in _BY_CLICK],
        )
    } | {classify(referrer_host=host) for host, _ in _BY_HOST}
    assert met == {rule.channel for rule in channel_rules()}


@pytest.mark.parametrize("name", ["channel_rules.csv", "source_categories.csv"])
def test_no_row_is_split_by_a_comma_of_its_pattern(name: str) -> None:
    with (Path(rules.__file__).parent / name).open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert {len(row) for row in rows} == {len(head)}


def test_the_tables_are_well_formed() -> None:
    ordered = channel_rules()
    priorities = [rule.priority for rule in ordered]
    assert priorities == sorted(set(priorities))
    assert dataclasses.astuple(ordered[-1])[1:] == ("Unassigned", None, None, None, None, None)
    used = {name for rule in ordered if rule.category for name in rule.category.split("|")}
    assert used == {entry.category for entry in source_categories()}
    assert all(entry.pattern == entry.pattern.lower() for entry in source_categories())
    assert len({entry.pattern for entry in source_categories()}) == len(source_categories())


_SQL = """
with cleaned as (
    select
        arrival,
        nullif(lower(trim(source)), '') as source,
        nullif(lower(trim(medium)), '') as medium,
        nullif(lower(trim(campaign)), '') as campaign,
        nullif(lower(trim(click)), '') as click,
        nullif(lower(trim(host)), '') as host
    from arrivals
),
known as (
    select
        arrival,
        if(regexp_full_match(source, $blank), null, source) as source,
        if(regexp_full_match(medium, $blank), null, medium) as medium,
        if(regexp_full_match(campaign, $blank), null, campaign) as campaign,
        if(regexp_full_match(click, $blank), null, click) as click,
        if(regexp_full_match(host, $blank), null, host) as host
    from cleaned
),
fallen_back as (
    select
        arrival, campaign, click,
        case
            when source is not null then source
            when host is not null then host
            when medium is not null or campaign is not null then '(not set)'
            else '(direct)'
        end as source,
        case
            when medium is not null then medium
            when source is not null then '(not set)'
            when host is not null then null
            when campaign is not null then '(not set)'
            else '(none)'
        end as medium
    from known
),
known_sources as (
    select source, arg_min(category, priority) as category
    from (select distinct source from fallen_back)
    join categories on regexp_full_match(source, pattern)
    group by source
),
categorised as (
    select
        arrival, campaign, click, source, category,
        coalesce(medium, if(category = 'search', 'organic', 'referral')) as medium
    from fallen_back
    left join known_sources using (source)
)
select arrival, arg_min(channel, rules.priority)
from categorised as a
join rules on
    (rules.source is null or regexp_full_match(a.source, rules.source))
    and (rules.medium is null or regexp_full_match(a.medium, rules.medium))
    and (rules.campaign is null or regexp_full_match(coalesce(a.campaign, ''), rules.campaign))
    and (rules.category is null or regexp_full_match(coalesce(a.category, ''), rules.category))
    and (rules.click is null or regexp_full_match(coalesce(a.click, ''), rules.click))
group by arrival
order by arrival
"""


def _random_arrivals(count: int) -> list[Arrival]:
    dice = random.Random(20261101)
    sources = [*(case[0] for case in _BY_PARAMETERS), *(host for host, _ in _BY_HOST), "Ёлка", "%"]
    mediums = [case[1] for case in _BY_PARAMETERS]
    campaigns = [None, None, "", "spring", "Cross-Network 7", "SHOP spring", "workshop", "-"]
    clicks = [None, None, None, *(case[2] for case in _BY_CLICK), "GCLID"]
    hosts = [None, None, *(host for host, _ in _BY_HOST), "(not set)"]
    arrivals: list[Arrival] = []
    for _ in range(count):
        source, medium, host = dice.choice(sources), dice.choice(mediums), dice.choice(hosts)
        arrivals.append(
            (
                source if dice.random() < 0.6 else None,
                medium if dice.random() < 0.6 else None,
                dice.choice(campaigns),
                dice.choice(clicks),
                host,
            )
        )
    return arrivals


def test_duckdb_applies_the_tables_as_python_does() -> None:
    arrivals = _random_arrivals(2000)
    connection = duckdb.connect()
    connection.execute(
        "create table rules (priority integer, channel text, source text, medium text,"
        " campaign text, category text, click text)"
    )
    connection.executemany(
        "insert into rules values (?, ?, ?, ?, ?, ?, ?)",
        [dataclasses.astuple(rule) for rule in channel_rules()],
    )
    connection.execute("create table categories (priority integer, category text, pattern text)")
    connection.executemany(
        "insert into categories values (?, ?, ?)",
        [dataclasses.astuple(entry) for entry in source_categories()],
    )
    connection.execute(
        "create table arrivals (arrival integer, source text, medium text, campaign text,"
        " click text, host text)"
    )
    connection.executemany(
        "insert into arrivals values (?, ?, ?, ?, ?, ?)",
        [(number, *arrival) for number, arrival in enumerate(arrivals)],
    )
    found = [channel for _, channel in connection.execute(_SQL, {"blank": BLANK}).fetchall()]
    assert found == [classify(*arrival) for arrival in arrivals]
    assert len(set(found)) > 15


def test_a_category_needs_the_whole_host() -> None:
    assert category_of("VK.com") == "social"
    assert category_of("notvk.com") is None
    assert category_of("vk.com.example") is None
    assert category_of(None) is None
