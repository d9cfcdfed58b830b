"""Turns the frame probabilities of a voice detector into regions of speech, block by block.

The rules are those of Silero's ``get_speech_timestamps`` as faster-whisper ships it, rewritten as a
state machine that can stop and go on, so that blocks give the same regions as the whole sound.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

FRAME_MS = 32
"""One probability of Silero covers 512 samples at 16 kHz."""

THRESHOLD = 0.5
_END_THRESHOLD = 0.35
MIN_SILENCE_MS = 300
PAD_MS = 200
MAX_SPEECH_MS = 28_000
_SPLIT_SILENCE_MS = 98
"""A pause this long is a good place to cut a stretch that is too long."""


@dataclass(frozen=True)
class Span:
    """A stretch of the recording, milliseconds on the media clock."""

    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        """Milliseconds from start to end."""
        return self.end_ms - self.start_ms


@dataclass(frozen=True)
class SpeechWalk:
    """Where the walk over the frames stands; feed it to the next call."""

    frame: int = 0
    start_ms: int | None = None
    """Start of the open stretch of speech, None = in silence."""
    silence_ms: int = 0
    """Start of the silence that may end the open stretch, 0 = none."""
    cut_ms: int = 0
    """Start of the last pause where an overlong stretch may be cut, 0 = none."""
    resume_ms: int = 0
    waiting: Span | None = None
    """A finished stretch whose end is not padded yet: the next one decides by how much."""


def walk_frames(  # noqa: C901  one step of Silero's rules a branch
    probabilities: Iterable[float], walk: SpeechWalk
) -> tuple[list[Span], SpeechWalk]:
    """Go over consecutive frames; return the padded regions that are certain now, and the state.

    A region is at most ``MAX_SPEECH_MS`` long and ends after ``MIN_SILENCE_MS`` of silence.
    """
    longest_ms = MAX_SPEECH_MS - FRAME_MS - 2 * PAD_MS
    done: list[Span] = []
    frame, start, silence = walk.frame, walk.start_ms, walk.silence_ms
    cut, resume, waiting = walk.cut_ms, walk.resume_ms, walk.waiting

    def close(span: Span) -> None:
        nonlocal waiting
        if waiting is not None:
            before, span = _pad_between(waiting, span)
            done.append(before)
        else:
            span = Span(max(0, span.start_ms - PAD_MS), span.end_ms)
        waiting = span

    for probability in probabilities:
        now = FRAME_MS * frame
        frame += 1
        if probability >= THRESHOLD and silence:
            silence = 0
            if resume < cut:
                resume = now
        if probability >= THRESHOLD and start is None:
            start = now
            continue
        if start is not None and now - start > longest_ms:
            if cut:
                close(Span(start, cut))
                start = None if resume < cut else resume
                cut = resume = silence = 0
            else:
                close(Span(start, now))
                start, cut, resume, silence = None, 0, 0, 0
                continue
        if probability < _END_THRESHOLD and start is not None:
            if not silence:
                silence = now
            if now - silence > _SPLIT_SILENCE_MS:
                cut = silence
            if now - silence >= MIN_SILENCE_MS:
                close(Span(start, silence))
                start, cut, resume, silence = None, 0, 0, 0
    if waiting is not None and start is None and FRAME_MS * frame - waiting.end_ms >= 2 * PAD_MS:
        # Whatever comes next is too far away to share the silence.
        done.append(Span(waiting.start_ms, waiting.end_ms + PAD_MS))
        waiting = None
    return done, SpeechWalk(frame, start, silence, cut, resume, waiting)


def end_walk(walk: SpeechWalk, total_ms: int) -> list[Span]:
    """The regions still open when the sound ends after ``total_ms``, never past its end."""
    done: list[Span] = []
    waiting = walk.waiting
    if walk.start_ms is not None and total_ms > walk.start_ms:
        last = Span(walk.start_ms, total_ms)
        if waiting is not None:
            before, last = _pad_between(waiting, last)
            done.append(before)
        else:
            last = Span(max(0, last.start_ms - PAD_MS), total_ms)
        waiting = last
    if waiting is not None:
        done.append(replace(waiting, end_ms=min(total_ms, waiting.end_ms + PAD_MS)))
    return done


def _pad_between(before: Span, after: Span) -> tuple[Span, Span]:
    gap = after.start_ms - before.end_ms
    share = gap // 2 if gap < 2 * PAD_MS else PAD_MS
    return (
        Span(before.start_ms, before.end_ms + share),
        Span(max(0, after.start_ms - share), after.end_ms),
    )
