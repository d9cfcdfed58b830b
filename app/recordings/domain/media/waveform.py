"""Waveform peaks in audiowaveform's binary form, version 2, 8 bits, 20 pairs a second."""

from __future__ import annotations

import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.recordings.domain.media.limits import PEAKS_PER_SECOND, WORKING_RATE

SAMPLES_PER_PEAK: Final = WORKING_RATE // PEAKS_PER_SECOND
HEADER_BYTES: Final = 24
_EIGHT_BITS: Final = 1


def header(length: int) -> bytes:
    """The 24 bytes before ``length`` pairs (audiowaveform, doc/DataFormat.md, version 2)."""
    return struct.pack("<iIiiIi", 2, _EIGHT_BITS, WORKING_RATE, SAMPLES_PER_PEAK, length, 1)


def peaks(samples: NDArray[np.int16]) -> NDArray[np.int8]:
    """Lowest and highest value of each twentieth of a second, interleaved; the last may be shorter.

    ``samples`` is (channels, samples) at 16 kHz; several channels give the outermost of them.
    """
    missing = -samples.shape[1] % SAMPLES_PER_PEAK
    if missing:
        samples = np.pad(samples, ((0, 0), (0, missing)))
    cut = samples.reshape(samples.shape[0], -1, SAMPLES_PER_PEAK)
    low, high = cut.min(axis=(0, 2)), cut.max(axis=(0, 2))
    pairs = np.stack([low, high], axis=1) >> 8
    return pairs.astype(np.int8).reshape(-1)
