"""Touchpoints of the invented company, in its own words: names, stages, owners, rules."""

from __future__ import annotations

from dataclasses import dataclass

from journeyflow.simulate.company import LINES, Names


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
