"""The transcriber: sound in, time-coded words out. No files, database or storage inside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SAMPLE_RATE = 16_000
"""Samples a second of all sound that passes this port (mono, float32, −1 to 1)."""

Sound = NDArray[np.float32]
"""Mono samples, float32, −1 to 1."""


class TranscriberError(Exception):
    """The engine cannot do this; the sentence says why. It counts against what was asked, which is tried again."""

    def __init__(self, message: str, again_s: float = 2.0) -> None:
        """``again_s``: how long to wait after the first such error; each further one doubles it."""
        super().__init__(message)
        self.again_s = again_s


class TranscriberRestsError(TranscriberError):
    """The engine is away or busy, or its settings are wrong: no fault of what was asked, which waits ``again_s``."""

    def __init__(self, message: str, again_s: float = 10.0, *, is_news: bool = True) -> None:
        """``is_news``: the engine was asked; without, it is known to rest and was left alone."""
        super().__init__(message, again_s)
        self.is_news = is_news


@dataclass(frozen=True)
class EngineInfo:
    """Who transcribes, for the provenance of versions and cues."""

    name: str
    version: str
    model: str
    model_sha256: str
    compute_type: str
    languages: tuple[str, ...]
    """Whisper codes that the model's vocabulary has (empty where the service does not say)."""


@dataclass(frozen=True)
class Region:
    """A stretch of speech, milliseconds on the media clock, padding included."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Window:
    """Neighbouring regions of one language and channel, transcribed at once; at most 28.4 s."""

    start_ms: int
    end_ms: int
    language: str
    """Whisper code, or "" = let the engine say."""
    regions: tuple[Region, ...]
    channel: int = 0


@dataclass(frozen=True)
class Word:
    """One word with its times on the media clock.

    ``text`` holds its leading space where the script has one.
    """

    text: str
    start_ms: int
    end_ms: int
    probability: float


@dataclass(frozen=True)
class HeardCue:
    """The smallest timed text the engine gives."""

    start_ms: int
    end_ms: int
    language: str
    """Whisper code."""
    text: str
    words: tuple[Word, ...]
    doubtful: str | None = None
    """Why a person should check it before readers see it: a value of ``transcripts.domain.doubt``."""
    guard: str | None = None
    """Which guards gave words of it ("loop", "coverage", "coverage+loop"), None = none."""


@dataclass(frozen=True)
class Untranscribed:
    """Sound for which no words were found."""

    start_ms: int
    end_ms: int
    reason: str


@dataclass(frozen=True)
class WindowResult:
    """What one window gave, times on the media clock."""

    cues: tuple[HeardCue, ...]
    untranscribed: tuple[Untranscribed, ...]
    language: str
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class SpeechState:
    """What voice detection carries from one block of sound to the next; opaque to callers."""

    offset_ms: int = 0
    carry: Any = None


@dataclass(frozen=True)
class Options:
    """What steers a transcription; part of the plan's hash."""

    beam: int = 2
    """Texts followed at once while decoding: 2 costs 2 % more than 1 and makes fewer errors."""
    glossary: str = ""
    """Names and words to expect, parted by commas; it can come back as speech, which is doubtful."""


class Transcriber(Protocol):
    """Voice detection, language detection and transcription by one engine.

    Every method raises ``TranscriberError`` where the engine cannot do it, and ``TranscriberRestsError``
    where it can do nothing at all for now.
    """

    def info(self) -> EngineInfo:
        """Who transcribes; cheap after the first call."""

    def speech(self, sound: Sound, state: SpeechState | None, *, last: bool) -> tuple[list[Region], SpeechState]:
        """Regions finished within this block (10 minutes at most), and the state for the next one.

        Call with consecutive blocks of any length; ``last`` flushes what is open. Times are on the
        media clock of the whole sound, and blocks give the same regions as the whole at once.
        """

    def languages(self, sounds: Sequence[Sound], allowed: Sequence[str]) -> list[list[tuple[str, float]]]:
        """For each region's sound the allowed languages with probabilities, best first.

        ``allowed`` are Whisper codes, empty = all; probabilities are renormalised over the allowed
        ones. An empty list for a sound = the engine cannot say before it transcribes: leave the
        window's language empty.
        """

    def transcribe(self, sounds: Sequence[Sound], windows: Sequence[Window], options: Options) -> list[WindowResult]:
        """One result a window, in order; ``sounds[i]`` is exactly the sound of ``windows[i]``.

        The same sounds, windows and options give the same results on the same machine.
        """


@runtime_checkable
class MayRest(Protocol):
    """A transcriber elsewhere, which is left alone for a while when it does not answer."""

    def raise_if_resting(self) -> None:
        """Raise ``TranscriberRestsError`` while it is left alone, before any sound is read for it."""


@runtime_checkable
class ManyModels(Protocol):
    """A transcriber that can stand aside for another model."""

    def named(self, model: str | None) -> Transcriber:
        """The transcriber of this model, None = its own. Raises ``TranscriberError`` when it is not to be had."""


def with_model(transcriber: Transcriber, model: str | None) -> Transcriber:
    """The transcriber for a version's model; raises ``TranscriberError`` where there is only one model."""
    if isinstance(transcriber, ManyModels):
        return transcriber.named(model)
    if model is not None:
        message = f"The model {model} is not to be had here."
        raise TranscriberError(message)
    return transcriber
