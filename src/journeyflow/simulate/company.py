"""The invented company: what it sells, where it is met, who works there.

«Кухни Полдень» makes kitchens to measure in the Moscow region and has two showrooms.
Every name, number and address is made up; sites end in `.example`, which nobody can own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["ru", "en"]
Names = dict[Language, str]

TIMEZONE = "Europe/Moscow"
SITE = "https://kuhni-polden.example"
OWN_NUMBER = "+74950000100"
POOL_NUMBERS = tuple(f"7495000021{digit}" for digit in range(8))
MAIN_NUMBER = "74950000300"  # printed on contracts and cards: calls without a visit
MAPS_NUMBER = "74950000301"  # published in map services only
COMPANY: Names = {"ru": "Кухни Полдень", "en": "Noon Kitchens"}

# Identifier types under which the sources meet; readers of ga4 and calltouch use the same.
GA, YM, CT = "ga_client_id", "ym_client_id", "ct_client_id"
PHONE, EMAIL, DEAL, ORDER = "phone", "email", "deal_id", "order_id"


@dataclass(frozen=True)
class Line:
    """A product line: its place in web addresses, its names, how often it is wanted."""

    slug: str
    names: Names
    share: float


LINES = (
    Line("rassvet", {"ru": "Рассвет", "en": "Sunrise"}, 0.32),
    Line("polden", {"ru": "Полдень", "en": "Noon"}, 0.26),
    Line("sumerki", {"ru": "Сумерки", "en": "Dusk"}, 0.18),
    Line("belaya-noch", {"ru": "Белая ночь", "en": "White Night"}, 0.24),
)
SLOW_LINE = 3
SHOWROOMS: tuple[Names, Names] = (
    {"ru": "Химки", "en": "Khimki"},
    {"ru": "Мытищи", "en": "Mytishchi"},
)
CITIES: tuple[tuple[Names, float], ...] = (
    ({"ru": "Москва", "en": "Moscow"}, 0.58),
    ({"ru": "Химки", "en": "Khimki"}, 0.16),
    ({"ru": "Мытищи", "en": "Mytishchi"}, 0.14),
    ({"ru": "Подольск", "en": "Podolsk"}, 0.12),
)
MANAGERS: tuple[Names, ...] = (
    {"ru": "Агеева", "en": "Ageeva"},
    {"ru": "Бойко", "en": "Boyko"},
    {"ru": "Вольский", "en": "Volsky"},
    {"ru": "Гречко", "en": "Grechko"},
    {"ru": "Демидова", "en": "Demidova"},
    {"ru": "Тихонова", "en": "Tikhonova"},
)
UNLUCKY_MANAGER = 5  # the last one: only the decoy gives her deals
REASONS: dict[str, Names] = {
    "price": {"ru": "Дорого", "en": "Too expensive"},
    "slow": {"ru": "Долго ждали КП", "en": "Offer took too long"},
    "rival": {"ru": "Выбрали других", "en": "Chose a competitor"},
    "later": {"ru": "Отложили ремонт", "en": "Renovation postponed"},
    "silent": {"ru": "Не отвечает", "en": "Does not answer"},
}


@dataclass(frozen=True)
class Channel:
    """Where visits come from: campaign marks in the address, or an outside referrer."""

    source: str = ""
    medium: str = ""
    campaign: str = ""
    referrer: str = ""
    click: str = ""
    landings: tuple[str, ...] = ("home", "catalogue")


CHANNELS: dict[str, Channel] = {
    "direct": Channel(landings=("home", "catalogue", "contacts")),
    "yandex": Channel(referrer="https://yandex.ru/", landings=("catalogue", "blog", "kitchen")),
    "google": Channel(referrer="https://www.google.com/", landings=("catalogue", "blog", "home")),
    "search_ads": Channel(
        "yandex", "cpc", "kitchens_msk", "https://yandex.ru/", "yclid", ("catalogue", "kitchen")
    ),
    "brand_ads": Channel("yandex", "cpc", "brand_msk", "https://yandex.ru/", "yclid", ("home",)),
    # No campaign marks: the ad system adds its click id alone, as automatic tagging does.
    "google_ads": Channel("", "", "", "https://www.google.com/", "gclid", ("catalogue",)),
    "vk": Channel("vk", "cpc", "vk_kitchens", "https://vk.com/", "", ("promo", "kitchen")),
    "telegram": Channel(
        "telegram", "post", "tg_interiors", "https://t.me/", "", ("blog", "portfolio")
    ),
    "referral": Channel(referrer="https://remont-idei.example/", landings=("portfolio", "home")),
    "email": Channel("newsletter", "email", "monthly", "", "", ("promo", "portfolio")),
}
# Shares of people by the channel of their first visit.
ORIGINS: dict[str, float] = {
    "search_ads": 0.25,
    "yandex": 0.20,
    "vk": 0.20,
    "direct": 0.11,
    "google": 0.08,
    "telegram": 0.07,
    "referral": 0.04,
    "brand_ads": 0.03,
    "google_ads": 0.02,
}
