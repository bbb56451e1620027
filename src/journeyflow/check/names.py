"""What columns are called in English, Russian and German exports: half of the evidence."""

from __future__ import annotations

import re

ROLE_NAMES: dict[str, str] = {
    # The moment. Earlier names win over later ones.
    "occurred_at": "occurred at|event time|event timestamp|timestamp|event date|event datetime|"
    "дата и время|дата время|дата события|время события|datetime|ts|start time|started at|"
    "call date|дата звонка|дата обращения|visit date|дата визита|order date|дата заказа|"
    "purchase date|дата покупки|дата продажи|invoice date|created at|created date|created on|"
    "created time|created|create date|дата создания|создан|создано|submitted at|responded at|"
    "sent at|received at|sold at|дата|date|время|time|day|день|unix time|epoch|when|"
    "zeitpunkt|zeitstempel|datum und uhrzeit|datum uhrzeit|ereigniszeit|erstellt am|bestelldatum|"
    "buchungsdatum|kaufdatum|datum|uhrzeit|zeit|tag",
    "kind": "event|event name|event type|событие|название события|имя события|тип события|kind|"
    "action|действие|activity|event action|activity type|action type|операция|тип операции|step|"
    "шаг|шаг воронки|funnel step|state change|активность|interaction|interaction type|"
    "тип обращения|тип контакта|тип действия|goal|goal name|цель|hit type|type|тип|"
    "ereignis|ereignisname|ereignistyp|aktion|aktivität|vorgang|typ",
    "event_id": "event id|id события|message id|insert id|hit id|row id|record id|uuid|guid|id|"
    "response id|ид|номер|номер записи|row number|answer id|id ответа|"
    "lfd nr|laufende nummer|ereignis id|ereignisnummer|datensatznummer|zeilennummer|nr|nummer",
    # Web.
    "url": "url|page url|page location|page|page path|location|адрес страницы|страница|ссылка|"
    "landing page|path|href|current url|request uri|uri|"
    "seite|seitenadresse|seitenpfad|webadresse|zielseite|pfad",
    "referrer": "referrer|referer|refferrer|page referrer|referring url|реферер|реферрер|"
    "источник перехода|ref|http referer|document referrer|"
    "verweisseite|herkunftsseite",
    "utm_source": "utm source|traffic source|метка источника",
    "utm_medium": "utm medium|medium|тип трафика|канал",
    "utm_campaign": "utm campaign|campaign|campaign name|кампания|рекламная кампания|"
    "название кампании|"
    "kampagne|werbekampagne",
    "gclid": "gclid",
    "yclid": "yclid",
    "channel": "channel|marketing channel|acquisition channel|channel group|канал|"
    "канал привлечения|рекламный канал|источник|источник трафика|источник рекламы|источник лида|"
    "source|lead source|traffic channel|источник заявки|источник сделки|откуда узнали|"
    "source medium|session source medium|first user source medium|источник канал|"
    "marketingkanal|kanal|herkunft|quelle|besucherquelle",
    "user_agent": "user agent|ua|browser user agent",
    # Money.
    "value": "order total|grand total|total price|total amount|сумма заказа|сумма сделки|total|"
    "итого|сумма|сумма оплаты|amount|order amount|order value|purchase amount|revenue|выручка|"
    "value|event value|стоимость|стоимость заказа|оплачено|оплата|бюджет|sum|sales|amount paid|"
    "purchase value|сумма продажи|к оплате|price|цена|"
    "gesamtbetrag|bestellwert|buchungswert|auftragswert|warenwert|rechnungsbetrag|kaufbetrag|"
    "gesamtpreis|umsatz|betrag|wert|summe|preis",
    "currency": "currency|currency code|валюта|код валюты|währung",
    # Calls.
    "direction": "direction|call direction|направление|направление звонка",
    "answered": "answered|successful|is answered|отвечен|принят|успешный",
    "wait_s": "wait s|wait time|waiting time|wait duration|время ожидания|ожидание|ожидание сек",
    "duration_s": "duration|duration s|duration sec|call duration|длительность|"
    "длительность звонка|длительность сек|talk duration|billsec|talk time|продолжительность|"
    "время разговора|time on site|time on page|время на сайте|"
    "dauer|gesprächsdauer",
    # What else the ledger knows by name.
    "loss_reason": "loss reason|lost reason|причина отказа|причина потери|reason for loss|"
    "absagegrund|stornogrund",
    "owner": "owner|manager|менеджер|ответственный|sales rep|agent|оператор|сотрудник|"
    "mitarbeiter|bearbeiter",
    "touchpoint": "touchpoint|точка контакта",
    "device": "device|device type|device category|устройство|тип устройства|platform|платформа|"
    "gerät|gerätetyp|endgerät",
    "region": "region|city|город|регион|область|country|страна|location city|geo city|"
    "billing city|shipping city|billing country|"
    "stadt|ort|land|bundesland",
    "product": "product|product name|product id|товар|наименование товара|наименование|продукт|"
    "sku|артикул|item|item name|item id|stockcode|lineitem name|услуга|название товара|"
    "product category|category|категория|линейка|модель|model|product line|"
    "produkt|artikel|artikelnummer",
    "sequence": "sequence|seq|sequence number|event sequence|порядок|event index|hit number",
    # What identifies somebody; the words are the identifier types.
    "id:email": "email|mail|email address|customer email|contact email|почта|эл почта|"
    "электронная почта|адрес электронной почты|емейл|имейл|user email|"
    "e mail|e mail adresse|mailadresse",
    "id:phone": "phone|phone number|телефон|тел|номер телефона|мобильный|мобильный телефон|mobile|"
    "mobile phone|msisdn|caller|caller number|customer phone number|contact phone number|"
    "customer phone|номер звонящего|номер абонента|абонент|кто звонил|номер клиента телефон|"
    "телефон клиента|телефон контакта|from number|billing phone|контактный телефон|рабочий телефон|"
    "telefonnummer|telefon|handy|handynummer|mobilnummer|mobiltelefon|rufnummer|anrufer",
    "id:ga_client_id": "ga client id|ga cid|user pseudo id|google client id|ua client id|ga|"
    "google analytics client id",
    "id:ym_client_id": "ym client id|metrika client id|metrica client id|yandex client id|ym uid|"
    "ya client id|clientid метрики|yandex id|яндекс id|metrika id|metrica id",
    "id:cookie": "cookie|cookie id|browser id|anonymous id|anon id|cookies|куки",
    "id:visitor_id": "visitor id|visitor|distinct id|full visitor id|посетитель|id посетителя|"
    "visitor uuid|"
    "besucherkennung|besucher|besucher id|besucher nr|besuchernummer",
    "id:device_id": "device id|idfa|gaid|android id|advertising id|appsflyer id|installation id",
    "id:user_id": "user id|user|uid|user uuid|login|логин|пользователь|id пользователя|member id|"
    "person id|profile id|subscriber id|case id|case|username|userguid|"
    "benutzer|benutzer id|benutzerkennung|nutzer|nutzer id|nutzerkennung",
    "id:customer_id": "customer id|customer|client|client no|клиент|id клиента|код клиента|"
    "номер клиента|клиент id|покупатель|id покупателя|контрагент|код контрагента|buyer id|"
    "shopper id|household key|guest id|patient id|customer number|account id|client number|"
    "customer no|"
    "kunde|kunden id|kunden nr|kundennummer|kundenkennung|gast id|gastnummer|gästenummer",
    "id:client_id": "client id",
    "id:crm_contact": "contact id|crm contact|id контакта|контакт id|contact|контакт|контакт ид",
    "id:loyalty_card": "card|card no|card number|loyalty card|карта|номер карты|карта лояльности|"
    "бонусная карта|дисконтная карта|loyalty id|карта клиента|"
    "kundenkarte|kartennummer",
    "id:order_id": "order id|order|order number|order no|заказ|номер заказа|id заказа|заказ id|"
    "transaction id|transaction|invoice|invoice no|invoice number|purchase id|договор|"
    "номер договора|contract number|"
    "bestellnummer|bestell nr|bestellung|auftragsnummer|auftrags nr|buchungsnummer|buchungs nr|"
    "rechnungsnummer|rechnungs nr|vertragsnummer",
    "id:deal_id": "deal id|deal|сделка|id сделки|номер сделки|сделка id|opportunity id|договор|"
    "номер договора|contract id|contract number",
    "id:lead_id": "lead id|lead|лид|id лида|заявка|номер заявки|id заявки|обращение|"
    "номер обращения",
    "id:receipt_id": "receipt|receipt id|чек|номер чека|basket id|receipt no|id чека",
    "id:call_id": "call id|id звонка|звонок|номер звонка",
    "id:session_id": "session id|session|id сессии|сессия|ga session id|session uuid|"
    "sitzung|sitzungs id|sitzungskennung",
    "id:visit_id": "visit id|visit|id визита|визит|номер визита",
    "id:yclid": "ymclid",
    "id:fbclid": "fbclid",
    # Costs and answers.
    "day": "day|date|дата|день|datum|tag",
    "date_from": "date from|reporting starts|starts|start date|period start|from|дата начала|"
    "начало периода|начало|с|от|startdatum|beginn|von",
    "date_to": "date to|reporting ends|ends|end date|period end|to|дата окончания|конец периода|"
    "окончание|по|до|enddatum|ende|bis",
    "cost": "cost|spend|amount spent|расход|расходы|затраты|expenses|стоимость|kosten|ausgaben",
    "impressions": "impressions|impr|показы|shows",
    "clicks": "clicks|клики|link clicks|klicks",
    "refunded": "refunded|refunded amount|total refunded|refunded total|amount refunded|"
    "refund amount|refunds|сумма возврата|возвращено|возврат|erstattet|erstattungsbetrag",
    "cancelled_at": "cancelled at|canceled at|cancelled on|date cancelled|cancel date|"
    "cancellation date|дата отмены|отменен|отменено|storniert am|stornodatum",
    "score": "score|nps|csat|rating|оценка|балл|ответ",
    "scale_min": "scale min|min score|минимум шкалы",
    "scale_max": "scale max|max score|максимум шкалы",
    # What is known and deliberately not read.
    "name": "name|имя|фио|фамилия|отчество|full name|first name|last name|customer name|"
    "contact name|client name|caller name|billing name|shipping name|фио клиента|имя клиента|"
    "название компании|company name|"
    "vorname|nachname|kundenname|gastname",
    "text": "comment|comments|комментарий|note|notes|примечание|text|текст|message|сообщение|"
    "адрес|address|street|паспорт|инн|birth date|birthday|дата рождения|subject|тема|ip|"
    "ip address|billing street|billing address|shipping address|description text|отзыв|"
    "kommentar|bemerkung|notiz|nachricht|adresse|anschrift|straße|geburtsdatum|betreff|ip adresse",
    "own_number": "tracking number|called number|dialed number|destination|callee|dst|"
    "business phone number|tracking phone number|virtual phone number|виртуальный номер|"
    "номер назначения|куда звонили|номер компании",
    "state": "status|статус|state|stage|стадия|этап|стадия сделки|статус заказа|этап сделки|"
    "financial status|order status|deal stage|pipeline stage|состояние|статус сделки|"
    "статус звонка|status name|deal status|"
    "bestellstatus|auftragsstatus|zustand",
    "hour": "time|время|hour|time of day|время события|время звонка|время заказа|"
    "uhrzeit|zeit|stunde",
}
#: A name with one of these words is some other moment, or some other amount.
OTHER_WORDS = {
    "occurred_at": "synced loaded imported extracted birth рождения birthday expires expiry valid "
    "until deadline deleted изменения изменен updated modified закрытия closed close last first "
    "окончания end ended plan planned geändert aktualisiert gelöscht geplant bis letzter",
    "value": "unit единицу discount скидка tax ндс vat shipping доставка доставки quantity "
    "количество points баллы id balance остаток refunded compare outstanding lineitem rabatt "
    "steuer mwst versand menge punkte",
    "id:order_id": "display sort status date дата статус сумма total amount value",
    "id:customer_id": "name имя type тип city город status",
}
#: A name that scores this says the role by its main word.
NAMED = 2.0
RUSSIAN = re.compile("[а-я]")
PHRASES = {role: tuple(text.split("|")) for role, text in ROLE_NAMES.items()}
#: What a quantity or a time is counted in; it says nothing of what it is.
UNITS = "usd eur gbp rub руб р rur kzt uah sec seconds сек utc gmt msk мск"


def words(name: str) -> str:
    """A column's name as lower-case words, from `customerPhone` as from `$.customer.phone`."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name.replace("№", " номер "))
    found = re.findall(r"[^\W_]+", name.lower().replace("ё", "е"))
    return " ".join([each for each in found if each not in UNITS.split()] or found)


def name_score(role: str, name: str) -> float:
    """How well a column's name says a role: 3 and more in so many words, 2 by its main word.

    Less than 2 where the role is only mentioned: `user_type` is no user. The main word stands
    last in English and German, first in Russian. Of equally good names the earlier is better.
    """
    said = words(name)
    if said.startswith(("is ", "has ")) and role != "answered":
        return 0.0  # a yes or no about it
    phrases = PHRASES[role]
    best = 0.0
    for place, phrase in enumerate(phrases):
        better = 0.4 * (1 - place / len(phrases))
        if said == phrase or said.replace(" ", "") == phrase.replace(" ", ""):
            best = max(best, 3 + better)
        elif f" {phrase} " in f" {said} ":
            is_main = said.startswith(phrase) if RUSSIAN.search(phrase) else said.endswith(phrase)
            best = max(best, (2 if is_main else 0.8) + 0.5 * len(phrase) / len(said) + better)
    if best and set(OTHER_WORDS.get(role, "").split()) & set(said.split()):
        best -= 2.5
    return max(best, 0.0)
