from __future__ import annotations

import pytest

from journeyflow.rules import registrable_domain


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.shop.example.co.uk", "example.co.uk"),
        ("Shop.Example.RU:8080", "example.ru"),
        ("example.com.", "example.com"),
        ("one.myshopify.com", "one.myshopify.com"),
        ("www.почта.рф", "xn--80a1acny.xn--p1ai"),
        ("www.xn--80a1acny.xn--p1ai", "xn--80a1acny.xn--p1ai"),
        ("198.51.100.7:443", "198.51.100.7"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("localhost", "localhost"),
        ("co.uk", "co.uk"),
        ("a" * 70 + ".example.com", "example.com"),
        ("", None),
        (None, None),
    ],
)
def test_registrable_domain(host: str | None, domain: str | None) -> None:
    assert registrable_domain(host) == domain
