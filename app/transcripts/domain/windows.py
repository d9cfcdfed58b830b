"""Joins regions of speech to transcription windows and cuts windows into batches."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from app.transcripts.domain.speech import Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST_JOINED_MS = 20_000
LONGEST_GAP_MS = 1_000
SHORTEST_MS = 1_000
SHORTEST_ENCODED_MS = 6_000
"""The encoder is fed at least this much; with the quiet below, the text equals that of 30 s."""
QUIET_BEHIND_MS = 500
"""Quiet behind the longest window: where speech ends at the edge, the decoder repeats itself."""
BATCH_COST_MS = 3_000
"""What one more batch costs, as sound encoded once."""
ADJACENT = 16
"""Windows this near to each other are sorted by length together, so that cues come in order."""


@dataclass(frozen=True)
class SpokenRegion:
    """A region of speech whose language is settled (a Whisper code, "" = the engine says)."""

    start_ms: int
    end_ms: int
    language: str
    channel: int = 0


@dataclass(frozen=True)
class PlannedWindow:
    """Neighbouring regions of one language and channel, to be transcribed at once."""

    start_ms: int
    end_ms: int
    language: str
    regions: tuple[Span, ...]
    channel: int = 0

    @property
    def length_ms(self) -> int:
        """Milliseconds of sound."""
        return self.end_ms - self.start_ms


def join_windows(regions: Sequence[SpokenRegion], total_ms: int) -> list[PlannedWindow]:
    """Join neighbouring regions of one channel and language up to 20 s, over gaps up to 1 s.

    A longer region is a window by itself. A window under 1 s is widened into the silence around
    it, never over a neighbour's speech and never past ``total_ms``. Sorted by start, then channel.
    """
    windows: list[PlannedWindow] = []
    for channel in sorted({region.channel for region in regions}):
        own = sorted(
            (region for region in regions if region.channel == channel),
            key=lambda region: region.start_ms,
        )
        groups: list[list[SpokenRegion]] = []
        for region in own:
            if groups and _joins(groups[-1], region):
                groups[-1].append(region)
            else:
                groups.append([region])
        for place, group in enumerate(groups):
            low = groups[place - 1][-1].end_ms if place else 0
            high = groups[place + 1][0].start_ms if place + 1 < len(groups) else total_ms
            start, end = _widened(
                max(0, group[0].start_ms),
                min(total_ms, group[-1].end_ms),
                max(0, low),
                min(total_ms, high),
            )
            if end <= start:
                continue
            spans = tuple(Span(max(start, region.start_ms), min(end, region.end_ms)) for region in group)
            windows.append(PlannedWindow(start, end, group[0].language, spans, channel))
    return sorted(windows, key=lambda window: (window.start_ms, window.channel))


def cut_batches(windows: Sequence[PlannedWindow], batch: int) -> list[tuple[PlannedWindow, ...]]:
    """Sort each 16 adjacent windows by length and cut them into batches of at most ``batch``.

    All windows of a batch are encoded at the length of its longest: the cuts lie where the least
    quiet is encoded. The batches are part of the plan: the encoded length, and with it the text,
    depends on the batch mates, so a batch is never regrouped.
    """
    if batch < 1:
        message = f"a batch holds at least one window, not {batch}"
        raise ValueError(message)
    batches: list[tuple[PlannedWindow, ...]] = []
    for first in range(0, len(windows), ADJACENT):
        near = sorted(
            windows[first : first + ADJACENT],
            key=lambda window: (window.length_ms, window.start_ms, window.channel),
        )
        batches += _cheapest_cuts(near, batch)
    return batches


def _cheapest_cuts(near: Sequence[PlannedWindow], batch: int) -> list[tuple[PlannedWindow, ...]]:
    """Windows sorted by length → batches that encode the least, found from the shortest on."""
    cost = [0] * (len(near) + 1)
    sizes = [0] * (len(near) + 1)
    for after in range(1, len(near) + 1):
        encoded = max(SHORTEST_ENCODED_MS, near[after - 1].length_ms + QUIET_BEHIND_MS)
        # Among equals the larger batch: it is written before the smaller ones are looked at.
        options = range(min(batch, after), 0, -1)
        sizes[after] = min(options, key=lambda size: cost[after - size] + size * encoded)
        cost[after] = cost[after - sizes[after]] + sizes[after] * encoded + BATCH_COST_MS
    cut: list[tuple[PlannedWindow, ...]] = []
    after = len(near)
    while after:
        cut.append(tuple(near[after - sizes[after] : after]))
        after -= sizes[after]
    return cut[::-1]


def plan_hash(facts: Mapping[str, object], batches: Sequence[Sequence[PlannedWindow]]) -> str:
    """SHA-256 of everything that decides the text: engine, model, options, windows, batches."""
    plan = {
        "facts": dict(facts),
        "batches": [[asdict(window) for window in batch] for batch in batches],
    }
    text = json.dumps(plan, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _joins(group: Sequence[SpokenRegion], region: SpokenRegion) -> bool:
    return (
        region.language == group[0].language
        and region.start_ms - group[-1].end_ms <= LONGEST_GAP_MS
        and region.end_ms - group[0].start_ms <= LONGEST_JOINED_MS
    )


def _widened(start: int, end: int, low: int, high: int) -> tuple[int, int]:
    missing = SHORTEST_MS - (end - start)
    if missing <= 0:
        return start, end
    before = min(start - min(low, start), missing // 2)
    after = min(max(high, end) - end, missing - before)
    before = min(start - min(low, start), missing - after)
    return start - before, end + after
