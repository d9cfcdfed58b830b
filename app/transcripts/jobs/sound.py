"""Reading the working sound: 16 kHz, mono, 16-bit; exact byte = exact sample of the media clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.ports.transcriber import SAMPLE_RATE, Sound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.ports.object_store import ObjectStore

BYTES_PER_MS = SAMPLE_RATE // 1000 * 2
FULL_SCALE = 32768.0


@dataclass(frozen=True)
class WorkingSound:
    """One channel's working sound in the object store."""

    objects: ObjectStore
    key: str
    size_bytes: int
    channel: int

    @property
    def length_ms(self) -> int:
        """Whole milliseconds."""
        return self.size_bytes // BYTES_PER_MS

    def read(self, start_ms: int, end_ms: int) -> Sound:
        """The samples of [start_ms, end_ms), clamped to what is there, −1 to 1."""
        start = max(0, start_ms) * BYTES_PER_MS
        end = min(end_ms * BYTES_PER_MS, self.size_bytes // 2 * 2)
        if end <= start:
            return np.zeros(0, np.float32)
        with self.objects.open(self.key, start, end) as stream:
            data = stream.read()
        return np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float32) / FULL_SCALE

    def blocks(self, block_ms: int) -> Iterator[tuple[int, Sound, bool]]:
        """(start_ms, samples, whether it is the last) of consecutive blocks."""
        total = max(1, self.length_ms)
        for start in range(0, total, block_ms):
            yield start, self.read(start, start + block_ms), start + block_ms >= total
