"""Cuts the words of a window into cues of readable length at sentence ends and pauses."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_MS = 7_000
LONGEST_WIDTH = 84
"""Two lines of 42 letters; wide characters (Han, kana, hangul) count twice."""
_SHORT_WIDTH = 12
"""A sentence shorter than this does not end a cue unless a pause follows."""
_PAUSE_MS = 700
_SMALL_PAUSE_MS = 250
_SENTENCE_ENDS = frozenset(".?!。？！…।॥؟۔።။៕")
_CLAUSE_ENDS = frozenset(",;:，、；：،؛၊")
_CLOSERS = "\"'”’»）)]】』」"


class TimedWord(Protocol):
    """A word with its times in milliseconds."""

    @property
    def text(self) -> str:
        """The word with its leading space, where the script has one."""

    @property
    def start_ms(self) -> int:
        """Where it starts."""

    @property
    def end_ms(self) -> int:
        """Where it ends."""


@dataclass(frozen=True)
class Piece:
    """The words from ``first`` up to, not including, ``after`` make one cue."""

    first: int
    after: int


def split_words(words: Sequence[TimedWord]) -> list[Piece]:
    """Cut words into cues: every word in exactly one, in order, none empty.

    A cue ends at a pause of 0.7 s, at the end of a sentence, or before it is longer than 7 s or
    two lines of text; there, at the best place that lies in its second half.
    """
    pieces: list[Piece] = []
    first = 0
    while first < len(words):
        after = _next_cut(words, first)
        pieces.append(Piece(first, after))
        first = after
    return pieces


def joined(words: Sequence[TimedWord]) -> str:
    """The text of some words, without the space before the first."""
    return "".join(word.text for word in words).strip()


def width(text: str) -> int:
    """How many narrow letters wide a text is; combining marks take no place."""
    wide = 0
    for letter in text:
        if unicodedata.combining(letter):
            continue
        wide += 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1
    return wide


def _next_cut(words: Sequence[TimedWord], first: int) -> int:
    wide = 0
    for index in range(first, len(words)):
        wide += width(words[index].text)
        too_long = words[index].end_ms - words[first].start_ms > LONGEST_MS
        if index > first and (too_long or wide > LONGEST_WIDTH):
            return _best_cut(words, first, index)
        if index + 1 == len(words):
            break
        pause = words[index + 1].start_ms - words[index].end_ms
        if pause >= _PAUSE_MS:
            return index + 1
        if wide >= _SHORT_WIDTH and _ends(words[index].text, _SENTENCE_ENDS):
            return index + 1
    return len(words)


def _best_cut(words: Sequence[TimedWord], first: int, limit: int) -> int:
    """The best place to end the cue that starts at ``first`` and cannot hold ``limit``."""
    best, value = limit, -1.0
    for index in range(first + max(1, (limit - first) // 2), limit + 1):
        before = words[index - 1]
        pause = words[index].start_ms - before.end_ms
        worth = pause / _SMALL_PAUSE_MS
        if _ends(before.text, _SENTENCE_ENDS):
            worth += 4
        elif _ends(before.text, _CLAUSE_ENDS):
            worth += 2
        if worth > value or (worth == value and worth > 0):
            best, value = index, worth
    return best if value > 0 else limit


def _ends(text: str, marks: frozenset[str]) -> bool:
    bare = text.rstrip().rstrip(_CLOSERS)
    return bool(bare) and bare[-1] in marks
