"""Takes a whole recording through plan and batches as the worker does, without a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.ports.transcriber import SAMPLE_RATE, Options, Region, Sound, Window, WindowResult
from app.transcripts.domain.windows import SpokenRegion, cut_batches, join_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.ports.transcriber import Transcriber

PER_MS = SAMPLE_RATE // 1000
BLOCK = 600 * SAMPLE_RATE


def transcribe_whole(
    engine: Transcriber, sound: Sound, declared: Sequence[str], options: Options, batch: int = 4
) -> list[WindowResult]:
    """Regions, languages, windows, batches and their results in order of time."""
    regions: list[Region] = []
    state = None
    for first in range(0, max(1, len(sound)), BLOCK):
        last = first + BLOCK >= len(sound)
        found, state = engine.speech(sound[first : first + BLOCK], state, last=last)
        regions += found
    total_ms = len(sound) // PER_MS
    spoken = [SpokenRegion(one.start_ms, one.end_ms, declared[0]) for one in regions]
    results: list[tuple[int, WindowResult]] = []
    for planned in cut_batches(join_windows(spoken, total_ms), batch):
        windows = [
            Window(
                one.start_ms,
                one.end_ms,
                one.language,
                tuple(Region(span.start_ms, span.end_ms) for span in one.regions),
                one.channel,
            )
            for one in planned
        ]
        sounds = [sound[one.start_ms * PER_MS : one.end_ms * PER_MS] for one in windows]
        done = engine.transcribe(sounds, windows, options)
        results += [(one.start_ms, result) for one, result in zip(windows, done, strict=True)]
    return [result for _, result in sorted(results, key=lambda one: one[0])]
