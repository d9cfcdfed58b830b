"""Finds sound in which no speech was found: a singer, the far side of a telephone, a quiet voice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.transcripts.domain.speech import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

RATE = 16_000
FRAME_MS = 100
_FRAME = RATE * FRAME_MS // 1000
SHORTEST_MS = 3_000
QUIETEST_DB = -50.0
"""Below this (full scale) nothing is held for sound."""
ABOVE_FLOOR_DB = 8.0
"""So far above the recording's own floor outside of speech."""
FLAT = 0.12
"""Spectral flatness, 200 to 4,000 Hz: hiss and wind lie above, voices and instruments below."""
_LOUD_SHARE = 0.5
_BRIDGE = 5
"""Frames of quiet inside a stretch that do not end it."""


class SoundWalk:
    """Gathers level and flatness of a sound of 16 kHz, block by block: 16 bytes a 0.1 s."""

    def __init__(self) -> None:
        self._rest: NDArray[np.float32] = np.zeros(0, np.float32)
        self._levels: list[NDArray[np.float32]] = []
        self._flatness: list[NDArray[np.float32]] = []

    def add(self, sound: NDArray[np.float32]) -> None:
        """The next block of mono sound, −1 to 1, of any length."""
        fresh = np.concatenate((self._rest, sound))
        whole = len(fresh) // _FRAME * _FRAME
        self._rest = fresh[whole:].copy()
        frames = fresh[:whole].reshape(-1, _FRAME)
        # A minute at a time: a spectrum of ten minutes at once would cost 80 MB.
        for first in range(0, len(frames), 600):
            part = frames[first : first + 600]
            power = np.mean(np.square(part, dtype=np.float64), axis=1)
            self._levels.append((10 * np.log10(power + 1e-12)).astype(np.float32))
            self._flatness.append(_flatness(part))

    def without(self, regions: Sequence[Span]) -> list[Span]:
        """Stretches of 3 s and more that sound and lie in no region of speech, in order.

        Sound is what stands out of the floor, or has pitch: steady hiss, wind and silence do not.
        """
        if not self._levels:
            return []
        levels, flatness = np.concatenate(self._levels), np.concatenate(self._flatness)
        outside = np.ones(len(levels), bool)
        for region in regions:
            outside[region.start_ms // FRAME_MS : -(-region.end_ms // FRAME_MS)] = False
        if not outside.any():
            return []
        floor = float(np.percentile(levels[outside], 10))
        stands_out = levels > floor + ABOVE_FLOOR_DB
        sounds = outside & (levels > QUIETEST_DB) & (stands_out | (flatness < FLAT))
        return [
            Span(first * FRAME_MS, after * FRAME_MS)
            for first, after in _stretches(sounds, outside)
            if (after - first) * FRAME_MS >= SHORTEST_MS and sounds[first:after].mean() >= _LOUD_SHARE
        ]


def _flatness(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(_FRAME).astype(np.float32), axis=1)) ** 2
    step = RATE / _FRAME
    band = spectrum[:, int(200 / step) : int(4_000 / step)] + 1e-14
    flat = np.exp(np.mean(np.log(band), axis=1)) / np.mean(band, axis=1)
    return np.asarray(flat, np.float32)


def _stretches(sounds: NDArray[np.bool_], outside: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of sounding frames; short quiet inside is bridged, speech never is."""
    found: list[tuple[int, int]] = []
    for index in np.flatnonzero(sounds):
        at = int(index)
        near = found and at - found[-1][1] <= _BRIDGE and bool(outside[found[-1][1] : at].all())
        if near:
            found[-1] = (found[-1][0], at + 1)
        else:
            found.append((at, at + 1))
    return found
