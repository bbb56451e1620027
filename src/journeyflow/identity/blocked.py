"""Texts that stand where an identifier should be and identify nobody."""

from __future__ import annotations

import hashlib
import re

_WORDS = (
    # how programs write nothing
    "null nil none nan nat na n/a #n/a #null! #ref! #value! #name? #div/0! undefined void \\n "
    "missing empty blank false true yes no not_authenticated notset not_set "
    # how vendors do
    "anonymous anon guest unknown unidentified unassigned default test tester testuser demo "
    "deleted dummy example placeholder redacted hidden private restricted withheld blocked "
    "unavailable "
    # a column's own name, sent as its value
    "id uid user user_id userid user-id distinct_id distinctid visitor_id client_id clientid "
    "cookie customer_id email e-mail mail phone telephone name "
    # and people
    "нет да пусто неизвестно неизвестен аноним гость тест скрыт скрыто телефон почта отсутствует"
)
_PHRASES = {
    "object object",
    "not set",
    "not provided",
    "not available",
    "no data",
    "нет данных",
    "не указан",
    "не указано",
    "не заполнено",
    "не определено",
    "не определен",
    "номер скрыт",
    "скрытый номер",
}
#: Compared in lower case, after outer quotes and brackets are taken off.
NULL_LIKE = frozenset({"", *_PHRASES, *_WORDS.split()})

#: Exchanges spell a withheld number as a word on the keypad: 266696687 is ANONYMOUS.
_KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
WITHHELD_NUMBERS = frozenset(
    word.translate(_KEYPAD)
    for word in ("anonymous", "restricted", "blocked", "unknown", "private", "unavailable")
)

#: What comes out where a system hashes its identifiers and had none to hash.
_EMPTY_HASHES = frozenset(
    hashlib.new(name, spelling.encode(), usedforsecurity=False).hexdigest()
    for name in ("md5", "sha1", "sha256", "sha512")
    for word in NULL_LIKE
    for spelling in (word, word.upper(), word.capitalize())
)

_WRAPPING = "\"'`“”«»()<>[]{} "
_ZEROS_AND_MARKS = re.compile(r"[-+0\s._:/*?–—]*|-1(\.0+)?")
_UNFILLED_MACRO = re.compile(r"\$?\{.*\}|__\w+__|%%.*%%|%7b.*%7d", re.IGNORECASE)
_FLOAT_TEXT = re.compile(r"[-+]?\d+([.,]\d+)?e\+\d{1,3}|\d{16,}[.,]0+", re.IGNORECASE)
_REPEATED = re.compile(r"(\d)\1{6,}")
_COUNTING = ("01234567890123456789", "98765432109876543210")
_MIN_COUNTING = 9


def blocked(text: str) -> str | None:
    """Why a trimmed text identifies nobody, whatever its type; None where it may."""
    bare = text.strip(_WRAPPING).casefold()
    if bare in NULL_LIKE or _ZEROS_AND_MARKS.fullmatch(bare):
        return "stands for no value"
    if _UNFILLED_MACRO.fullmatch(text):
        return "template variable that was not filled in"
    if _FLOAT_TEXT.fullmatch(bare):
        return "number damaged by a spreadsheet"
    if bare in _EMPTY_HASHES:
        return "hash of no value"
    return None


def typed_at_random(digits: str) -> bool:
    """Whether digits look typed to get past a form: 7 or more of one, or 9 or more in a row."""
    return bool(_REPEATED.fullmatch(digits)) or (
        len(digits) >= _MIN_COUNTING and any(digits in run for run in _COUNTING)
    )
