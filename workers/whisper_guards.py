"""The guards around the decoder: no loop, no lost region, no invented text unmarked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from app.adapters.heard_cues import HeardWord, WindowText, make_cues
from app.ports.transcriber import (
    SAMPLE_RATE,
    Options,
    Sound,
    Untranscribed,
    Window,
    WindowResult,
)
from app.transcripts.domain.coverage import NO_WORDS, missing, untranscribed
from app.transcripts.domain.doubt import repeats_a_phrase
from app.transcripts.domain.speech import PAD_MS, Span
from app.transcripts.domain.words import settle_times
from workers.whisper_decode import FRAME_SAMPLES, FULL_FRAMES, Decoder, Heard, seconds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.adapters.silero import SileroVoices

MOST_COMPRESSION = 2.2
MOST_CHARACTERS_A_SECOND = 28
LEAST_SCORE = -1.0
SECOND_FRAMES = 1500
"""A second hearing at 15 s ends loops and guesses as well as one at 30 s, at a third of its cost."""
SECOND_QUIET_FRAMES = 200
SECOND_SCORE = -0.8
SECOND_PROBABILITY = 0.5
SECOND_LONGER = 1.2
_PER_MS = SAMPLE_RATE // 1000


@dataclass
class _Draft:
    """One window while it is worked on; times from the window's start."""

    window: Window
    sound: Sound
    regions: list[Span]
    heard: Heard
    words: list[HeardWord] = field(default_factory=list)
    bare: list[Span] = field(default_factory=list)
    filled: int = 0


def hear_windows(
    decoder: Decoder,
    voices: SileroVoices,
    sounds: Sequence[Sound],
    windows: Sequence[Window],
    options: Options,
) -> list[WindowResult]:
    """Transcribe one batch: one result a window, in order, the same for the same batch."""
    encoded = decoder.encode(sounds)
    languages = [window.language for window in windows]
    if not all(languages):
        ranked = decoder.detect(encoded)
        best = [max(chances, key=lambda code: chances[code]) for chances in ranked]
        languages = [told or found for told, found in zip(languages, best, strict=True)]
    heard = decoder.decode(
        encoded,
        languages,
        [seconds_of(sound) for sound in sounds],
        beam=options.beam,
        glossary=options.glossary,
    )
    second = {row: _second_opinion(decoder, sounds[row], one, options) for row, one in enumerate(heard) if looping(one)}
    decoder.align(encoded, [row for row in range(len(heard)) if row not in second], heard)
    drafts = [
        _draft(window, sound, second.get(row, one))
        for row, (window, sound, one) in enumerate(zip(windows, sounds, heard, strict=True))
    ]
    _fill_lost_regions(decoder, drafts, options)
    return [_result(draft, voices, options) for draft in drafts]


def looping(heard: Heard) -> bool:
    """Whether the text repeats itself, runs faster than people speak, or was guessed."""
    return bool(heard.tokens) and (_repeats(heard) or heard.score < LEAST_SCORE)


def _repeats(heard: Heard) -> bool:
    return (
        heard.compression > MOST_COMPRESSION
        or heard.characters_a_second > MOST_CHARACTERS_A_SECOND
        or repeats_a_phrase(heard.text)
    )


def _second_opinion(decoder: Decoder, sound: Sound, first: Heard, options: Options) -> Heard:
    """The window again, alone and with more quiet behind it, aligned; at the full 30 s if it still loops.

    A loop yields to less repetition, a guess to more surety.
    """
    again, encoded = _again(decoder, sound, first, options, SECOND_FRAMES)
    if _repeats(again):
        again, encoded = _again(decoder, sound, first, options, FULL_FRAMES)
    if _repeats(first):
        better = again.compression < first.compression
    else:
        better = again.score > first.score and not _repeats(again)
    if better:
        again.guard = "loop"
        first = again
    decoder.align(encoded, [0], [first])
    return first


def _again(decoder: Decoder, sound: Sound, first: Heard, options: Options, frames: int) -> tuple[Heard, Any]:
    wanted = max(frames, len(sound) // FRAME_SAMPLES + SECOND_QUIET_FRAMES)
    encoded = decoder.encode([sound], wanted)
    heard = decoder.decode(encoded, [first.language], [seconds_of(sound)], beam=options.beam, glossary=options.glossary)
    return heard[0], encoded


def _draft(window: Window, sound: Sound, heard: Heard) -> _Draft:
    regions = [Span(region.start_ms - window.start_ms, region.end_ms - window.start_ms) for region in window.regions]
    draft = _Draft(window, sound, regions, heard)
    draft.words = _settled(heard, regions, len(sound) // _PER_MS, 0)
    return draft


def _settled(heard: Heard, regions: Sequence[Span], length_ms: int, offset_ms: int) -> list[HeardWord]:
    times = settle_times([Span(word.start_ms, word.end_ms) for word in heard.words], regions, length_ms)
    return [
        HeardWord(replace(word, start_ms=time.start_ms + offset_ms, end_ms=time.end_ms + offset_ms), heard.guard)
        for word, time in zip(heard.words, times, strict=True)
    ]


def _fill_lost_regions(decoder: Decoder, drafts: Sequence[_Draft], options: Options) -> None:
    """Hear again alone every region, or part of one, whose words are missing; keep what is better."""
    tasks = [(draft, part) for draft in drafts for region in draft.regions for part in missing(region, _spans(draft))]
    tasks.sort(key=lambda task: task[1].length_ms)
    size = max(1, len(drafts))
    for first in range(0, len(tasks), size):
        part = tasks[first : first + size]
        sounds = [draft.sound[region.start_ms * _PER_MS : region.end_ms * _PER_MS] for draft, region in part]
        encoded = decoder.encode(sounds)
        again = decoder.decode(
            encoded,
            [draft.heard.language for draft, _ in part],
            [seconds_of(sound) for sound in sounds],
            beam=options.beam,
            glossary=options.glossary,
        )
        decoder.align(encoded, range(len(part)), again)
        for (draft, region), heard in zip(part, again, strict=True):
            _replace_words(draft, region, heard)
    for draft in drafts:
        for region in draft.regions:
            draft.bare += untranscribed(region, _spans(draft))


def _replace_words(draft: _Draft, region: Span, heard: Heard) -> None:
    # Of a part of a region the padding belongs to words that were heard already.
    own = region if region in draft.regions else Span(region.start_ms + PAD_MS, region.end_ms - PAD_MS)
    inside = {index for index, one in enumerate(draft.words) if own.start_ms <= _middle(one) < own.end_ms}
    stood = "".join(draft.words[index].word.text for index in sorted(inside)).strip()
    probability = float(np.mean([word.probability for word in heard.words] or [0.0]))
    if (
        not heard.words
        or heard.score <= SECOND_SCORE
        or probability <= SECOND_PROBABILITY
        or heard.compression >= MOST_COMPRESSION
        or len(heard.text) <= SECOND_LONGER * len(stood)
    ):
        return
    heard.guard = "coverage"
    alone = [Span(0, region.length_ms)]
    fresh = _settled(heard, alone, region.length_ms, region.start_ms)
    kept = [one for index, one in enumerate(draft.words) if index not in inside]
    fresh = [one for one in fresh if not any(k.word.start_ms <= _middle(one) < k.word.end_ms for k in kept)]
    if not fresh:
        return
    draft.words = sorted([*kept, *fresh], key=lambda one: (one.word.start_ms, one.word.end_ms))
    draft.filled += 1


def _middle(one: HeardWord) -> int:
    return (one.word.start_ms + one.word.end_ms) // 2


def _spans(draft: _Draft) -> list[Span]:
    return [Span(one.word.start_ms, one.word.end_ms) for one in draft.words]


def _result(draft: _Draft, voices: SileroVoices, options: Options) -> WindowResult:
    heard, window = draft.heard, draft.window
    text = WindowText(draft.words, heard.language, heard.score)
    cues = make_cues(text, window, draft.sound, voices, options.glossary)
    bare = tuple(
        Untranscribed(window.start_ms + span.start_ms, window.start_ms + span.end_ms, NO_WORDS) for span in draft.bare
    )
    scores = {
        "score": round(heard.score, 4),
        "no_speech": round(heard.no_speech, 4),
        "compression": round(heard.compression, 3),
        "regions_filled": float(draft.filled),
    }
    return WindowResult(tuple(cues), bare, heard.language, scores)
