"""Takes a whole recording through plan and batches as the worker does, without a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.ports.transcriber import SAMPLE_RATE, Options, Region, Sound, Window, WindowResult
from app.transcripts.domain.languages import settle, to_listen_to
from app.transcripts.domain.speech import Span
from app.transcripts.domain.windows import PlannedWindow, SpokenRegion, cut_batches, join_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.ports.transcriber import Transcriber

PER_MS = SAMPLE_RATE // 1000
BLOCK = 600 * SAMPLE_RATE
LISTENED_MS = 6_000


def speech_of(engine: Transcriber, sound: Sound) -> list[Span]:
    """Every region of speech, looked for in blocks as the worker does."""
    regions: list[Span] = []
    state = None
    for first in range(0, max(1, len(sound)), BLOCK):
        last = first + BLOCK >= len(sound)
        found, state = engine.speech(sound[first : first + BLOCK], state, last=last)
        regions += [Span(one.start_ms, one.end_ms) for one in found]
    return regions


def speech_ms(engine: Transcriber, sound: Sound) -> int:
    """How long somebody speaks."""
    return sum(one.length_ms for one in speech_of(engine, sound))


def spoken_regions(engine: Transcriber, sound: Sound, declared: Sequence[str]) -> list[SpokenRegion]:
    """Every region with its language: declared, or heard in the middle of it."""
    regions = speech_of(engine, sound)
    asked = to_listen_to(regions, declared)
    allowed = declared if len(declared) > 1 else ()
    heard = engine.languages([_middle(sound, regions[index]) for index in asked], allowed)
    codes, _ = settle(regions, dict(zip(asked, heard, strict=True)), declared)
    return [SpokenRegion(one.start_ms, one.end_ms, code) for one, code in zip(regions, codes, strict=True)]


def unsteered_regions(engine: Transcriber, sound: Sound) -> list[SpokenRegion]:
    """Every region without a language: the engine names that of each window it is given."""
    return [SpokenRegion(one.start_ms, one.end_ms, "") for one in speech_of(engine, sound)]


def transcribe_whole(  # noqa: PLR0913  the last two have defaults for nearly all
    engine: Transcriber,
    sound: Sound,
    declared: Sequence[str],
    options: Options,
    batch: int = 4,
    *,
    steered: bool = True,
) -> list[WindowResult]:
    """Regions, languages, windows, batches and their results in order of time."""
    spoken = spoken_regions(engine, sound, declared) if steered else unsteered_regions(engine, sound)
    planned = join_windows(spoken, len(sound) // PER_MS)
    results: list[tuple[int, WindowResult]] = []
    for one in cut_batches(planned, batch):
        windows = [as_window(window) for window in one]
        sounds = [sound[window.start_ms * PER_MS : window.end_ms * PER_MS] for window in windows]
        done = engine.transcribe(sounds, windows, options)
        results += [(window.start_ms, result) for window, result in zip(windows, done, strict=True)]
    return [result for _, result in sorted(results, key=lambda pair: pair[0])]


def as_window(planned: PlannedWindow) -> Window:
    """A planned window as the port takes it."""
    regions = tuple(Region(span.start_ms, span.end_ms) for span in planned.regions)
    return Window(planned.start_ms, planned.end_ms, planned.language, regions, planned.channel)


def _middle(sound: Sound, region: Span) -> Sound:
    spare = max(0, region.length_ms - LISTENED_MS) // 2
    return sound[(region.start_ms + spare) * PER_MS : (region.end_ms - spare) * PER_MS]
