"""Merges the cues of channels that were transcribed apart into one transcript.

Whether channels are heard apart or mixed, and with which signs, is decided where the working sound
is made (``recordings.domain.media.channels``); here bleed that got through is recognised in words.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

if TYPE_CHECKING:
    from collections.abc import Sequence

SAME_TEXT = 85.0
"""Similarity in percent from which two overlapping texts are one sentence heard twice."""
_OVERLAP = 0.5
_SHORTEST = 8
"""Letters: two people may well say "yes" at once."""


@dataclass(frozen=True)
class ChannelCue:
    """One cue of one channel, as far as merging must know it."""

    start_ms: int
    end_ms: int
    channel: int
    text: str
    probability: float
    """Mean probability of its words: the nearer microphone hears surer."""


def merge_order(cues: Sequence[ChannelCue]) -> list[int]:
    """Indexes of the cues to keep, by time, then channel.

    A sentence that bled into another channel's microphone (overlapping in time, nearly the same
    words) is kept once, where it was heard surer.
    """
    order = sorted(range(len(cues)), key=lambda index: (cues[index].start_ms, cues[index].channel))
    dropped: set[int] = set()
    for place, index in enumerate(order):
        if index in dropped:
            continue
        for other in order[place + 1 :]:
            if cues[other].start_ms >= cues[index].end_ms:
                break
            if other in dropped or not _bled(cues[index], cues[other]):
                continue
            weaker = min((index, other), key=lambda one: (cues[one].probability, -cues[one].channel))
            dropped.add(weaker)
            if weaker == index:
                break
    return [index for index in order if index not in dropped]


def _bled(one: ChannelCue, other: ChannelCue) -> bool:
    if one.channel == other.channel:
        return False
    shared = min(one.end_ms, other.end_ms) - max(one.start_ms, other.start_ms)
    shorter = min(one.end_ms - one.start_ms, other.end_ms - other.start_ms)
    if shorter <= 0 or shared < _OVERLAP * shorter:
        return False
    said, again = _bare(one.text), _bare(other.text)
    return min(len(said), len(again)) >= _SHORTEST and fuzz.ratio(said, again) >= SAME_TEXT


def _bare(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())
