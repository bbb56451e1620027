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


@dataclass(frozen=True)
class Place:
    """A touchpoint as the company names it, and the rule that recognises its events."""

    names: Names
    stage: str | None
    owner: str
    when: tuple[tuple[str, str | bool], ...]
    paths: tuple[str, ...] = ()


def _page(pattern: str) -> tuple[tuple[str, str | bool], ...]:
    return (("kind", "page_view"), ("path", pattern))


def _kind(kind: str) -> tuple[tuple[str, str | bool], ...]:
    return (("kind", kind),)


def _showroom(position: int) -> tuple[tuple[str, str | bool], ...]:
    # The showroom's name in the project's language is put in where the settings are written.
    return (("kind", "showroom_visit"), ("region", str(position)))


# In the order of the rules in journeyflow.toml: the first that matches names the event.
PLACES: dict[str, Place] = {
    "home": Place({"ru": "Главная", "en": "Home page"}, "awareness", "site", _page("/"), ("/",)),
    "blog": Place(
        {"ru": "Блог", "en": "Blog"},
        "awareness",
        "marketing",
        _page("/blog/*"),
        ("/blog/kak-vybrat-stoleshnicu/", "/blog/uglovaya-kuhnya/", "/blog/oshibki-remonta/"),
    ),
    "promo": Place(
        {"ru": "Акция", "en": "Special offer"},
        "awareness",
        "marketing",
        _page("/akciya/*"),
        ("/akciya/osen/",),
    ),
    "catalogue": Place(
        {"ru": "Каталог", "en": "Catalogue"},
        "consideration",
        "site",
        _page("/catalog/*"),
        ("/catalog/", "/catalog/uglovye/", "/catalog/pryamye/"),
    ),
    "kitchen": Place(
        {"ru": "Страница кухни", "en": "Kitchen page"},
        "consideration",
        "site",
        _page("/kuhni/*"),
        tuple(f"/kuhni/{line.slug}/" for line in LINES),
    ),
    "portfolio": Place(
        {"ru": "Наши работы", "en": "Portfolio"},
        "consideration",
        "marketing",
        _page("/raboty/*"),
        ("/raboty/", "/raboty/himki-12-m2/", "/raboty/loft-18-m2/"),
    ),
    "calculator": Place(
        {"ru": "Калькулятор", "en": "Calculator"},
        "consideration",
        "site",
        _page("/kalkulyator/*"),
        ("/kalkulyator/",),
    ),
    "prices": Place(
        {"ru": "Прайс-лист", "en": "Price list"},
        "consideration",
        "sales",
        _page("/ceny/*"),
        ("/ceny/",),
    ),
    "contacts": Place(
        {"ru": "Контакты", "en": "Contacts"},
        "consideration",
        "site",
        _page("/kontakty/*"),
        ("/kontakty/",),
    ),
    "form": Place(
        {"ru": "Страница заявки", "en": "Request form"},
        "consideration",
        "site",
        _page("/zayavka/*"),
        ("/zayavka/",),
    ),
    "lead": Place(
        {"ru": "Заявка с сайта", "en": "Request sent"},
        "consideration",
        "sales",
        _kind("generate_lead"),
    ),
    "missed_call": Place(
        {"ru": "Пропущенный звонок", "en": "Missed call"},
        "consideration",
        "call_centre",
        (("kind", "call"), ("answered", False)),
    ),
    "call": Place({"ru": "Звонок", "en": "Call"}, "consideration", "call_centre", _kind("call")),
    "showroom_1": Place(
        {"ru": "Салон Химки", "en": "Showroom Khimki"},
        "consideration",
        "showroom_1",
        _showroom(0),
    ),
    "showroom_2": Place(
        {"ru": "Салон Мытищи", "en": "Showroom Mytishchi"},
        "consideration",
        "showroom_2",
        _showroom(1),
    ),
    "deal_created": Place(
        {"ru": "Сделка заведена", "en": "Deal opened"}, "purchase", "sales", _kind("deal_created")
    ),
    "measurement": Place(
        {"ru": "Замер", "en": "Measurement"}, "purchase", "measuring", _kind("measurement")
    ),
    "offer_sent": Place(
        {"ru": "КП отправлено", "en": "Offer sent"}, "purchase", "design", _kind("offer_sent")
    ),
    "contract_signed": Place(
        {"ru": "Договор", "en": "Contract"}, "purchase", "sales", _kind("contract_signed")
    ),
    "purchase": Place(
        {"ru": "Оплата онлайн", "en": "Online payment"}, "purchase", "finance", _kind("purchase")
    ),
    "deal_lost": Place(
        {"ru": "Сделка проиграна", "en": "Deal lost"}, "purchase", "sales", _kind("deal_lost")
    ),
    "installation": Place(
        {"ru": "Монтаж", "en": "Installation"}, "use", "fitting", _kind("installation")
    ),
    "service_visit": Place(
        {"ru": "Сервисный визит", "en": "Service visit"}, "use", "service", _kind("service_visit")
    ),
    "recommendation": Place(
        {"ru": "Рекомендация", "en": "Recommendation"},
        "loyalty",
        "marketing",
        _kind("recommendation"),
    ),
    "email_sent": Place(
        {"ru": "Рассылка", "en": "Newsletter"}, "loyalty", "marketing", _kind("email_sent")
    ),
}
OWNERS: dict[str, Names] = {
    "site": {"ru": "Команда сайта", "en": "Web team"},
    "marketing": {"ru": "Маркетинг", "en": "Marketing"},
    "sales": {"ru": "Отдел продаж", "en": "Sales"},
    "call_centre": {"ru": "Колл-центр", "en": "Call centre"},
    "showroom_1": {"ru": "Салон Химки", "en": "Showroom Khimki"},
    "showroom_2": {"ru": "Салон Мытищи", "en": "Showroom Mytishchi"},
    "measuring": {"ru": "Служба замера", "en": "Measuring team"},
    "design": {"ru": "Дизайнеры", "en": "Designers"},
    "finance": {"ru": "Бухгалтерия", "en": "Finance"},
    "fitting": {"ru": "Монтажники", "en": "Fitters"},
    "service": {"ru": "Сервис", "en": "Service"},
}
STAGES: dict[str, tuple[Names, str]] = {
    "awareness": (
        {"ru": "Узнать, кто делает кухни", "en": "Learn who makes kitchens"},
        "marketing",
    ),
    "consideration": ({"ru": "Сравнить и примерить", "en": "Compare and imagine"}, "site"),
    "purchase": (
        {"ru": "Получить цену и подписать", "en": "Get a price and sign"},
        "sales",
    ),
    "use": ({"ru": "Готовить на новой кухне", "en": "Cook in the new kitchen"}, "fitting"),
    "loyalty": ({"ru": "Советовать друзьям", "en": "Tell friends"}, "marketing"),
}
COMPANY_KINDS = ("deal_created", "offer_sent", "email_sent")
TECHNICAL_KINDS = ("session_start", "first_visit", "user_engagement")
LOST_AFTER_DAYS = 45
