"""Puts the decoder's word times right: its early bias, and the pauses that it hangs onto words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.transcripts.domain.speech import PAD_MS, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

EARLY_MS = 100
"""Whisper's alignment puts inner boundaries this much too early.

Measured against the exact word starts of synthesised speech: −75 ms in the median; against the
first words after pauses it is more, which the snapping to speech below takes away.
"""
_SHORTEST_MS = 40
_CLEAR_MS = 100
"""A word that lies this much in a stretch of speech may be its first word."""
_EDGE_MS = 60
"""How far a word may reach out of the detected speech."""


def settle_times(times: Sequence[Span], regions: Sequence[Span], end_ms: int) -> list[Span]:
    """Word times moved by the early bias and snapped to the speech, in order, within 0 to end_ms.

    A word that reaches over a pause, or over a whole region that was not decoded, is given to the
    last stretch of speech that it reaches: the alignment hangs what is before a word onto it.
    """
    cores = _cores(regions)
    settled: list[Span] = []
    for index, time in enumerate(times):
        start = time.start_ms + EARLY_MS
        follows = index + 1 < len(times) and times[index + 1].start_ms <= time.end_ms
        # Neighbours that touch share one boundary, and it moves for both.
        end = time.end_ms + (EARLY_MS if follows else 0)
        end = max(end, start + _SHORTEST_MS)
        start, end = _snapped(start, end, cores)
        low = settled[-1].end_ms if settled else 0
        start = min(max(start, low), max(low, end_ms - _SHORTEST_MS), end_ms)
        end = min(max(end, start + _SHORTEST_MS), end_ms)
        settled.append(Span(start, end))
    return settled


def _cores(regions: Sequence[Span]) -> list[Span]:
    """The regions without the padding that voice detection put around them."""
    cores = []
    for region in regions:
        cut = min(PAD_MS - _EDGE_MS, region.length_ms // 4)
        cores.append(Span(region.start_ms + cut, region.end_ms - cut))
    return cores


def _snapped(start: int, end: int, cores: Sequence[Span]) -> tuple[int, int]:
    shares = [(min(end, core.end_ms) - max(start, core.start_ms), core) for core in cores]
    clear = [core for shared, core in shares if shared >= _CLEAR_MS]
    if clear:
        best = clear[-1]
    else:
        shared, best = max(shares, key=lambda one: one[0], default=(0, Span(start, end)))
        if shared <= 0:
            return start, end
    return max(start, best.start_ms), min(end, best.end_ms)
