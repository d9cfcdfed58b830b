"""Which device a Whisper model runs on here, and in which numbers: refused with a sentence before it is loaded."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Final

from app.ports.transcriber import TranscriberError

if TYPE_CHECKING:
    from app.kernel.settings import WhisperTranscriber

DEVICES: Final = ("auto", "cpu", "cuda")
CHOSEN_FOR_US: Final = ("default", "auto")
"""Compute types that CTranslate2 resolves by itself, whatever the device has."""
EVERYWHERE: Final = (*CHOSEN_FOR_US, "int8", "float32")
"""Compute types that every CPU has."""
CUBLAS: Final = "libcublas.so.12"
"""What CTranslate2 opens by this name at its first product of matrices: in a batch, long after loading."""
NO_CUBLAS: Final = (
    f"{CUBLAS} is not to be found, and without it an NVIDIA GPU transcribes nothing: install nvidia-cublas-cu12 and "
    "name its folder in LD_LIBRARY_PATH"
)


class DeviceError(TranscriberError):
    """The settings ask for a device, or for numbers on it, that this machine has not."""


def require_device(wanted: WhisperTranscriber) -> None:
    """Raise ``DeviceError`` where ``device_for`` does; with the defaults nothing is loaded to find out."""
    if wanted.device not in ("auto", "cpu") or wanted.compute_type not in EVERYWHERE:
        device_for(wanted)


def device_for(wanted: WhisperTranscriber) -> str:
    """``cpu`` or ``cuda``: where the model of these settings will run; ``auto`` takes a GPU that can be used.

    Raises ``DeviceError`` with what this machine has instead.
    """
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
    if wanted.device == "cuda" and not has_cublas():
        message = f"STORYBRAID_TRANSCRIBER__DEVICE is cuda, and {NO_CUBLAS}, or set it to auto or cpu."
        raise DeviceError(message)
    device = "cuda" if gpus and has_cublas() else "cpu"
    there = ctranslate2.get_supported_compute_types(device)
    if wanted.compute_type not in {*there, *CHOSEN_FOR_US}:
        message = (
            f"STORYBRAID_TRANSCRIBER__COMPUTE_TYPE is {wanted.compute_type}, which the {device} of this machine has "
            f"not. It has {', '.join(sorted(there))}."
        )
        if gpus and device == "cpu":
            message += f" Its GPU is left unused: {NO_CUBLAS}."
        raise DeviceError(message)
    return device


def has_cublas() -> bool:
    """Whether a GPU can multiply matrices here."""
    try:
        ctypes.CDLL(CUBLAS)
    except OSError:
        return False
    return True


def unused_gpu(wanted: WhisperTranscriber) -> str:
    """Why the GPU of this machine is left unused though the settings let it be used; empty where it is not."""
    import ctranslate2  # noqa: PLC0415  as above

    idle = wanted.device == "auto" and ctranslate2.get_cuda_device_count() > 0 and not has_cublas()
    return f"the GPU of this machine is left unused: {NO_CUBLAS}" if idle else ""
