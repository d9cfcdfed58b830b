"""Transcribes by an OpenAI-compatible service; voices are found here, words there."""

from __future__ import annotations

import io
import math
import wave
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np

from app.adapters.heard_cues import HeardWord, WindowText, make_cues
from app.adapters.silero import SileroVoices
from app.ports.transcriber import (
    SAMPLE_RATE,
    EngineInfo,
    Options,
    Region,
    Sound,
    SpeechState,
    TranscriberError,
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

_PATH = "/audio/transcriptions"
_PATIENCE_S = 60.0
_PATIENCE_PER_SECOND = 10.0
"""Noise makes Whisper 5 to 10 times slower: the time limit grows with the sound."""
_PATIENCE_FOR_LIST_S = 5.0
_REFUSED_KEY = frozenset({401, 403})
_KEY_REFUSED = "The transcription service refused the key. Put a valid one into STORYBRAID_TRANSCRIBER__KEY."
_TOO_MANY = 429
_MOST_ANSWER = 300
_TO_ISO = {"jw": "jv"}


class RemoteTranscriber:
    """A service with ``POST /v1/audio/transcriptions`` (verbose JSON with words).

    ``endpoint`` may end at the host, at ``/v1`` or at the full path. Windows are sent one by one as
    16-bit WAV; each carries its declared language, or the service's answer is taken. What leaves
    this machine is the sound of the windows and the glossary, nothing else.
    """

    def __init__(self, endpoint: str, model: str, key: str | None = None) -> None:
        self._address = _address_of(endpoint)
        self._model = model
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._voices = SileroVoices()

    def check(self) -> str:
        """What is wrong with the service as far as its list of models tells, "" when nothing is.

        Any answer counts as reached, since few services have that list. Raises ``TranscriberError`` when there is none.
        """
        try:
            response = httpx.get(
                self._address.removesuffix(_PATH) + "/models", headers=self._headers, timeout=_PATIENCE_FOR_LIST_S
            )
        except httpx.HTTPError as error:
            raise TranscriberError(f"{self._address} did not answer ({type(error).__name__}).") from error
        return _KEY_REFUSED if response.status_code in _REFUSED_KEY else ""

    def info(self) -> EngineInfo:
        """The service and its model; it names neither version nor hash nor languages."""
        return EngineInfo(
            name="openai-compatible service",
            version=httpx.URL(self._address).host,
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
        """One result a window, one request each. Raises ``TranscriberError`` with what to do."""
        results = []
        with httpx.Client(headers=self._headers) as client:
            for sound, window in zip(sounds, windows, strict=True):
                answer = self._ask(client, sound, window, options)
                results.append(self._result(answer, sound, window, options))
        return results

    def _ask(self, client: httpx.Client, sound: Sound, window: Window, options: Options) -> dict[str, Any]:
        form: dict[str, Any] = {
            "model": self._model,
            "response_format": "verbose_json",
            "timestamp_granularities[]": ["word", "segment"],
            "temperature": "0",
        }
        if window.language:
            form["language"] = _TO_ISO.get(window.language, window.language)
        if options.glossary:
            form["prompt"] = options.glossary
        seconds = len(sound) / SAMPLE_RATE
        try:
            response = client.post(
                self._address,
                data=form,
                files={"file": ("window.wav", _wav(sound), "audio/wav")},
                timeout=_PATIENCE_S + _PATIENCE_PER_SECOND * seconds,
            )
        except httpx.HTTPError as error:
            raise TranscriberError(
                f"The transcription service did not answer ({type(error).__name__}). It is asked again later."
            ) from error
        if response.status_code in _REFUSED_KEY:
            raise TranscriberError(_KEY_REFUSED)
        if response.status_code == _TOO_MANY:
            raise TranscriberError("The transcription service is busy. It is asked again later.")
        if response.is_error:
            said = response.text[:_MOST_ANSWER].strip()
            raise TranscriberError(f"The transcription service answered {response.status_code}: {said}")
        try:
            answer = response.json()
        except ValueError as error:
            raise TranscriberError("The transcription service answered something that is not JSON.") from error
        if not isinstance(answer, dict) or not isinstance(answer.get("text"), str):
            raise TranscriberError("The transcription service answered without a text.")
        return answer

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


def _address_of(endpoint: str) -> str:
    bare = endpoint.rstrip("/")
    if bare.endswith(_PATH):
        return bare
    return f"{bare}{_PATH}" if bare.endswith("/v1") else f"{bare}/v1{_PATH}"


def _wav(sound: Sound) -> bytes:
    """16-bit mono WAV, the format that every service takes."""
    whole = np.round(np.clip(sound, -1.0, 1.0) * 32767).astype("<i2")
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(whole.tobytes())
    return made.getvalue()


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
