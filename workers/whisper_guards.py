"""The guards around the decoder: loops, lost regions, doubt; nothing lost, nothing invented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.ports.transcriber import HeardCue, Options, Sound, Window, WindowResult, Word
from workers.whisper_decode import Decoder, seconds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.adapters.silero import SileroVoices


def hear_windows(
    decoder: Decoder,
    voices: SileroVoices,
    sounds: Sequence[Sound],
    windows: Sequence[Window],
    options: Options,
) -> list[WindowResult]:
    """Transcribe one batch of windows."""
    encoded = decoder.encode(sounds)
    languages = [window.language for window in windows]
    seconds = [seconds_of(sound) for sound in sounds]
    heard = decoder.decode(
        encoded, languages, seconds, beam=options.beam, glossary=options.glossary
    )
    decoder.align(encoded, heard)
    results = []
    for window, one in zip(windows, heard, strict=True):
        words = tuple(
            Word(
                word.text,
                window.start_ms + word.start_ms,
                min(window.end_ms, window.start_ms + word.end_ms),
                word.probability,
            )
            for word in one.words
        )
        cues = ()
        if words:
            cue = HeardCue(
                words[0].start_ms, words[-1].end_ms, window.language, one.text, words
            )
            cues = (cue,)
        results.append(WindowResult(cues, (), window.language, {"score": one.score}))
    return results
