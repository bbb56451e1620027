"""Which encoding a text file is written in: proved where it can be, else proposed."""

from __future__ import annotations

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
    if 3 * start[:1000].count(b"\0") > len(start[:1000]):
        codec = "utf-16-le" if start[1:2] == b"\0" else "utf-16-be"
        return Encoding(codec, codec, f"{codec}: every second byte is zero", proposed=True)
    if _is_utf8(path):
        return Encoding("utf-8", None, "utf-8")
    text = start.decode("utf-8", errors="replace")
    if text.count("\ufffd") <= TOLERABLE_BAD * sum(letter > "\x7f" for letter in text):
        return Encoding("utf-8", None, "utf-8, but some bytes are not: their rows are rejected")
    high = bytes(byte for byte in start if byte > 0x7F)
    shares = {codec: _frequent_share(high.decode(codec, errors="replace")) for codec in CYRILLIC}
    best = max(shares, key=lambda codec: shares[codec])
    evidence = f"{best}: the bytes are not UTF-8 and read as Russian this way"
    if shares[best] < PLAUSIBLE:
        best = "cp1252"
        evidence = "cp1252: the bytes are not UTF-8, and not Russian in a known code page"
    return Encoding(best, best, evidence, proposed=True)


def _is_utf8(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as file:
            while file.read(CHUNK):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _frequent_share(text: str) -> float:
    return sum(letter in FREQUENT for letter in text) / max(len(text), 1)
