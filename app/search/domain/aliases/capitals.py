"""Names in scripts that have capitals: which words may be one, and their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex
from anyascii import anyascii

from app.search.domain.aliases import tables
from app.search.domain.aliases.letters import collapse, korean_key
from app.search.domain.fold import fold, fold_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.search.domain.fold import Folded

_CAPITAL = regex.compile(r"\p{Lu}")
_GREEK = regex.compile(r"\p{Greek}")
_BESIDE = 20
"""Characters around a parted given name in which a Korean surname makes it one."""
_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "prof",
        "uncle",
        "auntie",
        "aunt",
        "madam",
        "sir",
        "teacher",
        "ong",
        "ba",
        "co",
        "chu",
        "bac",
        "anh",
        "chi",
    ]
)
# English words that are surnames too: one of them is a name only inside a sentence, after a title, or
# beside another capitalised word.
COMMON = frozenset(
    [
        "a",
        "ah",
        "ai",
        "an",
        "and",
        "as",
        "at",
        "back",
        "bang",
        "bay",
        "be",
        "big",
        "bang",
        "but",
        "bye",
        "chill",
        "chin",
        "chow",
        "do",
        "eng",
        "eo",
        "fan",
        "for",
        "free",
        "go",
        "ha",
        "he",
        "her",
        "his",
        "ho",
        "how",
        "hung",
        "i",
        "if",
        "in",
        "is",
        "it",
        "king",
        "la",
        "law",
        "lay",
        "lie",
        "lock",
        "long",
        "loo",
        "low",
        "man",
        "mark",
        "may",
        "me",
        "mine",
        "miss",
        "mo",
        "mock",
        "my",
        "nay",
        "no",
        "of",
        "oh",
        "ok",
        "on",
        "or",
        "pack",
        "pan",
        "pang",
        "pay",
        "pie",
        "poor",
        "ray",
        "sad",
        "say",
        "see",
        "she",
        "sin",
        "sing",
        "so",
        "song",
        "soon",
        "sit",
        "sum",
        "sun",
        "tan",
        "tang",
        "tea",
        "ten",
        "than",
        "the",
        "then",
        "they",
        "thin",
        "this",
        "to",
        "ton",
        "tong",
        "too",
        "u",
        "un",
        "up",
        "we",
        "win",
        "wing",
        "yes",
        "you",
        "young",
    ]
)


def keys_of_word(word: str) -> list[str]:
    """Keys of one folded word of Latin letters that is known to be a name."""
    keys = [collapse(word), *tables.surnames().by_spelling.get(word, ())]
    if (korean := korean_key(word)) is not None:
        keys.append(korean)
    return keys


def in_letters(word: str) -> str | None:
    """A word of another alphabet in Latin letters, as a key; None where that gives no word. Never for Han."""
    letters = fold_text(anyascii(word))
    if _GREEK.search(word):
        letters = letters.replace("oy", "ou")
    return collapse(letters) if letters.isascii() and letters.isalpha() else None


def names(text: str, folded: Folded) -> Iterator[tuple[str, int, int]]:
    """(key, start, end) of capitalised words; what needs no key, because the word itself is found, has none."""
    if not _CAPITAL.search(text):
        return
    tokens, starts, ends = folded.tokens, folded.starts, folded.ends
    capitals = [i for i, start in enumerate(starts) if text[start].isupper()]
    known = tables.surnames().by_spelling
    for n, i in enumerate(capitals):
        word = tokens[i]
        if not word.isascii():
            if (letters := in_letters(word)) is not None:
                yield letters, starts[i], ends[i]
            continue
        if (key := collapse(word)) != word:
            yield key, starts[i], ends[i]
        around = [j for j in capitals[max(0, n - 2) : n + 3] if j != i and abs(j - i) <= 2]  # noqa: PLR2004
        if word in known and _may_be_surname(text, folded, i, around):
            yield from ((form, starts[i], ends[i]) for form in known[word])
        if around and any(_is_korean(tokens[j]) for j in around):
            if (korean := korean_key(word)) is not None:
                yield korean, starts[i], ends[i]
            # "Chung Hee" in two words is one given name.
            if i + 1 in around and _is_korean(tokens[i - 1]) and (both := korean_key(word + tokens[i + 1])):
                yield both, starts[i], ends[i + 1]
    yield from _parted_names(text, folded)


def _parted_names(text: str, folded: Folded) -> Iterator[tuple[str, int, int]]:
    """Keys of capitalised words with a hyphen or an apostrophe (Chung-hee, Au-yeung, O'Brien)."""
    known = tables.surnames().by_spelling
    for whole, start, end in folded.joined:
        if text[start].isupper() and whole.isascii():
            yield from ((key, start, end) for key in (collapse(whole), *known.get(whole, ())))
            near = fold(text[max(0, start - _BESIDE) : end + _BESIDE]).tokens
            if (korean := korean_key(whole)) is not None and any(map(_is_korean, near)):
                yield korean, start, end


def _may_be_surname(text: str, folded: Folded, i: int, around: list[int]) -> bool:
    start, end = folded.starts[i], folded.ends[i]
    # The parts of Chung-hee are no surnames, those of Chan-Wong are.
    if text[end : end + 1] == "-" and text[end + 1 : end + 2].islower():
        return False
    if folded.tokens[i] not in COMMON or any(_is_with(text, folded, i, j) for j in around):
        return True
    before = text[:start].rstrip(" \"'“‘«(")
    titled = i > 0 and folded.tokens[i - 1] in _TITLES
    return len(folded.tokens[i]) > 1 and bool(before) and (titled or before[-1] not in ".!?…:;\n")


def _is_with(text: str, folded: Folded, i: int, j: int) -> bool:
    """Whether only a space stands between two words, and the other is no common word."""
    first, second = min(i, j), max(i, j)
    beside = second - first == 1 and not text[folded.ends[first] : folded.starts[second]].strip()
    return beside and folded.tokens[j] not in COMMON


def _is_korean(word: str) -> bool:
    return any(one in tables.KOREAN_SURNAMES for one in tables.surnames().by_spelling.get(word, ()))
