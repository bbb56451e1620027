from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.errors import SettingsError
from journeyflow.identity.hubs import limits, parse_limit_key
from journeyflow.identity.types import DEFAULTS, WEB_TYPES, IdClass, class_of, classes, weaker

MERGE_TYPES = sorted(name for name, kind in DEFAULTS.items() if kind is IdClass.MERGE)


@pytest.mark.parametrize(
    ("type", "kind"),
    [
        ("email", "merge"),
        ("ct_caller", "merge"),
        ("order_id", "attach"),
        ("fbclid", "attach"),
        ("ip", "context"),
        ("crm_company", "context"),
        ("never_heard_of", "attach"),
    ],
)
def test_the_class_of_a_type(type: str, kind: str) -> None:
    assert class_of(type) == kind


def test_settings_overrule_the_catalogue() -> None:
    assert class_of("email", {"email": "attach", "tariff_no": "merge"}) is IdClass.ATTACH
    assert classes({"tariff_no": "merge"})["tariff_no"] is IdClass.MERGE
    assert "tariff_no" not in DEFAULTS
    with pytest.raises(SettingsError, match='phone = "glue"'):
        classes({"phone": "glue"})


@given(st.sampled_from(IdClass), st.sampled_from(IdClass))
def test_the_weaker_class_is_the_one_that_may_do_less(one: IdClass, other: IdClass) -> None:
    power = {"merge": 2, "attach": 1, "context": 0}
    assert power[weaker(one, other)] == min(power[one], power[other])


def test_web_types_are_merge_types_of_devices() -> None:
    assert set(MERGE_TYPES) > WEB_TYPES
    assert not WEB_TYPES & {"user_id", "email", "phone", "ct_caller", "session_id"}


@pytest.mark.parametrize(
    ("key", "pair"),
    [
        ("max_emails_per_phone", ("phone", "email")),
        ("max_user_ids_per_ga_client_id", ("ga_client_id", "user_id")),
        ("max_crm_companies_per_email", ("email", "crm_company")),
        ("max_tariff_nos_per_email", ("email", "tariff_no")),
        ("max_phones_per_phone", ("phone", "phone")),
    ],
)
def test_a_limits_key_names_the_value_and_the_others(key: str, pair: tuple[str, str]) -> None:
    assert parse_limit_key(key) == pair


@pytest.mark.parametrize(
    "key", ["max_emails", "emails_per_phone", "max_email_per_phone", "max_s_per_phone", "",
            "max_emails_per_", "max_Emails_per_phone"],
)  # fmt: skip
def test_a_limits_key_that_names_no_types(key: str) -> None:
    with pytest.raises(ValueError, match="max_<types>_per_<type>"):
        parse_limit_key(key)


@given(st.sampled_from(MERGE_TYPES), st.sampled_from(MERGE_TYPES))
def test_every_pair_of_merge_types_has_a_limit_and_a_key(type: str, other: str) -> None:
    assert limits()[type, other] >= 1
    assert parse_limit_key(f"max_{other}s_per_{type}") == (type, other)
    assert limits(settings={f"max_{other}s_per_{type}": 7})[type, other] == 7


def test_documented_defaults() -> None:
    table = limits()
    assert table["phone", "email"] == 3
    assert table["phone", "user_id"] == 2
    assert table["cookie", "email"] == 3
    assert table["email", "cookie"] == 100
    assert table["phone", "phone"] == 3
    assert len(table) == len(MERGE_TYPES) ** 2
    pairs = [(a, b) for a in ("tariff_no", "phone") for b in ("tariff_no", "phone")]
    assert limits(["tariff_no", "phone"]) == dict.fromkeys(pairs, 3)
