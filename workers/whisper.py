"""Transcribes with Whisper through faster-whisper and CTranslate2; the only file that loads a model."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import threading
import time
from typing import TYPE_CHECKING

from faster_whisper import WhisperModel

from app.adapters.silero import SileroVoices
from app.kernel.logging import log
from app.ports.transcriber import (
    EngineInfo,
    Options,
    Region,
    Sound,
    SpeechState,
    TranscriberError,
    Window,
    WindowResult,
)
from workers.model_files import model_sha256
from workers.whisper_decode import Decoder
from workers.whisper_guards import hear_windows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LANGUAGES_AT_ONCE = 16
"""Regions whose language is detected in one encoding."""
logger = log("whisper")


class WhisperTranscriber:
    """The engine behind the port ``Transcriber``; the model is loaded at first use.

    ``threads`` 0 = all cores; ``at_once`` batches share them, each called from a thread of its own. The same batch,
    options and threads a batch give identical text.
    """

    def __init__(
        self,
        model_dir: Path,
        device: str = "auto",
        compute_type: str = "int8",
        threads: int = 0,
        at_once: int = 1,
    ) -> None:
        self._model_dir = model_dir
        self._device = device
        self._compute_type = compute_type
        self._at_once = at_once
        self._threads_a_batch = max(1, (threads or os.cpu_count() or 1) // at_once)
        self._voices = SileroVoices()
        self._lock = threading.Lock()
        self._model: WhisperModel | None = None
        self._decoder: Decoder | None = None
        self._info: EngineInfo | None = None

    def info(self) -> EngineInfo:
        """Who transcribes; loads the model at the first call. Raises ``TranscriberError``."""
        model = self._loaded()
        if self._info is None:
            vocabulary = model.hf_tokenizer
            versions = (
                f"faster-whisper {importlib.metadata.version('faster-whisper')}",
                f"ctranslate2 {importlib.metadata.version('ctranslate2')}",
            )
            self._info = EngineInfo(
                name="whisper",
                version=", ".join(versions),
                model=self._model_dir.name,
                model_sha256=model_sha256(self._model_dir),
                compute_type=str(model.model.compute_type),
                languages=tuple(
                    code for code in model.supported_languages if vocabulary.token_to_id(f"<|{code}|>") is not None
                ),
            )
        return self._info

    def speech(self, sound: Sound, state: SpeechState | None, *, last: bool) -> tuple[list[Region], SpeechState]:
        """Regions of speech certain after this block; needs no model."""
        return self._voices.speech(sound, state, last=last)

    def languages(self, sounds: Sequence[Sound], allowed: Sequence[str]) -> list[list[tuple[str, float]]]:
        """The allowed languages of each sound with renormalised probabilities, best first."""
        decoder = self._ready()
        found: list[dict[str, float]] = []
        with self._told_in_a_sentence():
            for first in range(0, len(sounds), LANGUAGES_AT_ONCE):
                found += decoder.detect_short(sounds[first : first + LANGUAGES_AT_ONCE])
        return [_ranked(chances, allowed) for chances in found]

    def transcribe(self, sounds: Sequence[Sound], windows: Sequence[Window], options: Options) -> list[WindowResult]:
        """One result a window; the batch is encoded, decoded, aligned and guarded together."""
        if not windows:
            return []
        decoder = self._ready()
        with self._told_in_a_sentence():
            return hear_windows(decoder, self._voices, sounds, windows, options)

    @contextlib.contextmanager
    def _told_in_a_sentence(self) -> Iterator[None]:
        """Whatever stops a loaded model becomes ``TranscriberError``: CTranslate2 raises a bare RuntimeError.

        The next batch loads the model anew. Seen: after a GPU's memory was full, the same threads failed at every
        later batch too, though the memory was free again.
        """
        try:
            yield
        except RuntimeError as error:
            with self._lock:
                self._model = self._decoder = None
            message = f"The Whisper model stopped: {error}."
            raise TranscriberError(message) from error

    def _ready(self) -> Decoder:
        model = self._loaded()
        with self._lock:
            if self._decoder is None:
                self._decoder = Decoder(model)
            return self._decoder

    def _loaded(self) -> WhisperModel:
        with self._lock:
            if self._model is None:
                began = time.monotonic()
                try:
                    self._model = WhisperModel(
                        str(self._model_dir),
                        device=self._device,
                        compute_type=self._compute_type,
                        cpu_threads=self._threads_a_batch,
                        num_workers=self._at_once,
                        local_files_only=True,
                    )
                except (RuntimeError, ValueError, OSError) as error:
                    message = (
                        f"The Whisper model in {self._model_dir} could not be loaded: {error}."
                        " Recordings are safe and wait."
                    )
                    raise TranscriberError(message) from error
                seconds = round(time.monotonic() - began, 2)
                logger.info("model_loaded", model=self._model_dir.name, at_once=self._at_once, seconds=seconds)
            return self._model


def _ranked(chances: dict[str, float], allowed: Sequence[str]) -> list[tuple[str, float]]:
    kept = {code: chances.get(code, 0.0) for code in allowed} if allowed else chances
    total = sum(kept.values())
    if total <= 0:
        return [(code, 1 / len(kept)) for code in kept]
    return sorted(((code, value / total) for code, value in kept.items()), key=lambda one: -one[1])
