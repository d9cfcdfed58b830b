"""Sound files for tests."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

RATE = 16_000


def write_wav(path: Path, sound: NDArray[np.floating], rate: int = RATE) -> Path:
    """A 16-bit wav of sound from −1 to 1; two dimensions are (samples, channels)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = (np.clip(sound, -1, 1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if data.ndim == 1 else data.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(data.tobytes())
    return path


def a_tone(seconds: float, hertz: float = 440.0, rate: int = RATE) -> NDArray[np.float64]:
    """A sine at a quarter of full scale."""
    return 0.25 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)
