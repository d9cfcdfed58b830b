"""Which channels are listened to, and how: one voice per channel, a stereo picture, or one microphone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.recordings.domain.media.limits import WORKING_RATE
from app.recordings.domain.media.mixing import Weights, identity

WINDOW: Final = 2 * WORKING_RATE
_LAG: Final = 400
"""25 ms either way: microphones up to eight metres apart."""
_FRAME: Final = 800
_ACTIVE_RMS: Final = 10 ** (-55 / 20)
_SILENT_RMS: Final = 10 ** (-66 / 20)
_SILENT_BELOW_DB: Final = 40.0
_ALL_UNTIL: Final = 150
_THEN_EVERY: Final = 8
_SAME: Final = 0.98
_OPPOSED: Final = -0.5
_BLEEDS: Final = 0.5
_STRANGERS: Final = 0.25
_TOGETHER: Final = 0.6
_ONE_SIDED_DB: Final = 10.0
_LEAST_SHARE: Final = 0.05


@dataclass(slots=True)
class Evidence:
    """What two channels have in common, gathered from blocks of (2, samples) floats at 16 kHz."""

    energy: NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))
    product: float = 0.0
    samples: int = 0
    windows: int = 0
    peaks: list[float] = field(default_factory=list)
    """For each loud window the signed correlation at the lag where it is largest."""
    differences_db: list[float] = field(default_factory=list)
    active: NDArray[np.int64] = field(default_factory=lambda: np.zeros(2, np.int64))
    """Loud windows of each channel."""
    envelopes: list[NDArray[np.float32]] = field(default_factory=list)
    _rest: NDArray[np.float32] = field(default_factory=lambda: np.zeros((2, 0), np.float32))

    def add(self, block: NDArray[np.float32]) -> None:
        """More sound of both channels."""
        self.energy += np.einsum("ij,ij->i", block, block, dtype=np.float64)
        self.product += float(np.dot(block[0], block[1]))
        self.samples += block.shape[1]
        self._rest = np.concatenate([self._rest, block], axis=1)
        while self._rest.shape[1] >= WINDOW:
            window, self._rest = self._rest[:, :WINDOW], self._rest[:, WINDOW:]
            self.windows += 1
            if self.windows <= _ALL_UNTIL or self.windows % _THEN_EVERY == 0:
                self._look(window)

    def close(self) -> None:
        """The last, shorter window."""
        if self._rest.shape[1] >= WINDOW // 8:
            self._look(self._rest)
        self._rest = np.zeros((2, 0), np.float32)

    def _look(self, window: NDArray[np.float32]) -> None:
        power = np.mean(window * window, axis=1)
        if float(power.max()) < _ACTIVE_RMS**2:
            return
        self.active += power >= _ACTIVE_RMS**2
        self.differences_db.append(float(10 * np.log10((power[0] + 1e-12) / (power[1] + 1e-12))))
        if float(power.min()) < _SILENT_RMS**2:
            self.peaks.append(0.0)
        else:
            self.peaks.append(_aligned_correlation(window))
        frames = window[:, : window.shape[1] // _FRAME * _FRAME].reshape(2, -1, _FRAME)
        level = np.log10(np.mean(frames * frames, axis=2) + 1e-7)
        self.envelopes.append(level.astype(np.float32))

    def rms(self) -> NDArray[np.float64]:
        """Of each channel over everything."""
        level: NDArray[np.float64] = np.sqrt(self.energy / max(self.samples, 1))
        return level

    def correlation(self) -> float:
        """Without alignment, over everything."""
        both = float(np.sqrt(self.energy[0] * self.energy[1]))
        return self.product / both if both > 0 else 0.0

    def envelope_correlation(self) -> float:
        """How far the two channels are loud at the same time; 0 where nothing was loud."""
        if not self.envelopes:
            return 0.0
        level = np.concatenate(self.envelopes, axis=1)
        if float(level.std(axis=1).min()) < 1e-3:  # noqa: PLR2004  flat: nothing to compare
            return 0.0
        table: NDArray[np.float64] = np.asarray(np.corrcoef(level))
        return float(table[0, 1])


def _aligned_correlation(window: NDArray[np.float32]) -> float:
    """The largest normalised cross-correlation within the lag, with its sign."""
    size = 1 << (window.shape[1] + _LAG - 1).bit_length()
    left, right = np.fft.rfft(window, size, axis=1)
    cross = np.fft.irfft(left * np.conj(right), size)
    near = np.concatenate([cross[:_LAG], cross[-_LAG:]])
    scale = float(np.sqrt(np.sum(window[0] ** 2) * np.sum(window[1] ** 2)))
    return float(near[int(np.argmax(np.abs(near)))]) / scale if scale > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """How the channels become the working sound and the access copy.

    Weights refer to the channels that ``Evidence`` saw; for more than two, to the file's own.
    """

    mode: str
    """``mono`` (one channel, or all the same), ``mix``, ``apart`` (one voice a channel)."""
    weights: Weights
    access_weights: Weights
    polarity_inverted: bool = False
    silent: tuple[int, ...] = ()
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """As the result of derive tells it."""
        return {
            "mode": self.mode,
            "working_channels": len(self.weights),
            "weights": self.weights,
            "access_weights": self.access_weights,
            "polarity_inverted": self.polarity_inverted,
            "silent": list(self.silent),
            "reason": self.reason,
        }


ONE: Final = Decision("mono", [[1.0]], [[1.0]], reason="one channel")


def decide_two(evidence: Evidence) -> Decision:
    """What to do with two channels.

    Silent side: the other alone. The same sound twice: either. Opposite signs: one is turned, since
    a plain mix would be silent. One voice a channel (each side alone loud at times, little in common
    after alignment) or two voices at once that have nothing in common: apart.
    Everything else, bleed between the microphones above all: mixed.
    """
    level = evidence.rms()
    loud = int(np.argmax(level))
    quiet = 1 - loud
    below_db = 20 * np.log10((level[loud] + 1e-12) / (level[quiet] + 1e-12))
    stereo = identity(2)
    if level[quiet] < _SILENT_RMS and below_db > _SILENT_BELOW_DB and level[loud] > 0:
        row = [[1.0 if n == loud else 0.0 for n in range(2)]]
        return Decision("mono", row, row, silent=(quiet,), reason="the other channel is silent")
    correlation = evidence.correlation()
    if level[loud] == 0 or (correlation > _SAME and below_db < 1.0):
        half = [[0.5, 0.5]]
        return Decision("mono", half, half, reason="both channels hold the same sound")
    aligned = float(np.median(evidence.peaks)) if evidence.peaks else correlation
    if aligned < _OPPOSED and correlation < _OPPOSED:
        turned = [[0.5, -0.5]]
        return Decision("mix", turned, turned, polarity_inverted=True, reason="the channels have opposite signs")
    if _one_voice_each(evidence):
        return Decision("apart", stereo, stereo, reason="one voice on each channel")
    return Decision("mix", [[0.5, 0.5]], stereo, reason="both channels hear the same room")


def _one_voice_each(evidence: Evidence) -> bool:
    if not evidence.peaks:
        return False
    in_common = float(np.median(np.abs(evidence.peaks)))
    if in_common >= _BLEEDS or evidence.envelope_correlation() >= _TOGETHER:
        return False
    differences = np.asarray(evidence.differences_db)
    left = float(np.mean(differences > _ONE_SIDED_DB))
    right = float(np.mean(differences < -_ONE_SIDED_DB))
    both_heard = float(evidence.active.min()) / len(evidence.peaks) > _LEAST_SHARE
    return min(left, right) > _LEAST_SHARE or (in_common < _STRANGERS and both_heard)


def decide_many(energy: NDArray[np.float64], to_loudest: NDArray[np.float64]) -> Decision:
    """More than two channels: the mean of those that sound, each turned to the sign of the loudest.

    ``energy`` is the mean square of each channel, ``to_loudest`` its correlation with the loudest.
    """
    level = np.sqrt(energy)
    top = float(level.max())
    sounds = level > max(_SILENT_RMS, top * 10 ** (-_SILENT_BELOW_DB / 20))
    if not sounds.any():
        sounds = np.ones_like(sounds)
    signs = np.where(to_loudest < _OPPOSED, -1.0, 1.0)
    row = [float(w) for w in np.where(sounds, signs, 0.0) / sounds.sum()]
    silent = tuple(int(n) for n in np.flatnonzero(~sounds))
    return Decision(
        "mono" if sounds.sum() == 1 else "mix",
        [row],
        [row],
        polarity_inverted=bool((signs[sounds] < 0).any()),
        silent=silent,
        reason=f"the mean of {int(sounds.sum())} channels that sound",
    )
