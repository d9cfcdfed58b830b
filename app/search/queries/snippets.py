"""The part of a passage that a hit shows: the cues with the matched words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 240


def snippet(text: str, cue_map: Sequence[Any], spans: Sequence[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    """(text, spans on it): the cue of the first match and those after it that fit, in code points."""
    if not spans:
        return text[:LONGEST], []
    first = min(spans)[0]
    start, end = 0, len(text)
    for at, to, *_ in cue_map:
        if at <= first < to:
            start, end = at, to
        elif at > first and to - start <= LONGEST and any(at <= s < to for s, _ in spans):
            end = to
    if not cue_map or end - start > LONGEST:
        start = max(start, first - LONGEST // 2)
        end = min(end, start + LONGEST)
    cut = text[start:end]
    lead = len(cut) - len(cut.lstrip())
    start += lead
    return cut.strip(), [(a - start, min(b, end) - start) for a, b in sorted(spans) if a >= start and a < end]
