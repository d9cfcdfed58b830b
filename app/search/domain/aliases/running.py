"""Alias keys of running text: names are looked for by the passage's language, never by script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.search.domain.aliases import capitals, han, hangul, tables
from app.search.domain.aliases.letters import collapse, romaji
from app.search.domain.fold import fold, fold_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from app.search.domain.fold import Folded

Key = tuple[str, int, int]

_CHINESE = frozenset({"zh", "yue", "cmn", "nan", "hak", "wuu"})
_HAN_RUN = re.compile("[\u3400-\u9fff\U00020000-\U000323af]+")
_KANA_RUN = re.compile("[ぁ-ゟー]{2,}")
_KATAKANA_RUN = re.compile("[ァ-ヺー]{2,}|[\uff66-\uff9f]{2,}")
_EAST_RUN = re.compile("[ぁ-ゟー々〆\u3400-\u9fff\U00020000-\U000323af]+")
_LONGEST_READING = 6


def text_keys(text: str, languages: Iterable[str], folded: Folded | None = None) -> list[Key]:
    """Keys of the name-like runs of a passage, each with its place (code points of ``text``).

    中村 is Nakamura only where Japanese is spoken. ``folded`` saves folding the text again.
    """
    folded = folded or fold(text)
    found = list(capitals.names(text, folded))
    if text.isascii():
        return found
    primary = {one.partition("-")[0] for one in languages}
    plain = folded.plain
    keys: list[Key] = []
    if "ja" in primary:
        found += _katakana(text)
        keys += _japanese(plain)
    if primary & _CHINESE:
        for match in _HAN_RUN.finditer(plain):
            names = han.chinese_names(match.group(), in_cantonese="yue" in primary)
            keys += [(key, match.start() + a, match.start() + b) for key, a, b in names]
    if "ko" in primary:
        keys += hangul.names(plain)
    return found + [(key, *folded.raw_span(a, b)) for key, a, b in keys]


def _katakana(text: str) -> Iterator[Key]:
    """Every run of katakana: names and loan words, as they sound."""
    for match in _KATAKANA_RUN.finditer(text):
        if letters := romaji(fold_text(match.group())):
            yield collapse(letters), match.start(), match.end()


def _japanese(plain: str) -> Iterator[Key]:
    """Names in Han characters, and in kana before an honorific."""
    for match in _EAST_RUN.finditer(plain):
        for key, start, end in han.japanese_names(match.group()):
            yield key, match.start() + start, match.start() + end
    known = tables.japanese_surname_readings()
    for match in _KANA_RUN.finditer(plain):
        run = match.group()
        for at in han.honorifics_in(run):
            for size in range(min(_LONGEST_READING, at), 1, -1):
                letters = romaji(run[at - size : at])
                if letters in known:
                    yield collapse(letters), match.start() + at - size, match.start() + at
                    break
