"""From highlighted code points of a passage to the milliseconds at which they were said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def times(cue_map: Sequence[Any], spans: Iterable[tuple[int, int]]) -> tuple[int, int] | None:
    """(start_ms of the first matched word, end_ms of the last); None without spans or a map.

    ``cue_map`` as ``passages.cut`` makes it; ``spans`` are code points [start, end) of the passage's
    text. Where an edit left no word times, the times are the cue's.
    """
    ordered = sorted(spans)
    if not ordered or not cue_map:
        return None
    first = _said(cue_map, ordered[0])
    last = _said(cue_map, max(ordered, key=lambda span: span[1]))
    if not first or not last:
        return None
    return first[0][0], last[-1][1]


def _said(cue_map: Sequence[Any], span: tuple[int, int]) -> list[tuple[int, int]]:
    """Times of the words under a span, in order; of its cues where it covers no timed word."""
    start, end = span
    found: list[tuple[int, int]] = []
    for cue_start, cue_end, start_ms, end_ms, words in cue_map:
        if cue_end <= start or end <= cue_start:
            continue
        under = [(a, b) for at, to, a, b in words if at < end and start < to]
        found += under or [(start_ms, end_ms)]
    return found
