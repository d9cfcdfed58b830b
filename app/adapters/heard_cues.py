"""Makes the cues of one window from its words: cut to readable length, each judged for doubt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from app.ports.transcriber import HeardCue, Sound, Window, Word
from app.transcripts.domain.cues import joined, split_words
from app.transcripts.domain.doubt import Facts, doubt
from app.transcripts.domain.speech import FRAME_MS, THRESHOLD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.adapters.silero import SileroVoices

CERTAIN_PROBABILITY = 0.7
CERTAIN_SCORE = -0.5
"""Text this sure is not asked whether there was a voice under it."""


@dataclass(frozen=True)
class HeardWord:
    """A word from the window's start, with the guard that gave it."""

    word: Word
    guard: str | None = None


@dataclass(frozen=True)
class WindowText:
    """What an engine heard in a window."""

    words: Sequence[HeardWord]
    language: str
    score: float
    """Mean log-probability."""


def make_cues(text: WindowText, window: Window, sound: Sound, voices: SileroVoices, glossary: str) -> list[HeardCue]:
    """The window's cues on the media clock, with the reason why a person must check one, if any."""
    cues: list[HeardCue] = []
    chances: list[float] | None = None
    for piece in split_words([heard.word for heard in text.words]):
        part = text.words[piece.first : piece.after]
        own = [heard.word for heard in part]
        guards = sorted({heard.guard for heard in part if heard.guard})
        probability = float(np.mean([word.probability for word in own]))
        voiced = 1.0
        if probability < CERTAIN_PROBABILITY or text.score < CERTAIN_SCORE:
            if chances is None:
                chances = voices.voiced(sound).tolist()
            voiced = _voiced_share(chances, own)
        said = joined(own)
        reason = doubt(
            Facts(
                text=said,
                # A region that was heard again alone was held to a stricter score than this one.
                score=0.0 if "coverage" in guards else text.score,
                probability=probability,
                voiced=voiced,
                length_ms=own[-1].end_ms - own[0].start_ms,
                glossary=glossary,
                previous=tuple(cue.text for cue in cues),
            )
        )
        cues.append(
            HeardCue(
                start_ms=window.start_ms + own[0].start_ms,
                end_ms=window.start_ms + own[-1].end_ms,
                language=text.language,
                text=said,
                words=tuple(_shifted(word, window.start_ms) for word in own),
                doubtful=None if reason is None else reason.value,
                guard="+".join(guards) or None,
            )
        )
    return cues


def _voiced_share(chances: Sequence[float], words: Sequence[Word]) -> float:
    first = words[0].start_ms // FRAME_MS
    after = max(first + 1, words[-1].end_ms // FRAME_MS)
    own = chances[first:after]
    return sum(chance >= THRESHOLD for chance in own) / len(own) if own else 0.0


def _shifted(word: Word, by_ms: int) -> Word:
    return replace(word, start_ms=word.start_ms + by_ms, end_ms=word.end_ms + by_ms)
