"""E-mail addresses: own small rules, because equality is all that a key needs."""

from __future__ import annotations

import re
import unicodedata

from journeyflow.identity.types import IdClass, Normalised, Rejected

_MAX_LENGTH = 254
_LOCAL = re.compile(r"[^\s@\"(),:;<>\[\]\\.]+(?:\.[^\s@\"(),:;<>\[\]\\.]+)*")
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?!\d+$){_LABEL}")

#: Boxes that many people read or nobody does.
_ROLES = (
    "abuse admin administrator billing buh contact contacts donotreply do-not-reply "
    "do_not_reply feedback hello help helpdesk hostmaster hr info jobs mailer-daemon manager "
    "marketing newsletter no-reply no.reply no_reply noreply notification notifications office "
    "order orders postmaster press reception root sale sales service shop support team webmaster "
    "zakaz"
)
#: What is typed to get past a form. Reserved domains such as example.com are not here: they are
#: what invented data uses, and a placeholder shared by many is a hub anyway.
_PLACEHOLDERS = (
    "111 123 1234 12345 123456 asd asdf email example mail name net no noemail nomail none noname "
    "no-email no_email nope null qwe qwerty test test1 test123 tester testing undefined unknown "
    "user username x xx xxx yourname"
)
_REASONS = {
    **dict.fromkeys(_PLACEHOLDERS.split(), "placeholder address"),
    **dict.fromkeys(_ROLES.split(), "role address"),
}


def normalise_email(text: str, kind: IdClass) -> Normalised | Rejected:
    """An address in one spelling: casefolded whole, its domain in Unicode.

    Casefolding the local part goes beyond RFC 5321, which lets a server tell cases apart; none
    in use does. Dots and plus tags stay: only some providers ignore them.
    """
    if text.endswith(">") and "<" in text:
        text = text[text.rindex("<") + 1 : -1]
    text = text.strip(" '\"").removeprefix("mailto:")
    local, _, domain = _caseless(text).rpartition("@")
    domain = _caseless(_unicode_domain(domain.removesuffix(".")))
    address = f"{local}@{domain}"
    if (
        len(address) > _MAX_LENGTH
        or not _LOCAL.fullmatch(local)
        or not _DOMAIN.fullmatch(domain)
        or not address.isprintable()
    ):
        return Rejected("not an e-mail address")
    if local in _REASONS:
        return Rejected(_REASONS[local])
    return Normalised(address, kind)


def _caseless(text: str) -> str:
    """Canonical caseless form (Unicode 15, section 3.13, D145), composed again."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())


def _unicode_domain(domain: str) -> str:
    if "xn--" not in domain:
        return domain
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain
