"""Which device a Whisper model runs on here, and in which numbers: refused with a sentence before it is loaded."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from app.ports.transcriber import TranscriberError

if TYPE_CHECKING:
    from app.kernel.settings import WhisperTranscriber

DEVICES: Final = ("auto", "cpu", "cuda")
CHOSEN_FOR_US: Final = ("default", "auto")
"""Compute types that CTranslate2 resolves by itself, whatever the device has."""
EVERYWHERE: Final = (*CHOSEN_FOR_US, "int8", "float32")
"""Compute types that every CPU has."""


class DeviceError(TranscriberError):
    """The settings ask for a device, or for numbers on it, that this machine has not."""


def require_device(wanted: WhisperTranscriber) -> None:
    """Raise ``DeviceError`` where ``device_for`` does; with the defaults nothing is loaded to find out."""
    if wanted.device not in ("auto", "cpu") or wanted.compute_type not in EVERYWHERE:
        device_for(wanted)


def device_for(wanted: WhisperTranscriber) -> str:
    """``cpu`` or ``cuda``: where the model of these settings will run; ``auto`` takes a GPU where there is one.

    Raises ``DeviceError`` with what this machine has instead.
    """
    # As in workers.whisper, since whoever loads CTranslate2 first decides: its threads sleep while they wait.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("KMP_BLOCKTIME", "0")
    import ctranslate2  # noqa: PLC0415  loading it takes a second, and only who transcribes needs it

    if wanted.device not in DEVICES:
        message = f"STORYBRAID_TRANSCRIBER__DEVICE is {wanted.device}; there are {', '.join(DEVICES)}."
        raise DeviceError(message)
    gpus = ctranslate2.get_cuda_device_count() if wanted.device != "cpu" else 0
    if wanted.device == "cuda" and not gpus:
        message = (
            "STORYBRAID_TRANSCRIBER__DEVICE is cuda, and no NVIDIA GPU can be used here: there is none, or its driver "
            "is missing, or the container was not given it. Set it to auto or cpu, or mend that."
        )
        raise DeviceError(message)
    device = "cuda" if gpus else "cpu"
    there = ctranslate2.get_supported_compute_types(device)
    if wanted.compute_type not in {*there, *CHOSEN_FOR_US}:
        message = (
            f"STORYBRAID_TRANSCRIBER__COMPUTE_TYPE is {wanted.compute_type}, which the {device} of this machine has "
            f"not. It has {', '.join(sorted(there))}."
        )
        raise DeviceError(message)
    return device
