"""The braid: which language is heard when, and how long each is heard in all."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

BRIDGE_MS = 5_000
"""A pause up to this long belongs to the language before it."""


def braid(cues: Iterable[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """(tag, start_ms, end_ms) of cues in order → stretches of one language, neighbours joined."""
    segments: list[tuple[str, int, int]] = []
    for tag, start, end in cues:
        if segments and segments[-1][0] == tag and start - segments[-1][2] <= BRIDGE_MS:
            segments[-1] = (tag, segments[-1][1], max(end, segments[-1][2]))
        else:
            segments.append((tag, start, end))
    return segments


def shares(cues: Iterable[tuple[str, int, int]]) -> list[tuple[str, int]]:
    """(tag, ms heard), most spoken first."""
    heard: Counter[str] = Counter()
    for tag, start, end in cues:
        heard[tag] += max(0, end - start)
    return heard.most_common()


def shortened(segments: list[tuple[str, int, int]], most: int) -> list[tuple[str, int, int]]:
    """At most ``most`` stretches for a small picture: the shortest ones go to a neighbour first."""
    kept = list(segments)
    while len(kept) > most:
        at = min(range(len(kept)), key=lambda i: kept[i][2] - kept[i][1])
        if at == 0:
            kept[1] = (kept[1][0], kept[0][1], kept[1][2])
        else:
            kept[at - 1] = (kept[at - 1][0], kept[at - 1][1], max(kept[at][2], kept[at - 1][2]))
        del kept[at]
        kept = braid(kept)
    return kept
