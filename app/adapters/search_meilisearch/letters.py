"""How words and values are written for the engine, so that its own analysis has nothing left to change."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from app.search.domain.fold import is_unspaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

RUN, WORD_AT_SEAM, RUN_AT_SEAM, MARKED = "qz", "qx", "qy", "qw"
"""Signs nobody types: a piece of an unspaced run, a word or a piece beside a seam, a word with its marks."""
_PLAIN = re.compile(r"[a-z][a-z0-9_]{0,63}")
_CODED = "0x"
_WORD = "1"
_HASHED = "0h"
_MOST_BYTES = 200
"""The engine cuts a value of a filter at 468 bytes; what is longer is known by its hash."""
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def letters(text: str) -> str:
    """Four letters a character, base 26, most significant first (中 → bdpt)."""
    out: list[str] = []
    for one in text:
        n = ord(one)
        out += (_ALPHABET[n // 17_576 % 26], _ALPHABET[n // 676 % 26], _ALPHABET[n // 26 % 26], _ALPHABET[n % 26])
    return "".join(out)


def run_token(token: str) -> str:
    """A piece of an unspaced run (Han, kana, Hangul, Thai, Lao, Khmer, Burmese) in plain letters."""
    return RUN + letters(token)


def seam_token(token: str) -> str:
    """The same token where it stands beside a seam."""
    if token.isascii():
        return WORD_AT_SEAM + token
    return RUN_AT_SEAM + letters(token)


def marked_token(word: str) -> str:
    """A word with its marks, which the engine would take off."""
    return MARKED + letters(word)


def columns(tokens: Iterable[str]) -> tuple[str, str]:
    """(words, pieces of unspaced runs): two texts, so that typing errors are forgiven in words only.

    Where a run stood between two words a full stop parts them: no phrase goes across what is not there.
    """
    words: list[str] = []
    runs: list[str] = []
    parted = False
    for token in tokens:
        if is_unspaced(token):
            runs.append(run_token(token))
            parted = True
            continue
        if parted and words:
            words[-1] += "."
        parted = False
        words.append(token)
    return " ".join(words), " ".join(runs)


def phrase(words: Iterable[str]) -> str:
    """Words in quotation marks: exactly these, beside each other. Folded words hold no quotation marks."""
    return '"' + " ".join(words).replace('"', " ") + '"'


def key(value: str) -> str:
    """A value as the engine holds it.

    Its filters do not tell capitals and forms of Unicode apart, so whatever is not a plain word is written in
    hexadecimal digits: two values are never taken for one, and no value can be anything but a value.
    """
    if _PLAIN.fullmatch(value):
        return value
    coded = value.encode("utf-8", "surrogatepass")
    if len(coded) > _MOST_BYTES:
        return _HASHED + hashlib.sha256(coded).hexdigest()
    return _CODED + coded.hex()


def word_key(word: str) -> str:
    """A word that stands in a text as it is, where the key of a name is asked for; no ``key`` is written so."""
    return _WORD + key(word)


def value_of(coded: str) -> str | None:
    """The value that ``key`` wrote; None where only its hash is known, or the engine answers nonsense."""
    if coded.startswith(_CODED):
        try:
            return bytes.fromhex(coded[len(_CODED) :]).decode("utf-8", "surrogatepass")
        except ValueError:
            return None
    return coded if _PLAIN.fullmatch(coded) else None


def quoted(value: str) -> str:
    """A value of a filter in double quotes: the one place where they are made."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def listed(values: Iterable[str]) -> str:
    """Values as the list of an IN."""
    return "[" + ", ".join(quoted(value) for value in values) + "]"


def either(conditions: Sequence[str]) -> str:
    """At least one of the conditions."""
    return " OR ".join(f"({one})" for one in conditions) if len(conditions) > 1 else conditions[0]
