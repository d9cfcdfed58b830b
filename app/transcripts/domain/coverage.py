"""Which speech lies under words and which was lost by the decoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.transcripts.domain.speech import PAD_MS, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORTEST_REGION_MS = 700
LEAST_SHARE = 0.4
LONGEST_WORD_MS = 900
"""A word counts for at most this much: alignment stretches a word over what it could not place."""
SHORTEST_LOSS_MS = 700
LONG_LOSS_MS = 1_500
"""A stretch this long without a word is a loss even in a region that is covered otherwise."""
NO_WORDS = "no_words"
"""Reason of an untranscribed span: speech for which the decoder found no words."""


def lost(region: Span, words: Sequence[Span]) -> bool:
    """Whether less than 40 % of a region of 0.7 s or more, without its padding, is under words."""
    if region.length_ms < SHORTEST_REGION_MS:
        return False
    core = core_of(region)
    return _under(core, words) < LEAST_SHARE * core.length_ms


def missing(region: Span, words: Sequence[Span]) -> list[Span]:
    """What of a region must be heard again: all of it if it is lost, else its long bare stretches.

    A quieter voice behind a loud one often shares its region: the share alone would hide its loss.
    The stretches come with padding, within the region.
    """
    if lost(region, words):
        return [region]
    return [
        Span(max(region.start_ms, one.start_ms - PAD_MS), min(region.end_ms, one.end_ms + PAD_MS))
        for one in bare_stretches(region, words, LONG_LOSS_MS)
    ]


def untranscribed(region: Span, words: Sequence[Span]) -> list[Span]:
    """The stretches of a region that must be shown as speech without words."""
    return bare_stretches(region, words, SHORTEST_LOSS_MS if lost(region, words) else LONG_LOSS_MS)


def bare_stretches(region: Span, words: Sequence[Span], shortest_ms: int) -> list[Span]:
    """The stretches of a region's core, ``shortest_ms`` or longer, that lie under no word."""
    core = core_of(region)
    found: list[Span] = []
    at = core.start_ms
    for word in sorted(words, key=lambda one: one.start_ms):
        counted = _counted(word)
        if counted.start_ms - at >= shortest_ms and counted.start_ms <= core.end_ms:
            found.append(Span(at, counted.start_ms))
        at = max(at, counted.end_ms)
    if core.end_ms - at >= shortest_ms:
        found.append(Span(at, core.end_ms))
    return found


def core_of(region: Span) -> Span:
    """The region without the padding at its two ends."""
    cut = min(PAD_MS, region.length_ms // 4)
    return Span(region.start_ms + cut, region.end_ms - cut)


def _under(core: Span, words: Sequence[Span]) -> int:
    covered, at = 0, core.start_ms
    for word in sorted(map(_counted, words), key=lambda one: one.start_ms):
        start = max(word.start_ms, at)
        end = min(word.end_ms, core.end_ms)
        if end > start:
            covered += end - start
            at = end
    return covered


def _counted(word: Span) -> Span:
    return Span(word.start_ms, min(word.end_ms, word.start_ms + LONGEST_WORD_MS))
