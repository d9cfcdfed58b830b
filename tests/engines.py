"""The engines that tests share: real Whisper, loaded once, and its model."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from workers.model_files import find_model

if TYPE_CHECKING:
    from workers.whisper import WhisperTranscriber

MODELS = Path("~/.cache/storybraid/models").expanduser()


def base_model() -> Path:
    """The folder of ``base``, joined from the installed parts at the first call."""
    return find_model("base", MODELS)


@cache
def whisper() -> WhisperTranscriber:
    """Whisper ``base`` on two threads; one for the whole test run, because loading takes a second."""
    from workers.whisper import WhisperTranscriber as Engine  # noqa: PLC0415  only where it is wanted

    return Engine(base_model(), "cpu", "int8", 2)
