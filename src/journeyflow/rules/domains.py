"""Which hosts belong to one site."""

from __future__ import annotations

import ipaddress
from functools import cache

from publicsuffixlist import PublicSuffixList


def registrable_domain(host: str | None) -> str | None:
    """The part of a host that somebody registered: `shop.example.co.uk` gives `example.co.uk`.

    By the Public Suffix List that the package publicsuffixlist carries, its private part
    included: two shops of one shop builder are two sites. In: a host, its port and a closing
    dot may stay. Out: lower case, international names in their ASCII form (xn--…); an IP address
    or a bare suffix as it is; None for no host.
    """
    name = plain_host(host or "")
    if not name or _is_address(name):
        return name or None
    return _suffixes().privatesuffix(name) or name


def plain_host(text: str) -> str:
    """A host in the one spelling in which hosts are compared.

    In: a host or, as people copy it from a browser, an address. Out: without scheme, path and
    port, in lower case, international names in their ASCII form.
    """
    name = text.strip().lower().rpartition("://")[2].partition("/")[0]
    if name.startswith("["):  # IPv6 with a port
        return name[1:].partition("]")[0]
    if name.count(":") == 1:
        name = name.partition(":")[0]
    return _ascii(name.rstrip("."))


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _ascii(name: str) -> str:
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name
