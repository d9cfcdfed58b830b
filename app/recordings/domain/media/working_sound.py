"""Writes the working sound: raw 16 kHz, 16 bit, one file a channel; byte 2n is sample n of the clock."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final, cast

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from app.recordings.domain.media.channels import Evidence
from app.recordings.domain.media.limits import WORKING_RATE
from app.recordings.domain.media.mixing import Weights
from app.recordings.domain.media.sandboxed_open import PositionedFile
from app.recordings.domain.media.waveform import HEADER_BYTES, header, peaks

_PASS_SAMPLES: Final = 800 * 1024
"""Samples of one pass over the files: a whole number of peaks."""
_SAMPLE_BLOCK_S: Final = 60
_SAMPLE_BLOCKS: Final = 10


class WorkingSound:
    """Takes runs of mono or stereo frames and leaves one raw file for each channel."""

    def __init__(self, files: Sequence[BinaryIO], channels: int) -> None:
        """``files`` are empty and open for reading and writing; as many as ``channels`` are used."""
        self.files = [PositionedFile(one) for one in files[:channels]]
        self.channels = channels
        self.evidence = Evidence()
        self.samples = 0
        self._resampler: AudioResampler | None = None

    def begin(self, at_s: float) -> None:
        """Silence up to here costs no bytes on disk."""
        self.samples = round(at_s * WORKING_RATE)
        layout = "mono" if self.channels == 1 else "stereo"
        self._resampler = AudioResampler("s16", layout, WORKING_RATE)

    def take(self, frame: AudioFrame | None) -> None:
        """The next samples of the run, None at its end."""
        if self._resampler is None:
            return
        for made in self._resampler.resample(frame):
            raw = np.frombuffer(cast("Any", made.planes[0]), np.int16, made.samples * self.channels)
            self._write(raw.reshape(-1, self.channels).T)

    def end(self, at_s: float) -> None:
        """The run ends at exactly this sample; what the resampler made beyond it is cut off."""
        self.take(None)
        self._resampler = None
        self.samples = round(at_s * WORKING_RATE)
        for file in self.files:
            os.ftruncate(file.fd, self.samples * 2)

    def _write(self, block: NDArray[np.int16]) -> None:
        for file, channel in zip(self.files, block, strict=True):
            file.seek(self.samples * 2)
            file.write(channel.tobytes())
        self.samples += block.shape[1]
        if self.channels == 2:  # noqa: PLR2004  only two channels are compared
            self.evidence.add(block.astype(np.float32) / np.float32(32768))

    def finish(self, end_s: float) -> None:
        """Silence up to the end of the presentation."""
        self.samples = round(end_s * WORKING_RATE)
        for file in self.files:
            os.ftruncate(file.fd, self.samples * 2)
        self.evidence.close()

    def read(self, at: int, count: int) -> NDArray[np.int16]:
        """(channels, samples) from sample ``at`` on, fewer at the end."""
        count = max(0, min(count, self.samples - at))
        rows = []
        for file in self.files:
            data = os.pread(file.fd, count * 2, at * 2)
            rows.append(np.frombuffer(data, np.int16, count))
        return np.stack(rows)

    def blocks(self, weights: Weights) -> Iterator[NDArray[np.float32]]:
        """Up to ten minutes of it, spread evenly, mixed by ``weights``, in pieces of a second."""
        block = _SAMPLE_BLOCK_S * WORKING_RATE
        whole = self.samples <= block * _SAMPLE_BLOCKS
        count = -(-self.samples // block) if whole else _SAMPLE_BLOCKS
        step = block if whole else (self.samples - block) // (_SAMPLE_BLOCKS - 1)
        rows = np.asarray(weights, np.float32)
        for n in range(count):
            for at in range(n * step, n * step + block, WORKING_RATE):
                piece = self.read(at, min(WORKING_RATE, self.samples - at))
                if piece.shape[1] > 0:
                    yield rows @ (piece.astype(np.float32) / np.float32(32768))

    def settle(self, weights: Weights, peaks_file: BinaryIO) -> int:
        """Mix by ``weights`` in place, write the peaks, and give the number of channels left.

        The first file takes the mix, which is never longer than what it replaces; others are emptied.
        """
        out = PositionedFile(peaks_file)
        out.seek(HEADER_BYTES)
        rows = np.asarray(weights, np.float32)
        as_is = rows.shape == (self.channels, self.channels) and bool((rows == np.eye(self.channels)).all())
        pairs = 0
        for at in range(0, self.samples, _PASS_SAMPLES):
            block = self.read(at, _PASS_SAMPLES)
            if not as_is:
                mix = np.rint(rows @ block.astype(np.float32))
                block = np.clip(mix, -32768, 32767).astype(np.int16)
                # Silence stays a hole in the file.
                for file, channel in zip(self.files, block, strict=False):
                    if channel.any() or not _is_hole(file, at, channel.shape[0]):
                        file.seek(at * 2)
                        file.write(channel.tobytes())
            made = peaks(block)
            out.write(made.tobytes())
            pairs += made.shape[0] // 2
        for file in self.files[len(weights) :]:
            os.ftruncate(file.fd, 0)
        out.seek(0)
        out.write(header(pairs))
        return len(weights)


def _is_hole(file: PositionedFile, at: int, count: int) -> bool:
    """True where no byte of this stretch was ever written (lseek's SEEK_DATA)."""
    try:
        return os.lseek(file.fd, at * 2, os.SEEK_DATA) >= (at + count) * 2
    except OSError:
        return True
