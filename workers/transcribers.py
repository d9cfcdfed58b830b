"""Which transcriber a process uses: loaded at first use, one model at a time."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from app.kernel.settings import RemoteTranscriber as RemoteSettings
from app.kernel.settings import Settings
from app.ports.transcriber import TranscriberError
from workers.devices import device_for
from workers.model_files import ModelError, find_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.adapters.transcriber_remote import RemoteTranscriber
    from app.adapters.transcriber_rest import TranscriberRest
    from app.ports.transcriber import (
        EngineInfo,
        Options,
        Region,
        Sound,
        SpeechState,
        Transcriber,
        Window,
        WindowResult,
    )


class NamedTranscriber:
    """A transcriber that makes its engine when it is first asked, and another one for another model.

    One engine is kept at a time: two models side by side would not fit a small machine.
    """

    def __init__(self, make: Callable[[str], Transcriber], model: str) -> None:
        """``make`` builds the engine of a model's name; ``model`` is the setting's."""
        self._make = make
        self._model = model
        self._lock = threading.Lock()
        self._made: tuple[str, Transcriber] | None = None

    def named(self, model: str | None) -> Transcriber:
        """The engine of this model; None = the setting's. Raises ``TranscriberError`` when it is not to be had."""
        name = model or self._model
        with self._lock:
            if self._made is None or self._made[0] != name:
                self._made = None
                self._made = (name, self._make(name))
            return self._made[1]

    def info(self) -> EngineInfo:
        """Who transcribes."""
        return self.named(None).info()

    def speech(self, sound: Sound, state: SpeechState | None, *, last: bool) -> tuple[list[Region], SpeechState]:
        """Regions of speech within this block."""
        return self.named(None).speech(sound, state, last=last)

    def languages(self, sounds: Sequence[Sound], allowed: Sequence[str]) -> list[list[tuple[str, float]]]:
        """The allowed languages of each sound."""
        return self.named(None).languages(sounds, allowed)

    def transcribe(self, sounds: Sequence[Sound], windows: Sequence[Window], options: Options) -> list[WindowResult]:
        """One result a window."""
        return self.named(None).transcribe(sounds, windows, options)


def remote_transcriber(wanted: RemoteSettings, model: str, rest: TranscriberRest | None = None) -> RemoteTranscriber:
    """The service of the settings, asked for this model; all that share ``rest`` leave it alone together."""
    from app.adapters.transcriber_remote import RemoteTranscriber  # noqa: PLC0415  needs its own libraries

    key = wanted.key.get_secret_value() if wanted.key else None
    return RemoteTranscriber(wanted.endpoint, model, key, rest, of_settings=model == wanted.model)


MOST_AT_ONCE = 4
"""Batches that a process takes at once unless it is told another number: each needs its own memory."""


def batches_at_once(settings: Settings) -> int:
    """How many batches one process transcribes at once by itself: one for each thread of a CPU, up to four.

    Two threads on one batch cost half as much CPU again and are slower than one: decoding waits at every step.
    """
    wanted = settings.transcriber
    if isinstance(wanted, RemoteSettings) or device_for(wanted) != "cpu":
        return 1
    return min(MOST_AT_ONCE, wanted.threads or os.cpu_count() or 1)


def make_transcriber(settings: Settings, at_once: int = 1) -> NamedTranscriber:
    """The transcriber of the settings for so many batches at once; nothing is loaded yet."""
    wanted = settings.transcriber
    if isinstance(wanted, RemoteSettings):
        from app.adapters.transcriber_rest import TranscriberRest  # noqa: PLC0415  needs its own libraries

        rest = TranscriberRest()
        return NamedTranscriber(lambda model: remote_transcriber(wanted, model, rest), wanted.model)

    def local(model: str) -> Transcriber:
        from workers.whisper import WhisperTranscriber  # noqa: PLC0415  loading it takes a second

        try:
            folder = find_model(model, settings.models_folder)
        except ModelError as error:
            raise TranscriberError(str(error)) from error
        return WhisperTranscriber(Path(folder), device_for(wanted), wanted.compute_type, wanted.threads, at_once)

    return NamedTranscriber(local, wanted.model)
