from __future__ import annotations

import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.identity.normalise import Normalised, Rejected, normalise, normalise_cell
from journeyflow.identity.types import DEFAULTS, IdClass

MERGE, ATTACH = IdClass.MERGE, IdClass.ATTACH


@pytest.mark.parametrize(
    ("raw", "region", "value", "kind"),
    [
        ("8 (916) 555-43-21", "RU", "+79165554321", MERGE),
        ("79165554321", "RU", "+79165554321", MERGE),
        ("9165554321", "RU", "+79165554321", MERGE),
        ("00 7 916 555 43 21", "RU", "+79165554321", MERGE),
        ("(00)7 916 555 43 21", "RU", "+79165554321", MERGE),
        ("'+79165554321", "US", "+79165554321", MERGE),
        ("\u202a+7 916 555-43-21\u202c", None, "+79165554321", MERGE),
        ("+٧٩١٦٥٥٥٤٣٢١", None, "+79165554321", MERGE),
        ("tel:+7-916-555-43-21", None, "+79165554321", MERGE),
        ("8 495 123 45 68 доб. 7", "RU", "+74951234568", ATTACH),
        ("sip:74951234568@198.51.100.7", "RU", "+74951234568", ATTACH),
        ("8 800 555-35-35", "RU", "+78005553535", ATTACH),
        ("+7 701 555 43 21", "RU", "+77015554321", MERGE),
        ("(303) 555-0142", "US", "+13035550142", MERGE),
        ("020 7946 0958", "GB", "+442079460958", ATTACH),
    ],
)
def test_a_phone_has_one_spelling_and_only_mobiles_merge(
    raw: str, region: str | None, value: str, kind: IdClass
) -> None:
    assert normalise("phone", raw, region) == Normalised(value, kind)


@pytest.mark.parametrize(
    ("raw", "region", "reason"),
    [
        ("7916555432", "RU", "not a valid phone number"),
        ("112", "RU", "not a valid phone number"),
        ("+15555555555", None, "not a valid phone number"),
        ("9165554321", None, "phone number without country code, and no region is set"),
        ("8916ABCDEFG", "RU", "letters in a phone number"),
        ("+7 999 999-99-99", "RU", "digits typed at random"),
        ("+7 916 000-00-00", "RU", "digits typed at random"),
        ("+266696687", "RU", "withheld number"),
        ("anonymous", "RU", "stands for no value"),
        ("номер скрыт", "RU", "stands for no value"),
        ("7,91656E+10", "RU", "number damaged by a spreadsheet"),
        ("Иванов", "RU", "not a phone number"),
        ("sip:operator@198.51.100.7", "RU", "not a phone number"),
    ],
)
def test_what_is_no_customers_phone(raw: str, region: str | None, reason: str) -> None:
    assert normalise("phone", raw, region) == Rejected(reason)


@pytest.mark.parametrize(
    ("type", "raw", "values"),
    [
        ("phone", "8 916 555-43-21, 89265551234", ["+79165554321", "+79265551234"]),
        ("phone", "8 916 555-43-21/22; доб. 5", ["+79165554321"]),
        ("phone", "8 916 555-43-21 / +7 916 555 43 21", ["+79165554321"]),
        ("phone", "sip:79165554321@host.example;user=phone", ["+79165554321"]),
        ("email", "A@shop.example; b@shop.example", ["a@shop.example", "b@shop.example"]),
        ("cookie", "a,b;c/d", ["a,b;c/d"]),
    ],
)
def test_a_cell_may_hold_several_phones_or_emails(type: str, raw: str, values: list[str]) -> None:
    found = normalise_cell(type, raw, "RU")
    assert [part.value for part in found if isinstance(part, Normalised)] == values
    assert len(found) == len(values)


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        ("0664/2345678", ["+436642345678"]),
        ("0676 / 234 56 78", ["+436762345678"]),  # 234 56 78 would be a number of its own
        ("+43 664/2345678", ["+436642345678"]),
        ("0664/234/56/78", ["+436642345678"]),
        ("0316/358918", ["+43316358918"]),
        ("0664/2345678 / 0316/358918", ["+436642345678", "+43316358918"]),
        ("0664 2345678/79", ["+436642345678"]),
        ("0664 2345678/0316 358918", ["+436642345678", "+43316358918"]),
    ],
)
def test_a_slash_parts_two_numbers_or_stands_within_one(raw: str, values: list[str]) -> None:
    found = normalise_cell("phone", raw, "AT")
    assert [part.value for part in found if isinstance(part, Normalised)] == values
    assert len(found) == len(values)


def test_an_empty_cell_gives_one_rejection() -> None:
    assert normalise_cell("phone", " ; ", "RU") == (Rejected("stands for no value"),)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("  Anna.Petrova+news@Shop.Example ", "anna.petrova+news@shop.example"),
        ("Anna <ANNA@shop.example>", "anna@shop.example"),
        ("mailto:anna@shop.example", "anna@shop.example"),
        ("АННА@ПОЧТА.РФ", "анна@почта.рф"),
        ("anna@xn--80a1acny.xn--p1ai", "anna@почта.рф"),
        ("anna@shop.example.", "anna@shop.example"),
        ("o'brien@shop.example", "o'brien@shop.example"),
    ],
)
def test_an_email_has_one_spelling(raw: str, value: str) -> None:
    assert normalise("email", raw) == Normalised(value, MERGE)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("Info@shop.example", "role address"),
        ("no-reply@shop.example", "role address"),
        ("test@shop.example", "placeholder address"),
        ("no@shop.example", "placeholder address"),
        ("1@1", "not an e-mail address"),
        ("anna", "not an e-mail address"),
        ("anna@shop", "not an e-mail address"),
        ("anna@@shop.example", "not an e-mail address"),
        ("anna..p@shop.example", "not an e-mail address"),
        ("anna@-shop.example", "not an e-mail address"),
        ("an na@shop.example", "not an e-mail address"),
        ("anna@10.0.0.1", "not an e-mail address"),
        ("<не указано>", "stands for no value"),
    ],
)
def test_what_is_no_customers_email(raw: str, reason: str) -> None:
    assert normalise("email", raw) == Rejected(reason)


@pytest.mark.parametrize(
    ("type", "raw", "value"),
    [
        ("ga_client_id", "GA1.2.1234567890.1700000000", "1234567890.1700000000"),
        ("ga_client_id", "GA1.1-2.1234567890.1700000000", "1234567890.1700000000"),
        ("ga_client_id", "1234567890.1700000000", "1234567890.1700000000"),
        ("ym_client_id", "1700000000123456789", "1700000000123456789"),
        ("loyalty_card", "'0000123400005678", "0000123400005678"),
        ("user_id", " 42 ", "42"),
        ("user_id", "Jose\u0301", "Jos\u00e9"),
        ("device_id", "6D92078A-8246-4BA4-AE5B-76104861E7DC",
         "6d92078a-8246-4ba4-ae5b-76104861e7dc"),
        ("cookie", "AbC", "AbC"),
    ],
)  # fmt: skip
def test_ids_keep_their_text(type: str, raw: str, value: str) -> None:
    assert normalise(type, raw) == Normalised(value, MERGE)


@pytest.mark.parametrize(
    ("type", "raw", "reason"),
    [
        ("ga_client_id", "GS1.1.1700000000.3.1.1700000100.0", "session cookie, not a client id"),
        ("ym_client_id", "12345", "not a Metrica client id"),
        ("ym_client_id", "12345678901234567890123", "not a Metrica client id"),
        ("ym_client_id", "1,70000000012346E+18", "number damaged by a spreadsheet"),
        ("ym_client_id", "1700000000123456789.0", "number damaged by a spreadsheet"),
        ("cookie", "7777777", "digits typed at random"),
        ("cookie", "1234567890", "digits typed at random"),
        ("device_id", "00000000-0000-0000-0000-000000000000", "stands for no value"),
        ("user_id", "0", "stands for no value"),
        ("user_id", "-1", "stands for no value"),
        ("user_id", "'null'", "stands for no value"),
        ("user_id", "[object Object]", "stands for no value"),
        ("user_id", "(not set)", "stands for no value"),
        ("gclid", "{gclid}", "template variable that was not filled in"),
        ("user_id", "a\x00b", "not an identifier"),
        ("user_id", "a" * 1025, "not an identifier"),
    ],
)  # fmt: skip
def test_what_is_nobodys_id(type: str, raw: str, reason: str) -> None:
    assert normalise(type, raw) == Rejected(reason)


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
@pytest.mark.parametrize("text", ["", "null", "NULL", "None", "undefined"])
def test_the_hash_of_nothing_is_nobody(algorithm: str, text: str) -> None:
    digest = hashlib.new(algorithm, text.encode()).hexdigest()
    assert normalise("user_id", digest.upper()) == Rejected("hash of no value")


def test_order_numbers_may_be_counted_through_sevens() -> None:
    assert normalise("order_id", "7777777") == Normalised("7777777", ATTACH)


def test_the_settings_class_is_taken_and_only_ever_lowered() -> None:
    assert normalise("tariff_no", "T-1") == Normalised("T-1", ATTACH)
    assert normalise("tariff_no", "T-1", kind=MERGE) == Normalised("T-1", MERGE)
    context = IdClass.CONTEXT
    assert normalise("phone", "84951234568", "RU", context) == Normalised("+74951234568", context)


_NASTY = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789+-() ,;/'\"<>@.EeGAS:aßΣςİ\u0345\u00ad\ufeff", max_size=30),
    st.from_regex(r"['<\" ]{0,2}[\w.+']{1,9}@[\w-]{1,8}\.[a-zß]{1,4}[>'\" .]{0,2}", fullmatch=True),
    st.from_regex(r"'?(GA1\.2\.){0,2}'?[0-9]{1,10}\.[0-9]{1,10}", fullmatch=True),
    st.from_regex(r"(\+|00|8|7|sip:)?[0-9 ()-]{5,14}(@h| x5)?", fullmatch=True),
)


@given(st.sampled_from([*DEFAULTS, "own_type"]), _NASTY, st.sampled_from(["RU", "US", None]))
def test_normalising_a_normalised_value_changes_nothing(
    type: str, raw: str, region: str | None
) -> None:
    for once in (normalise(type, raw, region), *normalise_cell(type, raw, region)):
        if isinstance(once, Normalised):
            assert normalise(type, once.value, region) == once
            assert normalise(type, once.value, None) == once
            assert unicodedata.is_normalized("NFC", once.value)
        else:
            assert not raw.strip() or raw.strip() not in once.reason.split(": ")


@given(st.emails())
def test_an_emails_case_does_not_matter(address: str) -> None:
    assert normalise("email", address.upper()) == normalise("email", address.lower())


@given(st.integers(0, 9_999_999), st.sampled_from(["8{}", "+7{}", "007{}", "7 {}", "{}"]))
def test_all_spellings_of_a_mobile_agree(subscriber: int, spelling: str) -> None:
    number = f"916{subscriber:07d}"
    assert normalise("phone", spelling.format(number), "RU") == normalise(
        "phone", f"+7{number}", "RU"
    )
