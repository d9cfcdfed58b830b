"""Transcribes by an OpenAI-compatible service; voices are found here, words there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np

from app.adapters.heard_cues import HeardWord, WindowText, make_cues
from app.adapters.remote_words import RemoteWords
from app.adapters.silero import SileroVoices
from app.adapters.transcriber_rest import TranscriberRest
from app.ports.transcriber import (
    SAMPLE_RATE,
    EngineInfo,
    Options,
    Region,
    Sound,
    SpeechState,
    Untranscribed,
    Window,
    WindowResult,
    Word,
)
from app.transcripts.domain.coverage import NO_WORDS, untranscribed
from app.transcripts.domain.languages import code_named
from app.transcripts.domain.speech import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class RemoteTranscriber:
    """A service with ``POST /v1/audio/transcriptions`` (verbose JSON with words).

    ``endpoint`` may end at the host, at ``/v1`` or at the full path. Windows are sent one by one as
    16-bit WAV; each carries its declared language, or the service's answer is taken. What leaves
    this machine is the sound of the windows and the glossary, and silence that tries the service; nothing else.
    """

    def __init__(
        self,
        endpoint: str,
        model: str,
        key: str | None = None,
        rest: TranscriberRest | None = None,
        *,
        of_settings: bool = True,
    ) -> None:
        """``rest`` is shared by all that ask the same service, so that all leave it alone together.

        ``of_settings``: the model is that of the settings, and not one that a person asked a version for.
        """
        self._words = RemoteWords(endpoint, model, key, rest or TranscriberRest(), of_settings=of_settings)
        self._model = model
        self._voices = SileroVoices()

    def check(self) -> str:
        """What is wrong with the service as far as its list of models tells, "" when nothing is.

        Raises ``TranscriberRestsError`` where it is away.
        """
        return self._words.check()

    def raise_if_resting(self) -> None:
        """Raise ``TranscriberRestsError`` while the service is left alone after a silence."""
        self._words.rest.raise_if_resting()

    def info(self) -> EngineInfo:
        """The service and its model; it names neither version nor hash nor languages."""
        return EngineInfo(
            name="openai-compatible service",
            version=httpx.URL(self._words.address).host,
            model=self._model,
            model_sha256="",
            compute_type="remote",
            languages=(),
        )

    def speech(self, sound: Sound, state: SpeechState | None, *, last: bool) -> tuple[list[Region], SpeechState]:
        """Regions of speech certain after this block; found on this machine."""
        return self._voices.speech(sound, state, last=last)

    def languages(
        self,
        sounds: Sequence[Sound],
        allowed: Sequence[str],  # noqa: ARG002  a service cannot be limited to some languages
    ) -> list[list[tuple[str, float]]]:
        """Nothing for each sound: the service names a language only together with its text."""
        return [[] for _ in sounds]

    def transcribe(self, sounds: Sequence[Sound], windows: Sequence[Window], options: Options) -> list[WindowResult]:
        """One result a window, one request each.

        Raises ``TranscriberError`` where the service has no words for one of them, ``TranscriberRestsError`` where it
        is away, busy or refuses us; what it has answered for is not asked again.
        """
        asked = [(sound, window.language, options.glossary) for sound, window in zip(sounds, windows, strict=True)]
        with self._words.client() as client:
            answers = [self._words.ask(client, *one) for one in asked]
        results = [
            self._result(answer, sound, window, options)
            for answer, sound, window in zip(answers, sounds, windows, strict=True)
        ]
        for one in asked:
            self._words.forget(*one)
        return results

    def _result(self, answer: Mapping[str, Any], sound: Sound, window: Window, options: Options) -> WindowResult:
        length_ms = len(sound) * 1000 // SAMPLE_RATE
        score = _score(answer)
        words = list(_words(answer, length_ms, math.exp(min(0.0, score))))
        language = window.language or code_named(str(answer.get("language", "")))
        text = WindowText([HeardWord(word) for word in words], language, score)
        cues = make_cues(text, window, sound, self._voices, options.glossary)
        spans = [Span(word.start_ms, word.end_ms) for word in words]
        bare = [
            Untranscribed(window.start_ms + stretch.start_ms, window.start_ms + stretch.end_ms, NO_WORDS)
            for region in window.regions
            for own in [Span(region.start_ms - window.start_ms, region.end_ms - window.start_ms)]
            for stretch in untranscribed(own, spans)
        ]
        return WindowResult(tuple(cues), tuple(bare), language, {"score": round(score, 4)})


def _score(answer: Mapping[str, Any]) -> float:
    """Mean log-probability over the segments that state one; 0 = the service does not say."""
    stated = [segment["avg_logprob"] for segment in _rows(answer, "segments") if _is_number(segment, "avg_logprob")]
    return float(np.mean(stated)) if stated else 0.0


def _words(answer: Mapping[str, Any], length_ms: int, probability: float) -> Iterator[Word]:
    """Words with times inside the window.

    Services leave out the punctuation and the spaces between words: both are taken from the text.
    Without words a segment stands as one word; without segments the whole text does.
    """
    text = str(answer["text"])
    rows = [row for row in _rows(answer, "words") if _timed(row) and str(row.get("word", "")).strip()]
    if not rows:
        rows = [
            {"word": row.get("text", ""), "start": row["start"], "end": row["end"]}
            for row in _rows(answer, "segments")
            if _timed(row) and str(row.get("text", "")).strip()
        ]
    if not rows and text.strip():
        rows = [{"word": text, "start": 0.0, "end": length_ms / 1000}]
    surfaces = _surfaces(text, [str(row["word"]).strip() for row in rows])
    at = 0
    for row, surface in zip(rows, surfaces, strict=True):
        start = min(max(at, round(float(row["start"]) * 1000)), length_ms)
        end = min(max(start, round(float(row["end"]) * 1000)), length_ms)
        at = end
        chance = float(row["probability"]) if _is_number(row, "probability") else probability
        yield Word(surface, start, end, round(chance, 4))


def _surfaces(text: str, words: Sequence[str]) -> list[str]:
    """Each word as it stands in the text: with the space before it and the marks after it."""
    starts: list[int] = []
    at = 0
    for word in words:
        found = text.find(word, at)
        if found < 0:
            # The words are not those of the text: they stand for themselves.
            return [f" {one}" for one in words]
        starts.append(found)
        at = found + len(word)
    surfaces = []
    for index, start in enumerate(starts):
        before = starts[index - 1] + len(words[index - 1]) if index else 0
        lead = text[before:start]
        opening = lead if index == 0 else lead[_marks_of_the_word_before(lead) :]
        after = starts[index + 1] if index + 1 < len(starts) else len(text)
        tail = text[start + len(words[index]) : after]
        surfaces.append(opening + words[index] + tail[: _marks_of_the_word_before(tail)])
    return surfaces


def _marks_of_the_word_before(between: str) -> int:
    """How many characters between two words belong to the first: up to the first space, or all marks."""
    for index, letter in enumerate(between):
        if letter.isspace():
            return index
    return len(between)


def _rows(answer: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = answer.get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _timed(row: Mapping[str, Any]) -> bool:
    return _is_number(row, "start") and _is_number(row, "end")


def _is_number(row: Mapping[str, Any], name: str) -> bool:
    return isinstance(row.get(name), int | float) and math.isfinite(row[name])
