"""Whose source is whose: what the session of a Metrica visit is said to have come from."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.support.metrica import Row, hit, hits, source, visit, visits
from tests.support.projects import Project, settings

SITE = "https://shop.example/"
VISITS, HITS = source("visits"), source("hits")


def ad(engine: str) -> Row:
    return {"lastTrafficSource": "ad", "lastAdvEngine": engine}


def social(network: str) -> Row:
    return {"lastTrafficSource": "social", "lastSocialNetwork": network}


CASES: list[tuple[Row, str, str | None, str | None]] = [
    # What the counter calls it, channel, source, medium.
    ({}, "Direct", None, None),
    ({"lastTrafficSource": "direct"}, "Direct", None, None),
    ({"lastTrafficSource": "internal", "referer": f"{SITE}cart"}, "Direct", None, None),
    ({"lastTrafficSource": "undefined"}, "Direct", None, None),
    (ad("yandex_direct_star"), "Paid Search", "yandex", "cpc"),
    (ad("ya_direct"), "Paid Search", "yandex", "cpc"),
    (ad("google_adwords"), "Paid Search", "google", "cpc"),
    (ad("vk_ads"), "Paid Social", "vk", "cpc"),
    (ad("vkontakte"), "Paid Social", "vk", "cpc"),
    (ad("avito_promo"), "Paid Other", "avito_promo", "cpc"),
    (ad("ya_undefined"), "Paid Other", None, "cpc"),
    (ad(""), "Paid Other", None, "cpc"),
    (
        {"lastTrafficSource": "organic", "lastSearchEngineRoot": "yandex"},
        "Organic Search", "yandex", "organic",
    ),
    (
        {"lastTrafficSource": "organic", "referer": "https://www.google.com/"},
        "Organic Search", None, None,
    ),
    (social("vk"), "Organic Social", "vk", "social"),
    (social("odnoklassniki") | {"referer": "https://ok.ru/"}, "Organic Social",
     "odnoklassniki", "social"),
    ({"lastTrafficSource": "messenger", "lastMessenger": "telegram"}, "Messenger",
     "telegram", "messenger"),
    ({"lastTrafficSource": "messenger", "lastMessenger": ["", "", "", "telegram"]}, "Messenger",
     "telegram", "messenger"),
    ({"lastTrafficSource": "messenger", "lastMessenger": []}, "Messenger", None, "messenger"),
    ({"lastTrafficSource": "recommend", "lastRecommendationSystem": "zen_yandex"},
     "Organic Social", "dzen", "referral"),  # as dzen.ru, its address
    ({"lastTrafficSource": "recommend", "lastRecommendationSystem": "google_discover"}, "Referral",
     "google_discover", "referral"),
    ({"lastTrafficSource": "email"}, "Email", None, "email"),
    ({"lastTrafficSource": "qrcode"}, "QR", None, "qr"),
    ({"lastTrafficSource": "referral", "referer": "https://blog.example/"}, "Referral", None, None),
    ({"lastTrafficSource": "referral", "lastReferalSource": "blog.example"}, "Referral",
     "blog.example", "referral"),
    # Campaign and click of the address itself win over all that the counter says.
    (ad("yandex_direct_star") | {"startURL": f"{SITE}?utm_source=vk&utm_medium=social"},
     "Organic Social", "vk", "social"),
    (ad("yandex_direct_star") | {"startURL": f"{SITE}?utm_source=news&utm_medium=email",
     "lastUTMSource": "x", "lastUTMMedium": "y", "lastGCLID": "Q"}, "Email", "news", "email"),
    (social("vk") | {"startURL": f"{SITE}?yclid=123"}, "Paid Search", None, None),
    # Without them, what the counter knows of the campaign.
    (ad("google_adwords") | {"lastUTMSource": "news", "lastUTMMedium": "email"}, "Email",
     "news", "email"),
    ({"lastTrafficSource": "ad", "lastGCLID": "Q"}, "Paid Search", None, "cpc"),
    # Other attributions look back to visits before this one, and are none of its touches.
    ({"lastsignTrafficSource": "ad", "lastsignUTMSource": "vk", "automaticUTMMedium": "cpc",
      "automaticTrafficSource": "ad", "<attribution>TrafficSource": "ad", "UTMSource": "vk",
      "lastsignGCLID": "Q", "cross_device_firstAdvEngine": "google_adwords"},
     "Direct", None, None),
]  # fmt: skip


def test_the_channel_of_a_visit(tmp_path: Path) -> None:
    shop = Project(tmp_path, settings(VISITS, sites={"own_domains": ["shop.example"]}))
    rows = [
        visit(n, **{"dateTime": f"{day(n)} 12:00:00", **cells})
        for n, (cells, *_) in enumerate(CASES)
    ]
    shop.write("exports/visits/a.tsv", visits(rows))
    shop.run()
    found = shop.query("select channel, utm_source, utm_medium from sessions order by started_at")
    assert len(found) == len(CASES)
    for (cells, *expected), session in zip(CASES, found, strict=True):
        assert (cells, [*session.values()]) == (cells, expected)


def day(number: int) -> str:
    return f"2025-{1 + number // 28:02}-{1 + number % 28:02}"


ARRIVALS: dict[str, tuple[Row, Row]] = {
    # What both exports tell of one visit: the visit's cells, and those of each of its hits.
    "campaign": (
        {"startURL": f"{SITE}?utm_source=google&utm_medium=cpc", "lastGCLID": "Q", **ad("")},
        {"GCLID": "Q", **ad("google_adwords")},
    ),
    "social": (social("vk") | {"referer": "https://vk.com/"}, social("vk")),
    "only visits say": (social("vk"), {}),
    "other words": (social("vk") | {"referer": "https://vk.com/"}, {}),
    "referral": (
        {"lastTrafficSource": "referral", "lastReferalSource": "blog.example"},
        {"lastTrafficSource": "referral"},
    ),
    "direct": ({"lastTrafficSource": "direct"}, {"lastTrafficSource": "direct"}),
}


@pytest.mark.parametrize("order", [(VISITS, HITS), (HITS, VISITS)])
def test_a_visit_and_its_hits_are_one_session(tmp_path: Path, order: tuple[Row, Row]) -> None:
    shop = Project(tmp_path, settings(*order))
    visited, seen = [], []
    # Hits of before October 2025 do not know their visit.
    for n, ((cells, of_hits), old) in enumerate(product(ARRIVALS.values(), (False, True))):
        known: dict[str, Any] = {"visitID": ""} if old else {}
        begin = hit(
            10 * n, URL=cells.get("startURL", SITE), referer=cells.get("referer", ""), **of_hits
        )
        own = {"clientID": begin["clientID"], "visitID": begin["visitID"]}
        visited.append(visit(n, **cells, **own))
        later = [
            hit(10 * n + k, URL=f"{SITE}catalogue/{k}", referer=SITE, dateTime=at(k), **of_hits)
            for k in (1, 2)
        ]
        seen += [each | own | known for each in (begin, *later)]
    shop.write("exports/visits/a.tsv", visits(visited))
    shop.write("exports/hits/a.tsv", hits(seen))
    shop.run()
    sessions = shop.query("select person_id, count(*) as n, sum(events)::int as events "
                          "from sessions group by person_id")  # fmt: skip
    assert [(each["n"], each["events"]) for each in sessions] == [(1, 4)] * 2 * len(ARRIVALS)
    paths = {tuple(each["path"]) for each in shop.rows("journeys")}
    assert paths == {("/", "/catalogue")}
    assert {each["events"] for each in shop.rows("steps")} == {2}


def at(minute: int) -> str:
    return f"2025-10-01 12:0{minute}:00"


def test_goals_of_visits_count_once_beside_hits(tmp_path: Path) -> None:
    goal = {"goalsID": [11], "goalsDateTime": [at(1)]}
    named = source("visits", goals={"11": "Form"})
    shop = Project(tmp_path, settings(named, HITS, journeys={"conversions": ["Form"]}))
    shop.write("exports/visits/a.tsv", visits([visit(**goal)]))
    click = hit(1, visitID=visit()["visitID"], clientID=visit()["clientID"], dateTime=at(1))
    shop.write("exports/hits/a.tsv", hits([hit(), {**click, "isPageView": 0, "goalsID": [11]}]))
    shop.run()
    (sold,) = shop.rows("conversions")
    assert sold["source"] == "visits"


def test_hits_without_a_client_find_their_person_through_the_visit(tmp_path: Path) -> None:
    shop = Project(tmp_path, settings(VISITS, HITS))
    watched = [hit(n)["watchID"] for n in (1, 2)]
    shop.write("exports/visits/a.tsv", visits([
        visit(1, watchIDs=[int(each) for each in watched]), visit(2, watchIDs=[]),
    ]))  # fmt: skip
    nobody = {"clientID": "0"}
    shop.write("exports/hits/a.tsv", hits([
        hit(1, **nobody, visitID=""),  # before October 2025
        hit(2, **nobody, visitID="0"),
        hit(3, **nobody, visitID=visit(2)["visitID"]),
        hit(4, **nobody, visitID=""),
    ]))  # fmt: skip
    shop.run()
    found = shop.query("select count(*) as n, count(person_id) as known from events")
    assert found == [{"n": 6, "known": 5}]
    assert sorted(each["events"] for each in shop.rows("persons")) == [2, 3]


def test_a_visit_over_midnight_in_two_files_of_hits_is_one_session(tmp_path: Path) -> None:
    shop = Project(tmp_path, settings(HITS))
    told = ad("yandex_direct_star")
    tagged = f"{SITE}?utm_source=yandex&utm_medium=cpc&utm_campaign=a"
    shop.write(
        "exports/hits/1.tsv", hits([hit(1, dateTime="2025-10-01 23:50:00", URL=tagged, **told)])
    )
    after = {"dateTime": "2025-10-02 00:05:00", "referer": tagged, "visitID": hit(1)["visitID"]}
    shop.write("exports/hits/2.tsv", hits([hit(1, **{**after, "watchID": "7"}, **told)]))
    shop.run()
    assert [each["events"] for each in shop.rows("sessions")] == [2]
