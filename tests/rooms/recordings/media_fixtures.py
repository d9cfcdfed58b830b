"""Fixtures and steps that the tests of media share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.recordings.media_child import AccessCopy, Derived, derive, make_access_copy


@dataclass(frozen=True)
class Made:
    """What became of a master."""

    derived: Derived
    copy: AccessCopy

    @property
    def result(self) -> dict[str, Any]:
        """What derive told."""
        return self.derived.result

    @property
    def slugs(self) -> set[str]:
        """Of its warnings."""
        return {one["slug"] for one in self.result["warnings"]}

    def working(self, channel: int = 0) -> np.ndarray:
        """The samples of a working channel."""
        return np.frombuffer(self.derived.working[channel].read_bytes(), np.int16).astype(np.float64)


def through(master: Path, folder: Path, **over: Any) -> Made:
    """Derive and make the access copy, each in its child."""
    folder.mkdir(exist_ok=True)
    derived = derive(master, folder, **over)
    return Made(derived, make_access_copy(master, folder, derived.result))


def lag_ms(heard: np.ndarray, expected: np.ndarray) -> float:
    """How much later ``heard`` (16 kHz) is than ``expected``, by cross-correlation of both."""
    size = 1 << (heard.size + expected.size - 1).bit_length()
    cross = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(expected, size)), size)
    at = int(np.argmax(cross))
    return (at if at < size // 2 else at - size) / 16
