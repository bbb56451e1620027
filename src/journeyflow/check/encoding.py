"""Which encoding a text file is written in: proved where it can be, else proposed."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from journeyflow.sources.delimited import BOMS, CHUNK

SAMPLE = 1 << 20
CYRILLIC = ("cp1251", "koi8-r", "cp866")
# The ten most frequent letters of Russian; a wrong code page turns them into rare or upper ones.
FREQUENT = frozenset("оеаинтсрвл")
PLAUSIBLE = 0.4
TOLERABLE_BAD = 0.01


@dataclass(frozen=True)
class Encoding:
    """`declared` is what `[[sources]] encoding` must say, None where the reader finds it itself.

    `codec` decodes the file, `evidence` says why; `proposed` marks what the bytes do not prove.
    """

    codec: str
    declared: str | None
    evidence: str
    proposed: bool = False


def find_encoding(path: Path) -> Encoding:
    """Tell the encoding of the text file at `path`: by its mark, by strict UTF-8, by letters."""
    with path.open("rb") as file:
        start = file.read(SAMPLE)
    for mark, codec in BOMS:
        if start.startswith(mark):
            return Encoding(codec, None, f"{codec.removesuffix('-sig')}, by the mark at its start")
    if b"\0" in start[:1000] and start[:1000].count(b"\0") * 3 > len(start[:1000]):
        codec = "utf-16-le" if start[1:2] == b"\0" else "utf-16-be"
        return Encoding(codec, codec, f"{codec}: every second byte is zero", proposed=True)
    if _is_utf8(path):
        return Encoding("utf-8", None, "utf-8")
    text = start.decode("utf-8", errors="replace")
    beyond_ascii = sum(letter > "\x7f" for letter in text)
    if text.count("\ufffd") <= TOLERABLE_BAD * beyond_ascii:
        return Encoding("utf-8", None, "utf-8, but some bytes are not: their rows are rejected")
    return _by_letters(start)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _by_letters(start: bytes) -> Encoding:
    high = bytes(byte for byte in start if byte > 0x7F)
    shares = {codec: _frequent_share(high.decode(codec, errors="replace")) for codec in CYRILLIC}
    best = max(shares, key=lambda codec: shares[codec])
    if shares[best] >= PLAUSIBLE:
        evidence = f"{best}: the bytes are not UTF-8 and read as Russian this way"
        return Encoding(best, best, evidence, proposed=True)
    evidence = "cp1252: the bytes are not UTF-8, and not Russian in a known code page"
    return Encoding("cp1252", "cp1252", evidence, proposed=True)


def _frequent_share(text: str) -> float:
    return sum(letter in FREQUENT for letter in text) / max(len(text), 1)
