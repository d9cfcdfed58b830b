"""Alias keys of what a reader types and of names from the records, where every reading is tried."""

from __future__ import annotations

import re
from functools import lru_cache

from app.search.domain.aliases import capitals, han, hangul, tables
from app.search.domain.aliases.letters import collapse, romaji
from app.search.domain.fold import fold, fold_text

Alternative = tuple[str, ...]

_HAN = re.compile("[\u3400-\u9fff\U00020000-\U000323af]+")
_KANA = re.compile("[ぁ-ゟー]{2,}")
_EAST = re.compile("[ぁ-ゟー々〆\u3400-\u9fff\U00020000-\U000323af]+")
_BREAKS = re.compile(r"[\s,;:·・＝()]+")
_LONGEST = 40
"""No name is longer; nonsense stays cheap."""


def query_keys(raw: str, joined: str | None = None) -> tuple[Alternative, ...]:
    """What one typed word may stand for: each alternative is a set of keys that must all be there.

    ``joined``: the folded word in one piece where it was parted (Chung-hee).
    """
    plain = joined or fold_text(raw)
    if not plain or len(plain) > _LONGEST:
        return ()
    return tuple(dict.fromkeys(_alternatives(raw, plain)))


def _alternatives(raw: str, plain: str) -> list[Alternative]:
    if plain.isascii():
        is_name = plain.isalpha() and (plain not in capitals.COMMON or raw[0].isupper())
        return [(key,) for key in capitals.keys_of_word(plain)] if is_name else []
    if _HAN.fullmatch(plain):
        return [*_chinese(plain), *_japanese(plain)]
    if _KANA.fullmatch(plain):
        letters = romaji(plain)
        return [(collapse(letters),)] if letters else []
    if hangul.RUN.fullmatch(plain):
        return hangul.alternatives(plain)
    if _EAST.fullmatch(plain):
        return [(key,) for key, _, _ in han.japanese_names(plain)]
    letters_ = capitals.in_letters(raw) if fold(raw).tokens == [plain] else None
    return [(letters_,)] if letters_ else []


@lru_cache(maxsize=4096)
def name_keys(name: str) -> tuple[str, ...]:
    """Alias keys of a whole name from a person's or place's own record, in any script and every reading."""
    pieces = _BREAKS.split(name)
    keys: list[str] = []
    for piece in (*pieces, "" if name.isascii() else "".join(pieces)):
        folded = fold(piece)
        # A piece with hyphens counts whole and in its parts; of other scripts a piece is one word.
        parts = [piece[a:b] for a, b in zip(folded.starts, folded.ends, strict=True)] if folded.joined else [piece]
        for part in parts:
            for alternative in query_keys(part.capitalize()):
                keys += alternative
        for whole, _, _ in folded.joined:
            keys += capitals.keys_of_word(whole)
    return tuple(dict.fromkeys(keys))


def _chinese(plain: str) -> list[Alternative]:
    """A surname with or without a given name, in Mandarin, Cantonese, Vietnamese and Korean reading."""
    surnames = tables.surnames().spellings
    surname = next((plain[:size] for size in (2, 1) if plain[:size] in surnames), "")
    given = plain[len(surname) :]
    if not surname or len(given) > 2:  # noqa: PLR2004
        return []
    if not given:
        return [(surname,)]
    readings = [*han.mandarin(given), *han.cantonese(given), *han.vietnamese(given)]
    found: list[Alternative] = [(surname, collapse(one)) for one in readings]
    if surname in tables.KOREAN_SURNAMES:
        found += [(surname, one) for one in han.korean(given)]
    return found


def _japanese(plain: str) -> list[Alternative]:
    """A surname, a given name, or both; any reading of the one with any of the other."""
    family, given = tables.japanese_surnames(), tables.japanese_given()
    if plain in family:
        return [(collapse(one),) for one in family[plain]]
    if plain in given:
        return [(collapse(one),) for one in given[plain]]
    for size in (4, 3, 2, 1):
        first, second = plain[:size], plain[size:]
        if first in family and second in given:
            return [(collapse(a), collapse(b)) for a in family[first] for b in given[second]]
    return []
